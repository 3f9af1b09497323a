"""Keep the tasks handed over until sales has begun with them: the port, and its embedded SQLite form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from connector.live.errands import Errand
from connector.live.ledger_transaction import Transaction, sortable
from connector.ports import PersonRef


@dataclass(frozen=True, slots=True)
class OpenHandoff:
    """Hold one task that sales was given: whose, for which stage, and by when they promised to begin."""

    ref: PersonRef
    key: str
    stage: str
    due_at: datetime
    owner: str | None = None
    escalated: bool = False

    @classmethod
    def of(cls, errand: Errand) -> OpenHandoff:
        """Return the handoff of an errand that opened a task."""
        if errand.draft is None:
            raise ValueError("an errand without a task hands nothing over")
        return cls(errand.ref, errand.key, errand.stage, errand.draft.due_at, errand.draft.owner)


class Handoffs(Protocol):
    """Watch handed-over tasks. A key is watched once, however often it is opened."""

    def open(self, handoffs: Iterable[OpenHandoff]) -> None:
        """Watch tasks from now on; those known already stay as they are."""

    def close(self, keys: Sequence[str]) -> None:
        """Watch tasks no longer: begun, done, gone, or no longer wanted."""

    def escalate(self, keys: Sequence[str]) -> None:
        """Note that tasks were escalated, so that it happens once."""

    def late(self, now: datetime, limit: int) -> Sequence[OpenHandoff]:
        """Return tasks due by now and not escalated yet, longest due first."""

    def watched(self) -> Sequence[OpenHandoff]:
        """Return every task that is watched, longest due first."""


_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS handoff (
  account TEXT, key TEXT, object_type TEXT, object_id TEXT, stage TEXT, due_at TEXT, owner TEXT,
  escalated INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (account, key)) WITHOUT ROWID;
"""
_COLUMNS: Final = "object_type, object_id, key, stage, due_at, owner, escalated"


class SqliteHandoffs:
    """Keep the watched tasks in the file of the ledger."""

    def __init__(self, transaction: Callable[[], Transaction], account: str) -> None:
        self._transaction, self._account = transaction, account
        with transaction() as db:
            db.execute(_SCHEMA)

    def open(self, handoffs: Iterable[OpenHandoff]) -> None:
        with self._transaction() as db:
            db.executemany(
                "INSERT INTO handoff VALUES (?,?,?,?,?,?,?,0) ON CONFLICT DO NOTHING",
                [
                    (self._account, one.key, one.ref.object_type, one.ref.object_id, one.stage, sortable(one.due_at),
                     one.owner)
                    for one in handoffs
                ],
            )  # fmt: skip

    def close(self, keys: Sequence[str]) -> None:
        with self._transaction() as db:
            db.executemany("DELETE FROM handoff WHERE account=? AND key=?", [(self._account, key) for key in keys])

    def escalate(self, keys: Sequence[str]) -> None:
        with self._transaction() as db:
            db.executemany(
                "UPDATE handoff SET escalated=1 WHERE account=? AND key=?", [(self._account, key) for key in keys]
            )

    def late(self, now: datetime, limit: int) -> Sequence[OpenHandoff]:
        return self._select("AND escalated=0 AND due_at<=? ORDER BY due_at, key LIMIT ?", sortable(now), limit)

    def watched(self) -> Sequence[OpenHandoff]:
        return self._select("ORDER BY due_at, key")

    def rekey(self, loser: PersonRef, survivor: PersonRef) -> None:
        """Move the tasks of a merged record to its survivor."""
        with self._transaction() as db:
            db.execute(
                "UPDATE handoff SET object_type=?, object_id=? WHERE account=? AND object_type=? AND object_id=?",
                (survivor.object_type, survivor.object_id, self._account, loser.object_type, loser.object_id),
            )

    def _select(self, rest: str, *values: object) -> list[OpenHandoff]:
        with self._transaction() as db:
            rows = db.execute(
                f"SELECT {_COLUMNS} FROM handoff WHERE account=? {rest}",  # noqa: S608 - our own text
                (self._account, *values),
            ).fetchall()
        return [
            OpenHandoff(PersonRef(type_, id_), key, stage, datetime.fromisoformat(due_at), owner, bool(escalated))
            for type_, id_, key, stage, due_at, owner, escalated in rows
        ]
