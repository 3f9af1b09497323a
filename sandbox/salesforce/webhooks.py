"""Ring at the connector's door as outbound messages do: SOAP, up to 100 records at once, again until acknowledged.

Or, when the settings say so, post change events, which `change_events` builds.

Source: Salesforce SOAP API guide, "Outbound Messaging", read 2026-11 (documented): values are those of the moment of
sending, null ones are left out (U: or nil), a notification keeps its id when it is sent again, deletions do not ring.
No session ids since February 2026.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from itertools import groupby
from typing import Any, TypeAlias
from xml.sax.saxutils import escape

from sandbox.posting import post
from sandbox.salesforce.change_events import ChangeEvent, build_events
from sandbox.salesforce.ids import make_id
from sandbox.salesforce.org import ORGANIZATION_ID, Org, Ring
from sandbox.salesforce.schema import Field, SObject
from sandbox.salesforce.store import Row, Value
from sandbox.salesforce.wire import to_csv

MOST_PER_DELIVERY = 100
TIMEOUT_SECONDS = 10.0
_XML, _JSON = "text/xml; charset=utf-8", "application/json"
_ACK = re.compile(rb"<(?:\w+:)?Ack>\s*true\s*</(?:\w+:)?Ack>")
_FORMS = ("outbound_message", "change_event")
_LISTS = ("objects", "fields", "except_users")
_ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>'
    '<notifications xmlns="http://soap.sforce.com/2005/09/outbound">{content}</notifications>'
    "</soapenv:Body></soapenv:Envelope>"
)


class WebhookSettingError(ValueError):
    """Settings of outbound messages that cannot be understood."""


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """Where to ring, for which objects and how badly; no target means silence.

    Every object tells those of the `fields` that it has: a task for example whom it is about.
    `except_users` are users whose changes do not ring, as the entry condition of a flow or the filter of a channel has
    it. `form` is `outbound_message` or `change_event`; only the latter tells of deletions.
    """

    target: str = ""
    form: str = "outbound_message"
    objects: tuple[str, ...] = ("Lead", "Contact", "Task", "Event", "CampaignMember", "OpportunityContactRole")
    fields: tuple[str, ...] = ("Id", "LastModifiedById", "LastModifiedDate", "WhoId", "LeadId", "ContactId")
    except_users: tuple[str, ...] = ()
    duplicates: int = 1
    shuffle: bool = False
    retries: int = 2
    retry_delay_seconds: float = 0.2
    per_delivery: int = MOST_PER_DELIVERY
    seed: int = 0


def change_webhooks(settings: WebhookSettings, changes: Mapping[str, Any]) -> WebhookSettings:
    """Return the settings with `changes` of their JSON form."""
    known = [one.name for one in fields(WebhookSettings)]
    unknown = sorted(set(changes) - set(known))
    if unknown:
        raise WebhookSettingError(f"unknown keys {unknown}; known are {known}")
    values: dict[str, Any] = {name: tuple(value) if name in _LISTS else value for name, value in changes.items()}
    changed = replace(settings, **values)
    if changed.target and not changed.target.startswith(("http://", "https://")):
        raise WebhookSettingError(f"target: {changed.target!r} is not an http or https address")
    if changed.form not in _FORMS:
        raise WebhookSettingError(f"form: {changed.form!r} is none of {list(_FORMS)}")
    return changed


@dataclass(frozen=True, slots=True)
class Notification:
    """One record to tell of; its id stays the same however often it is sent."""

    id: str
    kind: str
    record_id: str


Parcel: TypeAlias = Notification | ChangeEvent


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message that was tried: how many records, which attempt, the status (0 = none), and whether it was taken."""

    notifications: int
    attempt: int
    status: int
    acknowledged: bool


class Bell:
    """Send outbound messages to the one target."""

    def __init__(self, org: Org) -> None:
        self.settings = WebhookSettings()
        self.deliveries: list[Delivery] = []
        self._org = org
        self._count = 0
        self._waiting: set[asyncio.Task[None]] = set()

    def wanted(self, rings: Sequence[Ring]) -> list[Parcel]:
        """Make what somebody wants to hear: a notification per record of a whole request, or its change events."""
        if not self.settings.target:
            return []
        heard = [
            ring
            for ring in rings
            if ring.kind in self.settings.objects and ring.user_id not in self.settings.except_users
        ]
        if self.settings.form == "change_event":
            return [*build_events(self._org, heard)]
        chosen = dict.fromkeys((ring.kind, ring.record_id) for ring in heard if ring.change != "DELETE")
        return [self._notification(kind, record_id) for kind, record_id in chosen]

    def _notification(self, kind: str, record_id: str) -> Notification:
        self._count += 1
        return Notification(make_id("04l", self._count), kind, record_id)

    def ring_later(self, rings: Sequence[Ring]) -> None:
        """Send in the background."""
        found = self.wanted(rings)
        if found:
            task = asyncio.create_task(self.ring(found))
            self._waiting.add(task)
            task.add_done_callback(self._waiting.discard)

    async def settle(self) -> None:
        """Wait for everything that is on its way."""
        while self._waiting:
            await asyncio.gather(*self._waiting)

    async def ring(self, parcels: Sequence[Parcel]) -> None:
        """Send now, as often as duplicates says, in whatever order shuffle makes of it."""
        chaos = random.Random(self.settings.seed + self._count)  # noqa: S311 - repeatable on purpose
        copies = [one for one in parcels for _ in range(max(1, self.settings.duplicates))]
        if self.settings.shuffle:
            chaos.shuffle(copies)
        for one in copies:
            if isinstance(one, ChangeEvent):
                await self._deliver(one.records, partial(bytes, one.body), _JSON)
        await self._send_messages([one for one in copies if isinstance(one, Notification)])

    async def _send_messages(self, notifications: Sequence[Notification]) -> None:
        """Send outbound messages, one object to a message."""
        size = max(1, min(self.settings.per_delivery, MOST_PER_DELIVERY))
        for kind, group in groupby(notifications, key=lambda one: one.kind):
            alike = list(group)
            for start in range(0, len(alike), size):
                some = alike[start : start + size]
                await self._deliver(len(some), partial(self._body, kind, some), _XML)

    def _body(self, kind: str, notifications: Sequence[Notification]) -> bytes:
        return self._message(kind, notifications).encode()

    async def _deliver(self, count: int, body: Callable[[], bytes], content_type: str) -> None:
        """Send until it is taken; a message is written anew each time, with the values of that moment."""
        for attempt in range(self.settings.retries + 1):
            status, answer = await asyncio.to_thread(_post, self.settings.target, body(), content_type)
            taken = status // 100 == 2 if content_type == _JSON else status == 200 and _ACK.search(answer) is not None
            self.deliveries.append(Delivery(count, attempt, status, taken))
            if taken:
                return
            if attempt < self.settings.retries:
                await asyncio.sleep(self.settings.retry_delay_seconds)

    def _message(self, name: str, notifications: Sequence[Notification]) -> str:
        kind = self._org.catalog.kind(name)
        rows = {
            row["Id"]: row for row in self._org.store.find_many(name, "Id", [one.record_id for one in notifications])
        }
        base = f"{self._org.settings.my_domain}/services/Soap"
        content = [
            f"<OrganizationId>{ORGANIZATION_ID}</OrganizationId>",
            f"<ActionId>{make_id('04k', self.settings.objects.index(name) + 1)}</ActionId>",
            '<SessionId xsi:nil="true"/>',
            f"<EnterpriseUrl>{base}/c/66.0/{ORGANIZATION_ID[:15]}</EnterpriseUrl>",
            f"<PartnerUrl>{base}/u/66.0/{ORGANIZATION_ID[:15]}</PartnerUrl>",
            *(self._record(kind, one, rows.get(one.record_id, {})) for one in notifications),
        ]
        return _ENVELOPE.format(content="".join(content))

    def _record(self, kind: SObject, notification: Notification, row: Row) -> str:
        """Write one record with the values it has now; erased ones are only an id."""
        values = {**row, "Id": notification.record_id}
        told = [
            f"<sf:{field.name}>{escape(_plain(field, values[field.name]))}</sf:{field.name}>"
            for name in self.settings.fields
            if (field := kind.find(name)) is not None and values.get(field.name) is not None
        ]
        return (
            f"<Notification><Id>{notification.id}</Id>"
            f'<sObject xsi:type="sf:{kind.name}" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">{"".join(told)}'
            "</sObject></Notification>"
        )


def _plain(field: Field, value: Value) -> str:
    if field.type == "datetime" and value is not None:
        return to_csv(int(value))
    return str(bool(value)).lower() if field.type == "boolean" else str(value)


def _post(target: str, body: bytes, content_type: str) -> tuple[int, bytes]:
    headers = {
        "Content-Type": content_type,
        "SOAPAction": '""',
        "User-Agent": "Jakarta Commons-HttpClient",
    }
    return post(target, body, headers, TIMEOUT_SECONDS)
