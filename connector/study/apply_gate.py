"""Let through whom a plan speaks of and who is still as it found them; say of the others what has changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from connector.domain.decision import Decision
from connector.live.plan_write import FieldPlan
from connector.ports import PersonRef, Record
from connector.study.fingerprint import take_prints
from connector.study.plan import Line, Prints, Watch

Skip: TypeAlias = Literal["not_planned", "stage", "profile", "decided", "activity", "decision", "gone", "merged"]
"""Why somebody is not written: not in the plan; somebody changed the stage or sales answered; the profile was edited;
Puente decided anew; something happened; the decision has become another; deleted; merged into somebody."""


@dataclass(frozen=True, slots=True)
class PlanGate:
    """Compare people as read just now with their lines.

    `begun` are those whom a run that was cut off may have written in part: of them only the decision is compared, once
    the CRM shows the planned stage, because what differs is our own work.
    """

    lines: Mapping[PersonRef, Line]
    begun: Collection[PersonRef]
    watch: Watch

    def __call__(self, record: Record, decision: Decision, plan: FieldPlan) -> Skip | None:
        line = self.lines.get(record.ref)
        if line is None:
            return "not_planned"
        is_there = record.own.stage == line.stage_to == decision.stage
        if is_there and (not plan or record.ref in self.begun):
            return None
        if changed := _changed(take_prints(record, self.watch), line.prints):
            return changed
        as_planned = (decision.before.stage, decision.stage) == (line.stage_from, line.stage_to)
        return None if as_planned else "decision"


def _changed(now: Prints, then: Prints) -> Skip | None:
    if now.stage != then.stage:
        return "stage"
    if now.profile != then.profile:
        return "profile"
    if now.fields != then.fields:
        return "decided"
    return "activity" if now.events != then.events else None
