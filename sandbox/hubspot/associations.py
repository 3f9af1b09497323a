"""Answer the calls on associations.

Source: developers.hubspot.com, associations guide, read 2026-04-13 (documented): batch read takes 1,000 inputs, batch
create 2,000; a record without associations is an error of a 207 answer (measured by others).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.hubspot.batch import batch_answer
from sandbox.hubspot.call import Answer, Call
from sandbox.hubspot.errors import ApiError, bad_json, invalid, item_error
from sandbox.hubspot.links import (
    Link,
    connect,
    disconnect,
    disconnect_type,
    linked,
    linked_json,
    living,
    parse_ends,
    parse_types,
    require_default,
    require_type,
)
from sandbox.hubspot.object_types import ASSOCIATION_CATEGORY, ASSOCIATION_TYPES, ObjectType, association_label
from sandbox.hubspot.portal import Portal, object_type_of
from sandbox.hubspot.reading import parse_record_id

MOST_READ = 1_000
MOST_CREATED = 2_000
MOST_PER_PAGE = 500


def _pair(call: Call) -> tuple[ObjectType, ObjectType]:
    from_kind, to_kind = object_type_of(call, "fromObjectType"), object_type_of(call, "toObjectType")
    require_default(from_kind, to_kind)
    return from_kind, to_kind


def read_associations(portal: Portal, call: Call) -> Answer:
    """POST /crm/associations/{from}/{to}/batch/read: who is linked, paged per input."""
    from_kind, to_kind = _pair(call)
    results, errors = [], []
    for item in call.inputs(MOST_READ):
        if "id" not in item:
            raise invalid("Some required fields were not set: [id]")
        found = _read_one(portal, from_kind, to_kind, item)
        if found["to"]:
            results.append(found)
        else:
            errors.append(_nothing_linked(from_kind, to_kind, str(item["id"])))
    return batch_answer(call, results, errors)


def _read_one(portal: Portal, from_kind: ObjectType, to_kind: ObjectType, item: dict[str, Any]) -> dict[str, Any]:
    size = portal.settings.association_page
    record_id = parse_record_id(item["id"])
    after = parse_record_id(item.get("after") or "0") or 0
    record = portal.store.find(from_kind.name, record_id) if record_id is not None else None
    rows = linked(portal, from_kind, record.id, to_kind, after, size + 1) if record and record.alive else []
    page = rows[:size]
    body: dict[str, Any] = {
        "from": {"id": str(item["id"])},
        "to": [linked_json(from_kind, to_kind, to_id, type_ids) for to_id, type_ids in page],
    }
    if len(rows) > size:
        body["paging"] = {"next": {"after": str(page[-1][0]), "link": f"?after={page[-1][0]}"}}
    return body


def _nothing_linked(from_kind: ObjectType, to_kind: ObjectType, record_id: str) -> dict[str, Any]:
    return item_error(
        "OBJECT_NOT_FOUND",
        f"No {to_kind.singular} is associated with {from_kind.singular} {record_id}.",
        {"fromObjectId": [record_id], "fromObjectType": [from_kind.singular], "toObjectType": [to_kind.singular]},
        sub_category="crm.associations.NO_ASSOCIATIONS_FOUND",
    )


def create_associations(portal: Portal, call: Call) -> Answer:
    """POST /crm/associations/{from}/{to}/batch/create: link pairs by named types."""
    from_kind, to_kind = _pair(call)
    results, errors = [], []
    for item in call.inputs(MOST_CREATED):
        type_ids = parse_types(item.get("types"))
        for type_id in type_ids:
            require_type(from_kind, to_kind, type_id)
        try:
            from_id, to_id = _living_ends(portal, from_kind, to_kind, item)
        except ApiError as refusal:
            errors.append(_missing_end(refusal))
            continue
        for type_id in type_ids:
            _connect(portal, call, Link(from_kind, from_id, to_kind, to_id, type_id))
        results.append(_labels_between(from_kind, from_id, to_kind, to_id, type_ids))
    return batch_answer(call, results, errors, portal.settings.created_status)


def _missing_end(refusal: ApiError) -> dict[str, Any]:
    if refusal.status != 404:
        raise refusal
    return item_error("OBJECT_NOT_FOUND", refusal.body["message"], refusal.body["context"])


def _connect(portal: Portal, call: Call, link: Link) -> None:
    connect(portal, link, portal.integration(call), call.at_ms)
    call.touched.append(f"{link.from_kind.name}:{link.from_id}-{link.to_kind.name}:{link.to_id}")


def _living_ends(portal: Portal, from_kind: ObjectType, to_kind: ObjectType, item: dict[str, Any]) -> tuple[int, int]:
    from_raw, to_raw = parse_ends(item)
    return living(portal, from_kind, from_raw).id, living(portal, to_kind, to_raw).id


def _labels_between(
    from_kind: ObjectType, from_id: int, to_kind: ObjectType, to_id: int, type_ids: list[int]
) -> dict[str, Any]:
    labels = [association_label(from_kind.name, to_kind.name, type_id) for type_id in type_ids]
    return {
        "fromObjectTypeId": from_kind.type_id,
        "fromObjectId": from_id,
        "toObjectTypeId": to_kind.type_id,
        "toObjectId": to_id,
        "labels": [label for label in labels if label],
    }


def associate_default(portal: Portal, call: Call) -> Answer:
    """POST /crm/associations/{from}/{to}/batch/associate/default: link pairs by their unlabelled type."""
    from_kind, to_kind = _pair(call)
    type_id = require_default(from_kind, to_kind)
    results, errors = [], []
    for item in call.inputs(MOST_CREATED):
        try:
            from_id, to_id = _living_ends(portal, from_kind, to_kind, item)
        except ApiError as refusal:
            errors.append(_missing_end(refusal))
            continue
        _connect(portal, call, Link(from_kind, from_id, to_kind, to_id, type_id))
        results.append(_default_result(from_id, to_id, type_id))
    return batch_answer(call, results, errors)


def _default_result(from_id: int, to_id: int, type_id: int) -> dict[str, Any]:
    return {
        "from": {"id": str(from_id)},
        "to": {"id": str(to_id)},
        "associationSpec": {"associationCategory": ASSOCIATION_CATEGORY, "associationTypeId": type_id},
    }


def put_default(portal: Portal, call: Call) -> Answer:
    """PUT …/{fromId}/associations/default/{to}/{toId}: link one pair by its unlabelled type."""
    from_kind, to_kind = _pair(call)
    type_id = require_default(from_kind, to_kind)
    from_id = living(portal, from_kind, call.params["fromObjectId"]).id
    to_id = living(portal, to_kind, call.params["toObjectId"]).id
    _connect(portal, call, Link(from_kind, from_id, to_kind, to_id, type_id))
    inverse = require_default(to_kind, from_kind)
    return batch_answer(call, [_default_result(from_id, to_id, type_id), _default_result(to_id, from_id, inverse)], [])


def put_labels(portal: Portal, call: Call) -> Answer:
    """PUT …/{fromId}/associations/{to}/{toId}: link one pair by the types in the body."""
    from_kind, to_kind = _pair(call)
    type_ids = parse_types(call.json())
    for type_id in type_ids:
        require_type(from_kind, to_kind, type_id)
    from_id = living(portal, from_kind, call.params["fromObjectId"]).id
    to_id = living(portal, to_kind, call.params["toObjectId"]).id
    for type_id in type_ids:
        _connect(portal, call, Link(from_kind, from_id, to_kind, to_id, type_id))
    return Answer(portal.settings.created_status, _labels_between(from_kind, from_id, to_kind, to_id, type_ids))


def delete_pair(portal: Portal, call: Call) -> Answer:
    """DELETE …/{fromId}/associations/{to}/{toId}: unlink one pair."""
    from_kind, to_kind = _pair(call)
    from_id, to_id = parse_record_id(call.params["fromObjectId"]), parse_record_id(call.params["toObjectId"])
    if from_id is not None and to_id is not None:
        disconnect(portal, from_kind, from_id, to_kind, to_id)
        call.touched.append(f"{from_kind.name}:{from_id}-{to_kind.name}:{to_id}")
    return Answer(204)


def list_associations(portal: Portal, call: Call) -> Answer:
    """GET …/{fromId}/associations/{to}: the links of one record, paged."""
    from_kind, to_kind = _pair(call)
    record = living(portal, from_kind, call.params["fromObjectId"])
    limit = call.number("limit", MOST_PER_PAGE, MOST_PER_PAGE)
    after = parse_record_id(call.one("after", "0")) or 0
    rows = linked(portal, from_kind, record.id, to_kind, after, limit + 1)
    body: dict[str, Any] = {"results": [linked_json(from_kind, to_kind, *row) for row in rows[:limit]]}
    if len(rows) > limit:
        body["paging"] = {"next": {"after": str(rows[limit - 1][0]), "link": f"{call.path}?after={rows[limit - 1][0]}"}}
    return Answer(200, body)


def _archive_pairs(item: dict[str, Any]) -> Iterator[tuple[int, int]]:
    raw_from, raw_to = item.get("from"), item.get("to")
    targets = raw_to if isinstance(raw_to, list) else [raw_to]
    from_id = parse_record_id(_id_of(raw_from))
    for target in targets:
        to_id = parse_record_id(_id_of(target))
        if from_id is not None and to_id is not None:
            yield from_id, to_id


def _id_of(end: object) -> object:
    if not isinstance(end, dict) or "id" not in end:
        raise bad_json("an input needs `from` with an id and `to` with ids")
    return end["id"]


def archive_associations(portal: Portal, call: Call) -> Answer:
    """POST /crm/associations/{from}/{to}/batch/archive: unlink pairs."""
    from_kind, to_kind = _pair(call)
    for item in call.inputs(MOST_CREATED):
        for from_id, to_id in _archive_pairs(item):
            disconnect(portal, from_kind, from_id, to_kind, to_id)
            call.touched.append(f"{from_kind.name}:{from_id}-{to_kind.name}:{to_id}")
    return Answer(204)


def archive_labels(portal: Portal, call: Call) -> Answer:
    """POST /crm/associations/{from}/{to}/batch/labels/archive: remove single association types."""
    from_kind, to_kind = _pair(call)
    for item in call.inputs(MOST_CREATED):
        for type_id in parse_types(item.get("types")):
            require_type(from_kind, to_kind, type_id)
            for from_id, to_id in _archive_pairs(item):
                disconnect_type(portal, Link(from_kind, from_id, to_kind, to_id, type_id))
                call.touched.append(f"{from_kind.name}:{from_id}-{to_kind.name}:{to_id}")
    return Answer(204)


def list_labels(portal: Portal, call: Call) -> Answer:
    """GET /crm/associations/{from}/{to}/labels: the association types of a pair."""
    from_kind, to_kind = _pair(call)
    listed = ASSOCIATION_TYPES[(from_kind.name, to_kind.name)]
    results = [{"category": ASSOCIATION_CATEGORY, "typeId": type_id, "label": label} for type_id, label in listed]
    return Answer(200, {"results": results})
