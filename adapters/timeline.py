"""Turn a CRM's records into events by the mapping's entries. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from connector.domain.mapping import EventSource
from connector.domain.person import UNKNOWN, Event, SetAside, Timeline
from connector.domain.text import compile_globs, fold
from connector.domain.values import parse_count, parse_instant

Fields: TypeAlias = Mapping[str, str | None]
_TRUE: Final = ("true", "yes", "1")


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """Hold one record of a source in the form the mapping speaks of: an id, a raw time, and fields."""

    id: str
    at: object
    fields: Fields


class TimelineBuilder:
    """Collect one person's events; the first entry that matches a record makes its event.

    `machine_fields` are where this CRM says that a proxy or a scanner did it.
    """

    def __init__(self, used_kinds: frozenset[str], machine_fields: tuple[str, ...] = ()) -> None:
        self._used_kinds = used_kinds
        self._machine_fields = machine_fields
        self._events: dict[str, Event] = {}
        self._set_aside: list[SetAside] = []

    def add(self, records: Iterable[SourceRecord], entries: Iterable[EventSource]) -> None:
        rules = tuple(entries)
        for record in records:
            entry = next((rule for rule in rules if _matches(rule, record.fields)), None)
            if entry is not None and entry.kind in self._used_kinds:
                self._keep(entry, record.id, record.at, record.fields, None)

    def add_counters(self, properties: Fields, entries: Iterable[EventSource]) -> None:
        """Add counters and dated last happenings: each property is a record of its own, made an event once."""
        told: set[str | None] = set()
        for entry in entries:
            told_by = entry.count or entry.at
            if told_by in told or not _matches(entry, properties):
                continue
            told.add(told_by)
            if entry.kind in self._used_kinds:
                self._add_counter(entry, properties)

    def _add_counter(self, entry: EventSource, properties: Fields) -> None:
        event_id = f"counter:{entry.count or entry.at}"
        raw_count = properties.get(entry.count) if entry.count else None
        at = properties.get(entry.at) if entry.at else None
        if _blank(raw_count if entry.count else at):
            return
        count = parse_count(raw_count) if entry.count else None
        if count is UNKNOWN:
            self._set_aside.append(SetAside(event_id, "bad_count"))
        elif count != 0:
            self._keep(entry, event_id, at, properties, count)

    def build(self) -> Timeline:
        return Timeline(tuple(self._events.values()), tuple(self._set_aside))

    def _keep(self, entry: EventSource, event_id: str, at: object, fields: Fields, count: int | None) -> None:
        occurred_at = parse_instant(at)
        if occurred_at is UNKNOWN:
            self._set_aside.append(SetAside(event_id, "no_time"))
            return
        machine = any((fields.get(name) or "").strip().lower() in _TRUE for name in self._machine_fields)
        event = _event(entry, event_id, occurred_at, fields, count, machine=machine)
        known = self._events.get(event_id)
        if known is None or known.occurred_at < occurred_at:
            self._events[event_id] = event


def _event(
    entry: EventSource, event_id: str, at: datetime, fields: Fields, count: int | None, *, machine: bool
) -> Event:
    texts = {name: value for name, field in entry.set.items() if not _blank(value := fields.get(field))}
    if entry.topic:
        texts["topic"] = entry.topic
    if entry.channel:
        texts["channel"] = entry.channel
    return Event(
        id=event_id,
        kind=entry.kind,
        occurred_at=at,
        asset=texts.get("asset"),
        url=texts.get("url"),
        form=texts.get("form"),
        campaign=texts.get("campaign"),
        topic=texts.get("topic"),
        channel=texts.get("channel"),
        direction=texts.get("direction"),
        outcome=texts.get("outcome"),
        count=count,
        machine=machine,
    )


def _matches(entry: EventSource, fields: Fields) -> bool:
    if entry.event_type and not fold(fields.get("event_type") or "").startswith(fold(entry.event_type)):
        return False
    return all(_matches_any(globs, fields.get(name)) for name, globs in entry.where.items())


def _matches_any(globs: tuple[str, ...], value: str | None) -> bool:
    if _blank(value):
        return False
    return compile_globs(globs)(fold(value or ""))


def _blank(value: str | None) -> bool:
    return value is None or not value.strip()
