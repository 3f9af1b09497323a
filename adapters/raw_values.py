"""Compare and write raw values of a CRM. Pure."""

from __future__ import annotations

from datetime import datetime

from connector.domain.person import UNKNOWN
from connector.domain.values import parse_instant, parse_number


def is_same(one: str, other: str) -> bool:
    """Compare two raw values: a CRM may write one number, one instant or one text in several ways."""
    if one.split() == other.split():
        return True
    for parse in (parse_number, parse_instant):
        first, second = parse(one), parse(other)
        if first is not UNKNOWN and first == second:
            return True
    return False


def format_instant(instant: datetime) -> str:
    """Write an instant as ISO-8601 in UTC with milliseconds, also at the edges of the calendar."""
    offset = instant.utcoffset()
    if offset is None:
        raise ValueError("an instant needs a zone")
    return f"{(instant.replace(tzinfo=None) - offset).isoformat(timespec='milliseconds')}Z"
