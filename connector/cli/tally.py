"""Count what became of many people while they stream by, keeping no person in memory."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final, TypeAlias, TypeVar

from connector.domain.person import HANDOFF_STAGES, Stage
from connector.live.qualify import Outcome
from connector.ports import PersonRef

MOST_LISTED: Final = 20

T = TypeVar("T")
Move: TypeAlias = tuple[Stage | None, Stage]


@dataclass(slots=True)
class Tally:
    """Hold the counts of a run. `tasks` counts per move what was created, or would be in a dry run.

    `lost` are the ids nobody answers to any more, not even the survivor of a merge.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    moves: Counter[Move] = field(default_factory=Counter)
    tasks: Counter[Move] = field(default_factory=Counter)
    closed: int = 0
    unassigned: int = 0
    fields: int = 0
    lost: int = 0
    parked: list[Outcome] = field(default_factory=list)
    gone: list[tuple[PersonRef, PersonRef | None]] = field(default_factory=list)
    handed_over: PersonRef | None = None
    decided: PersonRef | None = None

    @property
    def total(self) -> int:
        return self.outcomes.total()

    def add(self, outcome: Outcome) -> None:
        self.outcomes[outcome.outcome] += 1
        self.fields += len(outcome.changes)
        self.closed += outcome.tasks_closed
        self.unassigned += outcome.task_unassigned
        if outcome.outcome == "parked":
            _list_some(self.parked, outcome)
        if outcome.outcome == "gone":
            _list_some(self.gone, (outcome.ref, outcome.survivor))
            self.lost += outcome.survivor is None
        decision = outcome.decision
        if decision is None:
            return
        move = (decision.before.stage, decision.stage)
        if outcome.task_created or (outcome.outcome == "planned" and decision.handoff):
            self.tasks[move] += 1
        if outcome.outcome == "parked":
            return
        self.decided = self.decided or outcome.ref
        self.moves[move] += 1
        if decision.stage in HANDOFF_STAGES:
            self.handed_over = self.handed_over or outcome.ref


def _list_some(kept: list[T], item: T) -> None:
    if len(kept) < MOST_LISTED:
        kept.append(item)
