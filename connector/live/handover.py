"""Plan the tasks of one decision: the one to ensure, the ones to close, and what to note before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from zoneinfo import ZoneInfo

from connector.domain.decision import Decision
from connector.domain.handoff import Handoff, person_key
from connector.domain.model import Locale
from connector.domain.reasons import headline
from connector.domain.task_text import write_task
from connector.live.errands import Errand
from connector.live.recall import Remembered
from connector.ports import FieldValue, Record, TaskClosing, TaskDraft

Assign: TypeAlias = Callable[[Sequence[str], str, int | None], str | None]


@dataclass(frozen=True, slots=True)
class Handover:
    """Hold the task to ensure and to close; `begun` errands to note first, `over` errands no longer wanted."""

    draft: TaskDraft | None = None
    closings: tuple[TaskClosing, ...] = ()
    begun: tuple[Errand, ...] = ()
    over: tuple[Errand, ...] = ()

    def __bool__(self) -> bool:
        return self.draft is not None or bool(self.closings)

    @property
    def is_unassigned(self) -> bool:
        return self.draft is not None and self.draft.owner is None


def plan_handover(
    record: Record,
    decision: Decision,
    remembered: Remembered | None,
    errands: Sequence[Errand],
    assign: Assign | None,
    locale: Locale,
    key_field: str | None,
) -> Handover:
    """Plan the tasks of a decision, taking up what an earlier run began and could not finish.

    `key_field` is the field of the CRM that keeps the key of the last handoff. `assign` chooses an owner by capacity
    and counts it; None (a dry run) leaves the choice open.
    """
    present = _present_keys(record, decision, key_field)
    opening = _opening(record, decision, present, errands, assign, locale)
    closings = _closings(record, decision, remembered, errands, locale)
    wanted = (*((opening,) if opening else ()), *closings)
    over = tuple(errand for errand in errands if (errand.key, errand.what) not in {(e.key, e.what) for e in wanted})
    return Handover(
        draft=opening.draft if opening else None,
        closings=tuple(errand.closing for errand in closings),
        begun=wanted,
        over=over,
    )


def _opening(
    record: Record,
    decision: Decision,
    present: Sequence[FieldValue],
    errands: Sequence[Errand],
    assign: Assign | None,
    locale: Locale,
) -> Errand | None:
    """Return the task to ensure: of the episode just opened, or of one that was begun and not finished."""
    handoff = decision.handoff
    if handoff is None:
        begun = (errand for errand in errands if errand.what == "open" and errand.stage == decision.stage)
        return next((errand for errand in begun if errand.key in present), None)
    if handoff.key is None:
        return None
    # Opened again, because the person's own part never reached the CRM: then no task did either. Reasons and due time
    # are those of now; the owner chosen before stays, so that nobody's day is counted twice.
    earlier = next((errand.draft for errand in errands if errand.what == "open" and errand.key == handoff.key), None)
    draft = _draft(decision, handoff, earlier, assign, locale)
    return Errand(record.ref, handoff.key, "open", handoff.stage, draft)


def _present_keys(record: Record, decision: Decision, key_field: str | None) -> Sequence[FieldValue]:
    """Return the keys the present episode may have: the CRM's (also after a merge), and ours where it keeps none."""
    episode = decision.after.episodes.get(decision.stage, 0)
    held = record.current.get(key_field) if key_field else None
    return held, person_key(record.person, decision.stage, episode)


def _draft(
    decision: Decision, handoff: Handoff, earlier: TaskDraft | None, assign: Assign | None, locale: Locale
) -> TaskDraft:
    routing, zone = decision.model.handoff.routing, ZoneInfo(decision.model.handoff.calendar.timezone)
    owner = handoff.route.owner
    if owner is None and earlier and earlier.owner in handoff.route.pool:
        owner = earlier.owner
    if owner is None and handoff.route.pool and assign:
        day = decision.decided_at.astimezone(zone).date().isoformat()
        owner = assign(handoff.route.pool, day, routing.capacity_per_day)
    text = write_task(decision, handoff, owner, locale)
    return TaskDraft(
        key=handoff.key or "",
        kind=handoff.rules.task,
        subject=text.subject,
        body=text.body,
        due_at=handoff.due_at,
        priority=handoff.rules.priority,
        owner=owner,
        fallback_owner=routing.escalate_to,
    )


def _closings(
    record: Record, decision: Decision, remembered: Remembered | None, errands: Sequence[Errand], locale: Locale
) -> tuple[Errand, ...]:
    """Return the review tasks to close: the person is no longer an MQL, however that came about."""
    if decision.stage == "mql":
        return ()
    begun = {errand.key: errand for errand in errands if errand.what == "close"}
    for key in _review_keys(record, decision, remembered):
        if key not in begun:
            begun[key] = Errand(record.ref, key, "close", "mql", reason=headline(decision, locale))
    return tuple(begun.values())


def _review_keys(record: Record, decision: Decision, remembered: Remembered | None) -> tuple[str, ...]:
    """Return the keys of the review tasks a person leaves behind: as remembered, else by the last episode."""
    if remembered and remembered.review_keys:
        return remembered.review_keys
    was_mql = "mql" in (decision.before.stage, remembered.memory.stage if remembered else None)
    episode = decision.after.episodes.get("mql")
    key = person_key(record.person, "mql", episode) if was_mql and episode else None
    return (key,) if key else ()
