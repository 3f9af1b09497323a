"""Say what every form of the ledger promises. A test class inherits this and offers an empty `ledger`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from connector.domain.person import Memory, SalesVerdict
from connector.live.errands import Errand, Parked
from connector.live.handoffs import OpenHandoff
from connector.live.ledger import Ledger
from connector.live.recall import Remembered
from connector.ports import PersonRef, TaskDraft
from tests.contract.shadows_contract import ShadowsContract

NOW = datetime(2026, 11, 21, 10, 0, 0, 250_000, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ANA, BEN, EVA = (PersonRef("contact", id_) for id_ in ("1001", "1002", "1003"))
DRAFT = TaskDraft("k1", "contact", "SQL: Ana — Ñandú", "Pidió una demo", NOW + 60 * MINUTE, "high", "301", "900")


def known(stage: str = "mql", *, review: datetime | None = None, decided: datetime = NOW) -> Remembered:
    memory = Memory(stage, "puente", NOW, SalesVerdict("rejected", NOW, "timing"), {"mql": 2})  # type: ignore[arg-type]
    return Remembered(memory, decided_at=decided, fetched_at=decided, next_review_at=review)


def opening(ref: PersonRef = ANA, key: str = "k1") -> Errand:
    return Errand(ref, key, "open", "sql", DRAFT)


class LedgerContract(ShadowsContract):
    """Test one form of the ledger."""

    def test_what_is_remembered_is_recalled_whole(self, ledger: Ledger) -> None:
        full = Remembered(
            known().memory, NOW, NOW - MINUTE, NOW + MINUTE, "salesqualifiedlead", Memory("sql"), is_joined=True
        )
        ledger.remember({ANA: full, BEN: Remembered()})
        assert ledger.recall([ANA, BEN, EVA]) == {ANA: full, BEN: Remembered()}

    def test_everybody_remembered_is_listed_until_forgotten(self, ledger: Ledger) -> None:
        assert list(ledger.known()) == []
        ledger.remember({BEN: known("lead"), ANA: known("sql")})
        ledger.park([Parked(EVA, "rejected", NOW)])
        assert set(ledger.known()) == {ANA, BEN}
        ledger.forget([ANA])
        assert list(ledger.known()) == [BEN]

    def test_the_past_is_recalled_as_of_an_instant(self, ledger: Ledger) -> None:
        for number, stage in enumerate(("lead", "mql", "sql")):
            ledger.remember({ANA: known(stage, decided=NOW + number * MINUTE)})
        assert ledger.recall_at(ANA, NOW - MINUTE) is None
        found = ledger.recall_at(ANA, NOW + 1.5 * MINUTE)
        assert found is not None
        assert found.memory.stage == "mql"

    def test_errands_last_until_they_are_finished(self, ledger: Ledger) -> None:
        closing = Errand(ANA, "k0", "close", "mql", reason="ya no es MQL")
        ledger.begin([opening(), closing])
        ledger.begin([opening()])
        assert set(ledger.errands([ANA, BEN])[ANA]) == {opening(), closing}
        ledger.finish([closing])
        assert ledger.errands([ANA]) == {ANA: [opening()]}
        ledger.finish([opening()])
        assert ledger.errands([ANA]) == {}

    def test_owners_take_turns_up_to_their_capacity(self, ledger: Ledger) -> None:
        chosen = [ledger.assign(("a", "b"), "2026-11-21", 2) for _ in range(5)]
        assert chosen == ["a", "b", "a", "b", None]
        assert ledger.assign(("a", "b"), "2026-11-22", 2) == "a"
        assert ledger.assigned("2026-11-21") == {"a": 2, "b": 2}
        assert ledger.assigned("2026-11-23") == {}
        assert ledger.assign(("a", "b"), "2026-11-21", None) in ("a", "b")

    def test_parked_people_are_listed_until_they_are_cleared(self, ledger: Ledger) -> None:
        ledger.park([Parked(ANA, "rejected", NOW), Parked(BEN, "refused", NOW + MINUTE)])
        assert ledger.parked() == [Parked(ANA, "rejected", NOW), Parked(BEN, "refused", NOW + MINUTE)]
        ledger.unpark([ANA, EVA])
        assert [one.ref for one in ledger.parked()] == [BEN]

    def test_what_was_known_of_a_merged_person_goes_to_the_survivor(self, ledger: Ledger) -> None:
        ledger.remember({ANA: known("sql")})
        ledger.begin([opening()])
        ledger.finish([opening(key="k2")])
        ledger.rekey(ANA, BEN, known("sql"))
        assert ledger.recall([ANA, BEN]) == {BEN: known("sql")}
        assert [one.key for one in ledger.errands([BEN])[BEN]] == ["k1"]
        assert [(one.ref, one.key) for one in ledger.handoffs.watched()] == [(BEN, "k2")]

    def test_forgetting_leaves_no_trace(self, ledger: Ledger) -> None:
        ledger.remember({ANA: known(review=NOW), BEN: known()})
        ledger.begin([opening(key="k2")])
        ledger.finish([opening()])
        ledger.park([Parked(ANA, "rejected", NOW)])
        ledger.count_writes([ANA], NOW)
        ledger.forget([ANA])
        assert ledger.recall([ANA, BEN]) == {BEN: known()}
        assert ledger.recall_at(ANA, NOW + MINUTE) is None
        assert (ledger.errands([ANA]), list(ledger.parked()), list(ledger.due(NOW, 10))) == ({}, [], [])
        assert (list(ledger.handoffs.watched()), ledger.writes_since([ANA], NOW - MINUTE)) == ([], {})

    def test_exactly_those_whose_time_has_come_are_due(self, ledger: Ledger) -> None:
        ledger.remember({ANA: known(review=NOW + MINUTE), BEN: known(review=NOW), EVA: known(review=None)})
        assert list(ledger.due(NOW - MINUTE, 10)) == []
        assert list(ledger.due(NOW, 10)) == [BEN]
        assert list(ledger.due(NOW + MINUTE, 10)) == [BEN, ANA]
        assert list(ledger.due(NOW + MINUTE, 1)) == [BEN]

    def test_the_postponed_are_due_again_later_or_when_decided_anew(self, ledger: Ledger) -> None:
        ledger.remember({ANA: known(review=NOW), BEN: known(review=NOW)})
        ledger.postpone([ANA, BEN], NOW + 15 * MINUTE)
        assert list(ledger.due(NOW, 10)) == []
        ledger.remember({BEN: known(review=NOW + MINUTE)})
        assert list(ledger.due(NOW + MINUTE, 10)) == [BEN]
        assert set(ledger.due(NOW + 15 * MINUTE, 10)) == {ANA, BEN}

    def test_writes_are_counted_per_person_and_span(self, ledger: Ledger) -> None:
        for minutes in (0, 5, 9):
            ledger.count_writes([ANA], NOW + minutes * MINUTE)
        ledger.count_writes([BEN], NOW)
        assert ledger.writes_since([ANA, BEN, EVA], NOW) == {ANA: 3, BEN: 1}
        assert ledger.writes_since([ANA, BEN], NOW + 4 * MINUTE) == {ANA: 2}

    def test_secrets_are_kept_by_name(self, ledger: Ledger) -> None:
        assert ledger.get_secret("token") is None
        ledger.put_secret("token", "one")
        ledger.put_secret("token", "two")
        assert ledger.get_secret("token") == "two"

    def test_a_lease_keeps_everybody_else_away(self, ledger: Ledger) -> None:
        assert ledger.leases.acquire([ANA, BEN], "w1", NOW, 60) == {ANA, BEN}
        assert ledger.leases.acquire([BEN, EVA], "w2", NOW, 60) == {EVA}
        assert ledger.leases.acquire([ANA], "w1", NOW, 60) == {ANA}
        ledger.leases.release([ANA, BEN, EVA], "w1")
        assert ledger.leases.acquire([ANA, BEN, EVA], "w3", NOW, 60) == {ANA, BEN}

    def test_a_lease_ends_by_itself(self, ledger: Ledger) -> None:
        ledger.leases.acquire([ANA], "killed", NOW, 60)
        assert ledger.leases.acquire([ANA], "w2", NOW + 0.5 * MINUTE, 60) == frozenset()
        assert ledger.leases.acquire([ANA], "w2", NOW + MINUTE, 60) == {ANA}
        ledger.leases.release([ANA], "killed")
        assert ledger.leases.acquire([ANA], "w3", NOW + MINUTE, 60) == frozenset()

    def test_a_task_that_was_opened_is_watched_until_it_is_closed(self, ledger: Ledger) -> None:
        ledger.begin([opening()])
        assert list(ledger.handoffs.watched()) == []
        ledger.finish([opening()])
        ledger.finish([opening()])
        assert list(ledger.handoffs.watched()) == [OpenHandoff(ANA, "k1", "sql", DRAFT.due_at, "301")]
        ledger.finish([Errand(ANA, "k1", "close", "sql", reason="ya no")])
        assert list(ledger.handoffs.watched()) == []

    def test_late_tasks_are_escalated_once(self, ledger: Ledger) -> None:
        ledger.handoffs.open(
            [OpenHandoff(ANA, "k1", "sql", NOW), OpenHandoff(BEN, "k2", "mql", NOW + MINUTE, owner="301")]
        )
        assert list(ledger.handoffs.late(NOW - MINUTE, 10)) == []
        assert [one.key for one in ledger.handoffs.late(NOW + MINUTE, 10)] == ["k1", "k2"]
        assert [one.key for one in ledger.handoffs.late(NOW + MINUTE, 1)] == ["k1"]
        ledger.handoffs.escalate(["k1"])
        assert [one.key for one in ledger.handoffs.late(NOW + MINUTE, 10)] == ["k2"]
        assert [(one.key, one.escalated) for one in ledger.handoffs.watched()] == [("k1", True), ("k2", False)]
        ledger.handoffs.close(["k1", "k2"])
        assert list(ledger.handoffs.watched()) == []
