"""Read the ids people type or paste from a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable

from connector.cli.session import Session
from connector.errors import UsageError


def parse_identifiers(texts: Iterable[str], session: Session) -> tuple[str, ...]:
    """Return ids or addresses without outer blanks. Raises UsageError for an empty one."""
    named = tuple(text.strip() for text in texts)
    if not all(named):
        raise UsageError(session.say("empty_id"))
    return named
