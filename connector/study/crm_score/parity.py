"""Compare a CRM's own score with a model's, person by person: ranks, differences, and who would change hands."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from connector.domain.conditions import Truth
from connector.domain.decision import Decision, qualify
from connector.domain.model import Model
from connector.domain.person import Person, Timeline
from connector.ports import PersonRef
from connector.study.crm_score.definition import Category
from connector.study.crm_score.translate import Translation

_NORMAL_95: Final = 1.959963984540054
_FEWEST: Final = 4
_SAME: Final = 0.5
"""Points under which two scores are called the same: HubSpot shows whole ones."""


class _Scored(Protocol):
    """Be somebody as read: `connector.ports.Record` is one."""

    @property
    def ref(self) -> PersonRef: ...
    @property
    def person(self) -> Person: ...
    @property
    def timeline(self) -> Timeline: ...


@dataclass(frozen=True, slots=True)
class Line:
    """Hold one line of a model's points: `rule` is a criterion, a signal, a group, `floor` or `ceiling`."""

    rule: str
    points: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Hold both scores of one person. `theirs` None: the CRM has none, which counts as 0.

    `unknown` names the criteria that an empty property leaves open.
    """

    ref: PersonRef
    theirs: float | None
    ours: float
    lines: tuple[Line, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def difference(self) -> float:
        return self.ours - (self.theirs or 0.0)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Hold a rank correlation after Spearman with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Parity:
    """Compare one property of the CRM with the model. `gained` and `lost` change hands at `threshold`."""

    score_property: str
    pairs: tuple[Pair, ...]
    threshold: float | None

    @property
    def blank_count(self) -> int:
        return sum(pair.theirs is None for pair in self.pairs)

    @property
    def same_count(self) -> int:
        return sum(abs(pair.difference) < _SAME for pair in self.pairs)

    @property
    def mean_difference(self) -> float:
        return sum(abs(pair.difference) for pair in self.pairs) / len(self.pairs) if self.pairs else 0.0

    @property
    def agreement(self) -> Agreement | None:
        return rank_agreement([pair.theirs or 0.0 for pair in self.pairs], [pair.ours for pair in self.pairs])

    def hands(self, pair: Pair) -> tuple[bool, bool] | None:
        """Say whether the CRM's score, and the model's, is over the threshold."""
        if self.threshold is None:
            return None
        return (pair.theirs or 0.0) >= self.threshold, pair.ours >= self.threshold

    @property
    def gained(self) -> tuple[Pair, ...]:
        return tuple(pair for pair in self.pairs if self.hands(pair) == (False, True))

    @property
    def lost(self) -> tuple[Pair, ...]:
        return tuple(pair for pair in self.pairs if self.hands(pair) == (True, False))

    @property
    def both_count(self) -> int:
        return sum(self.hands(pair) == (True, True) for pair in self.pairs)

    def biggest(self, count: int) -> list[Pair]:
        """Return the pairs that differ most, those that differ at all."""
        differing = [pair for pair in self.pairs if abs(pair.difference) >= _SAME]
        return sorted(differing, key=lambda pair: (-abs(pair.difference), pair.ref.object_id))[:count]


@dataclass(frozen=True, slots=True)
class Comparer:
    """Score people with the translated model, in the CRM's own points."""

    translation: Translation
    model: Model
    now: datetime

    def compare(self, scored: _Scored, theirs: float | None, categories: frozenset[Category]) -> Pair:
        """Put a person's points beside the CRM's, for the sum of these categories."""
        decision = qualify(scored.person, scored.timeline, self.model, self.now, review=False)
        lines: list[Line] = []
        if "fit" in categories:
            lines += self._fit_lines(decision)
        if "engagement" in categories:
            lines += [Line(one.rule, one.points) for one in decision.engagement.contributions]
        unknown = (
            [one.id for one, truth in decision.fit.states if truth is Truth.UNKNOWN] if "fit" in categories else []
        )
        return Pair(scored.ref, theirs, sum(line.points for line in lines), tuple(lines), tuple(unknown))

    def _fit_lines(self, decision: Decision) -> list[Line]:
        """Say the fit as points. As in the CRM an empty property earns nothing, and takes nothing away."""
        part = self.translation.fit
        if part is None:
            return []
        spares = {rule.id for rule in part.criteria if rule.spares}
        lines = [Line("base", part.base)] if part.base else []
        for criterion, truth in decision.fit.states:
            if truth is Truth.MATCHED or (truth is Truth.UNKNOWN and criterion.id in spares):
                lines.append(Line(criterion.id, criterion.weight))
        lines += [Line(rule.id, rule.points) for rule in part.exclusions if rule.id in decision.exclusions]
        total = sum(line.points for line in lines)
        if part.most is not None and abs(total) > part.most:
            lines.append(Line("ceiling" if total > 0 else "floor", math.copysign(part.most, total) - total))
        return lines


def rank_agreement(theirs: Sequence[float], ours: Sequence[float]) -> Agreement | None:
    """Return Spearman's rank correlation, ties sharing their mean rank; None where a side is all one value.

    Source: D. Bonett, T. Wright, Psychometrika 65 (2000): the standard error after Fisher's transformation.
    """
    if len(theirs) < _FEWEST:
        return None
    value = _correlation(_ranks(theirs), _ranks(ours))
    if value is None:
        return None
    if abs(value) >= 1.0:
        return Agreement(value, value, value)
    half = _NORMAL_95 * math.sqrt((1 + value * value / 2) / (len(theirs) - 3))
    middle = math.atanh(value)
    return Agreement(value, math.tanh(middle - half), math.tanh(middle + half))


def _ranks(values: Sequence[float]) -> list[float]:
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and values[order[end]] == values[order[start]]:
            end += 1
        for place in order[start:end]:
            ranks[place] = (start + end - 1) / 2
        start = end
    return ranks


def _correlation(left: Sequence[float], right: Sequence[float]) -> float | None:
    of_left, of_right = sum(left) / len(left), sum(right) / len(right)
    spread_left = sum((value - of_left) ** 2 for value in left)
    spread_right = sum((value - of_right) ** 2 for value in right)
    if not spread_left or not spread_right:
        return None
    shared = sum((one - of_left) * (other - of_right) for one, other in zip(left, right, strict=True))
    return max(-1.0, min(1.0, shared / math.sqrt(spread_left * spread_right)))


def columns(parities: Sequence[Parity]) -> Mapping[PersonRef, Mapping[str, Pair]]:
    """Return everybody's pairs by property, people in the order they were read."""
    found: dict[PersonRef, dict[str, Pair]] = {}
    for parity in parities:
        for pair in parity.pairs:
            found.setdefault(pair.ref, {})[parity.score_property] = pair
    return found
