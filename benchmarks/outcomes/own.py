"""Read a table of somebody's own: leads as a spreadsheet, one a row, with what came of each.

It becomes a part of a snapshot, every lead with a deal won or lost, and goes the way of any snapshot: what gives itself
away as written after the fact is refused by name, and `calibrate` says whether it would publish.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from connector.domain.model_file import parse_model
from connector.domain.person import UNKNOWN, ValueType
from connector.domain.text import fold
from connector.domain.values import parse_number, parse_value
from connector.study.calibrate import Calibration, Calibrator, Wanted
from connector.study.snapshot_schema import TABLES, attribute_column, columns_of
from connector.study.snapshot_schema import Table as TableName
from connector.study.vector_truth import Flags
from outcomes.tables import Table

WON: Final = ("1", "true", "yes", "y", "won", "si", "sí", "ganado", "closed won")
BLANKS: Final = ("", "na", "n/a", "nan", "null", "none", "select")
_NEWEST: Final = datetime(2026, 6, 1, tzinfo=UTC)
_NOW: Final = datetime(2026, 11, 22, tzinfo=UTC)
_SPAN: Final = timedelta(days=720)
_SALES_TAKES: Final = timedelta(days=20)
_MOSTLY: Final = 0.95
_PLACES: Final = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%d/%m/%Y %H:%M", "%d/%m/%Y")


@dataclass(frozen=True)
class Asked:
    """Say which columns of the file mean what. `at` tells time: an instant, or a number that grows with it."""

    file: Path
    won: str
    won_values: Collection[str] = WON
    at: str | None = None
    leave_out: Collection[str] = ()
    known_before: Collection[str] = ()
    model: Path | None = None


@dataclass(frozen=True)
class Leads:
    """Hold the leads as a part of a snapshot, oldest first."""

    tables: Mapping[TableName, pl.DataFrame]
    attribute_types: Mapping[str, ValueType]
    won: Flags

    def table(self, table: TableName, columns: Sequence[str] | None = None) -> pl.DataFrame:
        frame = self.tables[table]
        return frame if columns is None else frame.select(columns)


class BadTableError(Exception):
    """The file cannot be read as leads; the message says what to change."""


def read_leads(asked: Asked) -> Leads:
    """Read the file. Raises BadTableError."""
    try:
        raw = pl.read_csv(asked.file, infer_schema=False, encoding="utf8-lossy", separator=_separator(asked.file))
    except (OSError, pl.exceptions.PolarsError) as error:
        raise BadTableError(f"{asked.file}: {str(error).splitlines()[0]}") from error
    missing = [name for name in (asked.won, asked.at, *asked.leave_out) if name and name not in raw.columns]
    if missing:
        raise BadTableError(f"{asked.file}: no column {', '.join(missing)}; there are {', '.join(raw.columns)}")
    if asked.at:
        raw = raw.select(pl.all(), pl.Series("\0at", _order(raw[asked.at]))).sort("\0at", maintain_order=True)
    won = np.array([(cell or "").strip().lower() in asked.won_values for cell in raw[asked.won]], dtype=np.bool_)
    if won.all() or not won.any():
        seen = ", ".join(sorted({str(cell) for cell in raw[asked.won].unique().head(8)}))
        raise BadTableError(f"{asked.won}: {won.sum()} of {len(won)} rows are won — say which value means it,"
                            f" --won {asked.won}=VALUE; there are {seen}")  # fmt: skip
    types: dict[str, ValueType] = {}
    columns: dict[str, list[Any]] = {}
    for name in raw.columns:
        if name not in {asked.won, asked.at, "\0at", *asked.leave_out}:
            kind, values = _typed(raw[name].to_list())
            own_name = attribute_name(name, types)
            types[own_name], columns[attribute_column(own_name)] = kind, values
    return Leads(_tables(columns, types, won), types, won)


def _separator(file: Path) -> str:
    with file.open(encoding="utf-8", errors="replace") as lines:
        first = lines.readline()
    return max(",;\t", key=first.count)


def _order(column: pl.Series) -> list[float]:
    """Return what tells time as numbers; rows without it come first."""
    numbers = [parse_number(cell) for cell in column]
    if all(number is not UNKNOWN or not cell for number, cell in zip(numbers, column, strict=True)):
        return [float("-inf") if number is UNKNOWN else number for number in numbers]
    return [_seconds(cell) for cell in column]


def _seconds(cell: str | None) -> float:
    for place in _PLACES:
        try:
            return datetime.strptime((cell or "").strip()[:19], place).replace(tzinfo=UTC).timestamp()
        except ValueError:
            continue
    instant = parse_value(cell, "datetime")
    return instant.timestamp() if isinstance(instant, datetime) else float("-inf")


def _typed(cells: Iterable[str | None]) -> tuple[ValueType, list[Any]]:
    """Return numbers where nearly all cells are, else texts; what cannot be read is blank."""
    texts = [None if cell is None or cell.strip().lower() in BLANKS else cell.strip() for cell in cells]
    numbers = [None if (number := parse_number(text)) is UNKNOWN else number for text in texts]
    filled = sum(text is not None for text in texts)
    if filled and sum(number is not None for number in numbers) >= _MOSTLY * filled:
        return "number", numbers
    return "text", texts


def attribute_name(column: str, taken: Collection[str]) -> str:
    """Return a column's name as attributes are named."""
    name = wanted = re.sub(r"[^a-z0-9]+", "_", fold(column)).strip("_") or "column"
    number = 2
    while name in taken:
        name, number = f"{wanted}_{number}", number + 1
    return name


def _tables(columns: Mapping[str, list[Any]], types: Mapping[str, ValueType], won: Flags) -> (
    dict[TableName, pl.DataFrame]
):  # fmt: skip
    size = len(won)
    came = [_NEWEST - _SPAN * (size - place) / size for place in range(size)]
    filled: dict[TableName, dict[str, Any]] = {
        "people": {"object_id": [str(place) for place in range(size)], "current": ["{}"] * size,
                   "object_type": ["contact"] * size, **columns},
        "deals": {"id": [f"deal-{place}" for place in range(size)], "created_at": came,
                  "closed_at": [day + _SALES_TAKES for day in came],
                  "state": ["won" if one else "lost" for one in won]},
    }  # fmt: skip
    tables = {}
    for table in TABLES:
        schema = dict(columns_of(table, types))
        given = {"person": range(size), **filled[table]} if table in filled else {}
        whole = {name: given.get(name, [None] * size if given else []) for name in schema}
        tables[table] = pl.DataFrame(whole, schema=schema)
    return tables


def calibrate(leads: Leads, asked: Asked, hand: str) -> Calibration:
    """Return what the product makes of it, criteria for every attribute included."""
    known = frozenset(attribute_name(name, ()) for name in asked.known_before)
    wanted = Wanted(known, new_criteria=True)
    types = leads.attribute_types
    return Calibrator([leads], types, frozenset(), hand, lambda text: parse_model(text, file="model", types=types),
                      _NOW, wanted).calibrate()  # fmt: skip


def to_table(leads: Leads, asked: Asked, hand: str, leaked: Collection[str]) -> Table:
    """Return the leads without what gave itself away, for comparing."""
    kept: dict[str, ValueType] = {name: kind for name, kind in leads.attribute_types.items() if name not in leaked}
    people = leads.table("people", [attribute_column(name) for name in kept])
    types = leads.attribute_types if asked.model else kept
    if asked.model:
        people = leads.table("people", [attribute_column(name) for name in types]).with_columns(
            pl.lit(None, dtype=leads.table("people").schema[attribute_column(name)]).alias(attribute_column(name))
            for name in leaked
        )
    return Table(asked.file.stem, people, leads.won, types, hand, asked.at is not None)


def hand_text(asked: Asked, names: Collection[str]) -> str:
    """Return the file given, or one that knows nothing: ten points for every attribute that has a value.

    Raises BadTableError where there is none.
    """
    if asked.model:
        return asked.model.read_text("utf-8")
    if not names:
        raise BadTableError(f"{asked.file}: no column is left to learn from — --known-before COLUMN vouches for one")
    criteria = "".join(
        f"    - {{id: has-{name.replace('_', '-')}, weight: 10, when: {{attribute: {name}, is_known: true}}}}\n"
        for name in names
    )
    return (
        f"model: flat\nversion: 1.0.0\nfit:\n  criteria:\n{criteria}"
        "engagement:\n  signals:\n    - {id: page-view, kind: page_view, points: 1}\n"
    )
