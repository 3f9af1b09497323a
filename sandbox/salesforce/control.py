"""Steer the sandbox: state, reset, journal, faults, events, edits, merges, conversions, settings.

Never part of the imitated API.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from sandbox.control import Handler, control_routes, log_handlers, read_document, read_event
from sandbox.salesforce import mishaps
from sandbox.salesforce.campaigns import Campaigns, Memberships
from sandbox.salesforce.desk import Desk
from sandbox.salesforce.errors import RecordError
from sandbox.salesforce.org import ADMINISTRATOR_ID, Org, Ring
from sandbox.salesforce.sink import Sink
from sandbox.salesforce.state import org_state
from sandbox.salesforce.timeline import Life
from sandbox.salesforce.webhooks import Bell, change_webhooks
from sandbox.salesforce.wire import parse_instant
from sandbox.seed import SeedEvent

_SECRETS = ("client_secret", "static_token")


class Control:
    """The handlers under /_sandbox."""

    def __init__(self, desk: Desk, bell: Bell, reload: Callable[[], None]) -> None:
        self._desk = desk
        self._bell = bell
        self._org = desk.org
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
            "convert": {"POST": self._convert},
            "delete": {"POST": self._delete},
            "settings": {"GET": self._settings, "POST": self._change_settings},
        }
        return control_routes(table, (RecordError,))

    async def _state(self, request: Request) -> Any:
        return org_state(self._org)

    async def _reset(self, request: Request) -> Any:
        await self._bell.settle()
        self._reload()
        return {"ok": True, "people": self._org.store.count("Lead") + self._org.store.count("Contact")}

    async def _timeline(self, request: Request) -> Any:
        body = await read_document(request)
        event = read_event(body.get("event"), self._org.now_ms(), parse_instant)
        with self._org.transaction():
            person = write_event(self._org, body.get("person"), event)
        if body.get("ring") is not True:
            self._org.rings.clear()
            return {"id": person, "rung": 0}
        found = self._bell.wanted(self._org.rings)
        self._org.rings.clear()
        await self._bell.ring(found)
        return {"id": person, "rung": len(found)}

    async def _deliveries(self, request: Request) -> Any:
        await self._bell.settle()
        return {
            "settings": asdict(self._bell.settings),
            "deliveries": [asdict(one) for one in self._bell.deliveries],
        }

    async def _webhooks(self, request: Request) -> Any:
        self._bell.settings = change_webhooks(self._bell.settings, await read_document(request))
        return {"ok": True}

    async def _edit(self, request: Request) -> Any:
        body = await read_document(request)
        with self._org.transaction():
            record_id = mishaps.edit_record(self._org, body)
        return self._rung(record_id)

    async def _merge(self, request: Request) -> Any:
        body = await read_document(request)
        with self._org.transaction():
            record_id = mishaps.merge_by_name(self._org, str(body["from"]), str(body["into"]))
        return self._rung(record_id)

    async def _convert(self, request: Request) -> Any:
        body = await read_document(request)
        with self._org.transaction():
            record_id = mishaps.convert_person(self._org, body["person"], body.get("opportunity"))
        return self._rung(record_id)

    def _rung(self, record_id: str) -> Any:
        self._bell.ring_later(self._org.rings)
        self._org.rings.clear()
        return {"id": record_id}

    async def _delete(self, request: Request) -> Any:
        body = await read_document(request)
        with self._org.transaction():
            record_id = mishaps.delete_person(self._org, str(body["person"]))
        return self._rung(record_id)

    async def _settings(self, request: Request) -> Any:
        return _shown(asdict(self._org.settings))

    async def _change_settings(self, request: Request) -> Any:
        return _shown(asdict(self._desk.configure(await read_document(request))))


def _shown(settings: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if name not in _SECRETS}


def write_event(org: Org, wanted: object, event: SeedEvent) -> str:
    """Let an event happen to a lead or contact now; a deal makes a contact of a lead. Gives the person's id."""
    kind, row = mishaps.find_person(org, wanted)
    if event.kind.startswith("deal_") and kind.name == "Lead":
        mishaps.convert_person(org, row["Id"], None)
        kind, row = mishaps.find_person(org, row["Id"])
    before = dict(row)
    sink = Sink(org)
    memberships = Memberships(Campaigns(org, sink), row, kind.name)
    memberships.recall()
    life = Life(org, sink, row, kind.name, memberships, written_ms=org.now_ms())
    life.write(event)
    for name, made in sink.waiting():
        org.rings.append(Ring(name, made, life.owner(), "CREATE"))
    sink.flush()
    changed = {name: value for name, value in row.items() if before[name] != value}
    if changed:
        stamps = {"LastModifiedDate": org.now_ms(), "SystemModstamp": org.now_ms()}
        org.store.update(kind.name, str(row["Id"]), {**changed, **stamps})
        org.rings.append(Ring(kind.name, str(row["Id"]), ADMINISTRATOR_ID, fields=tuple(changed)))
    return str(row["Id"])
