"""Keep working until told to stop: answer doorbells as they come, and look at the time now and then."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from connector.errors import PuenteError
from connector.live.queue import Queue
from connector.live.review import Review
from connector.live.work import Turn, Worker

MOST_TAKEN: Final = 500
_IDLE_SECONDS: Final = 0.5
_BREATH_SECONDS: Final = 0.05
"""Between two pieces of work, so that a run that waits for its turn gets one."""
_AFTER_FAILURE_SECONDS: Final = 5.0

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class WorkLoop:
    """Drive one worker in a thread of its own. `rang` wakes it at once; `turn` is held while it works.

    `recover` frees what a worker killed before us had taken; it is asked until it says that it could.
    """

    worker: Worker
    queue: Queue
    turn: Turn = nullcontext
    recover: Callable[[], bool] | None = None
    rang: threading.Event = field(default_factory=threading.Event)
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Work until `stopping` is set. What is under way is finished first; no failure ends the loop."""
        while not self.stopping.is_set():
            try:
                worked = self._work()
            except Exception:  # noqa: BLE001 - the state may be locked or full; what was taken comes again
                _log.exception("work failed")
                self.stopping.wait(_AFTER_FAILURE_SECONDS)
                continue
            if worked:
                self.stopping.wait(_BREATH_SECONDS)
            elif self.rang.wait(_IDLE_SECONDS):
                self.rang.clear()

    def stop(self) -> None:
        """End the loop soon, also when it waits for a ring."""
        self.stopping.set()
        self.rang.set()

    def _work(self) -> int:
        if self.recover is not None and self.recover():
            self.recover = None
        return self.worker.run_once(self.queue, MOST_TAKEN, self.turn).taken


@dataclass(slots=True)
class ReviewLoop:
    """Look after what happens by time alone, in a thread of its own; for orphans once a day, and at the start."""

    review: Review
    stopping: threading.Event
    every_seconds: float = 30.0
    most: int = 1_000
    orphans_every: timedelta = timedelta(days=1)
    _orphans_at: datetime | None = None

    def run(self) -> None:
        """Look until `stopping` is set; what failed is tried again the next time."""
        while not self.stopping.is_set():
            try:
                self.look()
            except PuenteError as error:
                _log.warning("review failed: %s", type(error).__name__)
            except Exception:  # noqa: BLE001 - the state may be locked or full; time goes on
                _log.exception("review failed")
            self.stopping.wait(self.every_seconds)

    def look(self) -> None:
        """Ring for everybody who is due, escalate what is late, and tell of orphans when it is time."""
        while self.review.ring_due(self.most) == self.most:
            continue
        self.review.escalate_late(self.most)
        now = self.review.clock()
        if self._orphans_at is None or now - self._orphans_at >= self.orphans_every:
            self.review.find_orphans()
            self._orphans_at = now
