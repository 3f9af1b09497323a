"""Lay out a model's signals as columns to learn from: how many undecayed events each counts at an instant."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from connector.domain.model import Model, Signal
from connector.study.learning.card import Term
from connector.study.vector_engagement import count_hits
from connector.study.vector_events import Happened
from connector.study.vector_truth import Asker, Floats


def signal_terms(model: Model) -> list[Term]:
    return [Term(rule.id, "engagement", rule.points, 1 if rule.points > 0 else -1) for rule in model.engagement.signals]


def count_signals(model: Model, happened: Happened, asker: Asker, size: int) -> Floats:
    """Return one column per signal: what it adds per point, after decay, window, limit and its own cap.

    Groups' caps, floor and ceiling are left to the engine that scores the finished file: they tie signals together.
    """
    columns = np.zeros((size, len(model.engagement.signals)))
    for place, signal in enumerate(model.engagement.signals):
        hits = count_hits(replace(signal, points=1.0), happened, asker)
        counted = np.bincount(happened.owner[hits.rows], weights=hits.points, minlength=size)
        columns[:, place] = counted if signal.cap is None else np.minimum(counted, signal.cap / abs(signal.points))
    return columns


def with_half_life(model: Model, days: float | None) -> Model:
    """Return the model with another half-life in every signal that has the most usual one."""
    usual = usual_half_life(model)
    signals = tuple(
        replace(signal, half_life_days=days) if signal.half_life_days == usual else signal
        for signal in model.engagement.signals
    )
    return replace(model, engagement=replace(model.engagement, signals=signals))


def usual_half_life(model: Model) -> float | None:
    """Return the half-life most signals have; of several the longest."""
    lives = [signal.half_life_days for signal in model.engagement.signals]
    return max(lives, key=lambda one: (lives.count(one), one is None, one or 0.0))


def scaled_cap(signal: Signal, points: int) -> float | None:
    """Return the cap at which a signal with other points stops after as many events as before."""
    if signal.cap is None:
        return None
    return max(1.0, float(round(signal.cap * abs(points) / abs(signal.points))))
