"""Fit a logistic regression that leans towards what was believed before, within bounds: Newton's method in NumPy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from connector.study.vector_truth import Flags, Floats

_STEPS: Final = 60
_HALVINGS: Final = 30
_SETTLED: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Belief:
    """Hold what is believed of each coefficient: normal around `mean` with `precision` = 1/sd², cut at `low`, `high`.

    Precision 0 believes nothing; a coefficient with `low` = `high` is fixed there.
    """

    mean: Floats
    precision: Floats
    low: Floats
    high: Floats


def believe(mean: Floats, sd: Floats, low: Floats | None = None, high: Floats | None = None) -> Belief:
    """Build a belief; an infinite `sd` believes nothing, 0 fixes the coefficient at its mean."""
    fixed = sd == 0
    precision = np.where(np.isinf(sd) | fixed, 0.0, 1.0 / np.where(fixed, 1.0, sd) ** 2)
    least = np.full(len(mean), -np.inf) if low is None else low
    most = np.full(len(mean), np.inf) if high is None else high
    return Belief(mean, precision, np.where(fixed, mean, least), np.where(fixed, mean, most))


def fit_logistic(columns: Floats, won: Flags, belief: Belief) -> Floats:
    """Return the most probable coefficients, intercept first (of which nothing is believed).

    Projected Newton: coefficients held by a bound rest while they would leave it; a step is halved until it helps.
    Nothing is re-weighted: the share of wins is part of what is learnt.
    """
    wide = np.column_stack([np.ones(len(won)), columns])
    mean, precision = _with_intercept(belief.mean, _log_odds(won)), _with_intercept(belief.precision, 0.0)
    low, high = _with_intercept(belief.low, -np.inf), _with_intercept(belief.high, np.inf)
    target = won.astype(np.float64)
    at: Floats = np.clip(mean, low, high)
    loss = _loss(wide, target, at, mean, precision)
    for _ in range(_STEPS):
        chance = to_chance(wide @ at)
        slope = wide.T @ (chance - target) + precision * (at - mean)
        free = ~((at <= low) & (slope > 0)) & ~((at >= high) & (slope < 0)) & (low < high)
        step = np.zeros(len(at))
        step[free] = _newton(wide[:, free], chance, precision[free], slope[free])
        moved, better = _search(wide, target, (at, loss), step, (mean, precision, low, high))
        settled = loss - better < _SETTLED * max(1.0, abs(loss))
        at, loss = moved, better
        if settled:
            break
    return at


def _with_intercept(values: Floats, first: float) -> Floats:
    return np.concatenate([[first], values])


def _log_odds(won: Flags) -> float:
    wins = int(won.sum())
    return float(np.log((wins + 0.5) / (len(won) - wins + 0.5)))


def _newton(columns: Floats, chance: Floats, precision: Floats, slope: Floats) -> Floats:
    curvature: Floats = (columns * (chance * (1 - chance))[:, None]).T @ columns
    curvature[np.diag_indices(len(slope))] += precision + 1e-9
    return -np.linalg.solve(curvature, slope).astype(np.float64)


def _search(
    wide: Floats, target: Floats, begun: tuple[Floats, float], step: Floats,
    belief: tuple[Floats, Floats, Floats, Floats],
) -> tuple[Floats, float]:  # fmt: skip
    """Return the first point along a step that is better, and its loss; where none is, the beginning."""
    at, loss = begun
    mean, precision, low, high = belief
    for halving in range(_HALVINGS):
        moved: Floats = np.clip(at + step * 0.5**halving, low, high)
        there = _loss(wide, target, moved, mean, precision)
        if there < loss:
            return moved, there
    return at, loss


def _loss(wide: Floats, target: Floats, at: Floats, mean: Floats, precision: Floats) -> float:
    odds = wide @ at
    return float(np.sum(np.logaddexp(0.0, odds) - target * odds) + 0.5 * np.sum(precision * (at - mean) ** 2))


def to_chance(log_odds: Floats) -> Floats:
    """Turn log-odds into probabilities, kept off 0 and 1 so that their logarithms stay finite."""
    chance: Floats = 1.0 / (1.0 + np.exp(-np.clip(log_odds, -35.0, 35.0)))
    return chance
