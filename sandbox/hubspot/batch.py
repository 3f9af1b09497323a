"""Answer the batch calls on records.

Source: developers.hubspot.com, using object APIs, read 2026-04-13 (documented): at most 100 inputs; a batch fails as a
whole on a validation error unless every input carries an objectWriteTraceId, then the answer is 207 item by item.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.hubspot.call import Answer, Call, optional_text, required_text, string_list
from sandbox.hubspot.errors import ApiError, invalid, item_error
from sandbox.hubspot.object_types import ObjectType
from sandbox.hubspot.objects import create_from, require_unique, update_from
from sandbox.hubspot.portal import Portal, object_type_of
from sandbox.hubspot.reading import limit_history, parse_record_id, to_json, written_json
from sandbox.hubspot.store import Record
from sandbox.hubspot.validation import as_texts
from sandbox.hubspot.wire import to_iso
from sandbox.hubspot.writing import archive_record

MOST_INPUTS = 100
Item = Mapping[str, Any]


@dataclass(slots=True)
class Outcome:
    """What a batch came to: results, errors, and the ids it could not find."""

    results: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def answer(self, kind: ObjectType, call: Call, status: int) -> Answer:
        """Form the reply: 207 when anything failed."""
        errors = [*self.errors, *([_missing_error(kind, self.missing)] if self.missing else [])]
        return batch_answer(call, self.results, errors, status)


def batch_answer(call: Call, results: Sequence[Any], errors: Sequence[Any], status: int = 200) -> Answer:
    """Form a batch reply; with errors it is a 207 that counts them."""
    body: dict[str, Any] = {
        "status": "COMPLETE",
        "results": list(results),
        "startedAt": to_iso(call.at_ms),
        "completedAt": to_iso(call.at_ms),
    }
    if not errors:
        return Answer(status, body)
    return Answer(207, {**body, "numErrors": len(errors), "errors": list(errors)})


def _missing_error(kind: ObjectType, ids: Sequence[str]) -> dict[str, Any]:
    message = f"Could not get some {kind.label} objects, they may be deleted or not exist. Check that ids are valid."
    return item_error("OBJECT_NOT_FOUND", message, {"ids": list(ids)})


def _ids(inputs: Sequence[Item]) -> list[str]:
    ids = [str(item["id"]) if "id" in item else "" for item in inputs]
    if "" in ids:
        raise invalid("Some required fields were not set: [id]")
    repeated = sorted({one for one in ids if ids.count(one) > 1})
    if repeated:
        raise invalid(f"Duplicate IDs found in batch input: [{', '.join(repeated)}]. IDs must be unique")
    return ids


def _find_all(portal: Portal, kind: ObjectType, ids: Sequence[str], id_property: str) -> dict[str, Record]:
    """Find the records of a batch by id or unique property; merged-away ids are not found."""
    keys: dict[str, int | None]
    if id_property and id_property != "hs_object_id":
        name = require_unique(portal, kind, id_property)
        keys = {one: portal.store.owner_of(kind.name, name, one) for one in ids}
    else:
        keys = {one: parse_record_id(one) for one in ids}
    records = portal.store.find_many(kind.name, [key for key in keys.values() if key is not None])
    found = {one: records[key] for one, key in keys.items() if key is not None and key in records}
    return {one: record for one, record in found.items() if record.merged_into is None}


def batch_read(portal: Portal, call: Call) -> Answer:
    """POST …/batch/read: many records by id or unique property."""
    kind = object_type_of(call)
    inputs = call.inputs(MOST_INPUTS)
    body = call.document()
    wanted, history = string_list(body, "properties"), string_list(body, "propertiesWithHistory")
    limit_history(history, len(inputs))
    ids = _ids(inputs)
    found = _find_all(portal, kind, ids, optional_text(body, "idProperty"))
    outcome = Outcome()
    for one in ids:
        record = found.get(one)
        if _scripted_failure(call, {"id": one}):
            outcome.errors.append(_scripted_error(call, one))
        elif record is None or (record.archived_ms is not None) != call.flag("archived"):
            outcome.missing.append(one)
        else:
            outcome.results.append(to_json(portal, kind, record, wanted, history))
    if portal.settings.missing_in_batch == "silent":
        outcome.missing.clear()
    return outcome.answer(kind, call, 200)


def batch_create(portal: Portal, call: Call) -> Answer:
    """POST …/batch/create: many new records with their associations."""
    kind = object_type_of(call)

    def create(item: Item) -> dict[str, Any]:
        record, written = create_from(portal, call, kind, item)
        return written_json(portal, kind, record, written)

    outcome = _each(call, call.inputs(MOST_INPUTS), create)
    return outcome.answer(kind, call, portal.settings.created_status)


def batch_update(portal: Portal, call: Call) -> Answer:
    """POST …/batch/update: many changes by record id; missing, archived and merged-away ids fail one by one."""
    kind = object_type_of(call)
    inputs = call.inputs(MOST_INPUTS)
    id_property = _one_id_property(inputs)
    found = _find_all(portal, kind, _ids(inputs), id_property)
    alive = {key for key, record in found.items() if record.alive}
    missing = [str(item["id"]) for item in inputs if str(item["id"]) not in alive]

    def update(item: Item) -> dict[str, Any]:
        record = found[str(item["id"])]
        written = update_from(portal, call, kind, record, item)
        return written_json(portal, kind, record, written)

    outcome = _each(call, [item for item in inputs if str(item["id"]) in alive], update)
    outcome.missing = missing
    return outcome.answer(kind, call, 200)


def batch_upsert(portal: Portal, call: Call) -> Answer:
    """POST …/batch/upsert: change or create by a unique property."""
    kind = object_type_of(call)
    inputs = call.inputs(MOST_INPUTS)
    ids = _ids(inputs)
    name = require_unique(portal, kind, required_text(inputs[0], "idProperty")) if inputs else ""
    if any(item.get("idProperty") != name for item in inputs):
        raise invalid("All inputs of a batch must have the same idProperty")
    found = _find_all(portal, kind, ids, name)

    def upsert(item: Item) -> dict[str, Any]:
        properties = {**as_texts(item.get("properties")), name: str(item["id"])}
        record = found.get(str(item["id"]))
        if record is not None and record.alive:
            written = update_from(portal, call, kind, record, {"properties": properties})
            return {**written_json(portal, kind, record, written), "new": False}
        record, written = create_from(portal, call, kind, {**item, "properties": properties})
        return {**written_json(portal, kind, record, written), "new": True}

    return _each(call, inputs, upsert).answer(kind, call, 200)


def batch_archive(portal: Portal, call: Call) -> Answer:
    """POST …/batch/archive: many records into the recycle bin; unknown ids are passed over."""
    kind = object_type_of(call)
    inputs = call.inputs(MOST_INPUTS)
    for record in _find_all(portal, kind, _ids(inputs), "").values():
        if record.alive:
            archive_record(portal, kind, record, portal.integration(call), call.at_ms)
            call.touched.append(f"{kind.name}:{record.id}")
    return Answer(204)


def _one_id_property(inputs: Sequence[Item]) -> str:
    names = {optional_text(item, "idProperty") for item in inputs}
    if len(names) > 1:
        raise invalid("All inputs of a batch must have the same idProperty")
    return names.pop() if names else ""


def _each(call: Call, inputs: Sequence[Item], work: Callable[[Item], dict[str, Any]]) -> Outcome:
    """Do each item; errors are told item by item only when every input can be traced."""
    traced = all(isinstance(item.get("objectWriteTraceId"), str) for item in inputs)
    outcome = Outcome()
    for item in inputs:
        if _scripted_failure(call, item):
            outcome.errors.append(_scripted_error(call, str(item.get("id", item.get("objectWriteTraceId", "")))))
            continue
        try:
            result = work(item)
        except ApiError as refusal:
            if not traced:
                raise
            outcome.errors.append(_traced_error(item, refusal))
            continue
        trace = item.get("objectWriteTraceId")
        outcome.results.append({**result, "objectWriteTraceId": trace} if trace else result)
    return outcome


def _traced_error(item: Item, refusal: ApiError) -> dict[str, Any]:
    context = {**refusal.body.get("context", {}), "objectWriteTraceId": [item["objectWriteTraceId"]]}
    entry = item_error(refusal.body["category"], refusal.body["message"], context)
    return {**entry, "errors": refusal.body.get("errors", [])}


def _scripted_failure(call: Call, item: Item) -> bool:
    if call.fault is None or not call.fault.fail_ids:
        return False
    targets = {str(item.get("id", "")), str(item.get("objectWriteTraceId", ""))}
    targets |= {str(link["to"]["id"]) for link in item.get("associations") or ()}
    return not targets.isdisjoint(call.fault.fail_ids)


def _scripted_error(call: Call, one: str) -> dict[str, Any]:
    override = call.fault.body if call.fault and isinstance(call.fault.body, dict) else {}
    category, message = override.get("category", "INTERNAL_ERROR"), override.get("message", "internal error")
    return item_error(category, message, {"ids": [one]})
