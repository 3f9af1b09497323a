"""Decide one person: (person, timeline, model, now, memory) in, one frozen decision out. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from connector.domain.engagement import Engagement, NotCounted, score_tracks
from connector.domain.fit import Fit, measure_fit
from connector.domain.handoff import Handoff, open_handoff
from connector.domain.journey import JourneyStep, main_topic, topic_points
from connector.domain.model import Journey, Model, NurtureRow
from connector.domain.person import Memory, Person, Stage, Timeline
from connector.domain.review import next_review_at
from connector.domain.stages import StageChoice, levels_of, memory_after
from connector.domain.timeline import Matched, match_events, to_us
from connector.domain.view import Raised, build_scene, profile_at


@dataclass(frozen=True, slots=True)
class Decision:
    """Hold what was decided about one person, and everything needed to explain it.

    `before` is the memory the decision was made with, `after` the memory it leaves.
    """

    person: Person
    model: Model
    decided_at: datetime
    before: Memory
    after: Memory
    choice: StageChoice
    fit: Fit
    exclusions: tuple[str, ...]
    persona: str | None
    engagement: Engagement
    grade: str
    raised: Raised
    journeys: Mapping[Journey, JourneyStep]
    topic: str | None
    nurture: NurtureRow | None
    handoff: Handoff | None
    next_review_at: datetime | None

    @property
    def stage(self) -> Stage:
        return self.choice.stage

    @property
    def journey_step(self) -> str | None:
        """Return the step on the model's own journey: the one written back."""
        return self.journeys[self.model.journey].step


NO_MEMORY = Memory()


def qualify(
    person: Person, timeline: Timeline, model: Model, now: datetime, memory: Memory = NO_MEMORY, *, review: bool = True
) -> Decision:
    """Decide one person as of `now` (aware). Pure; no input makes it raise.

    `review=False` leaves `next_review_at` None for callers that only compare.
    """
    now = now.astimezone(UTC)
    matched = match_events(model, person, timeline)
    engagement = score_tracks(model, matched.signals, to_us(now), _left_out(timeline, matched, to_us(now)))
    fit = measure_fit(model.fit, person, now)
    live = [signal for signal in model.engagement.signals if engagement.counted.get(signal.id)]
    scene = build_scene(model, memory, now, profile_at(model, person, now, fit.verdict), matched.hand_raises, live)
    topic = main_topic(topic_points(model.engagement.signals, engagement.counted))
    levels = levels_of(model.stages, engagement.score)
    choice = scene.choose(levels)
    after = memory_after(memory, choice, now)
    return Decision(
        person=person,
        model=model,
        decided_at=now,
        before=memory,
        after=after,
        choice=choice,
        fit=fit,
        exclusions=scene.profile.exclusions,
        persona=scene.profile.persona,
        engagement=engagement,
        grade=grade_of(model, fit.pct, engagement.score),
        raised=scene.raised,
        journeys=scene.journeys,
        topic=topic,
        nurture=scene.nurture(choice.stage, topic),
        handoff=open_handoff(model, person, memory, after, choice, now),
        next_review_at=next_review_at(model, person, matched, after, scene.view(levels, topic), now)
        if review
        else None,
    )


def _left_out(timeline: Timeline, matched: Matched, now_us: int) -> list[NotCounted]:
    return [
        *(NotCounted(aside.event, None, aside.why) for aside in timeline.set_aside),
        *(NotCounted(event.id, None, why) for event, why in matched.left_out_at(now_us)),
    ]


def grade_of(model: Model, fit_pct: float | None, score: float) -> str:
    """Return the grade people sort by: letter from fit, digit from engagement. A view, never an input."""
    threshold, policy = model.fit.threshold, model.stages
    if fit_pct is None:
        letter = "C"
    elif fit_pct >= (threshold + 100) / 2:
        letter = "A"
    elif fit_pct >= threshold:
        letter = "B"
    else:
        letter = "C" if fit_pct >= threshold / 2 else "D"
    if score >= policy.mql_enter:
        digit = 1
    elif score >= policy.mql_exit:
        digit = 2
    else:
        digit = 3 if score > 0 else 4
    return f"{letter}{digit}"
