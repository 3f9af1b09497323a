"""Serve an org over HTTP: the imitated API, its control and its page."""

from __future__ import annotations

import asyncio
import json

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.clock import Clock
from sandbox.connection import Sleep, drop
from sandbox.faults import FaultRule
from sandbox.page import render
from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.control import Control
from sandbox.salesforce.desk import Desk
from sandbox.salesforce.load import load_base
from sandbox.salesforce.org import Org
from sandbox.salesforce.view import org_view
from sandbox.salesforce.webhooks import Bell
from sandbox.seed import Base


class Imitation:
    """The ASGI application of everything that is neither control nor page."""

    def __init__(self, desk: Desk, bell: Bell, sleep: Sleep) -> None:
        self._desk = desk
        self._bell = bell
        self._sleep = sleep

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; it runs to its end in one go, so requests never see each other's halves."""
        request = Request(scope, receive)
        call = Call(
            request.method,
            request.url.path,
            request.url.query,
            dict(request.headers.items()),
            await request.body(),
            base_url=str(request.base_url).rstrip("/"),
        )
        rule = self._desk.faults.take(call.method, call.path)
        answer = await self._answer(call, rule)
        self._bell.ring_later(self._desk.org.rings)
        self._desk.org.rings.clear()
        if answer is None:
            await drop(scope, receive)
            return
        await _response(answer)(scope, receive, send)

    async def _answer(self, call: Call, rule: FaultRule | None) -> Answer | None:
        if rule is None or rule.delay_seconds <= 0:
            return self._desk.answer(call, rule)
        if not rule.after_commit:
            await self._sleep(rule.delay_seconds)
            return self._desk.answer(call, rule)
        answer = self._desk.answer(call, rule)
        await self._sleep(rule.delay_seconds)
        return answer


def _response(answer: Answer) -> Response:
    headers = dict(answer.headers)
    if isinstance(answer.body, str):
        headers.setdefault("Content-Type", "text/html;charset=UTF-8")
        return Response(answer.body, answer.status, headers)
    if answer.body is None:
        return Response(b"", answer.status, headers)
    headers.setdefault("Content-Type", "application/json;charset=UTF-8")
    return Response(json.dumps(answer.body, ensure_ascii=False).encode("utf-8", "replace"), answer.status, headers)


def build_salesforce(org: Org, clock: Clock, base: Base, sleep: Sleep = asyncio.sleep) -> Starlette:
    """Make the application of one org; an empty one is loaded with the base, which reset loads again."""
    desk = Desk(org, clock)
    bell = Bell(org)

    def reload() -> None:
        org.store.clear()
        org.cursors.clear()
        bell.deliveries.clear()
        org.forget()
        desk.faults.replace([])
        desk.journal.clear()
        desk.start_counting()
        load_base(org, base)

    if org.store.is_empty():
        load_base(org, base)

    async def page(request: Request) -> Response:
        return HTMLResponse(render(org_view(org)))

    imitation: ASGIApp = Imitation(desk, bell, sleep)
    app = Starlette(routes=[*Control(desk, bell, reload).routes(), Route("/", page)])
    app.router.default = imitation
    app.state.desk = desk
    app.state.bell = bell
    return app
