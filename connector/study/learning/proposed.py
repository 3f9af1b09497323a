"""Propose fit criteria: cut an attribute into bins, the blank one included, of which each can get points of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import numpy as np
import polars as pl

from connector.domain.text import fold
from connector.study.learning.bins import ENOUGH_ROWS, cut_numbers, frequent_values
from connector.study.vector_truth import Coded, Flags, Floats, Ints

BLANK: Final = 0
"""The number of the bin of those without a value."""
_NOT_IN_AN_ID: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Bin:
    """Hold one bin: what its criterion says of itself, and the condition as it is written in a file."""

    label: str
    when: Mapping[str, Any]
    value: str | None = None
    """The value of a bin of one text: such bins are joined where they get the same points."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Hold the bins of one attribute; they hold everybody, each once. The first is the blank one.

    `filled` tells which of them held somebody when they were cut.
    """

    attribute: str
    bins: tuple[Bin, ...]
    edges: Floats
    values: tuple[str, ...]
    filled: tuple[bool, ...] = ()

    def codes(self, column: pl.Series) -> Ints:
        """Return the number of everybody's bin."""
        if column.dtype == pl.Float64:
            numbers = column.fill_null(np.nan).to_numpy()
            placed = np.searchsorted(self.edges, numbers, side="right") + 1
            return np.where(np.isnan(numbers), BLANK, placed)
        place = {value: number + 1 for number, value in enumerate(self.values)}
        other = len(self.values) + 1
        coded = Coded(column)
        texts = [fold_value(value) for value in coded.values]
        return np.array([BLANK if text is None else place.get(text, other) for text in texts], dtype=np.int64)[
            coded.codes
        ]

    def columns(self, column: pl.Series) -> Floats:
        """Return one column per bin: 1 for those in it."""
        wide: Floats = (self.codes(column)[:, None] == np.arange(len(self.bins))).astype(np.float64)
        return wide


def fold_value(value: object) -> str | None:
    """Return a value as conditions compare it; a boolean as its word, blank text as none."""
    if value is None:
        return None
    text = str(value).lower() if isinstance(value, bool) else fold(str(value))
    return text or None


def cut_attribute(attribute: str, column: pl.Series, won: Flags, rows: Ints) -> Cut:
    """Cut an attribute by what some rows tell: numbers by supervised edges, anything else by its frequent values."""
    cut = _cut(attribute, column, won, rows)
    counts = np.bincount(cut.codes(column)[rows], minlength=len(cut.bins))
    return replace(cut, filled=tuple((counts > 0).tolist()))


def _cut(attribute: str, column: pl.Series, won: Flags, rows: Ints) -> Cut:
    if column.dtype == pl.Float64:
        edges = cut_numbers(column.fill_null(np.nan).to_numpy()[rows], won[rows])
        return Cut(attribute, tuple(_number_bins(attribute, edges)), edges, ())
    coded = Coded(column)
    texts = [fold_value(value) for value in coded.values]
    spelled: dict[str, object] = {}
    for text, value in sorted(zip(texts, coded.values, strict=True), key=lambda pair: str(pair[1])):
        spelled.setdefault(text or "", value)
    values = tuple(frequent_values([texts[code] for code in coded.codes[rows].tolist()], rows=ENOUGH_ROWS))
    bins = tuple(_text_bins(attribute, [spelled[value] for value in values]))
    return Cut(attribute, bins, np.empty(0), values)


def _number_bins(attribute: str, edges: Floats) -> Iterator[Bin]:
    yield Bin("blank", {"attribute": attribute, "is_unknown": True})
    marks = [None, *(float(edge) for edge in edges), None]
    for low, high in pairwise(marks):
        parts: list[Mapping[str, Any]] = [{"attribute": attribute, "is_known": True}]
        if low is not None:
            parts.append({"attribute": attribute, "at_least": _plain(low)})
        if high is not None:
            parts.append({"attribute": attribute, "under": _plain(high)})
        label = _range_label(low, high)
        yield Bin(label, {"all": parts} if len(parts) > 1 else parts[0])


def _range_label(low: float | None, high: float | None) -> str:
    if low is None:
        return "any" if high is None else f"under {high:g}"
    return f"{low:g} or more" if high is None else f"{low:g} to under {high:g}"


def _plain(number: float) -> float | int:
    return int(number) if number.is_integer() else number


def _text_bins(attribute: str, values: Sequence[object]) -> Iterator[Bin]:
    yield Bin("blank", {"attribute": attribute, "is_unknown": True})
    known = {"attribute": attribute, "is_known": True}
    for value in values:
        if isinstance(value, bool):
            yield Bin(str(value).lower(), {"all": [known, {"attribute": attribute, "equals": value}]})
        else:
            yield Bin(str(value), _one_of(attribute, [str(value)]), str(value))
    texts = [str(value) for value in values if not isinstance(value, bool)]
    yield Bin("other", {"all": [known, {"attribute": attribute, "not_in": texts}]} if texts else known)


def _one_of(attribute: str, values: Sequence[str]) -> Mapping[str, Any]:
    # An absent value would leave such a criterion unknown; the blank bin has already said what that is worth.
    return {"all": [{"attribute": attribute, "is_known": True}, {"attribute": attribute, "in": list(values)}]}


@dataclass(frozen=True, slots=True)
class Criterion:
    """Hold a proposed criterion as it is written in a file."""

    id: str
    attribute: str
    label: str
    weight: int
    when: Mapping[str, Any]


def to_criteria(cut: Cut, points: Sequence[int]) -> list[Criterion]:
    """Turn the points of an attribute's bins into criteria: the worst bin gets none, the others the distance to it,
    and a bin that held nobody no criterion.

    Bins of texts with the same points become one criterion.
    """
    least = min(own for own, filled in zip(points, cut.filled, strict=True) if filled)
    found: list[Criterion] = []
    joined: dict[int, list[str]] = {}
    for one, own, filled in zip(cut.bins, points, cut.filled, strict=True):
        if own <= least or not filled:
            continue
        if one.value is not None:
            joined.setdefault(own - least, []).append(one.value)
        else:
            found.append(_criterion(cut.attribute, one.label, own - least, one.when))
    for weight, values in joined.items():
        found.append(_criterion(cut.attribute, ", ".join(values), weight, _one_of(cut.attribute, values)))
    return found


def _criterion(attribute: str, label: str, weight: int, when: Mapping[str, Any]) -> Criterion:
    spelled = _NOT_IN_AN_ID.sub("-", fold(f"{attribute} {label}")).strip("-")
    return Criterion(spelled[:60], attribute, label, weight, when)
