"""Steer the sandbox: state, reset, journal, faults, events, edits, merges, conversions, settings.

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
from sandbox.salesforce import mishaps
from sandbox.salesforce.campaigns import Campaigns, Memberships
from sandbox.salesforce.desk import Desk
from sandbox.salesforce.errors import ApiError, RecordError
from sandbox.salesforce.org import ADMINISTRATOR_ID, Org, Ring
from sandbox.salesforce.settings import SettingError
from sandbox.salesforce.sink import Sink
from sandbox.salesforce.state import org_state
from sandbox.salesforce.timeline import Life
from sandbox.salesforce.webhooks import Bell, WebhookSettingError, change_webhooks
from sandbox.salesforce.wire import parse_instant
from sandbox.seed import SeedEvent

_EVENT_FIELDS = {one.name for one in fields(SeedEvent)}
_WRONG_INPUT = (FaultRuleError, SettingError, WebhookSettingError, RecordError, KeyError, TypeError, ValueError)
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
        table: dict[str, dict[str, Callable[[Any], Awaitable[Any]]]] = {
            "state": {"GET": self._state},
            "reset": {"POST": self._reset},
            "journal": {"GET": self._journal},
            "faults": {"GET": self._list_faults, "POST": self._faults},
            "timeline": {"POST": self._timeline},
            "webhooks": {"GET": self._deliveries, "POST": self._webhooks},
            "edit": {"POST": self._edit},
            "merge": {"POST": self._merge},
            "convert": {"POST": self._convert},
            "delete": {"POST": self._delete},
            "settings": {"GET": self._settings, "POST": self._change_settings},
        }
        return [
            Route(f"/_sandbox/{name}", _guarded(handler), methods=[method])
            for name, by_method in table.items()
            for method, handler in by_method.items()
        ]

    async def _state(self, request: Request) -> Any:
        return org_state(self._org)

    async def _reset(self, request: Request) -> Any:
        await self._bell.settle()
        self._reload()
        return {"ok": True, "people": self._org.store.count("Lead") + self._org.store.count("Contact")}

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
        event = _seed_event(body.get("event"), self._org.now_ms())
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
        self._bell.settings = change_webhooks(self._bell.settings, await _document(request))
        return {"ok": True}

    async def _edit(self, request: Request) -> Any:
        body = await _document(request)
        with self._org.transaction():
            record_id = mishaps.edit_record(self._org, body)
        return self._rung(record_id)

    async def _merge(self, request: Request) -> Any:
        body = await _document(request)
        with self._org.transaction():
            record_id = mishaps.merge_by_name(self._org, str(body["from"]), str(body["into"]))
        return self._rung(record_id)

    async def _convert(self, request: Request) -> Any:
        body = await _document(request)
        with self._org.transaction():
            record_id = mishaps.convert_person(self._org, body["person"], body.get("opportunity"))
        return self._rung(record_id)

    def _rung(self, record_id: str) -> Any:
        self._bell.ring_later(self._org.rings)
        self._org.rings.clear()
        return {"id": record_id}

    async def _delete(self, request: Request) -> Any:
        body = await _document(request)
        with self._org.transaction():
            return {"id": mishaps.delete_person(self._org, str(body["person"]))}

    async def _settings(self, request: Request) -> Any:
        return _shown(asdict(self._org.settings))

    async def _change_settings(self, request: Request) -> Any:
        return _shown(asdict(self._desk.configure(await _document(request))))


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
        org.rings.append(Ring(name, made, life.owner()))
    sink.flush()
    changed = {name: value for name, value in row.items() if before[name] != value}
    if changed:
        stamps = {"LastModifiedDate": org.now_ms(), "SystemModstamp": org.now_ms()}
        org.store.update(kind.name, str(row["Id"]), {**changed, **stamps})
        org.rings.append(Ring(kind.name, str(row["Id"]), ADMINISTRATOR_ID))
    return str(row["Id"])


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
    at_ms = parse_instant(str(raw["occurred_at"])) if "occurred_at" in raw else now_ms
    if at_ms is None:
        raise ValueError(f"occurred_at: {raw['occurred_at']!r} is not an instant")
    return SeedEvent(**{**raw, "occurred_at": datetime.fromtimestamp(at_ms / 1000, UTC)})
