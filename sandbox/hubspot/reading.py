"""Turn a stored record into its JSON form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sandbox.hubspot.errors import invalid
from sandbox.hubspot.object_types import ObjectType
from sandbox.hubspot.portal import Portal
from sandbox.hubspot.store import Change, Record
from sandbox.hubspot.wire import to_iso

MOST_WITH_HISTORY = 50


def to_json(
    portal: Portal, kind: ObjectType, record: Record, wanted: Sequence[str] = (), history: Sequence[str] = ()
) -> dict[str, Any]:
    """Form the record with the wanted properties; without any, with the defaults of its type.

    A known property without value is null, an unknown one is left out.
    Source: developers.hubspot.com, using object APIs, read 2026-04-13 (documented).
    """
    body: dict[str, Any] = {
        "id": str(record.id),
        "properties": _properties(portal, kind, record, [*wanted, *history]),
        "createdAt": _created(kind, record),
        "updatedAt": to_iso(record.updated_ms),
        "archived": record.archived_ms is not None,
    }
    if history:
        body["propertiesWithHistory"] = {name: _history(portal, record, name) for name in known(portal, kind, history)}
    if record.archived_ms is not None:
        body["archivedAt"] = to_iso(record.archived_ms)
    body["url"] = f"https://app.hubspot.com/contacts/{portal.settings.portal_id}/record/{kind.type_id}/{record.id}"
    return body


def written_json(portal: Portal, kind: ObjectType, record: Record, written: Iterable[str]) -> dict[str, Any]:
    """Form the answer of a write: what has a value among the defaults and what was written; cleared ones are empty."""
    names = [*kind.defaults, *written]
    body = to_json(portal, kind, record)
    given = {name: record.properties.get(name, "") for name in names}
    body["properties"] = {name: given[name] for name in sorted(given) if given[name] or name in set(written)}
    return body


def _created(kind: ObjectType, record: Record) -> str:
    return record.properties.get(kind.created) or to_iso(record.created_ms)


def _properties(portal: Portal, kind: ObjectType, record: Record, wanted: Iterable[str]) -> dict[str, str | None]:
    asked = list(wanted)
    if not asked:
        return {name: record.properties.get(name) for name in kind.defaults}
    always = (kind.created, kind.modified, "hs_object_id")
    names = sorted({*known(portal, kind, asked), *always})
    return {name: record.properties.get(name) for name in names}


def known(portal: Portal, kind: ObjectType, names: Iterable[str]) -> list[str]:
    """Keep the properties that exist; HubSpot ignores the others silently."""
    definitions = portal.schema.definitions(kind.name)
    return [name for name in names if name in definitions]


def _history(portal: Portal, record: Record, name: str) -> list[dict[str, Any]]:
    return [_version(change) for change in portal.store.history(record.type, record.id, name)]


def _version(change: Change) -> dict[str, Any]:
    body: dict[str, Any] = {"value": change.value, "timestamp": to_iso(change.at_ms), "sourceType": change.source_type}
    optional = {"sourceId": change.source_id, "sourceLabel": change.source_label, "updatedByUserId": change.user_id}
    return {**body, **{name: value for name, value in optional.items() if value is not None}}


def limit_history(history: Sequence[str], count: int) -> None:
    """Refuse more than 50 records when history is asked for.

    Source: github.com/HubSpot/hubspot-api-python issue 143 (measured by others).
    """
    if history and count > MOST_WITH_HISTORY:
        raise invalid(
            f"The maximum number of inputs supported in a batch request with propertiesWithHistory is "
            f"{MOST_WITH_HISTORY}; got {count}"
        )


def parse_record_id(text: object) -> int | None:
    """Read a record id; None when it is not a whole number."""
    digits = str(text).strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else None
