"""Learn the numbers of a model from decisions of the past, older ones first, and compare them on the newest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl

from connector.domain.conditions import tests_of
from connector.domain.model import Model
from connector.domain.timeline import DAY_US
from connector.study.learning.card import (
    Card,
    Design,
    Splits,
    Term,
    axis_sums,
    choose_tau,
    compare_losses,
    hand_points,
    learn_points,
    learn_scale,
)
from connector.study.learning.evidence import newest_of_each, tell_wins
from connector.study.learning.intervals import Estimate, bootstrap, bootstrap_mean
from connector.study.learning.logistic import to_chance
from connector.study.learning.measures import log_losses, measure_auc
from connector.study.learning.panel import Panel, Scores, column_of, design_panel
from connector.study.learning.past import SALES_KINDS
from connector.study.learning.proposed import Cut, cut_attribute
from connector.study.learning.signal_terms import usual_half_life, with_half_life
from connector.study.vector_truth import Flags, Floats, Ints

HALF_LIVES: Final = (7.0, 14.0, 21.0, 30.0, 60.0, 90.0, 180.0, None)
NEWEST_SHARE: Final = 0.3
_MIDDLE_TAU: Final = 0.4
_USUAL_POINTS: Final = 30.0
"""So many hand-set points are about one in log-odds, give or take as much."""
_INNER_SHARES: Final = (0.55, 0.75)


@dataclass(frozen=True, slots=True)
class Halves:
    """Hold the rows to learn from and the newest, to compare on. Between them lies the horizon: what came of every row
    learnt from was known when the first row compared on was decided."""

    learn: Ints
    compare: Ints


def split_newest(panel: Panel, share: float = NEWEST_SHARE) -> Halves:
    """Split so that the newest part has about so large a share of the wins."""
    at = panel.at_us
    wins = np.sort(at[panel.won])
    begin = int(wins[round((1 - share) * (len(wins) - 1))]) if len(wins) else 0
    horizon = round(panel.horizon_days * DAY_US)
    return Halves(np.flatnonzero(at + horizon <= begin), np.flatnonzero(at >= begin))


def split_inside(panel: Panel, rows: Ints) -> list[tuple[Ints, Ints]]:
    """Return expanding splits of rows by time, cut between periods, for choosing among ways to learn."""
    periods = np.unique(panel.at_us[rows])
    ends = [periods[min(len(periods) - 1, round(share * len(periods)))] for share in _INNER_SHARES]
    folds = []
    for begin, end in zip(ends, [*ends[1:], periods[-1] + 1], strict=True):
        at = panel.at_us[rows]
        learn, compare = rows[at < begin], rows[(at >= begin) & (at < end)]
        if panel.won[learn].any() and panel.won[compare].any():
            folds.append((learn, compare))
    return folds


@dataclass
class Learner:
    """Learn the points of one model over one panel. `attributes` get bins of their own: criteria to propose."""

    panel: Panel
    model: Model
    attributes: Sequence[str] = ()
    _columns: dict[str, pl.Series] = field(default_factory=dict)
    _designs: dict[float | None, Design] = field(default_factory=dict)

    def learn(self, half_life: float | None, rows: Ints, tau: float) -> tuple[Card, list[Cut]]:
        cuts = self.cut(rows)
        return learn_points(self.design(half_life, cuts), self.panel.won, rows, tau), cuts

    def choose_tau(self, half_life: float | None, splits: Splits) -> float:
        """Choose how far points may go from the hand-set ones; 0 where nothing can be compared."""
        if not splits:
            return 0.0
        return choose_tau(lambda some: self.design(half_life, self.cut(some)), self.panel.won, splits)

    def half_life_losses(self, splits: Splits) -> dict[float | None, Floats]:
        """Return per half-life the log losses with points learnt for it: a short half-life must not look good only
        because it takes away from points that are wrong."""
        found = {}
        for life in dict.fromkeys((usual_half_life(self.model), *HALF_LIVES)):
            design, losses = self.design(life, []), [np.empty(0)]
            for learn, compare in splits:
                card = learn_points(design, self.panel.won, learn, _MIDDLE_TAU)
                losses.append(compare_losses(card, design, self.panel.won, learn, compare))
            found[life] = np.concatenate(losses)
        return found

    def cut(self, rows: Ints) -> list[Cut]:
        """Cut the attributes that tell who is won into bins."""
        if not self.attributes:
            return []
        if not self._columns:
            self._columns.update({name: column_of(self.panel, name) for name in self.attributes})
        design, won = self.design(usual_half_life(self.model), []), self.panel.won
        known = axis_sums(design, hand_points(design.terms)) / _USUAL_POINTS
        telling = tell_wins(self._columns, known, won, newest_of_each(self.panel.person, rows))
        return [cut_attribute(name, self._columns[name], won, rows) for name in telling]

    def design(self, half_life: float | None, cuts: Sequence[Cut]) -> Design:
        """Return the design with a half-life, and a column per bin at its end."""
        if half_life not in self._designs:
            shaped = with_half_life(self.model, half_life)
            self._designs[half_life] = _without_sales(design_panel(self.panel, shaped), shaped)
        return _with_bins(self._designs[half_life], self.model, cuts, self._columns)


def _without_sales(design: Design, model: Model) -> Design:
    """Blank the signals of what sales writes: they keep the points they have."""
    begin = len(model.fit.criteria)
    written = [begin + place for place, rule in enumerate(model.engagement.signals) if rule.kind in SALES_KINDS]
    columns = design.columns.copy()
    columns[:, written] = 0.0
    return Design(design.terms, columns, design.besides)


def _with_bins(design: Design, model: Model, cuts: Sequence[Cut], columns: Mapping[str, pl.Series]) -> Design:
    """Add a term per bin, after all others."""
    if not cuts:
        return design
    told = {cut.attribute for cut in cuts}
    beside = [
        place
        for place, rule in enumerate(model.fit.criteria)
        if not told.issuperset(test.name for test in tests_of(rule.when))
    ]
    terms = [Term(f"{cut.attribute}={one.label}", "fit") for cut in cuts for one in cut.bins]
    bins = [cut.columns(columns[cut.attribute]) for cut in cuts]
    return Design((*design.terms, *terms), np.hstack([design.columns, *bins]), design.besides[:, beside])


def choose_half_life(losses: Mapping[float | None, Floats], usual: float | None) -> float | None:
    """Return the best half-life when it beats the usual one by more than a standard error, else the usual one."""
    best = min(losses, key=lambda life: float(losses[life].mean()) if len(losses[life]) else 0.0)
    gap = losses[usual] - losses[best]
    if len(gap) and gap.mean() > gap.std() / np.sqrt(len(gap)):
        return best
    return usual


@dataclass(frozen=True, slots=True)
class Comparison:
    """Hold how two models do on rows neither has seen. `gain` is how much lower the log loss of the second is, per
    row, `skill` how much lower than with the rate of wins known before; `auc_gain` how much higher its AUC."""

    before_auc: float
    after_auc: float
    gain: Estimate
    skill: Estimate
    auc_gain: Estimate
    rows: int
    winners: int

    @property
    def is_better(self) -> bool:
        """Tell whether the second is better than the first, and than knowing nothing of anybody."""
        return self.gain.is_positive and self.skill.is_positive and self.after_auc >= self.before_auc


def compare_models(panel: Panel, halves: Halves, before: Scores, after: Scores) -> Comparison:
    """Compare two models on the newest rows; what points are worth is learnt from the older ones, for both alike."""
    rows, won = halves.compare, panel.won[halves.compare]
    odds = []
    for scores in (before, after):
        scale = learn_scale(scores.sums[halves.learn], panel.won[halves.learn])
        odds.append(scale.log_odds(scores.sums[rows]))
    losses = [log_losses(to_chance(one), won) for one in odds]
    people, base = panel.person[rows], float(panel.won[halves.learn].mean())
    return Comparison(
        before_auc=measure_auc(odds[0], won),
        after_auc=measure_auc(odds[1], won),
        gain=bootstrap_mean(losses[0] - losses[1], people),
        skill=bootstrap_mean(log_losses(np.full(len(won), base), won) - losses[1], people),
        auc_gain=bootstrap(lambda some: _auc_gain(odds, won, some), people, 200),
        rows=len(rows),
        winners=panel.winners(rows),
    )


def _auc_gain(odds: Sequence[Floats], won: Flags, rows: Ints) -> float:
    return measure_auc(odds[1][rows], won[rows]) - measure_auc(odds[0][rows], won[rows])
