"""The HTTP side: sessions, allowances, and answers that may never arrive."""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.contract.other_salesforce.access import Limits, Sessions
from tests.contract.other_salesforce.mischief import Mischief, Mishap
from tests.contract.other_salesforce.org import Org
from tests.contract.other_salesforce.replies import Reply, Request, error
from tests.contract.other_salesforce.rest import Rest, describe_call

TOKEN = "/services/oauth2/token"
USERINFO = "/services/oauth2/userinfo"


@dataclass
class OtherSalesforce:
    """Serve an organisation on a free port. Everything that can be told apart is an attribute to switch."""

    org: Org
    mischief: Mischief = field(default_factory=Mischief)
    limits: Limits = field(default_factory=Limits)
    journal: list[tuple[str, int]] = field(default_factory=list)
    port: int = 0

    def __post_init__(self) -> None:
        self.sessions = Sessions(self.org.id, self.org.user, identity=self.org.habits.identity_in_token)
        self.limits.told = self.org.habits.limit_info
        self.rest = Rest(self.org, self.mischief)

    def __enter__(self) -> OtherSalesforce:
        self._lock = threading.RLock()
        self._server = _Server(("127.0.0.1", self.port), _handler(self))
        self.port = self._server.server_address[1]
        self.sessions.url = self.url
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
            line = describe_call(request)
            refused = self._refuse(request)
            if refused is not None:
                self.journal.append((line, refused.status))
                return refused, None
            mishap = self.mischief.mishap(line)
            if mishap is not None and not mishap.stored and mishap.outcome != "slow":
                reply = mishap.reply()
            else:
                self.mischief.interfere(self.org, line, "before")
                reply = self._handle(request)
                self.mischief.interfere(self.org, line, "after")
                if mishap is not None and mishap.outcome == "reply":
                    reply = mishap.reply()
            self.journal.append((line, reply.status))
            self.limits.stamp(reply)
            return reply, mishap

    def _refuse(self, request: Request) -> Reply | None:
        if request.path == TOKEN:
            return None
        return self.sessions.check(request.headers.get("authorization")) or self.limits.check()

    def _handle(self, request: Request) -> Reply:
        if request.path == TOKEN:
            return self.sessions.grant(request.body)
        if request.path == USERINFO:
            if self.org.habits.userinfo != 200:
                return Reply(self.org.habits.userinfo, raw=b"Bad_OAuth_Token")
            return Reply(200, {"organization_id": self.org.id, "user_id": self.org.user, "zoneinfo": "Europe/Madrid"})
        try:
            return self.rest.answer(request)
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            self.org.oddities.append(f"{request.method} {request.path}: {type(problem).__name__} {problem}")
            return error(400, "JSON_PARSER_ERROR", "Unexpected parameter encountered during deserialization.")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is nothing to print."""


class _Handler(BaseHTTPRequestHandler):
    served: OtherSalesforce
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_any(self) -> None:
        reply, mishap = self.served.answer(self._request())
        if mishap is not None and mishap.seconds:
            time.sleep(mishap.seconds)
        self._send(reply, mishap.outcome if mishap else "reply")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""

    def _request(self) -> Request:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        body: Any = None
        if "form-urlencoded" in (self.headers.get("Content-Type") or ""):
            body = {name: values[0] for name, values in parse_qs(raw.decode()).items()}
        elif raw:
            body = json.loads(raw)
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(self.command, parts.path, parse_qs(parts.query, keep_blank_values=True), body, headers)

    def _send(self, reply: Reply, outcome: str) -> None:
        content = b"" if outcome == "empty" else reply.encode()
        if outcome == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
            return
        self.send_response(reply.status)
        for name, value in {"Content-Type": "application/json;charset=UTF-8", **reply.headers}.items():
            self.send_header(name, value)
        shown = content[: len(content) // 2] if outcome in ("truncate", "cut") else content
        self.send_header("Content-Length", str(len(content if outcome == "cut" else shown)))
        self.close_connection = self.close_connection or outcome == "cut"
        self.end_headers()
        self.wfile.write(shown)


for _verb in ("GET", "POST", "PATCH", "DELETE", "PUT"):
    setattr(_Handler, f"do_{_verb}", _Handler.do_any)


def _handler(served: OtherSalesforce) -> type[BaseHTTPRequestHandler]:
    return type("Handler", (_Handler,), {"served": served})
