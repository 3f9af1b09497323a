"""List the seconds at which something about a person can turn by time alone, and what it concerns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Final

from connector.domain.conditions import Condition, turning_points
from connector.domain.model import Model
from connector.domain.person import Memory, Person
from connector.domain.stages import end_of
from connector.domain.timeline import DAY_US, Match, Matched, to_us

SECOND_US: Final = 1_000_000


def turning_seconds(
    model: Model, person: Person, matched: Matched, memory: Memory, first: int, last: int
) -> dict[int, set[str | None]]:
    """Map each second after `first`, up to `last`, to the signals it concerns; None stands for all the rest."""
    turns: dict[int, set[str | None]] = {}

    def note(seconds: Iterable[int], concerns: str | None) -> None:
        for second in seconds:
            if first < second <= last:
                turns.setdefault(second, set()).add(concerns)

    for track in matched.signals:
        for match in track.matches:
            timed = track.signal.when if match.truth is None else None
            note(_match_turns(match, track.signal.window_days, timed, person), track.signal.id)
    for raised in matched.hand_raises:
        for match in raised.matches:
            timed = raised.rule.when if match.truth is None else None
            note(_match_turns(match, raised.rule.valid_days, timed, person), None)
    note((at_or_after(end) for end in _memory_ends(model, memory)), None)
    for condition in _profile_conditions(model):
        note(_either_side(turning_points(condition, person, None)), None)
    return turns


def nothing_to_come(matched: Matched, now_us: int) -> bool:
    """Tell whether no event lies ahead and none changes its meaning by age: from now on points only fade."""
    return all(
        match.at_us <= now_us and match.truth is not None for track in matched.signals for match in track.matches
    )


@lru_cache(maxsize=32)
def profile_is_timed(model: Model) -> bool:
    """Tell whether time alone can change what the attributes say."""
    return any(condition.is_timed for condition in _profile_conditions(model))


def at_or_after(instant_us: int) -> int:
    """Return the first whole second that is not before an instant."""
    return -(-instant_us // SECOND_US)


def after(instant_us: int) -> int:
    """Return the first whole second after an instant: spans that include their end are over then."""
    return instant_us // SECOND_US + 1


def _match_turns(match: Match, window_days: float | None, timed: Condition | None, person: Person) -> Iterator[int]:
    yield at_or_after(match.at_us)
    if match.dropped_us is not None:
        yield at_or_after(match.dropped_us)
    if window_days is not None:
        span = window_days * DAY_US
        yield after(match.at_us + round(span))
        if span % SECOND_US:
            yield at_or_after(match.at_us + round(span))
    if timed is not None:
        yield from _either_side(turning_points(timed, person, match.event))


def _memory_ends(model: Model, memory: Memory) -> Iterator[int]:
    policy = model.stages
    ends: list[datetime | None] = [
        end_of(memory.set_at, policy.override_days),
        end_of(memory.set_at, policy.dwell_days),
    ]
    if memory.sales:
        ends.append(end_of(memory.sales.at, policy.cool_off_days))
    return (to_us(end) for end in ends if end)


def _either_side(instants: Iterable[datetime]) -> Iterator[int]:
    for instant in instants:
        yield at_or_after(to_us(instant))
        yield after(to_us(instant))


def _profile_conditions(model: Model) -> Iterator[Condition]:
    fit = model.fit
    yield from (rule.when for rules in (fit.criteria, fit.exclusions, fit.personas) for rule in rules)
