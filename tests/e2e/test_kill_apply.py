"""Kill `puente apply` at random points and go on: what was planned is left in the end, each task once."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import orjson
import pytest

from sandbox.server import serve_in_process
from tests.contract.hubspot_world import TOKEN
from tests.contract.salesforce_world import CLIENT_ID, CLIENT_SECRET

ROOT: Final = Path(__file__).parents[2]
PEOPLE, KILLS, SEED = 32, 10, 20_261_122
PLAN: Final = ".puente/plan.jsonl"
VICTIM: Final = """
import os, signal, sys, threading
import connector.bootstrap_plan, connector.cli.apply, connector.study.apply, connector.study.receipt
import adapters.hubspot.adapter, adapters.salesforce.adapter
from connector.cli.app import run

last, steps, ours = int(sys.argv[1]), 0, tuple(sys.argv[2].split(";"))

def watch(frame, event, argument):
    global steps
    if event == "call" and frame.f_code.co_filename.startswith(ours):
        steps += 1
        if steps == last:
            os.kill(os.getpid(), signal.SIGKILL)

threading.setprofile(watch)
sys.setprofile(watch)
code = run(sys.argv[3:])
sys.setprofile(None)
print(steps)
sys.exit(code)
"""
"""Count the calls of functions of ours, in every thread, and die at one of them: between any two steps."""
FIELDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "hubspot": ("puente_stage", "puente_handoff_key", "puente_task_key"),
    "salesforce": ("Puente_Stage__c", "Puente_Handoff_Key__c", "Puente_Task_Key__c"),
}


@dataclass
class Firm:
    """Hold one CRM with a plan for people nobody has qualified yet: most get a stage, many a task."""

    crm: str
    url: str
    folder: Path

    def run(self, *arguments: str, last: int = 0) -> subprocess.CompletedProcess[str]:
        """Run the command line in a process of its own, which dies at a step; 0 lets it live."""
        return subprocess.run(
            [sys.executable, "-c", VICTIM, str(last), f"{ROOT / 'connector'};{ROOT / 'adapters'}", *arguments],
            env={**self._environment(), "PYTHONPATH": str(ROOT)},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PUENTE_")}
        if self.crm == "hubspot":
            return {**kept, "PUENTE_HUBSPOT__BASE_URL": self.url, "PUENTE_HUBSPOT__ACCESS_TOKEN": TOKEN}
        return {
            **kept,
            "PUENTE_CRM": "salesforce",
            "PUENTE_SALESFORCE__INSTANCE_URL": self.url,
            "PUENTE_SALESFORCE__CLIENT_ID": CLIENT_ID,
            "PUENTE_SALESFORCE__CLIENT_SECRET": CLIENT_SECRET,
        }

    def finish(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def apply(self) -> Any:
        return orjson.loads(self.finish("apply", PLAN, "--json").splitlines()[0])

    def prepare(self) -> int:
        """Install and plan; return how many steps two lines of the plan take."""
        for arguments in (("install", "--yes"), ("snapshot",), ("plan",)):
            self.finish(*arguments)
        return int(self.finish("apply", PLAN, "--limit", "2", "--json").splitlines()[-1])

    def ask(self, method: str, page: str, body: object = None) -> Any:
        reply = httpx.request(method, f"{self.url}/_sandbox/{page}", json=body, trust_env=False, timeout=60)
        reply.raise_for_status()
        return reply.json()

    def writes(self) -> int:
        return sum(bool(entry["touched"]) for entry in self.ask("GET", "journal")["entries"])

    def outcome(self) -> tuple[Mapping[str, tuple[str, str]], Counter[str]]:
        """Return stage and handoff key per person, and how often each key is on a task."""
        stage, key, task_key = FIELDS[self.crm]
        state = self.ask("GET", "state")
        people = {person["id"]: person["properties"] for person in state["people"] if not person["archived"]}
        keys = (task["properties"].get(task_key) for task in state["tasks"])
        return (
            {id_: (fields.get(stage) or "", fields.get(key) or "") for id_, fields in people.items()},
            Counter(name for name in keys if name),
        )


@pytest.fixture(params=["hubspot", "salesforce"])
def twins(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Firm, Firm]]:
    """Serve the same people twice: once to be left alone, once to be killed."""
    past = (datetime.now(UTC) - timedelta(days=2)).isoformat()  # nothing of it happens while we look
    options = ("--crm", request.param, "--people", str(PEOPLE), "--seed", "3", "--now", past)
    with serve_in_process(*options) as first, serve_in_process(*options) as second:
        firms = Firm(request.param, first, tmp_path / "calm"), Firm(request.param, second, tmp_path / "killed")
        for firm in firms:
            firm.folder.mkdir()
            if firm.crm == "hubspot":
                firm.ask("POST", "settings", {"limits": False})
        yield firms


def test_killed_at_random_points_and_resumed_it_leaves_what_was_planned(twins: tuple[Firm, Firm]) -> None:
    calm, killed = twins
    calm.prepare()
    assert calm.apply()["left"] == 0
    steps, dice, deaths = killed.prepare(), random.Random(SEED), 0
    for _ in range(KILLS):
        died = killed.run("apply", PLAN, "--limit", "2", "--json", last=dice.randint(1, steps))
        deaths += died.returncode == -9
    assert deaths > KILLS // 2
    receipt = killed.apply()
    assert (receipt["failed"], receipt["left"], receipt["skipped"]) == (0, 0, 0), receipt
    (stages, tasks), (expected, expected_tasks) = killed.outcome(), calm.outcome()
    assert {id_: stage for id_, (stage, _) in stages.items()} == {id_: stage for id_, (stage, _) in expected.items()}
    assert stages == expected
    assert tasks == expected_tasks
    assert set(tasks.values()) == {1}
    written = killed.writes()
    assert killed.apply()["calls"] == {}
    (killed.folder / f"{PLAN}.journal").unlink()
    assert killed.apply()["written"] == 0
    assert killed.writes() == written
