"""Tell the time: passed in everywhere, so that tests and reviews decide what `now` is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the present instant, aware UTC."""
    return datetime.now(UTC)
