"""Keep requests inside a CRM's rolling rate limits, before the CRM has to refuse any."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Final

from connector.errors import RateLimitedError

_log = logging.getLogger(__name__)
_SAFETY: Final = 1.02
"""The CRM counts arrivals, we count departures: a slightly longer window keeps late arrivals out of the next one."""
_CUT: Final = 0.75
_LEAST_SHARE: Final = 0.25
"""Under a quarter of the ceiling the pauses alone do the work; a CRM that refuses now and then must not starve us."""
_RECOVERY: Final = 0.1
_FOREIGN_MARGIN: Final = 16
_FEW_LEFT_TODAY: Final = 5_000


class RateBudget:
    """Grant at most `limit` requests per rolling window; every thread of the process shares it.

    The configured limit is a ceiling. Headers that permit less lower it. A refusal pauses all threads; where no
    header ever told the limit, it also lowers ours, and each quiet window gives a tenth of the ceiling back.
    `reserve_pct` of the limit, and of the day's calls, is left to the account's other integrations.
    """

    def __init__(
        self,
        limit: int,
        interval_seconds: float,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        reserve_pct: float = 0.0,
    ) -> None:
        self.interval_seconds = interval_seconds
        self._share = 1.0 - reserve_pct / 100.0
        self._day_is_spent = False
        self._configured = self._ceiling = self._ours(limit)
        self._limit = float(self._ceiling)
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._granted: deque[float] = deque()
        self._paused_until = float("-inf")
        self._last_change = float("-inf")
        self._guess_seconds = 0.0
        self._told = False
        self._warned = False

    @property
    def limit(self) -> int:
        """Return how many requests a window may hold right now."""
        return max(1, int(self._limit))

    def _ours(self, limit: int) -> int:
        return max(1, int(limit * self._share))

    def acquire(self) -> None:
        """Wait until the window has room and no refusal is being sat out, then take one place in it.

        Raises RateLimitedError (daily) when only the reserve of the day is left.
        """
        if self._day_is_spent:
            raise RateLimitedError(
                "the rest of the day's calls is left to the account's other integrations: try again tomorrow",
                scope="daily", status=None, code="RESERVE",
            )  # fmt: skip
        while (wait := self._try_acquire()) > 0:
            self._sleep(wait)

    def _try_acquire(self) -> float:
        with self._lock:
            now = self._clock()
            if now < self._paused_until:
                return self._paused_until - now
            self._recover(now)
            window = self.interval_seconds * _SAFETY
            while self._granted and self._granted[0] <= now - window:
                self._granted.popleft()
            if len(self._granted) < self.limit:
                self._granted.append(now)
                return 0.0
            oldest_that_counts = self._granted[len(self._granted) - self.limit]
            return max(oldest_that_counts + window - now, 0.001)

    def _recover(self, now: float) -> None:
        if self._limit < self._ceiling and now - self._last_change >= self.interval_seconds:
            self._limit = min(self._ceiling, self._limit + max(1.0, self._ceiling * _RECOVERY))
            self._last_change = now

    def refused(self, wait_seconds: float | None) -> None:
        """Pause every thread after a 429; refusals of one window lower the limit once.

        None means the CRM did not say how long: one second first, doubled until a request passes again.
        """
        with self._lock:
            now = self._clock()
            if wait_seconds is None:
                if now < self._paused_until:
                    return  # sent before the pause: nothing new
                self._guess_seconds = min(self.interval_seconds, self._guess_seconds * 2 or 1.0)
                wait_seconds = self._guess_seconds
            self._paused_until = max(self._paused_until, now + wait_seconds)
            if not self._told and now - self._last_change >= self.interval_seconds:
                self._limit = max(1.0, self._limit * _CUT, self._ceiling * _LEAST_SHARE)
            self._last_change = max(self._last_change, now + wait_seconds)

    def passed(self) -> None:
        """Hear that a request was served: the next refusal is a new one."""
        self._guess_seconds = 0.0

    def _watch_the_day(self, remaining: int | None, permitted: int | None) -> None:
        if remaining is not None and permitted and self._share < 1:
            self._day_is_spent = remaining < permitted * (1 - self._share)
        if remaining is not None and remaining <= _FEW_LEFT_TODAY and not self._warned:
            self._warned = True
            _log.warning("fewer than %d calls are left of the CRM account's day", _FEW_LEFT_TODAY)

    def learn(self, headers: Mapping[str, str]) -> None:
        """Read the limits a reply states.

        Source: HubSpot usage guidelines, read 2025-01 (documented): X-HubSpot-RateLimit-Max, -Remaining,
        -Interval-Milliseconds; none of them on search replies.
        """
        permitted = _whole(headers.get("x-hubspot-ratelimit-max"))
        interval = _whole(headers.get("x-hubspot-ratelimit-interval-milliseconds"))
        remaining = _whole(headers.get("x-hubspot-ratelimit-remaining"))
        self._watch_the_day(
            _whole(headers.get("x-hubspot-ratelimit-daily-remaining")), _whole(headers.get("x-hubspot-ratelimit-daily"))
        )
        with self._lock:
            if interval:
                self.interval_seconds = interval / 1000
            if permitted:
                self._told = True
                at_ceiling = self._limit >= self._ceiling
                self._ceiling = min(self._configured, self._ours(permitted))
                self._limit = float(self._ceiling) if at_ceiling else min(self._limit, self._ceiling)
            if remaining == 0 and len(self._granted) + _FOREIGN_MARGIN < self.limit:
                # Somebody else spends the same allowance: give way for a moment instead of collecting refusals.
                self._paused_until = max(self._paused_until, self._clock() + self.interval_seconds / 10)


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.strip().isascii() and text.strip().isdigit() else None
