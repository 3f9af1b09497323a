"""Tell a shadow's comparison in the sentences and tables of a plan, with words of its own where they differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from connector.domain.model import Locale
from connector.domain.wording import fixed_text, moment_text, number_text
from connector.live.shadowed import BlindSpots, Look, Shadowed
from connector.study.plan import Line
from connector.study.plan_story import Story, Tasks, model_text
from connector.study.plan_totals import NOBODY
from connector.study.plan_words_en import PLAN_EN
from connector.study.plan_words_es import PLAN_ES
from connector.study.shadow_words_en import SHADOW_EN
from connector.study.shadow_words_es import SHADOW_ES

_WORDS: Final[Mapping[Locale, Mapping[str, str]]] = {"es": {**PLAN_ES, **SHADOW_ES}, "en": {**PLAN_EN, **SHADOW_EN}}
_MOST_TOLD: Final = 4


@dataclass(frozen=True, slots=True)
class ShadowStory(Story):
    """Hold a comparison: `header.before` is the live model, `header.after` the candidate, whose are `totals.tasks`.

    `taken_over` counts those of its tasks that came with the first decision of a person.
    """

    live_tasks: Tasks
    taken_over: int
    decisions: int
    since: datetime
    until: datetime
    set_aside: int
    unseen: BlindSpots
    candidate_file: str

    @property
    def vocabulary(self) -> Mapping[str, str]:
        return _WORDS[self.locale]

    def title(self) -> str:
        return self.words(
            "title",
            after=model_text(self.header.after),
            before=model_text(self.header.before),
            people=self.count(self.header.people),
            count=self.count(self.header.people),
        )

    def age(self) -> str:
        zone = self.header.time_zone
        since, until = (moment_text(instant, zone, self.locale) for instant in (self.since, self.until))
        age = self.duration((self.until - self.since).total_seconds())
        return self.words("age", since=since, until=until, age=age, count=self.count(self.decisions))

    def task_tables(self) -> Sequence[tuple[str, Tasks]]:
        return [(key, tasks) for key, tasks in (("live_tasks", self.live_tasks), ("tasks", self.totals.tasks)) if tasks]

    def told_of(self, line: Line) -> Sequence[str]:
        return line.reasons

    def tell(self) -> Iterator[str]:
        """Yield the sentences, the most important first, and what the comparison does not know last."""
        yield from self._tell_thresholds()
        yield from self._tell_moves()
        yield from self._tell_tasks()
        yield from self._tell_limits()

    def _tell_moves(self) -> Iterator[str]:
        moved, people = self.totals.moved, self.header.people
        if not moved:
            yield self.words("agree")
            return
        if people == 1:
            yield self.words("only_person")
        else:
            share = fixed_text(100 * moved / people, self.locale, 1)
            yield self.words("some_differ", people=self.count(people), count=self.count(moved), share=share)
        yield self.words("moves_are", moves="; ".join(self._tell_move(move) for move in self.moves()[:_MOST_TOLD]))
        for key, number in (("advanced", moved - self.totals.demoted), ("demoted", self.totals.demoted)):
            if number:
                yield self.words(key, count=self.count(number))

    def _tell_tasks(self) -> Iterator[str]:
        live, candidate = (_total(tasks) for tasks in (self.live_tasks, self.totals.tasks))
        if not live and not candidate:
            yield self.words("no_tasks")
            return
        yield self.words("tasks_are", live=self.count(live), candidate=self.count(candidate))
        if self.taken_over:
            yield self.words("taken_over", count=self.count(self.taken_over))
        for key, tasks in (("peak_is", self.live_tasks), ("candidate_peak_is", self.totals.tasks)):
            owner, most = _peak(tasks)
            if most > 1:
                yield self.words(key, owner=owner, count=self.count(most))
        capacity = self.header.capacity_per_day
        if capacity is not None and _peak(self.totals.tasks)[1] > capacity:
            yield self.words("over_capacity", capacity=self.count(capacity))

    def _tell_limits(self) -> Iterator[str]:
        """Say what is not known or not counted."""
        unseen = self.unseen
        for key, names in (("unseen_attributes", unseen.attributes), ("unseen_kinds", unseen.kinds)):
            if names:
                yield self.words(key, names=", ".join(names))
        if unseen.is_shortsighted:
            yield self.words("shortsighted")
        if self.set_aside:
            yield self.words("set_aside", count=self.count(self.set_aside))
        yield self.words("as_of")


def tell_looks(shadowed: Shadowed, locale: Locale) -> tuple[str, ...]:
    """Say what each of the models made of a person, the live one first."""
    words = _WORDS[locale]
    looks = (("live_look", shadowed.live), ("candidate_look", shadowed.candidate))
    return tuple(words[key].format(look=_look_text(look, locale)) for key, look in looks)


def _look_text(look: Look, locale: Locale) -> str:
    words = _WORDS[locale]
    fit = None if look.fit_pct is None else f"{number_text(look.fit_pct, locale)} %"
    key = "look" if fit else "look_without_fit"
    rule, score = words[f"rule_{look.rule}"], number_text(look.engagement, locale)
    return words[key].format(rule=rule, score=score, fit=fit, grade=look.grade)


def _total(tasks: Tasks) -> int:
    return sum(sum(days.values()) for days in tasks.values())


def _peak(tasks: Tasks) -> tuple[str, int]:
    """Return which rep had most tasks on one day, and how many; what nobody had is no rep's load."""
    loads = ((owner, most) for owner, days in tasks.items() if owner != NOBODY for most in days.values())
    return max(loads, key=lambda load: load[1], default=(NOBODY, 0))
