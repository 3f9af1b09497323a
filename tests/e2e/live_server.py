"""Run `puente serve` as a process of its own beside a CRM that rings."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx

from adapters.hubspot.connection import HubSpotConnection
from adapters.hubspot.install import install as install_hubspot
from adapters.salesforce.connection import SalesforceConnection
from adapters.salesforce.install import install as install_salesforce
from connector.live.clock import system_clock
from connector.live.queue_sqlite import SqliteQueue
from sandbox.server import serve_in_process
from tests.contract.hubspot_world import TOKEN as HUBSPOT_TOKEN
from tests.contract.salesforce_world import CLIENT_ID, CLIENT_SECRET

SECRET = "client-secret"
PATIENCE_SECONDS = 300.0
"""How long a busy machine may take over what takes seconds on an idle one."""
PORTS_TRIED = 5


@dataclass(frozen=True)
class Side:
    """Say what a CRM's side of the walk is called."""

    crm: str
    door: str
    stage: str
    task_key: str
    mark: str
    task_mark: str
    title: str
    settings: Mapping[str, str]


HUBSPOT = Side(
    "hubspot", "/hubspot/webhook", "puente_stage", "puente_task_key", "contacts", "tasks:", "jobtitle",
    {"HUBSPOT__ACCESS_TOKEN": HUBSPOT_TOKEN, "HUBSPOT__APP_ID": "54321", "HUBSPOT__CLIENT_SECRET": SECRET},
)  # fmt: skip
SALESFORCE = Side(
    "salesforce", f"/salesforce/outbound/{SECRET}", "Puente_Stage__c", "Puente_Task_Key__c", "Lead", "Task:", "Title",
    {"SALESFORCE__CLIENT_ID": CLIENT_ID, "SALESFORCE__CLIENT_SECRET": CLIENT_SECRET,
     "SALESFORCE__WEBHOOK_TOKEN": SECRET},
)  # fmt: skip
SIDES = {side.crm: side for side in (HUBSPOT, SALESFORCE)}


@dataclass
class Live:
    """Hold a CRM, the server that answers it, and the address of its door."""

    side: Side
    portal: str
    url: str
    folder: Path
    process: subprocess.Popen[bytes]

    def ask(self, method: str, page: str, body: object = None) -> Any:
        reply = httpx.request(method, f"{self.portal}/_sandbox/{page}", json=body, trust_env=False, timeout=60)
        reply.raise_for_status()
        return reply.json()

    def listen(self, **settings: object) -> None:
        signed = {"secret": SECRET} if self.side is HUBSPOT else {}
        self.ask("POST", "webhooks", {"target": self.url, **signed, **settings})

    def people(self) -> list[str]:
        """Name the people one may change: neither archived nor merged, and leads where there are such."""
        return [
            one["id"]
            for one in self.ask("GET", "state")["people"]
            if not one["archived"] and not one["merged_into"] and one.get("object_type", "Lead") == "Lead"
            and not one["properties"].get("IsConverted")
        ]  # fmt: skip

    def person(self, person_id: str) -> dict[str, str]:
        return next(one["properties"] for one in self.ask("GET", "state")["people"] if one["id"] == person_id)

    def task_keys(self) -> list[str]:
        keys = (task["properties"].get(self.side.task_key) for task in self.ask("GET", "state")["tasks"])
        return [key for key in keys if key]

    def written_since(self, since: int, person_id: str) -> list[Any]:
        """Return the requests that changed a person."""
        return [one for one in self._touched(since) if f"{self.side.mark}:{person_id}" in one["touched"]]

    def tasks_since(self, since: int) -> list[Any]:
        """Return the requests that made or changed a task."""
        mark = self.side.task_mark
        return [one for one in self._touched(since) if any(touched.startswith(mark) for touched in one["touched"])]

    def _touched(self, since: int) -> list[Any]:
        return [one for one in self.ask("GET", f"journal?since={since}")["entries"] if one["touched"]]

    def last(self) -> int:
        return int(self.ask("GET", "journal")["last"])

    def wait_until(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            assert self.process.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "nothing happened"
            time.sleep(0.05)

    def wait_for_silence(self) -> None:
        """Wait until the CRM has nobody left to ring, everything that rang is answered, and no answer rang again."""
        with closing(SqliteQueue(self.folder / "state.db", system_clock)) as queue:
            before = -1
            while before != (before := self.last()):
                self.ask("GET", "webhooks")  # waits until everything has been delivered
                self.wait_until(lambda: queue.status().depth == 0)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(folder: Path, side: Side = HUBSPOT, people: int = 12) -> Iterator[Live]:
    """Run a CRM and `puente serve` beside it, each as a process of its own, for as long as the block lasts."""
    with serve_in_process("--crm", side.crm, "--people", str(people), "--seed", "3") as portal:
        found = _start_server(folder, side, portal)
        try:
            found.wait_until(lambda: is_healthy(found.url))
            yield found
        finally:
            found.process.kill()
            found.process.wait()


def _start_server(folder: Path, side: Side, portal: str) -> Live:
    """Start the server on a free port; where somebody else takes it before the server does, on another one."""
    own = {**side.settings, "CRM": side.crm, "STATE": str(folder / "state.db"), **_prepare(side, portal)}
    for _ in range(PORTS_TRIED):
        port = free_port()
        host = f"http://127.0.0.1:{port}"
        if side is HUBSPOT:
            own["HUBSPOT__WEBHOOK_URL"] = host + side.door
        process = _run_server(folder, port, own)
        if _is_listening(process, folder / "said", host):
            return Live(side, portal, host + side.door, folder, process)
        assert str(port) in (folder / "said").read_text()
    raise AssertionError("no port could be had")


def _run_server(folder: Path, port: int, own: Mapping[str, str]) -> subprocess.Popen[bytes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PUENTE_")}
    with (folder / "said").open("wb") as said:
        return subprocess.Popen(
            [sys.executable, "-c", "from connector.cli import main; main()", "serve", "--port", str(port)],
            env={**kept, **{f"PUENTE_{k}": v for k, v in own.items()}, "PYTHONPATH": str(Path(__file__).parents[2])},
            cwd=folder,
            stderr=said,
        )


def _is_listening(process: subprocess.Popen[bytes], said: Path, host: str) -> bool:
    """Wait until the server says where it listens; False when it ends instead."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while process.poll() is None:
        if host in said.read_text():
            return True
        assert time.monotonic() < deadline, "the server said nothing"
        time.sleep(0.05)
    return False


def _prepare(side: Side, portal: str) -> Mapping[str, str]:
    """Install our fields; return the settings that are known only now."""
    if side is HUBSPOT:
        install_hubspot(HubSpotConnection(base_url=portal, access_token=HUBSPOT_TOKEN), "es")
        return {"HUBSPOT__BASE_URL": portal}
    install_salesforce(
        SalesforceConnection(instance_url=portal, client_id=CLIENT_ID, client_secret=CLIENT_SECRET), "es"
    )
    return {"SALESFORCE__INSTANCE_URL": portal}


def is_healthy(url: str) -> bool:
    try:
        return httpx.get(urljoin(url, "/healthz"), trust_env=False).status_code == 200
    except httpx.TransportError:
        return False
