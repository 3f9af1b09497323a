"""Measure how well scores rank and how true chances are. Larger scores stand for likelier wins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from connector.study.vector_truth import Flags, Floats

LIFT_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Quality:
    """Hold what is measured of one scorer on rows it has not seen.

    `skill` is 1 − log loss / log loss of saying the rate of wins known before (`base`); below 0 is worse than that.
    """

    auc: float
    pr_auc: float
    brier: float
    skill: float
    lift: float
    rows: int
    wins: int


def measure(score: Floats, chance: Floats, won: Flags, base: float) -> Quality:
    """Measure a scorer; `base` is the rate of wins among the rows it was learnt from."""
    plain = np.full(len(won), base)
    return Quality(
        auc=measure_auc(score, won),
        pr_auc=measure_pr_auc(score, won),
        brier=float(np.mean((chance - won) ** 2)),
        skill=1.0 - float(log_losses(chance, won).mean() / log_losses(plain, won).mean()),
        lift=measure_lift(score, won, LIFT_SHARE),
        rows=len(won),
        wins=int(won.sum()),
    )


def measure_auc(score: Floats, won: Flags) -> float:
    """Return the share of pairs of a win and a loss in which the win scores higher; ties count half. NaN without both.
    """  # fmt: skip
    wins, losses = int(won.sum()), int((~won).sum())
    if not wins or not losses:
        return float("nan")
    _, place, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((ranks[won].sum() - wins * (wins + 1) / 2) / (wins * losses))


def measure_pr_auc(score: Floats, won: Flags) -> float:
    """Return the average precision over all cuts; people with the same score are cut together."""
    if not won.any():
        return float("nan")
    taken, hits = counts_above(score, won)
    gained = np.diff(np.concatenate([[0], hits]))
    return float(np.sum(hits / taken * gained) / won.sum())


def counts_above(score: Floats, won: Flags) -> tuple[Floats, Floats]:
    """Return per distinct score, from the highest, how many rows reach it and how many of these are wins."""
    order = np.argsort(-score, kind="stable")
    ranked, hit = score[order], won[order]
    last = np.flatnonzero(np.diff(ranked, append=-np.inf) != 0)
    return (last + 1).astype(np.float64), np.cumsum(hit)[last].astype(np.float64)


def hits_at(score: Floats, won: Flags, capacity: float) -> float:
    """Return how many wins are among the `capacity` highest; of people tied at the cut, the share that fits."""
    taken, hits = counts_above(score, won)
    return float(np.interp(capacity, np.concatenate([[0.0], taken]), np.concatenate([[0.0], hits])))


def measure_lift(score: Floats, won: Flags, share: float) -> float:
    """Return how many times more wins the highest `share` holds than as many rows drawn by lot."""
    if not won.any():
        return float("nan")
    return hits_at(score, won, share * len(won)) / (share * float(won.sum()))


def log_losses(chance: Floats, won: Flags) -> Floats:
    """Return the log loss row by row."""
    kept = np.clip(chance, 1e-15, 1 - 1e-15)
    losses: Floats = -np.where(won, np.log(kept), np.log1p(-kept))
    return losses
