"""What a SOQL statement is made of; every part remembers where it stood in the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LiteralKind = Literal["string", "number", "boolean", "null", "date", "datetime", "range"]


class SoqlError(Exception):
    """A statement that is refused; `position` is where in the text, None for errors without a place."""

    def __init__(self, code: str, message: str, position: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.position = position

    def describe(self, text: str) -> str:
        """Say the message with the piece of the statement it is about, as Salesforce does."""
        if self.position is None:
            return self.message
        lines = text[: self.position].split("\n")
        row, column = len(lines), len(lines[-1])
        line = text.split("\n")[row - 1]
        start = _snippet_start(line, column)
        pointer = " " * (column - start) + "^"
        snippet = line[start : column + 32]
        return f"\n{snippet}\n{pointer}\nERROR at Row:{row}:Column:{column + 1}\n{self.message}"


def _snippet_start(line: str, column: int) -> int:
    """Begin some words before the place, never inside one."""
    start = max(0, column - 32)
    while 0 < start < column and (line[start - 1].isalnum() or line[start - 1] in "_."):
        start += 1
    return start


@dataclass(frozen=True, slots=True)
class Path:
    """A field, maybe reached through relationships: Account.Owner.Name."""

    parts: tuple[str, ...]
    position: int

    @property
    def text(self) -> str:
        """Write it as it was written."""
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True)
class Aggregate:
    """COUNT(), COUNT(field), MAX(field) and the like."""

    function: str
    path: Path | None
    alias: str | None
    position: int


@dataclass(frozen=True, slots=True)
class AllFields:
    """FIELDS(ALL), FIELDS(STANDARD) or FIELDS(CUSTOM)."""

    group: str
    position: int


@dataclass(frozen=True, slots=True)
class Named:
    """A grouped field with an alias."""

    path: Path
    alias: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A value: text, number, true, null, a day, an instant, or a range of days such as LAST_N_DAYS:30.

    `pattern` is the text with its wildcards, backslashes in front of what is meant literally.
    """

    kind: LiteralKind
    value: str | float | bool | None
    position: int
    pattern: str = ""
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """field operator value."""

    path: Path
    operator: str
    value: Constant


@dataclass(frozen=True, slots=True)
class Membership:
    """field IN (…), field NOT IN (…), field INCLUDES (…), field EXCLUDES (…)."""

    path: Path
    operator: str
    values: tuple[Constant, ...]


@dataclass(frozen=True, slots=True)
class SemiJoin:
    """field IN (SELECT …)."""

    path: Path
    negated: bool
    query: Query


@dataclass(frozen=True, slots=True)
class Junction:
    """Conditions joined by AND or by OR."""

    operator: Literal["AND", "OR"]
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """NOT condition."""

    part: Condition


Condition = Comparison | Membership | SemiJoin | Junction | Negation


@dataclass(frozen=True, slots=True)
class Order:
    """One key of ORDER BY."""

    path: Path | Aggregate
    descending: bool
    nulls_last: bool


@dataclass(frozen=True, slots=True)
class Query:
    """One SELECT."""

    text: str
    select: tuple[Path | Aggregate | AllFields | Named | Query, ...]
    source: str
    position: int
    alias: str | None = None
    where: Condition | None = None
    group: tuple[Path, ...] = ()
    order: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int = 0

    @property
    def counts_only(self) -> bool:
        """Tell whether it is a SELECT COUNT()."""
        return len(self.select) == 1 and isinstance(self.select[0], Aggregate) and self.select[0].path is None

    @property
    def aggregates(self) -> bool:
        """Tell whether its rows are groups."""
        return bool(self.group) or any(isinstance(item, Aggregate | Named) for item in self.select)
