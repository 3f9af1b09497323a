"""Evaluate every axis of a person at one instant."""

from dataclasses import dataclass
from typing import Any

from . import stages
from .conditions import Facts
from .engagement import Counted, HandRaise, Score, Term, counted_signals, live_hand_raises, total
from .fit import Fit, judge
from .nurture import journeys, main_topic, persona, row, topic_sums
from .timeline import Event, counting


@dataclass(frozen=True)
class Case:
    """Everything a decision is a function of, but the instant and the memory."""

    model: dict[str, Any]
    types: dict[str, str]
    person: dict[str, Any]
    events: list[Event]

    def facts(self, now: int) -> Facts:
        return Facts(self.types, self.person, now)


@dataclass(frozen=True)
class View:
    """One instant, fully evaluated."""

    stage: str
    set_by: str
    fit: Fit
    counted: list[Counted]
    score: Score
    live: list[HandRaise]
    journey: dict[str, str | None]
    topic: str | None
    nurture: dict[str, Any]

    @property
    def hand_raise(self) -> str | None:
        return str(self.live[0].rule["id"]) if self.live else None

    def watched(self) -> tuple[Any, ...]:
        """Return what a review waits for: nothing else of a decision changes a person's treatment."""
        track, content = self.nurture.get("track"), self.nurture.get("content")
        return self.stage, self.fit.verdict, self.hand_raise, tuple(self.journey.values()), track, content


def look(case: Case, raw_memory: dict[str, Any] | None, now: int, term: Term) -> View:
    """Evaluate every axis and the stage at `now`, in the arithmetic of `term`."""
    model, facts = case.model, case.facts(now)
    events = counting(model, case.events, now)
    counted = counted_signals(model, events, facts)
    score = total(model, counted, now, term)
    live = live_hand_raises(model, events, facts)
    fit = judge(model, facts)
    evidence = stages.Evidence(fit.verdict, bool(fit.shown["exclusions"]), score.value, live[0].at if live else None)
    stage, set_by = stages.decide_stage(model, stages.Memory.of(raw_memory), evidence, now)
    journey = journeys(counted, live)
    topic = main_topic(topic_sums(counted, now, term))
    step = journey[model.get("journey", "aida")]
    nurture = row(model, stage, step, topic, persona(model, facts))
    return View(stage, set_by, fit, counted, score, live, journey, topic, nurture)
