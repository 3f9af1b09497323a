"""Read one part of a snapshot: its tables, without the people that a later part replaces; and its records again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import polars as pl

from connector.domain.person import ValueType
from connector.ports import Record
from connector.study.snapshot_rows import Origin, build_records
from connector.study.snapshot_schema import PERSON, Table, columns_of


class People(Protocol):
    """Give the tables of some whole people; `person` counts from 0 in the order of `people`."""

    @property
    def attribute_types(self) -> Mapping[str, ValueType]: ...

    def table(self, table: Table, columns: Sequence[str] | None = None) -> pl.DataFrame: ...


@dataclass(frozen=True, slots=True)
class Part:
    """Hold where a part is and which of its people still count (`rows`; None: all of them)."""

    folder: Path
    origin: Origin
    attribute_types: Mapping[str, ValueType]
    rows: pl.Series | None = None

    @property
    def name(self) -> str:
        return self.folder.name

    def table(self, table: Table, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Read a table, or some of its columns; `person` counts from 0 in the order of `people`."""
        path = self.folder / f"{table}.parquet"
        wanted = list(columns) if columns is not None else list(columns_of(table, self.attribute_types))
        if self.rows is None or table == "gone":
            return pl.read_parquet(path, columns=wanted, glob=False)
        read = pl.read_parquet(path, columns=list(dict.fromkeys([PERSON, *wanted])), glob=False)
        return _renumbered(read, self.rows).select(wanted)

    def count(self) -> int:
        """Return how many people count."""
        if self.rows is not None:
            return self.rows.len()
        return int(pl.scan_parquet(self.folder / "people.parquet", glob=False).select(pl.len()).collect().item())

    def records(self, people: Iterable[int] | None = None) -> list[Record]:
        """Return the records of some people, or of all, as the adapter had read them (without its guard)."""
        wanted = None if people is None else pl.Series(PERSON, list(people), dtype=pl.UInt32)
        tables = {name: self.table(name) for name in ("people", "events", "set_aside")}
        if wanted is not None:
            tables = {name: frame.filter(pl.col(PERSON).is_in(wanted.implode())) for name, frame in tables.items()}
        found = build_records(
            tables["people"], tables["events"], tables["set_aside"], self.attribute_types, self.origin
        )
        return list(found.values()) if wanted is None else [found[person] for person in wanted]


def _renumbered(frame: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    """Keep what concerns the people in `rows`, and number these from 0."""
    kept = rows.to_numpy()
    last = max(int(kept.max(initial=0)), int(frame[PERSON].max() or 0))  # type: ignore[arg-type]
    place = np.full(last + 1, -1, dtype=np.int64)
    place[kept] = np.arange(len(kept))
    numbers = place[frame[PERSON].to_numpy()]
    stays = pl.Series(numbers >= 0)
    numbered = frame.with_columns(pl.Series(PERSON, np.maximum(numbers, 0), dtype=pl.UInt32))
    return numbered.filter(stays)
