"""Make and read record ids: fifteen case-sensitive characters, or eighteen with a checksum of their capitals.

Source: Salesforce object reference, "ID Field Type", read 2026-11 (documented).
"""

from __future__ import annotations

import re
from functools import lru_cache

_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_FORM = re.compile(r"[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?")
_POD = "5e0"


def checksum(short: str) -> str:
    """Compute the three characters that make a 15-character id safe in systems that ignore case."""
    return _check(short[:5]) + _check(short[5:10]) + _check(short[10:15])


@lru_cache(maxsize=4096)
def _check(five: str) -> str:
    return _CHECK[sum(1 << place for place, letter in enumerate(five) if letter.isupper())]


def to_18(text: str) -> str | None:
    """Give the 18-character form of an id; None when it is no id or its checksum is wrong."""
    if _FORM.fullmatch(text) is None:
        return None
    short = text[:15]
    whole = short + checksum(short)
    return whole if len(text) == 15 or text == whole else None


def make_id(prefix: str, number: int) -> str:
    """Make the id of the so-manieth record of a type."""
    letters = []
    for _ in range(9):
        number, rest = divmod(number, len(_DIGITS))
        letters.append(_DIGITS[rest])
    short = prefix + _POD + "".join(reversed(letters))
    return short + checksum(short)
