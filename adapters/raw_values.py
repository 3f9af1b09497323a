"""Read, compare and write raw values of a CRM. Pure."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from connector.domain.person import UNKNOWN
from connector.domain.values import parse_instant, parse_number

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def to_instant(value: object) -> datetime | None:
    """Return an instant in UTC; None when there is none to be read."""
    instant = parse_instant(value)
    return None if instant is UNKNOWN else instant


def is_same(one: str, other: str) -> bool:
    """Compare two raw values: a CRM may write one number, one instant or one text in several ways."""
    if one.split() == other.split():
        return True
    for parse in (parse_number, parse_instant):
        first, second = parse(one), parse(other)
        if first is not UNKNOWN and first == second:
            return True
    return False


def without_controls(text: str) -> str:
    """Return a text that every CRM stores: line ends as one kind, and no control characters or lone surrogates."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", plain).encode("utf-8", "replace").decode()


def format_instant(instant: datetime) -> str:
    """Write an instant as ISO-8601 in UTC with milliseconds, also at the edges of the calendar."""
    offset = instant.utcoffset()
    if offset is None:
        raise ValueError("an instant needs a zone")
    return f"{(instant.replace(tzinfo=None) - offset).isoformat(timespec='milliseconds')}Z"
