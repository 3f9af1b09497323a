"""Name rules and groups shortly, each name once."""

from __future__ import annotations

from collections.abc import Container
from itertools import count

from connector.domain.text import fold


def free_name(stem: str, taken: Container[str]) -> str:
    """Return `stem`, or the first of `stem-2`, `stem-3` … that is not taken."""
    return next(name for number in count(1) if (name := stem if number == 1 else f"{stem}-{number}") not in taken)


def short_name(text: str, otherwise: str) -> str:
    """Reduce any text to a short name of letters, digits and hyphens."""
    words = "".join(char if char.isalnum() and char.isascii() else " " for char in fold(text)).split()
    return "-".join(words)[:40].strip("-") or otherwise
