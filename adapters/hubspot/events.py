"""Give HubSpot's records the form the mapping speaks of. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from adapters.hubspot.needs import CONVERSIONS, ENGAGEMENTS, FORM_PROPERTY
from adapters.hubspot.replies import CrmRecord, to_id, to_text
from adapters.json_body import dig
from adapters.timeline import SourceRecord
from connector.domain.person import UNKNOWN
from connector.domain.values import parse_instant

_SUBMISSION: Final = re.compile(r"^(?P<form>.+?):+(?P<at>[^:]*)$")


def from_engagement(source: str, record: CrmRecord) -> SourceRecord:
    return SourceRecord(f"{ENGAGEMENTS[source]}:{record.id}", record.get("hs_timestamp"), record.properties)


def from_form_submissions(contact: CrmRecord, names: Mapping[str, str]) -> Iterator[SourceRecord]:
    """Read `hs_calculated_form_submissions`: `guid:ms` pieces separated by `;`, in some portals `guid::ms`.

    The property is hidden and its form undocumented (four independent readers agree on it, read 2026-11). A form
    without a known name takes it from the first or latest conversion when the moments agree.
    """
    conversions = {
        moment: contact.get(event).rpartition(": ")[2]
        for date, event in reversed(CONVERSIONS)
        if (moment := _milliseconds(contact.get(date)))
    }
    for piece in filter(None, (part.strip() for part in contact.get(FORM_PROPERTY).split(";"))):
        found = _SUBMISSION.match(piece)
        form, at = (found["form"], found["at"].strip()) if found else (piece, "")
        name = names.get(form) or conversions.get(_milliseconds(at) or 0)
        yield SourceRecord(f"form:{form}:{at}", at, {"form_id": form, "form_name": name})


def _milliseconds(raw: str) -> int | None:
    instant = parse_instant(raw)
    return None if instant is UNKNOWN else int(instant.timestamp() * 1000)


def from_membership(item: Mapping[str, object], names: Mapping[str, str]) -> SourceRecord | None:
    list_id = to_id(item.get("listId"))
    if list_id is None:
        return None
    at = item.get("lastAddedTimestamp") or item.get("firstAddedTimestamp")
    return SourceRecord(f"list:{list_id}", at, {"list_id": list_id, "list_name": names.get(list_id)})


def from_occurrence(item: Mapping[str, object]) -> SourceRecord:
    """Read one occurrence of the Events API; one without an id is told apart by its type and moment."""
    event_type, at = to_text(item.get("eventType")), item.get("occurredAt")
    properties = item.get("properties")
    fields = {str(k): to_text(v) for k, v in properties.items()} if isinstance(properties, Mapping) else {}
    event_id = to_id(item.get("id")) or f"{event_type}:{at}"
    return SourceRecord(f"web:{event_id}", at, {**fields, "event_type": event_type})


def from_participation(item: Mapping[str, object], types: Mapping[str, str]) -> SourceRecord:
    """Read one participation in a marketing event: one contact, one event, one state."""
    event = dig(item, "associations", "marketingEvent")
    event_id = to_id(dig(event, "marketingEventId")) or to_id(item.get("id")) or ""
    state = to_text(dig(item, "properties", "attendanceState"))
    fields = {
        "event_name": to_text(dig(event, "name")),
        "event_type": types.get(event_id),
        "attendance_state": state,
    }
    return SourceRecord(f"marketing_event:{event_id}:{state}", dig(item, "properties", "occurredAt"), fields)
