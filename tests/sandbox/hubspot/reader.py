"""Read a person's timeline back out of the sandbox, through documented endpoints alone.

It knows HubSpot and the table in COVERAGE.md, nothing of the sandbox's inside: what it finds is what a client can know.
"""

from __future__ import annotations

from typing import Any

from sandbox.hubspot.wire import parse_instant

from .conftest import Box

FORM_KINDS = {"Descarga:": "content_download", "Encuesta:": "survey_completed", "Suscripción": "newsletter_subscribed"}
COUNTERS = {
    "email_delivered": ("hs_email_delivered", "hs_email_last_send_date"),
    "email_open": ("hs_email_open", "hs_email_last_open_date"),
    "email_click": ("hs_email_click", "hs_email_last_click_date"),
}
ENGAGEMENTS = ("calls", "meetings", "notes", "emails", "communications")
PROPERTIES = ["hs_timestamp", "hs_email_direction"]
Found = tuple[str, int, int]
"""Kind, milliseconds, how many."""


def read_timeline(box: Box, contact: str) -> list[Found]:
    """Gather every event that HubSpot shows of a contact."""
    return sorted(
        [
            *_forms(box, contact),
            *_counters(box, contact),
            *_engagements(box, contact),
            *_occurrences(box, contact),
            *_participations(box, contact),
            *_lists(box, contact),
        ]
    )


def _ms(text: str) -> int:
    found = parse_instant(text)
    assert found is not None
    return found


def _properties(box: Box, contact: str, names: list[str]) -> dict[str, str | None]:
    body = {"inputs": [{"id": contact}], "properties": names}
    read = box.post("/crm/objects/2026-09/contacts/batch/read", body, 200)
    return dict(read["results"][0]["properties"])


def _forms(box: Box, contact: str) -> list[Found]:
    names = {one["id"]: one["name"] for one in box.get("/marketing/v3/forms", limit=100)["results"]}
    listed = _properties(box, contact, ["hs_calculated_form_submissions"])["hs_calculated_form_submissions"] or ""
    found = []
    for entry in listed.split(";"):
        guid, _, at_ms = entry.partition(":")
        kinds = [kind for prefix, kind in FORM_KINDS.items() if names[guid].startswith(prefix)]
        found.append((kinds[0] if kinds else "form_submitted", int(at_ms), 1))
    return found


def _counters(box: Box, contact: str) -> list[Found]:
    names = [name for pair in COUNTERS.values() for name in pair]
    given = _properties(box, contact, names)
    return [
        (kind, _ms(given[at] or ""), int(given[count] or 0)) for kind, (count, at) in COUNTERS.items() if given[count]
    ]


def _engagements(box: Box, contact: str) -> list[Found]:
    found: list[Found] = []
    for kind in ENGAGEMENTS:
        linked = box.post(f"/crm/associations/2026-09/contacts/{kind}/batch/read", {"inputs": [{"id": contact}]}, 200)
        inputs = [{"id": str(one["toObjectId"])} for one in linked["results"][0]["to"]]
        body = {"inputs": inputs, "properties": PROPERTIES}
        read = box.post(f"/crm/objects/2026-09/{kind}/batch/read", body, 200)
        bodies = [one["properties"] for one in read["results"]]
        found += [(_engagement_kind(kind, one), _ms(one["hs_timestamp"]), 1) for one in bodies]
    return found


def _engagement_kind(kind: str, properties: dict[str, Any]) -> str:
    if kind == "emails":
        return "email_reply" if properties["hs_email_direction"] == "INCOMING_EMAIL" else "email_delivered"
    return {"calls": "call", "meetings": "meeting", "notes": "note", "communications": "chat"}[kind]


def _occurrences(box: Box, contact: str) -> list[Found]:
    body = box.get("/events/event-occurrences/2026-09", objectType="contact", objectId=contact)
    names = {"e_visited_page": "page_view", "e_contact_started_conversation": "chat"}
    return [
        (names.get(one["eventType"], one["eventType"].removeprefix("pe62515_")), _ms(one["occurredAt"]), 1)
        for one in body["results"]
    ]


def _participations(box: Box, contact: str) -> list[Found]:
    base = "/marketing/marketing-events/2026-09"
    types = {one["objectId"]: one["eventType"].lower() for one in box.get(base, limit=100)["results"]}
    body = box.get(f"{base}/participations/contacts/{contact}/breakdown", limit=100)
    found = []
    for one in body["results"]:
        event_type = types[one["associations"]["marketingEvent"]["marketingEventId"]]
        given = one["properties"]
        found.append((f"{event_type}_{given['attendanceState'].lower()}", given["occurredAt"], 1))
    return found


def _lists(box: Box, contact: str) -> list[Found]:
    body = {"inputs": [{"objectTypeId": "0-1", "recordId": contact}]}
    read = box.post("/crm/lists/2026-09/records/memberships/batch/read", body, 200)
    return [("list_joined", _ms(one["firstAddedTimestamp"]), 1) for one in read["results"][0]["recordListMemberships"]]
