"""Run `puente serve` as a process of its own beside a portal that rings, and see one change become one write."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

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


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    with serve_in_process("--people", "12", "--seed", "3") as portal:
        install(HubSpotConnection(base_url=portal, access_token=TOKEN), "es")
        port = free_port()
        url = f"http://127.0.0.1:{port}/hubspot/webhook"
        own = {**settings_for(portal, tmp_path), "HUBSPOT__CLIENT_SECRET": SECRET, "HUBSPOT__WEBHOOK_URL": url}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PUENTE_")}
        process = subprocess.Popen(
            [sys.executable, "-c", "from connector.cli import main; main()", "serve", "--port", str(port)],
            env={**kept, **{f"PUENTE_{k}": v for k, v in own.items()}, "PYTHONPATH": str(Path(__file__).parents[2])},
            cwd=tmp_path,
            stderr=(tmp_path / "said").open("wb"),
        )
        found = Live(portal, url, tmp_path, process)
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


def test_one_human_change_leads_to_one_write_and_then_silence(live: Live) -> None:
    """Our own writes ring, too, three times each; they are answered by nothing."""
    person = live.ask("GET", "state")["people"][0]["id"]
    live.listen(duplicates=3, shuffle=True)
    before = live.last()
    event = {"kind": "form_submitted", "form": "Solicitar demo"}
    live.ask("POST", "timeline", {"person": person, "event": event, "ring": True})
    live.wait_until(lambda: bool(live.person(person).get("puente_stage")))
    live.wait_for_silence()
    fields = [line for line in live.writes(person, before) if line.endswith("contacts/batch/update")]
    assert len(fields) == 1
    again = live.last()
    live.ask("POST", "edit", {"person": person, "set": {"jobtitle": "Directora de compras"}})
    live.wait_for_silence()
    assert len(live.writes(person, again)) <= 1
    still = live.last()
    live.wait_for_silence()
    assert live.writes(person, still) == []
    keys = [task["properties"].get("puente_task_key") for task in live.ask("GET", "state")["tasks"]]
    ours = [key for key in keys if key]
    assert len(ours) == len(set(ours)) <= 1


def test_what_is_not_signed_is_refused_and_leaves_no_trace(live: Live) -> None:
    before = live.last()
    for content, headers in ((b"[]", {}), (b"x" * 5_000_000, {}), (b"[]", {"x-hubspot-signature-v3": "AAAA"})):
        status = httpx.post(live.url, content=content, headers=headers, trust_env=False).status_code
        assert status == (413 if len(content) > 4_194_304 else 401)
    assert httpx.get(live.url, trust_env=False).status_code == 405
    assert live.last() == before


def test_a_server_that_is_told_to_stop_finishes_and_keeps_its_queue(live: Live) -> None:
    live.process.send_signal(signal.SIGTERM)
    assert live.process.wait(20) == 0
    said = (live.folder / "said").read_text()
    assert "Detenido" in said
    assert "Traceback" not in said
