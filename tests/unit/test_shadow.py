"""Let a candidate model decide beside the live one: by its own past, on the live facts, and without any trace of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.domain.decision import qualify
from connector.domain.model import Model, Signal, StagePolicy
from connector.domain.person import Memory, Timeline
from connector.live.doorbell import Doorbell
from connector.live.ledger import SqliteLedger
from connector.live.qualify import Outcome, Qualifier
from connector.live.queue_sqlite import SqliteQueue
from connector.live.shadow import LiveDecision, Shadow, follow_one
from connector.live.shadowed import KEPT, Shadowed, ShadowTask
from connector.live.work import Worker, WorkReport
from connector.ports import PersonRef, Record, StageMark
from tests.unit.fake_crm import FakeCrm, Held, ref
from tests.unit.people import NOW, build_model, build_person, event, why
from tests.unit.test_live_qualify import ASKS_FOR_A_DEMO, MAPPING, READS_FIVE_PAGES

FITTING = {"country": "ES"}
LIVE = build_model()


def candidate_of(mark: str = "1", **stages: float) -> Model:
    return replace(build_model(stages=StagePolicy(**stages)), hash=mark * 64)  # type: ignore[arg-type]


STRICTER = candidate_of("1", mql_enter=70.0, mql_exit=40.0)
LOOSER = candidate_of("2", mql_enter=15.0, mql_exit=10.0)


@dataclass
class Desk:
    """Hold a CRM with three people, what is remembered of them, and a clock that tests move."""

    folder: Path
    candidate: Model | None = None
    now: datetime = NOW
    crm: FakeCrm = field(init=False)
    ledger: SqliteLedger = field(init=False)
    queue: SqliteQueue = field(init=False)
    shadow: Shadow | None = None

    def __post_init__(self) -> None:
        people = {
            "101": Held(FITTING, ASKS_FOR_A_DEMO),
            "102": Held(FITTING, READS_FIVE_PAGES),
            "103": Held(FITTING, Timeline()),
        }
        self.crm = FakeCrm(deepcopy(people))
        self.ledger = SqliteLedger(self.folder / "state.db", "hubspot:62515")
        self.queue = SqliteQueue(self.folder / "state.db", lambda: self.now)
        self.cast(self.candidate)

    def cast(self, candidate: Model | None) -> None:
        self.shadow = Shadow(candidate, self.ledger.shadows) if candidate else None

    def qualifier(self, *, dry_run: bool = False) -> Qualifier:
        live = Qualifier(self.crm, self.ledger, LIVE, MAPPING, "en", lambda: self.now, dry_run)
        return replace(live, shadow=self.shadow)

    def ring(self, *ids: str) -> WorkReport:
        self.queue.put([Doorbell("hubspot", "62515", "contact", id_, self.now, "changed") for id_ in ids])
        return Worker("hubspot", "62515", self.qualifier()).run_once(self.queue, 100)

    def stored(self) -> Mapping[str, Shadowed]:
        return {one.object_id: found for one, found in self.ledger.shadows.since(NOW - KEPT)}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, STRICTER)


def live_of(memory: Memory, now: datetime, timeline: Timeline, model: Model = LIVE) -> LiveDecision:
    decision = qualify(build_person(), timeline, model, now, memory)
    record = Record(PersonRef("contact", "101"), build_person(), timeline, StageMark(None), StageMark(None), {})
    return LiveDecision(record, decision, None)


steps = st.lists(st.tuples(st.integers(1, 40), st.integers(0, 5)), min_size=1, max_size=12)


@given(steps, st.sampled_from([20.0, 35.0, 65.0, 80.0]), st.integers(0, 9))
def test_whom_nobody_else_moves_the_candidate_decides_as_if_it_were_alone(
    visits: list[tuple[int, int]], enter: float, dwell: int
) -> None:
    """The twin: the candidate with a memory of its own, in a world without the live model."""
    fading = Signal("view", "page_view", 10.0, why("Vio una página"), half_life_days=20.0)
    live_model = build_model(fading)
    policy = StagePolicy(mql_enter=enter, mql_exit=enter / 2, dwell_days=float(dwell))
    candidate = replace(build_model(fading, stages=policy), hash="1" * 64)
    now, timeline = NOW, Timeline()
    live_memory = alone = Memory()
    shadowed: Shadowed | None = None
    episodes = 0
    for days, count in visits:
        now += timedelta(days=days)
        views = (replace(event(f"{now}:{number}"), occurred_at=now) for number in range(count))
        timeline = Timeline((*timeline.events, *views))
        twin = qualify(build_person(), timeline, candidate, now, alone)
        live = live_of(live_memory, now, timeline, live_model)
        shadowed = follow_one(live, candidate, shadowed)
        assert (shadowed.candidate.stage, shadowed.candidate.rule) == (twin.stage, twin.choice.rule)
        assert shadowed.memory == twin.after
        alone, live_memory = twin.after, live.decision.after
        episodes += twin.handoff is not None
    assert shadowed is not None
    assert shadowed.decisions == len(visits)
    assert shadowed.memory.episodes.get("mql", 0) == episodes


def test_a_candidate_takes_people_over_where_they_stand(desk: Desk) -> None:
    """An MQL of the live model stays one above the candidate's exit: that is what putting it in force would do."""
    desk.cast(None)
    desk.ring("102")
    desk.cast(STRICTER)
    desk.now += timedelta(hours=1)
    desk.ring("102")
    found = desk.stored()["102"]
    assert (found.live.stage, found.candidate.stage, found.candidate.rule) == ("mql", "mql", "hysteresis")
    assert (found.since, found.candidate_tasks) == (desk.now, ())


def test_what_differs_is_stored_with_its_reason_and_the_handoffs_of_both(desk: Desk) -> None:
    desk.ring("101", "102", "103")
    found = desk.stored()
    assert {id_: (one.live.stage, one.candidate.stage) for id_, one in found.items()} == {
        "101": ("sql", "sql"), "102": ("mql", "lead"), "103": ("lead", "lead"),
    }  # fmt: skip
    assert (found["102"].causes, found["101"].causes) == (("threshold",), ())
    assert (found["102"].live_model, found["102"].candidate_model) == (LIVE.hash, STRICTER.hash)
    of_live, of_candidate = ({task.key for task in tasks} for tasks in _tasks(found))
    assert of_live == set(desk.crm.tasks)
    assert of_candidate == {task.key for task in found["101"].live_tasks}


def _tasks(found: Mapping[str, Shadowed]) -> tuple[list[ShadowTask], list[ShadowTask]]:
    people = found.values()
    return [task for one in people for task in one.live_tasks], [t for one in people for t in one.candidate_tasks]


def test_a_shadow_changes_nothing_in_the_crm_and_nobody_is_woken_for_it(tmp_path: Path) -> None:
    plain, shadowed = Desk(tmp_path / "plain"), Desk(tmp_path / "shadowed", LOOSER)
    for desk in (plain, shadowed):
        desk.ring("101", "102", "103")
        desk.now += timedelta(days=9)
        desk.crm.people["103"].timeline = Timeline((event("view:9", days=-8.9), event("view:8", days=-8.8)))
        desk.ring("103", "101")
    assert shadowed.stored()["103"].candidate.stage == "mql"
    assert plain.stored() == {}
    assert shadowed.crm.__dict__ == plain.crm.__dict__
    everybody = [ref(id_) for id_ in plain.crm.people]
    assert shadowed.ledger.recall(everybody) == plain.ledger.recall(everybody)
    later = NOW + timedelta(days=900)
    assert shadowed.ledger.due(later, 9) == plain.ledger.due(later, 9)
    assert shadowed.ledger.handoffs.watched() == plain.ledger.handoffs.watched()
    assert shadowed.ledger.errands(everybody) == plain.ledger.errands(everybody) == {}


def test_repeated_and_disordered_doorbells_count_no_handoff_twice(desk: Desk) -> None:
    for _ in range(3):
        desk.ring("102", "101", "102", "101")
        desk.now += timedelta(seconds=1)
    found = desk.stored()
    assert [len(tasks) for tasks in _tasks(found)] == [2, 1]
    assert found["101"].decisions == 3
    desk.queue.put([Doorbell("hubspot", "62515", "contact", "101", NOW - timedelta(days=1), "changed")])
    Worker("hubspot", "62515", desk.qualifier()).run_once(desk.queue, 9)
    assert desk.stored() == found


def test_a_dry_run_casts_no_shadow(desk: Desk) -> None:
    assert len(list(desk.qualifier(dry_run=True).qualify_all())) == 3
    assert desk.stored() == {}


def test_a_kill_between_the_live_write_and_the_shadow_is_harmless(desk: Desk) -> None:
    """The live decision stands, the comparison is missed, and the candidate does not mistake it for somebody's edit."""
    remember = desk.ledger.shadows.remember

    def killed(shadowed: Mapping[PersonRef, Shadowed]) -> None:
        raise KeyboardInterrupt

    desk.ring("102")
    desk.crm.people["103"].timeline = READS_FIVE_PAGES
    desk.ledger.shadows.remember = killed  # type: ignore[method-assign]
    desk.now += timedelta(hours=1)
    with pytest.raises(KeyboardInterrupt):
        desk.ring("103", "102")
    desk.ledger.shadows.remember = remember  # type: ignore[method-assign]
    assert desk.ledger.recall([ref("103")])[ref("103")].memory.stage == "mql"
    assert desk.stored()["102"].decisions == 1
    desk.now += timedelta(hours=1)
    desk.ring("102", "103")
    assert desk.stored()["102"].candidate.stage == "lead"
    assert len(desk.crm.tasks) == 2


def test_a_live_decision_the_shadow_has_missed_is_not_taken_for_somebodys_edit(desk: Desk) -> None:
    desk.ring("103")
    desk.cast(None)
    desk.crm.people["103"].timeline = READS_FIVE_PAGES
    desk.now += timedelta(hours=1)
    desk.ring("103")
    desk.cast(STRICTER)
    desk.now += timedelta(hours=1)
    desk.ring("103")
    found = desk.stored()["103"]
    assert (found.live.stage, found.candidate.stage) == ("mql", "lead")


def test_what_people_and_deals_set_holds_for_the_candidate_too(desk: Desk) -> None:
    desk.ring("102", "103")
    desk.now += timedelta(hours=1)
    desk.crm.people["103"].fields["puente_stage"] = "mql"
    desk.crm.people["102"].lifecycle, desk.crm.people["102"].lifecycle_at = "customer", desk.now
    desk.ring("102", "103")
    found = desk.stored()
    assert (found["103"].candidate.stage, found["103"].candidate.rule) == ("mql", "set_by_person")
    assert (found["102"].candidate.stage, found["102"].candidate.rule) == ("customer", "owned_by_crm")
    desk.now += timedelta(days=40)
    desk.ring("103")
    assert desk.stored()["103"].candidate.rule != "set_by_person"


def test_what_sales_said_is_known_to_the_candidate(desk: Desk) -> None:
    desk.cast(LOOSER)
    desk.ring("102")
    desk.now += timedelta(days=4)
    desk.crm.people["102"].verdict = ("rejected", "timing", desk.now)
    desk.ring("102")
    found = desk.stored()["102"]
    assert (found.live.stage, found.candidate.stage, found.candidate.rule) == ("lead", "lead", "recycled")


def test_a_stage_that_differs_by_the_candidates_own_past_alone_says_so(desk: Desk) -> None:
    """Both have fallen under 50, and the same exit: the live one had made an MQL, the candidate never."""
    desk.cast(candidate_of("3", mql_enter=70.0, mql_exit=37.5))
    desk.ring("102")
    desk.crm.people["102"].timeline = Timeline(READS_FIVE_PAGES.events[:4])
    desk.now += timedelta(days=1)
    desk.ring("102")
    found = desk.stored()["102"]
    assert (found.live.stage, found.candidate.stage, found.causes) == ("mql", "lead", ("memory",))


@pytest.mark.parametrize("change", ["candidate", "live", "too long ago"])
def test_another_pair_of_models_or_a_long_pause_begins_anew(change: str) -> None:
    memory = Memory("lead", "puente", NOW)
    live = live_of(memory, NOW, READS_FIVE_PAGES)
    before = replace(follow_one(live, STRICTER, None), decisions=7)
    if change == "candidate":
        earlier = replace(before, candidate_model="9" * 64)
    elif change == "live":
        earlier = replace(before, live_model="9" * 64)
    else:
        earlier = replace(before, decided_at=NOW - KEPT - timedelta(seconds=1))
    assert follow_one(live, STRICTER, earlier).decisions == 1
    assert follow_one(live, STRICTER, before).decisions == 8


def test_a_candidate_that_fails_is_told_once_and_the_live_decision_stands(
    desk: Desk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.cast(replace(STRICTER, stages=None))  # type: ignore[arg-type]
    monkeypatch.setattr(logging.getLogger("connector"), "propagate", True)
    with caplog.at_level(logging.INFO, logger="connector"):
        report = desk.ring("101", "102", "103")
        desk.now += timedelta(hours=1)
        desk.ring("101")
    assert (report.written, len(report.done), len(desk.crm.tasks)) == (3, 3, 2)
    assert desk.stored() == {}
    assert desk.shadow is not None
    assert desk.shadow.failures == {"AttributeError": 4}
    assert sum("shadow failed" in one.getMessage() for one in caplog.records) == 1


def test_a_store_that_fails_does_not_stop_the_live_decision(desk: Desk) -> None:
    def full(shadowed: Mapping[PersonRef, Shadowed]) -> None:
        raise OSError("disk full")

    desk.ledger.shadows.remember = full  # type: ignore[method-assign]
    outcomes: list[Outcome] = list(desk.qualifier().qualify([ref("101"), ref("102")]))
    assert [one.outcome for one in outcomes] == ["written", "written"]
    assert desk.shadow is not None
    assert desk.shadow.failures == {"OSError": 1}


def test_a_person_who_was_deleted_leaves_no_shadow(desk: Desk) -> None:
    desk.ring("101", "102")
    del desk.crm.people["101"]
    desk.now += timedelta(hours=1)
    desk.ring("101")
    desk.queue.put([Doorbell("hubspot", "62515", "contact", "102", desk.now, "privacy_deleted")])
    Worker("hubspot", "62515", desk.qualifier()).run_once(desk.queue, 9)
    assert desk.stored() == {}
