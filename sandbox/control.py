"""Serve what the control pages of both sandboxes share: addresses, bad input, journal, faults, neutral events."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.faults import FaultBook, FaultRuleError
from sandbox.journal import Journal
from sandbox.refused import RefusedError
from sandbox.seed import SeedEvent

Handler: TypeAlias = Callable[[Request], Awaitable[Any]]
_EVENT_FIELDS = {one.name for one in fields(SeedEvent)}


def control_routes(
    table: Mapping[str, Mapping[str, Handler]], wrong_input: tuple[type[Exception], ...] = ()
) -> list[Route]:
    """List the addresses under /_sandbox: a name, then a handler for each method.

    Input that makes a handler raise is answered with 400; `wrong_input` names the CRM's own errors of that kind.
    """
    wrong: tuple[type[Exception], ...] = (KeyError, TypeError, ValueError, *wrong_input)
    return [
        Route(f"/_sandbox/{name}", _guarded(handler, wrong), methods=[method])
        for name, by_method in table.items()
        for method, handler in by_method.items()
    ]


def log_handlers(journal: Journal, faults: FaultBook) -> dict[str, dict[str, Handler]]:
    """Return the handlers of the journal and of the scripted faults."""

    async def read_journal(request: Request) -> Any:
        entries = journal.since(int(request.query_params.get("since", "0")))
        return {"entries": entries, "last": entries[-1]["seq"] if entries else 0}

    async def list_faults(request: Request) -> Any:
        return {"rules": faults.describe()}

    async def change_faults(request: Request) -> Any:
        body = await read_document(request)
        rules = body.get("rules")
        if not isinstance(rules, list):
            raise FaultRuleError("`rules` must be a list")
        if body.get("append") is True:
            faults.extend(rules)
        else:
            faults.replace(rules)
        return {"rules": faults.describe()}

    return {"journal": {"GET": read_journal}, "faults": {"GET": list_faults, "POST": change_faults}}


async def read_document(request: Request) -> dict[str, Any]:
    """Return the JSON object of a request; an empty body is an empty one."""
    body = json.loads(await request.body() or b"{}")
    if not isinstance(body, dict):
        raise TypeError("the body must be a JSON object")
    return body


def read_event(raw: object, now_ms: int, parse_instant: Callable[[str], int | None]) -> SeedEvent:
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


def _guarded(handler: Handler, wrong: tuple[type[Exception], ...]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            return JSONResponse(await handler(request))
        except RefusedError as problem:
            return JSONResponse({"error": problem.body}, problem.status)
        except wrong as problem:
            return JSONResponse({"error": f"{type(problem).__name__}: {problem}"}, 400)

    return answer
