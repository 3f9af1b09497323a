"""Evaluate conditions in three-valued logic: UNKNOWN is an answer, never an exception and never a silent false.

A condition is validated when the model file is read, so evaluation cannot meet an operator that does not fit its type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Final, Literal, TypeAlias

from connector.domain.person import UNKNOWN, Event, Known, Person, Value, ValueType
from connector.domain.text import compile_glob, fold

DAY_SECONDS: Final = 86_400.0


class Truth(Enum):
    MATCHED = "matched"
    NOT_MATCHED = "not_matched"
    UNKNOWN = "unknown"


Subject: TypeAlias = Literal["attribute", "event"]
Operand: TypeAlias = str | float | bool | tuple[str, ...] | tuple[float, ...]

PRESENCE: Final = ("is_known", "is_unknown")
OPERATORS: Final[Mapping[ValueType, tuple[str, ...]]] = {
    "text": ("equals", "not_equals", "in", "not_in", "matches", "matches_any", "contains", *PRESENCE),
    "number": (
        "equals", "not_equals", "in", "not_in", "over", "under", "at_least", "at_most", "between", *PRESENCE,
    ),
    "boolean": ("equals", "not_equals", *PRESENCE),
    "datetime": ("older_than_days", "newer_than_days", *PRESENCE),
    "list": ("contains", *PRESENCE),
}  # fmt: skip
ALL_OPERATORS: Final = tuple(dict.fromkeys(name for names in OPERATORS.values() for name in names))


@dataclass(frozen=True, slots=True)
class Test:
    """Compare one attribute of the person, or one property of the event, with an operand."""

    __test__ = False  # not a test class, whatever a test runner thinks of its name

    subject: Subject
    name: str
    operator: str
    operand: Operand
    value_type: ValueType
    check: Callable[[Known, datetime], bool] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "check", _build_check(self.operator, self.operand, self.value_type))


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition


Condition: TypeAlias = Test | All | Any | Not


def evaluate(condition: Condition, person: Person, event: Event | None, now: datetime) -> Truth:
    """Return the truth of `condition` about `person` (and `event`, for a signal) at `now`. Pure; never raises."""
    match condition:
        case Test():
            return _evaluate_test(condition, person, event, now)
        case Not(part):
            return _NEGATED[evaluate(part, person, event, now)]
        case All(parts):
            return _first_decisive((evaluate(part, person, event, now) for part in parts), Truth.NOT_MATCHED)
        case Any(parts):
            return _first_decisive((evaluate(part, person, event, now) for part in parts), Truth.MATCHED)


_NEGATED: Final = {
    Truth.MATCHED: Truth.NOT_MATCHED,
    Truth.NOT_MATCHED: Truth.MATCHED,
    Truth.UNKNOWN: Truth.UNKNOWN,
}


def _first_decisive(truths: Iterable[Truth], decisive: Truth) -> Truth:
    unknown = False
    for truth in truths:
        if truth is decisive:
            return decisive
        unknown = unknown or truth is Truth.UNKNOWN
    return Truth.UNKNOWN if unknown else _NEGATED[decisive]


def _evaluate_test(test: Test, person: Person, event: Event | None, now: datetime) -> Truth:
    value = subject_value(test, person, event)
    if test.operator == "is_known":
        return Truth.NOT_MATCHED if value is UNKNOWN else Truth.MATCHED
    if test.operator == "is_unknown":
        return Truth.MATCHED if value is UNKNOWN else Truth.NOT_MATCHED
    if value is UNKNOWN:
        return Truth.UNKNOWN
    return Truth.MATCHED if test.check(value, now) else Truth.NOT_MATCHED


def subject_value(test: Test, person: Person, event: Event | None) -> Value:
    """Return the value a test looks at; UNKNOWN when absent, blank or of another type than declared."""
    if test.subject == "attribute":
        value = person.attributes.get(test.name, UNKNOWN)
    elif event is None:
        return UNKNOWN
    else:
        raw = getattr(event, test.name, None)
        value = UNKNOWN if raw is None or (isinstance(raw, str) and not raw.strip()) else raw
    return value if value is UNKNOWN or _has_type(value, test.value_type) else UNKNOWN


def _has_type(value: Known, value_type: ValueType) -> bool:
    match value_type:
        case "text":
            return isinstance(value, str)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
        case "datetime":
            return isinstance(value, datetime)
        case "list":
            return isinstance(value, tuple)


def _build_check(operator: str, operand: Operand, value_type: ValueType) -> Callable[[Known, datetime], bool]:
    if operator in PRESENCE:
        return lambda _value, _now: operator == "is_known"
    if value_type == "text":
        return _text_check(operator, operand)
    if value_type == "list":
        wanted = fold(str(operand))
        return lambda value, _now: wanted in {fold(element) for element in value}  # type: ignore[union-attr]
    if value_type == "datetime":
        return _age_check(operator, operand)
    return _plain_check(operator, operand)


def _text_check(operator: str, operand: Operand) -> Callable[[Known, datetime], bool]:
    if operator in ("matches", "matches_any"):
        patterns = operand if isinstance(operand, tuple) else (operand,)
        globs = tuple(compile_glob(str(pattern)) for pattern in patterns)
        return lambda value, _now: any(glob(fold(str(value))) for glob in globs)
    if operator in ("in", "not_in") and isinstance(operand, tuple):
        members = frozenset(fold(str(member)) for member in operand)
        wanted_in = operator == "in"
        return lambda value, _now: (fold(str(value)) in members) is wanted_in
    other = fold(str(operand))
    if operator == "contains":
        return lambda value, _now: other in fold(str(value))
    wanted = operator == "equals"
    return lambda value, _now: (fold(str(value)) == other) is wanted


def _age_check(operator: str, operand: Operand) -> Callable[[Known, datetime], bool]:
    days = float(operand)  # type: ignore[arg-type]
    if operator == "older_than_days":
        return lambda value, now: age_days(value, now) > days  # type: ignore[arg-type]
    return lambda value, now: age_days(value, now) < days  # type: ignore[arg-type]


def _plain_check(operator: str, operand: Operand) -> Callable[[Known, datetime], bool]:
    checks: Mapping[str, Callable[[object], bool]] = {
        "equals": lambda value: value == operand,
        "not_equals": lambda value: value != operand,
        "in": lambda value: value in operand,  # type: ignore[operator]
        "not_in": lambda value: value not in operand,  # type: ignore[operator]
        "over": lambda value: value > operand,  # type: ignore[operator]
        "under": lambda value: value < operand,  # type: ignore[operator]
        "at_least": lambda value: value >= operand,  # type: ignore[operator]
        "at_most": lambda value: value <= operand,  # type: ignore[operator]
        "between": lambda value: operand[0] <= value <= operand[1],  # type: ignore[index,operator]
    }
    check = checks[operator]
    return lambda value, _now: check(value)


def age_days(instant: datetime, now: datetime) -> float:
    """Return the exact age in days; negative in the future."""
    return (now - instant).total_seconds() / DAY_SECONDS


def tests_of(condition: Condition | None) -> Iterator[Test]:
    """Yield every test of a condition, in file order."""
    match condition:
        case None:
            return
        case Test():
            yield condition
        case Not(part):
            yield from tests_of(part)
        case All(parts) | Any(parts):
            for part in parts:
                yield from tests_of(part)


def is_timed(condition: Condition | None) -> bool:
    """Tell whether the passing of time alone can change the condition's truth."""
    return any(test.value_type == "datetime" and test.operator not in PRESENCE for test in tests_of(condition))


def turning_points(condition: Condition | None, person: Person, event: Event | None) -> Iterator[datetime]:
    """Yield the instants at which an age in `condition` reaches its number of days."""
    for test in tests_of(condition):
        if test.value_type != "datetime" or test.operator in PRESENCE:
            continue
        value = subject_value(test, person, event)
        if isinstance(value, datetime):
            try:
                yield value + timedelta(days=float(test.operand))  # type: ignore[arg-type]
            except OverflowError:
                continue
