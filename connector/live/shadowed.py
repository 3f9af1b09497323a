"""Hold what is stored of a person whom a candidate model decides beside the live one. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from connector.domain.comparison import Cause, PointChange
from connector.domain.person import Memory, SetBy, Stage
from connector.live.recall import Remembered, merge_memories

KEPT: Final = timedelta(days=90)
"""How long a comparison is kept after a person's last decision."""
MOST_TASKS: Final = 20
"""How many handoffs of each model are kept of one person, the newest."""


@dataclass(frozen=True, slots=True)
class StageSet:
    """Say which stage somebody had, who set it and when."""

    stage: Stage | None
    set_by: SetBy
    set_at: datetime | None

    @classmethod
    def of(cls, memory: Memory) -> StageSet:
        return cls(memory.stage, memory.set_by, memory.set_at)


@dataclass(frozen=True, slots=True)
class Look:
    """Say what one model made of a person; `rule` is the stage rule that decided."""

    stage: Stage
    rule: str
    grade: str
    engagement: float
    fit_pct: float | None


@dataclass(frozen=True, slots=True)
class ShadowTask:
    """Name a handoff one of the models opened. With a `pool` nobody was chosen: it is whose turn it would have been."""

    key: str
    stage: Stage
    at: datetime
    owner: str | None
    pool: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shadowed:
    """Hold the newest comparison of one person, and what the next one needs.

    `live_model` and `candidate_model` are hashes; another pair begins anew. `memory` is the candidate's own, `left` the
    stage as the live decision left it: what the CRM shows otherwise next time, somebody else did. `causes` and `points`
    say why the stages differ, and which rules' points do.
    """

    live_model: str
    candidate_model: str
    since: datetime
    decided_at: datetime
    decisions: int
    memory: Memory
    left: StageSet
    live: Look
    candidate: Look
    causes: tuple[Cause, ...] = ()
    points: tuple[PointChange, ...] = ()
    live_tasks: tuple[ShadowTask, ...] = field(default=())
    candidate_tasks: tuple[ShadowTask, ...] = field(default=())

    @property
    def differs(self) -> bool:
        return self.live.stage != self.candidate.stage


@dataclass(frozen=True, slots=True)
class BlindSpots:
    """Name what a candidate looks at and the live model does not ask the CRM for: to the candidate it is unknown.

    `is_shortsighted`: the candidate counts events longer than the live one reads them.
    """

    attributes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    is_shortsighted: bool = False

    def __bool__(self) -> bool:
        return bool(self.attributes or self.kinds or self.is_shortsighted)


def newest_tasks(tasks: Iterable[ShadowTask], now: datetime) -> tuple[ShadowTask, ...]:
    """Return each handoff once, as it was first noted, without those too old or too many to be kept."""
    first: dict[str, ShadowTask] = {}
    for task in sorted(tasks, key=lambda task: task.at):
        first.setdefault(task.key, task)
    return tuple(task for task in first.values() if task.at > now - KEPT)[-MOST_TASKS:]


def join_shadowed(loser: Shadowed, survivor: Shadowed | None) -> Shadowed:
    """Join what is stored of two records that became one person, as the live memories are joined."""
    if survivor is None:
        return loser
    if (loser.live_model, loser.candidate_model) != (survivor.live_model, survivor.candidate_model):
        return survivor
    memory = merge_memories(Remembered(loser.memory), Remembered(survivor.memory)).memory
    now = max(loser.decided_at, survivor.decided_at)
    return replace(
        survivor,
        since=min(loser.since, survivor.since),
        decided_at=now,
        decisions=loser.decisions + survivor.decisions,
        memory=memory,
        live_tasks=newest_tasks([*loser.live_tasks, *survivor.live_tasks], now),
        candidate_tasks=newest_tasks([*loser.candidate_tasks, *survivor.candidate_tasks], now),
    )
