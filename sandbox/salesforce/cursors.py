"""Keep the rows of answers that are too long for one page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.salesforce.ids import make_id

if TYPE_CHECKING:
    from sandbox.salesforce.soql.planner import Plan
    from sandbox.salesforce.store import Value

_PREFIX = "01g"


@dataclass(frozen=True, slots=True)
class Cursor:
    """The rows of one answer."""

    plan: Plan
    rows: Sequence[Sequence[Value]]
    page_size: int
    opened_ms: int


@dataclass(slots=True)
class Cursors:
    """The open cursors of an org; they do not outlive the process."""

    _open: dict[str, Cursor] = field(default_factory=dict)
    _count: int = 0

    def open(self, cursor: Cursor, most: int) -> str:
        """Keep a cursor and name it; of more than `most` the oldest goes, 0 keeps all."""
        self._count += 1
        locator = make_id(_PREFIX, self._count)
        self._open[locator] = cursor
        while most and len(self._open) > most:
            del self._open[next(iter(self._open))]
        return locator

    def find(self, locator: str, opened_after_ms: int) -> Cursor | None:
        """Give an open cursor; None when it is unknown or too old."""
        cursor = self._open.get(locator)
        return cursor if cursor is not None and cursor.opened_ms >= opened_after_ms else None

    def clear(self) -> None:
        """Close all."""
        self._open.clear()
