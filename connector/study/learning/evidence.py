"""Tell which attributes say anything of who is won: bins tell the rows they were cut from, which proves nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import polars as pl

from connector.study.learning.logistic import believe, fit_logistic, to_chance
from connector.study.learning.measures import log_losses
from connector.study.learning.proposed import cut_attribute
from connector.study.vector_truth import Flags, Floats, Ints

_FOLDS: Final = 4
_SURE: Final = 2.0
"""Standard errors by which an attribute has to help on rows it was not learnt from."""
_LEAST_SIDE: Final = 10
"""With fewer people won, or not won, nothing is proved."""
_BIN_SD: Final = 0.4
_KNOWN_SD: Final = 1.0
"""Standard deviations of what is believed of a bin, and of a unit of what is known."""


def tell_wins(columns: Mapping[str, pl.Series], known: Floats, won: Flags, rows: Ints) -> list[str]:
    """Return the attributes without which the outcome of some people is foretold worse by what others teach.

    All are learnt together, beside what the file says already (`known`), from three rows of four, and asked on the
    fourth. An attribute helps when leaving out what it says costs log loss. `rows` hold each person once.
    """
    if not columns or min(int(won[rows].sum()), int((~won[rows]).sum())) < _LEAST_SIDE:
        return []
    fold = np.arange(len(rows)) % _FOLDS
    costs = np.vstack([_costs(columns, known, won, rows[fold != one], rows[fold == one]) for one in range(_FOLDS)])
    error = costs.std(axis=0) / np.sqrt(len(costs))
    return [name for name, sure in zip(columns, costs.mean(axis=0) > _SURE * error, strict=True) if sure]


def _costs(columns: Mapping[str, pl.Series], known: Floats, won: Flags, learn: Ints, compare: Ints) -> Floats:
    """Return per row compared on and attribute the log loss of not asking it."""
    bins = [cut_attribute(name, column, won, learn).columns(column) for name, column in columns.items()]
    sd = np.concatenate([np.full(known.shape[1], _KNOWN_SD), np.full(sum(one.shape[1] for one in bins), _BIN_SD)])
    weights = fit_logistic(np.hstack([known, *bins])[learn], won[learn], believe(np.zeros(len(sd)), sd))
    begin = 1 + known.shape[1]
    odds = weights[0] + known[compare] @ weights[1:begin]
    says = []
    for one in bins:
        said = one @ weights[begin : begin + one.shape[1]]
        says.append(said[compare] - said[learn].mean())
        odds += said[compare]
        begin += one.shape[1]
    whole = log_losses(to_chance(odds), won[compare])
    return np.column_stack([log_losses(to_chance(odds - said), won[compare]) - whole for said in says])


def newest_of_each(person: Ints, rows: Ints) -> Ints:
    """Return the newest row of everybody; rows are in the order of time."""
    _, places = np.unique(person[rows][::-1], return_index=True)
    newest: Ints = np.sort(rows[len(rows) - 1 - places])
    return newest
