"""Say what a snapshot holds, from when, and how its counts come out: the manifest and what a run under way is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias, cast

import orjson

from connector.domain.person import ValueType
from connector.domain.values import parse_instant
from connector.study.snapshot_rows import Origin
from connector.study.snapshot_schema import SCHEMA_VERSION

Mode: TypeAlias = Literal["full", "changes"]


@dataclass(frozen=True, slots=True)
class Kept:
    """Say what a snapshot keeps of people; a run with another answer cannot add to it.

    `sources` has a hash per attribute of where the mapping reads it. `left_out` names the attributes not kept.
    """

    attribute_types: Mapping[str, ValueType]
    sources: Mapping[str, str]
    left_out: tuple[str, ...]
    hashed: bool
    events: str
    """The hash of where the mapping reads events."""
    history: bool = True
    """Whether the CRM was asked what fields held when."""


@dataclass(frozen=True, slots=True)
class PartCounts:
    """Account for one part: what the CRM gave, what the files hold, and the difference, by why.

    `listed` people were given by the CRM; `gone` of them deleted or merged, `failed` unreadable, by reason. Of
    `events_read`, `repeated` were another version of an event kept and `empty` counters of zero. `rows` are those of
    each table.
    """

    listed: int
    gone: int
    failed: Mapping[str, int]
    events_read: int
    repeated: int
    empty: int
    rows: Mapping[str, int]

    @property
    def is_whole(self) -> bool:
        """Tell whether counts in are counts out plus counts explained."""
        return (
            self.listed == self.rows["people"] + self.gone + sum(self.failed.values())
            and self.events_read == self.rows["events"] + self.repeated + self.empty
        )


@dataclass(frozen=True, slots=True)
class RunStart:
    """Say what a run is about; `since` None reads everybody."""

    number: int
    mode: Mode
    since: datetime | None
    began_at: datetime
    origin: Origin
    kept: Kept

    def goes_on_with(self, other: RunStart) -> bool:
        """Tell whether parts of `other`, a run that was cut off, can be parts of this one."""
        mine, theirs = (self.number, self.mode, self.origin, self.kept), (
            other.number, other.mode, other.origin, other.kept,
        )  # fmt: skip
        return mine == theirs


@dataclass(frozen=True, slots=True)
class Run:
    """Hold a finished run. `counted` is how many people the CRM said it has, None where it does not tell."""

    number: int
    mode: Mode
    since: datetime | None
    began_at: datetime
    ended_at: datetime
    counted: int | None
    counts: PartCounts
    failed: tuple[str, ...] = ()
    """Who could not be read, as `contact:7`: the next run asks for them again."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Hold what a snapshot is: only the parts it names count, later ones before earlier ones.

    `reconstructable` names the fields whose value at an earlier instant the table `history` tells.
    """

    origin: Origin
    kept: Kept
    retention_days: float
    parts: tuple[str, ...]
    runs: tuple[Run, ...]
    unavailable: Mapping[str, str] = field(default_factory=dict)
    reconstructable: tuple[str, ...] = ()
    version: int = SCHEMA_VERSION

    @property
    def taken_at(self) -> datetime:
        """Return the instant as of which everybody's present is known: when the last run began."""
        return self.runs[-1].began_at

    @property
    def expires_at(self) -> datetime:
        """Return when the oldest reading in it has been kept long enough."""
        full = next(run for run in reversed(self.runs) if run.mode == "full")
        return full.began_at + timedelta(days=self.retention_days)


def add_counts(counts: Sequence[PartCounts]) -> PartCounts:
    """Add the counts of parts."""
    failed: dict[str, int] = {}
    rows: dict[str, int] = {}
    for one in counts:
        for reason, number in one.failed.items():
            failed[reason] = failed.get(reason, 0) + number
        for table, number in one.rows.items():
            rows[table] = rows.get(table, 0) + number
    return PartCounts(
        listed=sum(one.listed for one in counts),
        gone=sum(one.gone for one in counts),
        failed=failed,
        events_read=sum(one.events_read for one in counts),
        repeated=sum(one.repeated for one in counts),
        empty=sum(one.empty for one in counts),
        rows={"people": 0, "events": 0, **rows},
    )


def dump(record: Manifest | RunStart | PartCounts) -> bytes:
    """Write a record as JSON."""
    return orjson.dumps(asdict(record), option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z)


def load_manifest(text: bytes) -> Manifest:
    """Read a manifest. Raises KeyError, TypeError or ValueError when it is none."""
    document = orjson.loads(text)
    if document["version"] != SCHEMA_VERSION:
        raise ValueError(document["version"])
    manifest = Manifest(
        origin=Origin(**document["origin"]),
        kept=_kept(document["kept"]),
        retention_days=float(document["retention_days"]),
        parts=tuple(document["parts"]),
        runs=tuple(_run(run) for run in document["runs"]),
        unavailable=dict(document["unavailable"]),
        reconstructable=tuple(document["reconstructable"]),
    )
    try:
        manifest.expires_at  # noqa: B018 - a retention beyond the calendar would end every command that reads it
    except (OverflowError, StopIteration):
        raise ValueError(manifest.retention_days) from None
    return manifest


def load_start(text: bytes) -> RunStart:
    document = orjson.loads(text)
    return RunStart(
        number=document["number"],
        mode=document["mode"],
        since=_instant(document["since"]),
        began_at=cast("datetime", _instant(document["began_at"])),
        origin=Origin(**document["origin"]),
        kept=_kept(document["kept"]),
    )


def load_counts(text: bytes) -> PartCounts:
    return PartCounts(**orjson.loads(text))


def _kept(document: Mapping[str, Any]) -> Kept:
    return Kept(**{**document, "left_out": tuple(document["left_out"])})


def _run(document: Mapping[str, Any]) -> Run:
    return Run(
        **{
            **document,
            "since": _instant(document["since"]),
            "began_at": _instant(document["began_at"]),
            "ended_at": _instant(document["ended_at"]),
            "counts": PartCounts(**document["counts"]),
            "failed": tuple(document["failed"]),
        }
    )


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    instant = parse_instant(text)
    if not isinstance(instant, datetime):
        raise TypeError(text)
    return instant
