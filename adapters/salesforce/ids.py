"""Know Salesforce's record ids: 15 characters that mind their case, or 18 that do not.

Source: Salesforce object reference, "ID Field Type", read 2026-11 (documented): the three characters more tell which
of the first fifteen are capitals; the first three of all name the object.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

PersonObject: TypeAlias = Literal["Lead", "Contact"]
PERSON_OBJECTS: Final[tuple[PersonObject, ...]] = ("Lead", "Contact")
ID: Final = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")
USER_PREFIX: Final = "005"
QUEUE_PREFIX: Final = "00G"
_PEOPLE: Final[Mapping[str, PersonObject]] = {"00Q": "Lead", "003": "Contact"}
_DIGITS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def parse_id(text: object) -> str | None:
    """Return an id in its form of 18 characters, a person's with its case restored; None when it is none."""
    if not isinstance(text, str) or not ID.fullmatch(text.strip()):
        return None
    found = text.strip()
    if len(found) == 15:
        return found + _ending(found)
    return _restored(found) if found[:3].upper() in _PEOPLE else found


def _restored(found: str) -> str:
    """Write a person's id as Salesforce does, though a spreadsheet changed its case.

    An ending that is no person's own restores nothing: Salesforce shall say what it thinks of it.
    """
    ending = found[15:].upper()
    if not set(ending) <= set(_DIGITS):
        return found
    capitals = [_DIGITS.index(digit) >> place & 1 for digit in ending for place in range(5)]
    fifteen = "".join(char.upper() if capital else char.lower() for char, capital in zip(found, capitals, strict=False))
    return fifteen + ending if fifteen[:3] in _PEOPLE and _ending(fifteen) == ending else found


def _ending(fifteen: str) -> str:
    groups = (fifteen[start : start + 5] for start in (0, 5, 10))
    return "".join(_DIGITS[sum(1 << place for place, char in enumerate(group) if char.isupper())] for group in groups)


def person_object(record_id: str) -> PersonObject | None:
    """Tell a lead's id from a contact's; None for anything else."""
    return _PEOPLE.get(record_id[:3])


def may_be_in_another_case(text: str) -> bool:
    """Say whether a text may be a person's id of 15 characters in another case: nothing tells which one was right."""
    return len(text) == 15 and ID.fullmatch(text) is not None and text[:3].upper() in _PEOPLE


def is_person(text: str) -> bool:
    """Say whether a text has the form of a lead's or a contact's id."""
    record_id = parse_id(text)
    return record_id is not None and person_object(record_id) is not None
