"""Count what applying a plan will ask of the CRM, from what the snapshot holds of the people concerned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import polars as pl

from connector.domain.mapping import Mapping as FieldMapping
from connector.forecast import Load
from connector.live.recall import Remembered, needs_history
from connector.ports import Record
from connector.study.plan import Line
from connector.study.snapshot_part import Part
from connector.study.snapshot_schema import PERSON, attribute_column

_PAGE: Final = 100
_DEALS: Final = "deal"


@dataclass(slots=True)
class LoadGauge:
    """Collect the load, part by part. `kinds` are the event kinds the model uses."""

    mapping: FieldMapping
    kinds: Collection[str]
    override_days: float
    now: datetime
    refused: frozenset[str] = frozenset()
    _people: int = 0
    _with_task: int = 0
    _created: int = 0
    _histories: int = 0
    _records: Counter[str] = field(default_factory=Counter)
    _pages: Counter[str] = field(default_factory=Counter)
    _shared: dict[str, set[str]] = field(default_factory=dict)
    _companies: set[int] = field(default_factory=set)

    def add_line(self, line: Line, record: Record, remembered: Remembered | None) -> None:
        self._people += 1
        self._with_task += line.task is not None or line.closings > 0
        self._created += line.task is not None
        self._histories += needs_history(record, remembered, self.override_days, self.now)

    def add_part(self, part: Part, written: Iterable[int]) -> None:
        """Count what hangs on the people of a part who are to be written; shared records are counted for all."""
        who = pl.Series(PERSON, list(written), dtype=pl.UInt32)
        events = part.table("events", [PERSON, "id", "kind"])
        self._add_shared(events["id"])
        theirs = (
            events.filter(pl.col("kind").is_in(list(self.kinds)) & pl.col(PERSON).is_in(who.implode()))
            .select(PERSON, "id", source=pl.col("id").str.splitn(":", 2).struct.field("field_0"))
            .group_by(PERSON, "source")
            .agg(pl.col("id").unique(), pages=(pl.len() / _PAGE).ceil().cast(pl.Int64))
        )
        by_source = theirs.group_by("source").agg(pl.col("id").explode().n_unique(), pl.col("pages").sum())
        for source, records, pages in by_source.iter_rows():
            self._records[source] += records
            self._pages[source] += pages
        deals = part.table("deals", [PERSON, "id"]).filter(pl.col(PERSON).is_in(who.implode()))
        self._records[_DEALS] += deals["id"].n_unique()
        self._add_companies(part, who)

    def _add_shared(self, ids: pl.Series) -> None:
        """Collect the records that people share; an id of two parts is one person's alone, and there are many."""
        shared = ids.filter(ids.str.count_matches(":", literal=True) > 1).str.splitn(":", 3).struct
        for source, record in pl.DataFrame([shared.field("field_0"), shared.field("field_1")]).unique().iter_rows():
            self._shared.setdefault(source, set()).add(record)

    def _add_companies(self, part: Part, who: pl.Series) -> None:
        """Tell companies apart by what is known of them: their ids are not kept."""
        of_company = [name for name, source in self.mapping.attributes.items() if source.source == "company"]
        columns = [attribute_column(name) for name in of_company if name in part.attribute_types]
        if not columns:
            return
        rows = part.table("people", [PERSON, *columns]).filter(pl.col(PERSON).is_in(who.implode())).select(columns)
        known = rows.filter(~pl.all_horizontal(pl.all().is_null())).unique()
        self._companies.update(known.hash_rows().to_list())

    def load(self) -> Load:
        return Load(
            people=self._people,
            writes=self._people,
            with_task=self._with_task,
            created=self._created,
            records=dict(self._records),
            pages=dict(self._pages),
            shared={source: len(records) for source, records in self._shared.items()},
            companies=len(self._companies),
            histories=self._histories,
            refused=self.refused,
        )
