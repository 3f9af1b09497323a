"""Keep doorbells in the SQLite file of the state: the embedded form of the queue."""

from __future__ import annotations

import sqlite3
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from connector.live.clock import Clock
from connector.live.doorbell import Doorbell, doorbell_from_json, doorbell_to_json
from connector.live.queue import ParkedDoorbell, QueueStatus, Ticket

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS doorbell (
  id INTEGER PRIMARY KEY AUTOINCREMENT, content TEXT NOT NULL, enqueued_at REAL NOT NULL, visible_at REAL NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, receipt TEXT);
CREATE INDEX IF NOT EXISTS doorbell_visible ON doorbell (visible_at);
CREATE TABLE IF NOT EXISTS parked_doorbell (
  id INTEGER PRIMARY KEY, content TEXT NOT NULL, enqueued_at REAL NOT NULL, reason TEXT NOT NULL,
  parked_at REAL NOT NULL);
"""


class SqliteQueue:
    """Share one file between threads and processes; every method is one transaction, on disk when it returns."""

    def __init__(self, path: Path | str, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        if str(path) != ":memory:":
            target = Path(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.touch(mode=0o600, exist_ok=True)
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=30)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def put(self, doorbells: Sequence[Doorbell]) -> None:
        now = self._now()
        with self._transaction() as db:
            db.executemany(
                "INSERT INTO doorbell (content, enqueued_at, visible_at) VALUES (?,?,?)",
                [(doorbell_to_json(bell), now, now) for bell in doorbells],
            )

    def take(self, limit: int, visibility_seconds: float) -> list[Ticket]:
        now, delivery = self._now(), uuid.uuid4().hex
        with self._transaction() as db:
            rows = db.execute(
                "UPDATE doorbell SET attempts=attempts+1, visible_at=?, receipt=? WHERE id IN"
                " (SELECT id FROM doorbell WHERE visible_at<=? ORDER BY visible_at, id LIMIT ?)"
                " RETURNING id, content, attempts, enqueued_at",
                (now + visibility_seconds, delivery, now, limit),
            ).fetchall()
        return [
            Ticket(doorbell_from_json(content), f"{id_}:{delivery}", attempts, _instant(enqueued_at))
            for id_, content, attempts, enqueued_at in sorted(rows)
        ]

    def done(self, tickets: Sequence[Ticket]) -> None:
        with self._transaction() as db:
            db.executemany("DELETE FROM doorbell WHERE id=? AND receipt=?", [_key(ticket) for ticket in tickets])

    def later(self, tickets: Sequence[Ticket], delay_seconds: float) -> None:
        visible_at = self._now() + delay_seconds
        with self._transaction() as db:
            db.executemany(
                "UPDATE doorbell SET visible_at=?, receipt=NULL WHERE id=? AND receipt=?",
                [(visible_at, *_key(ticket)) for ticket in tickets],
            )

    def park(self, ticket: Ticket, reason: str) -> None:
        with self._transaction() as db:
            db.execute(
                "INSERT INTO parked_doorbell SELECT id, content, enqueued_at, ?, ? FROM doorbell"
                " WHERE id=? AND receipt=?",
                (reason, self._now(), *_key(ticket)),
            )
            db.execute("DELETE FROM doorbell WHERE id=? AND receipt=?", _key(ticket))

    def status(self) -> QueueStatus:
        with self._transaction() as db:
            depth, oldest = db.execute("SELECT count(*), min(enqueued_at) FROM doorbell").fetchone()
            parked = db.execute(
                "SELECT id, content, reason, parked_at FROM parked_doorbell ORDER BY parked_at, id"
            ).fetchall()
        return QueueStatus(
            depth=depth,
            oldest_age_seconds=None if oldest is None else max(0.0, self._now() - oldest),
            parked=tuple(
                ParkedDoorbell(str(id_), doorbell_from_json(content), reason, _instant(parked_at))
                for id_, content, reason, parked_at in parked
            ),
        )

    def redrive(self, ids: Sequence[str] | None = None) -> int:
        now = self._now()
        with self._transaction() as db:
            known = [str(row[0]) for row in db.execute("SELECT id FROM parked_doorbell ORDER BY id")]
            chosen = [id_ for id_ in known if ids is None or id_ in set(ids)]
            for id_ in chosen:
                db.execute(
                    "INSERT INTO doorbell (content, enqueued_at, visible_at)"
                    " SELECT content, enqueued_at, ? FROM parked_doorbell WHERE id=?",
                    (now, int(id_)),
                )
                db.execute("DELETE FROM parked_doorbell WHERE id=?", (int(id_),))
        return len(chosen)

    def discard(self, ids: Sequence[str]) -> int:
        with self._transaction() as db:
            known = {str(row[0]) for row in db.execute("SELECT id FROM parked_doorbell")}
            chosen = sorted(known & set(ids))
            db.executemany("DELETE FROM parked_doorbell WHERE id=?", [(int(id_),) for id_ in chosen])
        return len(chosen)

    def _now(self) -> float:
        return self._clock().timestamp()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")


def _key(ticket: Ticket) -> tuple[int, str]:
    id_, _, delivery = ticket.receipt.partition(":")
    return int(id_), delivery


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
