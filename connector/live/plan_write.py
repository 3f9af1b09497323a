"""Plan what one decision changes in the CRM. Pure; nothing to change plans nothing: this is what ends webhook loops."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from connector.domain.decision import Decision, qualify
from connector.domain.mapping import Mapping as FieldMapping
from connector.domain.model import Locale, Model
from connector.domain.person import CRM_STAGES, Stage, Timeline
from connector.domain.reasons import missing_line, reasons
from connector.domain.values import rounded
from connector.live.recall import Remembered, rank
from connector.ports import FieldValue, Record

AS_OF_PATHS: Final = ("engagement", "grade")
"""True as of `puente_scored_at`: that they fade since then is no change."""
SILENT_PATHS: Final = ("decided_at", "reasons")
"""Refreshed with any other change, never a change by themselves."""


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """Hold the fields to change (old and new) and the lifecycle value to move to."""

    fields: Mapping[str, tuple[FieldValue, FieldValue]]
    lifecycle: str | None

    def __bool__(self) -> bool:
        return bool(self.fields) or self.lifecycle is not None


def plan_fields(
    record: Record, timeline: Timeline, decision: Decision, mapping: FieldMapping, locale: Locale,
    remembered: Remembered | None,
) -> FieldPlan:  # fmt: skip
    """Compare a decision with what the CRM holds, field by field."""
    wanted = _wanted(record, decision, mapping, locale)
    held = record.current
    differing = {name: (held.get(name), new) for name, new in wanted.items() if differs(held.get(name), new)}
    lifecycle = lifecycle_move(record, decision.stage, mapping, remembered)
    reasons_now = {name for name in differing if not _is_silent(record, name, mapping.write_back.get(name, ""))}
    if reasons_now and lifecycle is None and _only_faded(record, timeline, decision, mapping, reasons_now):
        reasons_now = set()
    if not reasons_now and lifecycle is None:
        return FieldPlan({}, None)
    return FieldPlan(differing, lifecycle)


def _wanted(record: Record, decision: Decision, mapping: FieldMapping, locale: Locale) -> dict[str, FieldValue]:
    wanted = {
        name: _value_at(path, record.current.get(name), decision, locale) for name, path in mapping.write_back.items()
    }
    if decision.handoff:
        wanted |= {mapping.sales_verdict: None, mapping.reject_reason: None}
    return wanted


def _value_at(path: str, current: FieldValue, decision: Decision, locale: Locale) -> FieldValue:
    """Return what a path of the mapping's `write_back` stands for."""
    if path == "reasons":
        return "\n".join(reasons(decision, locale))
    if path == "missing":
        return missing_line(decision, locale) or None
    if path == "handoff.key":
        return decision.handoff.key if decision.handoff else current
    if path == "stage_at":
        return _stage_at(current, decision)
    return _PLAIN_VALUES[path](decision)


_PLAIN_VALUES: Final[Mapping[str, Callable[[Decision], FieldValue]]] = {
    "stage": lambda decision: decision.stage,
    "fit.pct": lambda decision: None if decision.fit.pct is None else rounded(decision.fit.pct),
    "fit.completeness": lambda decision: rounded(decision.fit.completeness),
    "engagement": lambda decision: rounded(decision.engagement.score),
    "grade": lambda decision: decision.grade,
    "journey": lambda decision: decision.journey_step,
    "nurture_track": lambda decision: decision.nurture.track if decision.nurture else None,
    "next_content": lambda decision: decision.nurture.content if decision.nurture else None,
    "next_channel": lambda decision: decision.nurture.channel if decision.nurture else None,
    "model": lambda decision: model_stamp(decision.model),
    "decided_at": lambda decision: decision.decided_at,
}


def model_stamp(model: Model) -> str:
    """Return what is written of the model that decided."""
    return f"{model.name} {model.version} {model.hash[:12]}"


def _stage_at(current: FieldValue, decision: Decision) -> FieldValue:
    """Return the crossing moment: now when the stage changes, else when it was set, as far as anybody knows."""
    if decision.stage != decision.before.stage:
        return decision.decided_at
    return decision.after.set_at or current or decision.decided_at


def differs(old: FieldValue, new: FieldValue) -> bool:
    """Tell whether a field holds something else than is wanted, beyond what CRMs round or re-space."""
    if old == new:
        return False
    if isinstance(old, datetime) and isinstance(new, datetime):
        return abs((old - new).total_seconds()) >= 1
    if isinstance(old, int | float) and isinstance(new, int | float):
        return abs(old - new) >= 0.005
    if isinstance(old, str) and isinstance(new, str):
        return old.split() != new.split()
    return (old or None) != (new or None) if isinstance(old or new, str) else old != new


def _is_silent(record: Record, name: str, path: str) -> bool:
    return path in SILENT_PATHS and record.current.get(name) is not None


def _only_faded(
    record: Record, timeline: Timeline, decision: Decision, mapping: FieldMapping, differing: set[str]
) -> bool:
    """Tell whether the differing fields differ by the passing of time alone since they were last written."""
    paths = mapping.write_back
    scored_at = next((record.current.get(name) for name, path in paths.items() if path == "decided_at"), None)
    if not isinstance(scored_at, datetime) or any(paths.get(name) not in AS_OF_PATHS for name in differing):
        return False
    counted = (hit.match.event for hits in decision.engagement.counted.values() for hit in hits)
    if any(event.occurred_at > scored_at for event in counted):
        return False
    then = qualify(record.person, timeline, decision.model, scored_at, decision.after, review=False)
    return not any(
        differs(record.current.get(name), rounded(then.engagement.score) if paths[name] == "engagement" else then.grade)
        for name in differing
    )


def lifecycle_move(record: Record, stage: Stage, mapping: FieldMapping, remembered: Remembered | None) -> str | None:
    """Return the CRM's own stage value to move to: forward only, unless the mapping allows the way back."""
    target = mapping.stages.get(stage)
    held = record.lifecycle.stage
    if target is None or held == stage or held in CRM_STAGES or stage in CRM_STAGES:
        return None
    if remembered and remembered.refused_lifecycle == target:
        return None
    if held is None and record.lifecycle.raw:
        return None  # a stage of the customer's own: its place in the order is not ours to guess
    forward = rank(stage) > rank(held)
    return target if forward or mapping.allow_backward else None
