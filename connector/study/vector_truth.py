"""Ask the model's conditions of whole columns: every distinct value once, with the domain's own test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import reduce
from types import SimpleNamespace
from typing import Any, Final, TypeAlias, cast

import numpy as np
import numpy.typing as npt
import polars as pl

from connector.domain.conditions import All, Condition, Not, Test, Truth
from connector.domain.conditions import Any as AnyOf
from connector.domain.person import Event, Person
from connector.study.snapshot_schema import attribute_column

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Truths: TypeAlias = npt.NDArray[np.int8]
"""1 matched, 0 unknown, −1 not matched: `all` is the minimum, `any` the maximum, `not` the negative."""

_NUMBERS: Final = {Truth.MATCHED: 1, Truth.UNKNOWN: 0, Truth.NOT_MATCHED: -1}


class Coded:
    """Hold a column as its distinct values and, per row, which of them it is."""

    def __init__(self, column: pl.Series) -> None:
        if column.dtype == pl.List:
            self.values: list[Any] = [None if value is None else tuple(value) for value in column.to_list()]
            self.codes: Ints = np.arange(len(self.values))
            return
        frame = column.rename("value").to_frame()
        distinct = frame.unique(maintain_order=True).with_row_index("code")
        joined = frame.join(distinct, on="value", how="left", nulls_equal=True, maintain_order="left")
        self.values = distinct["value"].to_list()
        self.codes = joined["code"].cast(pl.Int64).to_numpy()

    def ask(self, question: Callable[[Any], int]) -> Truths:
        """Return the answer about every distinct value."""
        return np.fromiter((question(value) for value in self.values), dtype=np.int8, count=len(self.values))


class Asker:
    """Answer conditions about the people of a part and about their events, at one instant.

    `owner` says whose an event is. Answers are kept: rules share conditions, values and columns.
    """

    def __init__(self, people: pl.DataFrame, events: pl.DataFrame, owner: Ints, now: datetime) -> None:
        self._people, self._events, self._owner, self._now = people, events, owner, now
        self._coded: dict[tuple[str, str], Coded | None] = {}
        self._answers: dict[int, Truths] = {}

    def of_people(self, condition: Condition) -> Truths:
        """Return the truth of a condition about every person."""
        match condition:
            case Test():
                return self._answer(condition)
            case Not(part):
                return -self.of_people(part)
            case _:
                return _join(condition, (self.of_people(part) for part in condition.parts))

    def of_events(self, condition: Condition, rows: Ints) -> Truths:
        """Return the truth of a condition about some events; what it says of a person holds for all of theirs."""
        match condition:
            case Test():
                answer = self._answer(condition)
                return answer[self._owner[rows]] if condition.subject == "attribute" else answer[rows]
            case Not(part):
                return -self.of_events(part, rows)
            case _:
                return _join(condition, (self.of_events(part, rows) for part in condition.parts))

    def coded(self, subject: str, name: str) -> Coded | None:
        """Return a column as distinct values; None when the snapshot does not have it: nobody has a value."""
        key = (subject, name)
        if key not in self._coded:
            frame = self._people if subject == "attribute" else self._events
            column = attribute_column(name) if subject == "attribute" else name
            self._coded[key] = Coded(frame[column]) if column in frame.columns else None
        return self._coded[key]

    def _answer(self, test: Test) -> Truths:
        """Return the truth of one test, by person or by event."""
        known = self._answers.get(id(test))
        if known is None:
            known = self._answers[id(test)] = self._ask(test)
        return known

    def _ask(self, test: Test) -> Truths:
        question = _question(test, self._now)
        coded = self.coded(test.subject, test.name)
        if coded is None:
            height = self._people.height if test.subject == "attribute" else self._events.height
            return np.full(height, question(None), dtype=np.int8)
        return coded.ask(question)[coded.codes]


def _question(test: Test, now: datetime) -> Callable[[Any], int]:
    """Return the domain's test as a question about a value alone."""
    if test.subject == "attribute":
        attributes: dict[str, Any] = {}
        person = Person(attributes)

        def ask_person(value: Any) -> int:
            attributes[test.name] = value
            return _NUMBERS[test.decide(person, None, now)]

        return ask_person
    event = SimpleNamespace()
    nobody, stand_in = Person(), cast("Event", event)

    def ask_event(value: Any) -> int:
        setattr(event, test.name, value)
        return _NUMBERS[test.decide(nobody, stand_in, now)]

    return ask_event


def _join(condition: All | AnyOf, truths: Iterable[Truths]) -> Truths:
    return reduce(np.minimum if isinstance(condition, All) else np.maximum, truths)


def ask_one_of_each(codes: Ints, ask: Callable[[int], Any]) -> list[Any]:
    """Ask about one row of every class and give its answer to the whole class; `ask` gets the number of a row."""
    _, firsts, inverse = np.unique(codes, return_index=True, return_inverse=True)
    answers = [ask(int(row)) for row in firsts]
    return [answers[position] for position in inverse.tolist()]


def pack(columns: Sequence[tuple[npt.NDArray[Any], int]]) -> Ints:
    """Pack small whole numbers into one code per row; each column comes with how many values it can have."""
    code = np.zeros(len(columns[0][0]), dtype=np.int64)
    for values, size in columns:
        code = code * size + values.astype(np.int64)
    return code
