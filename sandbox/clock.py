"""Name the clock every part of the sandbox is given, so that no test has to wait."""

from __future__ import annotations

from collections.abc import Callable

Clock = Callable[[], float]
"""Seconds since 1970-01-01T00:00Z."""
