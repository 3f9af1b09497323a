"""Collect new rows and write them in bulk: loading a base by single inserts would take minutes."""

from __future__ import annotations

from sandbox.salesforce.draft import defaults
from sandbox.salesforce.ids import make_id
from sandbox.salesforce.org import ADMINISTRATOR_ID, Org
from sandbox.salesforce.store import Row

_MOST_WAITING = 20_000


class Sink:
    """Rows on their way into the database; `flush` writes what is left."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._waiting: dict[str, list[Row]] = {}
        self._defaults: dict[str, Row] = {}
        self._numbers: dict[str, int] = {}
        self._count = 0

    def add(self, kind: str, values: Row, at_ms: int, by: str = ADMINISTRATOR_ID) -> Row:
        """Make a row of an object, created and last changed at an instant; gives it, still open to changes."""
        row = {**self._template(kind), **values}
        if "Id" not in row:
            row["Id"] = self._new_id(kind)
        stamps = {
            "CreatedDate": at_ms,
            "CreatedById": by,
            "LastModifiedDate": at_ms,
            "LastModifiedById": by,
            "SystemModstamp": at_ms,
        }
        row.update({name: value for name, value in stamps.items() if name in row and name not in values})
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

    def _new_id(self, kind: str) -> str:
        """Count up in memory; `flush` tells the database how far."""
        prefix = self._org.catalog.kind(kind).prefix
        if prefix not in self._numbers:
            self._numbers[prefix] = self._org.last_number(prefix)
        self._numbers[prefix] += 1
        return make_id(prefix, self._numbers[prefix])

    def skip_ids(self, prefix: str, last: int) -> None:
        """Leave the first ids of an object to records that have fixed ones."""
        self._numbers[prefix] = max(last, self._numbers.get(prefix, 0))

    def full(self) -> bool:
        """Tell whether it is time to flush."""
        return self._count >= _MOST_WAITING

    def waiting(self) -> list[tuple[str, str]]:
        """List object and id of the rows that wait."""
        return [(kind, str(row["Id"])) for kind, rows in self._waiting.items() for row in rows]

    def forget_templates(self) -> None:
        """Look the columns up again, after fields were added."""
        self._defaults.clear()

    def flush(self) -> None:
        """Write everything that waits."""
        for kind, rows in self._waiting.items():
            columns = tuple(rows[0])
            self._org.store.insert_many(kind, columns, (tuple(row[name] for name in columns) for row in rows))
        for prefix, number in self._numbers.items():
            self._org.advance_number(prefix, number)
        self._waiting.clear()
        self._numbers.clear()
        self._count = 0
