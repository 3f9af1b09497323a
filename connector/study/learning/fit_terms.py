"""Lay out a model's fit criteria as columns to learn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from connector.domain.model import FitRules
from connector.study.learning.card import Term
from connector.study.vector_truth import Asker, Floats


@dataclass(frozen=True, slots=True)
class FitColumns:
    """Hold one column per criterion: 1 for those who match; `unknown` says the same of who cannot be told."""

    matches: Floats
    unknown: Floats


def fit_terms(rules: FitRules) -> list[Term]:
    return [Term(rule.id, "fit", rule.weight, 1) for rule in rules.criteria]


def match_criteria(rules: FitRules, asker: Asker, size: int) -> FitColumns:
    truths = np.column_stack([np.empty((size, 0)), *(asker.of_people(rule.when) for rule in rules.criteria)])
    return FitColumns((truths == 1).astype(np.float64), (truths == 0).astype(np.float64))
