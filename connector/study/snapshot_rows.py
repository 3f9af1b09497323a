"""Turn records into the rows of a snapshot's tables, and rows into records again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, cast

import orjson
import polars as pl

from connector.domain.person import UNKNOWN, Event, Person, SetAside, Timeline, ValueType
from connector.domain.timeline import distinct_events
from connector.domain.values import parse_instant, to_instant_text
from connector.ports import Deal, FieldChange, FieldValue, PersonRef, Record, StageMark, TaskState
from connector.study.snapshot_schema import (
    EVENTS,
    Table,
    attribute_column,
    columns_of,
)

_EVENT_FIELDS: Final = tuple(name for name in EVENTS if name not in ("person", "count"))


@dataclass(frozen=True, slots=True)
class Origin:
    """Name the account a snapshot was taken of."""

    crm: str
    account: str


@dataclass(frozen=True, slots=True)
class Keeping:
    """Say what of a person is kept: these attributes, and ids as they are or hashed with a salt."""

    attribute_types: Mapping[str, ValueType]
    salt: bytes | None = None
    handoff_key_field: str | None = None

    def name(self, ref: PersonRef) -> str:
        """Return the id to keep of a person."""
        return ref.object_id if self.salt is None else hash_id(self.salt, ref)

    def spell(self, ref: PersonRef) -> str:
        """Return type and id to keep as one text, such as `contact:7`."""
        return f"{ref.object_type}:{self.name(ref)}"

    def event_id(self, event: Event, position: int) -> str:
        """Return the id to keep of an event: hashed ids keep the order of the events, which decides sums."""
        return event.id if self.salt is None else f"{position:06d}"

    def fields(self, current: Mapping[str, FieldValue]) -> Mapping[str, FieldValue]:
        """Return the fields to keep. The key of a handoff is a hash of the id without our salt: it would tell."""
        if self.salt is None or self.handoff_key_field not in current:
            return current
        return {**current, cast("str", self.handoff_key_field): None}


def hash_id(salt: bytes, ref: PersonRef) -> str:
    """Return 32 hex digits that stand for a person, the same in every run with this salt."""
    return hashlib.sha256(b"|".join((salt, ref.object_type.encode(), ref.object_id.encode()))).hexdigest()[:32]


@dataclass(slots=True)
class Gathered:
    """Hold what was read for one part. `gone` has type and kept id of people, and the survivor of a merge."""

    records: list[Record] = field(default_factory=list)
    deals: dict[PersonRef, Sequence[Deal]] = field(default_factory=dict)
    tasks: dict[PersonRef, tuple[str, TaskState]] = field(default_factory=dict)
    history: dict[PersonRef, Sequence[FieldChange]] = field(default_factory=dict)
    gone: dict[tuple[str, str], str | None] = field(default_factory=dict)


def build_tables(gathered: Gathered, keeping: Keeping) -> dict[Table, pl.DataFrame]:
    """Build every table of a part. Pure."""
    records = gathered.records
    rows: dict[Table, list[tuple[Any, ...]]] = {
        "people": [_person_row(number, record, keeping) for number, record in enumerate(records)],
        "events": [row for number, record in enumerate(records) for row in _event_rows(number, record, keeping)],
        "set_aside": [
            (number, aside.event if keeping.salt is None else "", aside.why)
            for number, record in enumerate(records)
            for aside in record.timeline.set_aside
        ],
        "deals": [
            row for number, record in enumerate(records) for row in _deal_rows(number, record, gathered, keeping)
        ],
        "tasks": [
            row for number, record in enumerate(records) for row in _task_rows(number, record, gathered, keeping)
        ],
        "history": [row for number, record in enumerate(records) for row in _history_rows(number, record, gathered)],
        "gone": [(*name, survivor) for name, survivor in gathered.gone.items()],
    }
    return {
        name: pl.DataFrame(found, schema=dict(columns_of(name, keeping.attribute_types)), orient="row")
        for name, found in rows.items()
    }


def _person_row(number: int, record: Record, keeping: Keeping) -> tuple[Any, ...]:
    attributes = record.person.attributes
    return (
        number,
        record.ref.object_type,
        keeping.name(record.ref),
        [keeping.spell(ref) for ref in record.merged],
        *_mark(record.own),
        *_mark(record.lifecycle),
        record.verdict,
        record.verdict_reason,
        record.verdict_at,
        dump_fields(keeping.fields(record.current)),
        *(_attribute(attributes.get(name), kind) for name, kind in keeping.attribute_types.items()),
    )


def _mark(mark: StageMark) -> tuple[Any, ...]:
    return mark.stage, mark.at, mark.by, mark.raw


def _attribute(value: object, kind: ValueType) -> object:
    """Return a value as its column keeps it; what is not of the declared type is unknown to every condition."""
    if value is None or value is UNKNOWN:
        return None
    match kind:
        case "text":
            return value if isinstance(value, str) else None
        case "number":
            return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
        case "boolean":
            return value if isinstance(value, bool) else None
        case "datetime":
            return value if isinstance(value, datetime) else None
        case "list":
            return list(value) if isinstance(value, tuple) else None


def _event_rows(number: int, record: Record, keeping: Keeping) -> Iterator[tuple[Any, ...]]:
    for position, event in enumerate(distinct_events(record.timeline.events)):
        yield (
            number, keeping.event_id(event, position), event.kind, event.occurred_at, event.asset, event.url,
            event.form, event.campaign, event.topic, event.channel, event.direction, event.outcome,
            None if event.count is None else float(event.count), event.machine,
        )  # fmt: skip


def _deal_rows(number: int, record: Record, gathered: Gathered, keeping: Keeping) -> Iterator[tuple[Any, ...]]:
    for position, deal in enumerate(gathered.deals.get(record.ref, ())):
        name = deal.id if keeping.salt is None else str(position)
        yield number, name, deal.state, deal.created_at, deal.closed_at, deal.amount


def _task_rows(number: int, record: Record, gathered: Gathered, keeping: Keeping) -> Iterator[tuple[Any, ...]]:
    if record.ref in gathered.tasks:
        key, state = gathered.tasks[record.ref]
        yield number, key if keeping.salt is None else "", state.state, state.owner


def _history_rows(number: int, record: Record, gathered: Gathered) -> Iterator[tuple[Any, ...]]:
    for change in gathered.history.get(record.ref, ()):
        yield number, change.field, change.value, change.at, change.by


def parse_ref(text: str) -> PersonRef:
    """Read `contact:7`."""
    object_type, _, object_id = text.partition(":")
    return PersonRef(object_type, object_id)


def dump_fields(fields: Mapping[str, FieldValue]) -> str:
    """Write the present values of our own fields as JSON; an instant says that it is one."""
    plain = {
        name: {"at": to_instant_text(value)} if isinstance(value, datetime) else value for name, value in fields.items()
    }
    return orjson.dumps(plain).decode()


def load_fields(text: str) -> dict[str, FieldValue]:
    return {
        name: cast("datetime", parse_instant(value["at"])) if isinstance(value, dict) else value
        for name, value in orjson.loads(text).items()
    }


def build_records(
    people: pl.DataFrame,
    events: pl.DataFrame,
    set_aside: pl.DataFrame,
    attribute_types: Mapping[str, ValueType],
    origin: Origin,
) -> dict[int, Record]:
    """Build the records of the people given, by their number."""
    timelines: dict[int, list[Event]] = {}
    for row in events.select("person", "count", *_EVENT_FIELDS).iter_rows():
        count = None if row[1] is None else int(row[1])
        timelines.setdefault(row[0], []).append(Event(**dict(zip(_EVENT_FIELDS, row[2:], strict=True)), count=count))
    asides: dict[int, list[SetAside]] = {}
    for number, event, why in set_aside.iter_rows():
        asides.setdefault(number, []).append(SetAside(event, why))
    return {
        row["person"]: _record(
            row,
            Timeline(tuple(timelines.get(row["person"], ())), tuple(asides.get(row["person"], ()))),
            attribute_types,
            origin,
        )
        for row in people.iter_rows(named=True)
    }


def build_record(row: Mapping[str, Any], origin: Origin) -> Record:
    """Build the record of one row of `people` without what happened and without attributes: stage, verdict, fields."""
    return _record(row, Timeline(), {}, origin)


def _record(
    row: Mapping[str, Any], timeline: Timeline, attribute_types: Mapping[str, ValueType], origin: Origin
) -> Record:
    ref = PersonRef(row["object_type"], row["object_id"])
    attributes = {
        name: tuple(value) if kind == "list" else value
        for name, kind in attribute_types.items()
        if (value := row[attribute_column(name)]) is not None
    }
    return Record(
        ref=ref,
        person=Person(attributes, origin.crm, origin.account, ref.object_type, ref.object_id),
        timeline=timeline,
        own=StageMark(row["own_stage"], row["own_at"], row["own_by"], row["own_raw"]),
        lifecycle=StageMark(row["lifecycle_stage"], row["lifecycle_at"], row["lifecycle_by"], row["lifecycle_raw"]),
        current=load_fields(row["current"]),
        verdict=row["verdict"],
        verdict_reason=row["verdict_reason"],
        verdict_at=row["verdict_at"],
        merged=tuple(parse_ref(text) for text in row["merged"] or ()),
    )
