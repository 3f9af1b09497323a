"""Answer the calls on single records: list, get, create, change, archive.

Source: developers.hubspot.com, using object APIs and contacts guide, read 2026-04-13 (documented).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.hubspot.call import Answer, Call
from sandbox.hubspot.errors import invalid, not_found
from sandbox.hubspot.links import Link, connect, linked, parse_links
from sandbox.hubspot.object_types import ObjectType, association_label, find_object_type
from sandbox.hubspot.portal import Portal, object_type_of
from sandbox.hubspot.reading import limit_history, parse_record_id, to_json, written_json
from sandbox.hubspot.store import Record
from sandbox.hubspot.validation import check_values
from sandbox.hubspot.writing import archive_record, create_record, update_record

MOST_PER_PAGE = 100


def list_records(portal: Portal, call: Call) -> Answer:
    """GET /crm/objects/{objectType}: a page of records in the order of their ids."""
    kind = object_type_of(call)
    limit = call.number("limit", 10, MOST_PER_PAGE)
    history = call.many("propertiesWithHistory")
    limit_history(history, limit)
    after = parse_record_id(call.one("after", "0"))
    if after is None:
        raise invalid(f"Invalid `after`: {call.one('after')}")
    found = portal.store.page(kind.name, after, limit + 1, archived=call.flag("archived"))
    page = found[:limit]
    results = [_with_associations(portal, call, kind, record) for record in page]
    return Answer(200, {"results": results, **_paging(call, page, more=len(found) > limit)})


def _paging(call: Call, page: list[Record], *, more: bool) -> dict[str, Any]:
    if not more:
        return {}
    after = str(page[-1].id)
    return {"paging": {"next": {"after": after, "link": f"https://api.hubapi.com{call.path}?after={after}"}}}


def get_record(portal: Portal, call: Call) -> Answer:
    """GET /crm/objects/{objectType}/{objectId}: one record; a merged-away id gives the survivor."""
    kind = object_type_of(call)
    record = survivor(portal, kind, find_record(portal, kind, call.params["objectId"], call.one("idProperty")))
    if (record.archived_ms is not None) != call.flag("archived"):
        raise not_found()
    return Answer(200, _with_associations(portal, call, kind, record))


def _with_associations(portal: Portal, call: Call, kind: ObjectType, record: Record) -> dict[str, Any]:
    body = to_json(portal, kind, record, call.many("properties"), call.many("propertiesWithHistory"))
    sections = {}
    for name in call.many("associations"):
        to_kind = find_object_type(name)
        if to_kind is None:
            raise invalid(f"Unable to infer object type from: {name}")
        results = [
            {"id": str(to_id), "type": _association_name(kind, to_kind, type_id)}
            for to_id, type_ids in linked(portal, kind, record.id, to_kind)
            for type_id in type_ids
        ]
        if results:
            sections[to_kind.name] = {"results": results}
    return {**body, "associations": sections} if sections else body


def _association_name(kind: ObjectType, to_kind: ObjectType, type_id: int) -> str:
    plain = f"{kind.singular}_to_{to_kind.singular}"
    return plain if association_label(kind.name, to_kind.name, type_id) else f"{plain}_unlabeled"


def find_record(portal: Portal, kind: ObjectType, raw_id: str, id_property: str = "") -> Record:
    """Find a record by id or by a unique property, dead ones too; 404 when there is none."""
    record_id = parse_record_id(raw_id)
    if id_property and id_property != "hs_object_id":
        record_id = portal.store.owner_of(kind.name, require_unique(portal, kind, id_property), raw_id)
    record = portal.store.find(kind.name, record_id) if record_id is not None else None
    if record is None:
        raise not_found()
    return record


def require_unique(portal: Portal, kind: ObjectType, name: str) -> str:
    """Give the name back when the property is unique; 400 otherwise.

    Source: the message is quoted in github.com/segmentio/action-destinations pull 3957 (measured by others).
    """
    definition = portal.schema.definitions(kind.name).get(name)
    if definition is None or not definition.unique:
        raise invalid(
            f"Unable to perform update/upsert by non-unique {kind.type_id} property {name} "
            f"in portal ID {portal.settings.portal_id}"
        )
    return name


def survivor(portal: Portal, kind: ObjectType, record: Record) -> Record:
    """Follow merges to the record that is left."""
    while record.merged_into is not None:
        following = portal.store.find(kind.name, record.merged_into)
        if following is None:
            raise not_found()
        record = following
    return record


def create_object(portal: Portal, call: Call) -> Answer:
    """POST /crm/objects/{objectType}: one record with its associations."""
    kind = object_type_of(call)
    record, written = create_from(portal, call, kind, call.document())
    return Answer(portal.settings.created_status, written_json(portal, kind, record, written))


def create_from(portal: Portal, call: Call, kind: ObjectType, body: Mapping[str, Any]) -> tuple[Record, list[str]]:
    """Create one record from its JSON form; nothing is written when any part is refused."""
    links = parse_links(portal, kind, body.get("associations"))
    values = check_values(
        portal,
        kind,
        body.get("properties"),
        creating=True,
        version=call.version,
        refused=call.fault.refuse_fields if call.fault else (),
    )
    source = portal.integration(call)
    record = create_record(portal, kind, values, source, call.at_ms)
    for to_kind, to_id, type_id in links:
        connect(portal, Link(kind, record.id, to_kind, to_id, type_id), source, call.at_ms)
    call.touched.append(f"{kind.name}:{record.id}")
    return record, list(values)


def update_object(portal: Portal, call: Call) -> Answer:
    """PATCH /crm/objects/{objectType}/{objectId}: change one living record."""
    kind = object_type_of(call)
    record = find_record(portal, kind, call.params["objectId"], call.one("idProperty"))
    if not record.alive:
        raise not_found()
    written = update_from(portal, call, kind, record, call.document())
    return Answer(200, written_json(portal, kind, record, written))


def update_from(portal: Portal, call: Call, kind: ObjectType, record: Record, body: Mapping[str, Any]) -> list[str]:
    """Change one record from its JSON form."""
    values = check_values(
        portal,
        kind,
        body.get("properties"),
        creating=False,
        version=call.version,
        refused=call.fault.refuse_fields if call.fault else (),
    )
    update_record(portal, kind, record, values, portal.integration(call), call.at_ms)
    call.touched.append(f"{kind.name}:{record.id}")
    return list(values)


def archive_object(portal: Portal, call: Call) -> Answer:
    """DELETE /crm/objects/{objectType}/{objectId}: into the recycle bin; no error when it is not there."""
    kind = object_type_of(call)
    record_id = parse_record_id(call.params["objectId"])
    record = portal.store.find(kind.name, record_id) if record_id is not None else None
    if record is not None and record.alive:
        archive_record(portal, kind, record, portal.integration(call), call.at_ms)
        call.touched.append(f"{kind.name}:{record.id}")
    return Answer(204)
