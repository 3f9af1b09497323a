"""Keep what a candidate model decided beside the live one: the port, and its embedded SQLite form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol

from connector.live.ledger_transaction import Transaction, sortable
from connector.live.shadow_json import shadowed_from_json, shadowed_to_json
from connector.live.shadowed import KEPT, Shadowed, join_shadowed
from connector.ports import PersonRef


class Shadows(Protocol):
    """Keep one comparison per person. What the ledger forgets or joins, is forgotten and joined here, too."""

    def recall(self, refs: Sequence[PersonRef]) -> Mapping[PersonRef, Shadowed]:
        """Return what is stored of these people; unknown ones are left out."""

    def remember(self, shadowed: Mapping[PersonRef, Shadowed]) -> None:
        """Replace what is stored of these people, and let go of those whose time is over."""

    def since(self, oldest: datetime) -> Iterator[tuple[PersonRef, Shadowed]]:
        """Give everybody whose last comparison is not older than an instant, the oldest comparison first."""

    def purge(self) -> int:
        """Remove all of it; return of how many people."""


_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS shadow (
  account TEXT, object_type TEXT, object_id TEXT, decided_at TEXT NOT NULL, content BLOB NOT NULL,
  PRIMARY KEY (account, object_type, object_id)) WITHOUT ROWID;
"""
_INDEX: Final = "CREATE INDEX IF NOT EXISTS shadow_decided ON shadow (account, decided_at)"


class SqliteShadows:
    """Keep the comparisons in the file of the ledger."""

    def __init__(self, transaction: Callable[[], Transaction], account: str) -> None:
        self._transaction, self._account = transaction, account
        with transaction() as db:
            db.execute(_SCHEMA)
            db.execute(_INDEX)

    def recall(self, refs: Sequence[PersonRef]) -> Mapping[PersonRef, Shadowed]:
        found: dict[PersonRef, Shadowed] = {}
        with self._transaction() as db:
            for ref in refs:
                row = db.execute(
                    "SELECT content FROM shadow WHERE account=? AND object_type=? AND object_id=?",
                    (self._account, ref.object_type, ref.object_id),
                ).fetchone()
                if row:
                    found[ref] = shadowed_from_json(row[0])
        return found

    def remember(self, shadowed: Mapping[PersonRef, Shadowed]) -> None:
        if not shadowed:
            return
        newest = max(one.decided_at for one in shadowed.values())
        with self._transaction() as db:
            db.executemany(
                "INSERT OR REPLACE INTO shadow VALUES (?,?,?,?,?)",
                [
                    (self._account, ref.object_type, ref.object_id, sortable(one.decided_at), shadowed_to_json(one))
                    for ref, one in shadowed.items()
                ],
            )
            db.execute("DELETE FROM shadow WHERE account=? AND decided_at<?", (self._account, sortable(newest - KEPT)))

    def since(self, oldest: datetime) -> Iterator[tuple[PersonRef, Shadowed]]:
        with self._transaction() as db:
            rows = db.execute(
                "SELECT object_type, object_id, content FROM shadow WHERE account=? AND decided_at>=?"
                " ORDER BY decided_at, object_type, object_id",
                (self._account, sortable(oldest)),
            ).fetchall()
        for object_type, object_id, content in rows:
            yield PersonRef(object_type, object_id), shadowed_from_json(content)

    def purge(self) -> int:
        with self._transaction() as db:
            return db.execute("DELETE FROM shadow WHERE account=?", (self._account,)).rowcount

    def rekey(self, loser: PersonRef, survivor: PersonRef) -> None:
        """Join what is stored of a merged record with its survivor's; the loser's own is the ledger's to forget."""
        with self._transaction():
            known = self.recall([loser, survivor])
            if loser in known:
                self.remember({survivor: join_shadowed(known[loser], known.get(survivor))})
