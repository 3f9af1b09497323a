"""Tell the whole state of the portal as plain JSON, for tests and for the page."""

from __future__ import annotations

from typing import Any

from sandbox.hubspot.links import linked
from sandbox.hubspot.object_types import CONTACTS, ENGAGEMENTS, OBJECT_TYPES, TASKS, find_object_type
from sandbox.hubspot.portal import Portal
from sandbox.hubspot.properties import to_json
from sandbox.hubspot.store import Record
from sandbox.hubspot.wire import to_iso


def portal_state(portal: Portal) -> dict[str, Any]:
    """Give people, companies, deals, tasks with their associations, own properties, and counts of everything."""
    lists_of = _list_names(portal)
    return {
        "crm": "hubspot",
        "portal_id": portal.settings.portal_id,
        "counts": {kind.name: portal.store.count(kind.name) for kind in OBJECT_TYPES},
        "people": [
            {**_plain(record), "lists": lists_of.get(record.id, []), "associations": links_of(portal, record)}
            for record in portal.store.every(CONTACTS.name)
        ],
        "tasks": [
            {**_plain(record), "associations": links_of(portal, record)} for record in portal.store.every(TASKS.name)
        ],
        "companies": [_plain(record) for record in portal.store.every("companies")],
        "deals": [_plain(record) for record in portal.store.every("deals")],
        "owners": portal.store.all("owner"),
        "lists": portal.store.all("list"),
        "definitions": {
            kind.name: [
                to_json(one) for one in portal.schema.definitions(kind.name).values() if not one.hubspot_defined
            ]
            for kind in OBJECT_TYPES
        },
        "groups": {kind.name: portal.store.all(f"group:{kind.name}") for kind in OBJECT_TYPES},
    }


def _plain(record: Record) -> dict[str, Any]:
    return {
        "id": str(record.id),
        "properties": record.properties,
        "archived": record.archived_ms is not None,
        "merged_into": None if record.merged_into is None else str(record.merged_into),
        "updated_at": to_iso(record.updated_ms),
    }


def links_of(portal: Portal, record: Record) -> dict[str, list[str]]:
    """Give the ids of what a record is associated with, engagements of a contact left out except its tasks."""
    own = find_object_type(record.type)
    found = {}
    for kind in OBJECT_TYPES:
        if own is None or (own is CONTACTS and kind in ENGAGEMENTS and kind is not TASKS):
            continue
        ids = [str(to_id) for to_id, _ in linked(portal, own, record.id, kind)]
        if ids:
            found[kind.name] = ids
    return found


def _list_names(portal: Portal) -> dict[int, list[str]]:
    names = {int(one["listId"]): one["name"] for one in portal.store.all("list")}
    found: dict[int, list[str]] = {}
    for list_id, record_id in portal.store.connection.execute("SELECT list_id, record_id FROM memberships"):
        found.setdefault(record_id, []).append(names[list_id])
    return found
