"""Keep every request the imitated CRM was sent, in the order it was answered."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, dataclass
from typing import Any

_TABLE = """
CREATE TABLE IF NOT EXISTS journal (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
  query TEXT NOT NULL, endpoint TEXT, status INTEGER NOT NULL, caller TEXT NOT NULL, touched TEXT NOT NULL,
  fault INTEGER NOT NULL)
"""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One request; `status` 0 means the connection was dropped, `touched` are ids written by it."""

    at: str
    method: str
    path: str
    query: str
    endpoint: str | None
    status: int
    caller: str
    touched: tuple[str, ...] = ()
    fault: bool = False


class Journal:
    """The journal table of one SQLite database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.execute(_TABLE)

    def record(self, entry: JournalEntry) -> None:
        """Append one request."""
        values = {**asdict(entry), "touched": json.dumps(entry.touched), "fault": int(entry.fault)}
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        self._connection.execute(f"INSERT INTO journal ({names}) VALUES ({marks})", values)  # noqa: S608 - own names

    def since(self, seq: int = 0, limit: int = 100_000) -> list[dict[str, Any]]:
        """List the requests after number `seq`, oldest first."""
        cursor = self._connection.execute(
            "SELECT seq, at, method, path, query, endpoint, status, caller, touched, fault FROM journal "
            "WHERE seq > ? ORDER BY seq LIMIT ?",
            (seq, limit),
        )
        names = [column[0] for column in cursor.description]
        return [_entry(dict(zip(names, row, strict=True))) for row in cursor]

    def clear(self) -> None:
        """Forget all requests and count from 1 again."""
        self._connection.execute("DELETE FROM journal")
        self._connection.execute("DELETE FROM sqlite_sequence WHERE name = 'journal'")


def _entry(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "touched": json.loads(row["touched"]), "fault": bool(row["fault"])}
