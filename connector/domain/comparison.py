"""Compare what two models make of one person at one instant: why the stages differ, and which points. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from connector.domain.decision import Decision
from connector.domain.values import rounded

Cause: TypeAlias = Literal["time", "points", "fit", "exclusion", "request", "threshold", "memory"]
"""Why a stage differs: `time`, when the model in force would move them today as well; `memory`, when only what each
model decided earlier differs; else what the models see differently: points, fit, an exclusion, a direct request, or
the same evidence against another threshold."""
_SHOWN_FROM: Final = 0.005


@dataclass(frozen=True, slots=True)
class PointChange:
    """Say what one rule adds under each of the two models, its caps included."""

    rule: str
    before: float
    after: float


def evidence_causes(present: Decision, other: Decision) -> tuple[Cause, ...]:
    """Return what two models see differently in somebody; the threshold when they see the same."""
    found: list[Cause] = []
    if point_changes(present, other):
        found.append("points")
    if (present.fit.verdict, fit_pct(present)) != (other.fit.verdict, fit_pct(other)):
        found.append("fit")
    if present.exclusions != other.exclusions:
        found.append("exclusion")
    if present.raised != other.raised:
        found.append("request")
    return tuple(found) or ("threshold",)


def point_changes(present: Decision, other: Decision) -> tuple[PointChange, ...]:
    """Return the rules whose points differ, the largest difference first."""
    return tuple(sorted(_differing(present, other), key=lambda change: -abs(change.after - change.before)))


def _differing(present: Decision, other: Decision) -> Iterator[PointChange]:
    before, after = _points_by_rule(present), _points_by_rule(other)
    for rule in {**before, **after}:
        if abs(after.get(rule, 0.0) - before.get(rule, 0.0)) >= _SHOWN_FROM:
            yield PointChange(rule, rounded(before.get(rule, 0.0)), rounded(after.get(rule, 0.0)))


def _points_by_rule(decision: Decision) -> dict[str, float]:
    sums: dict[str, float] = {}
    for line in decision.engagement.contributions:
        sums[line.rule] = sums.get(line.rule, 0.0) + line.points
    return sums


def fit_pct(decision: Decision) -> float | None:
    """Return the match in percent as it is shown; None when nothing is known."""
    return None if decision.fit.pct is None else rounded(decision.fit.pct)
