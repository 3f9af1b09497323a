"""Hold the portal's state in one SQLite database.

Only rows and values here: no rule of HubSpot's. One connection, used by one thread at a time; a request is one
transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.hubspot.object_types import find_object_type
from sandbox.hubspot.wire import parse_instant

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
  type TEXT, id INTEGER, properties TEXT NOT NULL, created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL,
  archived_ms INTEGER, merged_into INTEGER, PRIMARY KEY (type, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS unique_values (
  type TEXT, property TEXT, value TEXT, id INTEGER NOT NULL, PRIMARY KEY (type, property, value)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS history (
  seq INTEGER PRIMARY KEY, type TEXT, id INTEGER, name TEXT, value TEXT, at_ms INTEGER, source_type TEXT,
  source_id TEXT, source_label TEXT, user_id INTEGER);
CREATE INDEX IF NOT EXISTS history_of ON history (type, id, name);
CREATE TABLE IF NOT EXISTS associations (
  from_type TEXT, from_id INTEGER, to_type TEXT, to_id INTEGER, type_id INTEGER,
  PRIMARY KEY (from_type, from_id, to_type, to_id, type_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS documents (kind TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS memberships (
  list_id INTEGER, record_id INTEGER, first_ms INTEGER, last_ms INTEGER,
  PRIMARY KEY (list_id, record_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS memberships_of ON memberships (record_id, list_id);
CREATE TABLE IF NOT EXISTS participations (
  id INTEGER PRIMARY KEY, event_id INTEGER, contact_id INTEGER, state TEXT, at_ms INTEGER);
CREATE INDEX IF NOT EXISTS participations_of ON participations (contact_id);
CREATE TABLE IF NOT EXISTS occurrences (
  id INTEGER PRIMARY KEY, event_type TEXT, contact_id INTEGER, at_ms INTEGER, properties TEXT);
CREATE INDEX IF NOT EXISTS occurrences_of ON occurrences (contact_id, at_ms);
"""
_SELECT = "SELECT type, id, properties, created_ms, updated_ms, archived_ms, merged_into FROM records "
_TABLES = (
    "records",
    "unique_values",
    "history",
    "associations",
    "documents",
    "counters",
    "memberships",
    "participations",
    "occurrences",
)


@dataclass(slots=True)
class Record:
    """One CRM record; `properties` holds only what has a value."""

    type: str
    id: int
    properties: dict[str, str]
    created_ms: int
    updated_ms: int
    archived_ms: int | None = None
    merged_into: int | None = None

    @property
    def alive(self) -> bool:
        """Tell whether it is neither archived nor merged away."""
        return self.archived_ms is None and self.merged_into is None


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of a property's history."""

    name: str
    value: str
    at_ms: int
    source_type: str
    source_id: str | None = None
    source_label: str | None = None
    user_id: int | None = None


@dataclass(slots=True)
class Store:
    """The database behind a portal; `path` may be `:memory:`."""

    path: str = ":memory:"
    connection: sqlite3.Connection = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.path != ":memory:":
            Path(self.path).parent.mkdir(parents=True, exist_ok=True)
        self.connection = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = OFF")
        self.connection.create_function("instant_ms", 1, _instant_ms, deterministic=True)
        self.connection.executescript(_SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what happens inside, or nothing of it when an exception passes."""
        self.connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def clear(self) -> None:
        """Empty every table of the portal."""
        for table in _TABLES:
            self.connection.execute(f"DELETE FROM {table}")  # noqa: S608 - own names

    def is_empty(self) -> bool:
        """Tell whether nothing was ever loaded."""
        return self.connection.execute("SELECT 1 FROM documents LIMIT 1").fetchone() is None

    def close(self) -> None:
        """Close the database."""
        self.connection.close()

    # Records

    def next_id(self, name: str, first: int = 1) -> int:
        """Count up; the first id of a sequence is `first`."""
        row = self.connection.execute(
            "INSERT INTO counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
            (name, first),
        ).fetchone()
        return int(row[0])

    def new_record_id(self, type_name: str) -> int:
        """Give the next record id of an object type."""
        kind = find_object_type(type_name)
        if kind is None:
            raise KeyError(type_name)
        return self.next_id(f"record:{type_name}", kind.first_id)

    def find(self, type_name: str, record_id: int) -> Record | None:
        """Read one record, archived and merged ones too."""
        row = self.connection.execute(
            _SELECT + "WHERE type = ? AND id = ?",
            (type_name, record_id),
        ).fetchone()
        return _record(row) if row else None

    def find_many(self, type_name: str, ids: Sequence[int]) -> dict[int, Record]:
        """Read many records by id."""
        marks = ",".join("?" * len(ids))
        rows = self.connection.execute(
            _SELECT + f"WHERE type = ? AND id IN ({marks})",
            (type_name, *ids),
        )
        return {row[1]: _record(row) for row in rows}

    def page(self, type_name: str, after: int, limit: int, *, archived: bool) -> list[Record]:
        """List records in the order of their ids, beginning behind `after`."""
        wanted = "archived_ms IS NOT NULL" if archived else "archived_ms IS NULL"
        rows = self.connection.execute(
            _SELECT + f"WHERE type = ? AND id > ? AND merged_into IS NULL AND {wanted} ORDER BY id LIMIT ?",
            (type_name, after, limit),
        )
        return [_record(row) for row in rows]

    def every(self, type_name: str) -> Iterator[Record]:
        """Go through all records of a type, dead ones too."""
        rows = self.connection.execute(
            _SELECT + "WHERE type = ? ORDER BY id",
            (type_name,),
        )
        return map(_record, rows)

    def count(self, type_name: str) -> int:
        """Count the living records of a type."""
        row = self.connection.execute(
            "SELECT count(*) FROM records WHERE type = ? AND archived_ms IS NULL AND merged_into IS NULL", (type_name,)
        ).fetchone()
        return int(row[0])

    def save(self, record: Record) -> None:
        """Write one record whole."""
        self.connection.execute(
            "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                record.type,
                record.id,
                json.dumps(record.properties, ensure_ascii=False),
                record.created_ms,
                record.updated_ms,
                record.archived_ms,
                record.merged_into,
            ),
        )

    def erase(self, type_name: str, record_id: int) -> None:
        """Remove a record, its history and its associations without trace."""
        for table in ("records", "history", "unique_values"):
            self.connection.execute(f"DELETE FROM {table} WHERE type = ? AND id = ?", (type_name, record_id))  # noqa: S608
        for end in ("from", "to"):
            self.connection.execute(
                f"DELETE FROM associations WHERE {end}_type = ? AND {end}_id = ?",  # noqa: S608
                (type_name, record_id),
            )

    def forget_property(self, type_name: str, name: str) -> None:
        """Take a property from every record of a type, with its past."""
        self.connection.execute(
            "UPDATE records SET properties = json_remove(properties, '$.' || ?) WHERE type = ?", (name, type_name)
        )
        for table, column in (("history", "name"), ("unique_values", "property")):
            self.connection.execute(f"DELETE FROM {table} WHERE type = ? AND {column} = ?", (type_name, name))  # noqa: S608

    # Unique values

    def owner_of(self, type_name: str, property_name: str, value: str) -> int | None:
        """Tell which record holds a unique value."""
        row = self.connection.execute(
            "SELECT id FROM unique_values WHERE type = ? AND property = ? AND value = ?",
            (type_name, property_name, value.strip().lower()),
        ).fetchone()
        return int(row[0]) if row else None

    def claim(self, type_name: str, property_name: str, value: str, record_id: int) -> None:
        """Give a unique value to a record."""
        self.connection.execute(
            "INSERT OR REPLACE INTO unique_values VALUES (?, ?, ?, ?)",
            (type_name, property_name, value.strip().lower(), record_id),
        )

    def release(self, type_name: str, property_name: str, value: str) -> None:
        """Free a unique value."""
        self.connection.execute(
            "DELETE FROM unique_values WHERE type = ? AND property = ? AND value = ?",
            (type_name, property_name, value.strip().lower()),
        )

    def release_all(self, type_name: str, record_id: int) -> None:
        """Free every unique value of a record."""
        self.connection.execute("DELETE FROM unique_values WHERE type = ? AND id = ?", (type_name, record_id))

    # History

    def remember(self, type_name: str, record_id: int, changes: Iterable[Change]) -> None:
        """Append to the history of a record."""
        self.connection.executemany(
            "INSERT INTO history (type, id, name, value, at_ms, source_type, source_id, source_label, user_id) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (type_name, record_id, c.name, c.value, c.at_ms, c.source_type, c.source_id, c.source_label, c.user_id)
                for c in changes
            ],
        )

    def history(self, type_name: str, record_id: int, name: str) -> list[Change]:
        """List a property's values, newest first."""
        rows = self.connection.execute(
            "SELECT name, value, at_ms, source_type, source_id, source_label, user_id FROM history "
            "WHERE type = ? AND id = ? AND name = ? ORDER BY at_ms DESC, seq DESC",
            (type_name, record_id, name),
        )
        return [Change(*row) for row in rows]

    # Documents: small JSON things such as definitions, owners, lists, forms, tokens

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

    def all(self, kind: str) -> list[Any]:
        """List the documents of a kind in the order of their ids, numbers as numbers."""
        rows = self.connection.execute(
            "SELECT body FROM documents WHERE kind = ? ORDER BY CAST(id AS INTEGER), id", (kind,)
        )
        return [json.loads(row[0]) for row in rows]


def _record(row: Sequence[Any]) -> Record:
    return Record(row[0], row[1], json.loads(row[2]), *row[3:])


def _instant_ms(text: str | None) -> int | None:
    return None if text is None else parse_instant(text)
