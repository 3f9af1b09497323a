"""Run `puente serve` as a process of its own beside a portal that rings."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from adapters.hubspot.connection import HubSpotConnection
from adapters.hubspot.install import install
from sandbox.server import serve_in_process
from tests.contract.hubspot_world import TOKEN
from tests.e2e.command_line import settings_for

SECRET = "client-secret"
PATIENCE_SECONDS = 30.0
QUIET_SECONDS = 2.0


@dataclass
class Live:
    """Hold a portal, the server that answers it, and its address."""

    portal: str
    url: str
    folder: Path
    process: subprocess.Popen[bytes]

    def ask(self, method: str, page: str, body: object = None) -> Any:
        reply = httpx.request(method, f"{self.portal}/_sandbox/{page}", json=body, trust_env=False, timeout=60)
        reply.raise_for_status()
        return reply.json()

    def listen(self, **settings: object) -> None:
        self.ask("POST", "webhooks", {"target": self.url, "secret": SECRET, **settings})

    def person(self, person_id: str) -> dict[str, str]:
        return next(one["properties"] for one in self.ask("GET", "state")["people"] if one["id"] == person_id)

    def writes(self, person_id: str, since: int) -> list[str]:
        entries = self.ask("GET", f"journal?since={since}")["entries"]
        return [f"{one['method']} {one['path']}" for one in entries if f"contacts:{person_id}" in one["touched"]]

    def last(self) -> int:
        return int(self.ask("GET", "journal")["last"])

    def wait_until(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            assert self.process.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "nothing happened"
            time.sleep(0.05)

    def wait_for_silence(self) -> None:
        """Wait until the portal has not been asked anything for a while, and has nobody left to ring."""
        before = -1
        while before != (before := self.last()):
            self.ask("GET", "webhooks")
            time.sleep(QUIET_SECONDS)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(folder: Path, people: int = 12) -> Iterator[Live]:
    """Run a portal and `puente serve` beside it, each as a process of its own, for as long as the block lasts."""
    with serve_in_process("--people", str(people), "--seed", "3") as portal:
        install(HubSpotConnection(base_url=portal, access_token=TOKEN), "es")
        port = free_port()
        url = f"http://127.0.0.1:{port}/hubspot/webhook"
        own = {**settings_for(portal, folder), "HUBSPOT__CLIENT_SECRET": SECRET, "HUBSPOT__WEBHOOK_URL": url}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PUENTE_")}
        process = subprocess.Popen(
            [sys.executable, "-c", "from connector.cli import main; main()", "serve", "--port", str(port)],
            env={**kept, **{f"PUENTE_{k}": v for k, v in own.items()}, "PYTHONPATH": str(Path(__file__).parents[2])},
            cwd=folder,
            stderr=(folder / "said").open("wb"),
        )
        found = Live(portal, url, folder, process)
        found.wait_until(lambda: is_healthy(port))
        try:
            yield found
        finally:
            process.kill()
            process.wait()


def is_healthy(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False
