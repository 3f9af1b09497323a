"""The HTTP side: routes, and answers that may never arrive."""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.contract.other_hubspot import definitions, objects, search
from tests.contract.other_hubspot.access import Limiter, Tokens
from tests.contract.other_hubspot.mischief import Mischief, Mishap
from tests.contract.other_hubspot.portal import Habits, Portal, utc_now
from tests.contract.other_hubspot.replies import RefusalError, Reply, Request, error, refuse, strip_optional

Route = Callable[["OtherHubSpot", Request, dict[str, str]], Reply]
V = r"(?P<v>2026-03|2026-09)"
T = r"(?P<t>[\w-]+)"
_ROUTES: list[tuple[re.Pattern[str], Route]] = []


def _route(pattern: str) -> Callable[[Route], Route]:
    def register(route: Route) -> Route:
        _ROUTES.append((re.compile(pattern), route))
        return route

    return register


def _serve(pattern: str, act: Callable[[Portal, Request, dict[str, str]], Reply]) -> None:
    def route(hub: OtherHubSpot, request: Request, found: dict[str, str]) -> Reply:
        for key in ("t", "to"):
            if key in found:
                found[key] = Portal.type_name(found[key])
        return act(hub.portal, request, found)

    _ROUTES.append((re.compile(pattern), route))


_serve(rf"POST /crm/objects/{V}/{T}/batch/read", lambda p, r, f: objects.batch_read(p, r, f["t"]))
_serve(rf"POST /crm/objects/{V}/{T}/batch/create", lambda p, r, f: objects.batch_create(p, r, f["t"]))
_serve(rf"POST /crm/objects/{V}/{T}/batch/update", lambda p, r, f: objects.batch_update(p, r, f["t"]))
_serve(rf"POST /crm/objects/{V}/{T}/batch/upsert", lambda p, r, f: objects.batch_upsert(p, r, f["t"]))
_serve(rf"POST /crm/objects/{V}/{T}/batch/archive", lambda p, r, f: objects.batch_archive(p, r, f["t"]))
_serve(rf"POST /crm/objects/{V}/{T}/search", lambda p, r, f: search.search(p, r, f["t"]))
_serve(rf"GET /crm/objects/{V}/{T}", lambda p, r, f: objects.list_page(p, r, f["t"]))
_serve(rf"POST /crm/objects/{V}/{T}", lambda p, r, f: objects.create_one(p, r, f["t"]))
_serve(rf"GET /crm/objects/{V}/{T}/(?P<id>[^/]+)", lambda p, r, f: objects.read_one(p, r, f["t"], f["id"]))
_serve(rf"PATCH /crm/objects/{V}/{T}/(?P<id>[^/]+)", lambda p, r, f: objects.update_one(p, r, f["t"], f["id"]))
_serve(rf"DELETE /crm/objects/{V}/{T}/(?P<id>[^/]+)", lambda p, r, f: objects.delete_one(p, f["t"], f["id"]))
_serve(
    rf"POST /crm/associations/{V}/{T}/(?P<to>[\w-]+)/batch/read",
    lambda p, r, f: definitions.read_associations(p, r, f["t"], f["to"]),
)
_serve(
    rf"POST /crm/associations/{V}/{T}/(?P<to>[\w-]+)/batch/(create|associate/default)",
    lambda p, r, f: definitions.create_associations(p, r, f["t"], f["to"]),
)
_serve(rf"GET /crm/properties/{V}/{T}", lambda p, r, f: definitions.list_properties(p, f["t"]))
_serve(rf"POST /crm/properties/{V}/{T}", lambda p, r, f: Reply(201, definitions.define(p, f["t"], r.body)))
_serve(rf"POST /crm/properties/{V}/{T}/batch/create", lambda p, r, f: definitions.create_properties(p, r, f["t"]))
_serve(rf"GET /crm/properties/{V}/{T}/groups", lambda p, r, f: Reply(200, {"results": list(p.groups[f["t"]].values())}))
_serve(rf"POST /crm/properties/{V}/{T}/groups", lambda p, r, f: definitions.create_group(p, r, f["t"]))
_serve(
    rf"GET /crm/properties/{V}/{T}/groups/(?P<name>[^/]+)", lambda p, r, f: definitions.read_group(p, f["t"], f["name"])
)
_serve(rf"GET /crm/properties/{V}/{T}/(?P<name>[^/]+)", lambda p, r, f: definitions.read_property(p, f["t"], f["name"]))
_serve(rf"GET /crm/property-validations/{V}/{T}", lambda p, r, f: Reply(200, {"results": []}))
_serve(rf"GET /crm/owners/{V}/?", lambda p, r, f: definitions.list_owners(p, r))
_serve(rf"POST /crm/lists/{V}/records/memberships/batch/read", lambda p, r, f: definitions.read_memberships(p, r))
_serve(rf"GET /crm/lists/{V}/?", lambda p, r, f: definitions.list_lists(p, r))
_serve(rf"POST /crm/lists/{V}/search", lambda p, r, f: definitions.list_lists(p, r))
_serve(r"GET /marketing/(v3/forms|forms/2026-09-beta)/?", lambda p, r, f: definitions.list_forms(p))
_serve(rf"GET /events/event-occurrences/{V}", lambda p, r, f: definitions.occurrences(p, r))
_serve(
    rf"GET /marketing/marketing-events/{V}/participations/contacts/(?P<id>[^/]+)/breakdown",
    lambda p, r, f: definitions.breakdown(p, f["id"]),
)
_serve(rf"GET /account-info/{V}/details", lambda p, r, f: definitions.details(p))


@_route(rf"GET /crm/pipelines/{V}/(deals|0-3)")
def _pipelines(hub: OtherHubSpot, request: Request, found: dict[str, str]) -> Reply:
    return definitions.deal_pipelines()


@_route(rf"POST /oauth/{V}/token")
def _token(hub: OtherHubSpot, request: Request, found: dict[str, str]) -> Reply:
    return hub.tokens.grant(request)


@dataclass
class OtherHubSpot:
    """Serve a portal on a free port. Everything that can be told apart is an attribute to switch."""

    portal: Portal = field(default_factory=lambda: Portal(Habits(), clock=utc_now))
    tokens: Tokens = field(default_factory=Tokens)
    limiter: Limiter = field(default_factory=Limiter)
    mischief: Mischief = field(default_factory=Mischief)
    journal: list[tuple[str, int]] = field(default_factory=list)
    bodies: list[tuple[str, Any]] = field(default_factory=list)
    port: int = 0

    def __enter__(self) -> OtherHubSpot:
        self._lock = threading.RLock()
        self._server = _Server(("127.0.0.1", self.port), _handler(self))
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def calls(self, pattern: str) -> int:
        return sum(1 for line, _ in self.journal if re.fullmatch(pattern, line))

    def answer(self, request: Request) -> tuple[Reply, Mishap | None]:
        """Answer one call and say what is to go wrong with the answer."""
        with self._lock:
            refused = self._refuse(request)
            if refused is not None:
                self.journal.append((request.line, refused.status))
                return refused, None
            self.bodies.append((request.line, request.body))
            mishap = self.mischief.mishap(request.line)
            if mishap is not None and not mishap.stored and mishap.outcome != "slow":
                reply = mishap.reply()
            else:
                self.mischief.interfere(self.portal, request, "before")
                reply = self._handle(request)
                self.mischief.interfere(self.portal, request, "after")
                if mishap is not None and mishap.outcome == "reply":
                    reply = mishap.reply()
            self.journal.append((request.line, reply.status))
            self.limiter.stamp(reply)
            return (strip_optional(reply) if self.portal.habits.bare_errors else reply), mishap

    def _refuse(self, request: Request) -> Reply | None:
        if request.path.startswith("/oauth/"):
            return None
        return self.tokens.check(request.token) or self.limiter.check()

    def _handle(self, request: Request) -> Reply:
        if len(request.path) + sum(len(v) for vs in request.query.values() for v in vs) > 8_000:
            return error(414, "URI_TOO_LONG", "URI too long")
        line = request.line
        try:
            for pattern, route in _ROUTES:
                found = pattern.fullmatch(line)
                if found:
                    groups = {key: unquote(value) for key, value in found.groupdict().items() if value}
                    return route(self, request, groups)
            raise refuse(404, "OBJECT_NOT_FOUND", f"Unable to find a handler for {line}")
        except RefusalError as refusal:
            return refusal.reply
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            self.portal.oddities.append(f"{line}: {type(problem).__name__} {problem}")
            return error(400, "VALIDATION_ERROR", "Invalid input JSON")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is nothing to print."""


class _Handler(BaseHTTPRequestHandler):
    hub: OtherHubSpot
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_any(self) -> None:
        reply, mishap = self.hub.answer(self._request())
        if mishap is not None and mishap.seconds:
            time.sleep(mishap.seconds)
        self._send(reply, mishap.outcome if mishap else "reply")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""

    def _request(self) -> Request:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        scheme, _, token = (self.headers.get("Authorization") or "").partition(" ")
        body: Any = None
        if "form-urlencoded" in (self.headers.get("Content-Type") or ""):
            body = {key: values[0] for key, values in parse_qs(raw.decode()).items()}
        elif raw:
            body = json.loads(raw)
        return Request(self.command, parts.path, parse_qs(parts.query), body, token if scheme else None)

    def _send(self, reply: Reply, outcome: str) -> None:
        content = b"" if outcome == "empty" else reply.encode()
        if outcome == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
            return
        self.send_response(reply.status)
        headers = {"Content-Type": "application/json;charset=utf-8", **reply.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        shown = content[: len(content) // 2] if outcome in ("truncate", "cut") else content
        self.send_header("Content-Length", str(len(content if outcome == "cut" else shown)))
        self.close_connection = self.close_connection or outcome == "cut"
        self.end_headers()
        self.wfile.write(shown)


for _verb in ("GET", "POST", "PATCH", "DELETE", "PUT"):
    setattr(_Handler, f"do_{_verb}", _Handler.do_any)


def _handler(hub: OtherHubSpot) -> type[BaseHTTPRequestHandler]:
    return type("Handler", (_Handler,), {"hub": hub})
