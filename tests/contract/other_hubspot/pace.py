"""A time for client and server that only waiting moves: no story depends on how quick the machine is."""

from __future__ import annotations

import threading


class Pace:
    """Stand still until somebody waits; who waits side by side waits at once."""

    def __init__(self) -> None:
        self._seconds = 1_000.0
        self._lock = threading.Lock()

    def seconds(self) -> float:
        return self._seconds

    def sleep(self, seconds: float) -> None:
        wake_at = self._seconds + seconds
        with self._lock:
            self._seconds = max(self._seconds, wake_at)
