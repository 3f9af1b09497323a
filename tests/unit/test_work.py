"""Answer doorbells under duplicates, disorder, accidents and rivals."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from connector.domain.person import Timeline
from connector.errors import (
    RateLimitedError,
    UnavailableError,
)
from connector.live.doorbell import Doorbell, Why
from connector.live.ledger import SqliteLedger
from connector.live.qualify import Qualifier
from connector.live.queue_sqlite import SqliteQueue
from connector.live.work import Worker, WorkReport
from connector.live.work_policy import WorkPolicy
from connector.ports import Fetched
from tests.unit.fake_crm import FakeCrm, Held, ref
from tests.unit.people import NOW, build_model
from tests.unit.test_live_qualify import ASKS_FOR_A_DEMO, MAPPING, READS_FIVE_PAGES

FITTING = {"country": "ES"}
SECOND = timedelta(seconds=1)


class CountingCrm(FakeCrm):
    """Count how often people are fetched; fail, or do something meanwhile, when told to."""

    fetched: list[str]
    failures: list[Exception]

    def fetch(self, refs, *, now, needs_history=None) -> Fetched:  # type: ignore[no-untyped-def]
        self.fetched += [one.object_id for one in refs]
        if self.failures:
            raise self.failures.pop(0)
        return super().fetch(refs, now=now, needs_history=needs_history)


@dataclass
class Shop:
    """Hold a worker with everything around it, and a clock that tests move."""

    crm: CountingCrm
    ledger: SqliteLedger
    queue: SqliteQueue
    now: datetime = NOW
    policy: WorkPolicy = field(default_factory=WorkPolicy)

    def qualifier(self) -> Qualifier:
        return Qualifier(self.crm, self.ledger, build_model(), MAPPING, "en", lambda: self.now)

    def worker(self) -> Worker:
        return Worker("hubspot", "62515", self.qualifier(), self.policy)

    def ring(self, object_id: str, why: Why = "changed", ago: timedelta = 0 * SECOND, **more: object) -> None:
        bell = Doorbell("hubspot", "62515", "contact", object_id, self.now - ago, why)
        self.queue.put([replace(bell, **more)])  # type: ignore[arg-type]

    def run(self) -> WorkReport:
        return self.worker().run_once(self.queue, 100)

    def reasons(self) -> list[str]:
        return [one.reason for one in self.queue.status().parked]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    people = {
        "101": Held(FITTING, ASKS_FOR_A_DEMO),
        "102": Held(FITTING, READS_FIVE_PAGES),
        "103": Held(FITTING, Timeline()),
    }
    crm = CountingCrm(people)
    crm.fetched, crm.failures = [], []
    found = Shop(crm, SqliteLedger(tmp_path / "state.db", "hubspot:62515"), SqliteQueue(tmp_path / "state.db", None))  # type: ignore[arg-type]
    found.queue._clock = lambda: found.now
    yield found
    found.ledger.close()
    found.queue.close()


def test_many_doorbells_of_one_person_cost_one_reading_and_one_write(shop: Shop) -> None:
    for _ in range(9):
        shop.ring("101")
    report = shop.run()
    assert (report.taken, report.people, report.written) == (9, 1, 1)
    assert shop.crm.fetched == ["101"]
    assert len(shop.crm.tasks) == 1
    assert shop.queue.status().depth == 0


def test_what_rang_before_the_last_finished_reading_is_dropped(shop: Shop) -> None:
    shop.ring("101")
    shop.run()
    shop.ring("101", ago=3 * SECOND)
    assert (shop.run().stale, shop.crm.fetched) == (1, ["101"])


def test_what_rang_within_the_reading_lag_is_read_again(shop: Shop) -> None:
    shop.ring("101")
    shop.run()
    shop.ring("101", ago=1 * SECOND)
    assert (shop.run().stale, shop.crm.fetched) == (0, ["101", "101"])


@pytest.mark.parametrize("lead", [timedelta(seconds=40), timedelta(days=2)])
def test_a_clock_that_is_ahead_of_the_crms_loses_no_change(shop: Shop, lead: timedelta) -> None:
    """The change happens after our reading, and is dated before it: by the CRM's clock."""
    shop.crm.lead = lead
    shop.ring("101", ago=lead)
    shop.run()
    shop.now += 1 * SECOND
    shop.ring("101", ago=lead)
    assert (shop.run().stale, shop.crm.fetched) == (0, ["101", "101"])
    shop.ring("101", ago=lead + 9 * SECOND)
    assert shop.run().stale == 1


def test_a_clock_that_is_behind_the_crms_costs_readings_and_loses_no_change(shop: Shop) -> None:
    shop.crm.lead = -40 * SECOND
    shop.ring("101", ago=-40 * SECOND)
    shop.run()
    shop.now += 1 * SECOND
    shop.ring("101", ago=-40 * SECOND)
    shop.ring("101", ago=-38 * SECOND)
    assert (shop.run().stale, shop.crm.fetched) == (0, ["101", "101"])


def test_a_change_while_a_reading_is_under_way_is_not_lost(shop: Shop) -> None:
    """Readings count from when they began: what changed before they ended may be missing in them."""
    original = shop.crm.fetch

    def slow(refs, *, now, needs_history=None) -> Fetched:  # type: ignore[no-untyped-def]
        found = original(refs, now=now, needs_history=needs_history)
        shop.now += 60 * SECOND
        return found

    shop.crm.fetch = slow  # type: ignore[method-assign]
    shop.ring("103")
    shop.run()
    shop.ring("103", ago=30 * SECOND)
    assert shop.run().stale == 0


def test_a_failed_reading_makes_nothing_stale(shop: Shop) -> None:
    shop.crm.broken.add("101")
    shop.ring("101")
    assert [delay for _, delay in shop.run().later] == [5.0]
    shop.crm.broken.clear()
    shop.now += 6 * SECOND
    assert (shop.run().written, shop.queue.status().depth) == (1, 0)


def test_our_own_writes_and_other_accounts_end_at_the_door(shop: Shop) -> None:
    shop.ring("101", ours=True)
    shop.ring("101", account="7")
    shop.ring("5000000001", object_type="company")
    assert (shop.run().taken, shop.crm.fetched, shop.queue.status().depth) == (3, [], 0)


def test_an_engagement_rings_for_its_people(shop: Shop) -> None:
    shop.crm.engagements[("call", "71")] = ["101", "102"]
    for _ in range(2):
        shop.ring("71", "engagement", object_type="call", engagement=("call", "71"))
    shop.ring("79", "engagement", object_type="call", engagement=("call", "79"))
    report = shop.run()
    assert (sorted(shop.crm.fetched), report.people, shop.queue.status().depth) == (["101", "102"], 2, 0)


def test_engagements_that_cannot_be_read_wait_and_the_others_do_not(shop: Shop) -> None:
    shop.crm.engagement_errors.append(UnavailableError("502", retry_after=40))
    shop.ring("71", "engagement", object_type="call", engagement=("call", "71"))
    shop.ring("101")
    report = shop.run()
    assert (report.written, [delay for _, delay in report.later]) == (1, [40])


def test_a_doorbell_about_two_people_waits_for_both(shop: Shop) -> None:
    shop.crm.engagements[("call", "71")] = ["101", "102"]
    shop.crm.rejects.add("101")
    shop.crm.broken.add("102")
    shop.ring("71", "engagement", object_type="call", engagement=("call", "71"))
    report = shop.run()
    assert (len(report.later), report.parked) == (1, [])


def test_what_the_crm_will_never_accept_is_parked_with_its_reason(shop: Shop) -> None:
    shop.crm.rejects.add("101")
    shop.ring("101")
    shop.ring("102")
    assert shop.run().written == 1
    assert shop.reasons() == ["puente_stage: the portal's rule 'X' refused it"]
    shop.crm.rejects.clear()
    assert shop.queue.redrive() == 1
    assert shop.run().written == 1


def test_patience_is_bounded(shop: Shop) -> None:
    shop.crm.broken.add("101")
    shop.ring("101")
    for _ in range(20):
        shop.run()
        shop.now += 1000 * SECOND
    (reason,) = shop.reasons()
    assert "the timeline could not be read" in reason
    assert "10 attempts" in reason


def test_when_the_days_calls_are_used_up_everybody_waits_and_nobody_is_parked(shop: Shop) -> None:
    shop.ring("101")
    for _ in range(15):
        shop.crm.failures = [RateLimitedError("daily", scope="daily", retry_after=3600)]
        assert [delay for _, delay in shop.run().later] == [3600]
        shop.now += 3601 * SECOND
    shop.crm.failures = []
    assert (shop.run().written, shop.reasons()) == (1, [])


def test_an_error_of_our_own_about_one_person_spoils_nobody_elses_work(shop: Shop) -> None:
    shop.crm.people["102"].timeline = None  # type: ignore[assignment]
    for id_ in ("101", "102", "103"):
        shop.ring(id_)
    report = shop.run()
    assert (len(report.done), len(report.later)) == (2, 1)
    assert report.later[0][0].doorbell.object_id == "102"


def test_two_workers_never_hold_one_person(shop: Shop) -> None:
    """The rival holds the person while we come by; its work done, nothing is left to do."""
    shop.ledger.leases.acquire([ref("101")], "rival", shop.now, 300)
    shop.ring("101")
    assert [delay for _, delay in shop.run().later] == [3.0]
    assert shop.crm.fetched == []
    shop.ledger.leases.release([ref("101")], "rival")
    shop.now += 4 * SECOND
    assert shop.run().written == 1


def test_a_killed_worker_holds_people_up_no_longer_than_its_lease(shop: Shop) -> None:
    shop.ring("101")
    shop.crm.dies_after = "person"
    with pytest.raises(KeyboardInterrupt):
        shop.run()
    shop.crm.dies_after = None
    shop.now += 301 * SECOND
    report = shop.run()
    assert (report.taken, len(report.done)) == (1, 1)
    assert len(shop.crm.tasks) == 1


def test_who_waits_for_a_killed_workers_lease_is_never_parked_for_it(shop: Shop) -> None:
    shop.ledger.leases.acquire([ref("101")], "killed", shop.now, shop.policy.lease_seconds)
    shop.ring("101")
    reports = []
    while shop.queue.status().depth:
        reports.append(shop.run())
        shop.now += SECOND
    assert reports[-1].written == 1
    assert sum(report.taken for report in reports) < shop.policy.most_attempts
    assert shop.reasons() == []


def test_leases_are_given_back(shop: Shop) -> None:
    shop.ring("101")
    shop.run()
    assert shop.ledger.leases.acquire([ref("101")], "next", shop.now, 1) == {ref("101")}


def test_a_record_that_is_fought_over_is_parked(shop: Shop) -> None:
    shop.policy = WorkPolicy(breaker_writes=3, breaker_minutes=10)
    for _ in range(5):
        shop.ring("101")
        shop.run()
        shop.crm.people["101"].fields["puente_fit"] = 1.0
        shop.now += 10 * SECOND
    assert shop.crm.writes == 3
    assert all("3 writes within 10 minutes" in reason for reason in shop.reasons())
    shop.now += 600 * SECOND
    assert shop.queue.redrive() == 2
    assert shop.run().written == 1


def test_what_kills_every_worker_is_parked_unopened(shop: Shop) -> None:
    shop.policy = WorkPolicy(most_deliveries=3)
    shop.ring("101")
    for _ in range(3):
        shop.queue.take(10, 1)
        shop.now += 2 * SECOND
    shop.run()
    assert shop.crm.fetched == []
    assert "4 times" in shop.reasons()[0]


def test_deletions_leave_no_trace(shop: Shop) -> None:
    for id_ in ("101", "102"):
        shop.ring(id_)
    shop.run()
    del shop.crm.people["101"], shop.crm.people["102"]
    shop.ring("101", "deleted")
    shop.ring("102", "privacy_deleted", ago=3600 * SECOND)
    shop.run()
    assert shop.ledger.recall([ref("101"), ref("102")]) == {}
    assert shop.ledger.handoffs.watched() == []
    assert shop.queue.status().depth == 0


def test_a_privacy_deletion_erases_though_the_crm_does_not_answer(shop: Shop) -> None:
    shop.ring("101")
    shop.run()
    shop.crm.failures = [UnavailableError("502")]
    shop.ring("101", "privacy_deleted")
    shop.ring("101", "deleted")
    shop.run()
    assert (shop.ledger.recall([ref("101")]), shop.queue.status().depth) == ({}, 0)


def test_what_was_known_of_a_merged_person_goes_to_the_survivor(shop: Shop) -> None:
    """Also when the survivor was read after the merge already, and when the CRM does not tell who survived."""
    for id_ in ("101", "103"):
        shop.ring(id_)
    shop.run()
    del shop.crm.people["101"]
    rang_at = shop.now
    shop.now += 60 * SECOND
    shop.ring("103")
    shop.run()
    for _ in range(3):
        shop.ring("101", "merged", survivor="103", rang_at=rang_at)
    shop.run()
    known = shop.ledger.recall([ref("101"), ref("103")])
    assert set(known) == {ref("103")}
    assert known[ref("103")].memory.episodes == {"sql": 1}
    assert shop.queue.status().depth == 0


def test_doorbells_of_a_merged_away_person_follow_the_survivor(shop: Shop) -> None:
    shop.crm.merged["99"] = "101"
    shop.ring("99")
    report = shop.run()
    assert (report.written, shop.queue.status().depth, len(shop.crm.tasks)) == (1, 0, 1)


def test_a_survivor_that_cannot_be_read_is_not_forgotten(shop: Shop) -> None:
    shop.crm.merged["99"] = "101"
    shop.crm.broken.add("101")
    shop.ring("99")
    assert len(shop.run().later) == 1


def test_a_gap_without_names_has_everybody_read_who_changed(shop: Shop) -> None:
    shop.ring("", "gap_overflow", object_type="")
    shop.run()
    assert set(shop.crm.people) == {one.object_id for one in shop.ledger.recall([ref(i) for i in shop.crm.people])}


def test_a_gap_that_no_worker_lives_to_read_is_parked_with_the_command_that_does(shop: Shop) -> None:
    shop.ring("", "gap_overflow", object_type="")
    for _ in range(shop.policy.most_reconciliations):
        assert len(shop.queue.take(10, 1)) == 1
        shop.now += 2 * SECOND
    shop.run()
    (reason,) = shop.reasons()
    assert "puente qualify --changed-since 20" in reason


def test_an_idle_worker_has_nothing_to_report(shop: Shop) -> None:
    assert shop.run() == WorkReport()


def test_every_doorbell_is_accounted_for_once(shop: Shop) -> None:
    shop.crm.broken.add("102")
    shop.crm.rejects.add("101")
    for id_ in ("101", "101", "102", "103", "404"):
        shop.ring(id_)
    tickets = shop.queue.take(100, 300)
    report = shop.worker().work(tickets)
    settled = [*report.done, *(t for t, _ in report.later), *(t for t, _ in report.parked)]
    assert sorted(one.receipt for one in settled) == sorted(one.receipt for one in tickets)
    assert (len(report.done), len(report.later), len(report.parked)) == (2, 1, 2)


def test_an_outage_is_one_line_of_the_log_however_many_people_rang(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    for object_id in ("101", "102", "103", "101"):
        shop.ring(object_id)
    shop.crm.failures = [UnavailableError("no answer", status=503)]
    report = shop.run()
    assert report.unanswered == {"UnavailableError": 4}
    assert [record.getMessage() for record in caplog.records] == ["not answered doorbells=4 error=UnavailableError"]
