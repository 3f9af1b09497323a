"""Decide everybody of a part at once: the domain's semantics by columns, equal to it to the last digit.

What columns are good at (conditions, points, shares) is done by columns in the domain's own order of arithmetic; what
is a matter of few cases (stage policy, grade, nurture) is asked of the domain once per case that occurs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl

from connector.domain.journey import find_nurture
from connector.domain.model import JOURNEY_STEPS, Journey, Model, NurtureRow
from connector.domain.person import HANDOFF_STAGES, Memory
from connector.domain.stages import StageChoice
from connector.domain.timeline import to_us
from connector.study.decided import DECIDED, LINES, Decided
from connector.study.needs import attributes_asked
from connector.study.snapshot_part import People
from connector.study.snapshot_schema import INSTANT, PERSON, attribute_column
from connector.study.vector_engagement import Lines, sum_engagement
from connector.study.vector_events import lay_out
from connector.study.vector_profile import VERDICTS, Profiles, weigh_profiles
from connector.study.vector_raised import NEVER, NONE, RaisedHands, find_raised, place_on_journeys
from connector.study.vector_stage import MemoryColumns, choose_stages, grade_all
from connector.study.vector_truth import Asker, Ints, ask_one_of_each, pack


def decide_part(
    people: People, model: Model, now: datetime, memories: Sequence[Memory], *, lines: bool = False
) -> Decided:
    """Decide the people of one part as of `now` (aware), each with the memory at their place in `memories`.

    `lines` asks for the contributions, too. Reads the part's tables; nothing is kept.
    """
    now = now.astimezone(UTC)
    size = len(memories)
    happened = lay_out(people, model, to_us(now))
    attributes = people.table("people", _columns(model, people))
    asker = Asker(attributes, happened.frame, happened.owner, now)
    collected = Lines() if lines else None
    summed = sum_engagement(model, happened, asker, size, collected)
    profiles = weigh_profiles(model.fit, asker, size)
    raised = find_raised(model, happened, asker, size)
    steps = place_on_journeys(model, summed.live, raised, size)
    choices = choose_stages(model, MemoryColumns.of(memories), profiles, raised, summed.score, now)
    nurture = _find_nurture(model, choices, steps[model.journey], summed.topics, profiles.personas)
    columns: dict[str, Any] = {
        **_stages(memories, choices),
        **_profile(profiles),
        "engagement": pl.Series(summed.score, dtype=pl.Float64),
        "grade": grade_all(model, profiles, summed.score),
        **_raised(model, raised),
        **{journey: _step_names(journey, places) for journey, places in steps.items()},
        "topic": summed.topics,
        "nurture_track": [row.track if row else None for row in nurture],
        "next_content": [row.content if row else None for row in nurture],
        "next_channel": [row.channel if row else None for row in nurture],
    }
    frame = pl.DataFrame({PERSON: np.arange(size), **columns}, schema=dict(DECIDED))
    return Decided(frame, collected.frame() if collected is not None else pl.DataFrame(schema=dict(LINES)))


def _columns(model: Model, people: People) -> list[str]:
    """Return the attributes a model looks at, as far as the snapshot has them."""
    named = attributes_asked(model) | {"persona"}
    return [PERSON, *(attribute_column(name) for name in people.attribute_types if name in named)]


def _stages(memories: Sequence[Memory], choices: Sequence[StageChoice]) -> dict[str, Any]:
    pairs = list(zip(memories, choices, strict=True))
    return {
        "stage_before": [memory.stage for memory in memories],
        "stage": [choice.stage for choice in choices],
        "rule": [choice.rule for choice in choices],
        "opens_handoff": [choice.stage != memory.stage and choice.stage in HANDOFF_STAGES for memory, choice in pairs],
    }


def _profile(profiles: Profiles) -> dict[str, Any]:
    return {
        "fit_verdict": [VERDICTS[number] for number in profiles.verdict.tolist()],
        "fit_pct": pl.Series(profiles.pct, dtype=pl.Float64).fill_nan(None),
        "fit_low": profiles.low,
        "fit_high": profiles.high,
        "completeness": profiles.completeness,
        "exclusions": profiles.exclusions,
        "persona": profiles.personas,
    }


def _raised(model: Model, raised: RaisedHands) -> dict[str, Any]:
    ids = [rule.id for rule in model.hand_raises]
    at = pl.Series(raised.at_us)
    return {
        "hand_raise": [None if number == NONE else ids[number] for number in raised.rule.tolist()],
        "raised_at": pl.select(pl.when(at != NEVER).then(at).cast(INSTANT)).to_series(),
    }


def _step_names(journey: Journey, places: Ints) -> list[str | None]:
    names: tuple[str | None, ...] = (*JOURNEY_STEPS[journey], None)
    return [names[place] for place in places.tolist()]


def _find_nurture(
    model: Model, choices: Sequence[StageChoice], steps: Ints, topics: Sequence[str | None],
    personas: Sequence[str | None],
) -> list[NurtureRow | None]:  # fmt: skip
    """Return everybody's nurture row; the domain looks it up once per combination that occurs."""
    names = (*JOURNEY_STEPS[model.journey], None)
    keys = [_numbered([choice.stage for choice in choices]), _numbered(topics), _numbered(personas)]
    classes = pack([*keys, (steps + 1, len(names))])

    def find(person: int) -> NurtureRow | None:
        return find_nurture(model, choices[person].stage, names[steps[person]], topics[person], personas[person])

    return ask_one_of_each(classes, find)


def _numbered(values: Sequence[str | None]) -> tuple[Ints, int]:
    """Number distinct values; returns the numbers and how many there are."""
    numbers: dict[str | None, int] = {}
    codes = np.array([numbers.setdefault(value, len(numbers)) for value in values], dtype=np.int64)
    return codes, max(1, len(numbers))
