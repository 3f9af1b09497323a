"""Measure what a model would have done: whom it would have handed to sales, when, and how many of them were won."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from connector.domain.timeline import DAY_US
from connector.study.learning.intervals import Estimate, bootstrap, wilson
from connector.study.learning.measures import counts_above, hits_at, log_losses, measure_auc, measure_lift
from connector.study.learning.panel import Panel, Scores
from connector.study.vector_truth import Flags, Floats, Ints

CAPTURE_SHARES: Final = (0.05, 0.1, 0.2, 0.3, 0.5)
LIFT_SHARE: Final = 0.2
DECILES: Final = 10
MOST_SEGMENTS: Final = 12
_DRAWS: Final = 200


@dataclass(frozen=True, slots=True)
class Verdict:
    """Hold what a file's own threshold would have done, by person, each handed over once: the first time.

    `found` is the share of winners handed over before they were won, `precision` the share of those handed over who
    were won within the horizon. `lead_days` is how long before sales or a deal took the winner: lower quartile, median
    with its interval, upper quartile.
    """

    tasks: int
    tasks_per_week: float
    won: int
    found: Estimate
    precision: Estimate
    lead_days: tuple[float, Estimate, float] | None


@dataclass(frozen=True, slots=True)
class Fold:
    """Hold how well the ranking did in one stretch of weeks.

    `precision` and `recall` are at capacity: of those with the highest chance each week, as many as sales can take.
    `expected` beside `observed` wins says whether chances are stale.
    """

    rows: int
    wins: int
    auc: Estimate
    lift: float
    skill: float
    precision: Estimate
    recall: Estimate
    capture: tuple[tuple[float, float], ...]
    expected: float
    observed: int


@dataclass(frozen=True, slots=True)
class Reliability:
    """Compare, for a tenth of the rows, the chance that was said with the share that was won."""

    said: float
    won: Estimate
    rows: int


@dataclass(frozen=True, slots=True)
class Segment:
    """Hold what the threshold would have done among people with one value of an attribute; None: no value."""

    value: str | None
    people: int
    winners: int
    found: Estimate
    precision: Estimate


def judge(panel: Panel, scores: Scores, threshold: float, only: Flags | None = None) -> Verdict:
    """Judge a file by its own threshold, over all rows or some."""
    chosen = np.ones(panel.size, dtype=np.bool_) if only is None else only
    first = _first_handed(panel, scores.reach(threshold) & chosen)
    winners = np.unique(panel.person[panel.won & chosen])
    handed = panel.person[first]
    hits = int(panel.won[first].sum())
    found = int(np.isin(winners, handed).sum())
    weeks = max(1, len(np.unique(panel.weeks)))
    return Verdict(
        tasks=len(first),
        tasks_per_week=len(first) / weeks,
        won=hits,
        found=wilson(found, len(winners)),
        precision=wilson(hits, len(first)),
        lead_days=_lead_days(panel, first[panel.won[first]]),
    )


def _first_handed(panel: Panel, reached: Flags) -> Ints:
    """Return the row in which each person would have been handed over first; rows are in the order of time."""
    rows = np.flatnonzero(reached)
    _, places = np.unique(panel.person[rows], return_index=True)
    return np.sort(rows[places])


def _lead_days(panel: Panel, rows: Ints) -> tuple[float, Estimate, float] | None:
    if not len(rows):
        return None
    taken = np.where(panel.handed_us[rows] >= 0, panel.handed_us[rows], panel.won_us[rows])
    days = (taken - panel.at_us[rows]) / DAY_US
    low, high = np.quantile(days, (0.25, 0.75))
    median = bootstrap(lambda some: float(np.median(days[some])), panel.person[rows], _DRAWS)
    return float(low), median, float(high)


def measure_fold(panel: Panel, rows: Ints, chance: Floats, base: float, per_week: float) -> Fold:
    """Measure the ranking of one stretch; `base` is the rate of wins known before it."""
    won, people = panel.won[rows], panel.person[rows]
    weeks = panel.weeks[rows]
    taken = hits = 0.0
    for week in np.unique(weeks):
        mine = weeks == week
        taken += min(per_week, float(mine.sum()))
        hits += hits_at(chance[mine], won[mine], min(per_week, float(mine.sum())))
    plain = log_losses(np.full(len(won), base), won).mean()
    return Fold(
        rows=len(rows),
        wins=int(won.sum()),
        auc=bootstrap(lambda some: measure_auc(chance[some], won[some]), people, _DRAWS),
        lift=measure_lift(chance, won, LIFT_SHARE),
        skill=1.0 - float(log_losses(chance, won).mean() / plain),
        precision=wilson(hits, taken),
        recall=wilson(hits, float(won.sum())),
        capture=capture_of(chance, won),
        expected=float(chance.sum()),
        observed=int(won.sum()),
    )


def capture_of(chance: Floats, won: Flags) -> tuple[tuple[float, float], ...]:
    """Return which share of the wins the highest shares of the rows hold."""
    if not won.any():
        return ()
    taken, hits = counts_above(chance, won)
    shares = np.interp([share * len(won) for share in CAPTURE_SHARES], [0, *taken], [0, *hits]) / won.sum()
    return tuple(zip(CAPTURE_SHARES, shares.tolist(), strict=True))


def reliability_of(chance: Floats, won: Flags) -> list[Reliability]:
    """Compare chances with what came, tenth by tenth of the rows; rows with the same chance stay together."""
    edges = np.unique(np.quantile(chance, np.linspace(0, 1, DECILES + 1)[1:-1]))
    place = np.searchsorted(edges, chance, side="left")
    found = []
    for number in range(len(edges) + 1):
        mine = place == number
        if mine.any():
            share = wilson(float(won[mine].sum()), float(mine.sum()))
            found.append(Reliability(float(chance[mine].mean()), share, int(mine.sum())))
    return found


def by_segment(panel: Panel, scores: Scores, threshold: float, column: pl.Series) -> tuple[Segment, ...]:
    """Judge by the values of an attribute as known at each row's instant, the most frequent ones."""
    values = column.cast(pl.String)
    counts = values.value_counts(sort=True).head(MOST_SEGMENTS)
    found = []
    for value in counts[values.name].to_list():
        mine = (values.is_null() if value is None else (values == value).fill_null(False)).to_numpy()
        verdict = judge(panel, scores, threshold, mine)
        people = len(np.unique(panel.person[mine]))
        winners = len(np.unique(panel.person[mine & panel.won]))
        found.append(Segment(value, people, winners, verdict.found, verdict.precision))
    return tuple(found)
