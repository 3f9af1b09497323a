"""Calibrate a hand-set file on a table, and rank people by the file that comes out, weighed like any other."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import polars as pl

from connector.domain.model import Model
from connector.domain.model_file import parse_model
from connector.domain.timeline import DAY_US
from connector.study.calibrate_edits import edits_of
from connector.study.calibrate_learn import Learner, split_inside
from connector.study.learning.card import learn_scale
from connector.study.learning.fit_file import new_criteria
from connector.study.learning.model_text import edit_model
from connector.study.learning.panel import Panel, Slice, score_panel
from connector.study.learning.past import Past
from connector.study.learning.signal_terms import usual_half_life
from connector.study.learning.splits import split_by_lot
from connector.study.snapshot_schema import PERSON, TABLES, columns_of
from connector.study.vector_truth import Ints
from outcomes.contenders import Scored
from outcomes.tables import Table

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FOLDS = 4


@dataclass
class Calibrator:
    """Calibrate the hand-set model of one table, criteria for every attribute included."""

    table: Table
    panel: Panel = field(init=False)
    _learner: Learner = field(init=False)

    def __post_init__(self) -> None:
        self.panel = lay_out_table(self.table)
        self._learner = Learner(self.panel, self.table.model, tuple(self.table.types))

    def learn(self, rows: Ints, *, in_time: bool) -> str:
        """Return the text of the calibrated file."""
        model = self.table.model
        by_lot = split_by_lot(rows, self.table.won, FOLDS, np.random.default_rng(0))
        half_life = usual_half_life(model)
        tau = self._learner.choose_tau(half_life, split_inside(self.panel, rows) if in_time else by_lot)
        if not tau:
            return self.table.hand_text
        card, cuts = self._learner.learn(half_life, rows, tau)
        own = [False] * len(model.engagement.signals)
        return edit_model(
            self.table.hand_text, edits_of(model, card, half_life, own), new_criteria(model.fit, card, cuts)
        )

    def score(self, text: str, learn: Ints, others: Ints) -> Scored:
        """Score rows by a file: the sum of the weights that match, and what the learnt rows say such a sum is worth."""
        sums = score_panel(self.panel, self._parse(text), lenient=True).sums
        scale = learn_scale(sums[learn], self.table.won[learn])
        return Scored(sums[others, 0], scale.chance(sums[others]))

    def _parse(self, text: str) -> Model:
        return parse_model(text, file=self.table.name, types=self.table.types)


def lay_out_table(table: Table) -> Panel:
    """Lay out a table as one decision per row, a day apart, of which nobody did anything that was dated."""
    size = len(table.won)
    tables = {name: pl.DataFrame(schema=dict(columns_of(name, table.types))) for name in TABLES}
    people = table.people.select(pl.Series(PERSON, np.arange(size), dtype=pl.UInt32), pl.all())
    people = pl.concat([tables["people"], people], how="diagonal")
    past = Past(people, tables["events"], tables["history"], tables["deals"], table.types, frozenset(),
                frozenset(table.types), tables["events"])  # fmt: skip
    rows, nobody = np.arange(size), np.full(size, -1)
    return Panel((Slice(past, NOW, rows),), rows * DAY_US, rows, table.won, nobody, nobody, 0.0)
