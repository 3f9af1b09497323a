"""Evaluate the three-valued conditions of a model."""

import re
from dataclasses import dataclass
from typing import Any

from .values import DAY, as_written, fold, read

MATCHED, NOT_MATCHED, UNKNOWN = "MATCHED", "NOT_MATCHED", "UNKNOWN"

EVENT_TYPES = {"occurred_at": "datetime", "count": "number"}


@dataclass(frozen=True)
class Facts:
    """What conditions may ask about: the person, and for signals the event, at one instant."""

    types: dict[str, str]
    person: dict[str, Any]
    now: int
    event: dict[str, Any] | None = None


def evaluate(condition: dict[str, Any] | None, facts: Facts) -> str:
    """Return MATCHED, NOT_MATCHED or UNKNOWN; no condition at all is MATCHED."""
    if not condition:
        return MATCHED
    if "all" in condition:
        return _first_of((NOT_MATCHED, UNKNOWN, MATCHED), condition["all"], facts)
    if "any" in condition:
        return _first_of((MATCHED, UNKNOWN, NOT_MATCHED), condition["any"], facts)
    if "not" in condition:
        inner = evaluate(condition["not"], facts)
        return {MATCHED: NOT_MATCHED, NOT_MATCHED: MATCHED, UNKNOWN: UNKNOWN}[inner]
    return _compare(condition, facts)


def _first_of(order: tuple[str, str, str], parts: list[dict[str, Any]], facts: Facts) -> str:
    states = {evaluate(part, facts) for part in parts}
    return next(state for state in order if state in states)


def _compare(condition: dict[str, Any], facts: Facts) -> str:
    kind, value = _subject(condition, facts)
    operator, operand = next((key, condition[key]) for key in condition if key not in ("attribute", "event"))
    if operator == "is_known":
        return MATCHED if value is not None else NOT_MATCHED
    if operator == "is_unknown":
        return MATCHED if value is None else NOT_MATCHED
    if value is None:
        return UNKNOWN
    return MATCHED if _holds(kind, operator, value, operand, facts.now) else NOT_MATCHED


def _subject(condition: dict[str, Any], facts: Facts) -> tuple[str, Any]:
    if "attribute" in condition:
        name = condition["attribute"]
        kind = facts.types[name]
        return kind, read(kind, facts.person.get(name))
    name = condition["event"]
    kind = EVENT_TYPES.get(name, "text")
    return kind, read(kind, (facts.event or {}).get(name))


def _holds(kind: str, operator: str, value: Any, operand: Any, now: int) -> bool:
    if kind == "text":
        return _text_holds(operator, fold(value), operand)
    if kind == "list":
        return fold(operand) in [fold(item) for item in value]
    if kind == "datetime":
        limit = as_written(operand) * DAY
        return bool(now - value > limit) if operator == "older_than_days" else bool(now - value < limit)
    return _number_holds(operator, value, operand)


def _text_holds(operator: str, text: str, operand: Any) -> bool:
    match operator:
        case "equals":
            return text == fold(operand)
        case "not_equals":
            return text != fold(operand)
        case "in":
            return text in [fold(item) for item in operand]
        case "not_in":
            return text not in [fold(item) for item in operand]
        case "matches":
            return glob_covers(operand, text)
        case "matches_any":
            return any(glob_covers(pattern, text) for pattern in operand)
        case "contains":
            return fold(operand) in text
    raise KeyError(operator)


def glob_covers(pattern: str, folded: str) -> bool:
    """Tell whether the glob covers the whole text; only `*` and `?` are special."""
    pieces = {"*": ".*", "?": "."}
    expression = "".join(pieces.get(char, re.escape(char)) for char in fold(pattern))
    return re.fullmatch(expression, folded, re.DOTALL) is not None


def _number_holds(operator: str, value: Any, operand: Any) -> bool:
    """Compare numbers, and booleans with `equals` and `not_equals`."""
    match operator:
        case "equals":
            return bool(value == operand)
        case "not_equals":
            return bool(value != operand)
        case "in":
            return value in operand
        case "not_in":
            return value not in operand
        case "over":
            return bool(value > operand)
        case "under":
            return bool(value < operand)
        case "at_least":
            return bool(value >= operand)
        case "at_most":
            return bool(value <= operand)
        case "between":
            return bool(operand[0] <= value <= operand[1])
    raise KeyError(operator)
