"""Turn a neutral base of people into the records of a HubSpot portal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sandbox.hubspot.call import Source
from sandbox.hubspot.life import Life
from sandbox.hubspot.lifecycle import STAGE, stage_stamps
from sandbox.hubspot.links import Link, connect
from sandbox.hubspot.merge import merge_records
from sandbox.hubspot.object_types import COMPANIES, CONTACTS, DEALS, ObjectType
from sandbox.hubspot.portal import Portal
from sandbox.hubspot.schema import Definition
from sandbox.hubspot.scores import default_scores, live_scores, put_scores, score_values
from sandbox.hubspot.store import Change, Record
from sandbox.hubspot.timeline import STAGES, write_event
from sandbox.hubspot.wire import to_iso, to_ms
from sandbox.hubspot.writing import create_record
from sandbox.seed import Base, SeedCompany, SeedDeal, SeedOwner, SeedPerson

IMPORT = Source("IMPORT", "sandbox", "Sandbox")
AUTOMATION = Source("AUTOMATION_PLATFORM", "enrollmentId:1", "Sandbox workflow")
_NAMES = {
    "first_name": "firstname",
    "last_name": "lastname",
    "email": "email",
    "job_title": "jobtitle",
    "phone": "phone",
    "city": "city",
    "country": "hs_country_region_code",
    "language": "hs_language",
    "persona": "hs_persona",
}
_DEAL_STAGES = {"open": "qualifiedtobuy", "won": "closedwon", "lost": "closedlost"}
_NOT_A_NAME = re.compile(r"[^a-z0-9_]+")


def load_base(portal: Portal, base: Base) -> None:
    """Fill an empty portal in one transaction; the same base gives the same ids."""
    with portal.transaction():
        _Loader(portal).load(base)
    portal.rings.clear()


def property_name(text: str) -> str:
    """Make a property name of any text: lowercase, first a letter."""
    name = _NOT_A_NAME.sub("_", text.strip().lower()).strip("_") or "column"
    return name if name[0].isalpha() else f"p_{name}"


class _Loader:
    """What is known of the base while it is being loaded."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.owner_ids: dict[str, str] = {}
        self.companies: dict[str, Record] = {}
        self.contacts: dict[str, Record] = {}
        self.scores: list[dict[str, Any]] = []

    def load(self, base: Base) -> None:
        put_scores(self.portal, default_scores())
        self.scores = live_scores(self.portal)
        for owner in base.owners:
            self._owner(owner)
        for person in base.people:
            self.contacts[person.key] = self._person(person)
        for person in base.people:
            if person.merged_into is not None:
                self._merge(person.key, person.merged_into)
        self.portal.store.put("loaded", "base", {"people": len(base.people)})

    def _owner(self, owner: SeedOwner) -> None:
        number = self.portal.store.next_id("owner", 301)
        self.owner_ids[owner.key] = str(number)
        self.portal.store.put(
            "owner",
            str(number),
            {
                "id": str(number),
                "email": owner.email,
                "type": "PERSON",
                "firstName": owner.first_name,
                "lastName": owner.last_name,
                "userId": 700_000 + number if owner.active else None,
                "userIdIncludingInactive": 700_000 + number,
                "createdAt": "2020-01-01T00:00:00Z",
                "updatedAt": "2020-01-01T00:00:00Z",
                "archived": not owner.active,
            },
        )

    def _company(self, company: SeedCompany, at_ms: int) -> Record:
        if company.key in self.companies:
            return self.companies[company.key]
        if company.industry:
            self.portal.schema.allow(COMPANIES.name, "industry", company.industry)
        values = {
            "name": company.name,
            "domain": company.domain,
            "industry": company.industry,
            "numberofemployees": "" if company.employees is None else str(company.employees),
            "country": company.country,
            "hs_country_code": company.country,
        }
        record = create_record(self.portal, COMPANIES, {k: v for k, v in values.items() if v}, IMPORT, at_ms)
        self.companies[company.key] = record
        return record

    def _person(self, person: SeedPerson) -> Record:
        at_ms = to_ms(person.created_at)
        record = Record(CONTACTS.name, self.portal.store.new_record_id(CONTACTS.name), {}, at_ms, at_ms)
        company = self._company(person.company, at_ms) if person.company else None
        properties = self._properties(person, record.id, at_ms)
        if company is not None:
            properties["company"] = company.properties.get("name", "")
            properties["associatedcompanyid"] = str(company.id)
        record.properties = properties
        self.portal.store.save(record)
        life = Life(self.portal, record, properties)
        for event in sorted(person.events, key=lambda one: one.occurred_at):
            # A deal that the seed spells out is made from it; its events would make it a second time.
            if not (person.deals and event.kind.startswith("deal_")):
                write_event(life, event)
        self._deals(person, record, company)
        self._finish(person, record)
        if company is not None:
            connect(self.portal, Link(CONTACTS, record.id, COMPANIES, company.id, 279), IMPORT, at_ms)
            connect(self.portal, Link(CONTACTS, record.id, COMPANIES, company.id, 1), IMPORT, at_ms)
        return record

    def _properties(self, person: SeedPerson, record_id: int, at_ms: int) -> dict[str, str]:
        values = {
            "hs_object_id": str(record_id),
            "hs_all_contact_vids": str(record_id),
            "createdate": to_iso(at_ms),
            "hs_object_source_label": "IMPORT",
        }
        for name, value in person.attributes.items():
            values.update(self._attribute(name, value))
        for name, value in person.extra.items():
            values[self._ensure(CONTACTS, name)] = value
        if person.external_id:
            values[self._ensure(CONTACTS, "external_id")] = person.external_id
        if person.owner:
            values["hubspot_owner_id"] = self.owner_ids[person.owner]
            values["hubspot_owner_assigneddate"] = to_iso(at_ms)
        if person.opted_out:
            values["hs_email_optout"] = "true"
        if person.hard_bounced:
            values["hs_email_hard_bounce_reason_enum"] = "UNKNOWN_USER"
        return {name: value for name, value in values.items() if value != ""}

    def _attribute(self, name: str, value: str) -> Mapping[str, str]:
        if name == "source":
            return self._traffic_source(value)
        if name == "email":
            return {"email": value.lower(), "hs_email_domain": value.lower().rpartition("@")[2]}
        if name == "country":
            return {"hs_country_region_code": value, "country": value}
        target = _NAMES.get(name) or self._ensure(CONTACTS, name)
        if target in ("hs_language", "hs_persona") and value:
            self.portal.schema.allow(CONTACTS.name, target, value)
        return {target: value}

    def _traffic_source(self, value: str) -> Mapping[str, str]:
        known = self.portal.schema.definitions(CONTACTS.name)["hs_analytics_source"].values()
        name = value.strip().upper().replace(" ", "_")
        return {"hs_analytics_source": name if name in known else "OFFLINE", "hs_analytics_source_data_1": value}

    def _ensure(self, kind: ObjectType, raw_name: str) -> str:
        """Give the property a raw name stands for, created as a custom text when the portal lacks it."""
        name = property_name(raw_name)
        if name not in self.portal.schema.definitions(kind.name):
            definition = Definition(name, raw_name, "string", "text", "contactinformation", hubspot_defined=False)
            self.portal.schema.put(kind.name, definition)
        return name

    def _deals(self, person: SeedPerson, record: Record, company: Record | None) -> None:
        for deal in person.deals:
            self._deal(deal, record, company)
        if not person.deals:
            return
        won = [deal for deal in person.deals if deal.stage == "won"]
        record.properties["num_associated_deals"] = str(len(person.deals))
        record.properties["first_deal_created_date"] = to_iso(min(to_ms(deal.created_at) for deal in person.deals))
        if not won:
            return
        latest = max(won, key=lambda deal: deal.closed_at or deal.created_at)
        record.properties["recent_deal_close_date"] = to_iso(to_ms(latest.closed_at or latest.created_at))
        if any(deal.amount is not None for deal in won):
            record.properties["total_revenue"] = _amount(sum(deal.amount or 0 for deal in won))
        if latest.amount is not None:
            record.properties["recent_deal_amount"] = _amount(latest.amount)

    def _deal(self, deal: SeedDeal, record: Record, company: Record | None) -> None:
        at_ms = to_ms(deal.created_at)
        values = {
            "dealname": deal.name,
            "amount": "" if deal.amount is None else _amount(deal.amount),
            "pipeline": "default",
            "dealstage": _DEAL_STAGES[deal.stage],
            "closedate": to_iso(to_ms(deal.closed_at)) if deal.closed_at else "",
        }
        made = create_record(self.portal, DEALS, {k: v for k, v in values.items() if v}, IMPORT, at_ms)
        connect(self.portal, Link(DEALS, made.id, CONTACTS, record.id, 3), IMPORT, at_ms)
        if company is not None:
            connect(self.portal, Link(DEALS, made.id, COMPANIES, company.id, 5), IMPORT, at_ms)

    def _finish(self, person: SeedPerson, record: Record) -> None:
        """Write the contact with its stage, its history and its unique address."""
        stage_at = to_ms(person.stage_set_at or person.created_at)
        source = self.portal.rep() if person.stage_set_by == "person" else AUTOMATION
        stage = STAGES.get(person.stage or "", "")
        if stage:
            definition = self.portal.schema.definitions(CONTACTS.name)[STAGE]
            record.properties.update({STAGE: stage, **stage_stamps(definition, "", stage, stage_at)})
        record.properties.update(score_values(self.portal, self.scores, record.id, record.properties))
        latest = max([record.created_ms, stage_at, *(to_ms(event.occurred_at) for event in person.events)])
        record.updated_ms = max(record.created_ms, min(latest, self.portal.now_ms()))
        record.properties["lastmodifieddate"] = to_iso(record.updated_ms)
        record.archived_ms = record.updated_ms if person.archived and person.merged_into is None else None
        self.portal.store.save(record)
        if "email" in record.properties and record.archived_ms is None:
            self.portal.store.claim(CONTACTS.name, "email", record.properties["email"], record.id)
        self.portal.store.remember(CONTACTS.name, record.id, _first_history(record, source, stage_at))

    def _merge(self, key: str, survivor_key: str) -> None:
        primary, other = self.contacts[survivor_key], self.contacts[key]
        merge_records(self.portal, CONTACTS, primary, other, self.portal.rep(), primary.updated_ms)


def _amount(value: float) -> str:
    """Write an amount in full: no exponent, no needless zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _first_history(record: Record, stage_source: Source, stage_at: int) -> list[Change]:
    found = []
    for name, value in record.properties.items():
        by_stage = name == STAGE or name.startswith(("hs_lifecyclestage_", "hs_v2_"))
        source, at_ms = (stage_source, stage_at) if by_stage else (IMPORT, record.created_ms)
        found.append(Change(name, value, at_ms, source.type, source.id, source.label, source.user_id))
    return found
