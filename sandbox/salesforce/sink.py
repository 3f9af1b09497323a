"""Collect new rows and write them in bulk: loading a base by single inserts would take minutes."""

from __future__ import annotations

from sandbox.salesforce.draft import defaults
from sandbox.salesforce.org import ADMINISTRATOR_ID, Org
from sandbox.salesforce.store import Row

_MOST_WAITING = 20_000


class Sink:
    """Rows on their way into the database; `flush` writes what is left."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._waiting: dict[str, list[Row]] = {}
        self._defaults: dict[str, Row] = {}
        self._count = 0

    def add(self, kind: str, values: Row, at_ms: int, by: str = ADMINISTRATOR_ID) -> Row:
        """Make a row of an object, created and last changed at an instant; gives it, still open to changes."""
        row = {**self._template(kind), **values}
        row.setdefault("Id", self._org.new_id(self._org.catalog.kind(kind)))
        stamps = {
            "CreatedDate": at_ms,
            "CreatedById": by,
            "LastModifiedDate": at_ms,
            "LastModifiedById": by,
            "SystemModstamp": at_ms,
        }
        target = self._org.catalog.kind(kind)
        row.update({name: value for name, value in stamps.items() if name not in values and target.has(name)})
        self._waiting.setdefault(kind, []).append(row)
        self._count += 1
        return row

    def _template(self, kind: str) -> Row:
        """Give every column of an object with its default, so that all rows have the same columns."""
        if kind not in self._defaults:
            found = self._org.catalog.kind(kind)
            row: Row = {field.name: None for field in found.fields if field.stored and field.type != "id"}
            self._defaults[kind] = {**row, **defaults(found)}
        return self._defaults[kind]

    def full(self) -> bool:
        """Tell whether it is time to flush."""
        return self._count >= _MOST_WAITING

    def forget_templates(self) -> None:
        """Look the columns up again, after fields were added."""
        self._defaults.clear()

    def flush(self) -> None:
        """Write everything that waits."""
        for kind, rows in self._waiting.items():
            columns = tuple(rows[0])
            self._org.store.insert_many(kind, columns, (tuple(row[name] for name in columns) for row in rows))
        self._waiting.clear()
        self._count = 0
