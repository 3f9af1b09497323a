"""Draw whole bases of random people for one random model, and keep them as a part of a snapshot in memory."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

import polars as pl

from connector.domain.case_file import Case, parse_cases
from connector.domain.model import Model
from connector.domain.model_file import parse_model
from connector.domain.person import ValueType
from connector.ports import PersonRef, Record, StageMark
from connector.study.snapshot_rows import Gathered, Keeping, build_tables
from connector.study.snapshot_schema import Table
from tests.reference.strategies import (
    STARTS,
    TYPES,
    Sample,
    draw,
    draw_memory,
    draw_person,
    draw_timeline,
    microseconds,
    turning_ages,
)

KINDS: Mapping[str, ValueType] = dict(TYPES)  # type: ignore[arg-type]


@dataclass(frozen=True)
class KeptPeople:
    """Hold the tables of a part without a file."""

    tables: Mapping[Table, pl.DataFrame]
    attribute_types: Mapping[str, ValueType]

    def table(self, table: Table, columns: Sequence[str] | None = None) -> pl.DataFrame:
        frame = self.tables[table]
        return frame if columns is None else frame.select(columns)


@dataclass(frozen=True)
class Base:
    """Hold a model, an instant, and people with their timelines and memories."""

    model: Model
    now: datetime
    cases: tuple[Case, ...]

    @property
    def records(self) -> list[Record]:
        return [to_record(case, number) for number, case in enumerate(self.cases)]

    def keep(self) -> KeptPeople:
        return KeptPeople(build_tables(Gathered(records=self.records), Keeping(KINDS)), KINDS)


def draw_base(seed: int, size: int) -> Base:
    """Return a base of `size` people; the first is the sample of this seed, the others are drawn for its model."""
    first, rng = draw(seed), Random(seed + 1)
    now = rng.choice([first.now, *STARTS])
    samples = [dataclasses.replace(first, now=now), *(another(rng, first, now) for _ in range(size - 1))]
    model = parse_model(first.model_text, file="model.yaml", types=dict(KINDS))
    cases = tuple(parse_cases(sample.case_text, "case.yaml", dict(KINDS))[0] for sample in samples)
    return Base(model, now, cases)


def another(rng: Random, first: Sample, now: datetime) -> Sample:
    instant, ages = microseconds(now), turning_ages(first.model)
    person, memory = draw_person(rng, instant, ages), draw_memory(rng, instant, ages)
    timeline = draw_timeline(rng, instant, ages, first.model)
    return dataclasses.replace(first, person=person, timeline=timeline, memory=memory, now=now)


def to_record(case: Case, number: int, **more: Any) -> Record:
    ref = PersonRef("contact", str(number))
    person = dataclasses.replace(
        case.person, crm="hubspot", account="62515", object_type="contact", object_id=ref.object_id
    )
    plain: dict[str, Any] = {"own": StageMark(None), "lifecycle": StageMark(None), "current": {}}
    return Record(ref, person, case.timeline, **{**plain, **more})
