"""Remember what was decided and what is still to be done: the port, and its embedded SQLite form.

Nothing in it cannot be read back from the CRM but the order of events: losing the file costs calls, never a second
task. It holds ids, stages and task texts, no e-mail addresses.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

import orjson

from connector.live.errands import Errand, Parked
from connector.live.handoffs import Handoffs, OpenHandoff, SqliteHandoffs
from connector.live.lease import Leases, SqliteLeases
from connector.live.ledger_json import errand_from_json, errand_to_json, remembered_from_json, remembered_to_json
from connector.live.ledger_transaction import Transaction, sortable
from connector.live.recall import Remembered
from connector.live.shadows import Shadows, SqliteShadows
from connector.ports import PersonRef


class Ledger(Protocol):
    """Remember decisions and errands. Every method is one transaction."""

    def close(self) -> None:
        """Give back what was opened."""

    @property
    def leases(self) -> Leases:
        """Keep one person to one worker at a time."""

    @property
    def handoffs(self) -> Handoffs:
        """Keep the handed-over tasks until sales has begun with them."""

    @property
    def shadows(self) -> Shadows:
        """Keep what a candidate model decided beside the live one."""

    def recall(self, refs: Sequence[PersonRef]) -> Mapping[PersonRef, Remembered]:
        """Return what is known of these people; unknown ones are left out."""

    def known(self) -> Sequence[PersonRef]:
        """List everybody who is remembered: for a reading of the whole base, to see who is missing from it."""

    def recall_at(self, ref: PersonRef, instant: datetime) -> Remembered | None:
        """Return what was remembered of a person at an instant of the past; None when nothing was."""

    def remember(self, known: Mapping[PersonRef, Remembered]) -> None:
        """Replace what is known of these people, and keep what was known before for `explain --at`."""

    def errands(self, refs: Sequence[PersonRef]) -> Mapping[PersonRef, Sequence[Errand]]:
        """Return the unfinished errands of these people."""

    def begin(self, errands: Iterable[Errand]) -> None:
        """Record errands before anything is written, so that a kill at any later moment loses none."""

    def finish(self, errands: Iterable[Errand]) -> None:
        """Forget errands that are done or no longer wanted; a task that was opened is watched from now on."""

    def assign(self, pool: Sequence[str], day: str, capacity: int | None) -> str | None:
        """Choose the least loaded owner of a pool for a day and count it; None when all are at capacity."""

    def assigned(self, day: str) -> Mapping[str, int]:
        """Return how many tasks owners of pools got on a day."""

    def rekey(self, loser: PersonRef, survivor: PersonRef, joined: Remembered) -> None:
        """Move what was known and begun for a merged record to its survivor."""

    def forget(self, refs: Sequence[PersonRef]) -> None:
        """Erase every trace of people (deletion, privacy deletion)."""

    def park(self, parked: Iterable[Parked]) -> None:
        """Record people who need attention; a later success clears them."""

    def unpark(self, refs: Iterable[PersonRef]) -> None: ...

    def parked(self) -> Sequence[Parked]: ...

    def due(self, now: datetime, limit: int) -> Sequence[PersonRef]:
        """Return people whose decision may change by time alone by now, longest due first."""

    def postpone(self, refs: Sequence[PersonRef], until: datetime) -> None:
        """Leave people out of `due` until an instant, or until they are decided again."""

    def count_writes(self, refs: Sequence[PersonRef], at: datetime) -> None:
        """Note that these people were written."""

    def writes_since(self, refs: Sequence[PersonRef], since: datetime) -> Mapping[PersonRef, int]:
        """Return how often people were written since an instant; those who were not are left out."""

    def get_secret(self, name: str) -> str | None: ...

    def put_secret(self, name: str, value: str) -> None: ...


_WRITES_KEPT: Final = timedelta(days=1)
_NAMED: Final = (
    "(object_type, object_id) IN (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?))"
)
"""Whoever is in a list: one statement for a whole part of a snapshot, not one per person."""
_SCHEMA: Final = """
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
CREATE TABLE IF NOT EXISTS written (account TEXT, object_type TEXT, object_id TEXT, written_at TEXT);
CREATE INDEX IF NOT EXISTS written_person ON written (account, object_type, object_id, written_at);
CREATE TABLE IF NOT EXISTS secret (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


def _names(refs: Sequence[PersonRef]) -> str:
    return orjson.dumps([[ref.object_type, ref.object_id] for ref in refs]).decode()


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
        self.leases = SqliteLeases(self._transaction, account)
        self.handoffs = SqliteHandoffs(self._transaction, account)
        self.shadows = SqliteShadows(self._transaction, account)

    def close(self) -> None:
        self._db.close()

    def recall(self, refs: Sequence[PersonRef]) -> Mapping[PersonRef, Remembered]:
        with self._lock:
            rows = self._db.execute(
                f"SELECT object_type, object_id, known FROM person WHERE account=? AND {_NAMED}",  # noqa: S608
                (self.account, _names(refs)),
            ).fetchall()
        return {PersonRef(type_, id_): remembered_from_json(known) for type_, id_, known in rows}

    def known(self) -> Sequence[PersonRef]:
        with self._lock:
            rows = self._db.execute(
                "SELECT object_type, object_id FROM person WHERE account=? ORDER BY object_type, object_id",
                (self.account,),
            ).fetchall()
        return [PersonRef(object_type, object_id) for object_type, object_id in rows]

    def recall_at(self, ref: PersonRef, instant: datetime) -> Remembered | None:
        with self._lock:
            row = self._db.execute(
                "SELECT known FROM past WHERE account=? AND object_type=? AND object_id=? AND decided_at<=?"
                " ORDER BY decided_at DESC LIMIT 1",
                (*self._id(ref), sortable(instant)),
            ).fetchone()
        return remembered_from_json(row[0]) if row else None

    def remember(self, known: Mapping[PersonRef, Remembered]) -> None:
        with self._transaction() as db:
            for ref, remembered in known.items():
                content, review = remembered_to_json(remembered), remembered.next_review_at
                db.execute(
                    "INSERT INTO person VALUES (?,?,?,?,?) ON CONFLICT DO UPDATE SET known=excluded.known,"
                    " next_review_at=excluded.next_review_at",
                    (*self._id(ref), content, sortable(review) if review else None),
                )
                if remembered.decided_at and not remembered.intended and self._is_news(ref, remembered):
                    db.execute(
                        "INSERT OR REPLACE INTO past VALUES (?,?,?,?,?)",
                        (*self._id(ref), sortable(remembered.decided_at), content),
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
            rows = self._db.execute(
                "SELECT object_type, object_id, key, what, stage, content FROM errand INDEXED BY errand_person"  # noqa: S608
                f" WHERE account=? AND {_NAMED} ORDER BY what, key",
                (self.account, _names(refs)),
            ).fetchall()
        for type_, id_, *content in rows:
            ref = PersonRef(type_, id_)
            found.setdefault(ref, []).append(errand_from_json(ref, *content))
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
        finished = list(errands)
        with self._transaction() as db:
            db.executemany(
                "DELETE FROM errand WHERE account=? AND key=? AND what=?",
                [(self.account, errand.key, errand.what) for errand in finished],
            )
            self.handoffs.open(OpenHandoff.of(errand) for errand in finished if errand.what == "open")
            self.handoffs.close([errand.key for errand in finished if errand.what == "close"])

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

    def assigned(self, day: str) -> Mapping[str, int]:
        with self._lock:
            rows = self._db.execute("SELECT owner, tasks FROM load WHERE account=? AND day=?", (self.account, day))
            return dict(rows.fetchall())

    def rekey(self, loser: PersonRef, survivor: PersonRef, joined: Remembered) -> None:
        with self._transaction() as db:
            db.execute(
                "UPDATE errand SET object_type=?, object_id=? WHERE account=? AND object_type=? AND object_id=?",
                (survivor.object_type, survivor.object_id, *self._id(loser)),
            )
            self.handoffs.rekey(loser, survivor)
            self.shadows.rekey(loser, survivor)
            self.remember({survivor: joined})
            self.forget([loser])

    def forget(self, refs: Sequence[PersonRef]) -> None:
        with self._transaction() as db:
            for ref in refs:
                for table in ("person", "past", "errand", "parked", "written", "handoff", "shadow"):
                    db.execute(
                        f"DELETE FROM {table} WHERE account=? AND object_type=? AND object_id=?",  # noqa: S608
                        self._id(ref),
                    )

    def park(self, parked: Iterable[Parked]) -> None:
        with self._transaction() as db:
            db.executemany(
                "INSERT OR REPLACE INTO parked VALUES (?,?,?,?,?)",
                [(*self._id(item.ref), item.reason, sortable(item.parked_at)) for item in parked],
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

    def due(self, now: datetime, limit: int) -> Sequence[PersonRef]:
        with self._transaction() as db:
            rows = db.execute(
                "SELECT object_type, object_id FROM person WHERE account=? AND next_review_at<=?"
                " ORDER BY next_review_at LIMIT ?",
                (self.account, sortable(now), limit),
            ).fetchall()
        return [PersonRef(*row) for row in rows]

    def postpone(self, refs: Sequence[PersonRef], until: datetime) -> None:
        with self._transaction() as db:
            db.executemany(
                "UPDATE person SET next_review_at=? WHERE account=? AND object_type=? AND object_id=?",
                [(sortable(until), *self._id(ref)) for ref in refs],
            )

    def count_writes(self, refs: Sequence[PersonRef], at: datetime) -> None:
        with self._transaction() as db:
            old = sortable(at - _WRITES_KEPT)
            db.executemany(
                "DELETE FROM written WHERE account=? AND object_type=? AND object_id=? AND written_at<?",
                [(*self._id(ref), old) for ref in refs],
            )
            db.executemany("INSERT INTO written VALUES (?,?,?,?)", [(*self._id(ref), sortable(at)) for ref in refs])

    def writes_since(self, refs: Sequence[PersonRef], since: datetime) -> Mapping[PersonRef, int]:
        counts: dict[PersonRef, int] = {}
        with self._transaction() as db:
            for ref in refs:
                (count,) = db.execute(
                    "SELECT count(*) FROM written WHERE account=? AND object_type=? AND object_id=? AND written_at>=?",
                    (*self._id(ref), sortable(since)),
                ).fetchone()
                if count:
                    counts[ref] = count
        return counts

    def get_secret(self, name: str) -> str | None:
        with self._lock, closing(self._db.execute("SELECT value FROM secret WHERE name=?", (name,))) as cursor:
            row = cursor.fetchone()
        return row[0] if row else None

    def put_secret(self, name: str, value: str) -> None:
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO secret VALUES (?,?)", (name, value))

    def _id(self, ref: PersonRef) -> tuple[str, str, str]:
        return self.account, ref.object_type, ref.object_id

    def _transaction(self) -> Transaction:
        return Transaction(self._db, self._lock)
