"""Name the tables of a snapshot and their columns: the one description that writing, reading and deciding share.

A snapshot is a folder: `manifest.json`, and `parts/<number>/<table>.parquet`. A part holds whole people: whatever
concerns a person is in the same part, under the same `person`, which is the row of that person in the part's people.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

import polars as pl

from connector.domain.person import ValueType

SCHEMA_VERSION: Final = 1

INSTANT: Final = pl.Datetime("us", "UTC")
Columns: TypeAlias = Mapping[str, pl.DataType | type[pl.DataType]]
Table: TypeAlias = Literal["people", "events", "set_aside", "deals", "tasks", "history", "gone"]

PERSON: Final = "person"
ATTRIBUTE_PREFIX: Final = "attribute:"
"""Before the mapping's name of an attribute, so that none can be taken for a column of ours."""

ATTRIBUTE_DTYPES: Final[Mapping[ValueType, pl.DataType]] = {
    "text": pl.String(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
    "datetime": pl.Datetime("us", "UTC"),
    "list": pl.List(pl.String()),
}
"""How a typed value is kept; null is UNKNOWN."""

PEOPLE: Final[Columns] = {
    PERSON: pl.UInt32,
    "object_type": pl.String,
    "object_id": pl.String,
    "merged": pl.List(pl.String),  # records that became this one, as `contact:7`
    "own_stage": pl.String,
    "own_at": INSTANT,
    "own_by": pl.String,
    "own_raw": pl.String,
    "lifecycle_stage": pl.String,
    "lifecycle_at": INSTANT,
    "lifecycle_by": pl.String,
    "lifecycle_raw": pl.String,
    "verdict": pl.String,
    "verdict_reason": pl.String,
    "verdict_at": INSTANT,
    "current": pl.String,  # JSON: what the fields we may write hold now; an instant as {"at": "2026-03-02T10:00:00Z"}
}
"""Who somebody is, besides a column per attribute: the two stage fields with who set them and when, sales' answer."""

EVENTS: Final[Columns] = {
    PERSON: pl.UInt32,
    "id": pl.String,
    "kind": pl.String,
    "occurred_at": INSTANT,
    "asset": pl.String,
    "url": pl.String,
    "form": pl.String,
    "campaign": pl.String,
    "topic": pl.String,
    "channel": pl.String,
    "direction": pl.String,
    "outcome": pl.String,
    "count": pl.Float64,  # a counter's whole number, null for a single event
    "machine": pl.Boolean,
}
"""What happened: one version per event, by person, newest first, ties by id — the order in which points are added."""

SET_ASIDE: Final[Columns] = {PERSON: pl.UInt32, "event": pl.String, "why": pl.String}
"""Events that could not be read, and why."""

DEALS: Final[Columns] = {
    PERSON: pl.UInt32,
    "id": pl.String,
    "state": pl.String,  # open, won, lost
    "created_at": INSTANT,
    "closed_at": INSTANT,
    "amount": pl.Float64,
}

TASKS: Final[Columns] = {PERSON: pl.UInt32, "key": pl.String, "state": pl.String, "owner": pl.String}
"""Where the task of the last handoff stands: waiting, begun, done or missing; and whose it is."""

HISTORY: Final[Columns] = {
    PERSON: pl.UInt32,
    "field": pl.String,  # `attribute:<name>`, `own_stage`, `lifecycle_stage`, `verdict`
    "value": pl.String,  # of an attribute as text of its type, of the others the CRM's own; null: empty
    "at": INSTANT,  # null: from the beginning
    "by": pl.String,  # puente, person, crm; null: the CRM does not say
}
"""What a field held when, oldest first. Empty unless histories were asked for and the CRM keeps them."""

GONE: Final[Columns] = {"object_type": pl.String, "object_id": pl.String, "survivor": pl.String}
"""People of earlier parts whom the CRM no longer has; `survivor` as `contact:7` when they were merged into somebody."""

TABLES: Final[Mapping[Table, Columns]] = {
    "people": PEOPLE,
    "events": EVENTS,
    "set_aside": SET_ASIDE,
    "deals": DEALS,
    "tasks": TASKS,
    "history": HISTORY,
    "gone": GONE,
}


def attribute_column(name: str) -> str:
    return f"{ATTRIBUTE_PREFIX}{name}"


def columns_of(table: Table, attribute_types: Mapping[str, ValueType]) -> Columns:
    """Return the columns of a table; people have one more for every attribute that is kept."""
    if table != "people":
        return TABLES[table]
    attributes = {attribute_column(name): ATTRIBUTE_DTYPES[kind] for name, kind in attribute_types.items()}
    return {**PEOPLE, **attributes}
