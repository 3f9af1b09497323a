"""Decide the stage: the first rule that applies."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from . import defaults
from .values import DAY, as_written, read_instant

LONG_AGO = -(10**30)
OWNED_BY_A_DEAL = ("opportunity", "customer", "evangelist")


@dataclass(frozen=True)
class Memory:
    """What earlier decisions, people and sales left; `set_at` unknown is long ago."""

    stage: str | None
    set_by: str | None
    set_at: int
    verdict: str | None
    reason: str | None
    verdict_at: int

    @staticmethod
    def of(raw: dict[str, Any] | None) -> "Memory":
        raw = raw or {}
        sales = raw.get("sales") or {}
        return Memory(
            raw.get("stage"),
            raw.get("set_by"),
            _instant(raw.get("set_at")),
            sales.get("verdict"),
            sales.get("reason"),
            _instant(sales.get("at")),
        )

    @property
    def concerns(self) -> bool:
        """Tell whether the verdict is about the present stage."""
        return self.verdict_at >= self.set_at

    @property
    def rejected_since(self) -> bool:
        return self.verdict == "rejected" and self.concerns

    @property
    def accepted_since(self) -> bool:
        return self.verdict == "accepted" and self.concerns


def _instant(raw: Any) -> int:
    at = read_instant(raw)
    return LONG_AGO if at is None else at


@dataclass(frozen=True)
class Evidence:
    """What the axes say at one instant."""

    verdict: str
    excluded: bool
    engagement: Any
    raised_at: int | None


def decide_stage(model: dict[str, Any], memory: Memory, evidence: Evidence, now: int) -> tuple[str, str]:
    """Return the stage and who it follows from."""
    rejected_at = memory.verdict_at if memory.verdict == "rejected" else None
    by_hand = memory.set_by == "person" and now < _after(memory.set_at, defaults.override_days(model))
    raised = evidence.raised_at is not None and (rejected_at is None or evidence.raised_at > rejected_at)
    if memory.stage in OWNED_BY_A_DEAL:
        return memory.stage, "deal"
    if rejected_at is not None and memory.reason == "never" and not (by_hand and memory.set_at > rejected_at):
        return "disqualified", "sales"
    if memory.stage == "mql" and memory.accepted_since and defaults.on_accept(model):
        return "sql", "sales"
    if memory.stage is not None and by_hand and not memory.rejected_since:
        return memory.stage, "person"
    if memory.stage == "sql" and not memory.rejected_since:
        return "sql", "sales"
    if evidence.excluded:
        return "disqualified", "puente"
    if evidence.verdict == "unfit":
        return ("mql" if raised and defaults.reviews_mnql_hand_raise(model) else "mnql"), "puente"
    if raised and defaults.on_hand_raise(model):
        return "sql", "puente"
    return _by_points(model, memory, evidence, now, rejected_at), "puente"


def _by_points(model: dict[str, Any], memory: Memory, evidence: Evidence, now: int, rejected_at: int | None) -> str:
    score = evidence.engagement
    cooling = rejected_at is not None and now < _after(rejected_at, defaults.cool_off_days(model))
    if evidence.verdict == "fit" and not cooling:
        bar = defaults.sql_enter(model)
        if bar is not None and score >= bar:
            return "sql"
        if score >= defaults.mql_enter(model):
            return "mql"
    if memory.stage == "mql" and not memory.rejected_since:
        dwelling = now < _after(memory.set_at, defaults.dwell_days(model))
        if dwelling or score >= defaults.mql_exit(model):
            return "mql"
    return "lead"


def _after(start: int, days: Any) -> Fraction:
    return start + as_written(days) * DAY
