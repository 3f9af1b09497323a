"""Answer searches, with their own limits and their lag.

Source: developers.hubspot.com, search guide, read 2026-04-13 (documented): 200 per page, 10,000 in all, 5 groups of 6
filters and 18 in all, 3,000 characters, new records appear late.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.hubspot.call import Answer, Call, string_list
from sandbox.hubspot.errors import bad_json, invalid
from sandbox.hubspot.object_types import OBJECT_TYPES, ObjectType
from sandbox.hubspot.portal import Portal, object_type_of
from sandbox.hubspot.reading import parse_record_id, to_json
from sandbox.hubspot.schema import Definition
from sandbox.hubspot.wire import is_number, parse_instant

MOST_PER_PAGE = 200
MOST_RESULTS = 10_000
MOST_GROUPS, MOST_PER_GROUP, MOST_FILTERS = 5, 6, 18
MOST_CHARACTERS = 3_000
_QUERIED = ("firstname", "lastname", "email", "phone", "company", "name", "domain", "dealname", "hs_task_subject")
# Every sweep asks for these; they are a column, so that no value has to be read as text.
_MODIFIED = frozenset(kind.modified for kind in OBJECT_TYPES)
_PROPERTY_NAME = re.compile(r"[a-z][a-z0-9_]*")
Sql = tuple[str, list[Any]]


def search_objects(portal: Portal, call: Call) -> Answer:
    """POST …/search: a page of records that meet the filters."""
    kind = object_type_of(call)
    if len(call.raw_body) > MOST_CHARACTERS:
        raise invalid(f"The request body is too long: the most allowed is {MOST_CHARACTERS} characters")
    body = call.document()
    limit, after = _page_of(body)
    where, values = _where(portal, kind, body, call.at_ms)
    execute = portal.store.connection.execute
    total = execute(f"SELECT count(*) FROM records WHERE {where}", values).fetchone()[0]  # noqa: S608 - checked names
    rows = execute(
        f"SELECT id FROM records WHERE {where} ORDER BY {_order(portal, kind, body)} LIMIT ? OFFSET ?",  # noqa: S608
        [*values, limit, after],
    ).fetchall()
    records = portal.store.find_many(kind.name, [row[0] for row in rows])
    wanted = string_list(body, "properties")
    results = [to_json(portal, kind, records[row[0]], wanted) for row in rows]
    reply: dict[str, Any] = {"total": total, "results": results}
    if after + limit < total:
        reply["paging"] = {"next": {"after": str(after + limit)}}
    return Answer(200, reply)


def _page_of(body: Mapping[str, Any]) -> tuple[int, int]:
    limit, after = body.get("limit", 10), parse_record_id(body.get("after") or "0")
    if not isinstance(limit, int) or not 1 <= limit <= MOST_PER_PAGE:
        raise invalid(f"Invalid `limit`: it must be between 1 and {MOST_PER_PAGE}")
    if after is None:
        raise invalid("Invalid `after`: it must be a whole number")
    if after + limit > MOST_RESULTS:
        raise invalid(f"Paging through results beyond {MOST_RESULTS} is not supported")
    return limit, after


def _where(portal: Portal, kind: ObjectType, body: Mapping[str, Any], at_ms: int) -> Sql:
    visible_ms = at_ms - int(portal.settings.search_lag_seconds * 1000)
    parts = ["type = ? AND archived_ms IS NULL AND merged_into IS NULL AND created_ms <= ?"]
    values: list[Any] = [kind.name, visible_ms]
    groups = body.get("filterGroups") or []
    _check_sizes(groups)
    if groups:
        alternatives = [_group(portal, kind, group["filters"]) for group in groups]
        parts.append("(" + " OR ".join(sql for sql, _ in alternatives) + ")")
        values += [value for _, found in alternatives for value in found]
    if body.get("query"):
        parts.append("(" + " OR ".join(f"{_field(name)} LIKE ?" for name in _QUERIED) + ")")
        values += [f"%{body['query']}%"] * len(_QUERIED)
    return " AND ".join(parts), values


def _check_sizes(groups: Any) -> None:
    if not isinstance(groups, list) or not all(
        isinstance(g, dict) and isinstance(g.get("filters"), list) for g in groups
    ):
        raise bad_json("`filterGroups` must be a list of objects with `filters`")
    sizes = [len(group["filters"]) for group in groups]
    if 0 in sizes:
        raise invalid("A filter group needs at least one filter")
    if len(sizes) > MOST_GROUPS or max(sizes, default=0) > MOST_PER_GROUP or sum(sizes) > MOST_FILTERS:
        raise invalid(
            f"Too many filters: the most allowed are {MOST_GROUPS} groups of {MOST_PER_GROUP} and {MOST_FILTERS} in all"
        )


def _group(portal: Portal, kind: ObjectType, filters: list[Any]) -> Sql:
    found = [_filter(portal, kind, one) for one in filters]
    return "(" + " AND ".join(sql for sql, _ in found) + ")", [value for _, values in found for value in values]


def _filter(portal: Portal, kind: ObjectType, one: Any) -> Sql:
    if not isinstance(one, dict):
        raise bad_json("a filter must be an object")
    name, operator = one.get("propertyName"), one.get("operator")
    definition = portal.schema.definitions(kind.name).get(str(name))
    if definition is None:
        raise invalid(f"There was a problem with the request: property {name} does not exist")
    build = _OPERATORS.get(str(operator))
    if build is None:
        raise invalid(f"Invalid operator {operator}")
    return build(definition, one)


def _field(name: str) -> str:
    if not _PROPERTY_NAME.fullmatch(name):
        raise invalid(f"Invalid property name {name}")
    return "id" if name == "hs_object_id" else f"json_extract(properties, '$.{name}')"


def _comparable(definition: Definition) -> str:
    """Give the SQL that makes a property's values comparable: numbers, instants, or text without case."""
    field = _field(definition.name)
    if definition.name == "hs_object_id":
        return field
    if definition.name in _MODIFIED:
        return "updated_ms"
    if definition.type in ("datetime", "date"):
        return f"instant_ms({field})"
    return f"CAST({field} AS REAL)" if definition.type == "number" else f"lower({field})"


def _value(definition: Definition, raw: object) -> Any:
    text = str(raw)
    if raw is None:
        raise invalid(f"a filter on {definition.name} needs a value")
    if definition.type in ("datetime", "date"):
        at_ms = parse_instant(text)
        if at_ms is None:
            raise invalid(f"{text} was not a valid date and time for {definition.name}")
        return at_ms
    if definition.type == "number":
        if not is_number(text):
            raise invalid(f"{text} was not a valid number for {definition.name}")
        return float(text) if definition.name != "hs_object_id" else int(float(text))
    return text.lower()


def _compare(sign: str) -> Callable[[Definition, dict[str, Any]], Sql]:
    def build(definition: Definition, one: dict[str, Any]) -> Sql:
        return f"{_comparable(definition)} {sign} ?", [_value(definition, one.get("value"))]

    return build


def _differs(definition: Definition, one: dict[str, Any]) -> Sql:
    field = _comparable(definition)
    return f"({field} IS NULL OR {field} <> ?)", [_value(definition, one.get("value"))]


def _between(definition: Definition, one: dict[str, Any]) -> Sql:
    ends = [_value(definition, one.get("value")), _value(definition, one.get("highValue"))]
    return f"{_comparable(definition)} BETWEEN ? AND ?", ends


def _among(definition: Definition, one: dict[str, Any]) -> Sql:
    values = one.get("values")
    if not isinstance(values, list) or not values:
        raise invalid(f"operator {one.get('operator')} needs `values`")
    found = [_value(definition, value) for value in values]
    marks = ", ".join("?" * len(found))
    field = _comparable(definition)
    if one.get("operator") == "NOT_IN":
        return f"({field} IS NULL OR {field} NOT IN ({marks}))", found
    return f"{field} IN ({marks})", found


def _has(definition: Definition, one: dict[str, Any]) -> Sql:
    negation = "" if one.get("operator") == "NOT_HAS_PROPERTY" else "NOT "
    return f"{_field(definition.name)} IS {negation}NULL", []


def _token(definition: Definition, one: dict[str, Any]) -> Sql:
    pattern = str(one.get("value") or "").replace("*", "%")
    field = _field(definition.name)
    if one.get("operator") == "NOT_CONTAINS_TOKEN":
        return f"({field} IS NULL OR {field} NOT LIKE ?)", [f"%{pattern}%"]
    return f"{field} LIKE ?", [f"%{pattern}%"]


_OPERATORS: dict[str, Callable[[Definition, dict[str, Any]], Sql]] = {
    "EQ": _compare("="),
    "NEQ": _differs,
    "LT": _compare("<"),
    "LTE": _compare("<="),
    "GT": _compare(">"),
    "GTE": _compare(">="),
    "BETWEEN": _between,
    "IN": _among,
    "NOT_IN": _among,
    "HAS_PROPERTY": _has,
    "NOT_HAS_PROPERTY": _has,
    "CONTAINS_TOKEN": _token,
    "NOT_CONTAINS_TOKEN": _token,
}


def _order(portal: Portal, kind: ObjectType, body: Mapping[str, Any]) -> str:
    sorts = body.get("sorts") or []
    if not isinstance(sorts, list) or len(sorts) > 1:
        raise invalid("At most one sort is supported")
    for sort in sorts:
        name, direction = (sort, "ASCENDING") if isinstance(sort, str) else _sort_of(sort)
        definition = portal.schema.definitions(kind.name).get(name)
        if definition is None:
            raise invalid(f"Cannot sort by {name}: the property does not exist")
        return f"{_comparable(definition)} {'DESC' if direction == 'DESCENDING' else 'ASC'}, id"
    return "id"


def _sort_of(sort: Any) -> tuple[str, str]:
    if not isinstance(sort, dict) or sort.get("direction", "ASCENDING") not in ("ASCENDING", "DESCENDING"):
        raise invalid("a sort needs `propertyName` and `direction` ASCENDING or DESCENDING")
    return str(sort.get("propertyName")), str(sort.get("direction", "ASCENDING"))
