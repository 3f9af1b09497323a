"""Tasks are laid out over working days as a run would make them."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

from connector.domain.model import Calendar, Routing
from connector.study.plan import PlannedTask
from connector.study.plan_schedule import Schedule

FRIDAY = datetime(2026, 3, 6, 12, tzinfo=UTC)
CALENDAR = Calendar(holidays=frozenset({date(2026, 3, 9)}))


def lay_out(tasks: int, *, owner: str | None = None, pool: tuple[str, ...] = (), per_day: int | None = None,
            capacity: int | None = None) -> Counter[tuple[str | None, str]]:  # fmt: skip
    schedule = Schedule(CALENDAR, Routing(round_robin=pool, capacity_per_day=capacity), FRIDAY, per_day)
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
