"""Calibrate a hand-set file on a table, and rank people by the file that comes out, weighed like any other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import polars as pl

from connector.domain.model import Model
from connector.domain.model_file import parse_model
from connector.study.learning.card import Design, choose_tau, learn_points, learn_scale
from connector.study.learning.fit_file import edit_weights, new_criteria
from connector.study.learning.fit_terms import lay_out_fit
from connector.study.learning.model_text import edit_model
from connector.study.learning.proposed import Cut, cut_attribute
from connector.study.learning.splits import split_by_lot, split_forward
from connector.study.snapshot_schema import attribute_column
from connector.study.vector_profile import weigh_profiles
from connector.study.vector_truth import Asker, Floats, Ints
from outcomes.contenders import Scored
from outcomes.tables import Table

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FOLDS = 4


@dataclass(frozen=True)
class Calibrator:
    """Calibrate the hand-set model of one table."""

    table: Table

    def learn(self, rows: Ints, *, in_time: bool) -> tuple[str, float]:
        """Return the text of the calibrated file, and how far its points were let from the hand-set ones."""
        won = self.table.won
        splits = split_forward(rows) if in_time else split_by_lot(rows, won, FOLDS, np.random.default_rng(0))
        tau = choose_tau(lambda some: self._design(self._cut(some)), won, splits)
        if tau == 0:
            return self.table.hand_text, tau
        cuts = self._cut(rows)
        card = learn_points(self._design(cuts), won, rows, tau)
        rules = self.table.model.fit
        return edit_model(self.table.hand_text, list(edit_weights(rules, card)), new_criteria(rules, card, cuts)), tau

    def _cut(self, rows: Ints) -> list[Cut]:
        people = self.table.people
        return [cut_attribute(name, people[attribute_column(name)], self.table.won, rows) for name in self.table.types]

    def _design(self, cuts: list[Cut]) -> Design:
        columns = {name: self.table.people[attribute_column(name)] for name in self.table.types}
        laid = lay_out_fit(self.table.model.fit, _asker(self.table), self.table.people.height, cuts, columns)
        return Design(laid.terms, laid.columns, laid.besides)

    def score(self, text: str, learn: Ints, others: Ints) -> Scored:
        """Score rows by a file: the sum of the weights that match, and what the learnt rows say such a sum is worth."""
        points = weigh(self.table, parse_model(text, file=self.table.name, types=self.table.types))
        scale = learn_scale(points[learn][:, None], self.table.won[learn])
        return Scored(points[others], scale.chance(points[others][:, None]))


def weigh(table: Table, model: Model) -> Floats:
    """Return everybody's weight by the product's own engine."""
    whole = sum(rule.weight for rule in model.fit.criteria)
    return weigh_profiles(model.fit, _asker(table), table.people.height).low * whole / 100


def _asker(table: Table) -> Asker:
    return Asker(table.people, pl.DataFrame(), np.empty(0, dtype=np.int64), NOW)
