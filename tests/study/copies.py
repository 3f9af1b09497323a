"""Take snapshots of a CRM in memory, and look at what they hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from connector.domain.person import Event, Timeline, ValueType
from connector.domain.timeline import distinct_events
from connector.ports import Crm, PersonRef, Record
from connector.study.manifest import Kept, Manifest
from connector.study.snapshot import Taking
from connector.study.snapshot_open import Snapshot, open_snapshot
from connector.study.snapshot_rows import Keeping
from connector.study.snapshot_store import SnapshotStore
from tests.unit.fake_crm import FakeCrm, Held

TYPES: Mapping[str, ValueType] = {"country": "text", "name": "text"}
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
SALT = b"salt"


def kept(types: Mapping[str, ValueType] = TYPES, *, hashed: bool = False) -> Kept:
    return Kept(dict(types), dict.fromkeys(types, "0"), (), hashed, "0")


@dataclass
class Hours:
    """Be a clock that goes on by an hour whenever it is asked to."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Copier:
    """Take snapshots of one CRM into one folder, run after run."""

    crm: Crm
    folder: Path
    types: Mapping[str, ValueType] = field(default_factory=lambda: dict(TYPES))
    clock: Callable[[], datetime] = field(default_factory=Hours)
    hashed: bool = False
    retention_days: float = 90.0

    @property
    def store(self) -> SnapshotStore:
        return SnapshotStore(self.folder)

    def taking(self, *, full: bool = False, store: SnapshotStore | None = None) -> Taking:
        keeping = Keeping(self.types, SALT if self.hashed else None, "puente_handoff_key")
        return Taking(
            self.crm, store or self.store, keeping, kept(self.types, hashed=self.hashed), self.clock,
            self.retention_days, full, people_per_part=4,
        )  # fmt: skip

    def take(self, *, full: bool = False, store: SnapshotStore | None = None) -> Manifest:
        taking = self.taking(full=full, store=store)
        for _ in taking.take(taking.start()):
            pass
        manifest = self.store.manifest()
        assert manifest is not None
        return manifest

    def open(self) -> Snapshot:
        return open_snapshot(self.folder, self.clock(), "en")

    def records(self) -> dict[PersonRef, Record]:
        return {record.ref: record for part in self.open().parts() for record in part.records()}


def as_kept(record: Record, types: Mapping[str, ValueType] = TYPES) -> Record:
    """Return what a snapshot must give back of a record."""
    attributes = {name: value for name in types if (value := record.person.attributes.get(name)) is not None}
    known = {name: value for name, value in attributes.items() if value or value == 0}
    timeline = Timeline(distinct_events(record.timeline.events), record.timeline.set_aside)
    return replace(record, person=replace(record.person, attributes=known), timeline=timeline, guard=None)


def crm_of(count: int) -> FakeCrm:
    """Build a CRM of people with two events each."""
    return FakeCrm(people={f"{100 + number}": held(number) for number in range(count)})


def held(number: int, country: str = "ES") -> Held:
    events = tuple(Event(f"e{n}", "page_view", NOW - timedelta(days=number + n)) for n in range(2))
    return Held({"country": country, "name": f"Ana {number}"}, Timeline(events))


def ref(number: int) -> PersonRef:
    return PersonRef("contact", str(number))
