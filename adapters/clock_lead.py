"""Learn from a CRM's answers how far our clock is ahead of its own.

Source: RFC 9110, section 6.6.1: `Date` is when the message was made, in whole seconds, so that what one answer tells
is at most a second and its way here more than the truth; the least of several answers is the nearest.
"""

from __future__ import annotations

import email.utils
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

_ANSWERS: Final = 20


class ClockLead:
    """Keep what the last answers told. Safe to share between threads."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._told: deque[timedelta] = deque(maxlen=_ANSWERS)

    def hear(self, headers: Mapping[str, str]) -> None:
        """Take one answer's `Date`, under its lower-case name; one that cannot be read tells nothing."""
        made_at = parse_http_date(headers.get("date", ""))
        if made_at is not None:
            self._told.append(self._now() - made_at)

    def lead(self) -> timedelta | None:
        """Return how far we are ahead (negative: behind), never less than the truth; None before any answer."""
        return min(list(self._told), default=None)


def parse_http_date(raw: str) -> datetime | None:
    """Read a date of HTTP; None when it is none."""
    try:
        moment = email.utils.parsedate_to_datetime(raw)
    except (ValueError, TypeError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
