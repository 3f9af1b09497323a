"""Weigh everybody's profile: fit with what is unknown kept apart, exclusions, persona — as `domain.fit` does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from connector.domain.fit import Verdict
from connector.domain.model import FitRules
from connector.study.vector_truth import Asker, Flags, Floats, Ints

VERDICTS: Final[tuple[Verdict, ...]] = ("unfit", "fit", "undetermined")
_UNFIT, _FIT, _UNDETERMINED = range(3)


@dataclass(frozen=True, slots=True)
class Profiles:
    """Hold what attributes say of everybody: `verdict` counts in VERDICTS, `pct` is NaN when nothing is known."""

    verdict: Ints
    pct: Floats
    low: Floats
    high: Floats
    completeness: Floats
    excluded: Flags
    exclusions: pl.Series
    personas: list[str | None]


def weigh_profiles(rules: FitRules, asker: Asker, size: int) -> Profiles:
    """Weigh every criterion in file order."""
    whole = 0.0
    matched, unknown_or_matched, known = np.zeros(size), np.zeros(size), np.zeros(size)
    for criterion in rules.criteria:
        truth = asker.of_people(criterion.when)
        whole += criterion.weight
        matched = matched + np.where(truth == 1, criterion.weight, 0.0)
        unknown_or_matched = unknown_or_matched + np.where(truth != -1, criterion.weight, 0.0)
        known = known + np.where(truth != 0, criterion.weight, 0.0)
    low, high, completeness = 100 * matched / whole, 100 * unknown_or_matched / whole, known / whole
    pct = np.full(size, np.nan)
    np.divide(100 * matched, known, out=pct, where=known != 0)
    excluded, exclusions = _exclusions(rules, asker, size)
    verdict = _verdicts(rules, low, high, pct, completeness)
    return Profiles(verdict, pct, low, high, completeness, excluded, exclusions, _personas(rules, asker, size))


def _verdicts(rules: FitRules, low: Floats, high: Floats, pct: Floats, completeness: Floats) -> Ints:
    enough = ~np.isnan(pct) & (completeness >= rules.min_completeness)
    unfit = (high < rules.threshold) | (enough & (pct < rules.threshold))
    fit = (low >= rules.threshold) | enough
    verdict: Ints = np.where(unfit, _UNFIT, np.where(fit, _FIT, _UNDETERMINED))
    return verdict


def _exclusions(rules: FitRules, asker: Asker, size: int) -> tuple[Flags, pl.Series]:
    """Return who is excluded, and by which exclusions; an unknown one excludes nobody."""
    holding: list[tuple[str, ...]] = [()] * size
    excluded = np.zeros(size, dtype=np.bool_)
    for exclusion in rules.exclusions:
        holds = asker.of_people(exclusion.when) == 1
        excluded |= holds
        for person in np.flatnonzero(holds):
            holding[person] += (exclusion.id,)
    distinct: dict[tuple[str, ...], int] = {}
    numbers = [distinct.setdefault(ids, len(distinct)) for ids in holding]
    lists = pl.Series([list(ids) for ids in distinct], dtype=pl.List(pl.String))
    return excluded, lists.gather(pl.Series(numbers, dtype=pl.UInt32))


def _personas(rules: FitRules, asker: Asker, size: int) -> list[str | None]:
    """Return everybody's first persona that matches, else their attribute `persona`."""
    coded = asker.coded("attribute", "persona")
    personas: list[str | None] = [None] * size
    if coded is not None:
        texts = [value if isinstance(value, str) else None for value in coded.values]
        personas = [texts[code] for code in coded.codes.tolist()]
    settled = np.zeros(size, dtype=np.bool_)
    for persona in rules.personas:
        matches = (asker.of_people(persona.when) == 1) & ~settled
        settled |= matches
        for person in np.flatnonzero(matches):
            personas[person] = persona.id
    return personas
