"""Tell how much has changed between the older decisions, which are learnt from, and the newest."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np

from connector.study.calibrate_learn import Halves
from connector.study.learning.intervals import Estimate, wilson
from connector.study.learning.panel import Panel, Scores, column_of
from connector.study.learning.proposed import cut_attribute
from connector.study.report.drift import measure_psi
from connector.study.vector_truth import Ints

CHANGED: Final = 0.25
"""A population stability index from which a distribution is said to have changed."""
_TIMES_CHANCE: Final = 3.0
_SCORE_BANDS: Final = 10


@dataclass(frozen=True, slots=True)
class Shift:
    """Hold what has changed: the rate of wins then and now, the stability index of the score (`score_psi`), and the
    attributes whose values have changed. The index compares shares; 0 is no change."""

    won_before: Estimate
    won_now: Estimate
    score_psi: float
    attributes: tuple[tuple[str, float], ...]

    @property
    def wins_changed(self) -> bool:
        """Tell whether the rates of wins differ by more than their intervals explain."""
        return self.won_now.low > self.won_before.high or self.won_now.high < self.won_before.low

    @property
    def score_changed(self) -> bool:
        return self.score_psi >= CHANGED


def find_shift(panel: Panel, halves: Halves, scores: Scores, attributes: Collection[str]) -> Shift:
    """Compare the newest rows with the older ones, by the model in force and by what it looks at."""
    found = []
    for name in sorted(attributes):
        column = column_of(panel, name)
        if str(column.dtype) not in _CUTTABLE:
            continue
        codes = cut_attribute(name, column, panel.won, halves.learn).codes(column)
        psi = _stability(codes, halves)
        if psi >= CHANGED:
            found.append((name, psi))
    summed = scores.sums.sum(axis=1)
    edges = np.unique(np.quantile(summed[halves.learn], np.linspace(0, 1, _SCORE_BANDS + 1)[1:-1]))
    before, now = (wilson(float(panel.won[rows].sum()), float(len(rows))) for rows in (halves.learn, halves.compare))
    return Shift(before, now, _stability(np.searchsorted(edges, summed), halves), tuple(found))


_CUTTABLE: Final = ("Float64", "String", "Boolean")


def _stability(codes: Ints, halves: Halves) -> float:
    """Return the stability index of a numbered distribution; 0 where chance alone explains it."""
    size = int(codes.max(initial=0)) + 1
    before, now = (np.bincount(codes[rows], minlength=size) for rows in (halves.learn, halves.compare))
    used = (before + now) > 0
    psi = measure_psi(before[used], now[used])
    by_chance = (used.sum() - 1) * (1 / len(halves.learn) + 1 / len(halves.compare))
    return psi if psi > _TIMES_CHANCE * by_chance else 0.0
