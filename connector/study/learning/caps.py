"""Choose caps: how far one signal, or a group of them, may carry somebody by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from connector.domain.model import EngagementRules, Model, Signal
from connector.study.learning.card import Splits, learn_scale
from connector.study.learning.logistic import to_chance
from connector.study.learning.measures import log_losses
from connector.study.learning.panel import Panel, design_panel, score_panel
from connector.study.vector_truth import Flags, Floats

_FACTORS: Final = (0.5, 2.0)
_SURE: Final = 1.0
"""Standard errors by which another cap has to be better."""


def choose_caps(panel: Panel, model: Model, splits: Splits) -> EngagementRules:
    """Return the rules with each cap halved or doubled where that foretells later decisions better for certain.

    Groups first, then signals, each beside the caps chosen before it.
    """
    rules = model.engagement
    if not splits or not any(_capped(rules)):
        return rules
    uncapped = replace(rules, signals=tuple(replace(signal, cap=None) for signal in rules.signals))
    counts = design_panel(panel, replace(model, engagement=uncapped)).columns[:, len(model.fit.criteria) :]
    fit_points = score_panel(panel, model, lenient=True).fit_points
    losses = _losses(np.column_stack([fit_points, sum_counts(rules, counts)]), panel.won, splits)
    for name in _capped(rules):
        for other in [with_cap(rules, name, factor) for factor in _FACTORS]:
            tried = _losses(np.column_stack([fit_points, sum_counts(other, counts)]), panel.won, splits)
            gain = losses - tried
            if gain.mean() > _SURE * gain.std() / np.sqrt(len(gain)):
                rules, losses = other, tried
    return rules


def _capped(rules: EngagementRules) -> Iterator[str | int]:
    """Yield the groups, by name, and the signals, by place, that have a cap."""
    yield from (name for name, cap in rules.groups.items() if cap is not None)
    yield from (place for place, signal in enumerate(rules.signals) if signal.cap is not None)


def with_cap(rules: EngagementRules, name: str | int, factor: float) -> EngagementRules:
    """Return the rules with one cap made larger or smaller, to a whole number."""
    if isinstance(name, str):
        groups: Mapping[str, float | None] = {**rules.groups, name: _scaled(rules.groups[name], factor)}
        return replace(rules, groups=groups)
    signals: Sequence[Signal] = [
        replace(signal, cap=_scaled(signal.cap, factor)) if place == name else signal
        for place, signal in enumerate(rules.signals)
    ]
    return replace(rules, signals=tuple(signals))


def _scaled(cap: float | None, factor: float) -> float | None:
    return None if cap is None else max(1.0, float(round(cap * factor)))


def sum_counts(rules: EngagementRules, counts: Floats) -> Floats:
    """Return everybody's engagement, given what each signal counts without its cap."""
    sums: dict[str | None, Floats] = {}
    for place, signal in enumerate(rules.signals):
        kept = _clip(counts[:, place] * signal.points, signal.cap)
        sums[signal.group] = sums.get(signal.group, np.zeros(len(counts))) + kept
    total = sums.get(None, np.zeros(len(counts)))
    for name, cap in rules.groups.items():
        if name in sums:
            total = total + _clip(sums[name], cap)
    return np.clip(total, rules.floor, rules.ceiling)


def _clip(points: Floats, cap: float | None) -> Floats:
    return points if cap is None else np.clip(points, -cap, cap)


def _losses(sums: Floats, won: Flags, splits: Splits) -> Floats:
    """Return the log losses of the rows compared on, by what the rows before say points are worth."""
    parts = []
    for learn, compare in splits:
        odds = learn_scale(sums[learn], won[learn]).log_odds(sums[compare])
        parts.append(log_losses(to_chance(odds), won[compare]))
    return np.concatenate(parts)
