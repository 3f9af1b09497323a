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
from typing import Final, TypeVar

from connector.domain.conditions import DAY_SECONDS
from connector.domain.engagement import Counted
from connector.domain.model import EngagementRules, Signal
from connector.domain.stages import Levels
from connector.domain.timeline import DAY_US

Number = TypeVar("Number", float, Decimal)

MAX_DIGITS: Final = 4_000
NEAR: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Term:
    """Hold one signal's uncapped points at second `since`, and how they fade."""

    signal: Signal
    points: float
    since: int
    hits: Sequence[Counted]

    def at(self, second: int) -> float:
        half_life = self.signal.half_life_days
        if half_life is None:
            return self.points
        return self.points * float(2.0 ** (-((second - self.since) / DAY_SECONDS / half_life)))

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
    """Give the thresholds reached at any whole second, valid while the same events count."""

    def __init__(self, rules: EngagementRules, terms: Sequence[Term], thresholds: Sequence[float | None]) -> None:
        self._rules = rules
        self._terms = terms
        self._thresholds = thresholds
        fading = [term for term in terms if term.signal.half_life_days is not None and term.points]
        self.is_monotone = len({term.points > 0 for term in fading}) <= 1
        shortest = min((term.signal.half_life_days or 1_000.0 for term in fading), default=1_000.0)
        self._digits = min(MAX_DIGITS, 40 + math.ceil(2_000 / shortest * math.log10(2)))

    def levels_at(self, second: int) -> Levels:
        """Return the thresholds reached, by the exact formula: what merely rounds to a threshold does not reach it."""
        score = self._fold([(points, points) for points in (term.at(second) for term in self._terms)], 0.0)[0]
        return Levels(*(self._reaches(score, threshold, second) for threshold in self._thresholds))

    def is_flat(self, first: int, last: int, relevant: Sequence[bool]) -> bool:
        """Tell whether provably no relevant threshold is crossed from `first` to `last`."""
        low, high = self._fold([_ordered(term.at(first), term.at(last)) for term in self._terms], 0.0)
        return all(
            not matters
            or threshold is None
            or low >= threshold + NEAR
            or high <= threshold - NEAR
            or (min(threshold - low, high - threshold) <= NEAR and self._is_flat_exactly(first, last, threshold))
            for threshold, matters in zip(self._thresholds, relevant, strict=True)
        )

    def _is_flat_exactly(self, first: int, last: int, threshold: float) -> bool:
        with localcontext(prec=self._digits):
            bounds = [_ordered(term.exactly_at(first), term.exactly_at(last)) for term in self._terms]
            low, high = self._fold(bounds, Decimal(0))
            return low >= Decimal(threshold) or high < Decimal(threshold)

    def _reaches(self, score: float, threshold: float | None, second: int) -> bool:
        if threshold is None:
            return False
        if abs(score - threshold) > NEAR:
            return score > threshold
        with localcontext(prec=self._digits):
            points = [term.exactly_at(second) for term in self._terms]
            return self._fold([(exact, exact) for exact in points], Decimal(0))[0] >= Decimal(threshold)

    def _fold(self, bounds: Sequence[tuple[Number, Number]], zero: Number) -> tuple[Number, Number]:
        """Add bounds the way the score is added: caps of signals, caps of groups, floor and ceiling."""
        number = type(zero)
        groups: dict[str | None, tuple[Number, Number]] = {}
        for term, (low, high) in zip(self._terms, bounds, strict=True):
            cap = None if term.signal.cap is None else number(term.signal.cap)
            group_low, group_high = groups.get(term.signal.group, (zero, zero))
            groups[term.signal.group] = (group_low + _clip(low, cap), group_high + _clip(high, cap))
        total_low, total_high = zero, zero
        for group, (low, high) in groups.items():
            limit = None if group is None else self._rules.groups.get(group)
            cap = None if limit is None else number(limit)
            total_low, total_high = total_low + _clip(low, cap), total_high + _clip(high, cap)
        floor, ceiling = number(self._rules.floor), number(self._rules.ceiling)
        return max(floor, min(ceiling, total_low)), max(floor, min(ceiling, total_high))


def _ordered(one: Number, other: Number) -> tuple[Number, Number]:
    return (one, other) if one <= other else (other, one)


def _clip(points: Number, cap: Number | None) -> Number:
    return points if cap is None else max(-cap, min(cap, points))
