"""Build a plan from a snapshot: part by part, by columns for those who stay, by the domain for those who move."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

import polars as pl

from connector.domain.mapping import Mapping as FieldMapping
from connector.domain.model import Locale, Model
from connector.domain.person import Memory
from connector.forecast import Forecast, Load
from connector.live.errands import Errand
from connector.live.ledger import Ledger
from connector.live.planned import Prints, Watch, build_prints, summarize
from connector.live.recall import Remembered, recall
from connector.ports import PersonRef, Record
from connector.study.plan import Line, Totals
from connector.study.plan_load import LoadGauge
from connector.study.plan_people import Planner
from connector.study.plan_schedule import Schedule, day_of
from connector.study.plan_screen import Row, Screen, missing_lines
from connector.study.plan_totals import Sums
from connector.study.snapshot_part import Part
from connector.study.snapshot_rows import build_records
from connector.study.snapshot_schema import PERSON, Table
from connector.study.vector import decide_part

_HELD: Final = "set_by_person"
"""The stage rule under which what somebody set by hand stays."""
_LATER: Final[tuple[Table, ...]] = ("events", "set_aside")
"""Read with the records of those only whom the domain decides."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Hold what is planned: the model in force, the one to come, and the mapping."""

    before: Model
    after: Model
    mapping: FieldMapping
    locale: Locale


@dataclass(frozen=True, slots=True)
class _Known:
    """Hold what is known of the people of one part, in its order."""

    records: Sequence[Record]
    memories: Sequence[Memory]
    remembered: Mapping[PersonRef, Remembered]
    errands: Mapping[PersonRef, Sequence[Errand]]
    events: Mapping[int, str]


@dataclass(slots=True)
class PlanBuilder:
    """Plan a base. `lines` is read to its end; then `totals` has everything that was added up on the way."""

    rules: Rules
    ledger: Ledger
    now: datetime
    watch: Watch
    per_rep_per_day: int | None = None
    refused: frozenset[str] = frozenset()
    _sums: Sums = field(init=False)
    _gauge: LoadGauge = field(init=False)
    _schedule: Schedule = field(init=False)

    def __post_init__(self) -> None:
        rules, handoff = self.rules, self.rules.after.handoff
        today = day_of(handoff.calendar, self.now).isoformat()
        given = self.ledger.assigned(today)
        self._sums = Sums(rules.mapping.write_back, {owner: {today: number} for owner, number in given.items()})
        self._gauge = LoadGauge(
            rules.mapping, rules.after.used_kinds, rules.after.stages.override_days, self.now, self.refused
        )
        self._schedule = Schedule(handoff.calendar, handoff.routing, self.now, self.per_rep_per_day, given)

    def lines(self, parts: Iterator[Part], on_people: Callable[[int], None] = lambda _: None) -> Iterator[Line]:
        """Yield one line per person who would be written; `on_people` hears how many were looked at."""
        for part in parts:
            known = self._recall(part)
            yield from self._plan_part(part, known)
            on_people(len(known.records))

    def totals(self, forecast: Callable[[Load], Forecast]) -> Totals:
        rules = self.rules
        return self._sums.finish(rules.before, rules.after, rules.locale, forecast(self._gauge.load()))

    def _recall(self, part: Part) -> _Known:
        nothing = {name: part.table(name).clear() for name in _LATER}
        found = build_records(part.table("people"), **nothing, attribute_types=part.attribute_types, origin=part.origin)
        records = list(found.values())
        refs = [record.ref for record in records]
        remembered = self.ledger.recall(refs)
        key_field = self.rules.mapping.handoff_key_field
        memories = [recall(record, remembered.get(record.ref), self.now, key_field) for record in records]
        return _Known(records, memories, remembered, self.ledger.errands(refs), _summaries(part, self.watch))

    def _plan_part(self, part: Part, known: _Known) -> Iterator[Line]:
        rules = self.rules
        decided = decide_part(part, rules.after, self.now, known.memories).people
        screen = Screen(rules.after, rules.mapping, self.now)
        missing = missing_lines(part, rules.after, self.now, rules.locale, len(known.records))
        lines: dict[int, Line | None] = {}
        for row in decided.iter_rows(named=True):
            number = row[PERSON]
            self._count(row)
            record = known.records[number]
            seen = screen.look(record, row, known.memories[number], known.remembered.get(record.ref), missing[number])
            if seen.doubtful or record.ref in known.errands:
                lines[number] = None
            elif seen.changes:
                stage = row["stage"]
                lines[number] = Line(record.ref, stage, stage, self._prints(known, number), seen.changes)
        self._ask_domain(part, known, lines)
        yield from self._settle(part, known, {number: line for number, line in lines.items() if line is not None})

    def _count(self, row: Row) -> None:
        self._sums.count(row["stage_before"], row["stage"])
        self._sums.held_by_person += row["rule"] == _HELD

    def _prints(self, known: _Known, number: int) -> Prints:
        nothing = summarize(0, 0, 0)
        return build_prints(known.records[number], self.watch, known.events.get(number, nothing))

    def _ask_domain(self, part: Part, known: _Known, lines: dict[int, Line | None]) -> None:
        """Decide those one by one whom columns do not settle."""
        rules = self.rules
        planner = Planner(rules.before, rules.after, rules.mapping, rules.locale, self.now)
        doubtful = [number for number, line in lines.items() if line is None]
        for number, record in zip(doubtful, part.records(doubtful), strict=True):
            lines[number] = planner.plan(
                record,
                known.remembered.get(record.ref),
                known.errands.get(record.ref, ()),
                self._prints(known, number),
            )

    def _settle(self, part: Part, known: _Known, lines: Mapping[int, Line]) -> Iterator[Line]:
        """Give tasks their day and add everything up."""
        self._gauge.add_part(part, lines)
        for number, planned in sorted(lines.items()):
            line = replace(planned, task=self._schedule.place(planned.task)) if planned.task else planned
            self._sums.add(line)
            self._gauge.add_line(line, known.records[number], known.remembered.get(line.ref))
            yield line


def _summaries(part: Part, watch: Watch) -> Mapping[int, str]:
    """Return what is compared of everybody's events, by person."""
    events = part.table("events", [PERSON, "kind", "occurred_at", "count"]).filter(
        pl.col("kind").is_in(list(watch.kinds))
    )
    if watch.since is not None:
        events = events.filter(pl.col("occurred_at") >= watch.since)
    summed = events.group_by(PERSON).agg(
        pl.len(), pl.col("occurred_at").max().dt.epoch("us").alias("newest"), pl.col("count").sum().cast(pl.Int64)
    )
    return {person: summarize(count, newest, counted) for person, count, newest, counted in summed.iter_rows()}
