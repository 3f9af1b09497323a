"""Know Salesforce's record ids: 15 characters that mind their case, or 18 that do not.

Source: Salesforce object reference, "ID Field Type", read 2026-11 (documented): the three characters more tell which
of the first fifteen are capitals; the first three of all name the object.
"""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

PersonObject: TypeAlias = Literal["Lead", "Contact"]
PERSON_OBJECTS: Final[tuple[PersonObject, ...]] = ("Lead", "Contact")
ID: Final = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")
USER_PREFIX: Final = "005"
QUEUE_PREFIX: Final = "00G"
_DIGITS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def parse_id(text: object) -> str | None:
    """Return an id in its form of 18 characters; None when it is none."""
    if not isinstance(text, str) or not ID.fullmatch(text.strip()):
        return None
    found = text.strip()
    return found if len(found) == 18 else found + _ending(found)


def _ending(fifteen: str) -> str:
    groups = (fifteen[start : start + 5] for start in (0, 5, 10))
    return "".join(_DIGITS[sum(1 << place for place, char in enumerate(group) if char.isupper())] for group in groups)


def person_object(record_id: str) -> PersonObject | None:
    """Tell a lead's id from a contact's; None for anything else."""
    return {"00Q": "Lead", "003": "Contact"}.get(record_id[:3])  # type: ignore[return-value]


def is_person(text: str) -> bool:
    """Say whether a text has the form of a lead's or a contact's id."""
    record_id = parse_id(text)
    return record_id is not None and person_object(record_id) is not None
