"""Merge people and convert leads, as reps do in Salesforce's pages.

Source: Salesforce SOAP API guide, merge() and convertLead(), read 2026-11 (documented).
"""

from __future__ import annotations

from typing import Any

from sandbox.salesforce.errors import RecordError
from sandbox.salesforce.org import Actor, Org, Ring
from sandbox.salesforce.schema import SObject
from sandbox.salesforce.store import Row
from sandbox.salesforce.wire import to_date
from sandbox.salesforce.writing import create_record, find_living

CONVERTED = "Closed - Converted"
_COPIED = {
    "Salutation": "Salutation",
    "FirstName": "FirstName",
    "LastName": "LastName",
    "Title": "Title",
    "Email": "Email",
    "Phone": "Phone",
    "MobilePhone": "MobilePhone",
    "LeadSource": "LeadSource",
    "HasOptedOutOfEmail": "HasOptedOutOfEmail",
    "Street": "MailingStreet",
    "City": "MailingCity",
    "State": "MailingState",
    "PostalCode": "MailingPostalCode",
    "Country": "MailingCountry",
    "Description": "Description",
}
_CONVERTED = (
    "Status", "IsConverted", "ConvertedDate", "ConvertedAccountId", "ConvertedContactId", "ConvertedOpportunityId",
)  # fmt: skip
"""What the change event of a conversion tells: its modification stamp is left out."""
_FOLLOWING = (
    ("Task", "WhoId"),
    ("Event", "WhoId"),
    ("EmailMessageRelation", "RelationId"),
    ("OpportunityContactRole", "ContactId"),
)


def merge_people(org: Org, actor: Actor, survivor_id: str, loser_id: str) -> None:
    """Merge one lead into another, or one contact into another; activities and memberships follow.

    The survivor keeps its own values and takes what it lacks, as the merge page of Salesforce offers.
    """
    kind = org.catalog.of_id(survivor_id)
    if kind is None or "m" not in kind.flags or org.catalog.of_id(loser_id) is not kind or survivor_id == loser_id:
        raise RecordError("INVALID_OPERATION", "records of one type are merged, and one that can be merged", [])
    survivor, loser = find_living(org, kind, survivor_id), find_living(org, kind, loser_id)
    taken: Row = {
        field.name: loser[field.name]
        for field in kind.fields
        if field.stored and field.updateable and survivor[field.name] is None and loser[field.name] is not None
    }
    _follow(org, loser_id, survivor_id)
    _join_campaigns(org, kind, loser_id, survivor_id)
    now = org.now_ms()
    stamps: Row = {"LastModifiedDate": now, "LastModifiedById": actor.user_id, "SystemModstamp": now}
    org.store.update(kind.name, loser_id, {**stamps, "IsDeleted": 1, "MasterRecordId": survivor_id})
    org.store.update(kind.name, survivor_id, {**taken, **stamps})
    org.rings.append(Ring(kind.name, loser_id, actor.user_id, "DELETE"))
    org.rings.append(Ring(kind.name, survivor_id, actor.user_id, fields=(*taken, "LastModifiedDate")))


def _follow(org: Org, from_id: str, to_id: str) -> None:
    for kind, column in _FOLLOWING:
        if kind == "OpportunityContactRole" and not to_id.startswith("003"):
            continue
        org.store.connection.execute(f'UPDATE "{kind}" SET "{column}" = ? WHERE "{column}" = ?', (to_id, from_id))  # noqa: S608


def _join_campaigns(org: Org, kind: SObject, from_id: str, to_id: str) -> None:
    """Move memberships; of two in one campaign the survivor's stays."""
    column = f"{kind.name}Id"
    taken = {row["CampaignId"] for row in org.store.find_many("CampaignMember", column, (to_id,))}
    for row in org.store.find_many("CampaignMember", column, (from_id,)):
        if row["CampaignId"] in taken:
            org.store.erase("CampaignMember", row["Id"])
        else:
            org.store.update("CampaignMember", row["Id"], {column: to_id, "LeadOrContactId": to_id})


def convert_lead(org: Org, actor: Actor, lead_id: str, opportunity: str | None = None) -> str:
    """Convert a lead: a contact with its account takes over, maybe with an opportunity; gives the contact's id."""
    lead = find_living(org, org.catalog.kind("Lead"), lead_id)
    if lead["IsConverted"]:
        raise RecordError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot convert an already converted lead", [])
    owner_id = lead["OwnerId"] if str(lead["OwnerId"]).startswith("005") else actor.user_id
    account_id = _account(org, actor, lead, owner_id)
    contact_id = _contact(org, actor, lead, owner_id, account_id)
    opportunity_id = _opportunity(org, actor, opportunity, account_id, contact_id, owner_id) if opportunity else None
    _follow(org, lead_id, contact_id)
    org.store.connection.execute(
        'UPDATE "CampaignMember" SET "ContactId" = ?, "LeadOrContactId" = ?, "Type" = \'Contact\' WHERE "LeadId" = ?',
        (contact_id, contact_id, lead_id),
    )
    mark_converted(org, actor.user_id, lead_id, account_id, contact_id, opportunity_id, org.now_ms())
    org.rings.append(Ring("Lead", lead_id, actor.user_id, fields=_CONVERTED))
    return contact_id


def mark_converted(
    org: Org,
    user_id: str,
    lead_id: str,
    account_id: str | None,
    contact_id: str,
    opportunity_id: str | None,
    at_ms: int,
) -> None:
    """Close a lead as converted into a contact."""
    org.store.update(
        "Lead",
        lead_id,
        {
            "IsConverted": 1,
            "ConvertedDate": to_date(at_ms),
            "ConvertedAccountId": account_id,
            "ConvertedContactId": contact_id,
            "ConvertedOpportunityId": opportunity_id,
            "Status": CONVERTED,
            "LastModifiedDate": at_ms,
            "LastModifiedById": user_id,
            "SystemModstamp": at_ms,
        },
    )


def contact_values(org: Org, lead: Row) -> dict[str, Any]:
    """Give what a contact takes over from a lead: the standard fields, and custom ones of the same name."""
    contact = org.catalog.kind("Contact")
    values = {target: lead.get(source) for source, target in _COPIED.items()}
    for field in org.catalog.kind("Lead").fields:
        if field.custom and contact.has(field.name):
            values[field.name] = lead.get(field.name)
    return {name: value for name, value in values.items() if value is not None}


def _account(org: Org, actor: Actor, lead: Row, owner_id: str) -> str:
    found = org.store.select("Account", '"Name" = ? AND "IsDeleted" = 0', (lead["Company"],))
    if found:
        return str(found[0]["Id"])
    values = {
        "Name": lead["Company"],
        "Industry": lead["Industry"],
        "NumberOfEmployees": lead["NumberOfEmployees"],
        "Website": lead["Website"],
        "BillingCountry": lead["Country"],
        "OwnerId": owner_id,
    }
    return create_record(org, actor, org.catalog.kind("Account"), values)


def _contact(org: Org, actor: Actor, lead: Row, owner_id: str, account_id: str) -> str:
    """Write the contact's row from stored values, which are converted already."""
    kind = org.catalog.kind("Contact")
    contact_id = create_record(
        org, actor, kind, {"LastName": lead["LastName"], "AccountId": account_id, "OwnerId": owner_id}
    )
    taken = contact_values(org, lead)
    org.store.update(kind.name, contact_id, {**taken, "Name": lead["Name"]})
    return contact_id


def _opportunity(org: Org, actor: Actor, name: str, account_id: str, contact_id: str, owner_id: str) -> str:
    values = {
        "Name": name,
        "StageName": "Prospecting",
        "CloseDate": to_date(org.now_ms() + 90 * 86_400_000),
        "AccountId": account_id,
        "OwnerId": owner_id,
    }
    opportunity_id = create_record(org, actor, org.catalog.kind("Opportunity"), values)
    role = {"OpportunityId": opportunity_id, "ContactId": contact_id, "IsPrimary": True}
    create_record(org, actor, org.catalog.kind("OpportunityContactRole"), role)
    return opportunity_id
