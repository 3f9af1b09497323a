"""Answer Salesforce: outbound messages over HTTP, change events over EventBridge. No call back, no scoring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from adapters.salesforce import webhook, webhook_events
from adapters.salesforce.ids import parse_id
from connector.errors import DoorbellError, SettingsError, SignatureError
from connector.live.doorbell import Doorbell
from webhooks.receive_answer import STATUS_QUEUE_REFUSED, STATUS_TOO_LARGE, Answer, Put, log_refusal, ring, status_of

DOOR: Final = "salesforce"
TOKEN: Final = "PUENTE_SALESFORCE__WEBHOOK_TOKEN"  # noqa: S105 - the name of a setting
ORGANIZATION: Final = "PUENTE_SALESFORCE__ORGANIZATION_ID"
OWN_USER: Final = "PUENTE_SALESFORCE__INTEGRATION_USER_ID"
_XML: Final = "text/xml; charset=utf-8"
_FAULT: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><soapenv:Fault>'
    "<faultcode>soapenv:{side}</faultcode><faultstring>{text}</faultstring>"
    "</soapenv:Fault></soapenv:Body></soapenv:Envelope>\n"
)
_TEXTS: Final[Mapping[int, str]] = {
    400: "no outbound message", 401: "not permitted", 413: "too large", 500: "try again later",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SalesforceDoor:
    """Hold what opens the door for outbound messages."""

    token: str = field(repr=False)
    organization_id: str

    def answer(self, raw: bytes, token: str, put: Put, now: datetime) -> Answer:
        """Answer one POST: 200 with the acknowledgement, else a SOAP fault with 401, 400, 413 or 500."""
        try:
            webhook.verify_token(token, self.token)
        except SignatureError:
            return _fault(401, len(raw))
        if len(raw) > webhook.MOST_BYTES:
            return _fault(STATUS_TOO_LARGE, len(raw))
        try:
            doorbells = webhook.parse_doorbells(raw, organization_id=self.organization_id, now=now)
        except DoorbellError as error:
            return _fault(status_of(error), len(raw))
        if not ring(DOOR, put, doorbells):
            return _fault(STATUS_QUEUE_REFUSED, len(raw))
        return Answer(200, webhook.ACK, _XML)


@dataclass(frozen=True, slots=True)
class ChangeEventDoor:
    """Hold what tells whose change events these are."""

    organization_id: str
    own_user_id: str | None = None

    def parse(self, event: object, now: datetime) -> list[Doorbell]:
        """Read one event; another organisation's, or none at all, rings nobody: sending it again would not help."""
        try:
            return webhook_events.parse_doorbells(
                event, organization_id=self.organization_id, own_user_id=self.own_user_id, now=now
            )
        except DoorbellError as error:
            log_refusal(f"{DOOR} change event", status_of(error), 0)
            return []


def salesforce_door(settings: Mapping[str, str]) -> SalesforceDoor:
    """Build the door from settings by their names in the environment. Raises SettingsError naming what is missing."""
    token = settings.get(TOKEN, "").strip()
    if not token:
        raise SettingsError(f"{TOKEN}: missing — without it no outbound message can be verified")
    return SalesforceDoor(token, _organization(settings))


def change_event_door(settings: Mapping[str, str]) -> ChangeEventDoor:
    """Build the door for change events. Raises SettingsError naming what is missing."""
    return ChangeEventDoor(_organization(settings), settings.get(OWN_USER) or None)


def _organization(settings: Mapping[str, str]) -> str:
    found = parse_id(settings.get(ORGANIZATION))
    if found is None:
        raise SettingsError(f"{ORGANIZATION}: missing or no id — give the 15 or 18 characters that begin with 00D")
    return found


def _fault(status: int, size: int) -> Answer:
    log_refusal(DOOR, status, size)
    side = "Server" if status >= 500 else "Client"
    return Answer(status, _FAULT.format(side=side, text=_TEXTS[status]), _XML)
