"""Run statements of a SQLite file as one transaction, and write instants so that they sort."""

from __future__ import annotations

import sqlite3
import threading
from datetime import UTC, datetime


class Transaction:
    """Run statements as one, also when nested: only the outermost begins and commits."""

    def __init__(self, db: sqlite3.Connection, lock: threading.RLock) -> None:
        self._db, self._lock, self._outer = db, lock, False

    def __enter__(self) -> sqlite3.Connection:
        self._lock.acquire()
        try:
            self._outer = not self._db.in_transaction
            if self._outer:
                self._db.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._lock.release()
            raise
        return self._db

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        try:
            if self._outer:
                self._db.execute("COMMIT" if kind is None else "ROLLBACK")
        finally:
            self._lock.release()


def sortable(instant: datetime) -> str:
    """Write an instant so that text order is time order: always six digits of a second's fraction."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
