"""The endpoints of records: one by one, in batches, listed and searched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.contract.other_hubspot.checks import read_instant, to_iso
from tests.contract.other_hubspot.portal import Item, Portal
from tests.contract.other_hubspot.replies import Json, RefusalError, Reply, Request, error, invalid, refuse, validation

ALWAYS = {"contacts": ("createdate", "hs_object_id", "lastmodifieddate")}
ALWAYS_ELSE = ("hs_createdate", "hs_lastmodifieddate", "hs_object_id")


def read_value(portal: Portal, object_type: str, item: Item, name: str) -> str:
    if name == "hs_object_id":
        return item.id
    if name in ("createdate", "hs_createdate"):
        return item.properties.get(name) or to_iso(item.created_at)
    if name in ("lastmodifieddate", "hs_lastmodifieddate"):
        return to_iso(item.updated_at)
    return item.properties.get(name, "")


def show(
    portal: Portal, object_type: str, item: Item, names: list[str], history: list[str] | None = None
) -> Json:  # fmt: skip
    """Return a record with the properties asked for; unknown names are silently left out."""
    properties: dict[str, str | None] = {}
    for name in dict.fromkeys([*ALWAYS.get(object_type, ALWAYS_ELSE), *names, *(history or ())]):
        if name not in portal.definitions[object_type]:
            continue
        value = read_value(portal, object_type, item, name)
        if value and portal.habits.dates_as_millis and portal.definitions[object_type][name]["type"] == "datetime":
            value = _as_millis(value)
        if value or portal.habits.empties != "absent":
            properties[name] = value or (None if portal.habits.empties == "null" else "")
    record: Json = {
        "id": int(item.id) if portal.habits.numeric_ids else item.id,
        "properties": properties,
        "createdAt": to_iso(item.created_at),
        "updatedAt": to_iso(item.updated_at),
        "archived": item.archived,
    }
    if history:
        record["propertiesWithHistory"] = {name: list(item.history.get(name, ())) for name in history}
    return record


def _as_millis(value: str) -> str:
    try:
        return str(int(read_instant(value).timestamp() * 1000))
    except (ValueError, OverflowError):
        return value


def batch_reply(portal: Portal, results: list[Json], errors: list[Json], status: int = 200) -> Reply:
    now = to_iso(portal.clock())
    if portal.habits.shuffled:
        results = [*reversed(results), *results[:1]]
    if portal.habits.nameless_errors:
        errors = [
            {key: error[key] for key in ("status", "category", "message", "subCategory") if key in error}
            for error in errors
        ]
    body: Json = {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}
    if errors:
        body |= {"numErrors": len(errors), "errors": errors}
    return Reply(portal.habits.multi_status if errors else status, body)


def _missing(portal: Portal, object_type: str, ids: list[str]) -> list[Json]:
    if not ids:
        return []
    message = f"Could not get some {object_type[:-1].upper()} objects, they may be deleted or not exist."
    found = error(404, "OBJECT_NOT_FOUND", message, context={"ids": ids}).body
    return [{key: found[key] for key in ("status", "category", "message", "context")}]


def inputs_of(request: Request, most: int) -> list[Json]:
    body = request.body
    if not isinstance(body, dict) or not isinstance(body.get("inputs"), list):
        raise refuse(400, "VALIDATION_ERROR", "Invalid input JSON: inputs is missing")
    inputs = body["inputs"]
    if not inputs or len(inputs) > most:
        raise refuse(400, "VALIDATION_ERROR", f"The number of inputs must be between 1 and {most}, was {len(inputs)}")
    return inputs


def batch_read(portal: Portal, request: Request, object_type: str) -> Reply:
    body = request.body if isinstance(request.body, dict) else {}
    history = list(body.get("propertiesWithHistory") or ())
    inputs = inputs_of(request, 50 if history else 100)
    archived = request.one("archived") == "true"
    key = body.get("idProperty")
    ids = list(dict.fromkeys(str(entry["id"]) for entry in inputs))
    results, missing = {}, []
    for wanted in ids:
        item = (
            _by_property(portal, object_type, key, wanted) if key else _readable(portal, object_type, wanted, archived)
        )
        if item is None:
            missing.append(wanted)
        else:
            results[item.id] = show(portal, object_type, item, list(body.get("properties") or ()), history)
    loud = portal.habits.missing == "207"
    return batch_reply(portal, list(results.values()), _missing(portal, object_type, missing) if loud else [])


def _readable(portal: Portal, object_type: str, wanted: str, archived: bool) -> Item | None:
    item = portal.items[object_type].get(wanted)
    if archived:
        return item if item and item.archived and not item.merged_into else None
    if item and item.merged_into and portal.habits.merged_reads == "redirect":
        return portal.survivor(object_type, wanted)
    return portal.find(object_type, wanted)


def _by_property(portal: Portal, object_type: str, name: str, value: str) -> Item | None:
    unique = name == "email" or portal.definitions[object_type].get(name, {}).get("hasUniqueValue")
    if not unique:
        raise refuse(400, "VALIDATION_ERROR", f"Unable to perform a read by non-unique property {name}")
    return next(
        (
            item
            for item in portal.items[object_type].values()
            if not item.archived and read_value(portal, object_type, item, name).lower() == value.lower()
        ),
        None,
    )


def _each(
    portal: Portal, object_type: str, inputs: list[Json], act: Callable[[Json], Item | None], *,
    check: Callable[[Json], None], status: int,
) -> Reply:  # fmt: skip
    """Act on every input. Without a trace id on each, one bad input fails the whole batch before anything is stored."""
    traced = portal.habits.trace_ids and all(entry.get("objectWriteTraceId") for entry in inputs)
    if not traced:
        for entry in inputs:
            check(entry)
    results, errors = [], []
    for entry in inputs:
        try:
            if traced:
                check(entry)
            item = act(entry)
        except RefusalError as refusal:
            if not traced:
                raise
            trace = {"objectWriteTraceId": [str(entry["objectWriteTraceId"])]}
            body = refusal.reply.body
            errors.append({**body, "context": {**body.get("context", {}), **trace}, "links": {}})
            continue
        if item is None:
            continue
        record = show(portal, object_type, item, list(entry.get("properties", ())))
        if entry.get("objectWriteTraceId") and portal.habits.trace_ids_in_results:
            record["objectWriteTraceId"] = entry["objectWriteTraceId"]
        results.append(record)
    return batch_reply(portal, results, errors, status)


def batch_create(portal: Portal, request: Request, object_type: str) -> Reply:
    inputs = inputs_of(request, 100)

    def check(entry: Json) -> None:
        dry_check(portal, object_type, entry.get("properties") or {})

    def act(entry: Json) -> Item:
        return portal.create(object_type, entry.get("properties") or {}, entry.get("associations") or [])

    return _each(portal, object_type, inputs, act, check=check, status=portal.habits.created_status)


def dry_check(portal: Portal, object_type: str, properties: Json) -> None:
    problems = portal.check(object_type, properties)[1]
    if object_type == "tasks" and not properties.get("hs_timestamp"):
        raise refuse(
            400, "VALIDATION_ERROR", "hs_timestamp is required", errors=[{"message": "hs_timestamp is required"}]
        )
    if problems:
        raise RefusalError(validation(problems))


def batch_update(portal: Portal, request: Request, object_type: str) -> Reply:
    inputs = inputs_of(request, 100)
    ids = [str(entry.get("id")) for entry in inputs]
    if len(set(ids)) != len(ids):
        raise refuse(400, "VALIDATION_ERROR", "Duplicate IDs found in batch input")
    missing = [wanted for wanted in ids if portal.find(object_type, wanted) is None]
    if missing and portal.habits.update_missing == "404":
        raise RefusalError(error(404, "OBJECT_NOT_FOUND", "resource not found", context={"ids": missing}))

    def check(entry: Json) -> None:
        if portal.find(object_type, str(entry["id"])):
            found = portal.check(object_type, entry.get("properties") or {})[1]
            if str(entry["id"]) in portal.stubborn:
                found.append(invalid("city", "REQUIRED_BY_RULE", "city is required when jobtitle is known"))
            if found:
                raise RefusalError(validation(found))

    def act(entry: Json) -> Item | None:
        item = portal.find(object_type, str(entry["id"]))
        if item is not None:
            portal.update(object_type, item, entry.get("properties") or {})
        return item

    reply = _each(portal, object_type, inputs, act, check=check, status=200)
    if missing and portal.habits.update_missing == "207":
        errors = [*reply.body.get("errors", ()), *_missing(portal, object_type, missing)]
        return batch_reply(portal, reply.body["results"], errors)
    return reply


def batch_upsert(portal: Portal, request: Request, object_type: str) -> Reply:
    inputs = inputs_of(request, 100)
    results = []
    for entry in inputs:
        name = entry.get("idProperty")
        if not name:
            raise refuse(400, "VALIDATION_ERROR", "idProperty is required")
        if not portal.definitions[object_type].get(name, {}).get("hasUniqueValue"):
            message = f"Unable to perform update/upsert by non-unique property {name} in portal ID {portal.portal_id}"
            raise refuse(400, "VALIDATION_ERROR", message)
        dry_check(portal, object_type, {"hs_timestamp": "0", **entry["properties"]})
    for entry in inputs:
        properties = {entry["idProperty"]: entry["id"], **entry["properties"]}
        item = _by_property(portal, object_type, entry["idProperty"], str(entry["id"]))
        new = item is None
        if item is None:
            item = portal.create(object_type, properties, entry.get("associations") or [])
        else:
            portal.update(object_type, item, properties)
        results.append({**show(portal, object_type, item, list(properties)), "new": new})
    return batch_reply(portal, results, [])


def batch_archive(portal: Portal, request: Request, object_type: str) -> Reply:
    for entry in inputs_of(request, 100):
        if portal.find(object_type, str(entry["id"])):
            portal.delete(object_type, str(entry["id"]))
            portal.writes[f"archive {object_type}"] += 1
    return Reply(204)


def _names(request: Request, key: str) -> list[str]:
    return [name for part in request.query.get(key, ()) for name in part.split(",") if name]


def list_page(portal: Portal, request: Request, object_type: str) -> Reply:
    limit = int(request.one("limit") or 10)
    history = _names(request, "propertiesWithHistory")
    most = 50 if history else 100
    if not 1 <= limit <= most:
        raise refuse(400, "VALIDATION_ERROR", f"Invalid page size: limit must be between 1 and {most}")
    archived = request.one("archived") == "true"
    after = int(request.one("after") or 0)
    items = sorted(portal.items[object_type].values(), key=lambda item: int(item.id))
    rest = [item for item in items if int(item.id) > after and item.archived == archived]
    page = rest[: min(limit, portal.habits.list_page)]
    body: Json = {"results": [show(portal, object_type, i, _names(request, "properties"), history) for i in page]}
    for record, wanted in ((r, w) for r in body["results"] for w in _names(request, "associations")):
        others = portal.linked(object_type, record["id"], portal.type_name(wanted))
        record.setdefault("associations", {})[wanted] = {"results": [{"id": o, "type": "x"} for o in others]}
    if len(rest) > len(page):
        body["paging"] = {"next": {"after": page[-1].id, "link": f"?after={page[-1].id}"}}
    return Reply(200, body)


def read_one(portal: Portal, request: Request, object_type: str, object_id: str) -> Reply:
    key = request.one("idProperty")
    item = _by_property(portal, object_type, key, object_id) if key else _single(portal, object_type, object_id)
    if item is None:
        raise refuse(404, "OBJECT_NOT_FOUND", "resource not found")
    return Reply(
        200, show(portal, object_type, item, _names(request, "properties"), _names(request, "propertiesWithHistory"))
    )


def _single(portal: Portal, object_type: str, object_id: str) -> Item | None:
    if portal.habits.merged_reads == "redirect":
        return portal.survivor(object_type, object_id)
    return portal.find(object_type, object_id)


def update_one(portal: Portal, request: Request, object_type: str, object_id: str) -> Reply:
    item = _single(portal, object_type, object_id)
    if item is None:
        raise refuse(404, "OBJECT_NOT_FOUND", "resource not found")
    properties: Any = request.body.get("properties")
    if not isinstance(properties, dict) or not properties:
        raise refuse(400, "VALIDATION_ERROR", "properties must not be empty")
    portal.update(object_type, item, properties)
    return Reply(200, show(portal, object_type, item, list(properties)))


def create_one(portal: Portal, request: Request, object_type: str) -> Reply:
    body = request.body
    item = portal.create(object_type, body.get("properties") or {}, body.get("associations") or [])
    return Reply(portal.habits.created_status, show(portal, object_type, item, list(body.get("properties") or ())))


def delete_one(portal: Portal, object_type: str, object_id: str) -> Reply:
    if portal.find(object_type, object_id):
        portal.delete(object_type, object_id)
        portal.writes[f"archive {object_type}"] += 1
    return Reply(204)
