"""Steer the sandbox: state, reset, journal, faults, events, webhooks, edits, settings.

Never part of the imitated API.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from sandbox.control import Handler, control_routes, log_handlers, read_document, read_event
from sandbox.hubspot import mishaps
from sandbox.hubspot.call import Source
from sandbox.hubspot.desk import Desk
from sandbox.hubspot.life import Life
from sandbox.hubspot.object_types import CONTACTS
from sandbox.hubspot.objects import survivor
from sandbox.hubspot.scores import put_scores, score_everybody
from sandbox.hubspot.state import portal_state
from sandbox.hubspot.timeline import write_event
from sandbox.hubspot.webhooks import Bell, change_webhooks
from sandbox.hubspot.wire import parse_instant
from sandbox.hubspot.writing import apply_values

ANALYTICS = Source("ANALYTICS", "sandbox", "Sandbox timeline")


class Control:
    """The handlers under /_sandbox."""

    def __init__(self, desk: Desk, bell: Bell, reload: Callable[[], None]) -> None:
        self._desk = desk
        self._bell = bell
        self._reload = reload

    def routes(self) -> list[Route]:
        """List the control addresses."""
        table: dict[str, dict[str, Handler]] = {
            "state": {"GET": self._state},
            "reset": {"POST": self._reset},
            **log_handlers(self._desk.journal, self._desk.faults),
            "timeline": {"POST": self._timeline},
            "webhooks": {"GET": self._deliveries, "POST": self._webhooks},
            "edit": {"POST": self._edit},
            "merge": {"POST": self._merge},
            "scores": {"POST": self._scores},
            "delete": {"POST": self._delete},
            "settings": {"GET": self._settings, "POST": self._change_settings},
        }
        return control_routes(table)

    async def _state(self, request: Request) -> Any:
        return portal_state(self._desk.portal)

    async def _reset(self, request: Request) -> Any:
        await self._bell.settle()
        self._reload()
        return {"ok": True, "people": self._desk.portal.store.count(CONTACTS.name)}

    async def _timeline(self, request: Request) -> Any:
        body = await read_document(request)
        event = read_event(body.get("event"), self._desk.portal.now_ms(), parse_instant)
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
        self._bell.settings = change_webhooks(self._bell.settings, await read_document(request))
        return {"ok": True}

    async def _edit(self, request: Request) -> Any:
        body = await read_document(request)
        with self._desk.portal.transaction():
            record = mishaps.edit_record(self._desk.portal, body)
        await self._ring(wait=False)
        return {"id": str(record.id), "properties": record.properties}

    async def _merge(self, request: Request) -> Any:
        body = await read_document(request)
        with self._desk.portal.transaction():
            record = mishaps.merge_people(self._desk.portal, str(body["from"]), str(body["into"]))
        await self._ring(wait=False)
        return {"id": str(record.id)}

    async def _scores(self, request: Request) -> Any:
        """Take the place of all scores, and give everybody their values."""
        body, portal = await read_document(request), self._desk.portal
        with portal.transaction():
            put_scores(portal, body["scores"])
            score_everybody(portal)
        self._hush()
        return {"scores": [one["id"] for one in body["scores"]]}

    async def _delete(self, request: Request) -> Any:
        body = await read_document(request)
        with self._desk.portal.transaction():
            record = mishaps.delete_person(self._desk.portal, str(body["person"]))
        await self._ring(wait=False)
        return {"id": str(record.id)}

    async def _settings(self, request: Request) -> Any:
        return asdict(self._desk.portal.settings)

    async def _change_settings(self, request: Request) -> Any:
        return asdict(self._desk.configure(await read_document(request)))

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
