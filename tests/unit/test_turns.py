"""Two runs, or a run and a worker, on one person: one at a time, and never on what the other made old."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from connector.live.ledger import SqliteLedger
from connector.live.qualify import Outcome, Qualifier
from connector.live.turns import HOLD_SECONDS, REST_SECONDS, SharedTurns
from connector.ports import Fetched
from tests.unit.fake_crm import FakeCrm, Held, ref
from tests.unit.people import NOW, build_model
from tests.unit.test_live_qualify import ASKS_FOR_A_DEMO, MAPPING, READS_FIVE_PAGES


@dataclass
class Desk:
    """Hold a CRM and a ledger that several runs share, a clock, and what happens while one of them rests."""

    crm: FakeCrm
    ledger: SqliteLedger
    now: datetime = NOW
    rests: int = 0
    meanwhile: list[Callable[[], object]] = field(default_factory=list)

    def run(self) -> dict[str, Outcome]:
        return {out.ref.object_id: out for out in self.sharing().qualify_all()}

    def sharing(self) -> Qualifier:
        plain = Qualifier(self.crm, self.ledger, build_model(), MAPPING, "en", lambda: self.now)
        return replace(plain, turns=SharedTurns(self.ledger, lambda: self.now, self._rest))

    def _rest(self, seconds: float) -> None:
        self.rests += 1
        self.now += timedelta(seconds=seconds)
        if self.meanwhile:
            self.meanwhile.pop(0)()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    people = {"1": Held({"country": "ES"}, ASKS_FOR_A_DEMO), "2": Held({"country": "ES"}, READS_FIVE_PAGES)}
    return Desk(FakeCrm(people), SqliteLedger(tmp_path / "ledger.db", "hubspot:62515"))


def test_a_run_that_shares_people_gives_them_back(desk: Desk) -> None:
    assert {one.outcome for one in desk.run().values()} == {"written"}
    assert desk.rests == 0
    assert desk.ledger.leases.acquire([ref("1"), ref("2")], "next", desk.now, 1) == {ref("1"), ref("2")}


def test_who_is_held_by_a_worker_is_read_when_they_are_free(desk: Desk) -> None:
    desk.ledger.leases.acquire([ref("1")], "worker", desk.now, 300)
    changed = replace(desk.crm.people["1"], attributes={"country": "FR"})

    def worker_ends() -> None:
        desk.crm.people["1"] = changed
        desk.ledger.leases.release([ref("1")], "worker")

    desk.meanwhile.append(worker_ends)
    outcomes = desk.run()
    assert outcomes["2"].outcome == "written"
    assert desk.crm.people["1"].fields["puente_stage"] == "mnql"
    assert desk.rests == 1


def test_a_killed_run_holds_the_next_one_up_for_no_longer_than_its_lease(desk: Desk) -> None:
    desk.ledger.leases.acquire([ref("1")], "killed", desk.now, HOLD_SECONDS)
    assert desk.run()["1"].outcome == "written"
    assert desk.rests * REST_SECONDS <= HOLD_SECONDS + REST_SECONDS


def test_who_is_held_for_ever_is_parked_with_a_reason(desk: Desk) -> None:
    desk.ledger.leases.acquire([ref("1")], "another", desk.now, 10 * HOLD_SECONDS)
    parked = desk.run()["1"]
    assert parked.outcome == "parked"
    assert "another process" in (parked.reason or "")
    assert desk.crm.people["1"].fields == {}


def test_what_was_decided_while_a_wave_was_read_is_read_again(desk: Desk) -> None:
    """The rival reads, writes and remembers between our reading and our turn: its memory must not be undone."""
    original, rival = desk.crm.fetch, Qualifier(desk.crm, desk.ledger, build_model(), MAPPING, "en", lambda: desk.now)
    fetched: list[list[str]] = []

    def interrupted(refs, *, now, needs_history=None) -> Fetched:  # type: ignore[no-untyped-def]
        found = original(refs, now=now, needs_history=needs_history)
        if not fetched:
            desk.crm.fetch = original  # type: ignore[method-assign]
            list(rival.qualify([ref("1")]))
            desk.crm.fetch = interrupted  # type: ignore[method-assign]
        fetched.append([one.object_id for one in refs])
        return found

    desk.crm.fetch = interrupted  # type: ignore[method-assign]
    assert desk.run()["1"].outcome == "unchanged"
    assert ["1"] in fetched
    assert desk.crm.writes == 2
    known = desk.ledger.recall([ref("1")])[ref("1")]
    assert known.memory.stage == "sql"


def test_of_two_runs_at_once_each_person_is_written_by_one(desk: Desk) -> None:
    desk.crm.people |= {str(n): Held({"country": "ES"}, ASKS_FOR_A_DEMO) for n in range(10, 60)}
    runs = [replace(desk.sharing(), turns=SharedTurns(desk.ledger, lambda: desk.now, lambda _: None)) for _ in range(2)]
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda run: list(run.qualify_all()), runs))
    assert desk.crm.writes == len(desk.crm.people)
    assert sorted(owner for owner, _ in desk.crm.tasks.values()) == sorted(desk.crm.people)


def test_a_merges_survivor_has_a_turn_of_their_own(desk: Desk) -> None:
    desk.crm.merged["1"] = "9"
    desk.crm.people["9"] = desk.crm.people.pop("1")
    outcomes = {out.ref.object_id: out.outcome for out in desk.sharing().qualify([ref("1")])}
    assert outcomes == {"1": "gone", "9": "written"}
