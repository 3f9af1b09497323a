"""Keep records on disk until their people come by: a base's activities do not fit in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import orjson

from adapters.salesforce.evidence import holder_of
from adapters.salesforce.replies import Row
from adapters.salesforce.sources import Stock

_LOOK_UP: Final = 500


class Spool:
    """Hold records by the person they point to, in a temporary database that ends with its connection."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", check_same_thread=False)
        self._database.execute("CREATE TABLE record (person TEXT, stock TEXT, fields BLOB)")

    def add(self, stock: Stock, rows: Iterable[Row]) -> None:
        self._database.executemany(
            "INSERT INTO record VALUES (?, ?, ?)",
            ((person[:15], stock.name, orjson.dumps(row.fields)) for row in rows if (person := holder_of(row, stock))),
        )

    def seal(self) -> None:
        """Make look-ups fast, once everything is in."""
        self._database.execute("CREATE INDEX record_of ON record (person)")

    def find(self, person_ids: Sequence[str]) -> Iterator[tuple[str, str, Row]]:
        """Yield (first 15 characters of the person's id, stock, record) of some people."""
        for start in range(0, len(person_ids), _LOOK_UP):
            keys = [person_id[:15] for person_id in person_ids[start : start + _LOOK_UP]]
            marks = ",".join("?" * len(keys))
            found = self._database.execute(
                f"SELECT person, stock, fields FROM record WHERE person IN ({marks}) ORDER BY rowid",  # noqa: S608
                keys,
            )
            for person, stock, fields in found:
                yield person, stock, Row(orjson.loads(fields))

    def close(self) -> None:
        self._database.close()
