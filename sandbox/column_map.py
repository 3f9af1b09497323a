"""Say which spreadsheet column becomes what about a person: the values of a column map, and how a row is read by them.

`sandbox.column_map_file` reads them from YAML; the form of that file is described there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

Row = Mapping[str, str]

_NO_CELLS: Mapping[str, Cell] = MappingProxyType({})


class SpreadsheetError(ValueError):
    """A spreadsheet or its column map cannot be used; `problems` says all that is wrong, one line each."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """One place of the file, `FILE:LINE: PATH`, that names a column."""

    column: str
    place: str


@dataclass(frozen=True, slots=True)
class Cell:
    """How one value comes out of a row: literal texts and columns in turn, then perhaps a table of values.

    `values` is keyed by casefolded text. `otherwise` stands for an empty cell and for a text the table lacks.
    """

    parts: tuple[tuple[str, str | None], ...]
    values: Mapping[str, str] | None = None
    otherwise: str | None = None

    def read(self, row: Row) -> str:
        """Give the value, "" for none: a text with a placeholder for an empty cell is no value."""
        if any(column is not None and not row[column] for _, column in self.parts):
            return self.otherwise or ""
        text = "".join(literal + (row[column] if column is not None else "") for literal, column in self.parts)
        if self.values is None:
            return text
        return self.values.get(text.casefold(), text if self.otherwise is None else self.otherwise)


@dataclass(frozen=True, slots=True)
class Condition:
    """Whether a column holds one of these casefolded texts."""

    column: str
    texts: frozenset[str]

    def holds(self, row: Row) -> bool:
        """Say whether it holds for a row."""
        return row[self.column].casefold() in self.texts


@dataclass(frozen=True, slots=True)
class Count:
    """How often something happened: a column, perhaps divided by another, perhaps less some."""

    column: str
    per: str | None = None
    minus: int = 0


@dataclass(frozen=True, slots=True)
class EventRule:
    """One event a row may give; without `count` it happened once, without `at` when the record came in."""

    kind: str
    at: Cell | None = None
    count: Count | None = None
    when: Condition | None = None
    texts: Mapping[str, Cell] = field(default_factory=lambda: _NO_CELLS)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a row's deal was won or lost, `days` after the record came in."""

    won: Condition | None
    lost: Condition | None
    days: int


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """A whole column map; `uses` are the places that name a column, `ignored` those that forbid one."""

    person: Mapping[str, Cell]
    events: tuple[EventRule, ...]
    outcome: Outcome
    opted_out: Condition | None
    hard_bounced: Condition | None
    order: str | None
    span_days: int
    empty: frozenset[str]
    encoding: str
    uses: tuple[ColumnUse, ...]
    ignored: tuple[ColumnUse, ...]
