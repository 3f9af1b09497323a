"""Plan one person with the domain itself: everything a plan says of somebody who moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from connector.domain.comparison import evidence_causes, fit_pct, point_changes
from connector.domain.decision import Decision, qualify
from connector.domain.mapping import Mapping as FieldMapping
from connector.domain.model import Locale, Model
from connector.domain.reasons import reasons
from connector.domain.values import rounded
from connector.live.errands import Errand
from connector.live.handover import Handover, plan_handover
from connector.live.plan_write import SILENT_PATHS, FieldPlan, plan_fields
from connector.live.planned import Prints
from connector.live.recall import Remembered, recall
from connector.ports import Record
from connector.study.plan import Line, PlannedTask


@dataclass(frozen=True, slots=True)
class Planner:
    """Decide people with the model in force and with the one planned, and say what the second would do."""

    before: Model
    after: Model
    mapping: FieldMapping
    locale: Locale
    now: datetime

    def plan(
        self, record: Record, remembered: Remembered | None, errands: Sequence[Errand], prints: Prints
    ) -> Line | None:
        """Return the line of one person; None when nothing would be written."""
        key_field = self.mapping.handoff_key_field
        memory = recall(record, remembered, self.now, key_field)
        decision = qualify(record.person, record.timeline, self.after, self.now, memory, review=False)
        fields = plan_fields(record, record.timeline, decision, self.mapping, self.locale, remembered)
        handover = plan_handover(record, decision, remembered, errands, None, self.locale, key_field)
        if not fields and not handover:
            return None
        changes, task = self._changes(record, fields), _task(decision, handover)
        if decision.stage == memory.stage and not handover:
            return Line(record.ref, memory.stage, decision.stage, prints, changes)
        present = qualify(record.person, record.timeline, self.before, self.now, memory, review=False)
        return Line(
            ref=record.ref,
            stage_from=memory.stage,
            stage_to=decision.stage,
            prints=prints,
            changes=changes,
            rule=decision.choice.rule,
            causes=("time",) if present.stage == decision.stage else evidence_causes(present, decision),
            points=point_changes(present, decision),
            engagement=(rounded(present.engagement.score), rounded(decision.engagement.score)),
            fit=(fit_pct(present), fit_pct(decision)),
            reasons=reasons(decision, self.locale),
            task=task,
            closings=len(handover.closings),
            by_person=memory.set_by == "person",
        )

    def _changes(self, record: Record, fields: FieldPlan) -> tuple[str, ...]:
        """Return the fields that count as a change, the CRM's own stage field as `lifecycle`."""
        told = (
            name
            for name in fields.fields
            if self.mapping.write_back.get(name) not in SILENT_PATHS or record.current.get(name) is None
        )
        return (*told, *(("lifecycle",) if fields.lifecycle else ()))


def _task(decision: Decision, handover: Handover) -> PlannedTask | None:
    draft, handoff = handover.draft, decision.handoff
    if draft is None:
        return None
    if handoff is None:
        return PlannedTask(draft.kind, "begun", draft.owner, draft.due_at)
    pool = handoff.route.pool if draft.owner is None else ()
    return PlannedTask(draft.kind, handoff.route.rule, draft.owner, draft.due_at, pool)
