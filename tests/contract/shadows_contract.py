"""Say what every form of the ledger promises about a shadow's comparisons; `LedgerContract` inherits this."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from connector.domain.comparison import PointChange
from connector.domain.person import Memory, SalesVerdict
from connector.live.ledger import Ledger
from connector.live.recall import Remembered
from connector.live.shadowed import KEPT, Look, Shadowed, ShadowTask, StageSet
from connector.ports import PersonRef

SEEN = datetime(2026, 11, 21, 10, 0, 0, 250_000, tzinfo=UTC)
IDA, LEO, MAR = (PersonRef("contact", id_) for id_ in ("2001", "2002", "2003"))
TASK = ShadowTask("k1", "mql", SEEN, None, ("301", "302"))
SHADOWED = Shadowed(
    live_model="a" * 64,
    candidate_model="b" * 64,
    since=SEEN - timedelta(days=1),
    decided_at=SEEN,
    decisions=3,
    memory=Memory("mql", "puente", SEEN, SalesVerdict("rejected", SEEN, "timing"), {"mql": 1}),
    left=StageSet("lead", "puente", SEEN - timedelta(days=1)),
    live=Look("lead", "nurture", "B2", 42.5, 66.67),
    candidate=Look("mql", "mql_points", "B1", 52.5, None),
    causes=("points",),
    points=(PointChange("views", 10.0, 20.0),),
    candidate_tasks=(TASK,),
)


class ShadowsContract:
    """Test what one form of the ledger keeps of a shadow."""

    def test_a_comparison_is_recalled_whole_and_replaced_by_the_next(self, ledger: Ledger) -> None:
        unset = replace(SHADOWED, left=StageSet(None, "puente", None), live_tasks=(replace(TASK, owner="9", pool=()),))
        ledger.shadows.remember({IDA: SHADOWED, LEO: unset})
        assert ledger.shadows.recall([IDA, LEO, MAR]) == {IDA: SHADOWED, LEO: unset}
        ledger.shadows.remember({IDA: unset})
        assert ledger.shadows.recall([IDA]) == {IDA: unset}
        assert len(list(ledger.shadows.since(SEEN))) == 2

    def test_comparisons_are_listed_from_an_instant_on_the_oldest_first(self, ledger: Ledger) -> None:
        later = replace(SHADOWED, decided_at=SEEN + timedelta(hours=1))
        ledger.shadows.remember({IDA: later, LEO: SHADOWED})
        assert list(ledger.shadows.since(SEEN)) == [(LEO, SHADOWED), (IDA, later)]
        assert [ref for ref, _ in ledger.shadows.since(SEEN + timedelta(microseconds=1))] == [IDA]

    def test_a_comparison_whose_time_is_over_is_given_no_more(self, ledger: Ledger) -> None:
        ledger.shadows.remember({IDA: SHADOWED})
        ledger.shadows.remember({LEO: replace(SHADOWED, decided_at=SEEN + KEPT + timedelta(seconds=1))})
        assert [ref for ref, _ in ledger.shadows.since(SEEN + timedelta(seconds=1))] == [LEO]

    def test_a_shadow_makes_nobody_known_due_or_watched(self, ledger: Ledger) -> None:
        ledger.shadows.remember({IDA: SHADOWED})
        assert (list(ledger.known()), ledger.recall([IDA]), list(ledger.due(SEEN + KEPT, 9))) == ([], {}, [])
        assert (ledger.errands([IDA]), list(ledger.handoffs.watched()), list(ledger.parked())) == ({}, [], [])

    def test_forgetting_a_person_forgets_their_shadow(self, ledger: Ledger) -> None:
        ledger.shadows.remember({IDA: SHADOWED, LEO: SHADOWED})
        ledger.forget([IDA])
        assert [ref for ref, _ in ledger.shadows.since(SEEN)] == [LEO]

    def test_the_shadow_of_a_merged_person_goes_to_the_survivor(self, ledger: Ledger) -> None:
        other = replace(SHADOWED, memory=Memory("lead"), decisions=2, candidate_tasks=(replace(TASK, key="k2"),))
        ledger.shadows.remember({IDA: SHADOWED, LEO: other})
        ledger.rekey(IDA, LEO, Remembered())
        joined = ledger.shadows.recall([IDA, LEO])
        assert list(joined) == [LEO]
        assert (joined[LEO].decisions, joined[LEO].memory.stage) == (5, "mql")
        assert {task.key for task in joined[LEO].candidate_tasks} == {"k1", "k2"}
        ledger.rekey(LEO, MAR, Remembered())
        assert ledger.shadows.recall([LEO, MAR]) == {MAR: joined[LEO]}

    def test_a_shadow_can_be_dropped_and_leaves_everything_else(self, ledger: Ledger) -> None:
        ledger.remember({IDA: Remembered(Memory("mql"))})
        ledger.shadows.remember({IDA: SHADOWED, LEO: SHADOWED})
        assert ledger.shadows.purge() == 2
        assert list(ledger.shadows.since(SEEN)) == []
        assert list(ledger.known()) == [IDA]
        assert ledger.shadows.purge() == 0
