"""Verify and read Salesforce outbound messages: SOAP from a stranger, parsed without entities, types or mercy.

Imports nothing but the standard library: a receiver that only passes doorbells on must start at once.

Source: Salesforce SOAP API guide, "Outbound Messaging", read 2026-11 (documented): up to 100 notifications a message,
sent again for 24 hours until exactly this acknowledgement comes; null fields are left out; the fields are those of
the moment of sending, not of the change. Since February 2026 they carry no session id.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final
from xml.parsers import expat

from adapters.salesforce.ids import parse_id
from connector.errors import PayloadError, SignatureError
from connector.live.doorbell import Doorbell, plausible

MOST_BYTES: Final = 2 * 1024 * 1024
MOST_NOTIFICATIONS: Final = 100
_DEEPEST: Final = 16
_LONGEST_TEXT: Final = 256
_OUTBOUND: Final = "http://soap.sforce.com/2005/09/outbound"
_IN_SOBJECT: Final = [f"{_OUTBOUND} {name}" for name in ("notifications", "Notification", "sObject")]
_SOBJECT: Final = "urn:sobject.enterprise.soap.sforce.com"
_TYPE: Final = "http://www.w3.org/2001/XMLSchema-instance type"

ACK: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
    '<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse>'
    "</soapenv:Body></soapenv:Envelope>\n"
)

PERSON_TYPES: Final[Mapping[str, str]] = {"Lead": "lead", "Contact": "contact"}
HANG_ON_PEOPLE: Final[Mapping[str, str]] = {
    "Task": "task", "Event": "event", "CampaignMember": "campaign_member", "EmailMessage": "email_message",
    "Opportunity": "opportunity", "OpportunityContactRole": "opportunity_contact_role",
}  # fmt: skip


def verify_token(token: str, expected: str) -> None:
    """Let through only who knows the secret part of the path. Raises SignatureError.

    Several comma-separated tokens are good while one replaces another.
    """
    given = token.encode("utf-8", "surrogateescape")
    good = [hmac.compare_digest(given, one.strip().encode()) for one in expected.split(",") if one.strip()]
    if not any(good):
        raise SignatureError("salesforce webhook: unknown path — check PUENTE_SALESFORCE__WEBHOOK_TOKEN")


def verify_organization(given: str | None, expected: str) -> str:
    """Compare organisations by their first fifteen characters; return the id of eighteen. Raises SignatureError.

    Outbound messages spell it with eighteen, settings often with fifteen: the last three only repeat the capitals.
    """
    ours, theirs = parse_id(expected), parse_id(given)
    if ours is None or theirs is None or ours[:15] != theirs[:15]:
        raise SignatureError("salesforce webhook: another organisation — check PUENTE_SALESFORCE__ORGANIZATION_ID")
    return ours


def parse_doorbells(raw: bytes, *, organization_id: str, now: datetime) -> list[Doorbell]:
    """Read an outbound message. Raises PayloadError when it is none, SignatureError for another organisation.

    It never counts as our own echo: who last modified the record is told as of the sending, and may be us although a
    person's change rang. Every doorbell's time is the record's last change, which is at least as late as what rang.
    """
    message = _Message()
    message.read(raw)
    if not message.is_notifications:
        raise PayloadError("salesforce webhook: the body is no outbound message")
    account = verify_organization(message.organization, organization_id)
    return list(_bells(message.notifications, account, now))


def _bells(notifications: list[dict[str, str]], account: str, now: datetime) -> Iterator[Doorbell]:
    for fields in {fields.get("Id"): fields for fields in notifications}.values():
        object_id, entity = parse_id(fields.get("Id")), fields.get("type", "")
        if object_id is None:
            continue
        rang_at = parse_instant(fields.get("LastModifiedDate") or fields.get("SystemModstamp"), now)
        if person := PERSON_TYPES.get(entity):
            yield Doorbell("salesforce", account, person, object_id, rang_at, "changed")
        elif kind := HANG_ON_PEOPLE.get(entity):
            hangs = (kind, object_id)
            yield Doorbell("salesforce", account, *hangs, rang_at, "engagement", engagement=hangs)


def parse_instant(value: object, now: datetime) -> datetime:
    """Read ISO text or epoch milliseconds. What cannot be read, or lies far ahead of our clock, counts as now."""
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value)
            return plausible(found, now) if found.tzinfo else now
        if isinstance(value, int | float) and not isinstance(value, bool):
            return plausible(datetime.fromtimestamp(value / 1000, UTC), now)
    except (ValueError, OverflowError, OSError):
        return now
    return now


class _Message:
    """Collect what matters of one message, and refuse everything XML can do beyond elements and text."""

    def __init__(self) -> None:
        self.is_notifications = False
        self.organization: str | None = None
        self.notifications: list[dict[str, str]] = []
        self._path: list[str] = []
        self._text: list[str] = []

    def read(self, raw: bytes) -> None:
        # UTF-8 whatever the document declares (expat alone would follow a UTF-16 mark); a space ends a namespace.
        parser = expat.ParserCreate("UTF-8", " ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        for refused in (
            "StartDoctypeDeclHandler", "EntityDeclHandler", "UnparsedEntityDeclHandler", "NotationDeclHandler",
            "ExternalEntityRefHandler", "SkippedEntityHandler", "ElementDeclHandler", "AttlistDeclHandler",
        ):  # fmt: skip
            setattr(parser, refused, _refuse)
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        try:
            raw.decode("utf-8")
            parser.Parse(raw, True)
        except (expat.ExpatError, UnicodeDecodeError):
            raise PayloadError("salesforce webhook: the body is no XML in UTF-8") from None

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        self._text = []
        if len(self._path) > _DEEPEST:
            raise PayloadError("salesforce webhook: elements lie too deep in each other")
        if len(self._path) == 3 and name == f"{_OUTBOUND} notifications":
            self.is_notifications = True
        elif self._is_at("notifications", "Notification"):
            if len(self.notifications) == MOST_NOTIFICATIONS:
                raise PayloadError(f"salesforce webhook: more than {MOST_NOTIFICATIONS} notifications")
            self.notifications.append({})
        elif self._is_at("notifications", "Notification", "sObject"):
            self.notifications[-1]["type"] = attributes.get(_TYPE, "").rpartition(":")[2]

    def _characters(self, text: str) -> None:
        self._text.append(text)

    def _end(self, name: str) -> None:
        space, _, local = name.rpartition(" ")
        if self._is_at("notifications", "OrganizationId"):
            self.organization = self._taken()
        elif space == _SOBJECT and len(self._path) == 6 and self._path[2:5] == _IN_SOBJECT:
            self.notifications[-1][local] = self._taken()
        self._path.pop()
        self._text = []

    def _taken(self) -> str:
        return "".join(self._text)[:_LONGEST_TEXT].strip()

    def _is_at(self, *names: str) -> bool:
        return self._path[2:] == [f"{_OUTBOUND} {name}" for name in names]


def _refuse(*_: object) -> None:
    raise PayloadError("salesforce webhook: the body declares types or entities")
