"""Count calls in rolling windows, as CRM rate limits do."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field


@dataclass(slots=True)
class RollingWindow:
    """Allow `limit` calls in any stretch of `seconds`; a limit of 0 allows everything.

    A refused call takes no place in the window, so that a waiting client always gets through in the end.
    """

    limit: int
    seconds: float
    _taken: deque[float] = field(default_factory=deque)

    def take(self, now: float) -> bool:
        """Take one place at `now`; False when the window is full."""
        if self.limit <= 0:
            return True
        self._forget(now)
        if len(self._taken) >= self.limit:
            return False
        self._taken.append(now)
        return True

    def remaining(self, now: float) -> int:
        """Count the places left at `now`."""
        self._forget(now)
        return max(0, self.limit - len(self._taken))

    def wait_seconds(self, now: float) -> float:
        """Tell how long until a place is free."""
        self._forget(now)
        if self.limit <= 0 or len(self._taken) < self.limit:
            return 0.0
        return max(0.0, self._taken[0] + self.seconds - now)

    def _forget(self, now: float) -> None:
        while self._taken and self._taken[0] <= now - self.seconds:
            self._taken.popleft()


@dataclass(slots=True)
class DailyCount:
    """Allow `limit` calls per UTC day; a limit of 0 allows everything."""

    limit: int
    _day: int = -1
    _taken: int = 0

    def take(self, now: float) -> bool:
        """Count one call at `now`; False when the day is used up."""
        self._turn(now)
        if 0 < self.limit <= self._taken:
            return False
        self._taken += 1
        return True

    def used(self, now: float) -> int:
        """Tell how many calls of today were counted."""
        self._turn(now)
        return self._taken

    def remaining(self, now: float) -> int:
        """Count the calls left today."""
        return max(0, self.limit - self.used(now))

    def _turn(self, now: float) -> None:
        day = int(now // 86_400)
        if day != self._day:
            self._day, self._taken = day, 0
