"""Show the portal as a sales rep would see it: a neutral view of people, timelines and tasks for the page."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.hubspot.links import linked
from sandbox.hubspot.object_types import CALLS, COMMUNICATIONS, CONTACTS, EMAILS, MEETINGS, NOTES, TASKS, ObjectType
from sandbox.hubspot.portal import Portal
from sandbox.hubspot.store import Record
from sandbox.hubspot.wire import to_iso

MOST_PEOPLE = 200
MOST_HAPPENINGS = 40
# The custom properties a connector is expected to write; the page shows them when they are there.
_WRITTEN = ("fit", "engagement", "grade", "reasons", "missing")
_ENGAGEMENTS: tuple[tuple[ObjectType, str, str], ...] = (
    (CALLS, "call", "hs_call_title"),
    (MEETINGS, "meeting", "hs_meeting_title"),
    (NOTES, "note", "hs_note_body"),
    (COMMUNICATIONS, "chat", "hs_communication_body"),
)
_COUNTERS = (
    ("page_view", "hs_analytics_num_page_views", "hs_analytics_last_visit_timestamp"),
    ("email_delivered", "hs_email_delivered", "hs_email_last_send_date"),
    ("email_open", "hs_email_open", "hs_email_last_open_date"),
    ("email_click", "hs_email_click", "hs_email_last_click_date"),
    ("email_reply", "hs_email_replied", "hs_email_last_reply_date"),
)
_STAGE_NAMES = {"marketingqualifiedlead": "mql", "salesqualifiedlead": "sql"}


def portal_view(portal: Portal) -> dict[str, Any]:
    """Form the view: everybody is counted, the people who changed last are shown."""
    living = [record for record in portal.store.every(CONTACTS.name) if record.alive]
    shown = sorted(living, key=lambda record: (-record.updated_ms, record.id))[:MOST_PEOPLE]
    owners = {one["id"]: f"{one['firstName']} {one['lastName']}" for one in portal.store.all("owner")}
    return {
        "crm": "HubSpot",
        "portal": str(portal.settings.portal_id),
        "now": to_iso(portal.now_ms()),
        "locale": portal.settings.locale,
        "zone": portal.settings.time_zone,
        "people": [_person(portal, record, owners) for record in shown],
        "counts": dict(Counter(_stage(record) for record in living)),
        "total": len(living),
    }


def _stage(record: Record) -> str:
    lifecycle = record.properties.get("lifecyclestage", "")
    return record.properties.get("puente_stage") or _STAGE_NAMES.get(lifecycle, lifecycle)


def _person(portal: Portal, record: Record, owners: Mapping[str, str]) -> dict[str, Any]:
    given = record.properties
    track = (given.get("puente_nurture_track"), given.get("puente_next_content"))
    return {
        "id": str(record.id),
        "name": " ".join(part for part in (given.get("firstname"), given.get("lastname")) if part),
        "email": given.get("email", ""),
        "company": given.get("company", ""),
        "job_title": given.get("jobtitle", ""),
        "stage": _stage(record),
        "lifecycle": given.get("lifecyclestage", ""),
        **{name: given.get(f"puente_{name}", "") for name in _WRITTEN},
        "nurture": " · ".join(part for part in track if part),
        "owner": owners.get(given.get("hubspot_owner_id", ""), ""),
        "timeline": _timeline(portal, record),
        "tasks": [_task(portal, task_id, owners) for task_id, _ in linked(portal, CONTACTS, record.id, TASKS)],
    }


def _task(portal: Portal, task_id: int, owners: Mapping[str, str]) -> dict[str, Any]:
    task = portal.store.find(TASKS.name, task_id)
    given = task.properties if task else {}
    return {
        "subject": given.get("hs_task_subject", ""),
        "body_html": given.get("hs_task_body", ""),
        "due_at": given.get("hs_timestamp", ""),
        "owner": owners.get(given.get("hubspot_owner_id", ""), ""),
        "status": given.get("hs_task_status", ""),
        "priority": given.get("hs_task_priority", ""),
    }


def _timeline(portal: Portal, record: Record) -> list[dict[str, Any]]:
    found = [*_occurrences(portal, record), *_forms(portal, record), *_engagements(portal, record)]
    found += _participations(portal, record)
    found += _counters(record, {one["kind"] for one in found})
    return sorted(found, key=lambda one: str(one["occurred_at"]), reverse=True)[:MOST_HAPPENINGS]


def _happening(
    kind: str, occurred_at: str, what: str, count: int | None = None, machine: bool = False
) -> dict[str, Any]:
    return {"kind": kind, "occurred_at": occurred_at, "what": what, "count": count, "machine": machine}


def _occurrences(portal: Portal, record: Record) -> Iterator[dict[str, Any]]:
    rows = portal.store.connection.execute(
        "SELECT event_type, at_ms, properties FROM occurrences WHERE contact_id = ? ORDER BY at_ms DESC LIMIT ?",
        (record.id, MOST_HAPPENINGS),
    )
    prefix = f"pe{portal.settings.portal_id}_"
    names = {"e_visited_page": "page_view", "e_contact_started_conversation": "chat", "email:SEND": "email_delivered"}
    for event_type, at_ms, raw in rows:
        said = json.loads(raw)
        kind = names.get(event_type) or event_type.removeprefix(prefix).lower().replace("email:", "email_")
        what = next((said[key] for key in ("hs_url", "asset", "text", "campaign", "url") if said.get(key)), "")
        yield _happening(kind, to_iso(at_ms), what, machine=said.get("filteredEvent") == "true")


def _forms(portal: Portal, record: Record) -> Iterator[dict[str, Any]]:
    for entry in record.properties.get("hs_calculated_form_submissions", "").split(";"):
        guid, _, at_ms = entry.partition(":")
        form = portal.store.get("form", guid)
        if form is not None:
            yield _happening("form_submitted", to_iso(int(at_ms)), form["name"])


def _engagements(portal: Portal, record: Record) -> Iterator[dict[str, Any]]:
    for kind, name, title in _ENGAGEMENTS:
        for to_id, _ in linked(portal, CONTACTS, record.id, kind):
            found = portal.store.find(kind.name, to_id)
            if found is not None:
                yield _happening(name, found.properties.get("hs_timestamp", ""), found.properties.get(title, ""))
    for to_id, _ in linked(portal, CONTACTS, record.id, EMAILS):
        found = portal.store.find(EMAILS.name, to_id)
        if found is not None:
            incoming = found.properties.get("hs_email_direction") == "INCOMING_EMAIL"
            subject = found.properties.get("hs_email_subject", "")
            kind_name = "email_reply" if incoming else "email_delivered"
            yield _happening(kind_name, found.properties.get("hs_timestamp", ""), subject)


def _participations(portal: Portal, record: Record) -> Iterator[dict[str, Any]]:
    rows = portal.store.connection.execute(
        "SELECT event_id, state, at_ms FROM participations WHERE contact_id = ?", (record.id,)
    )
    for event_id, state, at_ms in rows:
        event = portal.store.get("marketing_event", str(event_id))
        prefix = "webinar" if event["eventType"] == "WEBINAR" else "event"
        yield _happening(f"{prefix}_{state.lower()}", to_iso(at_ms), event["eventName"])


def _counters(record: Record, shown: set[str]) -> Iterator[dict[str, Any]]:
    """Give the counters of which no single event is known."""
    for kind, count, moment in _COUNTERS:
        if kind not in shown and count in record.properties:
            yield _happening(kind, record.properties.get(moment, ""), "", int(record.properties[count]))
