"""Open a snapshot for reading: its parts, with the people whom a later part replaced or found gone left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import polars as pl

from connector.domain.model import Locale
from connector.errors import UsageError
from connector.study.manifest import Manifest
from connector.study.snapshot_part import Part
from connector.study.snapshot_schema import PERSON, TABLES
from connector.study.snapshot_store import UNREADABLE, SnapshotStore

_NAME: Final = ["object_type", "object_id"]


@dataclass(frozen=True, slots=True)
class Index:
    """Hold who counts: part by its place, row in it, type and kept id."""

    alive: pl.DataFrame

    @property
    def size(self) -> int:
        return self.alive.height

    def names(self) -> frozenset[tuple[str, str]]:
        """Return type and kept id of everybody."""
        return frozenset(self.alive.select(_NAME).iter_rows())

    def rows_of(self, part: int) -> pl.Series:
        return self.alive.filter(pl.col("part") == part)[PERSON].sort()


def index_parts(folders: Sequence[Path]) -> Index:
    """Find each person's newest row; one found gone by a later part has none."""
    people = [_scan(folder, "people", part, [PERSON, *_NAME]) for part, folder in enumerate(folders)]
    gone = [_scan(folder, "gone", part, _NAME) for part, folder in enumerate(folders)]
    if not people:
        return Index(pl.DataFrame(schema={"part": pl.Int32, PERSON: pl.UInt32, **dict.fromkeys(_NAME, pl.String)}))
    left = pl.concat(gone).group_by(_NAME).agg(pl.col("part").max().alias("left_in"))
    newest = pl.concat(people).sort("part", PERSON).unique(_NAME, keep="last", maintain_order=True)
    alive = newest.join(left, on=_NAME, how="left").filter(
        pl.col("left_in").is_null() | (pl.col("left_in") < pl.col("part"))
    )
    return Index(alive.drop("left_in").collect())


def _scan(folder: Path, table: str, part: int, columns: list[str]) -> pl.LazyFrame:
    scanned = pl.scan_parquet(folder / f"{table}.parquet", glob=False).select(columns)
    return scanned.with_columns(pl.lit(part, dtype=pl.Int32).alias("part"))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Hold an open snapshot."""

    manifest: Manifest
    folders: tuple[Path, ...]
    index: Index

    @property
    def size(self) -> int:
        """Return how many people it holds."""
        return self.index.size

    def parts(self) -> Iterator[Part]:
        """Yield the parts that still hold somebody, in the order in which they were read."""
        sizes: Mapping[int, int] = dict(self.index.alive.group_by("part").len().iter_rows())
        for number, folder in enumerate(self.folders):
            if sizes.get(number):
                part = Part(folder, self.manifest.origin, self.manifest.kept.attribute_types)
                whole = part.count() == sizes[number]
                yield (
                    part if whole else Part(part.folder, part.origin, part.attribute_types, self.index.rows_of(number))
                )


def open_snapshot(folder: Path, now: datetime, locale: Locale) -> Snapshot:
    """Open the snapshot in a folder. Raises UsageError when there is none, or it has been kept for too long."""
    store = SnapshotStore(folder)
    try:
        manifest = store.manifest()
    except ValueError:
        raise UsageError(_DAMAGED[locale].format(folder=folder)) from None
    if manifest is None:
        raise UsageError(_MISSING[locale].format(folder=folder))
    if now >= manifest.expires_at:
        day = manifest.expires_at.date().isoformat()
        raise UsageError(_EXPIRED[locale].format(folder=folder, day=day))
    damaged = find_damaged(store, manifest.parts)
    if damaged is not None:
        raise UsageError(_DAMAGED[locale].format(folder=damaged))
    folders = tuple(store.part_folder(name) for name in manifest.parts)
    return Snapshot(manifest, folders, index_parts(folders))


def find_damaged(store: SnapshotStore, names: Iterable[str]) -> Path | None:
    """Return the first file of some parts that is missing, cut short, or holds other than the rows counted into it.

    Reads only what stands at the end of each file: its columns and how many rows it has.
    """
    return next((path for name in names if (path := _damaged_in(store, name)) is not None), None)


def _damaged_in(store: SnapshotStore, name: str) -> Path | None:
    try:
        rows = store.counts_of(name).rows
    except (OSError, *UNREADABLE):
        return store.counts_path(name)
    paths = {table: store.part_folder(name) / f"{table}.parquet" for table in TABLES}
    return next((path for table, path in paths.items() if _rows_in(path) != rows.get(table, 0)), None)


def _rows_in(path: Path) -> int | None:
    try:
        return count_rows(path)
    except (OSError, pl.exceptions.PolarsError):
        return None


def count_rows(path: Path) -> int:
    """Return how many rows a table has, without reading any."""
    return int(pl.scan_parquet(path, glob=False).select(pl.len()).collect().item())


_MISSING: Final[Mapping[Locale, str]] = {
    "es": "{folder}: no hay ninguna copia de la base — hágala con `puente snapshot`",
    "en": "{folder}: there is no snapshot of the base — take one with `puente snapshot`",
}
_EXPIRED: Final[Mapping[Locale, str]] = {
    "es": "{folder}: la copia venció el {day} — hágala de nuevo con `puente snapshot`",
    "en": "{folder}: the snapshot has been kept until {day} — take it again with `puente snapshot`",
}
_DAMAGED: Final[Mapping[Locale, str]] = {
    "es": "{folder}: la copia no se puede leer — bórrela con `puente snapshot purge` y hágala de nuevo",
    "en": "{folder}: the snapshot cannot be read — remove it with `puente snapshot purge` and take it again",
}
