"""Laws of the decision, on random valid models, people, timelines and memories."""

from __future__ import annotations

import math
import random
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.domain.decision import Decision, qualify
from connector.domain.person import Timeline
from tests.reference.strategies import draw
from tests.reference.test_product_agrees import product_memory, product_model, product_person, product_timeline

seeds = st.integers(min_value=0, max_value=10_000_000)
laws = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def decide(seed: int, *, review: bool = False) -> Decision:
    sample = draw(seed)
    person, timeline, model = product_person(sample), product_timeline(sample), product_model(sample)
    return qualify(person, timeline, model, sample.now, product_memory(sample.memory), review=review)


@laws
@given(seeds, st.randoms(use_true_random=False))
def test_order_and_repetition_of_events_never_change_a_decision(seed: int, shuffler: random.Random) -> None:
    sample = draw(seed)
    events = list(product_timeline(sample).events)
    jumbled = events + [event for event in events if shuffler.random() < 0.3]
    shuffler.shuffle(jumbled)
    person, model, memory = product_person(sample), product_model(sample), product_memory(sample.memory)
    straight = qualify(person, Timeline(tuple(events)), model, sample.now, memory, review=False)
    shuffled = qualify(person, Timeline(tuple(jumbled)), model, sample.now, memory, review=False)
    assert straight == shuffled


@laws
@given(seeds)
def test_contributions_sum_to_the_score(seed: int) -> None:
    engagement = decide(seed).engagement
    total = math.fsum(line.points for line in engagement.contributions)
    assert math.isclose(total, engagement.score, rel_tol=1e-12, abs_tol=1e-9)


@laws
@given(seeds)
def test_deciding_twice_at_one_instant_changes_nothing(seed: int) -> None:
    first = decide(seed)
    events = product_timeline(draw(seed))
    again = qualify(first.person, events, first.model, first.decided_at, first.after, review=False)
    assert again.stage == first.stage
    assert again.after == first.after
    assert again.handoff is None


@laws
@given(seeds, st.floats(min_value=0, max_value=1))
def test_nothing_changes_before_the_review_and_something_does_at_it(seed: int, part: float) -> None:
    first = decide(seed, review=True)
    timeline = product_timeline(draw(seed))
    end = first.next_review_at or first.decided_at + timedelta(days=999)
    between = first.decided_at + (end - first.decided_at) * part
    between = between.replace(microsecond=0)
    if first.decided_at < between < end:
        assert watched(qualify(first.person, timeline, first.model, between, first.after, review=False)) == watched(
            first
        )
    if first.next_review_at:
        then = qualify(first.person, timeline, first.model, first.next_review_at, first.after, review=False)
        assert watched(then) != watched(first)


def watched(decision: Decision) -> tuple[object, ...]:
    row, raised = decision.nurture, decision.raised.rule
    return (
        decision.stage,
        decision.fit.verdict,
        raised.id if raised else None,
        [step.step for step in decision.journeys.values()],
        (row.track, row.content) if row else None,
    )
