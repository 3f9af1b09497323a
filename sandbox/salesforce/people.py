"""Make the rows of leads, contacts and accounts out of neutral people."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sandbox.salesforce.store import Row
from sandbox.seed import SeedCompany, SeedPerson

UNKNOWN = "[not provided]"
"""What stands in a field that Salesforce requires and nobody filled in."""

_NOT_A_NAME = re.compile(r"[^A-Za-z0-9]+")
_SHARED = {
    "first_name": ("FirstName", 40),
    "last_name": ("LastName", 80),
    "email": ("Email", 80),
    "job_title": ("Title", 128),
    "phone": ("Phone", 40),
    "language": ("Language__c", 40),
    "persona": ("Persona__c", 80),
    "source": ("LeadSource", 255),
}
_PLACES = {
    "Lead": {"city": ("City", 40), "country": ("Country", 80)},
    "Contact": {"city": ("MailingCity", 40), "country": ("MailingCountry", 80)},
}
_DEAL_EVENTS = ("deal_created", "deal_won", "deal_lost")
_CONTACT_STAGES = ("opportunity", "customer", "evangelist")


def is_contact(person: SeedPerson) -> bool:
    """Tell who is a contact: whoever has a deal, or stands where only deals lead to; everybody else is a lead."""
    return (
        bool(person.deals)
        or person.stage in _CONTACT_STAGES
        or any(event.kind in _DEAL_EVENTS for event in person.events)
    )


def known_attribute(name: str) -> bool:
    """Tell whether an attribute has a standard place."""
    return name in _SHARED or name in _PLACES["Lead"]


def field_name(text: str) -> str:
    """Make the name of a custom field of any text."""
    words = [word for word in _NOT_A_NAME.split(text) if word]
    name = "_".join(word[:1].upper() + word[1:] for word in words)[:36].strip("_") or "Column"
    return f"{name if name[0].isalpha() else 'X_' + name}__c"


def person_values(kind: str, person: SeedPerson, custom: Mapping[str, str]) -> Row:
    """Give the values of a lead or contact; `custom` names the fields of attributes without a standard place."""
    places = {**_SHARED, **_PLACES[kind]}
    row: Row = {}
    for name, value in person.attributes.items():
        target, length = places.get(name, (custom.get(name, ""), 255))
        if target and value.strip():
            row[target] = value.strip()[:length]
    row["LastName"] = row.get("LastName") or UNKNOWN
    row["Name"] = " ".join(str(part) for part in (row.get("FirstName"), row["LastName"]) if part)[:121]
    row["HasOptedOutOfEmail"] = int(person.opted_out)
    row["External_Id__c"] = person.external_id
    return row


def lead_company(company: SeedCompany | None) -> Row:
    """Give what a lead says of its employer."""
    if company is None:
        return {"Company": UNKNOWN}
    return {
        "Company": company.name.strip()[:255] or UNKNOWN,
        "Industry": company.industry or None,
        "NumberOfEmployees": company.employees,
        "Website": company.domain or None,
    }


def account_values(company: SeedCompany) -> Row:
    """Give the values of an account."""
    return {
        "Name": company.name.strip()[:255] or UNKNOWN,
        "Industry": company.industry or None,
        "NumberOfEmployees": company.employees,
        "Website": company.domain or None,
        "BillingCountry": company.country or None,
    }
