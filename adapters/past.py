"""Replay what fields of a CRM held, as changes of the attributes they make up. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, Literal, NamedTuple, TypeAlias

from adapters.attributes import read_attribute
from connector.domain.mapping import AttributeSource
from connector.domain.person import UNKNOWN, Value
from connector.domain.values import to_instant_text
from connector.ports import FieldChange

Author: TypeAlias = Literal["puente", "person", "crm"] | None
Attributes: TypeAlias = Sequence[tuple[AttributeSource, Sequence[str]]]
"""Attributes, each with the fields behind it."""
_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)


class RawChange(NamedTuple):
    """Hold one change of one field of the CRM; `at` None: it held this from the beginning."""

    field: str
    value: str
    at: datetime | None
    by: Author


def replay(raw: Iterable[RawChange], attributes: Attributes, own: Mapping[str, str]) -> list[FieldChange]:
    """Return the changes of attributes and of our own fields, oldest first.

    `own` says what a field is called that is kept as it is.
    """
    ordered = sorted(raw, key=lambda change: change.at or _BEGINNING)
    found = [
        FieldChange(name, change.value or None, change.at, change.by)
        for change in ordered
        if (name := own.get(change.field))
    ]
    for source, fields in attributes:
        found += _replay_one(source, fields, ordered)
    return sorted(found, key=lambda change: change.at or _BEGINNING)


def _replay_one(source: AttributeSource, fields: Sequence[str], ordered: Sequence[RawChange]) -> Iterator[FieldChange]:
    """Yield the instants at which an attribute of one or more fields took another value."""
    texts = dict.fromkeys(fields, "")
    held: Value = UNKNOWN
    began = False
    for position, change in enumerate(ordered):
        if change.field not in texts:
            continue
        texts[change.field] = change.value
        following = ordered[position + 1 :]
        if any(later.at == change.at and later.field in texts for later in following[: len(fields)]):
            continue  # fields of one attribute that changed together are one change
        value = read_attribute(source, list(texts.values()))
        if value != held or not began:
            yield FieldChange(f"attribute:{source.name}", to_text(value), change.at, change.by)
        held, began = value, True


def to_text(value: Value) -> str | None:
    """Write a typed value as the text that reads back as it."""
    if value is UNKNOWN:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return to_instant_text(value)
    return ";".join(value) if isinstance(value, tuple) else str(value)
