"""Record ids: fifteen characters that mind their case, and three more for programs that do not."""

from __future__ import annotations

import re
from typing import Final

_FORM: Final = re.compile(r"[0-9A-Za-z]{15}([0-9A-Z]{3})?")
_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECK: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def checksum(short: str) -> str:
    """Return the last three characters of the long form: five bits each, which of five letters are capitals."""
    found = ""
    for block in (short[:5], short[5:10], short[10:15]):
        bits = "".join("1" if letter in _DIGITS[10:36] else "0" for letter in reversed(block))
        found += _CHECK[int(bits, 2)]
    return found


def make(prefix: str, number: int) -> str:
    """Return the long id of the n-th record of an object."""
    digits = ""
    while number:
        number, rest = divmod(number, 62)
        digits = _DIGITS[rest] + digits
    short = f"{prefix}7Q0000{digits:0>6}"
    return short + checksum(short)


def read(text: object) -> str | None:
    """Return an id in its long form, None for what is no id: wrong length, wrong letters, wrong checksum."""
    if not isinstance(text, str) or not _FORM.fullmatch(text):
        return None
    return text if text[15:] in ("", checksum(text[:15])) and len(text) == 18 else _completed(text)


def _completed(text: str) -> str | None:
    return text + checksum(text) if len(text) == 15 else None
