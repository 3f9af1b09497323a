"""Answer the calls on event occurrences, an Enterprise feature.

Source: developers.hubspot.com, get events, read 2026-04-13 (documented); the greatest page size is unknown, 100 is
assumed.
"""

from __future__ import annotations

import json
from typing import Any

from sandbox.hubspot.call import Answer, Call
from sandbox.hubspot.errors import invalid, not_in_tier
from sandbox.hubspot.object_types import CONTACTS, find_object_type
from sandbox.hubspot.portal import Portal
from sandbox.hubspot.reading import parse_record_id
from sandbox.hubspot.wire import parse_instant, to_iso

MOST_PER_PAGE = 100
NATIVE_TYPES = (
    "e_visited_page",
    "e_form_submission_v2",
    "e_contact_started_conversation",
    "e_object_list_membership_changed",
)


def custom_type(portal: Portal, kind: str) -> str:
    """Name a custom behavioural event."""
    return f"pe{portal.settings.portal_id}_{kind}"


def list_event_types(portal: Portal, call: Call) -> Answer:
    """GET /events/event-occurrences/event-types: every type, whatever the tier."""
    rows = portal.store.connection.execute(
        "SELECT DISTINCT event_type FROM occurrences WHERE event_type NOT LIKE 'email:%'"
    )
    return Answer(200, {"eventTypes": sorted({*NATIVE_TYPES, *(row[0] for row in rows)})})


def list_occurrences(portal: Portal, call: Call) -> Answer:
    """GET /events/event-occurrences: what happened to one record, newest first."""
    if not portal.settings.has_events:
        raise not_in_tier("ENTERPRISE")
    contact_id = _contact_of(portal, call)
    limit = call.number("limit", MOST_PER_PAGE, MOST_PER_PAGE)
    where, values = _where(call, contact_id)
    descending = call.one("sort", "-occurredAt").startswith("-")
    order = "at_ms DESC, id DESC" if descending else "at_ms, id"
    offset = parse_record_id(call.one("after", "0")) or 0
    rows = portal.store.connection.execute(
        f"SELECT id, event_type, contact_id, at_ms, properties FROM occurrences WHERE {where} "  # noqa: S608 - own text
        f"ORDER BY {order} LIMIT ? OFFSET ?",
        [*values, limit + 1, offset],
    ).fetchall()
    body: dict[str, Any] = {"results": [_occurrence(row) for row in rows[:limit]]}
    if len(rows) > limit:
        body["paging"] = {"next": {"after": str(offset + limit), "link": f"?after={offset + limit}"}}
    return Answer(200, body)


def _contact_of(portal: Portal, call: Call) -> int:
    kind = find_object_type(call.one("objectType"))
    email = call.one("objectProperty.email")
    if kind is not CONTACTS:
        raise invalid("objectType must be set to contact")
    if email:
        return portal.store.owner_of(CONTACTS.name, "email", email) or 0
    contact_id = parse_record_id(call.one("objectId"))
    if contact_id is None:
        raise invalid("Either objectId or objectProperty must be set")
    return contact_id


def _where(call: Call, contact_id: int) -> tuple[str, list[Any]]:
    parts, values = ["contact_id = ?", "event_type NOT LIKE 'email:%'"], [contact_id]
    conditions: list[Any] = list(values)
    if call.one("eventType"):
        parts.append("event_type = ?")
        conditions.append(call.one("eventType"))
    for name, sign in (("occurredAfter", ">"), ("occurredBefore", "<")):
        if call.one(name):
            at_ms = parse_instant(call.one(name))
            if at_ms is None:
                raise invalid(f"Invalid instant for {name}: {call.one(name)}")
            parts.append(f"at_ms {sign} ?")
            conditions.append(at_ms)
    return " AND ".join(parts), conditions


def _occurrence(row: tuple[int, str, int, int, str]) -> dict[str, Any]:
    number, event_type, contact_id, at_ms, properties = row
    return {
        "id": f"00000000-0000-4000-8000-{number:012d}",
        "eventType": event_type,
        "objectType": CONTACTS.label,
        "objectId": str(contact_id),
        "occurredAt": to_iso(at_ms),
        "properties": json.loads(properties),
    }


def add_occurrence(portal: Portal, event_type: str, contact_id: int, at_ms: int, properties: dict[str, str]) -> None:
    """Store an occurrence."""
    portal.store.connection.execute(
        "INSERT INTO occurrences (event_type, contact_id, at_ms, properties) VALUES (?, ?, ?, ?)",
        (event_type, contact_id, at_ms, json.dumps(properties, ensure_ascii=False)),
    )
