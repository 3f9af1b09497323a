"""Turn tables of points for properties into criteria whose weights add up to the same points.

Points of one table exclude each other: 30 for one value, 20 for another, nothing for the rest. Criteria add up. So a
table becomes steps: 20 for either value, and 10 more for the first. Points that are taken away are points not given: a
criterion for not having the value, with the sum moved down by as much (`base`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from connector.study.crm_score.attributes import Attributes, Plain, any_of
from connector.study.crm_score.definition import Group, NoEquivalent, Rule, Table
from connector.study.crm_score.gaps import Gap, Refused, Where
from connector.study.crm_score.rule_names import free_name, short_name


@dataclass(frozen=True, slots=True)
class FitRule:
    """Hold one criterion with its weight as `points`, or an exclusion with the points that the CRM takes away.

    `spares` marks a criterion for not being something.
    """

    id: str
    when: Plain
    where: Where
    points: float
    spares: bool = False


@dataclass(slots=True)
class FitBuilder:
    """Gather the criteria of a score; `base` is what somebody has who matches none of them. `taken` are ids in use."""

    attributes: Attributes
    gaps: list[Gap]
    highest: float
    taken: set[str] = field(default_factory=set)
    criteria: list[FitRule] = field(default_factory=list)
    exclusions: list[FitRule] = field(default_factory=list)
    base: float = 0.0

    def add(self, score: str, group: Group) -> None:
        before = len(self.criteria)
        for rule in group.rules:
            where = Where(score, group.name, rule.position)
            for part in rule.parts:
                if isinstance(part, Table):
                    self._add_table(part, rule, where)
                elif isinstance(part, NoEquivalent):
                    self.gaps.append(Gap(where, part.why, part.detail, part.points))
                else:
                    self.gaps.append(Gap(where, "event", part.kind or "", part.points))
        gained = sum(rule.points for rule in self.criteria[before:])
        if group.most is not None and gained > group.most:
            self.gaps.append(Gap(Where(score, group.name), "fit_limit", points=group.most))

    def _add_table(self, table: Table, rule: Rule, where: Where) -> None:
        read = list(self._read(table, rule, where))
        if table.all_related and read:
            self.gaps.append(Gap(where, "related"))
        never = [level for level in read if level[1] <= -self.highest < 0]
        for when, points in never:
            self.exclusions.append(FitRule(self._name(when, "not"), when, where, points))
            self.gaps.append(Gap(where, "excluded", points=points))
        levels = [level for level in read if level not in never]
        rest = _bounded(table.otherwise, rule)
        stairs = sorted({rest, *(points for _, points in levels)}, reverse=True)
        for upper, lower in pairwise(stairs):
            self.criteria.append(self._step(levels, rest, upper, upper - lower, where))
        self.base += stairs[-1]

    def _read(self, table: Table, rule: Rule, where: Where) -> Iterator[tuple[Plain, float]]:
        for level in table.levels:
            try:
                when = self.attributes.to_plain(level.when)
            except Refused as refused:
                self.gaps.append(Gap(where, refused.why, refused.detail, level.points))
                continue
            self.gaps += [Gap(where, "values_joined", name) for name in self.attributes.joined]
            self.attributes.joined.clear()
            yield when, _bounded(level.points, rule)

    def _step(
        self, levels: Sequence[tuple[Plain, float]], rest: float, upper: float, weight: float, where: Where
    ) -> FitRule:
        """Return the criterion for having at least `upper`."""
        if rest < upper:
            when = any_of([when for when, points in levels if points >= upper])
            return FitRule(self._name(when), when, where, weight)
        below = any_of([when for when, points in levels if points < upper])
        return FitRule(self._name(below, "not"), {"not": below}, where, weight, spares=True)

    def _name(self, when: Plain, prefix: str = "") -> str:
        name = free_name(short_name(f"{prefix} {' '.join(dict.fromkeys(names_in(when)))}", "rule"), self.taken)
        self.taken.add(name)
        return name


def names_in(when: Plain) -> Iterator[str]:
    """Yield the attributes and event properties a condition looks at."""
    for key, value in when.items():
        if key in ("attribute", "event"):
            yield str(value)
        elif key == "not":
            yield from names_in(value)
        elif key in ("all", "any"):
            for part in value:
                yield from names_in(part)


def _bounded(points: float, rule: Rule) -> float:
    if rule.most is not None:
        points = min(points, rule.most)
    return points if rule.least is None else max(points, rule.least)


def highest_fit(groups: Sequence[Group]) -> float:
    """Return the most points that the tables of these groups can give together."""
    return sum(
        max(0.0, part.otherwise, *(level.points for level in part.levels))
        for group in groups
        for rule in group.rules
        for part in rule.parts
        if isinstance(part, Table)
    )
