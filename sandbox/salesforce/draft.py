"""Read what a caller wants to write: which fields exist, which may be changed, and whether the values fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.salesforce.errors import RecordError, no_such_column
from sandbox.salesforce.org import Actor
from sandbox.salesforce.schema import Field, SObject
from sandbox.salesforce.store import Row, Value
from sandbox.salesforce.values import parse_value

_SKIPPED = ("attributes", "id")
_NO_FIELDS: frozenset[str] = frozenset()


def read_draft(
    actor: Actor, kind: SObject, raw: Mapping[str, Any], *, creating: bool, refused: frozenset[str] = _NO_FIELDS
) -> dict[str, Value]:
    """Give the stored form of every value; `refused` names fields a scripted fault takes away."""
    chosen = {name: _find(kind, name) for name in raw if name.lower() not in _SKIPPED}
    locked = [
        field.name for field in chosen.values() if field.name in refused or not _writable(actor, kind, field, creating)
    ]
    if locked:
        raise not_writable(locked)
    return {field.name: parse_value(field, raw[name]) for name, field in chosen.items()}


def _find(kind: SObject, name: str) -> Field:
    field = kind.find(name)
    if field is None:
        raise no_such_column(name, kind.name)
    return field


def _writable(actor: Actor, kind: SObject, field: Field, creating: bool) -> bool:
    able = field.createable if creating else field.updateable
    return able and actor.access.editable(kind, field)


def not_writable(names: list[str]) -> RecordError:
    """Refuse fields that the caller may not set, in the words of a recorded answer."""
    message = (
        f"Unable to create/update fields: {', '.join(names)}. Please check the security settings of this field and "
        "verify that it is read/write for your profile or permission set."
    )
    return RecordError("INVALID_FIELD_FOR_INSERT_UPDATE", message, names)


def defaults(kind: SObject) -> Row:
    """Give a new record's values before anybody sets any."""
    row: Row = {}
    for field in kind.fields:
        if field.type == "boolean":
            row[field.name] = int(field.default == "true")
        elif field.default is not None:
            row[field.name] = field.default
    return row


def check_required(kind: SObject, row: Row) -> None:
    """Refuse a record that lacks what it must have."""
    missing = [field.name for field in kind.fields if field.required and row.get(field.name) is None]
    if missing:
        raise RecordError("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", missing)


def check_kept(kind: SObject, changes: Mapping[str, Value]) -> None:
    """Refuse to empty what must not be empty."""
    emptied = [
        name
        for name, value in changes.items()
        if value is None and not kind.field(name).nillable and kind.field(name).type != "boolean"
    ]
    if emptied:
        raise RecordError("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(emptied)}]", emptied)
