"""Serve a portal over HTTP: the imitated API, its control and its page."""

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
from sandbox.hubspot.call import Answer, Call
from sandbox.hubspot.control import Control
from sandbox.hubspot.desk import Desk
from sandbox.hubspot.load import load_base
from sandbox.hubspot.portal import Portal
from sandbox.hubspot.view import portal_view
from sandbox.hubspot.webhooks import Bell
from sandbox.page import render
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
        call = self._desk.open(
            request.method,
            request.url.path,
            request.url.query,
            dict(request.headers.items()),
            await request.body(),
        )
        rule = self._desk.faults.take(call.method, call.path)
        answer = await self._answer(call, rule)
        self._bell.ring_later(self._desk.portal.rings)
        self._desk.portal.rings.clear()
        if answer is None:
            await drop(scope, receive)
            return
        await _response(answer, call)(scope, receive, send)

    async def _answer(self, call: Call, rule: FaultRule | None) -> Answer | None:
        if rule is None or rule.delay_seconds <= 0:
            return self._desk.answer(call, rule)
        if not rule.after_commit:
            await self._sleep(rule.delay_seconds)
            return self._desk.answer(call, rule)
        answer = self._desk.answer(call, rule)
        await self._sleep(rule.delay_seconds)
        return answer


def _response(answer: Answer, call: Call) -> Response:
    headers = {"X-HubSpot-Correlation-Id": call.correlation_id, **answer.headers}
    if isinstance(answer.body, str):
        return Response(answer.body, answer.status, headers)
    content = b"" if answer.body is None else json.dumps(answer.body, ensure_ascii=False).encode()
    if answer.body is not None:
        headers.setdefault("Content-Type", "application/json;charset=utf-8")
    return Response(content, answer.status, headers)


def build_hubspot(portal: Portal, clock: Clock, base: Base, sleep: Sleep = asyncio.sleep) -> Starlette:
    """Make the application of one portal; an empty one is loaded with the base, which reset loads again."""
    desk = Desk(portal, clock)
    bell = Bell(portal, clock)

    def reload() -> None:
        portal.store.clear()
        portal.schema.forget()
        desk.faults.replace([])
        desk.journal.clear()
        desk.change(portal.settings)
        bell.deliveries.clear()
        load_base(portal, base)

    if portal.store.is_empty():
        load_base(portal, base)

    async def page(request: Request) -> Response:
        return HTMLResponse(render(portal_view(portal)))

    imitation: ASGIApp = Imitation(desk, bell, sleep)
    app = Starlette(routes=[*Control(desk, bell, reload).routes(), Route("/", page)])
    app.router.default = imitation
    app.state.desk = desk
    app.state.bell = bell
    return app
