"""Choose everybody's stage: people alike to the policy are one class, and the domain decides one of each class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from connector.domain.decision import grade_of
from connector.domain.model import Model, StagePolicy
from connector.domain.person import STAGES, Memory, Stage
from connector.domain.stages import Evidence, StageChoice, choose_stage, levels_of
from connector.domain.timeline import from_us, to_us
from connector.study.vector_profile import VERDICTS, Profiles
from connector.study.vector_raised import NEVER, RaisedHands
from connector.study.vector_truth import Flags, Floats, Ints, ask_one_of_each, pack

_STAGE_NUMBERS: Final[dict[Stage | None, int]] = {None: 0, **{stage: n for n, stage in enumerate(STAGES, start=1)}}
_LONGEST_US: Final = 10**18
"""Longer than any two instants are apart, short enough to be added to one."""


@dataclass(frozen=True, slots=True)
class MemoryColumns:
    """Hold everybody's memory by column: what the stage policy compares. NEVER stands for no instant."""

    memories: Sequence[Memory]
    stage: Ints
    by_person: Flags
    set_us: Ints
    verdict: Ints  # 0 none, 1 accepted, 2 rejected, 3 rejected for good
    said_us: Ints

    @classmethod
    def of(cls, memories: Sequence[Memory]) -> MemoryColumns:
        """Lay memories out. The instants may lie before or after `now`."""
        said = [memory.sales for memory in memories]
        return cls(
            memories,
            np.array([_STAGE_NUMBERS[memory.stage] for memory in memories], dtype=np.int64),
            np.array([memory.set_by == "person" for memory in memories], dtype=np.bool_),
            np.array([_us(memory.set_at) for memory in memories], dtype=np.int64),
            np.array([_verdict(memory) for memory in memories], dtype=np.int64),
            np.array([_us(sales.at) if sales else NEVER for sales in said], dtype=np.int64),
        )


def _us(instant: datetime | None) -> int:
    return NEVER if instant is None else to_us(instant)


def _verdict(memory: Memory) -> int:
    if memory.sales is None:
        return 0
    if memory.sales.verdict == "accepted":
        return 1
    return 3 if memory.sales.reason == "never" else 2


def choose_stages(
    model: Model, known: MemoryColumns, profiles: Profiles, raised: RaisedHands, score: Floats, now: datetime
) -> list[StageChoice]:
    """Return everybody's stage and the rule that decided it."""
    policy = model.stages

    def decide(person: int) -> StageChoice:
        at_us = int(raised.at_us[person])
        evidence = Evidence(
            VERDICTS[profiles.verdict[person]],
            bool(profiles.excluded[person]),
            levels_of(policy, float(score[person])),
            None if at_us == NEVER else from_us(at_us),
        )
        return choose_stage(policy, known.memories[person], evidence, now)

    return ask_one_of_each(_classes(policy, known, profiles, raised, score, to_us(now)), decide)


def _classes(
    policy: StagePolicy, known: MemoryColumns, profiles: Profiles, raised: RaisedHands, score: Floats, now_us: int
) -> Ints:
    """Number the classes by everything `choose_stage` compares; what it starts to compare has to be added here."""
    is_set, has_said = known.set_us != NEVER, known.verdict > 0
    within = _build_within(now_us)
    return pack(
        [
            (known.stage, len(_STAGE_NUMBERS)),
            (known.by_person, 2),
            (known.verdict, 4),
            (is_set, 2),
            (within(known.set_us, policy.override_days), 2),
            (within(known.set_us, policy.dwell_days), 2),
            (within(known.said_us, policy.cool_off_days), 2),
            (is_set & has_said & (known.set_us > known.said_us), 2),
            (profiles.verdict, 3),
            (profiles.excluded, 2),
            (raised.at_us != NEVER, 2),
            (raised.at_us > known.said_us, 2),
            (score >= policy.mql_exit, 2),
            (score >= policy.mql_enter, 2),
            (score >= (np.inf if policy.sql_enter is None else policy.sql_enter), 2),
        ]
    )


def _build_within(now_us: int) -> Callable[[Ints, float], Flags]:
    """Build the test of `stages.within`: a span is over at exactly its start plus its days."""

    def within(start_us: Ints, days: float) -> Flags:
        try:
            span_us = min(timedelta(days=days) // timedelta(microseconds=1), _LONGEST_US)
        except OverflowError:
            span_us = _LONGEST_US
        is_there: Flags = start_us != NEVER
        over_us: Ints = np.where(is_there, start_us, 0) + span_us
        return is_there & (now_us < over_us)

    return within


def grade_all(model: Model, profiles: Profiles, score: Floats) -> list[str]:
    """Return everybody's grade; the domain grades one of each class."""
    threshold, policy, pct = model.fit.threshold, model.stages, profiles.pct
    classes = pack(
        [
            (np.isnan(pct), 2),
            (pct >= (threshold + 100) / 2, 2),
            (pct >= threshold, 2),
            (pct >= threshold / 2, 2),
            (score >= policy.mql_enter, 2),
            (score >= policy.mql_exit, 2),
            (score > 0, 2),
        ]
    )

    def grade(person: int) -> str:
        share = float(pct[person])
        return grade_of(model, None if np.isnan(share) else share, float(score[person]))

    return ask_one_of_each(classes, grade)
