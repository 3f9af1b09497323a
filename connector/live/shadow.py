"""Let a candidate model decide beside the live one, on the very same records and instant, and store what it says.

Everything of the live decision is done before: nothing here asks the CRM, writes to it, or can stop a live decision.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from connector.domain.comparison import Cause, evidence_causes, fit_pct, point_changes
from connector.domain.decision import Decision, qualify
from connector.domain.model import Model
from connector.domain.person import CRM_STAGES, Memory
from connector.domain.values import rounded
from connector.live.shadowed import KEPT, Look, Shadowed, ShadowTask, StageSet, newest_tasks
from connector.live.shadows import Shadows
from connector.ports import PersonRef, Record, TaskDraft

MOST_POINTS: Final = 20
"""How many rules are named whose points differ, the largest differences."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LiveDecision:
    """Hold one live decision that is done: the record it was made of, and the task it made or ensured."""

    record: Record
    decision: Decision
    task: TaskDraft | None


@dataclass(slots=True)
class Shadow:
    """Follow the live model with a candidate. `failures` counts what went wrong, by the error's class."""

    model: Model
    shadows: Shadows
    failures: Counter[str] = field(default_factory=Counter)

    def follow(self, lives: Sequence[LiveDecision]) -> None:
        """Decide the people of live decisions with the candidate, and store it. Raises nothing."""
        if not lives:
            return
        try:
            earlier = self.shadows.recall([live.record.ref for live in lives])
            found = dict(self._follow_each(lives, earlier))
            self.shadows.remember(found)
        except Exception as error:  # noqa: BLE001 - a shadow that cannot be stored is no reason to stop the live one
            self._note(error)
        else:
            differing = sum(one.differs for one in found.values())
            _log.info("shadow people=%d differ=%d failed=%d", len(found), differing, self.failures.total())

    def _follow_each(
        self, lives: Sequence[LiveDecision], earlier: Mapping[PersonRef, Shadowed]
    ) -> Iterator[tuple[PersonRef, Shadowed]]:
        for live in lives:
            try:
                yield live.record.ref, follow_one(live, self.model, earlier.get(live.record.ref))
            except Exception as error:  # noqa: BLE001 - one person does not spoil the others' comparison
                self._note(error)

    def _note(self, error: Exception) -> None:
        """Count a failure, and log the first of its kind."""
        kind = type(error).__name__
        self.failures[kind] += 1
        if self.failures[kind] == 1:
            _log.warning("shadow failed, the live decisions stand: error=%s", kind, exc_info=error)


def follow_one(live: LiveDecision, candidate: Model, earlier: Shadowed | None) -> Shadowed:
    """Return the comparison of one person after a live decision. Pure."""
    decision, now = live.decision, live.decision.decided_at
    begun = earlier if earlier and _goes_on(earlier, decision, candidate, now) else None
    person, timeline = live.record.person, live.record.timeline
    other = qualify(person, timeline, candidate, now, candidate_memory(decision.before, begun), review=False)
    return Shadowed(
        live_model=decision.model.hash,
        candidate_model=candidate.hash,
        since=begun.since if begun else now,
        decided_at=now,
        decisions=1 + (begun.decisions if begun else 0),
        memory=other.after,
        left=StageSet.of(decision.after),
        live=_look(decision),
        candidate=_look(other),
        causes=_causes(live, other),
        points=point_changes(decision, other)[:MOST_POINTS],
        live_tasks=newest_tasks([*(begun.live_tasks if begun else ()), *_live_task(live)], now),
        candidate_tasks=newest_tasks([*(begun.candidate_tasks if begun else ()), *_candidate_task(other)], now),
    )


def _goes_on(earlier: Shadowed, decision: Decision, candidate: Model, now: datetime) -> bool:
    same = (earlier.live_model, earlier.candidate_model) == (decision.model.hash, candidate.hash)
    return same and earlier.decided_at > now - KEPT


def candidate_memory(found: Memory, earlier: Shadowed | None) -> Memory:
    """Return what the candidate remembers of a person whose live memory was found to be `found`.

    At first that is the live memory: the candidate takes the person over as it would if it were put in force. From
    then on its own stages and episodes count, but what others did holds under either model: what sales said, a stage
    that a person set, and the stages that only the CRM gives.
    """
    if earlier is None:
        return found
    own, episodes = earlier.memory, earlier.memory.episodes
    if _moved_by_others(found, earlier):
        return Memory(found.stage, found.set_by, found.set_at, found.sales, episodes)
    return Memory(own.stage, own.set_by, own.set_at, found.sales, episodes)


def _moved_by_others(found: Memory, earlier: Shadowed) -> bool:
    """Tell whether somebody but a model has moved the person since the last comparison.

    A stage that Puente set after it is a live decision the shadow has missed, such as by a kill: no business of the
    candidate's.
    """
    if (found.stage in CRM_STAGES) != (earlier.memory.stage in CRM_STAGES):
        return True
    return found.set_by != "puente" and StageSet.of(found) != earlier.left


def _look(decision: Decision) -> Look:
    score = rounded(decision.engagement.score)
    return Look(decision.stage, decision.choice.rule, decision.grade, score, fit_pct(decision))


def _causes(live: LiveDecision, other: Decision) -> tuple[Cause, ...]:
    """Say why the stages differ: the candidate's own past, when from the live one's it would decide alike."""
    decision, record = live.decision, live.record
    if decision.stage == other.stage:
        return ()
    if other.before != decision.before:
        now, before = decision.decided_at, decision.before
        from_live_past = qualify(record.person, record.timeline, other.model, now, before, review=False)
        if from_live_past.stage == decision.stage:
            return ("memory",)
    return evidence_causes(decision, other)


def _live_task(live: LiveDecision) -> tuple[ShadowTask, ...]:
    task, decision = live.task, live.decision
    return (ShadowTask(task.key, decision.stage, decision.decided_at, task.owner),) if task else ()


def _candidate_task(decision: Decision) -> tuple[ShadowTask, ...]:
    handoff = decision.handoff
    if handoff is None or handoff.key is None:
        return ()
    route = handoff.route
    pool = route.pool if route.owner is None else ()
    return (ShadowTask(handoff.key, handoff.stage, decision.decided_at, route.owner, pool),)
