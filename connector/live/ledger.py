"""Remember what was decided and what is still to be done: the port, and its embedded SQLite form.

Nothing in it cannot be read back from the CRM but the order of events: losing the file costs calls, never a second
task. It holds ids, stages and task texts, no e-mail addresses.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from connector.live.errands import Errand, Parked
from connector.live.ledger_json import errand_from_json, errand_to_json, remembered_from_json, remembered_to_json
from connector.live.recall import Remembered
from connector.ports import PersonRef


class Ledger(Protocol):
    """Remember decisions and errands. Every method is one transaction."""

    def recall(self, refs: Sequence[PersonRef]) -> Mapping[PersonRef, Remembered]:
        """Return what is known of these people; unknown ones are left out."""

    def recall_at(self, ref: PersonRef, instant: datetime) -> Remembered | None:
        """Return what was remembered of a person at an instant of the past; None when nothing was."""

    def remember(self, known: Mapping[PersonRef, Remembered]) -> None:
        """Replace what is known of these people, and keep what was known before for `explain --at`."""

    def errands(self, refs: Sequence[PersonRef]) -> Mapping[PersonRef, Sequence[Errand]]:
        """Return the unfinished errands of these people."""

    def begin(self, errands: Iterable[Errand]) -> None:
        """Record errands before anything is written, so that a kill at any later moment loses none."""

    def finish(self, errands: Iterable[Errand]) -> None:
        """Forget errands that are done or no longer wanted."""

    def assign(self, pool: Sequence[str], day: str, capacity: int | None) -> str | None:
        """Choose the least loaded owner of a pool for a day and count it; None when all are at capacity."""

    def rekey(self, loser: PersonRef, survivor: PersonRef, joined: Remembered) -> None:
        """Move what was known and begun for a merged record to its survivor."""

    def forget(self, refs: Sequence[PersonRef]) -> None:
        """Erase every trace of people (deletion, privacy deletion)."""

    def park(self, parked: Iterable[Parked]) -> None:
        """Record people who need attention; a later success clears them."""

    def unpark(self, refs: Iterable[PersonRef]) -> None: ...

    def parked(self) -> Sequence[Parked]: ...

    def get_secret(self, name: str) -> str | None: ...

    def put_secret(self, name: str, value: str) -> None: ...


_SCHEMA = """
CREATE TABLE IF NOT EXISTS person (
  account TEXT, object_type TEXT, object_id TEXT, known BLOB NOT NULL, next_review_at TEXT,
  PRIMARY KEY (account, object_type, object_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS person_due ON person (account, next_review_at) WHERE next_review_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS past (
  account TEXT, object_type TEXT, object_id TEXT, decided_at TEXT, known BLOB NOT NULL,
  PRIMARY KEY (account, object_type, object_id, decided_at)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS errand (
  account TEXT, key TEXT, what TEXT, object_type TEXT, object_id TEXT, stage TEXT, content BLOB NOT NULL,
  PRIMARY KEY (account, key, what)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS errand_person ON errand (account, object_type, object_id);
CREATE TABLE IF NOT EXISTS load (account TEXT, day TEXT, owner TEXT, tasks INTEGER, PRIMARY KEY (account, day, owner))
  WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS parked (
  account TEXT, object_type TEXT, object_id TEXT, reason TEXT, parked_at TEXT,
  PRIMARY KEY (account, object_type, object_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS secret (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


class SqliteLedger:
    """Keep the ledger in one SQLite file, readable by its owner only, for one account (`crm:id`)."""

    def __init__(self, path: Path | str, account: str) -> None:
        self.account = account
        self._lock = threading.RLock()
        if str(path) != ":memory:":
            target = Path(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.touch(mode=0o600, exist_ok=True)
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=30)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        self._db.close()

    def recall(self, refs: Sequence[PersonRef]) -> Mapping[PersonRef, Remembered]:
        found: dict[PersonRef, Remembered] = {}
        with self._lock:
            for ref in refs:
                row = self._db.execute(
                    "SELECT known FROM person WHERE account=? AND object_type=? AND object_id=?", self._id(ref)
                ).fetchone()
                if row:
                    found[ref] = remembered_from_json(row[0])
        return found

    def recall_at(self, ref: PersonRef, instant: datetime) -> Remembered | None:
        with self._lock:
            row = self._db.execute(
                "SELECT known FROM past WHERE account=? AND object_type=? AND object_id=? AND decided_at<=?"
                " ORDER BY decided_at DESC LIMIT 1",
                (*self._id(ref), _sortable(instant)),
            ).fetchone()
        return remembered_from_json(row[0]) if row else None

    def remember(self, known: Mapping[PersonRef, Remembered]) -> None:
        with self._transaction() as db:
            for ref, remembered in known.items():
                content, review = remembered_to_json(remembered), remembered.next_review_at
                db.execute(
                    "INSERT INTO person VALUES (?,?,?,?,?) ON CONFLICT DO UPDATE SET known=excluded.known,"
                    " next_review_at=excluded.next_review_at",
                    (*self._id(ref), content, _sortable(review) if review else None),
                )
                if remembered.decided_at and not remembered.intended and self._is_news(ref, remembered):
                    db.execute(
                        "INSERT OR REPLACE INTO past VALUES (?,?,?,?,?)",
                        (*self._id(ref), _sortable(remembered.decided_at), content),
                    )

    def _is_news(self, ref: PersonRef, remembered: Remembered) -> bool:
        row = self._db.execute(
            "SELECT known FROM past WHERE account=? AND object_type=? AND object_id=? ORDER BY decided_at DESC LIMIT 1",
            self._id(ref),
        ).fetchone()
        return row is None or remembered_from_json(row[0]).memory != remembered.memory

    def errands(self, refs: Sequence[PersonRef]) -> Mapping[PersonRef, Sequence[Errand]]:
        found: dict[PersonRef, list[Errand]] = {}
        with self._lock:
            for ref in refs:
                rows = self._db.execute(
                    "SELECT key, what, stage, content FROM errand WHERE account=? AND object_type=? AND object_id=?"
                    " ORDER BY what, key",
                    self._id(ref),
                ).fetchall()
                if rows:
                    found[ref] = [errand_from_json(ref, *row) for row in rows]
        return found

    def begin(self, errands: Iterable[Errand]) -> None:
        with self._transaction() as db:
            db.executemany(
                "INSERT OR REPLACE INTO errand VALUES (?,?,?,?,?,?,?)",
                [
                    (self.account, e.key, e.what, e.ref.object_type, e.ref.object_id, e.stage, errand_to_json(e))
                    for e in errands
                ],
            )

    def finish(self, errands: Iterable[Errand]) -> None:
        with self._transaction() as db:
            db.executemany(
                "DELETE FROM errand WHERE account=? AND key=? AND what=?",
                [(self.account, errand.key, errand.what) for errand in errands],
            )

    def assign(self, pool: Sequence[str], day: str, capacity: int | None) -> str | None:
        with self._transaction() as db:
            rows = db.execute("SELECT owner, tasks FROM load WHERE account=? AND day=?", (self.account, day)).fetchall()
            load = dict(rows)
            free = [owner for owner in pool if capacity is None or load.get(owner, 0) < capacity]
            if not free:
                return None
            owner = min(free, key=lambda name: (load.get(name, 0), pool.index(name)))
            db.execute(
                "INSERT INTO load VALUES (?,?,?,1) ON CONFLICT DO UPDATE SET tasks=tasks+1", (self.account, day, owner)
            )
            return owner

    def rekey(self, loser: PersonRef, survivor: PersonRef, joined: Remembered) -> None:
        with self._transaction() as db:
            db.execute(
                "UPDATE errand SET object_type=?, object_id=? WHERE account=? AND object_type=? AND object_id=?",
                (survivor.object_type, survivor.object_id, *self._id(loser)),
            )
            self.remember({survivor: joined})
            self.forget([loser])

    def forget(self, refs: Sequence[PersonRef]) -> None:
        with self._transaction() as db:
            for ref in refs:
                for table in ("person", "past", "errand", "parked"):
                    db.execute(
                        f"DELETE FROM {table} WHERE account=? AND object_type=? AND object_id=?",  # noqa: S608
                        self._id(ref),
                    )

    def park(self, parked: Iterable[Parked]) -> None:
        with self._transaction() as db:
            db.executemany(
                "INSERT OR REPLACE INTO parked VALUES (?,?,?,?,?)",
                [(*self._id(item.ref), item.reason, _sortable(item.parked_at)) for item in parked],
            )

    def unpark(self, refs: Iterable[PersonRef]) -> None:
        with self._transaction() as db:
            db.executemany(
                "DELETE FROM parked WHERE account=? AND object_type=? AND object_id=?", [self._id(ref) for ref in refs]
            )

    def parked(self) -> Sequence[Parked]:
        with self._lock:
            rows = self._db.execute(
                "SELECT object_type, object_id, reason, parked_at FROM parked WHERE account=?"
                " ORDER BY parked_at, object_id",
                (self.account,),
            ).fetchall()
        return [Parked(PersonRef(type_, id_), reason, datetime.fromisoformat(at)) for type_, id_, reason, at in rows]

    def get_secret(self, name: str) -> str | None:
        with self._lock, closing(self._db.execute("SELECT value FROM secret WHERE name=?", (name,))) as cursor:
            row = cursor.fetchone()
        return row[0] if row else None

    def put_secret(self, name: str, value: str) -> None:
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO secret VALUES (?,?)", (name, value))

    def _id(self, ref: PersonRef) -> tuple[str, str, str]:
        return self.account, ref.object_type, ref.object_id

    def _transaction(self) -> _Transaction:
        return _Transaction(self._db, self._lock)


class _Transaction:
    """Run statements as one, also when nested: only the outermost begins and commits."""

    def __init__(self, db: sqlite3.Connection, lock: threading.RLock) -> None:
        self._db, self._lock, self._outer = db, lock, False

    def __enter__(self) -> sqlite3.Connection:
        self._lock.acquire()
        self._outer = not self._db.in_transaction
        if self._outer:
            self._db.execute("BEGIN IMMEDIATE")
        return self._db

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        try:
            if self._outer:
                self._db.execute("COMMIT" if kind is None else "ROLLBACK")
        finally:
            self._lock.release()


def _sortable(instant: datetime) -> str:
    """Write an instant so that text order is time order: always six digits of a second's fraction."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
