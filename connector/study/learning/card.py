"""Learn integer points that start from the hand-set ones: a rule without evidence keeps the points it has.

log-odds of winning = a + Σ γ·x, with γ believed to be b·(hand-set points), give or take `tau`; b is one slope per axis,
learnt first. New points are γ / b, rounded, so that they stay on the scale people know.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

from connector.study.learning.logistic import believe, fit_logistic, to_chance
from connector.study.learning.measures import log_losses
from connector.study.vector_truth import Flags, Floats, Ints

Axis: TypeAlias = Literal["fit", "engagement"]
AXES: Final[tuple[Axis, ...]] = ("fit", "engagement")

SLOPE: Final = (0.035, 0.025, 0.004, 0.2)
"""What is believed of the log-odds one hand-set point is worth: mean, standard deviation, least, most."""
TAUS: Final = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
TAU_BY_WINS: Final = ((25, 0.0), (50, 0.2), (200, 0.4))
"""With fewer wins than these, points may go no further than so much from the hand-set ones."""
MOST_POINTS: Final = 100
ENOUGH_ROWS: Final = 30
ENOUGH_WINS: Final = 3
_DOUBT: Final = 0.5
"""How many standard errors better a looser choice has to be."""
_BESIDES: Final = 1.0
"""Standard deviation of what is believed of columns that help to learn and do not enter the file."""


@dataclass(frozen=True, slots=True)
class Term:
    """Name one number of the file: its axis, its hand-set points (0: a proposed rule), the sign it has to keep."""

    id: str
    axis: Axis
    points: float = 0.0
    sign: Literal[-1, 0, 1] = 0


@dataclass(frozen=True, slots=True)
class Design:
    """Hold what the terms are for every row: `columns` without their points; `besides` what else explains wins."""

    terms: tuple[Term, ...]
    columns: Floats
    besides: Floats


Splits: TypeAlias = Sequence[tuple[Ints, Ints]]
"""Rows to learn from and rows to compare on."""
Build: TypeAlias = Callable[[Ints], Design]
"""Builds the design from some rows; whatever is learnt on the way, such as bins, is learnt from these only."""


@dataclass(frozen=True, slots=True)
class Card:
    """Hold learnt points, with how far they were let from the hand-set ones (`tau`; 0: not at all)."""

    terms: tuple[Term, ...]
    points: Ints
    tau: float

    def axis_scores(self, design: Design) -> Floats:
        """Return everybody's points per axis, one column each."""
        return axis_sums(design, self.points.astype(np.float64))


def axis_sums(design: Design, points: Floats) -> Floats:
    on = [np.array([term.axis == axis for term in design.terms], dtype=np.bool_) for axis in AXES]
    return np.column_stack([design.columns[:, mine] @ points[mine] for mine in on])


def hand_points(terms: Sequence[Term]) -> Floats:
    return np.array([term.points for term in terms], dtype=np.float64)


def learn_points(design: Design, won: Flags, rows: Ints, tau: float) -> Card:
    """Learn points from some rows, each rule let `tau` (in log-odds) from its hand-set ones."""
    hand = hand_points(design.terms)
    if tau == 0:
        return Card(design.terms, np.rint(hand).astype(np.int64), tau)
    slopes = learn_slopes(axis_sums(design, hand)[rows], won[rows])
    slope = np.array([slopes[AXES.index(term.axis)] for term in design.terms])
    columns, besides = design.columns[rows], design.besides[rows]
    has_evidence = _have_evidence(columns, won[rows])
    sign = np.array([term.sign for term in design.terms])
    belief = believe(
        np.concatenate([slope * hand, np.zeros(besides.shape[1])]),
        np.concatenate([np.where(has_evidence, tau, 0.0), np.full(besides.shape[1], _BESIDES)]),
        np.concatenate([np.where(sign > 0, 0.0, -np.inf), np.full(besides.shape[1], -np.inf)]),
        np.concatenate([np.where(sign < 0, 0.0, np.inf), np.full(besides.shape[1], np.inf)]),
    )
    learnt = fit_logistic(np.column_stack([columns, besides]), won[rows], belief)[1 : len(hand) + 1]
    return Card(design.terms, _to_points(learnt, slope, hand, design.terms), tau)


def learn_slopes(sums: Floats, won: Flags) -> Floats:
    """Return the log-odds one hand-set point is worth, per axis."""
    mean, sd, low, high = (np.full(sums.shape[1], value) for value in SLOPE)
    return fit_logistic(sums, won, believe(mean, sd, low, high))[1:]


def _have_evidence(columns: Floats, won: Flags) -> Flags:
    """Tell which terms have held for enough rows, and could have told enough wins."""
    fired = columns != 0
    rows = fired.sum(axis=0)
    expected = rows * won.mean()
    enough: Flags = (rows >= ENOUGH_ROWS) & (np.maximum(fired[won].sum(axis=0), expected) >= ENOUGH_WINS)
    return enough


def _to_points(learnt: Floats, slope: Floats, hand: Floats, terms: Sequence[Term]) -> Ints:
    """Return whole points on the hand-set scale, all of an axis made smaller where one would be out of all proportion.

    A rule that is in the file keeps at least one point of its sign.
    """
    raw, sign = learnt / slope, np.array([term.sign for term in terms])
    for axis in AXES:
        mine = np.array([term.axis == axis for term in terms], dtype=np.bool_)
        most = max(MOST_POINTS, float(np.abs(hand[mine]).max(initial=0.0)))
        raw[mine] *= min(1.0, most / max(float(np.abs(raw[mine]).max(initial=0.0)), 1e-9))
    points = np.rint(raw)
    kept: Ints = np.where((sign != 0) & (points == 0), sign, points).astype(np.int64)
    return kept


def choose_tau(build: Build, won: Flags, splits: Splits) -> float:
    """Return the least `tau` that the comparison rows do not tell from the best: the hand-set points when in doubt."""
    wins = min(int(won[np.union1d(learn, compare)].sum()) for learn, compare in splits)
    taus = [tau for tau in TAUS if tau <= next((most for few, most in TAU_BY_WINS if wins < few), TAUS[-1])]
    losses = np.array([np.concatenate([fold[place] for fold in _fold_losses(build, won, splits, taus)])
                       for place in range(len(taus))])  # fmt: skip
    best = int(np.argmin(losses.mean(axis=1)))
    for place, tau in enumerate(taus):
        gap = losses[place] - losses[best]
        if gap.mean() <= _DOUBT * gap.std() / np.sqrt(max(1, len(gap))):
            return tau
    return taus[best]


def _fold_losses(build: Build, won: Flags, splits: Splits, taus: Sequence[float]) -> list[list[Floats]]:
    """Return the log losses per split and tau."""
    folds = []
    for learn, compare in splits:
        design = build(learn)
        folds.append(
            [compare_losses(learn_points(design, won, learn, tau), design, won, learn, compare) for tau in taus]
        )
    return folds


def compare_losses(card: Card, design: Design, won: Flags, learn: Ints, compare: Ints) -> Floats:
    """Return the log losses of the comparison rows. Their rate of wins is given: it drifts apart from points."""
    scores = card.axis_scores(design)
    slopes = learn_slopes(scores[learn], won[learn])
    odds = scores[compare] @ slopes
    return log_losses(to_chance(odds + _level(odds, won[compare])), won[compare])


def _level(odds: Floats, won: Flags) -> float:
    """Return what to add to log-odds so that they expect as many wins as there are."""
    return float(fit_logistic(odds[:, None], won, believe(np.ones(1), np.zeros(1)))[0])


@dataclass(frozen=True, slots=True)
class Scale:
    """Turn the points of each axis into a chance of winning."""

    level: float
    slopes: Floats

    def log_odds(self, scores: Floats) -> Floats:
        odds: Floats = self.level + scores @ self.slopes
        return odds

    def chance(self, scores: Floats) -> Floats:
        return to_chance(self.log_odds(scores))


def learn_scale(scores: Floats, won: Flags) -> Scale:
    """Learn what points are worth: one level and one slope per axis."""
    slopes = learn_slopes(scores, won)
    return Scale(_level(scores @ slopes, won), slopes)
