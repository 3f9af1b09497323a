"""Run an imitated CRM: as an application, in a thread, in a process, or from the command line."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sandbox.clock import Clock
from sandbox.connection import ABORT, Sleep
from sandbox.hubspot.app import build_hubspot
from sandbox.hubspot.portal import Portal
from sandbox.hubspot.settings import PortalSettings
from sandbox.hubspot.store import Store as PortalStore
from sandbox.salesforce.app import build_salesforce
from sandbox.salesforce.org import Org
from sandbox.salesforce.settings import OrgSettings
from sandbox.salesforce.store import Store as OrgStore
from sandbox.seed import Base

START_SECONDS = 30.0
READY = "sandbox ready at "
_LINGER_ZERO = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """What to serve: `portal` for HubSpot, `org` for Salesforce; `base` is loaded when `state` (SQLite) is empty."""

    base: Base = field(default_factory=lambda: Base(people=()))
    portal: PortalSettings = field(default_factory=PortalSettings)
    org: OrgSettings = field(default_factory=OrgSettings)
    state: str = ":memory:"
    clock: Clock = time.time
    sleep: Sleep = asyncio.sleep
    faults: Sequence[Mapping[str, Any]] = ()
    crm: str = "hubspot"


def build_app(settings: SandboxSettings) -> Starlette:
    """Make the application of one sandbox."""
    build = _BUILDERS.get(settings.crm)
    if build is None:
        raise ValueError(f"crm: {settings.crm!r} is not imitated; known are {sorted(_BUILDERS)}")
    app = build(settings)
    app.state.desk.faults.replace(settings.faults)
    app.add_exception_handler(ClientDisconnect, _close)
    return app


async def _close(_request: Request, _error: Exception) -> Response:
    """End a request whose client went away before it was whole. Nobody hears the answer; 499 is what nginx logs."""
    return Response(status_code=499)


def _build_hubspot(settings: SandboxSettings) -> Starlette:
    store = PortalStore(settings.state)
    portal = Portal(settings.portal, store, settings.clock)
    app = build_hubspot(portal, settings.clock, settings.base, settings.sleep)
    app.state.close = store.close
    return app


def _build_salesforce(settings: SandboxSettings) -> Starlette:
    store = OrgStore(settings.state)
    org = Org(settings.org, store, settings.clock)
    app = build_salesforce(org, settings.clock, settings.base, settings.sleep)
    app.state.close = store.close
    return app


_BUILDERS: Mapping[str, Callable[[SandboxSettings], Starlette]] = {
    "hubspot": _build_hubspot,
    "salesforce": _build_salesforce,
}


class DroppingProtocol(HttpToolsProtocol):
    """Offer the application a way to drop the connection in the middle of a request, as a bad network does."""

    def on_message_begin(self) -> None:
        """Begin a request, with the way out in its scope."""
        super().on_message_begin()
        # The protocol's values are typed as plain maps; ASGI leaves an extension's content to whoever offers it.
        extensions: dict[str, Any] = {ABORT: self._abort}
        self.scope["extensions"] = extensions

    def _abort(self) -> None:
        found = self.transport.get_extra_info("socket")
        if found is not None:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
        self.transport.abort()


def _server(app: Starlette) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        http=DroppingProtocol,
        log_level="warning",
        access_log=False,
        lifespan="off",
        # Clients poll every few seconds: a connection closed just then would look like a fault nobody scripted.
        timeout_keep_alive=75,
        timeout_graceful_shutdown=2,
    )
    return uvicorn.Server(config)


def _listen(port: int, host: str = "127.0.0.1") -> socket.socket:
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    found.bind((host, port))
    found.listen(128)
    return found


def run(settings: SandboxSettings, port: int = 8787, host: str = "127.0.0.1") -> None:
    """Serve until interrupted; says on stdout when and where it is ready."""
    listening = _listen(port, host)
    app = build_app(settings)
    sys.stdout.write(f"{READY}http://{host}:{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    with suppress(KeyboardInterrupt):
        _server(app).run(sockets=[listening])


@dataclass(frozen=True, slots=True)
class Running:
    """A sandbox that answers at `url`; `app.state.desk` is its inside when it runs in this process."""

    url: str
    app: Starlette


@contextmanager
def serve_in_thread(settings: SandboxSettings | None = None) -> Iterator[Running]:
    """Serve in a thread of this process, on a free port, for as long as the block lasts."""
    app = build_app(settings or SandboxSettings())
    listening = _listen(0)
    server = _server(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        if time.monotonic() > deadline or not thread.is_alive():
            raise RuntimeError("the sandbox did not start")
        time.sleep(0.005)
    try:
        yield Running(f"http://127.0.0.1:{listening.getsockname()[1]}", app)
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
        app.state.close()


@contextmanager
def serve_in_process(*arguments: str) -> Iterator[str]:
    """Serve in a process of its own, on a free port; `arguments` are those of the command line. Gives the address."""
    command = [sys.executable, "-m", "sandbox", "--port", "0", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own module
    try:
        yield _address(process)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _address(process: subprocess.Popen[str]) -> str:
    line = process.stdout.readline() if process.stdout is not None else ""
    if not line.startswith(READY):
        raise RuntimeError(f"the sandbox did not start: {line!r}")
    return line.removeprefix(READY).strip()


def load_people(people: int, seed: int, csv: Path | None, columns: Path | None, now: datetime) -> Base:
    """Invent people, or read them from a spreadsheet export through its column map."""
    if csv is not None and columns is not None:
        from sandbox.spreadsheet import load

        return load(csv, columns, now)
    from sandbox.people import generate

    return generate(people, seed, now)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="Serve an imitated CRM.")
    parser.add_argument("--crm", choices=sorted(_BUILDERS), default="hubspot")
    parser.add_argument("--port", type=int, default=8787, help="0 takes a free one")
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--csv", type=Path, help="a spreadsheet export to load people from")
    parser.add_argument("--columns", type=Path, help="the column map of --csv")
    parser.add_argument("--faults", type=Path, help="a JSON file with fault rules")
    parser.add_argument("--state", default=":memory:", help="a SQLite file that keeps the state; default: memory")
    parser.add_argument("--now", help="an instant the pasts end at, ISO-8601 with a zone; default: the present")
    chosen = parser.parse_args(argv)
    if (chosen.csv is None) != (chosen.columns is None):
        parser.error("--csv and --columns go together")
    return chosen


def main(argv: Sequence[str] | None = None) -> None:
    """Serve what the command line says."""
    chosen = _arguments(argv)
    now = datetime.fromisoformat(chosen.now) if chosen.now else datetime.now(UTC)
    faults = json.loads(chosen.faults.read_text(encoding="utf-8"))["rules"] if chosen.faults else ()
    base = load_people(chosen.people, chosen.seed, chosen.csv, chosen.columns, now)
    run(SandboxSettings(base=base, state=chosen.state, faults=faults, crm=chosen.crm), chosen.port)
