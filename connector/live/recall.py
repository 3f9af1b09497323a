"""Build the memory of a decision from what the CRM shows and what the ledger remembers. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from connector.domain.handoff import person_key
from connector.domain.person import (
    CRM_STAGES,
    HANDOFF_STAGES,
    STAGES,
    Memory,
    SalesVerdict,
    SetBy,
    Stage,
)  # fmt: skip
from connector.domain.stages import within
from connector.ports import Record, StageMark

MOST_EPISODES: Final = 50


@dataclass(frozen=True, slots=True)
class Remembered:
    """Hold what the ledger knows of one person.

    `refused_lifecycle` is a lifecycle value the CRM would not take: asking again at every run would be a write
    without a change. `fetched_at` is when the last finished fetch began. `intended` is the memory a write under way
    would leave: after a kill it tells that the stage found in the CRM is our own. `is_joined`: two records became one
    and the CRM's field does not show it yet. `review_keys` are the keys of review tasks not known to be over: after a
    merge they cannot be derived from the survivor's id.
    """

    memory: Memory = field(default_factory=Memory)
    decided_at: datetime | None = None
    fetched_at: datetime | None = None
    next_review_at: datetime | None = None
    refused_lifecycle: str | None = None
    intended: Memory | None = None
    is_joined: bool = False
    review_keys: tuple[str, ...] = ()


def recall(record: Record, remembered: Remembered | None, now: datetime, key_field: str | None) -> Memory:
    """Return the memory: a stage beyond `sql` in the CRM wins, then who changed a stage last, then the ledger.

    `key_field` is the field of the CRM that keeps the key of the last handoff.
    """
    remembered = _arrived(record, remembered)
    known = _confirmed(record, remembered)
    sales = _last_verdict(record, known, now)
    episodes = _episodes(record, known, key_field)
    if remembered and remembered.is_joined and record.own.by != "person" and record.lifecycle.stage not in CRM_STAGES:
        return Memory(known.stage, known.set_by, known.set_at, sales, episodes)
    stage, set_by, set_at = _present_stage(record, known if remembered else None, now)
    came_with = None if remembered else _inherited_stage(record)
    if set_by == "puente" and rank(came_with) > rank(stage):
        stage, set_at = came_with, None
    return Memory(stage=stage, set_by=set_by, set_at=set_at, sales=sales, episodes=episodes)


def needs_history(record: Record, remembered: Remembered | None, override_days: float, now: datetime) -> bool:
    """Tell whether only the CRM's history can say who set the present stage, and it matters who did."""
    remembered = _arrived(record, remembered)
    if record.own.stage is not None:
        return remembered is None or _confirmed(record, remembered).stage != record.own.stage
    lifecycle = record.lifecycle
    return remembered is None and lifecycle.stage is not None and within(lifecycle.at, override_days, now)


def _arrived(record: Record, remembered: Remembered | None) -> Remembered | None:
    """Return what is remembered; an intention of a first run that a kill kept from the CRM is no memory at all."""
    if remembered is None or remembered.decided_at or remembered.memory != Memory():
        return remembered
    intended = remembered.intended
    return remembered if intended and intended.stage == record.own.stage else None


def _confirmed(record: Record, remembered: Remembered | None) -> Memory:
    """Return the ledger's memory, or the intended one when the CRM shows that its write arrived before a kill."""
    if remembered is None:
        return Memory()
    intended = remembered.intended
    if intended and record.own.stage == intended.stage and record.own.stage != remembered.memory.stage:
        return intended
    return remembered.memory


def _present_stage(record: Record, known: Memory | None, now: datetime) -> tuple[Stage | None, SetBy, datetime | None]:
    lifecycle = record.lifecycle
    if lifecycle.stage in CRM_STAGES:
        return lifecycle.stage, "deal", lifecycle.at
    if record.own.stage is None:
        if known and known.stage and known.set_by != "person" and known.stage not in CRM_STAGES:
            return known.stage, known.set_by, known.set_at
        return lifecycle.stage, "person" if lifecycle.by == "person" else "puente", lifecycle.at
    stage, set_by, set_at = _own_stage(record.own, known, now)
    if _moved_by_hand(record, stage, set_at):
        return lifecycle.stage, "person" if lifecycle.by in ("person", None) else "sales", lifecycle.at
    if known is None and _followed_a_person(record):
        return stage, "person", lifecycle.at
    return stage, set_by, set_at


def _followed_a_person(record: Record) -> bool:
    """Tell from the history that our stage only repeats what a person had set in the CRM's own field before.

    The ledger remembers whose stage it was; where it was lost, our own field alone would say that it was ours.
    """
    own, lifecycle = record.own, record.lifecycle
    same = own.stage is not None and lifecycle.stage == own.stage
    if not same or (own.by, lifecycle.by) != ("puente", "person") or lifecycle.at is None:
        return False
    return own.at is None or lifecycle.at <= own.at


def _own_stage(own: StageMark, known: Memory | None, now: datetime) -> tuple[Stage | None, SetBy, datetime | None]:
    """Tell who set our own field: the ledger when it agrees, else the CRM's history."""
    if known and known.stage == own.stage:
        return known.stage, known.set_by, known.set_at or own.at
    if own.by == "puente" or (known is None and own.by != "person"):
        return own.stage, "puente", own.at
    return own.stage, "person", own.at or now


def _moved_by_hand(record: Record, stage: Stage | None, set_at: datetime | None) -> bool:
    """Tell whether somebody moved the CRM's own lifecycle field after our stage was set.

    The CRM's own movers (imports, workflows, a lead object) count only when they make it sales' business: an SQL; or
    when they take back a stage that nobody but the CRM can give: a customer no more would else stay one for ever.
    """
    lifecycle = record.lifecycle
    if lifecycle.stage is None or lifecycle.at is None or lifecycle.stage == stage or lifecycle.by == "puente":
        return False
    if set_at is not None and lifecycle.at <= set_at:
        return False
    return lifecycle.by != "crm" or lifecycle.stage == "sql" or stage in CRM_STAGES


def _last_verdict(record: Record, known: Memory, now: datetime) -> SalesVerdict | None:
    """Return what sales said last; a verdict without a date dates from when it was first seen."""
    if record.verdict is None:
        return known.sales
    same = known.sales and (known.sales.verdict, known.sales.reason) == (record.verdict, record.verdict_reason)
    at = record.verdict_at or (known.sales.at if same and known.sales else now)
    return SalesVerdict(record.verdict, at, record.verdict_reason)


def _episodes(record: Record, known: Memory, key_field: str | None) -> Mapping[str, int]:
    """Count episodes; the keys the CRM carries prove their episodes even when the ledger was lost."""
    episodes = dict(known.episodes)
    held = record.current.get(key_field) if key_field else None
    keys = [key for key in (held, *record.inherited) if isinstance(key, str) and key]
    for stage in HANDOFF_STAGES:
        for key in keys:
            if proven := _episode_of(record, stage, key):
                episodes[stage] = max(proven, episodes.get(stage, 0))
    return episodes


def _inherited_stage(record: Record) -> Stage | None:
    """Return the furthest stage of which a merged or converted record brought a task that nobody has completed.

    Without the ledger nothing else tells that this person was handed over, and sales would get a second task.
    """
    stages = (stage for stage in HANDOFF_STAGES for key in record.inherited if _episode_of(record, stage, key))
    return max(stages, key=rank, default=None)


def _episode_of(record: Record, stage: Stage, key: str) -> int | None:
    """Return the episode a key stands for, of this record or of one merged into it."""
    people = [record.person, *(replace(record.person, object_id=loser.object_id) for loser in record.merged)]
    numbers = range(1, MOST_EPISODES + 1)
    return next((n for person in people for n in numbers if person_key(person, stage, n) == key), None)


def rank(stage: Stage | None) -> int:
    """Return the order of a stage; none is before all, `disqualified` beside them counts as before all too."""
    return -1 if stage is None or stage == "disqualified" else STAGES.index(stage)


def merge_memories(loser: Remembered, survivor: Remembered | None) -> Remembered:
    """Join what is remembered of two records that became one person: nobody is handed over twice."""
    if survivor is None:
        return Remembered(loser.memory, is_joined=True, review_keys=loser.review_keys)
    ahead = loser.memory if rank(loser.memory.stage) > rank(survivor.memory.stage) else survivor.memory
    verdicts = [memory.sales for memory in (loser.memory, survivor.memory) if memory.sales]
    episodes = dict(survivor.memory.episodes)
    for stage, count in loser.memory.episodes.items():
        episodes[stage] = max(count, episodes.get(stage, 0))
    memory = Memory(
        stage=ahead.stage,
        set_by=ahead.set_by,
        set_at=ahead.set_at,
        sales=max(verdicts, key=lambda verdict: verdict.at, default=None),
        episodes=episodes,
    )
    keys = (*survivor.review_keys, *loser.review_keys)
    return Remembered(memory, next_review_at=survivor.next_review_at, is_joined=True, review_keys=keys)
