"""Ring for the people of a plan on the functions' queue: each doorbell carries what its line expects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from connector.live.clock import Clock
from connector.live.doorbell import Doorbell
from connector.live.planned import Planned, planned_to_text
from connector.live.queue import Queue
from connector.study.apply import Agenda, Stages
from connector.study.apply_journal import SETTLED, Became, Journal, Result
from connector.study.plan import Line
from connector.study.plan_file import PlanFile

RUNG: Final[frozenset[Became]] = SETTLED | {"rung"}
_BATCH: Final = 100


@dataclass(frozen=True, slots=True)
class Ringer:
    """Hand a plan over to workers elsewhere. They refuse it when their model or mapping is not the plan's.

    A kill between ringing and noting rings once more: the second doorbell finds everything done. `queue` None only
    counts (a dry run).
    """

    plan: PlanFile
    journal: Journal
    queue: Queue | None
    clock: Clock
    stages: Stages

    def run(self) -> Iterator[Result]:
        """Ring, and yield a result per line that is for this run."""
        chosen = Agenda(self.plan, self.journal, self.stages, self.clock(), RUNG).lines()
        while batch := list(islice(chosen, _BATCH)):
            if self.queue is not None:
                self.queue.put([self._doorbell(line) for line in batch])
            for line in batch:
                result = Result(line.ref, "rung", self.clock())
                self.journal.note(result)
                yield result

    def _doorbell(self, line: Line) -> Doorbell:
        header = self.plan.header
        planned = Planned(
            header.after.hash, header.mapping_hash, header.watch, line.stage_from, line.stage_to, line.prints
        )
        return Doorbell(
            header.crm, header.account, line.ref.object_type, line.ref.object_id, self.clock(), "planned",
            planned=planned_to_text(planned),
        )  # fmt: skip
