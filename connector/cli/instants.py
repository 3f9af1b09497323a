"""Read the instants people type, and refuse what could mean two of them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from connector.cli.session import Session
from connector.domain.person import UNKNOWN
from connector.domain.values import parse_instant
from connector.errors import UsageError

FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2999
"""CRMs count from 1970; near the calendar's end no day is left for the next review or the curve."""


def parse_moment(text: str, option: str, session: Session) -> datetime:
    """Return an instant with a zone, or the midnight in UTC of a date. Raises UsageError for anything else."""
    instant = UNKNOWN if text.strip().lstrip("-").isdigit() else parse_instant(text)
    if instant is UNKNOWN:
        raise UsageError(session.say("bad_instant", option=option, text=text))
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise UsageError(session.say("far_instant", option=option, text=text, first=FIRST_YEAR, last=LAST_YEAR))
    return instant
