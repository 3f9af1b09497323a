"""Follow the engagement score through time while the set of counted events stays the same.

Between two instants at which an event arrives, expires or changes its meaning, every signal is one decaying
exponential, so the score's bounds over any span are known and its crossings of a threshold can be found exactly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Final, TypeAlias

from connector.domain.conditions import DAY_SECONDS
from connector.domain.engagement import Counted
from connector.domain.model import EngagementRules, Signal
from connector.domain.stages import Levels
from connector.domain.timeline import DAY_US

MAX_DIGITS: Final = 4_000
NEAR: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Term:
    """Hold one signal's uncapped points at second `since`, and how they fade."""

    signal: Signal
    points: float
    since: int
    hits: Sequence[Counted]

    def exactly_at(self, second: int) -> Decimal:
        """Return the points by the formula itself, with as many digits as the current decimal context has."""
        half_life = self.signal.half_life_days
        total = Decimal(0)
        for hit in self.hits:
            points = Decimal(self.signal.points) * hit.times
            if half_life is not None:
                age = Fraction(second * 1_000_000 - hit.match.at_us, DAY_US) / Fraction(half_life)
                points *= Decimal(2) ** (Decimal(-age.numerator) / Decimal(age.denominator))
            total += points
        return total


class Curve:
    """Give the thresholds reached at any whole second from `start` on, while the same events count."""

    def __init__(
        self,
        rules: EngagementRules,
        terms: Sequence[Term],
        thresholds: tuple[float | None, float | None, float | None],
        start: int,
    ) -> None:
        self._rules = rules
        self._terms = terms
        self._thresholds = thresholds
        self._start = start
        fading = [term for term in terms if term.signal.half_life_days is not None and term.points]
        self.is_monotone = len({term.points > 0 for term in fading}) <= 1
        shortest = min((term.signal.half_life_days or 1_000.0 for term in fading), default=1_000.0)
        self._digits = min(MAX_DIGITS, 40 + math.ceil(2_000 / shortest * math.log10(2)))
        self._loose, self._bound = _lay_out(rules, terms, start)

    def levels_at(self, second: int) -> Levels:
        """Return the thresholds reached, by the exact formula: what merely rounds to a threshold does not reach it."""
        score = self.score_at(second)
        leave, enter, sql = self._thresholds
        return Levels(
            self._reaches(score, leave, second), self._reaches(score, enter, second), self._reaches(score, sql, second)
        )

    def score_at(self, second: int) -> float:
        """Return the score in doubles."""
        days, total = (second - self._start) / DAY_SECONDS, 0.0
        for points, rate in self._loose:
            total += points * 2.0 ** (-(days * rate))
        for group_cap, members in self._bound:
            group = 0.0
            for points, rate, cap in members:
                left = points * 2.0 ** (-(days * rate))
                group += left if -cap <= left <= cap else math.copysign(cap, left)
            total += group if -group_cap <= group <= group_cap else math.copysign(group_cap, group)
        return max(self._rules.floor, min(self._rules.ceiling, total))

    def is_flat(self, first: int, last: int, relevant: Sequence[bool]) -> bool:
        """Tell whether provably no relevant threshold is crossed from `first` to `last`."""
        low, high = self._bounds(first, last)
        return all(
            not matters
            or threshold is None
            or low >= threshold + NEAR
            or high <= threshold - NEAR
            or (min(threshold - low, high - threshold) <= NEAR and self._is_flat_exactly(first, last, threshold))
            for threshold, matters in zip(self._thresholds, relevant, strict=True)
        )

    def _bounds(self, first: int, last: int) -> tuple[float, float]:
        """Return the least and the greatest the score can be from `first` to `last`: every part is monotone."""
        low = high = 0.0
        for points, rate in self._loose:
            early, late = self._faded(points, rate, first), self._faded(points, rate, last)
            low, high = low + min(early, late), high + max(early, late)
        for group_cap, members in self._bound:
            group_low = group_high = 0.0
            for points, rate, cap in members:
                early = _clip(self._faded(points, rate, first), cap)
                late = _clip(self._faded(points, rate, last), cap)
                group_low, group_high = group_low + min(early, late), group_high + max(early, late)
            low, high = low + _clip(group_low, group_cap), high + _clip(group_high, group_cap)
        floor, ceiling = self._rules.floor, self._rules.ceiling
        return max(floor, min(ceiling, low)), max(floor, min(ceiling, high))

    def _faded(self, points: float, rate: float, second: int) -> float:
        return float(points * 2.0 ** (-((second - self._start) / DAY_SECONDS * rate)))

    def guess_crossing(self, first: int, last: int, relevant: Sequence[bool]) -> int:
        """Guess where a monotone score crosses: between two moments it is nearly one exponential."""
        early, late = self.score_at(first), self.score_at(last)
        crossed = [
            threshold
            for threshold, matters in zip(self._thresholds, relevant, strict=True)
            if matters and threshold is not None and min(early, late) < threshold <= max(early, late)
        ]
        if not crossed or min(early, late, *crossed) <= 0:
            return (first + last) // 2
        threshold = max(crossed) if early > late else min(crossed)
        share = math.log(early / threshold) / math.log(early / late)
        return first + round((last - first) * share)

    def _is_flat_exactly(self, first: int, last: int, threshold: float) -> bool:
        with localcontext(prec=self._digits):
            ends = [(term.exactly_at(first), term.exactly_at(last)) for term in self._terms]
            low, high = self._add_exactly([min(pair) for pair in ends]), self._add_exactly([max(pair) for pair in ends])
            return low >= Decimal(threshold) or high < Decimal(threshold)

    def _reaches(self, score: float, threshold: float | None, second: int) -> bool:
        if threshold is None:
            return False
        if abs(score - threshold) > NEAR:
            return score > threshold
        with localcontext(prec=self._digits):
            return self._add_exactly([term.exactly_at(second) for term in self._terms]) >= Decimal(threshold)

    def _add_exactly(self, points: Sequence[Decimal]) -> Decimal:
        """Add signals the way the score is added: caps of signals, caps of groups, floor and ceiling."""
        groups: dict[str | None, Decimal] = {}
        for term, exact in zip(self._terms, points, strict=True):
            group = term.signal.group
            groups[group] = groups.get(group, Decimal(0)) + _clip_exactly(exact, term.signal.cap)
        total = Decimal(0)
        for group, exact in groups.items():
            total += _clip_exactly(exact, None if group is None else self._rules.groups.get(group))
        return max(Decimal(self._rules.floor), min(Decimal(self._rules.ceiling), total))


_Member: TypeAlias = tuple[float, float, float]
"""Points, rate of decay per day, and cap (infinite when there is none)."""


def _lay_out(
    rules: EngagementRules, terms: Sequence[Term], start: int
) -> tuple[list[tuple[float, float]], list[tuple[float, list[_Member]]]]:
    """Return points and rate of decay of what no cap holds (one per rate), and the members of each capped group."""
    loose: dict[float, float] = {}
    bound: dict[str | None, list[_Member]] = {}
    for term in terms:
        signal = term.signal
        rate = 0.0 if signal.half_life_days is None else 1.0 / signal.half_life_days
        points = term.points * 2.0 ** (-((start - term.since) / DAY_SECONDS * rate))
        group_cap = None if signal.group is None else rules.groups.get(signal.group)
        if signal.cap is None and group_cap is None:
            loose[rate] = loose.get(rate, 0.0) + points
        else:
            cap = math.inf if signal.cap is None else signal.cap
            bound.setdefault(None if group_cap is None else signal.group, []).append((points, rate, cap))
    capped = [(_cap_of(rules, group), members) for group, members in bound.items()]
    return [(points, rate) for rate, points in loose.items()], capped


def _cap_of(rules: EngagementRules, group: str | None) -> float:
    cap = None if group is None else rules.groups.get(group)
    return math.inf if cap is None else cap


def _clip(points: float, cap: float) -> float:
    return max(-cap, min(cap, points))


def _clip_exactly(points: Decimal, cap: float | None) -> Decimal:
    return points if cap is None else max(-Decimal(cap), min(Decimal(cap), points))
