"""Tell whether a property's value satisfies one operation of a scoring rule.

Source: list filters guide, read 2026-11 (documented): the operators by type of operation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.hubspot.wire import is_number, parse_instant

_DAY_MS = 86_400_000
_NEGATED = {
    "IS_NONE_OF": "IS_ANY_OF",
    "IS_NOT_EQUAL_TO": "IS_EQUAL_TO",
    "DOES_NOT_CONTAIN": "CONTAINS",
    "IS_NOT_BETWEEN": "IS_BETWEEN",
}
_TEXTS: dict[str, Callable[[str, str], bool]] = {
    "IS_ANY_OF": lambda value, wanted: value == wanted,
    "IS_EQUAL_TO": lambda value, wanted: value == wanted,
    "CONTAINS": lambda value, wanted: wanted in value,
    "STARTS_WITH": lambda value, wanted: value.startswith(wanted),
    "ENDS_WITH": lambda value, wanted: value.endswith(wanted),
}
_NUMBERS: dict[str, Callable[[float, float], bool]] = {
    "IS_EQUAL_TO": lambda value, wanted: value == wanted,
    "IS_GREATER_THAN": lambda value, wanted: value > wanted,
    "IS_GREATER_THAN_OR_EQUAL_TO": lambda value, wanted: value >= wanted,
    "IS_LESS_THAN": lambda value, wanted: value < wanted,
    "IS_LESS_THAN_OR_EQUAL_TO": lambda value, wanted: value <= wanted,
}


def matches(operation: Mapping[str, Any], value: str, now_ms: int) -> bool:
    """Tell whether a value, empty for none, satisfies an operation."""
    kind, stated = operation["operationType"], operation["operator"]
    if kind == "ALL_PROPERTY":
        return (not value) is (stated == "IS_UNKNOWN")
    if not value:
        return bool(operation.get("includeObjectsWithNoValueSet"))
    operator = _NEGATED.get(stated, stated)
    return _holds(kind, operator, operation, value, now_ms) is not (stated in _NEGATED)


def _holds(kind: str, operator: str, operation: Mapping[str, Any], value: str, now_ms: int) -> bool:
    match kind:
        case "ENUMERATION" | "MULTISTRING" | "STRING":
            wanted = operation.get("values", [operation.get("value", "")])
            return any(_TEXTS[operator](value.lower(), str(one).lower()) for one in wanted)
        case "NUMBER":
            return is_number(value) and _NUMBERS[operator](float(value), float(operation["value"]))
        case "NUMBER_RANGED":
            return is_number(value) and float(operation["lowerBound"]) <= float(value) <= float(operation["upperBound"])
        case "BOOL":
            return value.lower() == str(operation["value"]).lower()
        case "ROLLING_DATE_RANGE":
            at_ms = int(value) if value.isdigit() else parse_instant(value)
            is_younger = at_ms is not None and now_ms - at_ms < int(operation["numberOfDays"]) * _DAY_MS
            return is_younger is (operator == "IS_LESS_THAN_X_DAYS_AGO")
    raise ValueError(f"the sandbox does not weigh operations of type {kind}")
