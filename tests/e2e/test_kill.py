"""Kill `puente qualify --all` at any request and run it again: one task per handoff, nobody half-written."""

from __future__ import annotations

import os
import random
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

from adapters.hubspot.connection import HubSpotConnection
from adapters.hubspot.install import install
from sandbox.hubspot.settings import LimitSettings, PortalSettings
from sandbox.people import generate
from sandbox.server import SandboxSettings, serve_in_thread
from tests.contract.hubspot_world import TOKEN
from tests.e2e.command_line import settings_for
from tests.e2e.reaper import Reaper

ALWAYS_WRITTEN = ("puente_stage", "puente_stage_at", "puente_reasons", "puente_model", "puente_scored_at")
LIFECYCLE_OF = {"mql": "marketingqualifiedlead", "sql": "salesqualifiedlead"}
PATIENCE_SECONDS = 300.0
SEED = 20_261_122
MOST_REQUESTS = 9
"""So many POSTs does a run send that finds nobody qualified; once everybody is, only the first four."""


@dataclass
class Victim:
    """Run the command line as a process of its own against one portal, and look at what it left."""

    url: str
    folder: Path
    reaper: Reaper

    def die(self, turn: int) -> int:
        """Run until the n-th delayed request, or to the end; return the exit code."""
        self.reaper.arm(turn)
        process = self.start()
        self.reaper.watch(process)
        process.communicate(timeout=PATIENCE_SECONDS)
        return process.returncode

    def start(self) -> subprocess.Popen[bytes]:
        settings = {f"PUENTE_{name}": value for name, value in settings_for(self.url, self.folder).items()}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PUENTE_")}
        code = "from connector.cli import main; main()"
        return subprocess.Popen(
            [sys.executable, "-c", code, "qualify", "--all"],
            env={**kept, **settings, "PYTHONPATH": str(Path(__file__).parents[2])},
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def finish(self) -> None:
        """Run to the end; nothing may be left undone."""
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
        """Wait until the portal is done with the request whose sender was killed, or it would land in a later test."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if any(entry["fault"] for entry in self.ask("GET", "journal")["entries"]):
                return
            time.sleep(0.05)
        raise AssertionError("the held request never ended")

    def reset(self) -> None:
        self.ask("POST", "reset")
        install(HubSpotConnection(base_url=self.url, access_token=TOKEN), "es")
        for leftover in self.folder.iterdir():
            leftover.unlink()

    def outcome(self) -> Mapping[str, tuple[str, str]]:
        """Return stage and handoff key per person."""
        people = self.ask("GET", "state")["people"]
        alive = [person for person in people if not person["archived"]]
        return {
            person["id"]: (person["properties"]["puente_stage"], person["properties"].get("puente_handoff_key", ""))
            for person in alive
        }


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Victim, Mapping[str, tuple[str, str]]]]:
    """Serve a portal whose delays kill, and say what an undisturbed run leaves in it."""
    reaper = Reaper()
    base = generate(24, 3, datetime.now(UTC))
    portal = PortalSettings(limits=LimitSettings(enabled=False))
    with serve_in_thread(SandboxSettings(base=base, portal=portal, sleep=reaper.sleep)) as running:
        victim = Victim(running.url, tmp_path_factory.mktemp("kill"), reaper)
        victim.reset()
        victim.finish()
        yield victim, victim.outcome()


def assert_whole(victim: Victim, expected: Mapping[str, tuple[str, str]]) -> None:
    """Run to the end and look at everything; a further run has nothing left to write."""
    victim.ask("POST", "faults", {"rules": []})
    victim.finish()
    assert victim.outcome() == expected
    state = victim.ask("GET", "state")
    keys = Counter(task["properties"]["puente_task_key"] for task in state["tasks"])
    assert keys == {key: 1 for stage, key in expected.values() if stage in LIFECYCLE_OF}
    for person in (person for person in state["people"] if not person["archived"]):
        properties = person["properties"]
        assert all(properties.get(name) for name in ALWAYS_WRITTEN), person["id"]
        if wanted := LIFECYCLE_OF.get(properties["puente_stage"]):
            assert properties["lifecyclestage"] == wanted
    written = victim.writes()
    victim.finish()
    assert victim.writes() == written


@pytest.mark.parametrize("committed", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    "request_line",
    [
        "POST .*contacts/batch/read",
        "GET .*properties/.*tasks",
        "POST .*contacts/batch/update",
        "POST .*tasks/batch/create",
    ],
)
def test_killed_while_a_request_is_in_flight(
    expected: tuple[Victim, Mapping[str, tuple[str, str]]], request_line: str, committed: bool
) -> None:
    """Kill while the client waits for one answer, with the CRM's work done or not."""
    victim, outcome = expected
    victim.reset()
    rule = {"match": request_line, "delay_seconds": 1, "after_commit": committed}
    victim.ask("POST", "faults", {"rules": [rule]})
    assert victim.die(1) == -signal.SIGKILL
    victim.wait_for_the_request_left_behind()
    assert_whole(victim, outcome)


def test_killed_again_and_again_at_random_requests(expected: tuple[Victim, Mapping[str, tuple[str, str]]]) -> None:
    """Kill ten runs somewhere on their way, one later than the other, then let one finish."""
    victim, outcome = expected
    victim.reset()
    dice = random.Random(SEED)
    victim.ask("POST", "faults", {"rules": [{"match": "POST", "delay_seconds": 1, "times": None}]})
    codes = [victim.die(turn) for turn in sorted(dice.randint(1, MOST_REQUESTS) for _ in range(10))]
    assert codes.count(-signal.SIGKILL) > 5
    assert_whole(victim, outcome)
