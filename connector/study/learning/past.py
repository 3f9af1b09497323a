"""Show the people of a part as they were known at an instant: nothing that happened or was written later.

Events after the instant are left out. An attribute is what its history says; one without a history cannot be told for
the past (*not reconstructable*) and is unknown, unless somebody vouches that it was known from the beginning. So are
counters: one holds today's number under the date of the last event, and which date that is was decided later.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl

from connector.domain.person import UNKNOWN, ValueType
from connector.domain.values import parse_value
from connector.study.snapshot_part import People
from connector.study.snapshot_schema import (
    ATTRIBUTE_DTYPES,
    INSTANT,
    PERSON,
    Table,
    attribute_column,
)

_COUNTER: Final = "counter:"
"""Ids of counters, and of the dates on which something last happened, begin so."""
SALES_KINDS: Final = frozenset(
    {"call", "meeting", "note", "deal_created", "deal_won", "deal_lost", "sales_accepted", "sales_rejected",
     "stage_changed"}
)  # fmt: skip
"""Kinds of events that sales or the CRM's own process writes: they follow from the handoff that is to be decided."""

STAGE_FIELDS: Final = ("own_stage", "lifecycle_stage")
"""What the histories of our own stage and of the CRM's are filed under."""
_AS_WRITTEN: Final[Mapping[str, str]] = {}


@dataclass(frozen=True)
class Past:
    """Hold a part in memory, with what is needed to show it as of any instant.

    `dated` are attributes whose history is kept, `vouched` such as are taken as they are today; `counters` are the
    kinds of the counters that were left out, which `counter_events` holds.
    """

    people: pl.DataFrame
    events: pl.DataFrame
    history: pl.DataFrame
    deals: pl.DataFrame
    attribute_types: Mapping[str, ValueType]
    dated: frozenset[str]
    vouched: frozenset[str]
    counter_events: pl.DataFrame
    counters: frozenset[str] = frozenset()

    @property
    def size(self) -> int:
        return self.people.height

    def at(self, instant: datetime) -> AsOf:
        return AsOf(self, instant)

    def attributes_at(self, instant: datetime) -> pl.DataFrame:
        """Return the people with every attribute as it was known then, null where that cannot be told."""
        return self.attributes_as_of(pl.Series([instant], dtype=INSTANT).new_from_index(0, self.size))

    def attributes_as_of(self, instants: pl.Series) -> pl.DataFrame:
        """Return the people with every attribute as it was known at an instant of each one's own."""
        columns = []
        for name, kind in self.attribute_types.items():
            column = attribute_column(name)
            if name in self.dated:
                columns.append(self._from_history(name, kind, instants))
            elif name not in self.vouched:
                columns.append(pl.Series(column, [None] * self.size, dtype=ATTRIBUTE_DTYPES[kind]))
        return self.people.with_columns(columns)

    def _from_history(self, name: str, kind: ValueType, instants: pl.Series) -> pl.Series:
        column = attribute_column(name)
        until = pl.DataFrame({PERSON: self.people[PERSON], "until": instants})
        last = (
            self.history.filter(pl.col("field") == column)
            .join(until, on=PERSON)
            .filter(pl.col("at").is_null() | (pl.col("at") <= pl.col("until")))
            .sort("at", nulls_last=False, maintain_order=True)
            .group_by(PERSON)
            .agg(pl.col("value").last())
        )
        values: list[object] = [None] * self.size
        for person, raw in last.select(PERSON, "value").iter_rows():
            value = parse_value(raw, kind)
            values[person] = list(value) if isinstance(value, tuple) else None if value is UNKNOWN else value
        return pl.Series(column, values, dtype=ATTRIBUTE_DTYPES[kind])


@dataclass(frozen=True)
class AsOf:
    """Give the tables of a part as of an instant, in the form the vector engine reads."""

    past: Past
    instant: datetime

    @property
    def attribute_types(self) -> Mapping[str, ValueType]:
        return self.past.attribute_types

    def table(self, table: Table, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Return people or events; no other table is known as of an instant."""
        if table == "people":
            frame = self.past.attributes_at(self.instant)
            return frame if columns is None else frame.select(columns)
        if table != "events":
            raise KeyError(table)
        known = self.past.events.lazy().filter(pl.col("occurred_at") <= self.instant)
        return (known if columns is None else known.select(columns)).collect()


def remember_part(
    part: People, dated: Collection[str], vouched: Collection[str], stages: Mapping[str, str] = _AS_WRITTEN
) -> Past:
    """Read a part whole, without its counters. `dated` are the fields whose history the snapshot keeps.

    `stages` says which stage a value of a stage field stands for: histories hold them as the CRM spells them.
    """
    is_counter = pl.col("count").is_not_null() | pl.col("id").str.starts_with(_COUNTER)
    events = part.table("events")
    return Past(
        people=part.table("people"),
        events=events.filter(~is_counter),
        history=part.table("history").with_columns(_in_our_names(stages)),
        deals=part.table("deals"),
        attribute_types=part.attribute_types,
        dated=frozenset(name for name in part.attribute_types if attribute_column(name) in dated),
        vouched=frozenset(vouched),
        counter_events=events.filter(is_counter),
        counters=frozenset(events.filter(is_counter)["kind"].unique().to_list()),
    )


def _in_our_names(stages: Mapping[str, str]) -> pl.Expr:
    """Spell values of stage fields as stages; one that stands for none stays as it is."""
    translated = pl.col("value").replace(dict(stages))
    return pl.when(pl.col("field").is_in(STAGE_FIELDS)).then(translated).otherwise("value").alias("value")


def find_fates(past: Past) -> pl.DataFrame:
    """Return per person, in order, when they left marketing's hands (`handed_at`) and when they were won (`won_at`).

    Null where that never was. Handed over is the first of: a deal made, sales' answer, a stage from MQL on entered, as
    far as the snapshot tells.
    """
    deals = past.deals
    made = deals.group_by(PERSON).agg(pl.min_horizontal("created_at", "closed_at").min().alias("at"))
    won = deals.filter(pl.col("state") == "won").group_by(PERSON).agg(pl.col("closed_at").min().alias("won_at"))
    stages = past.history.filter(pl.col("field").is_in(STAGE_FIELDS) & pl.col("value").is_in(list(_TAKEN)))
    answered = past.people.select(PERSON, pl.col("verdict_at").alias("at"))
    marks = [
        past.people.filter(pl.col(f"{mark}_stage").is_in(list(_TAKEN))).select(PERSON, pl.col(f"{mark}_at").alias("at"))
        for mark in ("own", "lifecycle")
    ]
    told = pl.concat([made, stages.select(PERSON, "at"), answered, *marks]).drop_nulls("at")
    first = told.group_by(PERSON).agg(pl.col("at").min().alias("handed_at"))
    frame = past.people.select(PERSON).join(first, on=PERSON, how="left").join(won, on=PERSON, how="left")
    return frame.sort(PERSON).select(PERSON, pl.col("handed_at").cast(INSTANT), pl.col("won_at").cast(INSTANT))


_TAKEN: Final = ("mql", "sql", "opportunity", "customer", "evangelist")
