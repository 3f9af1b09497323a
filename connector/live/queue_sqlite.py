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

from connector.errors import PayloadError
from connector.live.clock import Clock
from connector.live.doorbell import Doorbell, doorbell_from_json, doorbell_to_json
from connector.live.queue import UNREADABLE, ParkedDoorbell, QueueStatus, Ticket

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS doorbell (
  id INTEGER PRIMARY KEY AUTOINCREMENT, content TEXT NOT NULL, enqueued_at REAL NOT NULL, visible_at REAL NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, receipt TEXT);
CREATE INDEX IF NOT EXISTS doorbell_visible ON doorbell (visible_at);
CREATE TABLE IF NOT EXISTS parked_doorbell (
  id INTEGER PRIMARY KEY, content TEXT NOT NULL, enqueued_at REAL NOT NULL, reason TEXT NOT NULL,
  parked_at REAL NOT NULL);
"""


PATIENCE_SECONDS: Final = 30.0


class SqliteQueue:
    """Share one file between threads and processes; every method is one transaction, on disk when it returns.

    Who has to wait longer than `patience_seconds` for a thread or process in front, and as long again for the file,
    gets TimeoutError or sqlite3.OperationalError.
    """

    def __init__(self, path: Path | str, clock: Clock, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._clock, self._patience_seconds = clock, patience_seconds
        self._lock = threading.Lock()
        if str(path) != ":memory:":
            target = Path(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.touch(mode=0o600, exist_ok=True)
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=patience_seconds)
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
            bells = {id_: self._read_or_park(db, id_, content) for id_, content, *_ in rows}
        return [
            Ticket(bell, f"{id_}:{delivery}", attempts, _instant(enqueued_at))
            for id_, _, attempts, enqueued_at in sorted(rows)
            if (bell := bells[id_]) is not None
        ]

    def _read_or_park(self, db: sqlite3.Connection, id_: int, content: str) -> Doorbell | None:
        """Read a doorbell; one of another version of ours is set aside, for it would hold up the others every time."""
        try:
            return doorbell_from_json(content)
        except PayloadError as error:
            _park(db, "id=?", (id_,), str(error), self._now())
            return None

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

    def free_all(self) -> None:
        """Give out again at once what was taken and not settled: for when nobody else can be at work."""
        with self._transaction() as db:
            db.execute("UPDATE doorbell SET visible_at=?, receipt=NULL WHERE receipt IS NOT NULL", (self._now(),))

    def park(self, ticket: Ticket, reason: str) -> None:
        with self._transaction() as db:
            _park(db, "id=? AND receipt=?", _key(ticket), reason, self._now())

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
                ParkedDoorbell(str(id_), _read(content), reason, _instant(parked_at))
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
        if not self._lock.acquire(timeout=self._patience_seconds):
            raise TimeoutError("other threads waited for the state file, too")
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
        finally:
            self._lock.release()


def _park(db: sqlite3.Connection, which: str, key: tuple[object, ...], reason: str, now: float) -> None:
    db.execute(
        f"INSERT INTO parked_doorbell SELECT id, content, enqueued_at, ?, ? FROM doorbell WHERE {which}",  # noqa: S608
        (reason, now, *key),
    )
    db.execute(f"DELETE FROM doorbell WHERE {which}", key)  # noqa: S608 - our own words


def _read(content: str) -> Doorbell:
    try:
        return doorbell_from_json(content)
    except PayloadError:
        return UNREADABLE


def _key(ticket: Ticket) -> tuple[int, str]:
    id_, _, delivery = ticket.receipt.partition(":")
    return int(id_), delivery


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
