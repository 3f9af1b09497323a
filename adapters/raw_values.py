"""Compare raw values of a CRM. Pure."""

from __future__ import annotations

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
