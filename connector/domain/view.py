"""See a person at one instant: everything a decision shows that time alone can change, and how it is derived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from connector.domain.fit import Verdict, exclusions_that_hold, fit_verdict, persona_of
from connector.domain.journey import JourneyStep, find_nurture, place_on_journeys
from connector.domain.model import HandRaise, Journey, Model, NurtureRow, Signal
from connector.domain.person import Memory, Person, Stage
from connector.domain.stages import Evidence, Levels, StageChoice, choose_stage
from connector.domain.timeline import RaiseTrack, from_us, to_us


@dataclass(frozen=True, slots=True)
class View:
    """Hold what `next_review_at` watches."""

    stage: Stage
    verdict: Verdict
    hand_raise: str | None
    steps: tuple[str | None, ...]
    track: str | None
    content: str | None


@dataclass(frozen=True, slots=True)
class Profile:
    """Hold what the person's attributes say at one instant."""

    verdict: Verdict
    exclusions: tuple[str, ...]
    persona: str | None


def profile_at(model: Model, person: Person, now: datetime, verdict: Verdict | None = None) -> Profile:
    """Return what the attributes say at `now`; `verdict` spares measuring the fit again."""
    return Profile(
        verdict or fit_verdict(model.fit, person, now),
        exclusions_that_hold(model.fit, person, now),
        persona_of(model.fit, person, now),
    )


@dataclass(frozen=True, slots=True)
class Raised:
    """Hold the live hand-raises: the one to name, when its newest event was, and every live rule in file order."""

    rule: HandRaise | None = None
    at: datetime | None = None
    live: tuple[HandRaise, ...] = ()


def raised_at(tracks: Sequence[RaiseTrack], now_us: int) -> Raised:
    """Return the live hand-raises at an instant: the newest event names one, then file order."""
    best: RaiseTrack | None = None
    best_us = 0
    live: list[HandRaise] = []
    for track in tracks:
        newest = track.newest_live_us(now_us)
        if newest is None:
            continue
        live.append(track.rule)
        if best is None or newest > best_us:
            best, best_us = track, newest
    return Raised(best.rule, from_us(best_us), tuple(live)) if best else Raised()


@dataclass(frozen=True, slots=True)
class Scene:
    """Hold what is fixed between two turning points: all but the thresholds reached and the main topic."""

    model: Model
    memory: Memory
    now: datetime
    profile: Profile
    raised: Raised
    journeys: Mapping[Journey, JourneyStep]

    def choose(self, levels: Levels) -> StageChoice:
        evidence = Evidence(self.profile.verdict, bool(self.profile.exclusions), levels, self.raised.at)
        return choose_stage(self.model.stages, self.memory, evidence, self.now)

    def nurture(self, stage: Stage, topic: str | None) -> NurtureRow | None:
        step = self.journeys[self.model.journey].step
        return find_nurture(self.model, stage, step, topic, self.profile.persona)

    def view(self, levels: Levels, topic: str | None) -> View:
        stage = self.choose(levels).stage
        row = self.nurture(stage, topic)
        return View(
            stage,
            self.profile.verdict,
            self.raised.rule.id if self.raised.rule else None,
            tuple(step.step for step in self.journeys.values()),
            row.track if row else None,
            row.content if row else None,
        )


def build_scene(
    model: Model,
    memory: Memory,
    now: datetime,
    profile: Profile,
    raises: Sequence[RaiseTrack],
    live: Sequence[Signal],
) -> Scene:
    """Build the scene at an instant; `live` are the signals that count an event then, in file order."""
    raised = raised_at(raises, to_us(now))
    return Scene(model, memory, now, profile, raised, place_on_journeys([*live, *raised.live]))
