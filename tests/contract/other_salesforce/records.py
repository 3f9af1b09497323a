"""The endpoints of records: collections of up to 200, and one by one."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from tests.contract.other_salesforce import ids
from tests.contract.other_salesforce.org import Item, Org
from tests.contract.other_salesforce.replies import ItemError, Json, Reply, Request, refuse
from tests.contract.other_salesforce.values import accept
from tests.contract.other_salesforce.writing import insert, update

MOST_RECORDS = 200
MOST_CHUNKS = 10


def _assigns(request: Request) -> bool:
    return request.headers.get("sforce-auto-assign", "TRUE").upper() != "FALSE"


def _records(org: Org, request: Request) -> list[Json]:
    body = request.body
    records = body.get("records") if isinstance(body, dict) else None
    if not isinstance(records, list) or not records:
        raise refuse(400, "REQUIRED_FIELD_MISSING", "At least 1 record is required")
    if len(records) > MOST_RECORDS:
        raise refuse(400, "LIMIT_EXCEEDED", f"record limit reached. cannot submit more than {MOST_RECORDS} records")
    names = [_type_of(record) for record in records]
    if 1 + sum(one != other for one, other in pairwise(names)) > MOST_CHUNKS:
        raise refuse(400, "LIMIT_EXCEEDED", "Cannot have more than 10 chunks in a single operation")
    sent = [ids.read(record.get("id")) for record in records if record.get("id")]
    if len(set(sent)) != len(sent):
        org.oddities.append("one record twice in a collection")
    if body.get("allOrNone") is not False:
        org.oddities.append("a collection without allOrNone: false")
    return records


def _type_of(record: Json) -> str:
    name = (record.get("attributes") or {}).get("type")
    if not isinstance(name, str):
        raise refuse(400, "INVALID_TYPE", "Type is required in attributes")
    return name


def _each(org: Org, records: list[Json], act: Callable[[Json], Item]) -> Reply:
    """Act on every record; each has a result of its own, in order."""
    results: list[Json] = []
    for record in records:
        try:
            item = act(record)
        except ItemError as problem:
            told = problem.in_collection()
            if org.habits.bare_errors:
                told = {name: value for name, value in told.items() if name == "statusCode"}
            named = {"id": record["id"]} if record.get("id") and org.habits.chatty else {}
            results.append({**named, "success": False, "errors": [told]})
        else:
            results.append({"id": item.id, "success": True, "errors": []})
    return Reply(200, results)


def update_many(org: Org, request: Request) -> Reply:
    records = _records(org, request)
    for record in records:
        org.described(_type_of(record))
    assigns = _assigns(request)
    return _each(org, records, lambda one: update(org, _type_of(one), one.get("id"), one, assigns=assigns))


def insert_many(org: Org, request: Request) -> Reply:
    records = _records(org, request)
    for record in records:
        org.described(_type_of(record))
    return _each(org, records, lambda one: insert(org, _type_of(one), one))


def upsert_many(org: Org, request: Request, sobject: str, key: str) -> Reply:
    """Insert or update by an external id; what was there is overwritten."""
    records = _records(org, request)

    def act(record: Json) -> Item:
        held = _by_key(org, sobject, key, record.get(key))
        if held is None:
            return insert(org, sobject, record)
        return update(org, sobject, held.id, {k: v for k, v in record.items() if k != key}, assigns=_assigns(request))

    return _each(org, records, act)


def _by_key(org: Org, sobject: str, key: str, value: object) -> Item | None:
    described = org.described(sobject).fields.get(key)
    if described is None or not described.unique:
        raise refuse(404, "NOT_FOUND", f"Provided external ID field does not exist or is not accessible: {key}")
    wanted = accept(described, value, trims=False)
    return next((item for item in org.of(sobject) if item.values.get(key) == wanted), None)


def update_one(org: Org, request: Request, sobject: str, record_id: str) -> Reply:
    try:
        item = update(org, sobject, record_id, request.body, assigns=_assigns(request))
    except ItemError as problem:
        if problem.code == "INVALID_CROSS_REFERENCE_KEY":
            raise refuse(404, "NOT_FOUND", "The requested resource does not exist") from None
        return Reply(404, problem.alone().body) if problem.code == "ENTITY_IS_DELETED" else problem.alone()
    if org.habits.updated_status == 204:
        return Reply(204)
    return Reply(200, {"id": item.id, "success": True, "errors": []})


def insert_one(org: Org, request: Request, sobject: str) -> Reply:
    try:
        item = insert(org, sobject, request.body)
    except ItemError as problem:
        return problem.alone()
    return Reply(201, {"id": item.id, "success": True, "errors": []})


def upsert_one(org: Org, request: Request, sobject: str, key: str, value: str) -> Reply:
    held = _by_key(org, sobject, key, value)
    try:
        if held is None:
            made = insert(org, sobject, {**request.body, key: value})
            return Reply(201, {"id": made.id, "success": True, "errors": [], "created": True})
        update(org, sobject, held.id, request.body, assigns=_assigns(request))
    except ItemError as problem:
        return problem.alone()
    return Reply(200, {"id": held.id, "success": True, "errors": [], "created": False})
