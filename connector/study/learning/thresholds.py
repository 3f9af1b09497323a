"""Choose where marketing hands over: by what sales can call, by how many of those called should be won, or as many as
today."""

from __future__ import annotations

from typing import Final

import numpy as np

from connector.domain.model import FitRules
from connector.study.learning.intervals import Z_90_ONE_SIDED, wilson
from connector.study.learning.panel import Panel, Scores, fit_shares
from connector.study.vector_truth import Flags

ENOUGH_ROWS: Final = 30
_FIT_THRESHOLDS: Final = tuple(float(percent) for percent in range(5, 100, 5))


def fit_threshold_like(panel: Panel, before: FitRules, after: FitRules) -> float:
    """Return the fit threshold at which as many people fit as before: other weights give other percentages.

    Of the multiples of five and the present one, the nearest; of several the one nearest to the present.
    """
    candidates = sorted({before.threshold, *_FIT_THRESHOLDS}, key=lambda one: abs(one - before.threshold))
    wanted = fit_shares(panel, before, [before.threshold])[0]
    gaps = np.abs(fit_shares(panel, after, candidates) - wanted)
    return candidates[int(np.argmin(gaps))]


def threshold_for_volume(scores: Scores, periods: int, volume: float) -> int:
    """Return the least whole threshold at which no more than `volume` people a period have the points."""
    points = np.sort(scores.engagement[scores.open & ~scores.raised])[::-1]
    allowed = int(volume * periods)
    if allowed >= len(points):
        return 1
    return max(1, int(np.floor(points[allowed])) + 1)


def volume_at(scores: Scores, periods: int, threshold: float) -> float:
    """Return how many people a period have the points, besides those who asked directly."""
    return float((scores.reach(threshold) & ~scores.raised).sum()) / max(1, periods)


def threshold_for_precision(scores: Scores, won: Flags, target: float) -> int | None:
    """Return the least whole threshold above which the lower 90 % bound of the win rate reaches the target.

    None where no threshold with at least thirty people above it does.
    """
    eligible = scores.open & ~scores.raised
    points, wins = scores.engagement[eligible], won[eligible]
    for threshold in range(1, int(points.max(initial=0.0)) + 1):
        above = points >= threshold
        if above.sum() < ENOUGH_ROWS:
            return None
        if wilson(float(wins[above].sum()), float(above.sum()), Z_90_ONE_SIDED).low >= target:
            return threshold
    return None
