"""Steer the sandbox: state, reset, journal, faults, events, webhooks, edits, settings.

Never part of the imitated API.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.faults import FaultRuleError
from sandbox.hubspot import mishaps
from sandbox.hubspot.call import Source
from sandbox.hubspot.desk import Desk
from sandbox.hubspot.errors import ApiError
from sandbox.hubspot.life import Life
from sandbox.hubspot.object_types import CONTACTS
from sandbox.hubspot.objects import survivor
from sandbox.hubspot.settings import SettingError
from sandbox.hubspot.state import portal_state
from sandbox.hubspot.timeline import write_event
from sandbox.hubspot.webhooks import Bell, WebhookSettingError, change_webhooks
from sandbox.hubspot.wire import parse_instant
from sandbox.hubspot.writing import apply_values
from sandbox.seed import SeedEvent

ANALYTICS = Source("ANALYTICS", "sandbox", "Sandbox timeline")
_EVENT_FIELDS = {one.name for one in fields(SeedEvent)}
_WRONG_INPUT = (FaultRuleError, SettingError, WebhookSettingError, KeyError, TypeError, ValueError)


class Control:
    """The handlers under /_sandbox."""

    def __init__(self, desk: Desk, bell: Bell, reload: Callable[[], None]) -> None:
        self._desk = desk
        self._bell = bell
        self._reload = reload

    def routes(self) -> list[Route]:
        """List the control addresses."""
        table: dict[str, dict[str, Callable[[Any], Awaitable[Any]]]] = {
            "state": {"GET": self._state},
            "reset": {"POST": self._reset},
            "journal": {"GET": self._journal},
            "faults": {"GET": self._list_faults, "POST": self._faults},
            "timeline": {"POST": self._timeline},
            "webhooks": {"GET": self._deliveries, "POST": self._webhooks},
            "edit": {"POST": self._edit},
            "merge": {"POST": self._merge},
            "delete": {"POST": self._delete},
            "settings": {"GET": self._settings, "POST": self._change_settings},
        }
        return [
            Route(f"/_sandbox/{name}", _guarded(handler), methods=[method])
            for name, by_method in table.items()
            for method, handler in by_method.items()
        ]

    async def _state(self, request: Request) -> Any:
        return portal_state(self._desk.portal)

    async def _reset(self, request: Request) -> Any:
        await self._bell.settle()
        self._reload()
        return {"ok": True, "people": self._desk.portal.store.count(CONTACTS.name)}

    async def _journal(self, request: Request) -> Any:
        entries = self._desk.journal.since(int(request.query_params.get("since", "0")))
        return {"entries": entries, "last": entries[-1]["seq"] if entries else 0}

    async def _list_faults(self, request: Request) -> Any:
        return {"rules": self._desk.faults.describe()}

    async def _faults(self, request: Request) -> Any:
        body = await _document(request)
        rules = body.get("rules")
        if not isinstance(rules, list):
            raise FaultRuleError("`rules` must be a list")
        if body.get("append") is True:
            self._desk.faults.extend(rules)
        else:
            self._desk.faults.replace(rules)
        return {"rules": self._desk.faults.describe()}

    async def _timeline(self, request: Request) -> Any:
        body = await _document(request)
        event = _seed_event(body.get("event"), self._desk.portal.now_ms())
        portal = self._desk.portal
        with portal.transaction():
            record = survivor(portal, CONTACTS, mishaps.find_person(portal, body.get("person")))
            life = Life(portal, record, dict(record.properties))
            write_event(life, event)
            apply_values(portal, CONTACTS, record, life.properties, ANALYTICS, portal.now_ms())
        rung = await self._ring(wait=True) if body.get("ring") is True else self._hush()
        return {"id": str(record.id), "rung": rung}

    async def _deliveries(self, request: Request) -> Any:
        await self._bell.settle()
        settings = {**asdict(self._bell.settings), "secret": "set" if self._bell.settings.secret else ""}
        return {"settings": settings, "deliveries": [asdict(one) for one in self._bell.deliveries]}

    async def _webhooks(self, request: Request) -> Any:
        self._bell.settings = change_webhooks(self._bell.settings, await _document(request))
        return {"ok": True}

    async def _edit(self, request: Request) -> Any:
        body = await _document(request)
        with self._desk.portal.transaction():
            record = mishaps.edit_record(self._desk.portal, body)
        await self._ring(wait=False)
        return {"id": str(record.id), "properties": record.properties}

    async def _merge(self, request: Request) -> Any:
        body = await _document(request)
        with self._desk.portal.transaction():
            record = mishaps.merge_people(self._desk.portal, str(body["from"]), str(body["into"]))
        await self._ring(wait=False)
        return {"id": str(record.id)}

    async def _delete(self, request: Request) -> Any:
        body = await _document(request)
        with self._desk.portal.transaction():
            record = mishaps.delete_person(self._desk.portal, str(body["person"]))
        await self._ring(wait=False)
        return {"id": str(record.id)}

    async def _settings(self, request: Request) -> Any:
        return asdict(self._desk.portal.settings)

    async def _change_settings(self, request: Request) -> Any:
        return asdict(self._desk.configure(await _document(request)))

    async def _ring(self, *, wait: bool) -> int:
        found = self._bell.wanted(self._desk.portal.rings)
        self._desk.portal.rings.clear()
        if wait and found:
            await self._bell.ring(found)
        elif found:
            self._bell.ring_later(found)
        return len(found)

    def _hush(self) -> int:
        self._desk.portal.rings.clear()
        return 0


def _guarded(handler: Callable[[Request], Awaitable[Any]]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            return JSONResponse(await handler(request))
        except ApiError as problem:
            return JSONResponse({"error": problem.body}, problem.status)
        except _WRONG_INPUT as problem:
            return JSONResponse({"error": f"{type(problem).__name__}: {problem}"}, 400)

    return answer


async def _document(request: Request) -> dict[str, Any]:
    body = json.loads(await request.body() or b"{}")
    if not isinstance(body, dict):
        raise TypeError("the body must be a JSON object")
    return body


def _seed_event(raw: object, now_ms: int) -> SeedEvent:
    """Read an event of the neutral form; without `occurred_at` it happens now."""
    if not isinstance(raw, Mapping) or not isinstance(raw.get("kind"), str):
        raise TypeError("`event` must be a map with a `kind`")
    unknown = sorted(set(raw) - _EVENT_FIELDS)
    if unknown:
        raise ValueError(f"unknown keys {unknown} in `event`; known are {sorted(_EVENT_FIELDS)}")
    at_ms = parse_instant(str(raw.get("occurred_at", now_ms)))
    if at_ms is None:
        raise ValueError(f"occurred_at: {raw['occurred_at']!r} is not an instant")
    return SeedEvent(**{**raw, "occurred_at": datetime.fromtimestamp(at_ms / 1000, UTC)})
