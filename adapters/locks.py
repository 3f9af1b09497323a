"""Serialise writes to the same person within a process."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class PersonLocks:
    """Hold many people at once, all or none, so that two overlapping waves can never wait for each other."""

    def __init__(self) -> None:
        self._busy: set[str] = set()
        self._freed = threading.Condition()

    @contextmanager
    def hold(self, ids: Iterable[str]) -> Iterator[None]:
        wanted = set(ids)
        with self._freed:
            self._freed.wait_for(lambda: not (wanted & self._busy))
            self._busy |= wanted
        try:
            yield
        finally:
            with self._freed:
                self._busy -= wanted
                self._freed.notify_all()
