"""Read the comparisons of a score's rules into the words of our conditions; what cannot be said says why.

Source: HubSpot public API specification collection, Marketing Lead Scoring 2026-09-beta, snapshot 2026-08-21
(documented): operation types and their fields; list filters guide, read 2026-11 (documented): the operators, which the
specification leaves open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from adapters.hubspot.replies import to_text
from adapters.json_body import dig
from connector.domain.mapping import AttributeOwner
from connector.domain.values import parse_number
from connector.domain.yaml_readers import LARGEST_DAYS
from connector.study.crm_score.definition import AllOf, Lost, NoEquivalent, Operand, PropertyTest, When

_NEGATIVES: Final[Mapping[str, str]] = {
    "IS_NONE_OF": "IS_ANY_OF",
    "IS_NOT_EQUAL_TO": "IS_EQUAL_TO",
    "DOES_NOT_CONTAIN": "CONTAINS",
    "DOES_NOT_START_WITH": "STARTS_WITH",
    "DOES_NOT_END_WITH": "ENDS_WITH",
    "IS_NOT_BETWEEN": "IS_BETWEEN",
    "IS_NOT_KNOWN": "IS_KNOWN",
}
_GLOBS: Final[Mapping[str, str]] = {"CONTAINS": "*{}*", "STARTS_WITH": "{}*", "ENDS_WITH": "*{}"}
_NUMBERS: Final[Mapping[str, str]] = {
    "IS_EQUAL_TO": "equals",
    "IS_GREATER_THAN": "over",
    "IS_GREATER_THAN_OR_EQUAL_TO": "at_least",
    "IS_LESS_THAN": "under",
    "IS_LESS_THAN_OR_EQUAL_TO": "at_most",
}
_ROLLING: Final[Mapping[str, str]] = {
    "IS_LESS_THAN_X_DAYS_AGO": "newer_than_days",
    "IS_MORE_THAN_X_DAYS_AGO": "older_than_days",
}
_LOST: Final[Mapping[str, Lost]] = {
    "ROLLING_PROPERTY_UPDATED": "history",
    "COMPARATIVE_PROPERTY_UPDATED": "history",
    "COMPARATIVE_DATE": "comparison",
    "COMPARATIVE_NUMBER": "comparison",
    "COMPARATIVE_STRING": "comparison",
    "CALENDAR_DATE": "date",
    "DATE": "date",
    "DATETIME": "date",
    "RANGED_DATE": "date",
}
_PRESENCE: Final[Mapping[str, str]] = {"IS_KNOWN": "is_known", "IS_UNKNOWN": "is_unknown"}
_DAYS_OF: Final[Mapping[str, float]] = {"days": 1, "weeks": 7, "hours": 1 / 24}


def parse_test(property_name: object, operation: object, owner: AttributeOwner = "person") -> When:
    """Read one comparison of a property."""
    name = to_text(property_name) or ""
    stated = (to_text(dig(operation, "operator")) or "").upper()
    kind = (to_text(dig(operation, "operationType")) or to_text(dig(operation, "type")) or "").upper()
    operator = _NEGATIVES.get(stated, stated)
    read = _comparison(kind, operator, operation)
    if isinstance(read, NoEquivalent) or not name:
        return read if isinstance(read, NoEquivalent) else NoEquivalent("operator", kind)
    ours, operand = read
    return PropertyTest(
        name,
        ours,
        operand,
        negated=stated in _NEGATIVES,
        or_blank=dig(operation, "includeObjectsWithNoValueSet") is True,
        owner=owner,
    )


def parse_condition(condition: object, owner: AttributeOwner = "person") -> When:
    """Read a condition of one comparison, or of several that all have to hold."""
    parts = dig(condition, "conditions")
    if not isinstance(parts, list):
        return parse_test(dig(condition, "property"), dig(condition, "operation"), owner)
    read = tuple(parse_condition(part, owner) for part in parts)
    lost = next((part for part in read if isinstance(part, NoEquivalent)), None)
    if lost is not None or not read:
        return lost or NoEquivalent("operator", "COMPOSITE")
    return read[0] if len(read) == 1 else AllOf(read)


def parse_window_days(timeframe: object) -> float | NoEquivalent | None:
    """Return how far back events count; None for ever."""
    operation = dig(timeframe, "eventFilterOperation")
    if operation is None:
        return None
    kind = (to_text(dig(operation, "operationType")) or to_text(dig(operation, "type")) or "").upper()
    operator = (to_text(dig(operation, "operator")) or "").upper()
    read = _comparison(kind, operator, operation)
    if isinstance(read, tuple) and read[0] == "newer_than_days" and isinstance(read[1], float):
        return read[1]
    return read if isinstance(read, NoEquivalent) else NoEquivalent("date", operator)


def _comparison(kind: str, operator: str, operation: object) -> tuple[str, Operand] | NoEquivalent:
    reader = _READERS.get(kind)
    found = reader(operator, operation) if reader else None
    if found is None:
        return NoEquivalent(_LOST.get(kind, "history" if "EVER" in operator else "operator"), f"{kind} {operator}")
    return found


_Read = tuple[str, Operand] | None


def _presence(operator: str, _: object) -> _Read:
    return (_PRESENCE[operator], True) if operator in _PRESENCE else None


def _texts(operator: str, operation: object) -> _Read:
    values = dig(operation, "values")
    given = values if isinstance(values, list) else [dig(operation, "value")]
    texts = tuple(text for value in given if (text := (to_text(value) or "").strip()))
    if not texts:
        return None
    if operator in ("IS_ANY_OF", "IS_EQUAL_TO"):
        return "in", texts
    return ("matches_any", tuple(_GLOBS[operator].format(text) for text in texts)) if operator in _GLOBS else None


def _number(operator: str, operation: object) -> _Read:
    value = _to_number(dig(operation, "value"))
    return None if value is None or operator not in _NUMBERS else (_NUMBERS[operator], value)


def _between(operator: str, operation: object) -> _Read:
    low, high = _to_number(dig(operation, "lowerBound")), _to_number(dig(operation, "upperBound"))
    if low is None or high is None or operator != "IS_BETWEEN" or low > high:
        return None
    return "between", (low, high)


def _boolean(operator: str, operation: object) -> _Read:
    value = dig(operation, "value")
    return ("equals", value) if isinstance(value, bool) and operator == "IS_EQUAL_TO" else None


def _rolling(operator: str, operation: object) -> _Read:
    days = _to_number(dig(operation, "numberOfDays"))
    if days is None or days <= 0 or operator not in _ROLLING:
        return None
    return _ROLLING[operator], min(days, LARGEST_DAYS)


def _point(operator: str, operation: object) -> _Read:
    """Read "after so many days ago" and "before so many days ago"."""
    days = _days_ago(dig(operation, "timePoint"))
    ours = {"IS_AFTER": "newer_than_days", "IS_BEFORE": "older_than_days"}.get(operator)
    return None if days is None or days <= 0 or ours is None else (ours, days)


def _range(operator: str, operation: object) -> _Read:
    """Read "from so many days ago until now"."""
    since, until = _days_ago(dig(operation, "lowerBoundTimePoint")), _days_ago(dig(operation, "upperBoundTimePoint"))
    if since is None or since <= 0 or until != 0 or operator != "IS_BETWEEN":
        return None
    return "newer_than_days", since


def _days_ago(point: object) -> float | None:
    """Return how many days before now a moving point of time lies; None for a fixed one."""
    if dig(point, "timeType") != "INDEXED" or dig(point, "indexReference", "referenceType") not in ("NOW", "TODAY"):
        return None
    offset = dig(point, "offset")
    if not isinstance(offset, Mapping):
        return 0.0
    given = {str(unit): number for unit, value in offset.items() if (number := _to_number(value))}
    if any(unit not in _DAYS_OF for unit in given):
        return None
    return min(-sum(_DAYS_OF[unit] * number for unit, number in given.items()), LARGEST_DAYS)


def _to_number(value: object) -> float | None:
    number = parse_number(value)
    return number if isinstance(number, float) else None


_READERS: Final[Mapping[str, Callable[[str, object], _Read]]] = {
    "ALL_PROPERTY": _presence,
    "ENUMERATION": _texts,
    "MULTISTRING": _texts,
    "STRING": _texts,
    "NUMBER": _number,
    "NUMBER_RANGED": _between,
    "BOOL": _boolean,
    "ROLLING_DATE_RANGE": _rolling,
    "TIME_POINT": _point,
    "TIME_RANGED": _range,
}
