"""A portal with people, the command line beside it, and what must hold at the end."""

from __future__ import annotations

import copy
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.contract.other_hubspot.access import Limiter
from tests.contract.other_hubspot.commands import Run, puente, puente_here
from tests.contract.other_hubspot.judging import (
    Before,
    broken_promises,
    half_written,
    leaks,
    stages,
    tasks_by_person,
    unaccounted,
)
from tests.contract.other_hubspot.mischief import Interference, Mishap
from tests.contract.other_hubspot.pace import Pace
from tests.contract.other_hubspot.people import Base, settle
from tests.contract.other_hubspot.portal import Habits, Portal, utc_now
from tests.contract.other_hubspot.replies import Json
from tests.contract.other_hubspot.server import OtherHubSpot

START = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
_installed: dict[tuple[bool, bool], tuple[dict[str, dict[str, Json]], dict[str, dict[str, Json]]]] = {}


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
    """Hold one story: a portal being served, its people, a folder with the connector's state, a clock for both."""

    hub: OtherHubSpot
    base: Base
    folder: Path
    clock: Clock
    before: Before
    pace: Pace
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def portal(self) -> Portal:
        return self.hub.portal

    def run(self, *words: str, **settings: str) -> Run:
        """Qualify in this process, by default everybody."""
        chosen = words or ("qualify", "--all")
        named = {**self.settings, **settings}
        return puente_here(self.hub, self.folder, *chosen, "--json", pace=self.pace, clock=self.clock, **named)

    def process(self, *words: str, **settings: str) -> Run:
        """Qualify in a process of its own, by default everybody, with the machine's clock and all waits."""
        chosen = words or ("qualify", "--all", "--json")
        return puente(self.hub, self.folder, *chosen, **self.settings, **settings)

    def fail(self, *mishaps: Mishap) -> None:
        self.hub.mischief.mishaps.extend(mishaps)

    def meddle(self, *interferences: Interference) -> None:
        self.hub.mischief.interferences.extend(interferences)

    def calm(self) -> None:
        """Let nothing go wrong from now on."""
        self.hub.mischief.mishaps.clear()
        self.hub.mischief.interferences.clear()
        self.hub.limiter.most = self.hub.limiter.daily = None

    def living(self) -> list[str]:
        return [i for i, item in self.portal.items["contacts"].items() if not item.archived]

    def show(self, contact_id: str) -> dict[str, str]:
        return self.portal.items["contacts"][contact_id].properties

    def tasks(self, contact_id: str) -> list[dict[str, str]]:
        ids = self.portal.linked("contacts", contact_id, "tasks")
        return [self.portal.items["tasks"][task_id].properties for task_id in ids]

    def promises(self, run: Run) -> list[str]:
        """Say what is wrong after a run that may have met anything."""
        return [*unaccounted(run, self.base.all), *broken_promises(self.portal, self.before), *leaks(run, self.portal)]

    def ends_well(self) -> dict[str, Any]:
        """Complete the work undisturbed, see that a further run writes nothing, and return what is in the portal."""
        self.calm()
        last = self.run()
        written = Counter(self.portal.writes)
        again = self.run()
        wrong = [*unaccounted(last, self.living()), *broken_promises(self.portal, self.before)]
        assert wrong + half_written(self.portal) == []
        assert (last.code, again.code) == (0, 0), last.err[-500:]
        assert set(again.outcomes.values()) == {"unchanged"}
        assert self.portal.writes == written
        assert self.portal.oddities == []
        return self.summary()

    def summary(self) -> dict[str, Any]:
        return {"stages": stages(self.portal), "tasks": {i: len(k) for i, k in tasks_by_person(self.portal).items()}}


@contextmanager
def served(habits: Habits | None = None, *, clock: Clock | None = None, **people: Any) -> Iterator[Walk]:
    """Serve a portal that has our fields, with people in it."""
    clock, pace = clock or Clock(), Pace()
    hub = OtherHubSpot(Portal(habits, clock=clock), limiter=Limiter(clock=pace.seconds))
    with tempfile.TemporaryDirectory() as folder, hub:
        _install(hub, Path(folder))
        base = settle(hub.portal, **people)
        hub.journal.clear()
        yield Walk(hub, base, Path(folder), clock, Before.of(hub.portal), pace)


def _install(hub: OtherHubSpot, folder: Path) -> None:
    """Install our fields once by the real command; later portals of this kind get copies of the definitions."""
    kept = hub.portal.habits.unique_task_keys, hub.portal.habits.task_properties
    if kept not in _installed:
        run = puente_here(hub, folder, "install", "--yes")
        assert run.code == 0, run.err
        _installed[kept] = copy.deepcopy((hub.portal.definitions, hub.portal.groups))
        hub.portal.writes.clear()
    hub.portal.definitions, hub.portal.groups = copy.deepcopy(_installed[kept])
