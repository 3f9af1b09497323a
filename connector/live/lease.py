"""Keep one person to one worker at a time: the port, and its embedded SQLite form.

Two workers on one person could each find no task and create one, or write decisions of different ages in the wrong
order. A lease ends by itself, so that a killed worker holds nobody up for longer than it may take.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Final, Protocol

from connector.live.ledger_transaction import Transaction, sortable
from connector.ports import PersonRef


class Leases(Protocol):
    """Lend people to workers. `owner` names one worker's one piece of work."""

    def acquire(self, refs: Collection[PersonRef], owner: str, now: datetime, seconds: float) -> frozenset[PersonRef]:
        """Take those of the people nobody else holds, for some seconds, and return them."""

    def release(self, refs: Collection[PersonRef], owner: str) -> None:
        """Give people back; those somebody else holds by now are left alone."""


_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS lease (
  account TEXT, object_type TEXT, object_id TEXT, owner TEXT NOT NULL, until TEXT NOT NULL,
  PRIMARY KEY (account, object_type, object_id)) WITHOUT ROWID;
"""


class SqliteLeases:
    """Keep leases in the file of the ledger."""

    def __init__(self, transaction: Callable[[], Transaction], account: str) -> None:
        self._transaction, self._account = transaction, account
        with transaction() as db:
            db.execute(_SCHEMA)

    def acquire(self, refs: Collection[PersonRef], owner: str, now: datetime, seconds: float) -> frozenset[PersonRef]:
        until = sortable(now + timedelta(seconds=seconds))
        taken: set[PersonRef] = set()
        with self._transaction() as db:
            db.execute("DELETE FROM lease WHERE until<=?", (sortable(now),))
            for ref in refs:
                got = db.execute(
                    "INSERT INTO lease VALUES (?,?,?,?,?) ON CONFLICT DO UPDATE SET until=excluded.until"
                    " WHERE owner=excluded.owner",
                    (self._account, ref.object_type, ref.object_id, owner, until),
                )
                if got.rowcount:
                    taken.add(ref)
        return frozenset(taken)

    def free_all(self) -> None:
        """Free everybody, of all accounts in the file: for when nobody else can be at work."""
        with self._transaction() as db:
            db.execute("DELETE FROM lease")

    def release(self, refs: Collection[PersonRef], owner: str) -> None:
        with self._transaction() as db:
            db.executemany(
                "DELETE FROM lease WHERE account=? AND object_type=? AND object_id=? AND owner=?",
                [(self._account, ref.object_type, ref.object_id, owner) for ref in refs],
            )
