"""Find the first whole second at which a decision would differ.

Every instant at which a fact starts or ends is tried, with the second before and after it. Between two of them only
decayed sums move; intervals are halved until bounds prove that no comparison can turn, down to single seconds.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from . import defaults
from .bounds import Band, score_band, topic_bands
from .engagement import Counted, exact_term
from .nurture import main_topic, topic_sums
from .stages import LONG_AGO, Memory
from .values import DAY, MICROSECONDS, as_written, read_instant
from .view import Case, View, look

HORIZON_DAYS = 1000


def next_review(case: Case, memory: dict[str, Any], now: int) -> int | None:
    """Return the instant, or None when nothing changes within the horizon."""
    present = look(case, memory, now, exact_term).watched()
    first = now // MICROSECONDS + 1
    last = (now + HORIZON_DAYS * DAY) // MICROSECONDS
    search = Search(case, memory, present)
    marks = seconds_to_try(case, memory, first, last)
    for mark, following in zip(marks, [*marks[1:], last + 1], strict=True):
        second = search.within(mark, following - 1)
        if second is not None:
            return second * MICROSECONDS
    return None


def seconds_to_try(case: Case, memory: dict[str, Any], first: int, last: int) -> list[int]:
    """Return the second before or at each breakpoint and the one after, within the search."""
    marks = {first, last}
    for instant in breakpoints(case, memory):
        before = int(instant // MICROSECONDS)
        marks |= {before - 1, before, before + 1}
    return sorted(mark for mark in marks if first <= mark <= last)


def breakpoints(case: Case, memory: dict[str, Any]) -> Iterator[Fraction]:
    """Yield every instant at which a fact can start or end."""
    model = case.model
    spans = [Fraction(0)]
    spans += [as_written(s["window_days"]) for s in defaults.signals(model) if s.get("window_days") is not None]
    spans += [as_written(defaults.valid_days(rule)) for rule in defaults.hand_raises(model)]
    ages = [as_written(days) for days in set(age_limits(model))]
    for event in case.events:
        yield from (event.at + span * DAY for span in {*spans, *ages})
    for name, kind in case.types.items():
        value = read_instant(case.person.get(name)) if kind == "datetime" else None
        if value is not None:
            yield from (value + days * DAY for days in ages)
    yield from memory_ends(model, Memory.of(memory))


def memory_ends(model: dict[str, Any], memory: Memory) -> Iterator[Fraction]:
    if memory.set_at != LONG_AGO:
        yield memory.set_at + as_written(defaults.dwell_days(model)) * DAY
        yield memory.set_at + as_written(defaults.override_days(model)) * DAY
    if memory.verdict_at != LONG_AGO:
        yield memory.verdict_at + as_written(defaults.cool_off_days(model)) * DAY


def age_limits(part: Any) -> Iterator[Any]:
    """Yield the days of every age condition, wherever it stands in the model."""
    if isinstance(part, list):
        for item in part:
            yield from age_limits(item)
    if isinstance(part, dict):
        for key, value in part.items():
            if key in ("older_than_days", "newer_than_days"):
                yield value
            else:
                yield from age_limits(value)


class Search:
    """Look for the first second whose decision differs from the present one."""

    def __init__(self, case: Case, memory: dict[str, Any], present: tuple[Any, ...]) -> None:
        self.case, self.memory, self.present = case, memory, present
        by_topic = any("topic" in (row.get("when") or {}) for row in case.model.get("nurture") or [])
        self.watches_topic = by_topic

    def look(self, second: int) -> View:
        return look(self.case, self.memory, second * MICROSECONDS, exact_term)

    def within(self, first: int, last: int) -> int | None:
        """Search first…last, between which no fact starts or ends."""
        view = self.look(first)
        if view.watched() != self.present:
            return first
        return self._after(first, last, view.counted)

    def _after(self, same: int, last: int, counted: list[Counted]) -> int | None:
        """Search same+1…last, knowing that `same` does not differ."""
        if same >= last or self.is_settled(same, last, counted):
            return None
        if last - same == 1:
            return last if self.look(last).watched() != self.present else None
        middle = (same + last) // 2
        found = self._after(same, middle, counted)
        return found if found is not None else self._after(middle, last, counted)

    def is_settled(self, first: int, last: int, counted: list[Counted]) -> bool:
        """Tell whether no comparison of decayed sums can turn in first…last."""
        model, start, end = self.case.model, first * MICROSECONDS, last * MICROSECONDS
        bars = (defaults.mql_enter(model), defaults.mql_exit(model), defaults.sql_enter(model))
        low, high = score_band(model, counted, start, end).bounds()
        if not all(bar is None or low >= bar or high < bar for bar in bars):
            return False
        return not self.watches_topic or self._leads(start, end, counted)

    def _leads(self, start: int, end: int, counted: list[Counted]) -> bool:
        leader = main_topic(topic_sums(counted, start, exact_term))
        if leader is None:
            return True
        bands = topic_bands(counted, start, end)
        for topic, band in bands.items():
            margin: Band = bands[leader].minus(band)
            low = margin.bounds()[0]
            if topic != leader and not (low > 0 or (leader < topic and low >= 0)):
                return False
        return True
