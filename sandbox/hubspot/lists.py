"""Answer the calls on lists (segments) and who is in them.

Source: developers.hubspot.com, lists guide, read 2025-01 (documented); how many inputs the batch read of memberships
takes is unknown, 100 is assumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sandbox.hubspot.batch import batch_answer
from sandbox.hubspot.call import Answer, Call, required_text, string_list
from sandbox.hubspot.errors import bad_json, conflict, invalid, not_found
from sandbox.hubspot.object_types import find_object_type
from sandbox.hubspot.portal import Portal, object_type_of
from sandbox.hubspot.reading import parse_record_id
from sandbox.hubspot.wire import to_iso

MOST_INPUTS = 100
MOST_PER_PAGE = 250
PROCESSING_TYPES = ("MANUAL", "DYNAMIC", "SNAPSHOT")


def create_list(portal: Portal, call: Call) -> Answer:
    """POST /crm/lists: a new list; 409 when the name is taken."""
    body = call.document()
    name, kind_id = required_text(body, "name"), required_text(body, "objectTypeId")
    processing = required_text(body, "processingType")
    kind = find_object_type(kind_id)
    if kind is None or processing not in PROCESSING_TYPES:
        raise invalid(f"Invalid list of {kind_id} with processingType {processing}")
    if any(one["name"].lower() == name.lower() for one in portal.store.all("list")):
        raise conflict(f"A list named {name} already exists", subCategory="ILS.DUPLICATE_LIST_NAMES")
    made = add_list(portal, name, kind.type_id, processing, call.at_ms)
    call.touched.append(f"list:{made['listId']}")
    return Answer(200, {"list": made})


def add_list(portal: Portal, name: str, type_id: str, processing: str, at_ms: int) -> dict[str, Any]:
    """Store a new list."""
    list_id = str(portal.store.next_id("list"))
    made = {
        "listId": list_id,
        "listVersion": 1,
        "name": name,
        "objectTypeId": type_id,
        "processingType": processing,
        "processingStatus": "COMPLETE",
        "createdAt": to_iso(at_ms),
        "updatedAt": to_iso(at_ms),
        "filtersUpdatedAt": to_iso(at_ms),
    }
    portal.store.put("list", list_id, made)
    return made


def join_list(portal: Portal, list_id: int, record_id: int, at_ms: int) -> bool:
    """Put a record into a list; False when it was there."""
    cursor = portal.store.connection.execute(
        "INSERT OR IGNORE INTO memberships VALUES (?, ?, ?, ?)", (list_id, record_id, at_ms, at_ms)
    )
    return cursor.rowcount == 1


def _find(portal: Portal, list_id: str) -> dict[str, Any]:
    found: dict[str, Any] | None = portal.store.get("list", list_id)
    if found is None:
        raise not_found(f"List does not exist with ID {list_id}.", subCategory="ILS.LIST_NOT_FOUND")
    return found


def _sized(portal: Portal, one: dict[str, Any]) -> dict[str, Any]:
    row = portal.store.connection.execute("SELECT count(*) FROM memberships WHERE list_id = ?", (one["listId"],))
    return {**one, "size": row.fetchone()[0]}


def get_list(portal: Portal, call: Call) -> Answer:
    """GET /crm/lists/{listId}: one list."""
    return Answer(200, {"list": _sized(portal, _find(portal, call.params["listId"]))})


def list_lists(portal: Portal, call: Call) -> Answer:
    """GET /crm/lists: the lists with the given ids."""
    found = [portal.store.get("list", one) for one in call.many("listIds")]
    return Answer(200, {"lists": [_sized(portal, one) for one in found if one]})


def search_lists(portal: Portal, call: Call) -> Answer:
    """POST /crm/lists/search: lists by name, type and kind of processing."""
    body = call.document()
    offset, count = body.get("offset", 0), body.get("count", 20)
    if not isinstance(offset, int) or not isinstance(count, int) or not 1 <= count <= 500:
        raise invalid("`offset` and `count` must be whole numbers, `count` at most 500")
    wanted, types = str(body.get("query") or "").lower(), string_list(body, "processingTypes")
    ids = string_list(body, "listIds")
    found = [
        one
        for one in portal.store.all("list")
        if wanted in one["name"].lower()
        and (not types or one["processingType"] in types)
        and (not ids or one["listId"] in ids)
        and body.get("objectTypeId", one["objectTypeId"]) == one["objectTypeId"]
    ]
    page = found[offset : offset + count]
    total = len(found)
    return Answer(
        200,
        {
            "lists": [{**one, "additionalProperties": {}} for one in page],
            "hasMore": offset + count < total,
            "offset": min(offset + count, total),
            "total": total,
        },
    )


def delete_list(portal: Portal, call: Call) -> Answer:
    """DELETE /crm/lists/{listId}: remove a list."""
    found = _find(portal, call.params["listId"])
    portal.store.drop("list", found["listId"])
    portal.store.connection.execute("DELETE FROM memberships WHERE list_id = ?", (found["listId"],))
    call.touched.append(f"list:{found['listId']}")
    return Answer(204)


def list_memberships(portal: Portal, call: Call) -> Answer:
    """GET /crm/lists/{listId}/memberships: the records in a list, by page."""
    found = _find(portal, call.params["listId"])
    limit = call.number("limit", 100, MOST_PER_PAGE)
    after = parse_record_id(call.one("after", "0")) or 0
    rows = portal.store.connection.execute(
        "SELECT record_id, last_ms FROM memberships WHERE list_id = ? AND record_id > ? ORDER BY record_id LIMIT ?",
        (found["listId"], after, limit + 1),
    ).fetchall()
    body: dict[str, Any] = {
        "results": [{"recordId": str(row[0]), "membershipTimestamp": to_iso(row[1])} for row in rows[:limit]]
    }
    if len(rows) > limit:
        body["paging"] = {"next": {"after": str(rows[limit - 1][0]), "link": f"?after={rows[limit - 1][0]}"}}
    return Answer(200, body)


def _memberships_of(portal: Portal, record_id: int | None) -> list[dict[str, Any]]:
    rows = portal.store.connection.execute(
        "SELECT list_id, first_ms, last_ms FROM memberships WHERE record_id = ? ORDER BY list_id", (record_id,)
    )
    return [
        {
            "listId": str(row[0]),
            "listVersion": 1,
            "firstAddedTimestamp": to_iso(row[1]),
            "lastAddedTimestamp": to_iso(row[2]),
            "isPublicList": False,
        }
        for row in rows
    ]


def get_record_memberships(portal: Portal, call: Call) -> Answer:
    """GET /crm/lists/records/{objectTypeId}/{recordId}/memberships: the lists one record is in."""
    object_type_of(call, "objectTypeId")
    results = _memberships_of(portal, parse_record_id(call.params["recordId"]))
    return Answer(200, {"results": results, "total": len(results)})


def batch_read_memberships(portal: Portal, call: Call) -> Answer:
    """POST /crm/lists/records/memberships/batch/read: the lists many records are in."""
    results = []
    for item in call.inputs(MOST_INPUTS):
        kind = find_object_type(str(item.get("objectTypeId")))
        record_id = parse_record_id(item.get("recordId"))
        if kind is None or record_id is None:
            raise invalid("An input needs `objectTypeId` and `recordId`")
        results.append(
            {
                "objectTypeId": kind.type_id,
                "recordId": str(record_id),
                "recordListMemberships": _memberships_of(portal, record_id) if kind.type_id == "0-1" else [],
            }
        )
    return batch_answer(call, results, [])


def add_members(portal: Portal, call: Call) -> Answer:
    """PUT /crm/lists/{listId}/memberships/add: put records into a manual list."""
    return _change_members(portal, call, _id_list(call.json()), [])


def remove_members(portal: Portal, call: Call) -> Answer:
    """PUT /crm/lists/{listId}/memberships/remove: take records out of a manual list."""
    return _change_members(portal, call, [], _id_list(call.json()))


def add_and_remove_members(portal: Portal, call: Call) -> Answer:
    """PUT /crm/lists/{listId}/memberships/add-and-remove: both at once."""
    body = call.document()
    return _change_members(portal, call, _id_list(body.get("recordIdsToAdd")), _id_list(body.get("recordIdsToRemove")))


def _id_list(raw: object) -> list[str]:
    if raw is None:
        return []
    if not isinstance(raw, list) or not all(isinstance(one, str | int) for one in raw):
        raise bad_json("a list of record ids is wanted")
    return [str(one) for one in raw]


def _change_members(portal: Portal, call: Call, adding: Sequence[str], removing: Sequence[str]) -> Answer:
    found = _find(portal, call.params["listId"])
    if found["processingType"] == "DYNAMIC":
        raise invalid("Records cannot be added to or removed from a DYNAMIC list", subCategory="ILS.INVALID_LIST_TYPE")
    kind = object_type_of_list(found)
    list_id = int(found["listId"])
    added, missing = [], []
    for one in adding:
        record_id = parse_record_id(one)
        record = portal.store.find(kind, record_id) if record_id is not None else None
        if record is None or not record.alive:
            missing.append(one)
        elif join_list(portal, list_id, record.id, call.at_ms):
            added.append(one)
    removed = [one for one in removing if _leave(portal, list_id, one)]
    call.touched += [f"list:{list_id}:{one}" for one in (*added, *removed)]
    return Answer(200, {"recordsIdsAdded": added, "recordIdsRemoved": removed, "recordIdsMissing": missing})


def _leave(portal: Portal, list_id: int, one: str) -> bool:
    cursor = portal.store.connection.execute(
        "DELETE FROM memberships WHERE list_id = ? AND record_id = ?", (list_id, parse_record_id(one))
    )
    return cursor.rowcount == 1


def object_type_of_list(found: dict[str, Any]) -> str:
    """Name the object type of a list's records."""
    kind = find_object_type(found["objectTypeId"])
    if kind is None:
        raise not_found()
    return kind.name
