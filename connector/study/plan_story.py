"""Tell a plan in sentences somebody can read aloud in a meeting, and in the tables behind them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypeAlias

from connector.domain.model import Locale
from connector.domain.person import HANDOFF_STAGES, STAGES
from connector.domain.wording import count_text, date_text, duration_text, fixed_text, stage_text
from connector.study.plan import Header, Line, ModelName, Totals
from connector.study.plan_totals import NOBODY
from connector.study.plan_words_en import PLAN_EN
from connector.study.plan_words_es import PLAN_ES

_WORDS: Final[Mapping[Locale, Mapping[str, str]]] = {"es": PLAN_ES, "en": PLAN_EN}
Tasks: TypeAlias = Mapping[str, Mapping[str, int]]
"""Counts of tasks by owner (`-`: nobody) and working day."""
_MOST_TOLD: Final = 4
_MOST_COMPARED: Final = 8
_THRESHOLDS: Final[Mapping[str, str]] = {
    "stages.mql.enter": "mql_enter_is",
    "stages.mql.exit": "mql_exit_is",
    "stages.sql.enter": "sql_enter_is",
    "fit.threshold": "fit_threshold_is",
}
_FRACTION: Final = re.compile(r"-?\d+\.\d+")
_ORDER: Final[Mapping[str, int]] = {NOBODY: -1, **{stage: place for place, stage in enumerate(STAGES)}}


@dataclass(frozen=True, slots=True)
class Move:
    """Count the people of one transition; `share` is percent of the whole base."""

    before: str
    after: str
    people: int
    share: float


@dataclass(frozen=True, slots=True)
class Load:
    """Count the tasks of one rep on one day; `given` of them were made before the plan."""

    owner: str
    tasks: int
    given: int


@dataclass(frozen=True, slots=True)
class Story:
    """Hold a plan's header and totals with the language to tell them in; `now` is when it is told."""

    header: Header
    totals: Totals
    locale: Locale
    now: datetime

    @property
    def vocabulary(self) -> Mapping[str, str]:
        """Return the words this kind of story is told in."""
        return _WORDS[self.locale]

    def words(self, key: str, **values: object) -> str:
        """Say a sentence; one about a single person has words of its own where it needs them."""
        if values.get("count") == "1":
            key = f"{key}_one" if f"{key}_one" in self.vocabulary else key
        return self.vocabulary[key].format(**values)

    def count(self, number: int) -> str:
        return count_text(number, self.locale)

    def stage(self, stage: str) -> str:
        return self.words("none_yet") if stage == NOBODY else stage_text(stage, self.locale)

    def owner(self, owner: str) -> str:
        return self.words("nobody") if owner == NOBODY else owner

    def day(self, day: str) -> str:
        return date_text(date.fromisoformat(day), self.locale)

    @property
    def is_same_model(self) -> bool:
        return self.header.before.hash == self.header.after.hash

    def title(self) -> str:
        key = "title_same" if self.is_same_model else "title"
        return self.words(key, after=model_text(self.header.after), people=self.count(self.header.people))

    def age(self) -> str:
        age = self.duration((self.now - self.header.taken_at).total_seconds())
        return self.words("age_same" if self.is_same_model else "age", age=age, before=model_text(self.header.before))

    def duration(self, seconds: float) -> str:
        return duration_text(seconds, self.locale)

    def moves(self) -> list[Move]:
        """Return the transitions, the most frequent first."""
        people = max(1, self.header.people)
        found = [
            Move(before, after, number, 100 * number / people)
            for before, row in self.totals.matrix.items()
            for after, number in row.items()
            if before != after and number
        ]
        return sorted(found, key=lambda move: (-move.people, _ORDER[move.before], _ORDER[move.after]))

    def stages(self) -> list[str]:
        """Return the stages that occur, in order, nobody's first."""
        found = {*self.totals.matrix, *(after for row in self.totals.matrix.values() for after in row)}
        return sorted(found, key=lambda stage: _ORDER[stage])

    def task_tables(self) -> Sequence[tuple[str, Tasks]]:
        """Return tasks by owner and day, with the heading of each table."""
        return [("tasks", self.totals.tasks)] if self.totals.tasks else []

    def days(self) -> list[str]:
        return sorted({day for _, tasks in self.task_tables() for row in tasks.values() for day in row})

    def told_of(self, line: Line) -> Sequence[str]:
        """Return what a terminal shows of somebody in the sample."""
        return line.reasons[:1]

    def given(self, owner: str, day: str) -> int:
        """Return how many tasks somebody has got on a day already, before any of the plan."""
        return self.totals.given.get(owner, {}).get(day, 0)

    def loads(self) -> Iterator[Load]:
        """Yield what everybody would have on each day."""
        for owner, row in self.totals.tasks.items():
            for day, number in row.items():
                given = self.given(owner, day)
                yield Load(owner, number + given, given)

    def peak(self) -> int:
        """Return how many tasks somebody has on the fullest day."""
        return max((load.tasks for load in self.loads()), default=0)

    def purpose(self, name: str) -> str:
        """Say what calls to the CRM are for."""
        return self.vocabulary.get(f"call_{name}", name)

    def tell(self) -> Iterator[str]:
        """Yield the sentences, the most important first."""
        totals = self.totals
        if not totals.lines:
            yield self.words("nothing")
            return
        yield from self._tell_thresholds()
        yield from self._tell_moves()
        yield from self._tell_tasks()
        for key, number in (
            ("closed_are", totals.closings),
            ("demoted", totals.demoted),
            ("overridden_are", totals.overridden),
            ("held_are", totals.held_by_person),
            ("refreshed_are" if totals.moved else "refreshed_only", totals.refreshed),
            ("stamped_are", totals.stamped),
        ):
            if number:
                yield self.words(key, count=self.count(number))
        if totals.calls:
            yield self.words("cost_is", calls=self.count(totals.call_count), time=self.duration(totals.seconds))

    def _tell_thresholds(self) -> Iterator[str]:
        """Say the changes everybody knows by name; the others are in the table."""
        for change in self.totals.model_changes:
            if change.path in _THRESHOLDS:
                before, after = self.value(change.before), self.value(change.after)
                yield self.words(_THRESHOLDS[change.path], before=before, after=after)

    def value(self, text: str) -> str:
        """Spell a number of the model file as the reader spells numbers; what is none stays as it is in the file."""
        return text.replace(".", ",") if self.locale == "es" and _FRACTION.fullmatch(text) else text

    def _tell_moves(self) -> Iterator[str]:
        totals, people = self.totals, self.header.people
        if not totals.moved:
            yield self.words("nobody_moves")
            return
        share = fixed_text(100 * totals.moved / max(1, people), self.locale, 1)
        yield self.words("some_move", people=self.count(people), count=self.count(totals.moved), share=share)
        moves = self.moves()
        if len(moves) == 1 and moves[0].before != NOBODY:
            yield self.words("all_move", before=self.stage(moves[0].before), after=self.stage(moves[0].after))
        else:
            told = [self._tell_move(move) for move in moves[:_MOST_TOLD]]
            if rest := sum(move.people for move in moves[_MOST_TOLD:]):
                told.append(self.words("a_rest", count=self.count(rest)))
            yield self.words("moves_are", moves="; ".join(told))
        yield from self._tell_sizes()
        by_time = totals.causes.get("time", 0)
        if by_time and not self.is_same_model:
            yield self.words("by_time", count=self.count(by_time))

    def _tell_sizes(self) -> Iterator[str]:
        """Say how many would be at the stages that sales works with."""
        matrix = self.totals.matrix
        for stage in HANDOFF_STAGES:
            before = sum(matrix.get(stage, {}).values())
            after = sum(row.get(stage, 0) for row in matrix.values())
            if before and before != after:
                share = fixed_text(100 * (after - before) / before, self.locale, 1)
                share = f"+{share}" if after > before else share
                yield self.words(
                    "size_is", stage=self.stage(stage), before=self.count(before), after=self.count(after), share=share
                )

    def _tell_move(self, move: Move) -> str:
        key = "a_first" if move.before == NOBODY else "a_move"
        return self.words(
            key, count=self.count(move.people), before=self.stage(move.before), after=self.stage(move.after)
        )

    def _tell_tasks(self) -> Iterator[str]:
        number, capacity = self.totals.task_count, self.header.capacity_per_day
        if not number:
            yield self.words("no_tasks")
            return
        yield self.words("tasks_are", count=self.count(number))
        yield from self._tell_load(capacity)
        if self.header.per_rep_per_day is not None and number > 1:
            yield self.words("spread_over", per_day=self.header.per_rep_per_day, day=self.day(self.days()[-1]))

    def _tell_load(self, capacity: int | None) -> Iterator[str]:
        """Say how much the busiest rep would have, and what would be nobody's."""
        owned = (load for load in self.loads() if load.owner != NOBODY)
        fullest = max(owned, key=lambda load: load.tasks, default=Load(NOBODY, 0, 0))
        unowned, most = sum(self.totals.tasks.get(NOBODY, {}).values()), fullest.tasks
        if most > 1:
            key = "most_a_day_given" if fullest.given else "most_a_day"
            given = self.count(fullest.given)
            yield self.words(key, owner=self.owner(fullest.owner), count=self.count(most), given=given)
        if capacity is not None and most > capacity:
            yield self.words("over_capacity", capacity=self.count(capacity))
        if unowned and capacity is not None and most >= capacity:
            yield self.words("unowned_over", count=self.count(unowned), capacity=self.count(capacity))
        elif unowned == self.totals.task_count:
            yield self.words("none_owned")
        elif unowned:
            yield self.words("unowned_are", count=self.count(unowned))


def compare(stories: Sequence[Story]) -> Iterator[tuple[str, list[str]]]:
    """Yield what two plans are compared by."""
    first = stories[0]
    for key in ("lines", "moved"):
        yield first.words(key), [story.count(getattr(story.totals, key)) for story in stories]
    moves = dict.fromkeys((move.before, move.after) for story in stories for move in story.moves())
    for before, after in list(moves)[:_MOST_COMPARED]:
        numbers = [story.totals.matrix.get(before, {}).get(after, 0) for story in stories]
        yield f"  {first.stage(before)} → {first.stage(after)}", [first.count(number) for number in numbers]
    yield first.words("demotions"), [story.count(story.totals.demoted) for story in stories]
    yield first.words("task_count"), [story.count(story.totals.task_count) for story in stories]
    yield first.words("peak"), [story.count(story.peak()) for story in stories]
    yield first.words("call_count"), [story.count(story.totals.call_count) for story in stories]


def model_text(model: ModelName) -> str:
    return f"{model.name} {model.version} ({model.hash[:8]})"
