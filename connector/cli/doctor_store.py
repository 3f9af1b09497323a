"""Look at what Puente keeps: the state, in a file or a table, and the queue. Leaves no new file behind."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from connector.bootstrap import build_ledger, build_queue
from connector.bootstrap_state import is_shared
from connector.cli.doctor_check import Check, fail, ok, warn
from connector.domain.phrase import phrase
from connector.errors import PuenteError
from connector.live.clock import Clock
from connector.live.queue import QueueStatus
from connector.settings import Settings, secrets_in_toml

LATE_SECONDS: Final = 900
_NOTHING: Final = "doctor"
"""The name of a secret nobody keeps: asking for it reads the state, and nothing else."""


def look_at_state(settings: Settings) -> Iterator[Check]:
    if is_shared(settings):
        yield _look_at_table(settings)
        return
    path = Path(settings.state).expanduser()
    yield _look_at_file(path) if path.exists() else _look_at_place(path)


def _look_at_table(settings: Settings) -> Check:
    try:
        with closing(build_ledger(settings, _NOTHING)) as ledger:
            ledger.get_secret(_NOTHING)
    except PuenteError as error:
        return fail("state", "state_table_bad", place=settings.state, reason=str(error))
    return ok("state", "state_table_ok", place=settings.state)


def _look_at_file(path: Path) -> Check:
    """Open the file for writing and let go of it again; a run at work is a good sign."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=1)) as state:
            found = state.execute("PRAGMA quick_check(1)").fetchone()[0]
            if found != "ok":
                return fail("state", "state_damaged", place=str(path))
            state.execute("BEGIN IMMEDIATE")
            state.rollback()
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            return ok("state", "state_at_work", place=str(path))
        return fail("state", "state_bad", place=str(path), reason=str(error))
    except sqlite3.Error:
        return fail("state", "state_damaged", place=str(path))
    return ok("state", "state_ok", place=str(path))


def _look_at_place(path: Path) -> Check:
    """Say whether the file could be made: the nearest folder that exists must let us write."""
    nearest = next(parent for parent in path.absolute().parents if parent.exists())
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        return ok("state", "state_new", place=str(path))
    return fail(
        "state", "state_bad", place=str(path), reason=phrase("{path}: not a writable folder", path=str(nearest))
    )


def look_at_queue(settings: Settings, clock: Clock) -> Iterator[Check]:
    try:
        with closing(build_queue(settings, clock=clock, only_look=True)) as queue:
            status = queue.status()
    except (PuenteError, sqlite3.Error) as error:
        yield fail("queue", "queue_bad", reason=str(error) or type(error).__name__)
        return
    yield from judge_queue(status)


def look_at_secrets(folder: Path) -> Iterator[Check]:
    """Look whether others may read the secrets, on this machine or in a repository; without any, say nothing."""
    if misplaced := secrets_in_toml():
        yield warn("secrets", "secrets_misplaced", names=misplaced)
    path = folder / ".env"
    if not path.is_file():
        return
    is_open = bool(path.stat().st_mode & 0o077)
    yield warn("secrets", "secrets_open") if is_open else ok("secrets", "secrets_ok")


def judge_queue(status: QueueStatus) -> Iterator[Check]:
    """Judge what waits. Pure."""
    if status.parked:
        yield warn("queue", "queue_parked", count=len(status.parked))
    if (status.oldest_age_seconds or 0) >= LATE_SECONDS:
        yield warn("queue", "queue_late", count=status.depth, seconds=round(status.oldest_age_seconds or 0))
    elif not status.parked:
        yield ok("queue", "queue_ok", count=status.depth)
