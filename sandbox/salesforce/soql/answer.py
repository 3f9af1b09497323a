"""Run planned statements and put their rows into the form of REST: records with attributes, pages with a locator."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.salesforce.cursors import Cursor
from sandbox.salesforce.org import Actor, Org
from sandbox.salesforce.soql.nodes import SoqlError
from sandbox.salesforce.soql.parser import parse_query
from sandbox.salesforce.soql.planner import Children, Output, Plan, Planner, Summary
from sandbox.salesforce.store import Value
from sandbox.salesforce.values import format_value

SqlRow = Sequence[Value]
_MANY_LONG_TEXTS = 2
_LONG_TEXT_PAGE = 200


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks, in which API version, and how many rows a page may have."""

    org: Org
    actor: Actor
    version: str
    page_size: int


def answer_query(request: Request, text: str, *, everything: bool) -> dict[str, Any]:
    """Answer a statement with its first page; refusals say where in the text the problem is."""
    try:
        plan = Planner(request.org, request.actor, everything=everything).plan(parse_query(text))
    except SoqlError as problem:
        raise SoqlError(problem.code, problem.describe(text)) from problem
    rows = run(request.org, plan)
    if plan.counts_only:
        return {"totalSize": rows[0][0], "done": True, "records": []}
    page_size = min(request.page_size, _LONG_TEXT_PAGE) if plan.long_texts >= _MANY_LONG_TEXTS else request.page_size
    if plan.grouped and len(rows) > page_size:
        message = "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch"
        raise SoqlError("EXCEEDED_ID_LIMIT", message)
    return _page(request, Cursor(plan, rows, page_size, request.org.now_ms()), None, 0)


def next_page(request: Request, locator: str) -> dict[str, Any]:
    """Answer with a later page; the locator ends in the row the page begins with."""
    name, _, start = locator.rpartition("-")
    if not start.isdigit():
        raise SoqlError("INVALID_QUERY_LOCATOR", "invalid query locator")
    oldest_ms = request.org.now_ms() - request.org.settings.cursor_seconds * 1000
    cursor = request.org.cursors.find(name, oldest_ms)
    if cursor is None:
        raise SoqlError("INVALID_QUERY_LOCATOR", "invalid query locator")
    return _page(request, cursor, name, int(start))


def run(org: Org, plan: Plan, parents: Sequence[str] = ()) -> list[SqlRow]:
    """Run the SQL of a plan."""
    values = {**plan.parameters, "parents": json.dumps(list(parents))}
    found = org.store.connection.execute(plan.sql, values if ":parents" in plan.sql else plan.parameters)
    return list(found)


def _page(request: Request, cursor: Cursor, locator: str | None, start: int) -> dict[str, Any]:
    end = start + cursor.page_size
    body: dict[str, Any] = {"totalSize": len(cursor.rows), "done": end >= len(cursor.rows)}
    if not body["done"]:
        locator = locator or request.org.cursors.open(cursor, request.org.settings.most_cursors)
        body["nextRecordsUrl"] = f"/services/data/{request.version}/query/{locator}-{end}"
    body["records"] = form_records(request, cursor.plan, cursor.rows[start:end])
    return body


def form_records(request: Request, plan: Plan, rows: Sequence[SqlRow]) -> list[dict[str, Any]]:
    """Turn rows into records, with their parents' fields and their children."""
    if plan.grouped:
        return [_group(plan, row) for row in rows]
    children = {
        one.name: _children(request, one, [str(row[0]) for row in rows])
        for one in plan.outputs
        if isinstance(one, Children)
    }
    return [_record(request, plan, row, children) for row in rows]


def _group(plan: Plan, row: SqlRow) -> dict[str, Any]:
    body: dict[str, Any] = {"attributes": {"type": "AggregateResult"}}
    for one in plan.outputs:
        if isinstance(one, Summary):
            value = row[one.place]
            body[one.name] = value if one.field is None else format_value(one.field, value)
    return body


def _record(
    request: Request, plan: Plan, row: SqlRow, children: dict[str, dict[str, dict[str, Any]]]
) -> dict[str, Any]:
    body: dict[str, Any] = {"attributes": attributes(plan.kind.name, str(row[0]), request.version)}
    for one in plan.outputs:
        if isinstance(one, Children):
            body[one.name] = children[one.name].get(str(row[0]))
        elif isinstance(one, Output):
            _put(request, body, one, row)
    return body


def attributes(kind: str, record_id: str, version: str) -> dict[str, str]:
    """Say of which object a record is and where it is."""
    return {"type": kind, "url": f"/services/data/{version}/sobjects/{kind}/{record_id}"}


def _put(request: Request, body: dict[str, Any], output: Output, row: SqlRow) -> None:
    """Put one value into a record, making the parents on the way to it."""
    holder = body
    for hop, place in zip(output.column.hops, output.hop_places, strict=True):
        parent_id = row[place]
        if parent_id is None:
            holder[hop.name] = None
            return
        if hop.name not in holder:
            target = request.org.catalog.of_id(str(parent_id))
            shown = attributes(target.name if target else "Name", str(parent_id), request.version)
            holder[hop.name] = {"attributes": {**shown, "type": hop.kind or "Name"}}
        holder = holder[hop.name]
    holder[output.column.field.name] = output_value(output, row)


def output_value(output: Output, row: SqlRow) -> Any:
    """Give the value of an output in a row; compound fields as maps."""
    if not output.column.parts:
        return format_value(output.column.field, row[output.places[0]])
    names = [name for name, _ in output.column.parts]
    return compound(dict(zip(names, (row[place] for place in output.places), strict=True)))


def compound(parts: dict[str, Value]) -> dict[str, Value] | None:
    """Put an address together; None when nothing of it is known."""
    return dict(sorted(parts.items())) if any(value is not None for value in parts.values()) else None


def _children(request: Request, one: Children, parents: list[str]) -> dict[str, dict[str, Any]]:
    """Read the children of many records at once and give each its own page."""
    found: dict[str, list[SqlRow]] = {}
    for row in run(request.org, one.plan, parents):
        found.setdefault(str(row[1]), []).append(row)
    return {parent: _child_page(request, one, rows) for parent, rows in found.items()}


def _child_page(request: Request, one: Children, rows: list[SqlRow]) -> dict[str, Any]:
    rows = rows[one.offset :] if one.limit is None else rows[one.offset : one.offset + one.limit]
    cursor = Cursor(one.plan, rows, request.org.settings.child_page_size, request.org.now_ms())
    return _page(request, cursor, None, 0)
