"""Rings reach a door on this machine directly, and any other through the proxy of the environment."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sandbox import posting
from sandbox.posting import NO_ANSWER, post

NOBODY = "http://127.0.0.1:9"


class Server(ThreadingHTTPServer):
    """Answer everything with one status, and keep which addresses were asked for."""

    daemon_threads = True

    def __init__(self, status: int = 202) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = status
        self.asked: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(self.path)
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(b"heard")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as found:
        threading.Thread(target=found.serve_forever, args=(0.01,), daemon=True).start()
        yield found
        found.shutdown()


@pytest.fixture
def behind_a_proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    posting._opener.cache_clear()
    yield monkeypatch
    posting._opener.cache_clear()


def test_the_answer_is_told(server: Server) -> None:
    assert post(f"{server.url}/door", b"ring", {"X-A": "b"}, 60.0) == (202, b"heard")
    server.status = 503
    assert post(f"{server.url}/door", b"ring", {}, 60.0) == (503, b"")
    assert post(NOBODY, b"ring", {}, 60.0) == (NO_ANSWER, b"")


def test_a_door_on_this_machine_is_never_behind_a_proxy(server: Server, behind_a_proxy: pytest.MonkeyPatch) -> None:
    behind_a_proxy.setenv("http_proxy", NOBODY)
    assert post(f"{server.url}/door", b"ring", {}, 60.0)[0] == 202


def test_a_door_outside_is_reached_through_the_proxy(server: Server, behind_a_proxy: pytest.MonkeyPatch) -> None:
    behind_a_proxy.setenv("http_proxy", server.url)
    assert post("http://door.example/webhook", b"ring", {}, 60.0)[0] == 202
    assert server.asked == ["http://door.example/webhook"]
