"""An organisation with people, the command line beside it, and what must hold at the end."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.contract.other_hubspot.pace import Pace
from tests.contract.other_salesforce.catalogue import KEY
from tests.contract.other_salesforce.commands import Run, puente, puente_here
from tests.contract.other_salesforce.judging import (
    Before,
    broken_promises,
    half_written,
    leaks,
    stages,
    tasks_by_person,
    unaccounted,
)
from tests.contract.other_salesforce.life import living
from tests.contract.other_salesforce.mischief import Interference, Mishap
from tests.contract.other_salesforce.org import Habits, Item, Org, utc_now
from tests.contract.other_salesforce.people import Base, settle
from tests.contract.other_salesforce.server import OtherSalesforce
from tests.contract.other_salesforce.values import Kept

START = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)


class Clock:
    """Go on by a millisecond whenever it is read, and further when told to."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


class MachineClock(Clock):
    """Tell the machine's time, for stories in which the command is a process of its own."""

    def __call__(self) -> datetime:
        return utc_now()


@dataclass
class Walk:
    """Hold one story: an organisation being served, its people, a folder with the connector's state, one clock."""

    served: OtherSalesforce
    base: Base
    folder: Path
    clock: Clock
    before: Before
    settings: dict[str, str] = field(default_factory=dict)
    pace: Pace = field(default_factory=Pace)
    bulk_threshold: int = 10_000

    @property
    def org(self) -> Org:
        return self.served.org

    def run(self, *words: str, **settings: str) -> Run:
        """Qualify in this process, by default everybody."""
        return puente_here(
            self.served, self.folder, *(words or ("qualify", "--all")), "--json",
            pace=self.pace, clock=self.clock, bulk_threshold=self.bulk_threshold, more={**self.settings, **settings},
        )  # fmt: skip

    def process(self, *words: str, **settings: str) -> Run:
        """Qualify in a process of its own, by default everybody, with the machine's clock and all waits."""
        chosen = words or ("qualify", "--all", "--json")
        return puente(self.served, self.folder, *chosen, settings={**self.settings, **settings})

    def fail(self, *mishaps: Mishap) -> None:
        self.served.mischief.mishaps.extend(mishaps)

    def meddle(self, *interferences: Interference) -> None:
        self.served.mischief.interferences.extend(interferences)

    def calm(self) -> None:
        """Let nothing go wrong from now on."""
        self.served.mischief.mishaps.clear()
        self.served.mischief.interferences.clear()
        self.org.rules.clear()
        self.served.limits.daily, self.served.limits.busy = None, 0

    def show(self, person_id: str) -> dict[str, Kept]:
        return self.org.item(person_id).values

    def tasks(self, person_id: str) -> list[Item]:
        """Return our living tasks about somebody."""
        return [task for task in self.org.of("Task", WhoId=person_id) if task.text(KEY)]

    def promises(self, run: Run) -> list[str]:
        """Say what is wrong after a run that may have met anything."""
        return [*unaccounted(run, self.base.all), *broken_promises(self.org, self.before), *leaks(run, self.org)]

    def ends_well(self) -> dict[str, Any]:
        """Complete the work undisturbed, see that a further run writes nothing, and return what there is then."""
        self.calm()
        last = self.run()
        written = Counter(self.org.writes)
        again = self.run()
        wrong = [*unaccounted(last, living(self.org)), *broken_promises(self.org, self.before)]
        assert wrong + half_written(self.org) == []
        assert (last.code, again.code) == (0, 0), last.err[-500:]
        assert set(again.outcomes.values()) == {"unchanged"}
        assert self.org.writes == written
        assert self.org.oddities == []
        return self.summary()

    def summary(self) -> dict[str, Any]:
        return {"stages": stages(self.org), "tasks": {i: len(keys) for i, keys in tasks_by_person(self.org).items()}}


@contextmanager
def served(habits: Habits | None = None, *, clock: Clock | None = None, **people: Any) -> Iterator[Walk]:
    """Serve an organisation that has our fields, with people in it."""
    clock = clock or Clock()
    org = Org(habits, clock=clock)
    base = settle(org, **people)
    with tempfile.TemporaryDirectory() as folder, OtherSalesforce(org) as serving:
        yield Walk(serving, base, Path(folder), clock, Before.of(org))
