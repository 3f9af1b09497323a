"""Copy the base of a CRM into a snapshot: everybody once, then what changed; a cut-off run goes on where it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import polars as pl

from connector.live.clock import Clock
from connector.ports import Crm, Fetched, PersonRef, Record
from connector.study.manifest import Kept, Manifest, PartCounts, Run, RunStart, add_counts
from connector.study.snapshot_gather import Gatherer
from connector.study.snapshot_open import count_rows, find_damaged, index_parts
from connector.study.snapshot_rows import Keeping, Origin, parse_ref
from connector.study.snapshot_schema import TABLES
from connector.study.snapshot_store import SnapshotStore

PEOPLE_PER_PART: Final = 4_000
_WAVE: Final = 1_000


class CountsError(RuntimeError):
    """Say that what the files hold is not what was read: a bug or a damaged disk, never somebody's mistake."""


@dataclass(frozen=True, slots=True)
class Taking:
    """Take a snapshot, or bring one up to date.

    `full` reads everybody also where asking for what changed would do. `people_per_part` bounds the memory, and what
    a kill can cost.
    """

    crm: Crm
    store: SnapshotStore
    keeping: Keeping
    kept: Kept
    clock: Clock
    retention_days: float
    full: bool = False
    people_per_part: int = PEOPLE_PER_PART

    def start(self) -> RunStart:
        """Say what the next run is about: what one that was cut off was about, when its parts can be used."""
        origin, now = self._origin(), self.clock()
        last = self._last(origin)
        number = last.runs[-1].number + 1 if last else 1
        lead = max(self.crm.clock_lead() or timedelta(0), timedelta(0))
        since = last.taken_at - lead if last else None
        start = RunStart(number, "changes" if last else "full", since, now, origin, self.kept)
        cut_off = self.store.cut_off()
        return cut_off if cut_off is not None and start.goes_on_with(cut_off) else start

    def _origin(self) -> Origin:
        return Origin(self.crm.name, self.crm.account())

    def _last(self, origin: Origin) -> Manifest | None:
        """Return the snapshot that can be brought up to date; None when everybody has to be read."""
        try:
            manifest = self.store.manifest()
        except ValueError:
            return None
        if self.full or manifest is None or (manifest.origin, manifest.kept) != (origin, self.kept):
            return None
        return None if self.clock() >= manifest.expires_at else manifest

    def read_before(self, start: RunStart) -> frozenset[PersonRef]:
        """Return whom the run that was cut off had read."""
        if self.store.cut_off() != start:
            return frozenset()
        return frozenset(ref for name in self.store.unnamed_parts() for ref in self.store.refs_of(name))

    def other_origin(self) -> Origin | None:
        """Return whose snapshot is here when it is another CRM's or account's."""
        try:
            manifest = self.store.manifest()
        except ValueError:
            manifest = None
        found = manifest or self.store.cut_off()
        return None if found is None or found.origin == self._origin() else found.origin

    def find_damaged(self, start: RunStart) -> Path | None:
        """Return a file that a run would build on and that is not as it was written, None when all are."""
        base = self._last(start.origin) if start.mode == "changes" else None
        unnamed = self.store.unnamed_parts() if self.store.cut_off() == start else []
        return find_damaged(self.store, [*(base.parts if base else ()), *unnamed])

    def take(self, start: RunStart) -> Iterator[int]:
        """Read and keep everybody the run is about; yields how many people came with each wave."""
        before = self.read_before(start)
        if not before:
            self.store.begin(start)
        gatherer = Gatherer(self.crm, self.store, self.keeping, self.people_per_part, self.kept.history)
        counted = self.crm.count()
        waves = self.crm.fetch_all(now=self.clock(), changed_since=start.since, needs_history=_has_stage, skip=before)
        yield from (gatherer.add(fetched) for fetched in waves)
        base = self._last(start.origin) if start.mode == "changes" else None
        if base is not None or before:
            yield from (gatherer.add(fetched) for fetched in self._overlooked(base, gatherer, counted))
        gatherer.flush()
        self._commit(start, base, gatherer, counted)

    def _overlooked(self, base: Manifest | None, gatherer: Gatherer, counted: int | None) -> Iterator[Fetched]:
        """Read whom neither the changes nor the parts of a cut-off run tell of, and note who is gone.

        Nobody tells of the deleted, and a CRM's index of changes may lag: where it counts others than we hold,
        everybody's id is listed. Who could not be read last time is asked for again.
        """
        if base is not None and self.keeping.salt is None:
            yield from self._fetch([parse_ref(text) for text in base.runs[-1].failed])
        gatherer.flush()
        names = [*(base.parts if base else ()), *self.store.unnamed_parts()]
        index = index_parts([self.store.part_folder(name) for name in names])
        if counted is None or counted == index.size:
            return
        held = index.names()
        there = {(ref.object_type, self.keeping.name(ref)): ref for ref in self.crm.everybody()}
        gatherer.lose(sorted(held - there.keys()))
        yield from self._fetch([ref for name, ref in there.items() if name not in held])

    def _fetch(self, refs: Sequence[PersonRef]) -> Iterator[Fetched]:
        for first in range(0, len(refs), _WAVE):
            wave = refs[first : first + _WAVE]
            yield self.crm.fetch(wave, now=self.clock(), needs_history=_has_stage)

    def _commit(self, start: RunStart, base: Manifest | None, gatherer: Gatherer, counted: int | None) -> None:
        """Count what the files hold against what was read, and only then let the run count."""
        new = self.store.unnamed_parts()
        counts = [self._checked(name) for name in new]
        failed = () if self.keeping.salt is not None else (f"{r.object_type}:{r.object_id}" for r in gatherer.failed)
        run = Run(
            start.number, start.mode, start.since, start.began_at, self.clock(), counted, add_counts(counts),
            tuple(failed),
        )  # fmt: skip
        refused = {source.source: source.why for source in self.crm.unavailable()}
        manifest = Manifest(
            origin=start.origin,
            kept=self.kept,
            retention_days=self.retention_days,
            parts=(*(base.parts if base else ()), *new),
            runs=(*(base.runs if base else ()), run),
            unavailable={**refused, **gatherer.unavailable},
            reconstructable=tuple(sorted(gatherer.fields | self._fields_in(new) | _known(base))),
        )
        self.store.commit(manifest)

    def _fields_in(self, names: Sequence[str]) -> set[str]:
        """Return the fields whose changes are in some parts, also of a run that was cut off."""
        paths = [self.store.part_folder(name) / "history.parquet" for name in names]
        read = (pl.read_parquet(path, columns=["field"], glob=False)["field"].unique() for path in paths)
        return {field for column in read for field in column}

    def _checked(self, name: str) -> PartCounts:
        counts, folder = self.store.counts_of(name), self.store.part_folder(name)
        held = {table: count_rows(folder / f"{table}.parquet") for table in TABLES}
        if held != dict(counts.rows) or not counts.is_whole:
            raise CountsError(f"part {name}: read {counts}, kept {held}")
        return counts


def _known(base: Manifest | None) -> set[str]:
    return set(base.reconstructable) if base else set()


def _has_stage(record: Record) -> bool:
    """Ask the CRM's history about everybody who has a stage: who set it, and when, is what one looks back at."""
    return record.own.stage is not None or record.lifecycle.stage is not None
