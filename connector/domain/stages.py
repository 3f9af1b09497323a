"""Decide the stage: the first rule that applies, in one fixed order, with a memory that keeps it calm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from connector.domain.fit import Verdict
from connector.domain.model import StagePolicy
from connector.domain.person import CRM_STAGES, HANDOFF_STAGES, Memory, SetBy, Stage

StageRule: TypeAlias = Literal[
    "owned_by_crm", "rejected_for_good", "accepted", "set_by_person", "owned_by_sales", "excluded", "unfit_review",
    "unfit", "hand_raise", "sql_points", "mql_points", "hysteresis", "dwell", "cooling_off", "recycled",
    "undetermined", "nurture",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Levels:
    """Say which thresholds the unrounded engagement reaches; a threshold that is not set is not reached."""

    mql_exit: bool
    mql_enter: bool
    sql_enter: bool


def levels_of(policy: StagePolicy, score: float) -> Levels:
    return Levels(
        score >= policy.mql_exit, score >= policy.mql_enter, policy.sql_enter is not None and score >= policy.sql_enter
    )


@dataclass(frozen=True, slots=True)
class Evidence:
    """Hold what the stage policy looks at. `raised_at` is the newest event of the live hand-raises."""

    verdict: Verdict
    excluded: bool
    levels: Levels
    raised_at: datetime | None


@dataclass(frozen=True, slots=True)
class StageChoice:
    stage: Stage
    rule: StageRule


def choose_stage(policy: StagePolicy, memory: Memory, evidence: Evidence, now: datetime) -> StageChoice:
    """Return the stage and the rule that decided it. Pure."""
    return _kept_stage(policy, memory, now) or _earned_stage(policy, memory, evidence, now)


def _kept_stage(policy: StagePolicy, memory: Memory, now: datetime) -> StageChoice | None:
    """Apply the rules under which somebody else owns the stage."""
    stage, sales = memory.stage, memory.sales
    if stage in CRM_STAGES and stage is not None:
        return StageChoice(stage, "owned_by_crm")
    overriding = memory.set_by == "person" and stage is not None and within(memory.set_at, policy.override_days, now)
    if sales and sales.verdict == "rejected" and sales.reason == "never":
        set_later = memory.set_at is not None and memory.set_at > sales.at
        if not (overriding and set_later):
            return StageChoice("disqualified", "rejected_for_good")
    if stage == "mql" and policy.on_accept and sales and sales.verdict == "accepted" and concerns_stage(memory):
        return StageChoice("sql", "accepted")
    rejected = rejected_since(memory)
    if overriding and stage is not None and not rejected:
        return StageChoice(stage, "set_by_person")
    if stage == "sql" and not rejected:
        return StageChoice("sql", "owned_by_sales")
    return None


def _earned_stage(policy: StagePolicy, memory: Memory, evidence: Evidence, now: datetime) -> StageChoice:
    """Apply the rules that follow from the person's profile and behaviour."""
    if evidence.excluded:
        return StageChoice("disqualified", "excluded")
    raised = _raised_anew(memory, evidence)
    if evidence.verdict == "unfit":
        if raised and policy.mnql_hand_raise == "review":
            return StageChoice("mql", "unfit_review")
        return StageChoice("mnql", "unfit")
    if raised and policy.on_hand_raise:
        return StageChoice("sql", "hand_raise")
    cooling = is_cooling_off(policy, memory, now)
    if evidence.verdict == "fit" and not cooling:
        if evidence.levels.sql_enter:
            return StageChoice("sql", "sql_points")
        if evidence.levels.mql_enter:
            return StageChoice("mql", "mql_points")
    return _kept_mql(policy, memory, evidence, now) or StageChoice("lead", _lead_rule(memory, evidence, cooling))


def _kept_mql(policy: StagePolicy, memory: Memory, evidence: Evidence, now: datetime) -> StageChoice | None:
    """Keep an MQL calm while its engagement falls: hysteresis and dwell."""
    if memory.stage != "mql" or rejected_since(memory):
        return None
    if evidence.levels.mql_exit:
        return StageChoice("mql", "hysteresis")
    return StageChoice("mql", "dwell") if within(memory.set_at, policy.dwell_days, now) else None


def _lead_rule(memory: Memory, evidence: Evidence, cooling: bool) -> StageRule:
    if memory.stage in HANDOFF_STAGES and rejected_since(memory):
        return "recycled"
    if cooling:
        return "cooling_off"
    return "undetermined" if evidence.verdict == "undetermined" else "nurture"


def concerns_stage(memory: Memory) -> bool:
    """Tell whether the sales verdict is about the present stage: it is not older than it."""
    return memory.sales is not None and (memory.set_at is None or memory.sales.at >= memory.set_at)


def rejected_since(memory: Memory) -> bool:
    return memory.sales is not None and memory.sales.verdict == "rejected" and concerns_stage(memory)


def _raised_anew(memory: Memory, evidence: Evidence) -> bool:
    """Tell whether a live hand-raise is newer than the last rejection: only such a one counts."""
    if evidence.raised_at is None:
        return False
    sales = memory.sales
    return sales is None or sales.verdict != "rejected" or evidence.raised_at > sales.at


def is_cooling_off(policy: StagePolicy, memory: Memory, now: datetime) -> bool:
    sales = memory.sales
    return sales is not None and sales.verdict == "rejected" and within(sales.at, policy.cool_off_days, now)


def within(start: datetime | None, days: float, now: datetime) -> bool:
    """Tell whether `now` is before `start` + `days`: the span is over at exactly that instant."""
    end = end_of(start, days)
    return end is not None and now < end


def end_of(start: datetime | None, days: float) -> datetime | None:
    """Return `start` + `days`; None without a start, the last representable instant when it lies beyond."""
    if start is None:
        return None
    try:
        return start + timedelta(days=days)
    except OverflowError:
        return datetime.max.replace(tzinfo=start.tzinfo)


def memory_after(memory: Memory, choice: StageChoice, now: datetime) -> Memory:
    """Return what the next decision must remember."""
    if choice.stage == memory.stage:
        return memory
    episodes = dict(memory.episodes)
    if choice.stage in HANDOFF_STAGES:
        episodes[choice.stage] = episodes.get(choice.stage, 0) + 1
    set_by: SetBy = "sales" if choice.rule in ("accepted", "rejected_for_good") else "puente"
    return Memory(stage=choice.stage, set_by=set_by, set_at=now, sales=memory.sales, episodes=episodes)
