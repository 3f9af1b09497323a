"""Serve sObject collections: up to 200 records in one call, each with a result of its own.

Source: Salesforce REST API guide, "sObject Collections", read 2026-11 (documented); the bodies of failed items as
recorded (measured by others).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any, TypeVar

from sandbox.salesforce.call import Answer, Call, required_list
from sandbox.salesforce.errors import ApiError, RecordError, Refusal, malformed_json, refused
from sandbox.salesforce.ids import to_18
from sandbox.salesforce.org import Org
from sandbox.salesforce.rows import check_scripted, find_by_key, key_of, kind_of, record_body, write_options
from sandbox.salesforce.schema import SObject
from sandbox.salesforce.writing import create_record, delete_record, update_record

MOST_RECORDS = 200
_MOST_IDS = 2000
_MOST_CHUNKS = 10
_ROLLED_BACK = Refusal(
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using AllOrNone header",
)
Item = Mapping[str, Any]
T = TypeVar("T")
Write = Callable[[SObject, Item], dict[str, Any]]


class _RolledBackError(Exception):
    """The whole call is taken back because one record failed."""

    def __init__(self, results: list[dict[str, Any]]) -> None:
        super().__init__("rolled back")
        self.results = results


def create_many(org: Org, call: Call) -> Answer:
    """POST composite/sobjects."""

    def create(kind: SObject, item: Item) -> dict[str, Any]:
        check_scripted(call.fault, None, dict(item))
        record_id = create_record(org, call.who, kind, item, write_options(call))
        return _succeeded(call, kind, record_id)

    return _write_all(org, call, create)


def update_many(org: Org, call: Call) -> Answer:
    """PATCH composite/sobjects."""

    def update(kind: SObject, item: Item) -> dict[str, Any]:
        record_id = _item_id(item)
        check_scripted(call.fault, record_id, dict(item))
        update_record(org, call.who, kind, record_id, item, write_options(call))
        return _succeeded(call, kind, record_id)

    return _write_all(org, call, update)


def upsert_many(org: Org, call: Call) -> Answer:
    """PATCH composite/sobjects/X/FIELD."""
    wanted = kind_of(org, call)
    field = key_of(wanted, call.params["field"])

    def upsert(kind: SObject, item: Item) -> dict[str, Any]:
        if kind is not wanted:
            raise RecordError("INVALID_TYPE", f"All records must be of type {wanted.name}", [])
        key = next((value for name, value in item.items() if name.lower() == field.name.lower()), None)
        found = find_by_key(org, kind, field, key)
        if len(found) > 1:
            message = f"{field.name}: more than one record found for external id field: [{', '.join(found)}]"
            raise RecordError("DUPLICATE_EXTERNAL_ID", message, [])
        check_scripted(call.fault, found[0] if found else None, dict(item))
        if found:
            update_record(org, call.who, kind, found[0], item, write_options(call))
        elif field.name == "Id" and key is not None:
            raise RecordError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
        record_id = found[0] if found else create_record(org, call.who, kind, item, write_options(call))
        return {**_succeeded(call, kind, record_id), "created": not found}

    return _write_all(org, call, upsert)


def delete_many(org: Org, call: Call) -> Answer:
    """DELETE composite/sobjects with ids and allOrNone."""
    ids = [one.strip() for one in call.one("ids").split(",") if one.strip()]
    _check_count(ids, MOST_RECORDS)

    def delete(record_id: str) -> dict[str, Any]:
        whole = to_18(record_id)
        kind = org.catalog.of_id(whole) if whole else None
        if whole is None or kind is None:
            raise RecordError("MALFORMED_ID", f"malformed id {record_id}", [])
        check_scripted(call.fault, whole, {})
        delete_record(org, call.who, kind, whole)
        return _succeeded(call, kind, whole)

    return Answer(200, _each(org, ids, delete, all_or_none=call.one("allOrNone").lower() == "true"))


def read_many(org: Org, call: Call) -> Answer:
    """GET composite/sobjects/X?ids=…&fields=… and POST composite/sobjects/X with ids and fields: null for each miss."""
    kind = kind_of(org, call)
    if call.method == "POST":
        body = call.document()
        ids, names = required_list(body, "ids"), required_list(body, "fields")
    else:
        ids = [one for one in call.one("ids").split(",") if one]
        names = [one for one in call.one("fields").split(",") if one]
    _check_count(ids, _MOST_IDS)
    if not names:
        raise refused(400, "MISSING_ARGUMENT", "fields is required")
    rows = {row["Id"]: row for row in org.store.find_many(kind.name, "Id", [to_18(str(one)) or "" for one in ids])}
    found = [rows.get(to_18(str(one)) or "") for one in ids]
    try:
        return Answer(
            200,
            [
                None
                if row is None or row.get("IsDeleted")
                else record_body(org, call.who, kind, row, names, call.version)
                for row in found
            ],
        )
    except RecordError as problem:
        raise problem.whole() from problem


def _write_all(org: Org, call: Call, write: Write) -> Answer:
    body = call.document()
    records = body.get("records")
    if not isinstance(records, list) or not records:
        raise refused(400, "REQUIRED_FIELD_MISSING", "At least 1 record is required")
    _check_count(records, MOST_RECORDS)
    if not all(isinstance(one, dict) for one in records):
        raise malformed_json("`records` must be a list of objects")
    if len(list(groupby(_type_of(one) for one in records))) > _MOST_CHUNKS:
        message = "Cannot have more than 10 chunks in a single operation. Please rearrange the data to reduce chunking."
        raise refused(400, "LIMIT_EXCEEDED", message)

    def one_record(item: Item) -> dict[str, Any]:
        kind = org.catalog.find(_type_of(item))
        if kind is None:
            raise RecordError("INVALID_TYPE", f"sObject type '{_type_of(item)}' is not supported.", [])
        return write(kind, item)

    return Answer(200, _each(org, records, one_record, all_or_none=body.get("allOrNone") is True))


def _each(
    org: Org, items: Sequence[T], act: Callable[[T], dict[str, Any]], *, all_or_none: bool
) -> list[dict[str, Any]]:
    """Do something with every item, each in a transaction of its own, or all in one."""
    results: list[dict[str, Any]] = []
    try:
        with org.transaction():
            results.extend(_attempt(org, item, act) for item in items)
            if all_or_none and not all(one["success"] for one in results):
                raise _RolledBackError(results)
    except _RolledBackError as rolled_back:
        return [_failed(_ROLLED_BACK) if one["success"] else one for one in rolled_back.results]
    return results


def _attempt(org: Org, item: T, act: Callable[[T], dict[str, Any]]) -> dict[str, Any]:
    try:
        with org.transaction():
            return act(item)
    except RecordError as problem:
        return _failed(problem.refusal)


def _failed(refusal: Refusal) -> dict[str, Any]:
    return {"success": False, "errors": [refusal.as_item_error()]}


def _succeeded(call: Call, kind: SObject, record_id: str) -> dict[str, Any]:
    call.touched.append(f"{kind.name}:{record_id}")
    return {"id": record_id, "success": True, "errors": []}


def _type_of(item: Item) -> str:
    described = item.get("attributes")
    return str(described.get("type", "")) if isinstance(described, Mapping) else ""


def _item_id(item: Item) -> str:
    raw = next((value for name, value in item.items() if name.lower() == "id"), None)
    if not isinstance(raw, str) or not raw:
        raise RecordError("MISSING_ARGUMENT", "Id not specified in an update call", [])
    found = to_18(raw)
    if found is None:
        raise RecordError("MALFORMED_ID", f"malformed id {raw}", [])
    return found


def _check_count(items: Sequence[Any], most: int) -> None:
    if len(items) > most:
        message = f"record limit reached. cannot submit more than {most} records into this call"
        raise ApiError(400, [{"message": message, "errorCode": "EXCEEDED_ID_LIMIT"}])
