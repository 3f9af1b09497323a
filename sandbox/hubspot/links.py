"""Associate records: both directions at once, with the primary company kept up to date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.hubspot.call import Source
from sandbox.hubspot.errors import bad_json, invalid, not_found
from sandbox.hubspot.object_types import (
    ASSOCIATION_CATEGORY,
    ASSOCIATION_TYPES,
    COMPANIES,
    CONTACTS,
    OBJECT_TYPES,
    ObjectType,
    association_label,
    default_association,
    inverse_association,
)
from sandbox.hubspot.portal import Portal
from sandbox.hubspot.reading import parse_record_id
from sandbox.hubspot.store import Record
from sandbox.hubspot.writing import apply_values, ring

_PRIMARY_COMPANY = 1


@dataclass(frozen=True, slots=True)
class Link:
    """One association, seen from its first end."""

    from_kind: ObjectType
    from_id: int
    to_kind: ObjectType
    to_id: int
    type_id: int


def living(portal: Portal, kind: ObjectType, raw_id: object) -> Record:
    """Find a record that is neither archived nor merged away; 404 otherwise."""
    record_id = parse_record_id(raw_id)
    record = portal.store.find(kind.name, record_id) if record_id is not None else None
    if record is None or not record.alive:
        raise not_found(f"{kind.label} object {raw_id} does not exist", context={"id": [str(raw_id)]})
    return record


def parse_links(portal: Portal, kind: ObjectType, raw: object) -> list[tuple[ObjectType, int, int]]:
    """Read the `associations` of a create: pairs of target and type; 400 for a wrong type, 404 for a missing target."""
    if raw is None:
        return []
    if not isinstance(raw, list):
        raise bad_json("`associations` must be a list")
    found = []
    for entry in raw:
        to_id = _nested_id(entry, "to")
        for type_id in parse_types(entry.get("types")):
            to_kind = _target_of(kind, type_id)
            found.append((to_kind, living(portal, to_kind, to_id).id, type_id))
    return found


def _nested_id(entry: object, end: str) -> object:
    if not isinstance(entry, dict) or not isinstance(entry.get(end), dict) or "id" not in entry[end]:
        raise bad_json(f"an association needs `{end}` with an id")
    return entry[end]["id"]


def parse_ends(entry: object) -> tuple[object, object]:
    """Read `from` and `to` of an association."""
    return _nested_id(entry, "from"), _nested_id(entry, "to")


def parse_types(raw: object) -> list[int]:
    """Read association types; 400 for a category or an id that is not one."""
    if not isinstance(raw, list) or not raw:
        raise invalid("an association needs at least one of `types`")
    return [_type_id(spec) for spec in raw]


def _type_id(spec: Any) -> int:
    if not isinstance(spec, dict) or not isinstance(spec.get("associationTypeId"), int):
        raise bad_json("an association type needs `associationCategory` and `associationTypeId`")
    if spec.get("associationCategory") != ASSOCIATION_CATEGORY:
        raise invalid(f"invalid association category: {spec.get('associationCategory')}")
    type_id: int = spec["associationTypeId"]
    return type_id


def _target_of(kind: ObjectType, type_id: int) -> ObjectType:
    for other in OBJECT_TYPES:
        if association_label_known(kind, other, type_id):
            return other
    raise invalid(f"association type {type_id} is not valid from {kind.label}")


def association_label_known(from_kind: ObjectType, to_kind: ObjectType, type_id: int) -> bool:
    """Tell whether a type id belongs to this pair of object types."""
    return any(type_id == known for known, _ in ASSOCIATION_TYPES.get((from_kind.name, to_kind.name), ()))


def require_type(from_kind: ObjectType, to_kind: ObjectType, type_id: int) -> None:
    """Refuse a type id that does not belong to the pair."""
    if not association_label_known(from_kind, to_kind, type_id):
        raise invalid(f"association type {type_id} is not valid from {from_kind.label} to {to_kind.label}")


def require_default(from_kind: ObjectType, to_kind: ObjectType) -> int:
    """Give the default type id of the pair; 400 when it cannot be associated."""
    type_id = default_association(from_kind.name, to_kind.name)
    if type_id is None:
        raise invalid(f"{from_kind.label} cannot be associated with {to_kind.label}")
    return type_id


def connect(portal: Portal, link: Link, source: Source, at_ms: int) -> None:
    """Store an association; the first company of a contact becomes its primary one."""
    _put(portal, link)
    if (link.from_kind, link.to_kind) == (COMPANIES, CONTACTS):
        link = _turned(link)
    if (link.from_kind, link.to_kind) != (CONTACTS, COMPANIES):
        return
    ring(
        portal,
        "associationChange",
        link.from_id,
        source,
        at_ms,
        associationType="CONTACT_TO_COMPANY",
        fromObjectId=link.from_id,
        toObjectId=link.to_id,
        associationRemoved=False,
        isPrimaryAssociation=link.type_id == _PRIMARY_COMPANY,
    )
    contact = portal.store.find(CONTACTS.name, link.from_id)
    if contact and (link.type_id == _PRIMARY_COMPANY or "associatedcompanyid" not in contact.properties):
        _put(portal, Link(CONTACTS, link.from_id, COMPANIES, link.to_id, _PRIMARY_COMPANY))
        apply_values(portal, CONTACTS, contact, {"associatedcompanyid": str(link.to_id)}, source, at_ms)


def _turned(link: Link) -> Link:
    type_id = inverse_association(link.from_kind.name, link.to_kind.name, link.type_id)
    return Link(link.to_kind, link.to_id, link.from_kind, link.from_id, type_id or link.type_id)


def _put(portal: Portal, link: Link) -> None:
    for one in (link, _turned(link)):
        portal.store.connection.execute(
            "INSERT OR IGNORE INTO associations VALUES (?, ?, ?, ?, ?)",
            (one.from_kind.name, one.from_id, one.to_kind.name, one.to_id, one.type_id),
        )


def disconnect(portal: Portal, from_kind: ObjectType, from_id: int, to_kind: ObjectType, to_id: int) -> None:
    """Remove every association between two records."""
    for a_kind, a_id, b_kind, b_id in ((from_kind, from_id, to_kind, to_id), (to_kind, to_id, from_kind, from_id)):
        portal.store.connection.execute(
            "DELETE FROM associations WHERE from_type = ? AND from_id = ? AND to_type = ? AND to_id = ?",
            (a_kind.name, a_id, b_kind.name, b_id),
        )


def disconnect_type(portal: Portal, link: Link) -> None:
    """Remove one association type between two records."""
    for one in (link, _turned(link)):
        portal.store.connection.execute(
            "DELETE FROM associations "
            "WHERE from_type = ? AND from_id = ? AND to_type = ? AND to_id = ? AND type_id = ?",
            (one.from_kind.name, one.from_id, one.to_kind.name, one.to_id, one.type_id),
        )


def linked(
    portal: Portal, from_kind: ObjectType, from_id: int, to_kind: ObjectType, after: int = 0, limit: int = -1
) -> list[tuple[int, list[int]]]:
    """List associated living records with their association types, by id, beginning behind `after`."""
    rows = portal.store.connection.execute(
        "SELECT a.to_id, group_concat(a.type_id) FROM associations a "
        "JOIN records r ON r.type = a.to_type AND r.id = a.to_id AND r.archived_ms IS NULL AND r.merged_into IS NULL "
        "WHERE a.from_type = ? AND a.from_id = ? AND a.to_type = ? AND a.to_id > ? "
        "GROUP BY a.to_id ORDER BY a.to_id LIMIT ?",
        (from_kind.name, from_id, to_kind.name, after, limit),
    )
    return [(row[0], sorted(int(part) for part in row[1].split(","))) for row in rows]


def linked_json(from_kind: ObjectType, to_kind: ObjectType, to_id: int, type_ids: list[int]) -> dict[str, Any]:
    """Form one associated record; its id is a JSON number.

    Source: developers.hubspot.com, associations guide, examples, read 2026-04-13 (documented).
    """
    return {
        "toObjectId": to_id,
        "associationTypes": [
            {
                "category": ASSOCIATION_CATEGORY,
                "typeId": type_id,
                "label": association_label(from_kind.name, to_kind.name, type_id),
            }
            for type_id in type_ids
        ],
    }
