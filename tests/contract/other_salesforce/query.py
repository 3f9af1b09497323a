"""Answer queries: which fields there are, of which type a literal must be, and which records are told."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import NoReturn

from tests.contract.other_salesforce import ids, soql
from tests.contract.other_salesforce.catalogue import NUMBERS, Field, SObject
from tests.contract.other_salesforce.org import Item, Org
from tests.contract.other_salesforce.replies import refuse
from tests.contract.other_salesforce.soql import Compare, Condition, Operand, Query
from tests.contract.other_salesforce.values import Kept, fold

_NAME_FIELDS = ("Name", "Email", "FirstName", "LastName", "Id", "Username", "Alias", "Type", "Title", "Phone")
_KIND_NAMES = {"datetime": "dateTime", "reference": "Id", "id": "Id", "textarea": "string", "combobox": "string"}
_SIGNS: dict[str, Callable[[object, object], bool]] = {
    "=": lambda one, other: one == other,
    "!=": lambda one, other: one != other,
    "<": lambda one, other: one < other,  # type: ignore[operator]
    "<=": lambda one, other: one <= other,  # type: ignore[operator]
    ">": lambda one, other: one > other,  # type: ignore[operator]
    ">=": lambda one, other: one >= other,  # type: ignore[operator]
}


@dataclass(frozen=True)
class Column:
    """Name one thing a query asks for: the way through the parents, and the field at its end."""

    parents: tuple[str, ...]
    field: str


@dataclass(frozen=True)
class Found:
    """Hold what a query finds before it is told: records, the columns of each, and its subqueries."""

    sobject: str
    items: list[Item]
    columns: tuple[Column, ...]
    children: tuple[tuple[str, str, Query], ...]
    counts: bool = False


def run(org: Org, text: str, *, everything: bool) -> Found:
    """Answer a query. Raises RefusalError for what cannot be asked."""
    query = soql.parse(text)
    described = org.described(query.source)
    if org.habits.most_ids is not None and text.count("','") >= org.habits.most_ids:
        raise refuse(400, "QUERY_TIMEOUT", "Your query request was running for too long.")
    children = tuple(_child(org, described, child) for child in query.children)
    columns = tuple(_column(org, described, path) for path in query.paths)
    items = select(org, described, query, everything=everything)
    return Found(described.name, items, columns, children, query.counts)


def _child(org: Org, parent: SObject, query: Query) -> tuple[str, str, Query]:
    """Return relationship and key of a subquery, and the query on the object itself."""
    name = next((one for one in parent.children if one.lower() == query.source.lower()), None)
    if name is None:
        message = (
            f"Didn't understand relationship '{query.source}' in FROM part of query call. If you are attempting to use "
            "a custom relationship, be sure to append the '__r' after the custom relationship name."
        )
        raise refuse(400, "INVALID_TYPE", message)
    sobject, key = parent.children[name]
    described = org.described(sobject)
    for path in query.paths:
        _column(org, described, path)
    return name, key, replace(query, source=sobject)


def columns_of(org: Org, query: Query) -> tuple[Column, ...]:
    described = org.described(query.source)
    return tuple(_column(org, described, path) for path in query.paths)


def select(org: Org, described: SObject, query: Query, *, everything: bool) -> list[Item]:
    """Return the records of a query in their order."""
    test = _tester(org, described, query.where)
    found = [item for item in org.items[described.name].values() if (everything or _is_shown(org, item)) and test(item)]
    for path, downward in reversed(query.order):
        column = _column(org, described, path)
        found.sort(key=lambda item: _rank(read(org, item, column)), reverse=downward)
    return found if query.limit is None else found[: query.limit]


def _is_shown(org: Org, item: Item) -> bool:
    return not item.deleted and not org.is_archived(item)


def _rank(value: Kept) -> tuple[bool, str]:
    if isinstance(value, float | int):
        return True, f"{value:020.4f}"
    return value is not None, str(value)


def no_such_column(name: str, sobject: str) -> NoReturn:
    where = f"\nSELECT {name} FROM {sobject}\n       ^\nERROR at Row:1:Column:8\n"
    raise refuse(400, "INVALID_FIELD", f"{where}No such column '{name}' on entity '{sobject}'.")


def _column(org: Org, described: SObject, path: str) -> Column:
    """Find a field, through its parents; of a parent that may be of several objects only a few are known."""
    *relations, name = path.split(".")
    parents: list[str] = []
    here: SObject | None = described
    for relation in relations:
        link = _link(here, relation)
        parents.append(link.name)
        here = _parent(org, here, relation, link.refers_to[0]) if here and len(link.refers_to) == 1 else None
    if here is None:
        if name not in _NAME_FIELDS:
            no_such_column(name, "Name")
        return Column(tuple(parents), name)
    return Column(tuple(parents), _field(here, name).name)


def _link(described: SObject | None, relation: str) -> Field:
    fields = described.fields.values() if described else ()
    found = next((one for one in fields if (one.relation or "").lower() == relation.lower()), None)
    if found is None:
        named = described.name if described else "Name"
        message = f"Didn't understand relationship '{relation}' in field path on entity '{named}'."
        raise refuse(400, "INVALID_FIELD", message)
    return found


def _parent(org: Org, described: SObject, relation: str, target: str) -> SObject:
    """Return a parent's object; one our user may not read is a relationship nobody understands."""
    if target in org.unseen:
        message = f"Didn't understand relationship '{relation}' in field path on entity '{described.name}'."
        raise refuse(400, "INVALID_FIELD", message)
    return org.described(target)


def _field(described: SObject, name: str) -> Field:
    found = next((one for key, one in described.fields.items() if key.lower() == name.lower()), None)
    return found if found is not None else no_such_column(name, described.name)


def read(org: Org, item: Item, column: Column) -> Kept:
    here: Item | None = item
    for key in column.parents:
        here = org.find(str(here.values.get(key))) if here and here.values.get(key) else None
    if here is None:
        return None
    if column.field == "IsArchived":
        return org.is_archived(here)
    value = here.values.get(column.field)
    described = org.objects[here.sobject].fields.get(column.field)
    return False if value is None and described is not None and described.kind == "boolean" else value


# ---------------------------------------------------------------------------------------------------- conditions
def _tester(org: Org, described: SObject, condition: Condition | None) -> Callable[[Item], bool]:
    if condition is None:
        return lambda item: True
    if isinstance(condition, Compare):
        return _compare(org, described, condition)
    tests = [_tester(org, described, part) for part in condition.parts]
    match condition.word:
        case "AND":
            return lambda item: all(test(item) for test in tests)
        case "OR":
            return lambda item: any(test(item) for test in tests)
    return lambda item: not tests[0](item)


def _compare(org: Org, described: SObject, condition: Compare) -> Callable[[Item], bool]:
    column = _column(org, described, condition.path)
    field = _end(org, described, condition.path)
    if not field.filterable:
        message = f"field '{field.name}' can not be filtered in a query call"
        raise refuse(400, "INVALID_FIELD", message)
    wanted = [fold(_operand(org, field, operand, condition.sign)) for operand in condition.operands]
    if condition.sign in ("IN", "NOT IN"):
        among = set(wanted)
        return lambda item: (fold(read(org, item, column)) in among) == (condition.sign == "IN")
    if condition.sign == "LIKE":
        pattern = _pattern(str(wanted[0]))
        return lambda item: pattern.fullmatch(str(fold(read(org, item, column)) or "")) is not None
    sign, value = _SIGNS[condition.sign], wanted[0]

    def test(item: Item) -> bool:
        held = fold(read(org, item, column))
        if held is None or value is None:
            return sign(held, value) if condition.sign in ("=", "!=") else False
        return sign(held, value)

    return test


def _end(org: Org, described: SObject, path: str) -> Field:
    here = described
    *relations, name = path.split(".")
    for relation in relations:
        here = org.described(_link(here, relation).refers_to[0])
    return _field(here, name)


def _pattern(text: str) -> re.Pattern[str]:
    parts = (".*" if char == "%" else "." if char == "_" else re.escape(char) for char in text)
    return re.compile("".join(parts), re.DOTALL)


def _operand(org: Org, field: Field, operand: Operand, sign: str) -> Kept:
    """Return a literal's value. Raises RefusalError when it is not of the field's type."""
    if operand.kind == "null":
        return None
    if field.kind in ("id", "reference"):
        return _id(field, operand)
    if field.kind in NUMBERS:
        return operand.value if operand.kind == "number" else _wrong_type(field)
    if field.kind == "boolean":
        if sign not in ("=", "!="):
            raise refuse(400, "INVALID_QUERY_FILTER_OPERATOR", f"invalid operator on field {field.name}")
        return operand.value if operand.kind == "boolean" else _wrong_type(field)
    if field.kind in ("date", "datetime"):
        return _time(org, field, operand)
    return operand.value if operand.kind == "text" else _wrong_type(field)


def _id(field: Field, operand: Operand) -> str:
    found = ids.read(operand.value) if operand.kind == "text" else None
    if found is None:
        raise refuse(400, "INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {operand.value}")
    return found


def _time(org: Org, field: Field, operand: Operand) -> datetime | date:
    if operand.kind == "last_days" and isinstance(operand.value, float):
        since = (org.clock() - timedelta(days=operand.value)).date()
        return since if field.kind == "date" else datetime.combine(since, datetime.min.time(), UTC)
    if operand.kind != field.kind or not isinstance(operand.value, date):
        _wrong_type(field)
    return operand.value


def _wrong_type(field: Field) -> NoReturn:
    kind = _KIND_NAMES.get(field.kind, field.kind)
    quotes = "should be enclosed in quotes" if kind == "string" else "should not be enclosed in quotes"
    message = f"value of filter criterion for field '{field.name}' must be of type {kind} and {quotes}"
    raise refuse(400, "INVALID_FIELD", message)
