"""Find the exact first second at which a decision would differ with no new event."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from connector.domain.conditions import Condition, turning_points
from connector.domain.curve import Curve, Term
from connector.domain.engagement import count_track
from connector.domain.model import Model
from connector.domain.person import Memory, Person, Stage
from connector.domain.stages import Levels, end_of
from connector.domain.timeline import DAY_US, Match, Matched, from_us, to_us
from connector.domain.topics import TopicRace
from connector.domain.view import Profile, Scene, View, build_scene, profile_at

HORIZON_DAYS: Final = 1_000
SECOND_US: Final = 1_000_000
_COMBINATIONS: Final = (
    Levels(False, False, False),
    Levels(True, False, False),
    Levels(True, True, False),
    Levels(True, True, True),
)


def next_review_at(
    model: Model, person: Person, matched: Matched, memory: Memory, view: View, now: datetime
) -> datetime | None:
    """Return the first whole second after `now` whose view differs from `view`; None within 1,000 days.

    `memory` is the one the decision leaves. Events dated later count when their time comes.
    """
    return _Watch(model, person, matched, memory, now).first_change(view)


@dataclass(slots=True)
class _Segment:
    """Hold the score and the topics of a span of seconds in which the same events count."""

    scene: Scene
    curve: Curve
    race: TopicRace | None
    relevant: tuple[bool, bool, bool]

    def signature(self, second: int) -> tuple[Levels | None, str | None]:
        levels = self.curve.levels_at(second) if any(self.relevant) else None
        return levels, self.race.leader_at(second) if self.race else None

    def view(self, signature: tuple[Levels | None, str | None]) -> View:
        return self.scene.view(signature[0] or _COMBINATIONS[0], signature[1])

    def is_still(self, first: int, last: int) -> bool:
        return (not any(self.relevant) or self.curve.is_flat(first, last, self.relevant)) and (
            self.race is None or self.race.is_decided(first, last)
        )

    def first_shift(self, first: int, last: int, before: tuple[Levels | None, str | None]) -> int | None:
        """Return the first second after `first`, up to `last`, whose signature is not `before`."""
        if last <= first:
            return None
        ends_alike = self.signature(last) == before
        if ends_alike and ((self.curve.is_monotone and self.race is None) or self.is_still(first, last)):
            return None
        if last - first == 1:
            return None if ends_alike else last
        middle = (first + last) // 2
        shift = self.first_shift(first, middle, before)
        return shift if shift is not None else self.first_shift(middle, last, before)


class _Watch:
    """Walk from turning point to turning point; between them, search the curves."""

    def __init__(self, model: Model, person: Person, matched: Matched, memory: Memory, now: datetime) -> None:
        self._model = model
        self._person = person
        self._matched = matched
        self._memory = memory
        self._first = to_us(now) // SECOND_US + 1
        self._last = (to_us(now) + HORIZON_DAYS * DAY_US) // SECOND_US
        self._profile_is_timed = any(condition.is_timed for condition in _profile_conditions(model))
        self._profile: Profile | None = None
        self._terms: dict[str, Term] = {}

    def first_change(self, view: View) -> datetime | None:
        turns = self._turns()
        starts = sorted({self._first, *turns})
        for position, start in enumerate(starts):
            end = starts[position + 1] - 1 if position + 1 < len(starts) else self._last
            segment = self._segment(start, turns.get(start, frozenset()) if position else None)
            found = self._search(segment, start, end, view)
            if found is not None:
                return from_us(found * SECOND_US)
        return None

    def _search(self, segment: _Segment, start: int, end: int, view: View) -> int | None:
        signature = segment.signature(start)
        if segment.view(signature) != view:
            return start
        shift = segment.first_shift(start, end, signature)
        while shift is not None:
            signature = segment.signature(shift)
            if segment.view(signature) != view:
                return shift
            shift = segment.first_shift(shift, end, signature)
        return None

    def _segment(self, start: int, changed: frozenset[str] | None) -> _Segment:
        """Build the segment from `start`; only the `changed` signals are counted anew (None: all)."""
        for track in self._matched.signals:
            if changed is None or track.signal.id in changed:
                hits = tuple(count_track(track, start * SECOND_US))
                self._terms[track.signal.id] = Term(track.signal, math.fsum(hit.points for hit in hits), start, hits)
        now = from_us(start * SECOND_US)
        if self._profile is None or self._profile_is_timed:
            self._profile = profile_at(self._model, self._person, now)
        live = [term for term in self._terms.values() if term.hits]
        signals = [term.signal for term in live]
        scene = build_scene(self._model, self._memory, now, self._profile, self._matched.hand_raises, signals)
        policy = self._model.stages
        curve = Curve(self._model.engagement, live, (policy.mql_exit, policy.mql_enter, policy.sql_enter), start)
        stages = [scene.choose(levels).stage for levels in _COMBINATIONS]
        relevant = stages[0] != stages[1], stages[1] != stages[2], stages[2] != stages[3]
        race = TopicRace(live, start) if self._topics_matter(scene, stages) else None
        return _Segment(scene, curve, race, relevant)

    def _topics_matter(self, scene: Scene, stages: Sequence[Stage]) -> bool:
        """Tell whether the main topic can decide a nurture row here, whatever thresholds are reached."""
        step = scene.journeys[self._model.journey].step
        return any(
            row.topic is not None and row.stage in (None, *stages) and row.journey in (None, step)
            for row in self._model.nurture
        )

    def _turns(self) -> dict[int, frozenset[str]]:
        """Map every second at which something can change to the signals it concerns."""
        turns: dict[int, set[str]] = {}
        for track in self._matched.signals:
            for match in track.matches:
                window, when = track.signal.window_days, track.signal.when
                for second in self._match_turns(match, window, when if match.truth is None else None):
                    turns.setdefault(second, set()).add(track.signal.id)
        for raise_track in self._matched.hand_raises:
            for match in raise_track.matches:
                when = raise_track.rule.when if match.truth is None else None
                for second in self._match_turns(match, raise_track.rule.valid_days, when):
                    turns.setdefault(second, set())
        for second in self._ahead(self._general_turns()):
            turns.setdefault(second, set())
        return {second: frozenset(signals) for second, signals in turns.items()}

    def _match_turns(self, match: Match, window_days: float | None, timed: Condition | None) -> Iterator[int]:
        instants = [match.at_us]
        if match.dropped_us is not None:
            instants.append(match.dropped_us)
        if window_days is not None:
            instants.append(match.at_us + round(window_days * DAY_US))
        instants.extend(to_us(instant) for instant in turning_points(timed, self._person, match.event))
        return self._ahead(instants)

    def _general_turns(self) -> Iterator[int]:
        memory, policy = self._memory, self._model.stages
        ends = [end_of(memory.set_at, policy.override_days), end_of(memory.set_at, policy.dwell_days)]
        if memory.sales:
            ends.append(end_of(memory.sales.at, policy.cool_off_days))
        yield from (to_us(end) for end in ends if end)
        for condition in _profile_conditions(self._model):
            yield from (to_us(instant) for instant in turning_points(condition, self._person, None))

    def _ahead(self, instants: Iterable[int]) -> Iterator[int]:
        """Yield the seconds on either side of each instant: spans may end at it or just after it."""
        for instant in instants:
            for second in {(instant - 1) // SECOND_US + 1, (instant + 1) // SECOND_US + 1}:
                if self._first < second <= self._last:
                    yield second


def _profile_conditions(model: Model) -> Iterator[Condition]:
    fit = model.fit
    yield from (rule.when for rules in (fit.criteria, fit.exclusions, fit.personas) for rule in rules)
