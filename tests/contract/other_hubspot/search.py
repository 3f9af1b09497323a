"""Search, with the limits it really has."""

from __future__ import annotations

import fnmatch
import json

from tests.contract.other_hubspot.checks import read_instant
from tests.contract.other_hubspot.objects import read_value, show
from tests.contract.other_hubspot.portal import Item, Portal
from tests.contract.other_hubspot.replies import Json, Reply, Request, refuse


def search(portal: Portal, request: Request, object_type: str) -> Reply:
    if portal.habits.search != 200:
        raise refuse(portal.habits.search, "INTERNAL_ERROR", "There was a problem with the request.")
    body = request.body
    if len(json.dumps(body)) > 3_000:
        raise refuse(400, "VALIDATION_ERROR", "The request body is longer than 3000 characters")
    groups = body.get("filterGroups") or []
    if len(groups) > 5 or any(len(group["filters"]) > 6 for group in groups):
        raise refuse(400, "VALIDATION_ERROR", "Too many filter groups or filters")
    limit, after = int(body.get("limit", 10)), int(body.get("after") or 0)
    if not 0 <= limit <= 200:
        raise refuse(400, "VALIDATION_ERROR", "limit must be at most 200")
    if after + limit > 10_000:
        raise refuse(400, "VALIDATION_ERROR", "Paging is limited to 10000 results")
    found = [item for item in portal.items[object_type].values() if not item.archived]
    if groups:
        found = [item for item in found if any(_holds(portal, object_type, item, group) for group in groups)]
    for sort in reversed(body.get("sorts") or [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]):
        name = sort if isinstance(sort, str) else sort["propertyName"]
        down = isinstance(sort, dict) and sort.get("direction") == "DESCENDING"
        found.sort(key=lambda item, name=name: _comparable(portal, object_type, item, name), reverse=down)
    page = found[after : after + limit]
    reply: Json = {
        "total": len(found),
        "results": [show(portal, object_type, item, list(body.get("properties") or ())) for item in page],
    }
    if after + limit < len(found):
        reply["paging"] = {"next": {"after": str(after + limit)}}
    return Reply(200, reply)


def _comparable(portal: Portal, object_type: str, item: Item, name: str) -> tuple[float, str]:
    return _order(portal, object_type, name, read_value(portal, object_type, item, name))


def _order(portal: Portal, object_type: str, name: str, text: str) -> tuple[float, str]:
    kind = portal.definitions[object_type][name]["type"]
    try:
        if kind == "number":
            return float(text), ""
        if kind in ("date", "datetime"):
            return read_instant(text).timestamp(), ""
    except ValueError:
        return float("-inf"), ""
    return 0.0, text.casefold()


def _holds(portal: Portal, object_type: str, item: Item, group: Json) -> bool:
    return all(_matches(portal, object_type, item, condition) for condition in group["filters"])


def _matches(portal: Portal, object_type: str, item: Item, condition: Json) -> bool:
    name, operator = condition["propertyName"], condition["operator"]
    if name not in portal.definitions[object_type]:
        raise refuse(400, "VALIDATION_ERROR", f"There was a problem with the request: property {name} does not exist")
    text = read_value(portal, object_type, item, name)
    if operator in ("HAS_PROPERTY", "NOT_HAS_PROPERTY"):
        return bool(text) == (operator == "HAS_PROPERTY")
    if operator in ("IN", "NOT_IN"):
        return (text in condition["values"]) == (operator == "IN")
    left = _order(portal, object_type, name, text)
    right = _order(portal, object_type, name, str(condition.get("value", "")))
    match operator:
        case "EQ":
            return left == right
        case "NEQ":
            return left != right
        case "LT" | "LTE" | "GT" | "GTE":
            return bool(text) and _compare(operator, left, right)
        case "BETWEEN":
            high = _order(portal, object_type, name, str(condition["highValue"]))
            return bool(text) and right <= left <= high
        case "CONTAINS_TOKEN" | "NOT_CONTAINS_TOKEN":
            hit = fnmatch.fnmatch(text.casefold(), f"*{str(condition['value']).casefold()}*")
            return hit == (operator == "CONTAINS_TOKEN")
    raise refuse(400, "VALIDATION_ERROR", f"{operator} is no operator")


def _compare(operator: str, left: tuple[float, str], right: tuple[float, str]) -> bool:
    return {"LT": left < right, "LTE": left <= right, "GT": left > right, "GTE": left >= right}[operator]
