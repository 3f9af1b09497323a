"""Apply a plan: exactly its lines, each checked against the person as they are now, in stages, and resumable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, islice
from typing import Final
from zoneinfo import ZoneInfo

from connector.live.planned import PlanGate
from connector.live.qualify import Outcome, Qualifier
from connector.ports import PersonRef
from connector.study.apply_journal import SETTLED, Became, Journal, Result
from connector.study.plan import Line, PlannedTask
from connector.study.plan_file import PlanFile

WAVE: Final = 1_000
"""How many people are read and written together: the size of the adapters' own waves."""
_BECAME: Final[dict[str, Became]] = {
    "written": "written", "planned": "planned", "unchanged": "already", "skipped": "skipped", "parked": "failed",
}  # fmt: skip

_WITH_TASK: Final[frozenset[Became]] = frozenset({"written", "rung"})


@dataclass(slots=True)
class Stages:
    """Say how much of a plan is for this run: at most `limit` lines, and so many tasks per rep for this day.

    Where reps take turns, what they own anyway counts with what they get by turns.
    """

    limit: int | None = None
    per_rep_per_day: int | None = None
    _taken: int = 0
    _tasks: Counter[tuple[str | None, ...]] = field(default_factory=Counter)

    def note_done(self, line: Line) -> None:
        """Count a task that was made today already."""
        if line.task is not None:
            self._tasks[line.task.reps] += 1

    def admit(self, line: Line) -> bool:
        """Tell whether a line is for this run, and count it."""
        if self.limit is not None and self._taken >= self.limit:
            return False
        if line.task is not None and self.per_rep_per_day is not None and self._is_full(line.task):
            return False
        self._taken += 1
        self.note_done(line)
        return True

    def _is_full(self, task: PlannedTask) -> bool:
        taken = self._tasks[task.reps] + sum(self._tasks[(rep,)] for rep in task.pool if task.reps != (rep,))
        return taken >= (self.per_rep_per_day or 0) * len(task.reps)


@dataclass(slots=True)
class Agenda:
    """Choose the lines that are for this run: not settled by an earlier one, within the stages, movers first."""

    plan: PlanFile
    journal: Journal
    stages: Stages
    now: datetime
    settled: frozenset[Became] = SETTLED

    def lines(self) -> Iterator[Line]:
        """Yield the lines of this run."""
        self._recount()
        everybody = chain(
            (line for line in self.plan.lines() if line.moves), (line for line in self.plan.lines() if not line.moves)
        )
        open_lines = (line for line in everybody if not self.journal.is_settled(line.ref, self.settled))
        return (line for line in open_lines if self.stages.admit(line))

    def _recount(self) -> None:
        """Count the tasks that earlier runs made today."""
        today = self._day(self.now)
        for line in self.plan.lines():
            done = self.journal.results.get(line.ref)
            if done and done.became in _WITH_TASK and done.at and self._day(done.at) == today:
                self.stages.note_done(line)

    def _day(self, instant: datetime) -> str:
        return instant.astimezone(ZoneInfo(self.plan.header.time_zone)).date().isoformat()


@dataclass(slots=True)
class Applier:
    """Apply one plan with the use case that serves doorbells, too; the journal knows what earlier runs did."""

    plan: PlanFile
    qualifier: Qualifier
    journal: Journal
    stages: Stages = field(default_factory=Stages)

    def run(self) -> Iterator[Result]:
        """Yield what becomes of each line that is for this run."""
        chosen = Agenda(self.plan, self.journal, self.stages, self.qualifier.clock()).lines()
        while wave := list(islice(chosen, WAVE)):
            yield from self._apply(wave)

    def _apply(self, wave: Sequence[Line]) -> Iterator[Result]:
        lines = {line.ref: line for line in wave}
        resumed = frozenset(ref for ref in lines if ref in self.journal.begun)
        gate = PlanGate(lines, resumed, self.plan.header.watch)
        if not self.qualifier.dry_run:
            self.journal.begin(lines)
        told: set[PersonRef] = set()
        for outcome in replace(self.qualifier, gate=gate).qualify(list(lines)):
            if outcome.ref in lines and outcome.ref not in told:
                told.add(outcome.ref)
                result = self._result(outcome, resumed=outcome.ref in resumed)
                self.journal.note(result)
                yield result

    def _result(self, outcome: Outcome, *, resumed: bool) -> Result:
        """Say what became of a line; what a run that was cut off had written is written."""
        now = self.qualifier.clock()
        if outcome.outcome == "gone":
            return Result(outcome.ref, "skipped", now, "merged" if outcome.survivor else "gone")
        became = "written" if resumed and outcome.outcome == "unchanged" else _BECAME[outcome.outcome]
        return Result(
            outcome.ref,
            became,
            now,
            outcome.reason,
            outcome.task_id,
            outcome.tasks_closed,
        )


def count_pending(plan: PlanFile, journal: Journal, settled: frozenset[Became] = SETTLED) -> int:
    """Return how many lines no run has settled."""
    return sum(not journal.is_settled(line.ref, settled) for line in plan.lines())
