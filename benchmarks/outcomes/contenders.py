"""Score rows in the ways that are compared: hand-set file, calibrated file, and three that are no file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import polars as pl
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from connector.study.vector_truth import Flags, Floats, Ints
from outcomes.tables import Table


@dataclass(frozen=True)
class Scored:
    """Hold what a contender says of the rows it has not seen."""

    score: Floats
    chance: Floats


Contender: TypeAlias = Callable[[Table, Ints, Ints], Scored]
"""Learns from some rows and scores others."""


def score_by_odoo(table: Table, learn: Ints, others: Ints) -> Scored:
    """Score by the arithmetic of Odoo's predictive lead scoring: naive Bayes over the values of chosen fields.

    Counts start at 0.1; a blank field says nothing; numbers count by fifths, as somebody would set them up.
    Source: github.com/odoo/odoo, addons/crm/models/crm_lead_scoring_frequency.py and crm_lead.py, read 2026-11.
    """  # fmt: skip
    won = table.won[learn]
    odds = np.full(len(others), np.log(won.sum() + 0.1) - np.log((~won).sum() + 0.1))
    for column in table.people:
        codes = _codes(column, learn)
        size = int(codes.max(initial=0)) + 1
        wins = np.bincount(codes[learn][won], minlength=size)[1:] + 0.1
        losses = np.bincount(codes[learn][~won], minlength=size)[1:] + 0.1
        says = np.concatenate([[0.0], np.log(wins / wins.sum()) - np.log(losses / losses.sum())])
        odds += says[codes[others]]
    chance = np.clip(1 / (1 + np.exp(-np.clip(odds, -35, 35))), 0.0001, 0.9999)
    return Scored(odds, chance)


def _codes(column: pl.Series, learn: Ints) -> Ints:
    """Number the values of a column: 0 is blank."""
    if column.dtype == pl.Float64:
        numbers = column.fill_null(np.nan).to_numpy()
        known = numbers[learn][~np.isnan(numbers[learn])]
        edges = np.unique(np.quantile(known, (0.2, 0.4, 0.6, 0.8))) if len(known) else np.empty(0)
        return np.where(np.isnan(numbers), 0, np.searchsorted(edges, numbers, side="left") + 1)
    names: dict[str | None, int] = {None: 0}
    return np.array([names.setdefault(value, len(names)) for value in column.to_list()], dtype=np.int64)


def score_by_regression(table: Table, learn: Ints, others: Ints) -> Scored:
    """Score by scikit-learn's logistic regression, texts one-hot."""
    numbers, texts = _kinds(table)
    frame = _frame(table)
    columns = make_column_transformer(
        (StandardScaler(), numbers),
        (OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=30), texts),
    )
    model = make_pipeline(columns, LogisticRegression(max_iter=2_000))
    return _score(model, frame, table.won, learn, others)


def score_by_boosting(table: Table, learn: Ints, others: Ints) -> Scored:
    """Score by scikit-learn's histogram gradient boosting, texts as categories: the ceiling, and no file."""
    _, texts = _kinds(table)
    frame = _frame(table)
    for name in texts:
        values = frame[:, name]
        frame[:, name] = np.unique(values.astype(str), return_inverse=True)[1]
    model = HistGradientBoostingClassifier(
        categorical_features=[name for name in texts if len(np.unique(frame[:, name])) < 255],
        learning_rate=0.06, max_iter=150, max_leaf_nodes=15, min_samples_leaf=30, l2_regularization=1.0,
        random_state=0,
    )  # fmt: skip
    return _score(model, frame.astype(np.float64), table.won, learn, others)


def _kinds(table: Table) -> tuple[list[int], list[int]]:
    kinds = [column.dtype == pl.Float64 for column in table.people]
    return [place for place, one in enumerate(kinds) if one], [place for place, one in enumerate(kinds) if not one]


def _frame(table: Table) -> np.ndarray:
    """Return the attributes as one array; blank numbers as −1, blank texts as a word."""
    columns = [
        column.fill_null(-1.0).to_numpy() if column.dtype == pl.Float64 else column.fill_null("blank").to_numpy()
        for column in table.people
    ]
    return np.column_stack([np.asarray(column, dtype=object) for column in columns])


def _score(model: object, frame: np.ndarray, won: Flags, learn: Ints, others: Ints) -> Scored:
    model.fit(frame[learn], won[learn])  # type: ignore[attr-defined]
    chance = model.predict_proba(frame[others])[:, 1]  # type: ignore[attr-defined]
    return Scored(chance, chance)


BESIDES: Final[Sequence[tuple[str, Contender]]] = (
    ("Odoo's arithmetic", score_by_odoo),
    ("logistic regression", score_by_regression),
    ("gradient boosting", score_by_boosting),
)
