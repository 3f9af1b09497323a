"""Laws of the decision, on random valid models, people, timelines and memories."""

from __future__ import annotations

import math
import random
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.domain.case_file import Case, parse_cases
from connector.domain.decision import Decision, qualify
from connector.domain.model import Model
from connector.domain.model_file import parse_model
from connector.domain.person import Timeline
from tests.reference.strategies import draw

seeds = st.integers(min_value=0, max_value=10_000_000)
laws = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def drawn(seed: int) -> tuple[Model, Case]:
    sample = draw(seed)
    types: Any = sample.types
    [case] = parse_cases(sample.case_text, "case.yaml", types)
    return parse_model(sample.model_text, file="model.yaml", types=types), case


@laws
@given(seeds, st.randoms(use_true_random=False))
def test_order_and_repetition_of_events_never_change_a_decision(seed: int, shuffler: random.Random) -> None:
    model, case = drawn(seed)
    events = list(case.timeline.events)
    jumbled = events + [event for event in events if shuffler.random() < 0.3]
    shuffler.shuffle(jumbled)
    straight = qualify(case.person, Timeline(tuple(events)), model, case.now, case.memory, review=False)
    shuffled = qualify(case.person, Timeline(tuple(jumbled)), model, case.now, case.memory, review=False)
    assert straight == shuffled


@laws
@given(seeds)
def test_contributions_sum_to_the_score(seed: int) -> None:
    model, case = drawn(seed)
    engagement = qualify(case.person, case.timeline, model, case.now, case.memory, review=False).engagement
    total = math.fsum(line.points for line in engagement.contributions)
    assert math.isclose(total, engagement.score, rel_tol=1e-12, abs_tol=1e-9)


@laws
@given(seeds)
def test_deciding_twice_at_one_instant_changes_nothing(seed: int) -> None:
    model, case = drawn(seed)
    first = qualify(case.person, case.timeline, model, case.now, case.memory, review=False)
    again = qualify(case.person, case.timeline, model, case.now, first.after, review=False)
    assert again.stage == first.stage
    assert again.after == first.after
    assert again.handoff is None


@laws
@given(seeds, st.floats(min_value=0, max_value=1))
def test_nothing_changes_before_the_review_and_something_does_at_it(seed: int, part: float) -> None:
    model, case = drawn(seed)
    first = qualify(case.person, case.timeline, model, case.now, case.memory)
    end = first.next_review_at or first.decided_at + timedelta(days=999)
    between = (first.decided_at + (end - first.decided_at) * part).replace(microsecond=0)

    def at(instant: datetime) -> tuple[object, ...]:
        return watched(qualify(case.person, case.timeline, model, instant, first.after, review=False))

    if first.decided_at < between < end:
        assert at(between) == watched(first)
    if first.next_review_at:
        assert at(first.next_review_at) != watched(first)


def watched(decision: Decision) -> tuple[object, ...]:
    row, raised = decision.nurture, decision.raised.rule
    return (
        decision.stage,
        decision.fit.verdict,
        raised.id if raised else None,
        [step.step for step in decision.journeys.values()],
        (row.track, row.content) if row else None,
    )
