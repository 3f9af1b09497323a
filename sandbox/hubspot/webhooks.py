"""Ring at the connector's door as HubSpot does: signed arrays, with duplicates, disorder and retries when asked for.

Source: developers.hubspot.com, webhooks and validating requests, read 2025-01 (documented): at most 100 events, five
seconds, up to ten retries; v3 = base64(HMAC-SHA256(secret, METHOD + URI + body + timestamp)).
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from sandbox.clock import Clock
from sandbox.hubspot.portal import Portal
from sandbox.posting import post

MOST_PER_DELIVERY = 100
TIMEOUT_SECONDS = 5.0


class WebhookSettingError(ValueError):
    """Webhook settings that cannot be understood."""


@dataclass(frozen=True, slots=True)
class WebhookSettings:
    """Where to ring and how badly; no target means silence.

    `properties` limits propertyChange events to these names; `form` chooses between contact.* and object.* events.
    """

    target: str = ""
    secret: str = ""
    duplicates: int = 1
    shuffle: bool = False
    retries: int = 2
    retry_delay_seconds: float = 0.2
    per_delivery: int = MOST_PER_DELIVERY
    properties: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    form: str = "contact"
    clock_skew_seconds: float = 0.0
    seed: int = 0


_KNOWN = tuple(one.name for one in fields(WebhookSettings))


def change_webhooks(settings: WebhookSettings, changes: Mapping[str, Any]) -> WebhookSettings:
    """Return the settings with `changes` of their JSON form."""
    unknown = sorted(set(changes) - set(_KNOWN))
    if unknown:
        raise WebhookSettingError(f"unknown keys {unknown}; known are {list(_KNOWN)}")
    values = dict(changes)
    for name in ("properties", "types"):
        if name in values:
            values[name] = tuple(values[name])
    changed = replace(settings, **values)
    if changed.target and not changed.target.startswith(("http://", "https://")):
        raise WebhookSettingError(f"target: {changed.target!r} is not an http or https address")
    return changed


def sign(secret: str, method: str, uri: str, body: bytes, timestamp: str) -> str:
    """Sign as version 3 does."""
    message = method.encode() + uri.encode() + body + timestamp.encode()
    return base64.b64encode(hmac.new(secret.encode(), message, hashlib.sha256).digest()).decode()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One POST that was tried: how many events, which attempt, and the answer (0 = none)."""

    events: int
    attempt: int
    status: int


class Bell:
    """Deliver webhook events to the one target."""

    def __init__(self, portal: Portal, clock: Clock) -> None:
        self.settings = WebhookSettings()
        self.deliveries: list[Delivery] = []
        self._portal = portal
        self._clock = clock
        self._count = 0
        self._waiting: set[asyncio.Task[None]] = set()

    def wanted(self, events: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Keep the events somebody subscribed to, complete with the fields every event has."""
        if not self.settings.target:
            return []
        return [self._complete(event) for event in events if self._subscribed(event)]

    def _subscribed(self, event: Mapping[str, Any]) -> bool:
        if self.settings.types and event["subscriptionType"] not in self.settings.types:
            return False
        name = event.get("propertyName")
        return name is None or not self.settings.properties or name in self.settings.properties

    def _complete(self, event: Mapping[str, Any]) -> dict[str, Any]:
        self._count += 1
        body = {
            "eventId": self._count,
            "subscriptionId": 12345,
            "portalId": self._portal.settings.portal_id,
            "appId": self._portal.settings.app_id,
            "attemptNumber": 0,
            **event,
        }
        if self.settings.form == "object":
            body["subscriptionType"] = body["subscriptionType"].replace("contact.", "object.")
            body["objectTypeId"] = "0-1"
        return body

    def ring_later(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Deliver in the background."""
        found = self.wanted(events)
        if found:
            task = asyncio.create_task(self.ring(found))
            self._waiting.add(task)
            task.add_done_callback(self._waiting.discard)

    async def settle(self) -> None:
        """Wait for everything that is on its way."""
        while self._waiting:
            await asyncio.gather(*self._waiting)

    async def ring(self, events: Sequence[dict[str, Any]]) -> None:
        """Deliver now, every array as often as duplicates says, in whatever order shuffle makes of them."""
        chaos = random.Random(self.settings.seed + self._count)  # noqa: S311 - repeatable on purpose
        copies = [event for event in events for _ in range(max(1, self.settings.duplicates))]
        if self.settings.shuffle:
            chaos.shuffle(copies)
        size = max(1, min(self.settings.per_delivery, MOST_PER_DELIVERY))
        for start in range(0, len(copies), size):
            await self._deliver(copies[start : start + size])

    async def _deliver(self, events: Sequence[dict[str, Any]]) -> None:
        for attempt in range(self.settings.retries + 1):
            body = json.dumps([{**event, "attemptNumber": attempt} for event in events]).encode()
            status = await asyncio.to_thread(self._post, body)
            self.deliveries.append(Delivery(len(events), attempt, status))
            if 200 <= status < 300:
                return
            if attempt < self.settings.retries:
                await asyncio.sleep(self.settings.retry_delay_seconds)

    def _post(self, body: bytes) -> int:
        target = self.settings.target
        timestamp = str(int((self._clock() + self.settings.clock_skew_seconds) * 1000))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "HubSpot Connect 2.0 (http://dev.hubspot.com/) - WebhooksExecutorDaemon-executor",
            "X-HubSpot-Request-Timestamp": timestamp,
            "X-HubSpot-Signature-Version": "v1",
            "X-HubSpot-Signature": hashlib.sha256(self.settings.secret.encode() + body).hexdigest(),
            "X-HubSpot-Signature-v3": sign(self.settings.secret, "POST", target, body, timestamp),
        }
        return post(target, body, headers, TIMEOUT_SECONDS)[0]
