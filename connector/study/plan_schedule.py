"""Lay tasks out over working days and reps, as a run with so many tasks a day would make them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Final
from zoneinfo import ZoneInfo

from connector.domain.model import Calendar, Routing
from connector.study.plan import PlannedTask

_MOST_DAYS: Final = 4_000


@dataclass(slots=True)
class Schedule:
    """Give each task its working day and, where reps take turns, the rep whose turn it would be.

    `per_rep_per_day` None makes all of them on the first day. Tasks for nobody in particular count as one rep's.
    """

    calendar: Calendar
    routing: Routing
    now: datetime
    per_rep_per_day: int | None = None
    _load: Counter[tuple[str | None, str]] = field(default_factory=Counter)
    _days: list[str] = field(default_factory=list)

    def place(self, task: PlannedTask) -> PlannedTask:
        """Return the task with its day and owner."""
        days = (self._day(number) for number in count())
        day = next(day for day in days if self._has_room(task, day))
        owner = self._whose_turn(task.pool, day) if task.pool else task.owner
        self._load[owner, day] += 1
        return replace(task, owner=owner, day=day)

    def _has_room(self, task: PlannedTask, day: str) -> bool:
        if self.per_rep_per_day is None or day == self._days[-1]:
            return True
        return any(self._load[rep, day] < self.per_rep_per_day for rep in task.reps)

    def _whose_turn(self, pool: Sequence[str], day: str) -> str | None:
        """Return the least loaded of a pool, nobody when all have what they can take in a day."""
        capacity = self.routing.capacity_per_day
        free = [rep for rep in pool if capacity is None or self._load[rep, day] < capacity]
        return min(free, key=lambda rep: (self._load[rep, day], pool.index(rep)), default=None)

    def _day(self, number: int) -> str:
        """Return a working day by its number; whatever lies beyond the last one is left to it."""
        if not self._days:
            self._days = [day.isoformat() for day in working_days(self.calendar, self.now)]
        return self._days[min(number, len(self._days) - 1)]


def working_days(calendar: Calendar, start: datetime) -> Iterator[date]:
    """Yield the days on which there is work, from the day of `start` on, for some years."""
    today = start.astimezone(ZoneInfo(calendar.timezone)).date()
    days = (today + timedelta(days=offset) for offset in range(_MOST_DAYS))
    yield from (day for day in days if day.weekday() in calendar.days and day not in calendar.holidays)
