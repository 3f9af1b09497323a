"""Hold the vector engine to the domain: every column and every contribution, to the last bit."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.domain.decision import Decision, qualify
from connector.study.vector import decide_part
from tests.study.bases import Base, draw_base

SIZE = 12
seeds = st.integers(min_value=0, max_value=10_000_000)
law = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def by_domain(decision: Decision) -> dict[str, Any]:
    fit, row = decision.fit, decision.nurture
    return {
        "stage_before": decision.before.stage,
        "stage": decision.stage,
        "rule": decision.choice.rule,
        "opens_handoff": decision.handoff is not None,
        "fit_verdict": fit.verdict,
        "fit_pct": fit.pct,
        "fit_low": fit.low,
        "fit_high": fit.high,
        "completeness": fit.completeness,
        "exclusions": list(decision.exclusions),
        "persona": decision.persona,
        "engagement": decision.engagement.score,
        "grade": decision.grade,
        "hand_raise": decision.raised.rule.id if decision.raised.rule else None,
        "raised_at": decision.raised.at,
        "aida": decision.journeys["aida"].step,
        "wheel": decision.journeys["wheel"].step,
        "inbound": decision.journeys["inbound"].step,
        "topic": decision.topic,
        "nurture_track": row.track if row else None,
        "next_content": row.content if row else None,
        "next_channel": row.channel if row else None,
    }


def differences(base: Base) -> list[str]:
    """Name every place where the engine says something else than the domain, in people or in contributions."""
    memories = [case.memory for case in base.cases]
    decided = decide_part(base.keep(), base.model, base.now, memories, lines=True)
    lines: dict[int, list[tuple[str, str, float]]] = {}
    for person, _, rule, kind, points in decided.lines.iter_rows():
        lines.setdefault(person, []).append((rule, kind, points))
    found = []
    for number, (case, row) in enumerate(zip(base.cases, decided.people.iter_rows(named=True), strict=True)):
        decision = qualify(case.person, case.timeline, base.model, base.now, case.memory, review=False)
        expected = {"person": number, **by_domain(decision)}
        found += [f"{number}.{name}: {expected[name]!r} {row[name]!r}" for name in row if row[name] != expected[name]]
        contributions = [(line.rule, line.kind, line.points) for line in decision.engagement.contributions]
        if lines.get(number, []) != contributions:
            found.append(f"{number}.lines: {contributions} {lines.get(number)}")
    return found


@law
@given(seeds)
def test_the_vector_engine_decides_as_the_domain_does(seed: int) -> None:
    assert differences(draw_base(seed, SIZE)) == []


@pytest.mark.parametrize("size", [0, 1])
def test_parts_of_nobody_and_of_one_person_are_decided(size: int) -> None:
    base = draw_base(3, 1)
    few = Base(base.model, base.now, base.cases[:size])
    assert differences(few) == []
