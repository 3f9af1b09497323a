"""Serve single records: describe, create, read, change, delete, and by external id."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from sandbox.faults import FaultRule
from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.describe import describe_global, describe_kind
from sandbox.salesforce.errors import ApiError, RecordError, not_found, refused
from sandbox.salesforce.ids import to_18
from sandbox.salesforce.org import Actor, Org
from sandbox.salesforce.schema import Field, SObject
from sandbox.salesforce.soql.answer import attributes, compound
from sandbox.salesforce.store import Row, Value
from sandbox.salesforce.values import format_value, parse_value
from sandbox.salesforce.writing import WriteOptions, create_record, delete_record, find_living, update_record

_LOCKED = ("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")


def write_options(call: Call) -> WriteOptions:
    """Read how to write from the headers: without one, leads are assigned by the active rule."""
    return WriteOptions(
        assign=call.header("Sforce-Auto-Assign").strip().upper() != "FALSE",
        allow_duplicates=call.option("Sforce-Duplicate-Rule-Header", "allowSave").lower() == "true",
        refused=frozenset(call.fault.refuse_fields) if call.fault else frozenset(),
    )


def check_scripted(fault: FaultRule | None, record_id: str | None, values: dict[str, Any]) -> None:
    """Fail a record a scripted fault names, or one that refers to it; by default its row is locked."""
    if fault is None or not fault.fail_ids:
        return
    named = {to_18(one) or one for one in fault.fail_ids}
    touched = {record_id, *(to_18(value) for value in values.values() if isinstance(value, str))}
    if named & touched:
        body = fault.body if isinstance(fault.body, dict) else {}
        code = str(body.get("statusCode") or body.get("errorCode") or _LOCKED[0])
        raise RecordError(code, str(body.get("message", _LOCKED[1])), body.get("fields", ()))


def kind_of(org: Org, call: Call, name: str = "sobject") -> SObject:
    """Find the object of the address; 404 when there is none."""
    found = org.catalog.find(call.params[name])
    if found is None:
        raise not_found()
    return found


def describe_all(org: Org, call: Call) -> Answer:
    """GET sobjects."""
    return Answer(200, describe_global(org.catalog, call.version))


def describe_basic(org: Org, call: Call) -> Answer:
    """GET sobjects/X: what the global describe says of it, and recent records (none are kept)."""
    kind = kind_of(org, call)
    listed = describe_global(org.catalog, call.version)["sobjects"]
    return Answer(200, {"objectDescribe": next(one for one in listed if one["name"] == kind.name), "recentItems": []})


def describe_one(org: Org, call: Call) -> Answer:
    """GET sobjects/X/describe."""
    return Answer(200, describe_kind(org.catalog, kind_of(org, call), call.who.access, call.version))


def create_row(org: Org, call: Call) -> Answer:
    """POST sobjects/X."""
    kind, values = kind_of(org, call), call.document()
    try:
        check_scripted(call.fault, None, values)
        record_id = create_record(org, call.who, kind, values, write_options(call))
    except RecordError as problem:
        raise problem.whole() from problem
    call.touched.append(f"{kind.name}:{record_id}")
    return _created(call, kind, record_id)


def _created(call: Call, kind: SObject, record_id: str) -> Answer:
    place = f"/services/data/{call.version}/sobjects/{kind.name}/{record_id}"
    return Answer(201, {"id": record_id, "success": True, "errors": []}, {"Location": place})


def read_row(org: Org, call: Call) -> Answer:
    """GET sobjects/X/ID, maybe with fields."""
    kind = kind_of(org, call)
    return _read(org, call, kind, _record_id(call))


def _read(org: Org, call: Call, kind: SObject, record_id: str) -> Answer:
    try:
        row = find_living(org, kind, record_id)
    except RecordError as problem:
        raise not_found() from problem
    names = [name.strip() for name in call.one("fields").split(",") if name.strip()]
    try:
        return Answer(200, record_body(org, call.who, kind, row, names, call.version))
    except RecordError as problem:
        raise problem.whole() from problem


def record_body(org: Org, actor: Actor, kind: SObject, row: Row, names: list[str], version: str) -> dict[str, Any]:
    """Form a record with the named fields, or with all the caller may see."""
    fields = [_visible(actor, kind, name) for name in names] or actor.access.visible(kind)
    body: dict[str, Any] = {"attributes": attributes(kind.name, row["Id"], version)}
    for field in fields:
        body[field.name] = _shown(kind, field, row)
    return body


def _visible(actor: Actor, kind: SObject, name: str) -> Field:
    field = kind.find(name)
    if field is None or not actor.access.readable(kind, field):
        raise RecordError("INVALID_FIELD", f"No such column '{name}' on sobject of type {kind.name}", None)
    return field


def _shown(kind: SObject, field: Field, row: Row) -> Any:
    if field.type != "address":
        return format_value(field, row[field.name])
    prefix = field.name.removesuffix("Address")
    parts: dict[str, Value] = {}
    for one in kind.fields:
        if one.compound == field.name:
            short = one.name.removeprefix(prefix)
            parts[short[:1].lower() + short[1:]] = row[one.name]
    return compound(parts)


def update_row(org: Org, call: Call) -> Answer:
    """PATCH sobjects/X/ID."""
    kind, record_id, values = kind_of(org, call), _record_id(call), call.document()
    if any(name.lower() == "id" for name in values):
        raise refused(400, "INVALID_FIELD", "The Id field should not be specified in the sobject data.", ["Id"])
    try:
        check_scripted(call.fault, record_id, values)
        update_record(org, call.who, kind, record_id, values, write_options(call))
    except RecordError as problem:
        raise problem.whole() from problem
    call.touched.append(f"{kind.name}:{record_id}")
    return Answer(204)


def delete_row(org: Org, call: Call) -> Answer:
    """DELETE sobjects/X/ID."""
    kind, record_id = kind_of(org, call), _record_id(call)
    try:
        delete_record(org, call.who, kind, record_id)
    except RecordError as problem:
        raise problem.whole() from problem
    call.touched.append(f"{kind.name}:{record_id}")
    return Answer(204)


def _record_id(call: Call) -> str:
    found = to_18(call.params["id"])
    if found is None:
        raise refused(400, "MALFORMED_ID", f"malformed id {call.params['id']}")
    return found


# By external id


def read_by_key(org: Org, call: Call) -> Answer:
    """GET sobjects/X/FIELD/VALUE."""
    kind = kind_of(org, call)
    found = _holders(org, call, kind)
    return _read(org, call, kind, found[0]) if found else _nobody()


def delete_by_key(org: Org, call: Call) -> Answer:
    """DELETE sobjects/X/FIELD/VALUE."""
    found = _holders(org, call, kind_of(org, call))
    if not found:
        return _nobody()
    call.params["id"] = found[0]
    return delete_row(org, call)


def _nobody() -> Answer:
    raise not_found("The requested resource does not exist")


def upsert_row(org: Org, call: Call) -> Answer:
    """PATCH sobjects/X/FIELD/VALUE: 201 when created, 200 when changed, 300 when several records have the key."""
    kind, values = kind_of(org, call), call.document()
    found = _holders(org, call, kind)
    if found:
        call.params["id"] = found[0]
        update_row(org, call)
        return Answer(200, {"id": found[0], "success": True, "errors": [], "created": False})
    key_field = key_of(kind, call.params["field"])
    if call.one("updateOnly").lower() == "true":
        return _nobody()
    if key_field.name != "Id":
        values[key_field.name] = unquote(call.params["value"])
    try:
        check_scripted(call.fault, None, values)
        record_id = create_record(org, call.who, kind, values, write_options(call))
    except RecordError as problem:
        raise problem.whole() from problem
    call.touched.append(f"{kind.name}:{record_id}")
    created = _created(call, kind, record_id)
    return Answer(201, {**created.body, "created": True}, created.headers)


def _holders(org: Org, call: Call, kind: SObject) -> list[str]:
    """Give the record with the key of the address; 300 with all of them when there are several."""
    field = key_of(kind, call.params["field"])
    if not call.who.access.readable(kind, field):
        raise not_found("Provided external ID field does not exist or is not accessible: " + call.params["field"])
    try:
        found = find_by_key(org, kind, field, unquote(call.params["value"]))
    except RecordError as problem:
        raise problem.whole() from problem
    if len(found) > 1:
        base = f"/services/data/{call.version}/sobjects/{kind.name}"
        raise ApiError(300, [f"{base}/{one}" for one in found])
    return found


def key_of(kind: SObject, name: str) -> Field:
    """Find a field records can be named by: an external id, or an id lookup; 404 when it is neither."""
    field = kind.find(name)
    if field is None or not (field.external_id or field.id_lookup):
        raise not_found(f"Provided external ID field does not exist or is not accessible: {name}")
    return field


def find_by_key(org: Org, kind: SObject, field: Field, value: Any) -> list[str]:
    """Give the ids of the living records with a key."""
    stored = parse_value(field, value)
    if stored is None:
        return []
    alive = ' AND "IsDeleted" = 0' if kind.has("IsDeleted") else ""
    wanted = stored.casefold() if isinstance(stored, str) and field.type != "id" else stored
    column = f'"{field.name}"' if field.type == "id" else f'fold("{field.name}")'
    rows = org.store.select(kind.name, f"{column} = ?{alive}", (wanted,))
    return [str(row["Id"]) for row in rows if not field.case_sensitive or row[field.name] == stored]
