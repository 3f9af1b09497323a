"""Answer the calls on marketing events (webinars, fairs) and forms.

Source: the paths and shapes of HubSpot's public API specification, snapshot 2026-08-21 (documented); forms exist only
as v3.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sandbox.hubspot.call import Answer, Call
from sandbox.hubspot.errors import missing_scopes, not_found
from sandbox.hubspot.object_types import CONTACTS
from sandbox.hubspot.portal import Portal
from sandbox.hubspot.reading import parse_record_id
from sandbox.hubspot.schema import BORN
from sandbox.hubspot.wire import to_iso

MOST_PER_PAGE = 100
SCOPE = "crm.objects.marketing_events.read"
_FORMS = uuid.UUID("5b3a5f0e-6d0f-4c52-9f6e-2a5f3d1c7b10")

_CONFIGURATION = {
    "language": "es",
    "cloneable": True,
    "postSubmitAction": {"type": "thank_you", "value": "Gracias"},
    "editable": True,
    "archivable": True,
    "recaptchaEnabled": False,
    "notifyContactOwner": False,
    "notifyRecipients": [],
    "createNewContactForNewEmail": False,
    "prePopulateKnownValues": True,
    "allowLinkToResetKnownValues": False,
}
_DISPLAY = {
    "renderRawHtml": False,
    "theme": "default_style",
    "submitButtonText": "Enviar",
    "style": {
        "fontFamily": "arial",
        "backgroundWidth": "100%",
        "labelTextColor": "#33475b",
        "labelTextSize": "14px",
        "helpTextColor": "#7C98B6",
        "helpTextSize": "11px",
        "legalConsentTextColor": "#33475b",
        "legalConsentTextSize": "14px",
        "submitColor": "#ff7a59",
        "submitAlignment": "left",
        "submitFontColor": "#ffffff",
        "submitSize": "12px",
    },
    "cssClass": None,
}


def _require_switch(portal: Portal) -> None:
    if not portal.settings.marketing_events:
        raise missing_scopes([SCOPE])


def ensure_event(portal: Portal, name: str, event_type: str, at_ms: int, time: int = 1) -> int:
    """Give the id of a marketing event that is held for the so-manieth time, created when it is new."""
    key = f"{event_type}:{name}" if time == 1 else f"{event_type}:{name}:{time}"
    known = portal.store.get("marketing_event_name", key)
    if known is not None:
        return int(known)
    event_id = portal.store.next_id("marketing_event", 8_000_000_001)
    portal.store.put("marketing_event_name", key, event_id)
    portal.store.put(
        "marketing_event",
        str(event_id),
        {
            "objectId": str(event_id),
            "externalEventId": f"sandbox-{event_id}",
            "eventName": name,
            "eventType": event_type,
            "eventOrganizer": "Sandbox",
            "eventStatus": "PAST",
            "eventCancelled": False,
            "eventCompleted": True,
            "startDateTime": to_iso(at_ms),
            "customProperties": [],
            "createdAt": to_iso(at_ms),
            "updatedAt": to_iso(at_ms),
        },
    )
    return event_id


def take_part(portal: Portal, event_id: int, contact_id: int, state: str, at_ms: int) -> bool:
    """Store one state of a contact at a marketing event; False when the contact is in that state there already."""
    known = portal.store.connection.execute(
        "SELECT 1 FROM participations WHERE contact_id = ? AND event_id = ? AND state = ?",
        (contact_id, event_id, state),
    )
    if known.fetchone() is not None:
        return False
    portal.store.connection.execute(
        "INSERT INTO participations (event_id, contact_id, state, at_ms) VALUES (?, ?, ?, ?)",
        (event_id, contact_id, state, at_ms),
    )
    return True


def list_events(portal: Portal, call: Call) -> Answer:
    """GET /marketing/marketing-events: all marketing events, by page."""
    _require_switch(portal)
    return _page(call, portal.store.all("marketing_event"))


def get_event(portal: Portal, call: Call) -> Answer:
    """GET /marketing/marketing-events/{objectId}: one marketing event."""
    _require_switch(portal)
    return Answer(200, _find_event(portal, call.params["objectId"]))


def _find_event(portal: Portal, event_id: str) -> dict[str, Any]:
    found: dict[str, Any] | None = portal.store.get("marketing_event", event_id)
    if found is None:
        raise not_found(f"Marketing event {event_id} was not found")
    return found


def _page(call: Call, found: Sequence[Any], **extra: Any) -> Answer:
    limit = call.number("limit", 10, MOST_PER_PAGE)
    offset = parse_record_id(call.one("after", "0")) or 0
    body: dict[str, Any] = {**extra, "results": list(found[offset : offset + limit])}
    if offset + limit < len(found):
        body["paging"] = {"next": {"after": str(offset + limit), "link": f"?after={offset + limit}"}}
    return Answer(200, body)


def contact_breakdown(portal: Portal, call: Call) -> Answer:
    """GET /marketing/marketing-events/participations/contacts/{idOrEmail}/breakdown: one contact's participations."""
    _require_switch(portal)
    wanted = call.params["contactIdentifier"]
    contact_id = portal.store.owner_of(CONTACTS.name, "email", wanted) if "@" in wanted else parse_record_id(wanted)
    return _breakdown(portal, call, "contact_id", contact_id)


def event_breakdown(portal: Portal, call: Call) -> Answer:
    """GET /marketing/marketing-events/participations/{marketingEventId}/breakdown: everybody at one event."""
    _require_switch(portal)
    event = _find_event(portal, call.params["marketingEventId"])
    return _breakdown(portal, call, "event_id", int(event["objectId"]))


def _breakdown(portal: Portal, call: Call, column: str, value: int | None) -> Answer:
    rows = portal.store.connection.execute(
        f"SELECT id, event_id, contact_id, state, at_ms FROM participations WHERE {column} = ? ORDER BY at_ms, id",  # noqa: S608
        (value,),
    )
    state = call.one("state")
    found = [_participation(portal, row) for row in rows if not state or row[3] == state]
    return _page(call, found, total=len(found))


def _participation(portal: Portal, row: tuple[int, int, int, str, int]) -> dict[str, Any]:
    number, event_id, contact_id, state, at_ms = row
    event = _find_event(portal, str(event_id))
    contact = portal.store.find(CONTACTS.name, contact_id)
    properties = contact.properties if contact else {}
    names = {key: properties[key] for key in ("firstname", "lastname") if key in properties}
    attended = {"attendancePercentage": "1.0"} if state == "ATTENDED" else {}
    return {
        "id": str(number),
        "createdAt": to_iso(at_ms),
        "associations": {
            "marketingEvent": {
                "marketingEventId": str(event_id),
                "externalEventId": event["externalEventId"],
                "name": event["eventName"],
            },
            "contact": {"contactId": str(contact_id), "email": properties.get("email", ""), **names},
        },
        "properties": {"occurredAt": at_ms, "attendanceState": state, **attended},
    }


def ensure_form(portal: Portal, name: str) -> str:
    """Give the guid of a form, which is created when it is new."""
    guid = str(uuid.uuid5(_FORMS, name))
    if portal.store.get("form", guid) is None:
        portal.store.put("form", guid, _form(guid, name))
    return guid


def _form(guid: str, name: str) -> dict[str, Any]:
    return {
        "formType": "hubspot",
        "id": guid,
        "name": name,
        "createdAt": BORN,
        "updatedAt": BORN,
        "archived": False,
        "fieldGroups": [],
        "configuration": _CONFIGURATION,
        "displayOptions": _DISPLAY,
        "legalConsentOptions": {"type": "none"},
    }


def list_forms(portal: Portal, call: Call) -> Answer:
    """GET /marketing/v3/forms: all forms, by page."""
    return _page(call, [] if call.flag("archived") else portal.store.all("form"))


def get_form(portal: Portal, call: Call) -> Answer:
    """GET /marketing/v3/forms/{formId}: one form."""
    found = portal.store.get("form", call.params["formId"])
    if found is None:
        raise not_found(f"Form {call.params['formId']} was not found")
    return Answer(200, found)
