"""Lay out a model's fit criteria, and proposed ones, as columns to learn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from connector.domain.conditions import tests_of
from connector.domain.model import FitRules
from connector.study.learning.card import Term
from connector.study.learning.proposed import Cut
from connector.study.vector_truth import Asker, Floats


@dataclass(frozen=True, slots=True)
class FitColumns:
    """Hold terms with their columns; `besides` says who is unknown to a criterion that no blank bin tells of."""

    terms: tuple[Term, ...]
    columns: Floats
    besides: Floats


def lay_out_fit(rules: FitRules, asker: Asker, size: int, cuts: Sequence[Cut], people: Mapping[str, pl.Series]) -> (
    FitColumns
):  # fmt: skip
    """Return the criteria of a model, then a term per bin; `people` has the attributes that were cut."""
    terms = [Term(rule.id, "fit", rule.weight, 1) for rule in rules.criteria]
    columns, besides = [], []
    told = {cut.attribute for cut in cuts}
    for rule in rules.criteria:
        truth = asker.of_people(rule.when)
        columns.append((truth == 1).astype(np.float64)[:, None])
        if not told.issuperset(test.name for test in tests_of(rule.when)):
            besides.append((truth == 0).astype(np.float64)[:, None])
    for cut in cuts:
        terms += [Term(f"{cut.attribute}={one.label}", "fit") for one in cut.bins]
        columns.append(cut.columns(people[cut.attribute]))
    empty = np.empty((size, 0))
    return FitColumns(tuple(terms), np.hstack([empty, *columns]), np.hstack([empty, *besides]))
