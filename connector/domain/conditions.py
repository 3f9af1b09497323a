"""Evaluate conditions in three-valued logic: UNKNOWN is an answer, never an exception and never a silent false.

A condition is validated when the model file is read, so evaluation cannot meet an operator that does not fit its type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from functools import lru_cache
from typing import Final, Literal, TypeAlias, cast

from connector.domain.person import UNKNOWN, Event, Known, Person, Value, ValueType
from connector.domain.text import compile_globs, fold

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


Decide: TypeAlias = "Callable[[Person, Event | None, datetime], Truth]"
"""A condition made ready to ask: built once per model, asked for every person and event."""


@dataclass(frozen=True, slots=True)
class Test:
    """Compare one attribute of the person, or one property of the event, with an operand."""

    __test__ = False  # not a test class, whatever a test runner thinks of its name

    subject: Subject
    name: str
    operator: str
    operand: Operand
    value_type: ValueType
    decide: Decide = field(init=False, compare=False, repr=False)
    is_timed: bool = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        timed = self.value_type == "datetime" and self.operator not in PRESENCE
        object.__setattr__(self, "is_timed", timed)
        object.__setattr__(self, "decide", _build_test(self))


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Condition, ...]
    decide: Decide = field(init=False, compare=False, repr=False)
    is_timed: bool = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "is_timed", any(part.is_timed for part in self.parts))
        object.__setattr__(self, "decide", _build_junction(self.parts, Truth.NOT_MATCHED))


@dataclass(frozen=True, slots=True)
class Any:
    parts: tuple[Condition, ...]
    decide: Decide = field(init=False, compare=False, repr=False)
    is_timed: bool = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "is_timed", any(part.is_timed for part in self.parts))
        object.__setattr__(self, "decide", _build_junction(self.parts, Truth.MATCHED))


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition
    decide: Decide = field(init=False, compare=False, repr=False)
    is_timed: bool = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        decide = self.part.decide
        object.__setattr__(self, "is_timed", self.part.is_timed)
        object.__setattr__(self, "decide", lambda person, event, now: _NEGATED[decide(person, event, now)])


Condition: TypeAlias = Test | All | Any | Not

_NEGATED: Final = {
    Truth.MATCHED: Truth.NOT_MATCHED,
    Truth.NOT_MATCHED: Truth.MATCHED,
    Truth.UNKNOWN: Truth.UNKNOWN,
}
_PYTHON_TYPES: Final[Mapping[ValueType, type | tuple[type, ...]]] = {
    "text": str, "number": (float, int), "boolean": bool, "datetime": datetime, "list": tuple,
}  # fmt: skip


def evaluate(condition: Condition, person: Person, event: Event | None, now: datetime) -> Truth:
    """Return the truth of `condition` about `person` (and `event`, for a signal) at `now`. Pure; never raises."""
    return condition.decide(person, event, now)


def _build_junction(parts: tuple[Condition, ...], decisive: Truth) -> Decide:
    """Build `all` (decided by one that is not matched) or `any` (decided by one that is)."""
    decides = tuple(part.decide for part in parts)
    otherwise = _NEGATED[decisive]

    def decide(person: Person, event: Event | None, now: datetime) -> Truth:
        outcome = otherwise
        for ask in decides:
            truth = ask(person, event, now)
            if truth is decisive:
                return decisive
            if truth is Truth.UNKNOWN:
                outcome = truth
        return outcome

    return decide


def _build_test(test: Test) -> Decide:
    read = _build_reader(test)
    if test.operator in PRESENCE:
        when_known, when_unknown = Truth.MATCHED, Truth.NOT_MATCHED
        if test.operator == "is_unknown":
            when_known, when_unknown = when_unknown, when_known
        return lambda person, event, _now: when_unknown if read(person, event) is UNKNOWN else when_known
    check = _build_check(test.operator, test.operand, test.value_type)

    def decide(person: Person, event: Event | None, now: datetime) -> Truth:
        value = read(person, event)
        if value is UNKNOWN:
            return Truth.UNKNOWN
        return Truth.MATCHED if check(value, now) else Truth.NOT_MATCHED

    return decide


def _build_reader(test: Test) -> Callable[[Person, Event | None], Value]:
    """Build the look-up of a test's value: UNKNOWN when absent, blank or of another type than declared."""
    name, wanted, is_number = test.name, _PYTHON_TYPES[test.value_type], test.value_type == "number"

    def known(value: Value | None) -> Value:
        if not isinstance(value, wanted) or (is_number and value.__class__ is bool):
            return UNKNOWN
        return UNKNOWN if isinstance(value, str) and not value.strip() else value  # type: ignore[return-value]

    if test.subject == "attribute":
        return lambda person, _event: known(person.attributes.get(name))
    return lambda _person, event: known(getattr(event, name, None))


def subject_value(test: Test, person: Person, event: Event | None) -> Value:
    """Return the value a test looks at, UNKNOWN included."""
    return _build_reader(test)(person, event)


def _build_check(operator: str, operand: Operand, value_type: ValueType) -> Callable[[Known, datetime], bool]:
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
        is_match = compile_globs(tuple(str(pattern) for pattern in patterns))
        # The same pages and forms come back for person after person: remember the answers.
        remembered = lru_cache(maxsize=8_192)(lambda value: is_match(fold(value)))
        return lambda value, _now: remembered(value)
    if operator in ("in", "not_in") and isinstance(operand, tuple):
        members = frozenset(fold(str(member)) for member in operand)
        wanted_in = operator == "in"
        return lambda value, _now: (fold(value) in members) is wanted_in
    other = fold(str(operand))
    if operator == "contains":
        return lambda value, _now: other in fold(value)
    wanted = operator == "equals"
    return lambda value, _now: (fold(value) == other) is wanted


def _age_check(operator: str, operand: Operand) -> Callable[[Known, datetime], bool]:
    days = cast("float", operand)
    if operator == "older_than_days":
        return lambda value, now: age_days(cast("datetime", value), now) > days
    return lambda value, now: age_days(cast("datetime", value), now) < days


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


def turning_points(condition: Condition | None, person: Person, event: Event | None) -> Iterator[datetime]:
    """Yield the instants at which an age in `condition` reaches its number of days."""
    for test in tests_of(condition):
        if not test.is_timed:
            continue
        value = subject_value(test, person, event)
        if isinstance(value, datetime):
            try:
                yield value + timedelta(days=cast("float", test.operand))
            except OverflowError:
                continue
