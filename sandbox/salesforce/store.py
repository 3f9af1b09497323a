"""Hold the org's state in one SQLite database: a table per object, and small documents.

Only rows and values here: no rule of Salesforce's. One connection, used by one thread at a time; a request is one
transaction, a record among others a savepoint in it. Booleans are 0 and 1, instants milliseconds, dates ISO texts.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.salesforce.schema import Field, SObject

Row = dict[str, Any]
Value = str | int | float | None

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (kind TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS job_rows (job TEXT, part TEXT, seq INTEGER, line TEXT NOT NULL,
  PRIMARY KEY (job, part, seq)) WITHOUT ROWID;
"""
_COLUMN_TYPES = {"boolean": "INTEGER", "int": "INTEGER", "datetime": "INTEGER"}
_NUMBERS = frozenset(("double", "currency", "percent"))
_UNINDEXED = frozenset(("CreatedById", "LastModifiedById", "OwnerId"))
_FOLDED = frozenset(("email",))


def fold(text: Value) -> Value:
    """Drop the case of a text: Salesforce compares most texts without it."""
    return text.casefold() if isinstance(text, str) else text


@dataclass(slots=True)
class Store:
    """The database behind an org; `path` may be `:memory:`."""

    path: str = ":memory:"
    connection: sqlite3.Connection = field(init=False, repr=False)
    _depth: int = 0

    def __post_init__(self) -> None:
        if self.path != ":memory:":
            Path(self.path).parent.mkdir(parents=True, exist_ok=True)
        self.connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = OFF")
        self.connection.execute("PRAGMA case_sensitive_like = OFF")
        self.connection.create_function("fold", 1, fold, deterministic=True)
        self.connection.executescript(_SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what happens inside, or nothing of it when an exception passes; may be nested."""
        name = f"level_{self._depth}"
        self.connection.execute(f"SAVEPOINT {name}" if self._depth else "BEGIN")
        self._depth += 1
        try:
            yield
        except BaseException:
            self._depth -= 1
            if self._depth:
                self.connection.execute(f"ROLLBACK TO {name}")
                self.connection.execute(f"RELEASE {name}")
            else:
                self.connection.execute("ROLLBACK")
            raise
        self._depth -= 1
        self.connection.execute(f"RELEASE {name}" if self._depth else "COMMIT")

    def clear(self) -> None:
        """Drop every table of the org and empty the rest; the journal stays."""
        for name in self.tables():
            self.connection.execute(f'DROP TABLE "{name}"')
        for table in ("documents", "counters", "job_rows"):
            self.connection.execute(f"DELETE FROM {table}")  # noqa: S608 - own names

    def tables(self) -> list[str]:
        """List the tables that hold records."""
        found = self.connection.execute("SELECT id FROM documents WHERE kind = 'table' ORDER BY id")
        return [row[0] for row in found]

    def is_empty(self) -> bool:
        """Tell whether nothing was ever loaded."""
        return self.connection.execute("SELECT 1 FROM documents LIMIT 1").fetchone() is None

    def close(self) -> None:
        """Close the database."""
        self.connection.close()

    # Tables

    def create_table(self, kind: SObject) -> None:
        """Make the table of an object, unless it is there."""
        columns = ", ".join(_column(one) for one in kind.fields if one.stored)
        self.connection.execute(f'CREATE TABLE IF NOT EXISTS "{kind.name}" ({columns})')
        self.put("table", kind.name, {})
        for one in kind.fields:
            self._index(kind.name, one)

    def add_column(self, kind: str, column: Field, value: Value = None) -> None:
        """Add the column of a new field, with a value for the records that are there already."""
        self.connection.execute(f'ALTER TABLE "{kind}" ADD COLUMN {_column(column)}')
        if value is not None:
            self.connection.execute(f'UPDATE "{kind}" SET "{column.name}" = ?', (value,))  # noqa: S608 - own names
        self._index(kind, column)

    def drop_column(self, kind: str, column: str) -> None:
        """Remove a field's column with all its values."""
        self.connection.execute(f'DROP INDEX IF EXISTS "{kind}.{column}"')
        self.connection.execute(f'ALTER TABLE "{kind}" DROP COLUMN "{column}"')

    def _index(self, kind: str, column: Field) -> None:
        if column.type == "reference" and column.name not in _UNINDEXED:
            expression = f'"{column.name}"'
        elif column.external_id or column.unique or column.type in _FOLDED:
            expression = f'fold("{column.name}")'
        else:
            return
        self.connection.execute(f'CREATE INDEX IF NOT EXISTS "{kind}.{column.name}" ON "{kind}" ({expression})')

    # Records

    def next_number(self, name: str) -> int:
        """Count up from 1."""
        row = self.connection.execute(
            "INSERT INTO counters VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
            (name,),
        ).fetchone()
        return int(row[0])

    def last_number(self, name: str) -> int:
        """Tell how far a count is."""
        row = self.connection.execute("SELECT value FROM counters WHERE name = ?", (name,)).fetchone()
        return int(row[0]) if row else 0

    def advance_number(self, name: str, value: int) -> None:
        """Set a count, never back."""
        self.connection.execute(
            "INSERT INTO counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)",
            (name, value),
        )

    def insert(self, kind: str, row: Mapping[str, Value]) -> None:
        """Write a new record."""
        self.insert_many(kind, tuple(row), [tuple(row.values())])

    def insert_many(self, kind: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
        """Write many new records with the same columns."""
        names = ", ".join(f'"{name}"' for name in columns)
        marks = ", ".join("?" * len(columns))
        self.connection.executemany(f'INSERT INTO "{kind}" ({names}) VALUES ({marks})', rows)  # noqa: S608 - own names

    def update(self, kind: str, record_id: str, changes: Mapping[str, Value]) -> None:
        """Change some values of a record."""
        names = ", ".join(f'"{name}" = ?' for name in changes)
        self.connection.execute(
            f'UPDATE "{kind}" SET {names} WHERE "Id" = ?',  # noqa: S608 - own names
            (*changes.values(), record_id),
        )

    def erase(self, kind: str, record_id: str) -> None:
        """Remove a record without trace."""
        self.connection.execute(f'DELETE FROM "{kind}" WHERE "Id" = ?', (record_id,))  # noqa: S608 - own names

    def find(self, kind: str, record_id: str) -> Row | None:
        """Read one record, deleted ones too."""
        return next(iter(self.select(kind, '"Id" = ?', (record_id,))), None)

    def select(self, kind: str, where: str = "1", values: Sequence[Value] = (), order: str = "rowid") -> list[Row]:
        """Read the records for which an SQL condition holds."""
        sql = f'SELECT * FROM "{kind}" WHERE {where} ORDER BY {order}'  # noqa: S608 - own words
        cursor = self.connection.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def find_many(self, kind: str, column: str, values: Sequence[Value]) -> list[Row]:
        """Read the records whose column is one of the values."""
        marks = ",".join("?" * len(values))
        return self.select(kind, f'"{column}" IN ({marks})', values)

    def count(self, kind: str, where: str = "1", values: Sequence[Value] = ()) -> int:
        """Count the records for which an SQL condition holds."""
        row = self.connection.execute(f'SELECT count(*) FROM "{kind}" WHERE {where}', values).fetchone()  # noqa: S608
        return int(row[0])

    # Documents: small JSON things such as custom fields, tokens, jobs, deployments

    def put(self, kind: str, key: str, body: Any) -> None:
        """Write a document."""
        self.connection.execute(
            "INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", (kind, key, json.dumps(body, ensure_ascii=False))
        )

    def get(self, kind: str, key: str) -> Any:
        """Read a document; None when there is none."""
        row = self.connection.execute("SELECT body FROM documents WHERE kind = ? AND id = ?", (kind, key)).fetchone()
        return json.loads(row[0]) if row else None

    def drop(self, kind: str, key: str) -> None:
        """Remove a document."""
        self.connection.execute("DELETE FROM documents WHERE kind = ? AND id = ?", (kind, key))

    def all(self, kind: str) -> dict[str, Any]:
        """Give the documents of a kind by their key."""
        rows = self.connection.execute("SELECT id, body FROM documents WHERE kind = ? ORDER BY id", (kind,))
        return {key: json.loads(body) for key, body in rows}


def _column(column: Field) -> str:
    kind = "REAL" if column.type in _NUMBERS else _COLUMN_TYPES.get(column.type, "TEXT")
    return f'"{column.name}" {kind}' + (" PRIMARY KEY" if column.type == "id" else "")
