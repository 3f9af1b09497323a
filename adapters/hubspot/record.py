"""Turn a HubSpot contact into the core's record: typed attributes, stage marks, present values. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from adapters.attributes import measure_deals, read_attribute
from adapters.hubspot.needs import LIFECYCLE, OWN_STAGE, OWN_STAGE_AT, Needs
from adapters.hubspot.replies import CrmRecord
from adapters.own_values import parse_company_stage, parse_field, parse_reject_reason, parse_stage, parse_verdict
from adapters.raw_values import format_instant, to_instant
from connector.domain.mapping import AttributeSource
from connector.domain.mapping import Mapping as FieldMapping
from connector.domain.person import UNKNOWN, Person, Stage, Timeline, Value
from connector.domain.text import fold
from connector.ports import Deal, FieldValue, PersonRef, Record, StageMark

OBJECT_TYPE: Final = "contact"
_STANDARD_STAGES: Final[Mapping[str, Stage]] = {
    "subscriber": "subscriber",
    "lead": "lead",
    "marketingqualifiedlead": "mql",
    "salesqualifiedlead": "sql",
    "opportunity": "opportunity",
    "customer": "customer",
    "evangelist": "evangelist",
}


def person_ref(object_id: str) -> PersonRef:
    return PersonRef(OBJECT_TYPE, object_id)


def build_record(
    contact: CrmRecord,
    needs: Needs,
    timeline: Timeline,
    *,
    account: str,
    company: CrmRecord | None = None,
    deals: Sequence[Deal] | None = None,
) -> Record:
    """Build a record; `deals` None means that they could not be read in this account, so their measures are UNKNOWN."""
    mapping = needs.mapping
    own = parse_stage(contact.get(OWN_STAGE))
    return Record(
        ref=person_ref(contact.id),
        person=Person(
            attributes={source.name: _attribute(source, contact, company, deals) for source in needs.attributes},
            crm="hubspot",
            account=account,
            object_type=OBJECT_TYPE,
            object_id=contact.id,
        ),
        timeline=timeline,
        own=StageMark(own, to_instant(contact.get(OWN_STAGE_AT)), raw=contact.get(OWN_STAGE) or None),
        lifecycle=_lifecycle_mark(contact, mapping, own),
        current={name: parse_field(name, contact.get(name), mapping) for name in sorted(needs.write_properties)},
        verdict=parse_verdict(contact.get(mapping.sales_verdict)),
        verdict_reason=parse_reject_reason(contact.get(mapping.reject_reason)),
        guard=build_guard(contact, needs.guard_properties),
        merged=tuple(person_ref(loser) for loser in sorted(contact.merged_ids - {contact.id})),
    )


def build_guard(contact: CrmRecord, properties: Iterable[str]) -> Mapping[str, str]:
    return {name: contact.get(name) for name in properties}


def to_stage(raw: str, mapping: FieldMapping, own: Stage | None = None) -> Stage | None:
    """Translate a lifecycle value back; HubSpot's own names are known without a mapping."""
    return parse_company_stage(raw, mapping, own, _STANDARD_STAGES.get(fold(raw)))


def _lifecycle_mark(contact: CrmRecord, mapping: FieldMapping, own: Stage | None) -> StageMark:
    raw = contact.get(LIFECYCLE)
    entered = (f"hs_lifecyclestage_{raw}_date", f"hs_v2_date_entered_{raw}")
    at = next((moment for name in entered if (moment := to_instant(contact.get(name)))), None) if raw else None
    return StageMark(to_stage(raw, mapping, own), at, raw=raw or None)


def format_field(value: FieldValue) -> str:
    """Write a field's value in HubSpot's text form; '' clears it.

    Source: HubSpot properties guide, read 2026-04 (documented): values are text, datetimes ISO-8601 in UTC with
    milliseconds, text up to 65,536 characters.
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()[:65_536]
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _attribute(
    source: AttributeSource, contact: CrmRecord, company: CrmRecord | None, deals: Sequence[Deal] | None
) -> Value:
    if source.source == "deals":
        return measure_deals(source.measure, deals)
    holder = company if source.source == "company" else contact
    return UNKNOWN if holder is None else read_attribute(source, [holder.get(name) for name in source.fields])
