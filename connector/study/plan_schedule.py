"""Lay tasks out over working days and reps, as a run with so many tasks a day would make them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from connector.domain.model import Calendar, Routing
from connector.study.plan import PlannedTask

Rep: TypeAlias = str | None
_MOST_DAYS: Final = 4_000


@dataclass(slots=True)
class Schedule:
    """Give each task its working day and, where reps take turns, the rep whose turn it would be.

    `given` are the tasks that reps have got today by turns, before any of the plan. `per_rep_per_day` None makes all of
    them on the first day. Tasks for nobody in particular count as one rep's.
    """

    calendar: Calendar
    routing: Routing
    now: datetime
    per_rep_per_day: int | None = None
    given: Mapping[str, int] = field(default_factory=dict)
    _load: Counter[tuple[Rep, str]] = field(default_factory=Counter)
    _turns: Counter[tuple[Rep, str]] = field(default_factory=Counter)
    _days: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        today = day_of(self.calendar, self.now).isoformat()
        self._turns.update({(rep, today): number for rep, number in self.given.items()})

    def place(self, task: PlannedTask) -> PlannedTask:
        """Return the task with its day and owner."""
        day, free = self._find_day(task)
        owner = task.owner
        if task.pool:
            owner = min(free, key=lambda rep: (self._turns[rep, day], task.pool.index(rep)), default=None)
            self._turns[owner, day] += 1
        self._load[owner, day] += 1
        return replace(task, owner=owner, day=day)

    def _find_day(self, task: PlannedTask) -> tuple[str, Sequence[Rep]]:
        """Return the day of a task and who can take it then: nobody, when all of them are made on the first day."""
        for number in count():
            day = self._day(number)
            free = [rep for rep in task.reps if self._can_take(rep, day, by_turn=bool(task.pool))]
            if free or self.per_rep_per_day is None or day == self._days[-1]:
                return day, free
        raise AssertionError  # the days have a last one

    def _can_take(self, rep: Rep, day: str, *, by_turn: bool) -> bool:
        """Tell whether a rep has room on a day. What somebody owns anyway is no turn, as when it is made."""
        capacity, most = self.routing.capacity_per_day, self.per_rep_per_day
        if most is not None and self._load[rep, day] >= most:
            return False
        return not by_turn or capacity is None or self._turns[rep, day] < capacity

    def _day(self, number: int) -> str:
        """Return a working day by its number; whatever lies beyond the last one is left to it."""
        if not self._days:
            self._days = [day.isoformat() for day in working_days(self.calendar, self.now)]
        return self._days[min(number, len(self._days) - 1)]


def day_of(calendar: Calendar, instant: datetime) -> date:
    """Return the day it is where the reps work."""
    return instant.astimezone(ZoneInfo(calendar.timezone)).date()


def working_days(calendar: Calendar, start: datetime) -> Iterator[date]:
    """Yield the days on which there is work, from the day of `start` on, for some years."""
    today = day_of(calendar, start)
    days = (today + timedelta(days=offset) for offset in range(_MOST_DAYS))
    yield from (day for day in days if day.weekday() in calendar.days and day not in calendar.holidays)
