"""Leave a share of the organisation's daily API calls to the customer's other integrations."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from typing import Final

from adapters.budget import RateBudget
from connector.errors import RateLimitedError

_USAGE: Final = re.compile(r"(?<![-\w])api-usage=(\d+)/(\d+)")
_LOOK_AGAIN_SECONDS: Final = 900.0
"""The allowance comes back hour by hour, and only a call tells how much of it is left."""


class DailyReserve(RateBudget):
    """Stop before the reserve is touched: every reply says how many calls of the last 24 hours are used.

    Source: Salesforce REST API guide, "Limit Info Header", read 2026-11 (documented):
    `Sforce-Limit-Info: api-usage=18/5000; per-app-api-usage=17/250(appName=x)`.
    """

    def __init__(
        self,
        limit: int,
        interval_seconds: float,
        reserve_pct: float,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        super().__init__(limit, interval_seconds, clock=clock, sleep=sleep)
        self._permitted = 1.0 - min(max(reserve_pct, 0.0), 100.0) / 100.0
        self._reserve_pct = reserve_pct
        self._now = clock
        self._usage_lock = threading.Lock()
        self._used, self._most, self._known_at = 0, 0, float("-inf")

    def acquire(self) -> None:
        """Wait for room. Raises RateLimitedError (daily) when only the reserve is left."""
        with self._usage_lock:
            wait = self._known_at + _LOOK_AGAIN_SECONDS - self._now()
            spent = self._most > 0 and self._used >= self._most * self._permitted
            if spent and wait <= 0:
                self._known_at = self._now()  # one call may look again; the others wait for what it hears
            elif spent:
                raise RateLimitedError(
                    f"{self._used} of the organisation's {self._most} API calls of the last 24 hours are used, and "
                    f"{self._reserve_pct:g} % are left to its other integrations: try again later",
                    scope="daily",
                    retry_after=wait,
                    status=None,
                    code="RESERVE",
                )
        super().acquire()

    def learn(self, headers: Mapping[str, str]) -> None:
        """Read the usage a reply states."""
        found = _USAGE.search(headers.get("sforce-limit-info", ""))
        if found is None:
            return
        with self._usage_lock:
            self._used, self._most = int(found[1]), int(found[2])
            self._known_at = self._now()
