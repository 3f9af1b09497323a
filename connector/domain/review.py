"""Find the exact first second at which a decision would differ with no new event."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from connector.domain.curve import Curve, Term
from connector.domain.engagement import count_track
from connector.domain.model import Model
from connector.domain.person import Memory, Person, Stage
from connector.domain.stages import Levels
from connector.domain.timeline import DAY_US, Matched, from_us, to_us
from connector.domain.topics import TopicRace
from connector.domain.turns import SECOND_US, nothing_to_come, profile_is_timed, turning_seconds
from connector.domain.view import Profile, Scene, View, build_scene, profile_at

HORIZON_DAYS: Final = 1_000
_COMBINATIONS: Final = (
    Levels(False, False, False),
    Levels(True, False, False),
    Levels(True, True, False),
    Levels(True, True, True),
)


Signature: TypeAlias = tuple[Levels | None, str | None]
"""What of the score can matter at a second: the thresholds reached (None: none matters) and the main topic."""


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
    curve: Curve | None
    race: TopicRace | None
    relevant: tuple[bool, ...]

    def signature(self, second: int) -> Signature:
        levels = self.curve.levels_at(second) if self.curve else None
        return levels, self.race.leader_at(second) if self.race else None

    def view(self, signature: Signature) -> View:
        return self.scene.view(signature[0] or _COMBINATIONS[0], signature[1])

    def is_still(self, first: int, last: int) -> bool:
        return (self.curve is None or self.curve.is_flat(first, last, self.relevant)) and (
            self.race is None or self.race.is_decided(first, last)
        )

    def first_shift(self, first: int, last: int, before: Signature) -> int | None:
        """Return the first second after `first`, up to `last`, whose signature is not `before`."""
        if last <= first:
            return None
        if self.race is None and (self.curve is None or self.curve.is_monotone):
            return self._first_of_monotone(first, last, before)
        ends_alike = self.signature(last) == before
        if ends_alike and self.is_still(first, last):
            return None
        if last - first == 1:
            return None if ends_alike else last
        middle = (first + last) // 2
        shift = self.first_shift(first, middle, before)
        return shift if shift is not None else self.first_shift(middle, last, before)

    def _first_of_monotone(self, first: int, last: int, before: Signature) -> int | None:
        """Close in on the one crossing of a monotone score: by guesses, and by halves where guesses do not help."""
        if self.curve is None or self.signature(last) == before:
            return None
        halve = False
        while last - first > 1:
            guess = (first + last) // 2 if halve else self.curve.guess_crossing(first, last, self.relevant)
            middle = min(max(guess, first + 1), last - 1)
            before_span = last - first
            if self.signature(middle) == before:
                first = middle
            else:
                last = middle
            halve = not halve and last - first > before_span // 2
        return last


class _Watch:
    """Walk from turning point to turning point; between them, search the curves."""

    def __init__(self, model: Model, person: Person, matched: Matched, memory: Memory, now: datetime) -> None:
        self._model = model
        self._person = person
        self._matched = matched
        self._memory = memory
        self._now_us = to_us(now)
        self._first = self._now_us // SECOND_US + 1
        self._last = (self._now_us + HORIZON_DAYS * DAY_US) // SECOND_US
        self._terms: dict[str, Term] = {}
        self._scene: Scene | None = None
        self._profile: Profile | None = None
        self._stages: tuple[Stage, ...] = ()
        self._topics_matter = False
        self._out_of_reach: tuple[bool, ...] | None = None

    def first_change(self, view: View) -> datetime | None:
        turns = turning_seconds(self._model, self._person, self._matched, self._memory, self._first, self._last)
        starts = [self._first, *sorted(turns)]
        seen: tuple[Scene, Signature] | None = None
        for position, start in enumerate(starts):
            end = starts[position + 1] - 1 if position + 1 < len(starts) else self._last
            segment = self._segment(start, turns.get(start))
            signature = segment.signature(start)
            if seen is None or seen[0] is not segment.scene or seen[1] != signature:
                if segment.view(signature) != view:
                    return from_us(start * SECOND_US)
                seen = segment.scene, signature
            found = _search(segment, start, end, signature, view)
            if found is not None:
                return from_us(found * SECOND_US)
        return None

    def _segment(self, start: int, changed: set[str | None] | None) -> _Segment:
        """Build the segment from `start`; only what `changed` is looked at anew (None as element: all but signals)."""
        all_changed = changed is None or None in changed
        evidence_changed = all_changed
        for track in self._matched.signals:
            id_ = track.signal.id
            if changed is None or id_ in changed:
                before = self._terms.get(id_)
                hits = count_track(track, start * SECOND_US)
                self._terms[id_] = Term(track.signal, math.fsum(hit.points for hit in hits), start, hits)
                evidence_changed = evidence_changed or before is None or bool(before.hits) != bool(hits)
        live = [term for term in self._terms.values() if term.hits]
        if self._scene is None or evidence_changed:
            self._scene = self._look(start, live, all_changed)
        relevant = self._within_reach(live, start)
        curve = self._curve(live, start) if any(relevant) else None
        return _Segment(self._scene, curve, TopicRace(live, start) if self._topics_matter else None, relevant)

    def _look(self, start: int, live: Sequence[Term], all_changed: bool) -> Scene:
        """Look at everything but the score, and at what of the score can matter under it."""
        now, model = from_us(start * SECOND_US), self._model
        if self._profile is None or (all_changed and profile_is_timed(model)):
            self._profile = profile_at(model, self._person, now)
        signals = [term.signal for term in live]
        scene = build_scene(model, self._memory, now, self._profile, self._matched.hand_raises, signals)
        if all_changed:
            self._stages = tuple(scene.choose(levels).stage for levels in _COMBINATIONS)
        step = scene.journeys[model.journey].step
        self._topics_matter = any(
            row.topic is not None and row.stage in (None, *self._stages) and row.journey in (None, step)
            for row in model.nurture
        )
        return scene

    def _within_reach(self, live: Sequence[Term], start: int) -> tuple[bool, ...]:
        """Tell which thresholds matter: those that would change the stage and that the score can still reach.

        When nothing is to come, points only fade: what the positive ones together do not reach now is out of reach.
        """
        stages = self._stages
        relevant = (stages[0] != stages[1], stages[1] != stages[2], stages[2] != stages[3])
        if not any(relevant):
            return relevant
        if self._out_of_reach is None:
            self._out_of_reach = (False, False, False)
            if nothing_to_come(self._matched, self._now_us):
                reach = self._curve([term for term in live if term.points > 0], start).levels_at(start)
                self._out_of_reach = (not reach.mql_exit, not reach.mql_enter, not reach.sql_enter)
        return tuple(matters and not beyond for matters, beyond in zip(relevant, self._out_of_reach, strict=True))

    def _curve(self, live: Sequence[Term], start: int) -> Curve:
        policy = self._model.stages
        return Curve(self._model.engagement, live, (policy.mql_exit, policy.mql_enter, policy.sql_enter), start)


def _search(segment: _Segment, start: int, end: int, signature: Signature, view: View) -> int | None:
    """Return the first second of a segment, after its start, whose view differs from `view`."""
    shift = segment.first_shift(start, end, signature)
    while shift is not None:
        signature = segment.signature(shift)
        if segment.view(signature) != view:
            return shift
        shift = segment.first_shift(shift, end, signature)
    return None
