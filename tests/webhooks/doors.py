"""Ring at the Lambda entrances as API Gateway does, and keep what they queued."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from adapters.hubspot.webhook import sign
from connector.live.doorbell import Doorbell
from webhooks.receive import Entrance
from webhooks.receive_answer import Answer

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SECRET = "canary-secret-4711"
TOKEN = "canary-token-0815"
URL = "https://door.example.com/hubspot/webhook"
ORGANIZATION = "00D000000000001EAA"
SETTINGS = {
    "PUENTE_HUBSPOT__CLIENT_SECRET": SECRET,
    "PUENTE_HUBSPOT__WEBHOOK_URL": URL,
    "PUENTE_HUBSPOT__PORTAL_ID": "62515",
    "PUENTE_HUBSPOT__APP_ID": "54321",
    "PUENTE_SALESFORCE__WEBHOOK_TOKEN": TOKEN,
    "PUENTE_SALESFORCE__ORGANIZATION_ID": ORGANIZATION,
    "PUENTE_SALESFORCE__INTEGRATION_USER_ID": "005000000000009AAA",
}


@dataclass
class House:
    """Hold an entrance, what it queued, and whether its queue works."""

    settings: Mapping[str, str] = field(default_factory=lambda: SETTINGS)
    queued: list[Doorbell] = field(default_factory=list)
    is_queue_down: bool = False

    @property
    def entrance(self) -> Entrance:
        return Entrance(lambda: self.settings, self._put, lambda: NOW)

    def _put(self, doorbells: Sequence[Doorbell]) -> None:
        if self.is_queue_down:
            raise OSError("the queue is down")
        self.queued += doorbells

    def hubspot(self, raw: bytes, *, is_base64: bool = False, **headers: str) -> Answer:
        return self.entrance.hubspot(http_event("/hubspot/webhook", raw, {**signed(raw), **headers}, is_base64))

    def salesforce(self, raw: bytes, token: str = TOKEN, *, is_base64: bool = True) -> Answer:
        event = http_event("/salesforce/outbound/x", raw, {"content-type": "text/xml"}, is_base64)
        return self.entrance.salesforce({**event, "pathParameters": {"token": token}})


def signed(raw: bytes, secret: str = SECRET, at: datetime = NOW) -> dict[str, str]:
    """Return the headers HubSpot would send."""
    timestamp = str(int(at.timestamp() * 1000))
    return {
        "x-hubspot-request-timestamp": timestamp,
        "x-hubspot-signature-v3": sign(secret, "POST", URL, raw, timestamp).decode(),
    }


def http_event(path: str, raw: bytes, headers: Mapping[str, str], is_base64: bool) -> dict[str, Any]:
    """Return what API Gateway hands to a function (HTTP API, payload format 2.0)."""
    body = base64.b64encode(raw).decode() if is_base64 else raw.decode()
    return {
        "version": "2.0",
        "routeKey": f"POST {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": dict(headers),
        "requestContext": {"http": {"method": "POST", "path": path}},
        "body": body,
        "isBase64Encoded": is_base64,
    }


def change(object_id: int = 1001, **more: Any) -> dict[str, Any]:
    """Return one event of HubSpot's."""
    plain = {
        "eventId": 1, "subscriptionId": 2, "portalId": 62515, "appId": 54321, "occurredAt": 1763716000000,
        "subscriptionType": "contact.propertyChange", "attemptNumber": 0, "objectId": object_id,
        "propertyName": "canary-property", "propertyValue": "canary@example.com", "changeSource": "CRM_UI",
    }  # fmt: skip
    return {**plain, **more}


def delivery(*events: object) -> bytes:
    """Return HubSpot's bytes of some events."""
    return json.dumps(events or [change()]).encode()
