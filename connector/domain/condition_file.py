"""Read the conditions of a file: one subject and one operator that fits its type, or a combination of conditions.

A condition that was read can always be evaluated: an operator that does not fit the type of its attribute, or a value
of another type, is refused here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, cast

from connector.domain.conditions import (
    ALL_OPERATORS,
    OPERATORS,
    PRESENCE,
    All,
    Any,
    Condition,
    Not,
    Operand,
    Subject,
    Test,
)
from connector.domain.person import EVENT_TYPES, ValueType
from connector.domain.phrase import Phrase, phrase
from connector.domain.yaml_fields import REFUSED, Place, Reader, Refused, is_list, is_map, suggest
from connector.domain.yaml_readers import LARGEST_DAYS, TEXT, list_of, number, read_boolean, read_number, read_text
from connector.domain.yaml_tree import Items, Scalar, quoted

SUBJECTS: Final[tuple[Subject, ...]] = ("attribute", "event")
COMBINATIONS: Final = ("all", "any", "not")
_KEYS: Final = (*SUBJECTS, *ALL_OPERATORS, *COMBINATIONS)
MAP_IT: Final = phrase("map it under `attributes` of the mapping file")
EXAMPLE: Final = "{attribute: country, in: [ES]}"


def condition(*subjects: Subject) -> Reader[Condition]:
    """Build a reader of conditions about `subjects`; attributes and their types are those of the mapping."""

    def read(place: Place) -> Condition | Refused:
        return _read_condition(place, subjects)

    return Reader(phrase("condition"), read)


def _read_condition(place: Place, subjects: tuple[Subject, ...]) -> Condition | Refused:
    if not is_map(place):
        return REFUSED
    names = [name for name, _ in place.entries()]
    unknown = [name for name in names if name not in _KEYS]
    for name in unknown:
        place.refuse_key(
            name, phrase("unknown key {name} in a condition — {advice}", name=quoted(name), advice=suggest(name, _KEYS))
        )
    combined = [name for name in names if name in COMBINATIONS]
    tests = [name for name in names if name in SUBJECTS or name in ALL_OPERATORS]
    if len(combined) + bool(tests) > 1:
        return place.refuse(
            phrase(
                "{names} stand side by side — keep one of them, or nest them under `all` or `any`",
                names=_listed(combined + tests),
            )
        )
    if combined:
        result = _read_combination(place, combined[0], subjects)
        return REFUSED if unknown else result
    if not tests and unknown:
        return REFUSED
    result = _read_test(place, subjects, mistyped=bool(unknown))
    return REFUSED if unknown else result


def _listed(names: list[str]) -> str:
    return ", ".join(quoted(name) for name in names)


def _read_combination(place: Place, name: str, subjects: tuple[Subject, ...]) -> Condition | Refused:
    child = place.key(name)
    if child is None:
        return REFUSED
    if name == "not":
        part = _read_condition(child, subjects)
        return REFUSED if isinstance(part, Refused) else Not(part)
    parts = list_of(condition(*subjects), at_least=1).read(child)
    if isinstance(parts, Refused):
        return REFUSED
    return All(parts) if name == "all" else Any(parts)


def _read_test(place: Place, subjects: tuple[Subject, ...], *, mistyped: bool) -> Condition | Refused:
    """Read a subject and its operator; `mistyped` says that an unknown key may have been meant as the missing one."""
    names = [name for name, _ in place.entries()]
    subject = _only(
        place,
        [name for name in names if name in SUBJECTS],
        phrase("subject"),
        phrase("`attribute` or `event`"),
        mistyped,
    )
    operators = [name for name in names if name in ALL_OPERATORS]
    operator = _only(place, operators, phrase("operator"), phrase("one, as in {example}", example=EXAMPLE), mistyped)
    name, value_type = _read_subject(place, subject, subjects) if subject else (None, None)
    operand = _read_operand(place, operator, name, value_type) if operator else REFUSED
    if isinstance(operand, Refused) or name is None or not subject or not operator:
        return REFUSED
    inferred = value_type or _infer_type(place, operator)
    return Test("attribute" if subject == "attribute" else "event", name, operator, operand, inferred)


def _only(place: Place, found: list[str], noun: Phrase, advice: Phrase, mistyped: bool) -> str | None:
    if len(found) == 1:
        return found[0]
    if found:
        place.refuse(
            phrase(
                "two {noun}s, {names} — keep one, or nest two conditions under `all`",
                noun=noun,
                names=_listed(found),
            )
        )
    elif not mistyped:
        place.refuse(phrase("the condition has no {noun} — add {advice}", noun=noun, advice=advice))
    return None


def _read_subject(place: Place, subject: str, subjects: tuple[Subject, ...]) -> tuple[str | None, ValueType | None]:
    """Return the name and type of what a test looks at; a type of None is one that cannot be known here."""
    child = place.key(subject)
    if subject not in subjects:
        place.refuse_key(
            subject,
            phrase("`{subject}` cannot be used here — only signals and hand-raises look at events", subject=subject),
        )
        return None, None
    name = read_text(child) if child else REFUSED
    if child is None or isinstance(name, Refused):
        return None, None
    known: Mapping[str, ValueType] | None = EVENT_TYPES if subject == "event" else place.reading.types
    if known is None:
        return name, None
    if name in known:
        return name, known[name]
    noun = phrase("event property") if subject == "event" else phrase("attribute")
    otherwise = "" if subject == "event" else MAP_IT
    child.refuse(
        phrase("unknown {noun} {name} — {advice}", noun=noun, name=quoted(name), advice=suggest(name, known, otherwise))
    )
    return None, None


def _read_operand(place: Place, operator: str, name: str | None, value_type: ValueType | None) -> Operand | Refused:
    child = place.key(operator)
    if child is None:
        return REFUSED
    if value_type and operator not in OPERATORS[value_type]:
        fitting = ", ".join(OPERATORS[value_type])
        return place.refuse_key(
            operator,
            phrase(
                "`{operator}` does not fit {name}, which is of type {value_type} — use one of: {fitting}",
                operator=operator,
                name=quoted(name or ""),
                value_type=value_type,
                fitting=fitting,
            ),
        )
    read_value = _OF_TYPE[value_type] if value_type else _read_any
    if operator in PRESENCE:
        return _read_presence(child, operator)
    if operator in ("in", "not_in"):
        return cast("Operand | Refused", list_of(Reader(phrase("value"), read_value), at_least=1).read(child))
    return _OPERANDS.get(operator, read_value)(child)


def _read_presence(place: Place, operator: str) -> bool | Refused:
    value = read_boolean(place)
    if value is False:
        other = PRESENCE[1 - PRESENCE.index(operator)]
        return place.refuse(
            phrase("`{operator}` takes only true — write `{other}: true` instead", operator=operator, other=other)
        )
    return value


def _read_between(place: Place) -> tuple[float, ...] | Refused:
    if not is_list(place, "[20, 1000]"):
        return REFUSED
    bounds = list_of(Reader(phrase("number"), read_number)).read(place)
    if isinstance(bounds, Refused):
        return REFUSED
    if len(bounds) != 2:
        return place.refuse(
            phrase("`between` has {count} numbers — write two, the low and the high: [20, 1000]", count=len(bounds))
        )
    if bounds[0] > bounds[1]:
        return place.refuse(
            phrase("{low:g} is over {high:g} — write the low number first", low=bounds[0], high=bounds[1])
        )
    return bounds


def _read_any(place: Place) -> str | float | bool | Refused:
    """Read a value whose type is not known, because no mapping is at hand."""
    match place.node:
        case Scalar(kind="number"):
            return read_number(place)
        case Scalar(kind="boolean"):
            return read_boolean(place)
    return read_text(place)


_read_days: Final = number(("≥", 0), ("≤", LARGEST_DAYS)).read
_OF_TYPE: Final[Mapping[ValueType, Callable[[Place], str | float | bool | Refused]]] = {
    "text": read_text,
    "number": read_number,
    "boolean": read_boolean,
    "datetime": _read_days,
    "list": read_text,
}
_NUMBER_OPERATORS: Final = ("over", "under", "at_least", "at_most")
_DAYS_OPERATORS: Final = ("older_than_days", "newer_than_days")
_OPERANDS: Final[Mapping[str, Callable[[Place], Operand | Refused]]] = {
    "between": _read_between,
    "matches": read_text,
    "matches_any": list_of(TEXT, at_least=1).read,
    "contains": read_text,
    **dict.fromkeys(_NUMBER_OPERATORS, read_number),
    **dict.fromkeys(_DAYS_OPERATORS, _read_days),
}


def _infer_type(place: Place, operator: str) -> ValueType:
    """Guess a type from the operator and its operand; such a condition can be shown and compared, not evaluated."""
    if operator in _DAYS_OPERATORS:
        return "datetime"
    if operator in (*_NUMBER_OPERATORS, "between"):
        return "number"
    child = place.key(operator)
    node = child.node if child else None
    first = node.items[0] if isinstance(node, Items) else node
    if isinstance(first, Scalar) and first.kind == "number":
        return "number"
    plain_boolean = isinstance(first, Scalar) and first.kind == "boolean" and operator not in PRESENCE
    return "boolean" if plain_boolean else "text"
