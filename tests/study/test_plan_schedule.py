"""Tasks are laid out over working days as a run would make them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from types import MappingProxyType

from connector.domain.model import Calendar, Routing
from connector.live.planned import Prints
from connector.ports import PersonRef
from connector.study.apply import Stages
from connector.study.plan import Line, PlannedTask
from connector.study.plan_schedule import Schedule

PRINTS = Prints("", "", "", "")
FRIDAY = datetime(2026, 3, 6, 12, tzinfo=UTC)
CALENDAR = Calendar(holidays=frozenset({date(2026, 3, 9)}))


def lay_out(
    tasks: int, *, owner: str | None = None, pool: tuple[str, ...] = (), per_day: int | None = None,
    capacity: int | None = None, given: Mapping[str, int] = MappingProxyType({}),
) -> Counter[tuple[str | None, str]]:  # fmt: skip
    schedule = Schedule(CALENDAR, Routing(round_robin=pool, capacity_per_day=capacity), FRIDAY, per_day, given)
    task = PlannedTask("review", "round-robin" if pool else "keep-owner", owner, FRIDAY, pool)
    placed = [schedule.place(task) for _ in range(tasks)]
    return Counter((one.owner, one.day) for one in placed)


def test_without_a_limit_all_are_made_on_the_first_day() -> None:
    assert lay_out(9, owner="7") == {("7", "2026-03-06"): 9}


def test_so_many_a_day_skip_weekends_and_holidays() -> None:
    assert lay_out(5, owner="7", per_day=2) == {("7", "2026-03-06"): 2, ("7", "2026-03-10"): 2, ("7", "2026-03-11"): 1}


def test_a_pool_takes_turns() -> None:
    assert lay_out(5, pool=("7", "8"), per_day=2) == {
        ("7", "2026-03-06"): 2,
        ("8", "2026-03-06"): 2,
        ("7", "2026-03-10"): 1,
    }


def test_what_a_pool_cannot_take_in_a_day_is_nobodys() -> None:
    assert lay_out(5, pool=("7", "8"), capacity=2) == {
        ("7", "2026-03-06"): 2,
        ("8", "2026-03-06"): 2,
        (None, "2026-03-06"): 1,
    }


def test_what_reps_got_today_counts_before_the_plans_first_turn() -> None:
    assert lay_out(4, pool=("7", "8"), capacity=3, given={"7": 2}) == {
        ("8", "2026-03-06"): 3,
        ("7", "2026-03-06"): 1,
    }
    assert lay_out(2, pool=("7", "8"), capacity=3, given={"7": 3, "8": 3}) == {(None, "2026-03-06"): 2}
    assert lay_out(3, pool=("7",), per_day=2, capacity=2, given={"7": 1}) == {
        ("7", "2026-03-06"): 1,
        ("7", "2026-03-10"): 2,
    }


def test_what_a_rep_owns_anyway_is_no_turn() -> None:
    schedule = Schedule(CALENDAR, Routing(round_robin=("7", "8"), capacity_per_day=1), FRIDAY)
    own = PlannedTask("review", "keep-owner", "7", FRIDAY)
    turn = PlannedTask("review", "round-robin", None, FRIDAY, ("7", "8"))
    assert [schedule.place(task).owner for task in (own, own, turn, turn, turn)] == ["7", "7", "7", "8", None]


def test_a_run_of_a_day_counts_what_reps_own_with_what_they_get_by_turns() -> None:
    stages = Stages(per_rep_per_day=2)
    own = Line(PersonRef("contact", "1"), "lead", "mql", PRINTS, task=PlannedTask("review", "keep-owner", "7", FRIDAY))
    turn = replace(own, task=PlannedTask("review", "round-robin", "8", FRIDAY, ("7", "8")))
    assert [stages.admit(line) for line in (own, own, own, turn, turn, turn)] == [True, True, False, True, True, False]
