"""Wake people by time alone, and see to tasks nobody begins with."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from connector.domain.handoff import handoff_key
from connector.domain.person import Memory
from connector.live.ledger import SqliteLedger
from connector.live.qualify import Qualifier
from connector.live.queue_sqlite import SqliteQueue
from connector.live.recall import Remembered
from connector.live.review import MARKS, RING_AGAIN, Review
from connector.live.work import Worker
from connector.live.work_loop import ReviewLoop
from connector.ports import TaskState
from tests.unit.fake_crm import FakeCrm, Held, ref
from tests.unit.people import NOW, build_model
from tests.unit.test_live_qualify import ASKS_FOR_A_DEMO, MAPPING, READS_FIVE_PAGES

KEY = handoff_key("hubspot", "62515", "101", "sql", 1)


@dataclass
class Watch:
    """Tell a time that stands still until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Office:
    """Hold everything a review looks at."""

    crm: FakeCrm
    ledger: SqliteLedger
    queue: SqliteQueue
    watch: Watch
    review: Review = field(init=False)

    def __post_init__(self) -> None:
        self.review = Review(self.crm, "62515", self.ledger, self.queue, "en", self.watch, "900")

    def qualify(self, *ids: str) -> None:
        qualifier = Qualifier(self.crm, self.ledger, build_model(), MAPPING, "en", self.watch)
        assert {one.outcome for one in qualifier.qualify([ref(id_) for id_ in ids])} == {"written"}

    def work(self) -> int:
        qualifier = Qualifier(self.crm, self.ledger, build_model(), MAPPING, "en", self.watch)
        return Worker("hubspot", "62515", qualifier).run_once(self.queue, 100).people


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    watch, path = Watch(), tmp_path / "state.db"
    people = {"101": Held({"country": "ES"}, ASKS_FOR_A_DEMO), "102": Held({"country": "ES"}, READS_FIVE_PAGES)}
    found = Office(FakeCrm(people), SqliteLedger(path, "hubspot:62515"), SqliteQueue(path, watch), watch)
    yield found
    found.ledger.close()
    found.queue.close()


def test_exactly_those_whose_decision_can_change_are_woken_and_only_then(office: Office) -> None:
    office.qualify("101", "102")
    reviews = {
        one.object_id: known.next_review_at
        for one, known in office.ledger.recall([ref("101"), ref("102")]).items()
        if known.next_review_at
    }
    assert set(reviews) == {"101", "102"}
    first = min(reviews.values())
    office.watch.now = first - timedelta(seconds=1)
    assert office.review.ring_due(100) == 0
    office.watch.now = first
    assert office.review.ring_due(100) == sum(at == first for at in reviews.values())
    assert office.work() >= 1
    assert all(known.fetched_at == first for one, known in _decided_at(office, first).items())


def _decided_at(office: Office, at: datetime) -> dict[str, Remembered]:
    known = office.ledger.recall([ref("101"), ref("102")])
    return {one.object_id: found for one, found in known.items() if found.decided_at == at}


def test_whoever_was_rung_for_is_not_rung_for_again_until_a_while_has_passed(office: Office) -> None:
    office.ledger.remember({ref("101"): Remembered(Memory("lead"), next_review_at=NOW)})
    assert (office.review.ring_due(10), office.review.ring_due(10)) == (1, 0)
    office.watch.now += RING_AGAIN
    assert office.review.ring_due(10) == 1


def test_a_decision_settles_when_the_next_review_is(office: Office) -> None:
    office.ledger.remember({ref("101"): Remembered(Memory("lead"), next_review_at=NOW)})
    office.review.ring_due(10)
    assert office.work() == 1
    office.watch.now += RING_AGAIN
    assert office.review.ring_due(10) == 0


def test_a_task_nobody_begins_with_in_time_is_escalated_once(office: Office) -> None:
    office.qualify("101")
    office.crm.states[KEY] = TaskState("waiting", "301")
    assert office.review.escalate_late(10) == 0
    office.watch.now += timedelta(days=4)
    assert (office.review.escalate_late(10), office.review.escalate_late(10)) == (1, 0)
    (escalation,) = office.crm.escalated
    assert (escalation.ref, escalation.key, escalation.mark, escalation.owner) == (ref("101"), KEY, MARKS["en"], "900")


@pytest.mark.parametrize("state", ["begun", "done"])
def test_a_task_in_somebodys_hands_is_not_escalated(office: Office, state: str) -> None:
    office.qualify("101")
    office.crm.states[KEY] = TaskState(state, "301")  # type: ignore[arg-type]
    office.watch.now += timedelta(days=4)
    assert office.review.escalate_late(10) == 0
    assert (office.crm.escalated, list(office.ledger.handoffs.watched())) == ([], [])


def test_a_handoff_that_was_taken_back_is_not_escalated(office: Office) -> None:
    office.qualify("101")
    office.ledger.remember({ref("101"): Remembered(Memory("lead"))})
    office.crm.states[KEY] = TaskState("waiting", "301")
    office.watch.now += timedelta(days=4)
    assert office.review.escalate_late(10) == 0
    assert (office.crm.escalated, list(office.ledger.handoffs.watched())) == ([], [])


def test_what_could_not_be_read_is_asked_for_another_time(office: Office) -> None:
    office.qualify("101")
    office.watch.now += timedelta(days=4)
    office.crm.escalate = lambda escalations: {}  # type: ignore[method-assign]
    assert office.review.escalate_late(10) == 0
    assert [one.key for one in office.ledger.handoffs.late(office.watch.now, 10)] == [KEY]


@pytest.mark.parametrize(
    ("state", "lacks"),
    [
        (TaskState("missing"), "task"),
        (TaskState("waiting"), "owner"),
        (TaskState("begun"), "owner"),
        (TaskState("waiting", "301"), None),
        (TaskState("done"), None),
    ],
)
def test_orphans_are_handoffs_in_nobodys_hands(office: Office, state: TaskState, lacks: str | None) -> None:
    office.qualify("101")
    office.crm.states[KEY] = state
    assert [(one.handoff.ref, one.lacks) for one in office.review.find_orphans()] == (
        [(ref("101"), lacks)] if lacks else []
    )


def test_a_late_task_that_is_gone_stays_an_orphan(office: Office) -> None:
    office.qualify("101")
    office.watch.now += timedelta(days=4)
    assert office.review.escalate_late(10) == 0
    assert [one.lacks for one in office.review.find_orphans()] == ["task"]


def test_a_server_looks_for_orphans_when_it_starts_and_once_a_day(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, logger="connector.live.review")
    office.qualify("101")
    loop = ReviewLoop(office.review, threading.Event())
    for hours in (0, 1, 22, 24, 25):
        office.watch.now = NOW + timedelta(hours=hours)
        loop.look()
    told = [record.getMessage() for record in caplog.records]
    assert told == ["handoffs in nobody's hands: orphans=1"] * 2
