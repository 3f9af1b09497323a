"""Turn WHERE conditions into SQL, refusing values that do not fit their field.

Texts are compared without case, a missing value differs from everything, NOT of an unknown is true: as SOQL does, not
as SQL does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from sandbox.salesforce.ids import to_18
from sandbox.salesforce.schema import Field
from sandbox.salesforce.soql.nodes import (
    Comparison,
    Condition,
    Constant,
    Junction,
    Membership,
    Negation,
    Query,
    SemiJoin,
    SoqlError,
)
from sandbox.salesforce.soql.ranges import days_of
from sandbox.salesforce.soql.scope import Column, Scope
from sandbox.salesforce.store import Value
from sandbox.salesforce.values import NUMBERS, TEXTS
from sandbox.salesforce.wire import to_ms

_MOST_LETTERS = 4000


@dataclass(slots=True)
class Parameters:
    """The values of one SQL statement, each under a name of its own."""

    values: dict[str, Value] = field(default_factory=dict)

    def add(self, value: Value) -> str:
        """Take a value and give its mark in the SQL."""
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f":{name}"


@dataclass(slots=True)
class Filter:
    """Builds the conditions of one SELECT; `semi_join` builds the SQL of a query inside a condition."""

    scope: Scope
    parameters: Parameters
    now_ms: int
    semi_join: Callable[[Query], str]

    def build(self, condition: Condition) -> str:
        """Write a condition as SQL."""
        if isinstance(condition, Junction):
            return f" {condition.operator} ".join(f"({self.build(part)})" for part in condition.parts)
        if isinstance(condition, Negation):
            return f"NOT COALESCE(({self.build(condition.part)}), 0)"
        column = self._filterable(condition)
        if isinstance(condition, Comparison):
            return self._comparison(column, condition.operator, condition.value)
        if isinstance(condition, Membership):
            return self._membership(column, condition)
        return self._semi_join(column, condition)

    def _filterable(self, condition: Comparison | Membership | SemiJoin) -> Column:
        column = self.scope.column(condition.path)
        if not column.field.filterable or column.field.type == "address":
            message = f"field '{column.field.name}' can not be filtered in a query call"
            raise SoqlError("INVALID_FIELD", message, condition.path.position)
        return column

    def _comparison(self, column: Column, operator: str, constant: Constant) -> str:
        if operator == "LIKE":
            return self._like(column, constant)
        if constant.kind == "range":
            return self._range(column, operator, constant)
        value = self._value(column.field, constant)
        if value is None:
            return _null(column.sql, operator)
        return self._ordinary(column, operator, value)

    def _ordinary(self, column: Column, operator: str, value: Value) -> str:
        sql, mark = self._sides(column, value)
        compared = f"{sql} {operator if operator != '!=' else '<>'} {mark}"
        if column.field.case_sensitive and operator == "=":
            compared += f" AND {column.sql} = {self.parameters.add(value)}"
        return f"({column.sql} IS NULL OR {compared})" if operator == "!=" else compared

    def _sides(self, column: Column, value: Value) -> tuple[str, str]:
        if column.field.type in TEXTS and isinstance(value, str):
            return f"fold({column.sql})", self.parameters.add(value.casefold())
        return column.sql, self.parameters.add(value)

    def _like(self, column: Column, constant: Constant) -> str:
        if column.field.type not in TEXTS:
            kind = "id" if column.field.type in ("id", "reference") else column.field.type
            raise SoqlError("INVALID_QUERY_FILTER_OPERATOR", f"invalid operator on {kind} field", constant.position)
        if constant.kind != "string":
            raise _must_be("string", column.field, constant)
        mark = self.parameters.add(constant.pattern.casefold())
        return f"fold({column.sql}) LIKE {mark} ESCAPE '\\'"

    def _range(self, column: Column, operator: str, constant: Constant) -> str:
        if column.field.type not in ("date", "datetime"):
            raise SoqlError("MALFORMED_QUERY", f"unexpected token: '{constant.value}'", constant.position)
        first, after = days_of(constant, self.now_ms)
        low, high = self._bounds(column.field, first, after)
        sql = column.sql
        inside = f"{sql} >= {low} AND {sql} < {high}"
        return {
            "=": inside,
            "!=": f"({sql} IS NULL OR NOT ({inside}))",
            "<": f"{sql} < {low}",
            "<=": f"{sql} < {high}",
            ">": f"{sql} >= {high}",
            ">=": f"{sql} >= {low}",
        }[operator]

    def _bounds(self, found: Field, first: date, after: date) -> tuple[str, str]:
        if found.type == "date":
            return self.parameters.add(first.isoformat()), self.parameters.add(after.isoformat())
        return self.parameters.add(_midnight(first)), self.parameters.add(_midnight(after))

    def _membership(self, column: Column, condition: Membership) -> str:
        if condition.operator in ("INCLUDES", "EXCLUDES"):
            return self._includes(column, condition)
        values = [self._value(column.field, constant) for constant in condition.values]
        known = [value for value in values if value is not None]
        sides = [self._sides(column, value) for value in known]
        sql = sides[0][0] if sides else column.sql
        inside = f"{sql} IN ({', '.join(mark for _, mark in sides)})" if sides else "0"
        if len(known) < len(values):
            inside = f"({inside} OR {column.sql} IS NULL)"
            return inside if condition.operator == "IN" else f"NOT COALESCE({inside}, 0)"
        if condition.operator == "IN":
            return inside
        return f"({column.sql} IS NULL OR NOT {inside})"

    def _includes(self, column: Column, condition: Membership) -> str:
        if column.field.type != "multipicklist":
            message = f"invalid operator on {column.field.type} field"
            raise SoqlError("INVALID_QUERY_FILTER_OPERATOR", message, condition.path.position)
        wanted = [str(self._value(column.field, constant) or "") for constant in condition.values]
        sql = f"';' || fold({column.sql}) || ';'"
        tests = [
            "(" + " AND ".join(f"{sql} LIKE {self._element(part)} ESCAPE '\\'" for part in one.split(";")) + ")"
            for one in wanted
        ]
        found = f"COALESCE(({' OR '.join(tests)}), 0)"
        return found if condition.operator == "INCLUDES" else f"NOT {found}"

    def _element(self, part: str) -> str:
        escaped = "".join("\\" + letter if letter in "%_\\" else letter for letter in part.casefold())
        return self.parameters.add(f"%;{escaped};%")

    def _semi_join(self, column: Column, condition: SemiJoin) -> str:
        if column.field.type not in ("id", "reference"):
            message = f"The left operand in the semi join expression is not an id field: {column.field.name}"
            raise SoqlError("MALFORMED_QUERY", message)
        inner = self.semi_join(condition.query)
        inside = f"{column.sql} IN ({inner})"
        return f"({column.sql} IS NULL OR NOT {inside})" if condition.negated else inside

    def _value(self, found: Field, constant: Constant) -> Value:
        """Give the stored form of a constant; refuse one that does not fit the field."""
        if constant.kind == "null":
            return None
        if found.type in ("id", "reference"):
            return _identifier(found, constant)
        wanted, name, quoted = _wanted(found)
        if constant.kind != wanted:
            raise _must_be(name, found, constant, quoted=quoted)
        if constant.kind == "string" and len(str(constant.value)) > _MOST_LETTERS:
            message = f"String literal in a WHERE clause can't exceed {_MOST_LETTERS} characters."
            raise SoqlError("MALFORMED_QUERY", message, constant.position)
        if constant.kind == "boolean":
            return int(bool(constant.value))
        return constant.value or None if constant.kind == "string" else constant.value


def _midnight(day: date) -> int:
    return to_ms(datetime(day.year, day.month, day.day, tzinfo=UTC))


def _null(sql: str, operator: str) -> str:
    return {"=": f"{sql} IS NULL", "!=": f"{sql} IS NOT NULL"}.get(operator, "0")


def _wanted(found: Field) -> tuple[str, str, bool]:
    """Give the kind of constant a field takes, its name in a refusal, and whether it wants quotes."""
    if found.type in NUMBERS:
        return "number", "int" if found.type == "int" else "double", False
    if found.type in ("boolean", "date", "datetime"):
        return found.type, {"datetime": "dateTime"}.get(found.type, found.type), False
    return "string", "string", True


def _must_be(kind: str, found: Field, constant: Constant, *, quoted: bool = True) -> SoqlError:
    quotes = "should be enclosed in quotes" if quoted else "should not be enclosed in quotes"
    message = f"value of filter criterion for field '{found.name}' must be of type {kind} and {quotes}"
    return SoqlError("INVALID_FIELD", message, constant.position)


def _identifier(found: Field, constant: Constant) -> str:
    if constant.kind != "string":
        raise _must_be("ID", found, constant)
    whole = to_18(str(constant.value))
    if whole is None:
        raise SoqlError("INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {constant.value}")
    return whole
