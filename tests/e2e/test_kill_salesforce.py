"""Kill `puente qualify --all` on Salesforce and run it again: one task per handoff, nobody half-written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.salesforce.connection import SalesforceConnection
from adapters.salesforce.install import install
from sandbox.people import generate
from sandbox.server import SandboxSettings, serve_in_thread
from tests.contract.salesforce_world import CLIENT_ID, CLIENT_SECRET
from tests.e2e.reaper import Reaper

ALWAYS_WRITTEN = (
    "Puente_Stage__c",
    "Puente_Stage_At__c",
    "Puente_Reasons__c",
    "Puente_Model__c",
    "Puente_Scored_At__c",
)
HANDED_OVER = {"mql", "sql"}
PATIENCE_SECONDS = 300.0


@dataclass
class Victim:
    """Run the command line as a process of its own against one organisation, and look at what it left."""

    url: str
    folder: Path
    reaper: Reaper

    def die(self) -> int:
        """Run until the first delayed request, or to the end; return the exit code."""
        self.reaper.arm(1)
        process = self.start()
        self.reaper.watch(process)
        process.communicate(timeout=PATIENCE_SECONDS)
        return process.returncode

    def start(self) -> subprocess.Popen[bytes]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PUENTE_")}
        settings = {
            "PUENTE_CRM": "salesforce",
            "PUENTE_SALESFORCE__INSTANCE_URL": self.url,
            "PUENTE_SALESFORCE__CLIENT_ID": CLIENT_ID,
            "PUENTE_SALESFORCE__CLIENT_SECRET": CLIENT_SECRET,
            "PUENTE_STATE": str(self.folder / "state.db"),
        }
        code = "from connector.cli import main; main()"
        return subprocess.Popen(
            [sys.executable, "-c", code, "qualify", "--all"],
            env={**kept, **settings, "PYTHONPATH": str(Path(__file__).parents[2])},
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def finish(self) -> None:
        process = self.start()
        _, said = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 0, said.decode()

    def ask(self, method: str, page: str, body: object = None) -> Any:
        reply = httpx.request(method, f"{self.url}/_sandbox/{page}", json=body, trust_env=False, timeout=60)
        reply.raise_for_status()
        return reply.json()

    def writes(self) -> int:
        return sum(bool(entry["touched"]) for entry in self.ask("GET", "journal")["entries"])

    def wait_for_the_request_left_behind(self) -> None:
        """Wait until the organisation is done with a request whose sender was killed: it would land in a later test."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if any(entry["fault"] for entry in self.ask("GET", "journal")["entries"]):
                return
            time.sleep(0.05)
        raise AssertionError("the held request never ended")

    def reset(self) -> None:
        self.ask("POST", "faults", {"rules": []})
        self.ask("POST", "reset")
        install(SalesforceConnection(instance_url=self.url, client_id=CLIENT_ID, client_secret=CLIENT_SECRET), "es")
        for leftover in self.folder.iterdir():
            leftover.unlink()

    def people(self) -> Mapping[str, Mapping[str, Any]]:
        """Return everybody who is still somebody: neither deleted nor converted."""
        people = self.ask("GET", "state")["people"]
        alive = (person["properties"] for person in people if not person["archived"])
        return {person["Id"]: person for person in alive if not person.get("IsConverted")}

    def outcome(self) -> Mapping[str, tuple[str, str]]:
        """Return stage and handoff key per person."""
        return {
            id_: (person.get("Puente_Stage__c", ""), person.get("Puente_Handoff_Key__c", ""))
            for id_, person in self.people().items()
        }


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Victim, Mapping[str, tuple[str, str]]]]:
    """Serve an organisation whose delays kill, and say what an undisturbed run leaves in it."""
    reaper = Reaper()
    served = SandboxSettings(crm="salesforce", base=generate(24, 3, datetime.now(UTC)), sleep=reaper.sleep)
    with serve_in_thread(served) as running:
        victim = Victim(running.url, tmp_path_factory.mktemp("kill"), reaper)
        victim.reset()
        victim.finish()
        outcome = victim.outcome()
        assert any(stage in HANDED_OVER for stage, _ in outcome.values())
        yield victim, outcome


@pytest.mark.parametrize("committed", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    "request_line", ["POST /services/data/[^/]*/composite$", "PATCH .*sobjects", "POST .*sobjects"]
)
def test_killed_while_a_request_is_in_flight(
    expected: tuple[Victim, Mapping[str, tuple[str, str]]], request_line: str, committed: bool
) -> None:
    """Kill while the client waits for one answer, with Salesforce's work done or not."""
    victim, outcome = expected
    victim.reset()
    rule = {"match": request_line, "delay_seconds": 1, "after_commit": committed}
    victim.ask("POST", "faults", {"rules": [rule]})
    assert victim.die() == -signal.SIGKILL
    victim.wait_for_the_request_left_behind()
    victim.ask("POST", "faults", {"rules": []})
    victim.finish()
    assert victim.outcome() == outcome
    assert_whole(victim)
    written = victim.writes()
    victim.finish()
    assert victim.writes() == written


def assert_whole(victim: Victim) -> None:
    """Look at everybody and every task: one per handoff."""
    people = victim.people()
    for id_, person in people.items():
        assert all(person.get(name) for name in ALWAYS_WRITTEN), id_
    tasks = (task["properties"] for task in victim.ask("GET", "state")["tasks"])
    keys = Counter(task["Puente_Task_Key__c"] for task in tasks if task.get("Puente_Task_Key__c"))
    handed_over = [person for person in people.values() if person["Puente_Stage__c"] in HANDED_OVER]
    assert keys == {person["Puente_Handoff_Key__c"]: 1 for person in handed_over}
