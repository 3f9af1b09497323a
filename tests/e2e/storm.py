"""Ring thousands of times for people who change meanwhile, while workers are killed and the CRM fails, and count."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx

from adapters.hubspot.adapter import HubSpotCrm
from adapters.hubspot.connection import HubSpotConnection
from adapters.hubspot.install import install
from adapters.hubspot.webhook import sign
from connector.bootstrap import Rules, build_qualifier, load_rules
from connector.domain.model_reach import horizon_days, used_attributes
from connector.live.clock import system_clock
from connector.live.ledger import SqliteLedger
from connector.live.queue_sqlite import SqliteQueue
from connector.live.recall import rank
from connector.ports import PersonRef
from connector.settings import HubSpotSettings, Settings
from sandbox.server import serve_in_process
from webhooks.receive_hubspot import HubSpotDoor

TOKEN: Final = "sandbox-token"
SECRET: Final = "client-secret"
TARGET: Final = "https://puente.example/hubspot/webhook"
PORTAL: Final = 62515
PER_DELIVERY: Final = 100
CHANGES: Final = (
    {"kind": "page_view", "url": "https://acme.example/precios"},
    {"kind": "form_submitted", "form": "Solicitar demo"},
    {"kind": "content_download", "form": "Descarga: Guía de compra", "asset": "Guía de compra"},
)
"""Only what adds interest: no stage has a reason to move back."""
TOUCHING: Final = "(GET|POST|PATCH) /(crm|marketing|events)/"


@dataclass(frozen=True, slots=True)
class Scale:
    """Say how hard it blows.

    `changed` is the share of doorbells behind which something really changed. Between rounds passes a while, so that
    people change after they were read, too.
    """

    people: int
    rounds: int = 10
    copies: int = 3
    changed: float = 0.2
    pause_seconds: float = 1.0
    workers: int = 3
    kills: int = 8
    lease_seconds: float = 12.0
    patience_seconds: float = 300.0
    seed: int = 20_261_122


@dataclass
class Aftermath:
    """Hold what was left, and what it took."""

    doorbells: int = 0
    delivered: int = 0
    queued: int = 0
    kills: int = 0
    faults: int = 0
    calls: int = 0
    seconds: float = 0.0
    lost: int = 0
    parked: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    moved_back: list[str] = field(default_factory=list)
    tasks: Counter[str] = field(default_factory=Counter)
    people_read: int = 0
    stale: int = 0

    @property
    def duplicate_tasks(self) -> int:
        return sum(count - 1 for count in self.tasks.values())


class Storm:
    """Run one storm against a portal of its own."""

    def __init__(self, scale: Scale, url: str, folder: Path) -> None:
        self.scale, self.url, self.folder = scale, url, folder
        self.dice = random.Random(scale.seed)
        self.queue = SqliteQueue(folder / "state.db", system_clock)
        self.door = HubSpotDoor(TARGET, (SECRET,), str(PORTAL), "54321")
        self.client = httpx.Client(base_url=url, trust_env=False, timeout=60)
        self.workers: list[subprocess.Popen[bytes]] = []
        self.found = Aftermath()

    def ask(self, method: str, page: str, body: object = None) -> Any:
        reply = self.client.request(method, f"/_sandbox/{page}", json=body)
        reply.raise_for_status()
        return reply.json()

    def run(self) -> Aftermath:
        """Blow, wait until it is quiet, and look at everything."""
        everybody = self.ask("GET", "state")["people"]
        people = [one["id"] for one in everybody if not one["archived"] and not one["merged_into"]][: self.scale.people]
        before, started = int(self.ask("GET", "journal")["last"]), time.monotonic()
        self.ask("POST", "faults", {"rules": FAULTS})
        calm = threading.Event()
        killer = threading.Thread(target=self._kill_now_and_then, args=(calm,))
        try:
            self.workers = [self._start_worker() for _ in range(self.scale.workers)]
            killer.start()
            self._blow(people)
            killer.join()
            self._wait_until_quiet()
        finally:
            calm.set()
            killer.join()
            self._stop_workers()
        self.found.seconds = time.monotonic() - started
        self._count(before)
        self.ask("POST", "faults", {"rules": []})
        self._look(people)
        return self.found

    def _blow(self, people: Sequence[str]) -> None:
        """Deliver every doorbell as often as `copies` says, each copy at some later moment, all in disorder."""
        rounds = self.scale.rounds
        waiting: list[list[dict[str, Any]]] = [[] for _ in range(rounds + self.scale.copies)]
        for turn in range(rounds):
            for person in self.dice.sample(list(people), len(people)):
                bell = self._change(person, turn * len(people))
                self.found.doorbells += 1
                for _ in range(self.scale.copies):
                    waiting[turn + self.dice.randrange(self.scale.copies)].append(bell)
            self._deliver(waiting[turn])
            time.sleep(self.scale.pause_seconds)
        for late in waiting[rounds:]:
            self._deliver(late)

    def _change(self, person: str, number: int) -> dict[str, Any]:
        if self.dice.random() < self.scale.changed:
            self.ask("POST", "timeline", {"person": person, "event": self.dice.choice(CHANGES)})
        return {
            "eventId": number, "subscriptionId": 1, "portalId": PORTAL, "appId": 54321, "attemptNumber": 0,
            "occurredAt": int(time.time() * 1000), "subscriptionType": "contact.propertyChange",
            "propertyName": "hs_analytics_num_page_views", "propertyValue": "1", "changeSource": "ANALYTICS",
            "objectId": int(person),
        }  # fmt: skip

    def _deliver(self, bells: list[dict[str, Any]]) -> None:
        self.dice.shuffle(bells)
        for start in range(0, len(bells), PER_DELIVERY):
            events = bells[start : start + PER_DELIVERY]
            raw, timestamp = json.dumps(events).encode(), str(int(time.time() * 1000))
            signature = sign(SECRET, "POST", TARGET, raw, timestamp).decode()
            headers = {"x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": timestamp}
            answer = self.door.answer(raw, headers, self.queue.put, datetime.now(UTC))
            if answer.status != 204:
                raise AssertionError(f"the door answered {answer.status}")
            self.found.delivered += len(events)

    def _start_worker(self) -> subprocess.Popen[bytes]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PUENTE_")}
        own = {
            "PUENTE_HUBSPOT__BASE_URL": self.url, "PUENTE_HUBSPOT__ACCESS_TOKEN": TOKEN,
            "PUENTE_HUBSPOT__APP_ID": "54321", "PUENTE_STATE": str(self.folder / "state.db"),
            "PUENTE_HUBSPOT__RATE_PER_10S": "1000", "PYTHONPATH": str(Path(__file__).parents[2]),
        }  # fmt: skip
        arguments = (str(self.scale.lease_seconds), str(self.folder / "work.log"))
        with (self.folder / "workers.err").open("ab") as err:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.e2e.storm_worker", *arguments],
                env={**kept, **own}, cwd=self.folder, stderr=err,
            )  # fmt: skip

    def _kill_now_and_then(self, calm: threading.Event) -> None:
        dice = random.Random(self.scale.seed + 1)
        for _ in range(self.scale.kills):
            if calm.wait(dice.uniform(1.0, 3.0)):
                return
            place = dice.randrange(len(self.workers))
            self.workers[place].kill()
            self.workers[place].wait()
            self.found.kills += 1
            self.workers[place] = self._start_worker()

    def _wait_until_quiet(self) -> None:
        deadline = time.monotonic() + self.scale.patience_seconds
        while self.queue.status().depth:
            if time.monotonic() > deadline:
                break
            time.sleep(0.2)

    def _stop_workers(self) -> None:
        for worker in self.workers:
            worker.kill()
            worker.wait()

    def _count(self, before: int) -> None:
        entries = self.ask("GET", f"journal?since={before}")["entries"]
        self.found.calls = len(entries)
        self.found.faults = sum(bool(entry["fault"]) for entry in entries)
        status = self.queue.status()
        self.found.lost, self.found.parked = status.depth, [one.reason for one in status.parked]
        for line in (self.folder / "work.log").read_text().splitlines():
            told = json.loads(line)
            self.found.people_read += told["people"]
            self.found.stale += told["stale"]

    def _look(self, people: Sequence[str]) -> None:
        """Compare every person with a decision made directly, now; nothing may be left to write."""
        state = self.ask("GET", "state")
        held = {one["id"]: one["properties"] for one in state["people"]}
        self.found.tasks = Counter(task["properties"]["puente_task_key"] for task in state["tasks"] if _is_ours(task))
        settings = Settings(hubspot=HubSpotSettings(base_url=self.url), state=str(self.folder / "state.db"))
        rules = load_rules(settings)
        ledger = SqliteLedger(self.folder / "state.db", f"hubspot:{PORTAL}")
        with closing(_client(self.url, rules)) as crm:
            qualifier = build_qualifier(settings, rules, crm, ledger, clock=system_clock, dry_run=True)
            for outcome in qualifier.qualify([PersonRef("contact", one) for one in people]):
                stage = outcome.decision.stage if outcome.decision else None
                if outcome.outcome != "unchanged" or held[outcome.ref.object_id].get("puente_stage") != stage:
                    self.found.differing.append(f"{outcome.ref.object_id}: {outcome.outcome} {dict(outcome.changes)}")
        ledger.close()
        self.found.moved_back = [one for start in range(0, len(people), 50) for one in self._back(people[start:][:50])]

    def _back(self, people: Sequence[str]) -> Iterator[str]:
        """Name the people whose stage ever moved back, by the portal's own history."""
        names = ["puente_stage", "lifecyclestage"]
        body = {"inputs": [{"id": one} for one in people], "properties": names, "propertiesWithHistory": names}
        reply = self.client.post(
            "/crm/objects/2026-09/contacts/batch/read", json=body, headers={"authorization": f"Bearer {TOKEN}"}
        )
        for record in reply.raise_for_status().json()["results"]:
            history = sorted(record["propertiesWithHistory"]["puente_stage"], key=lambda one: one["timestamp"])
            ranks = [rank(version["value"] or None) for version in history]
            if ranks != sorted(ranks):
                yield f"{record['id']}: {[version['value'] for version in history]}"


FAULTS: Final = (
    {"match": TOUCHING, "status": 502, "probability": 0.02, "times": None},
    {"match": TOUCHING, "status": 502, "probability": 0.02, "times": None, "after_commit": True},
    {"match": TOUCHING, "status": 429, "probability": 0.01, "times": None, "retry_after": 1},
)


def _is_ours(task: dict[str, Any]) -> bool:
    return bool(task["properties"].get("puente_task_key")) and not task["archived"]


def _client(url: str, rules: Rules) -> HubSpotCrm:
    return HubSpotCrm(
        HubSpotConnection(base_url=url, access_token=TOKEN, app_id="54321", rate_per_10s=1000),
        rules.mapping,
        rules.model.used_kinds,
        used_attributes(rules.model),
        horizon_days(rules.model),
    )


@contextmanager
def portal_for(scale: Scale, folder: Path) -> Iterator[Storm]:
    """Serve the people of a storm in a process of their own, with our fields and without limits."""
    with serve_in_process("--people", str(scale.people + scale.people // 20 + 5), "--seed", "3") as url:
        install(HubSpotConnection(base_url=url, access_token=TOKEN), "es")
        storm = Storm(scale, url, folder)
        storm.ask("POST", "settings", {"limits": False})
        with closing(storm.client), closing(storm.queue):
            yield storm
