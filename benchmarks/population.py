"""Make up whole bases from a seed and keep them as snapshots: people with 30 events each, as a run has left them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from qualify_throughput import (
    DAY_SECONDS,
    EVENTS_PER_PERSON,
    KINDS,
    NOW,
    PAGES,
    TITLES,
    TYPES,
    model_document,
)

from connector.bootstrap import load_rules
from connector.bootstrap_state import build_ledger
from connector.bootstrap_study import Wishes, build_store, choose_kept
from connector.domain.mapping import DECISION_PATHS
from connector.domain.model import Model
from connector.domain.person import Memory
from connector.domain.timeline import to_us
from connector.live.plan_write import model_stamp
from connector.live.recall import Remembered
from connector.ports import PersonRef
from connector.settings import Settings
from connector.study.manifest import Manifest, PartCounts, Run, add_counts
from connector.study.plan_screen import missing_lines
from connector.study.snapshot_part import Part
from connector.study.snapshot_rows import Origin, dump_fields
from connector.study.snapshot_schema import INSTANT, TABLES, Table, attribute_column, columns_of
from connector.study.vector import decide_part

PEOPLE_PER_PART: Final = 4_000
ORIGIN: Final = Origin("hubspot", "62515")
SETTLED_AT: Final = NOW - timedelta(hours=1)
"""When the model in force has decided everybody."""
CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "country": ("ES", "MX", "DE", "US", "CO"),
    "industry": ("software", "retail", "mining"),
    "job_title": TITLES,
    "language": ("es", "en", "de"),
    "source": ("ORGANIC", "PAID", "OFFLINE"),
}
_HELD: Final = {
    "stage": "stage",
    "fit.pct": "fit_pct",
    "fit.completeness": "completeness",
    "engagement": "engagement",
    "grade": "grade",
    "journey": "aida",
    "nurture_track": "nurture_track",
    "next_content": "next_content",
    "next_channel": "next_channel",
}
"""Where a part of a decision is in the columns of the engine."""


@dataclass(frozen=True, slots=True)
class Base:
    """Name the files of a base: settings for commands, and the model to plan, which asks for less."""

    folder: Path

    @property
    def settings(self) -> Settings:
        return Settings(
            model=self.folder / "model.json",
            mapping=self.folder / "mapping.json",
            snapshot=self.folder / "snapshot",
            state=str(self.folder / "state.db"),
        )

    @property
    def candidate(self) -> Path:
        return self.folder / "candidate.json"

    @property
    def environment(self) -> dict[str, str]:
        """Return what tells a command of these files."""
        named = self.settings
        return {
            "PUENTE_MODEL": str(named.model),
            "PUENTE_MAPPING": str(named.mapping),
            "PUENTE_SNAPSHOT": str(named.snapshot),
            "PUENTE_STATE": named.state,
        }

    @property
    def part_folder(self) -> Path:
        return self.folder / "snapshot" / "parts"

    def parts(self) -> Iterator[Part]:
        return (Part(path, ORIGIN, TYPES) for path in sorted(self.part_folder.iterdir()))


def write_base(folder: Path, people: int, seed: int) -> Base:
    """Write a snapshot of made-up people and a ledger that remembers them; the model in force has decided everybody."""
    base = Base(folder)
    folder.mkdir(parents=True)
    _write_files(base)
    settings = base.settings
    rules, store = load_rules(settings), build_store(settings)
    ledger = build_ledger(settings, ORIGIN.account)
    parts: list[str] = []
    counts: list[PartCounts] = []
    for number, first in enumerate(range(0, people, PEOPLE_PER_PART)):
        size = min(PEOPLE_PER_PART, people - first)
        rng = np.random.default_rng((seed, number))
        tables: dict[Table, pl.DataFrame] = {
            name: pl.DataFrame(schema=dict(columns_of(name, TYPES))) for name in TABLES
        }
        tables["people"], tables["events"] = make_people(rng, first, size), make_events(rng, first, size)
        tables["people"] = settle(_InMemory(tables), rules.model)
        ledger.remember(_memories(tables["people"]))
        rows = {str(name): frame.height for name, frame in tables.items()}
        counts.append(PartCounts(size, 0, {}, rows["events"], 0, 0, rows))
        parts.append(store.add_part(tables, counts[-1], ()))
    ledger.close()
    kept, days = choose_kept(settings, rules, Wishes(history=False))
    run = Run(1, "full", None, NOW, NOW, people, add_counts(counts))
    store.commit(Manifest(ORIGIN, kept, days, tuple(parts), (run,)))
    return base


def _write_files(base: Base) -> None:
    """Write the model in force, one with a lower threshold, and the mapping."""
    model = model_document()
    candidate = {**model, "version": "1.1.0", "stages": {"mql": {"enter": 40, "exit": 30}}}
    mapping = {
        "crm": "hubspot",
        "attributes": {name: {"property": name, "type": kind} for name, kind in TYPES.items()},
        "events": [{"kind": kind, "from": "web_events", "event_type": f"pe1_{kind}"} for kind in KINDS],
        "stages": {"lead": "lead", "mql": "marketingqualifiedlead", "sql": "salesqualifiedlead"},
        "write_back": {field_of(path): path for path in DECISION_PATHS},
    }
    for name, document in (("model", model), ("candidate", candidate), ("mapping", mapping)):
        (base.folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class _InMemory:
    """Hold the tables of a part that is not written yet."""

    tables: dict[Table, pl.DataFrame]
    attribute_types = TYPES

    def table(self, table: Table, columns: Sequence[str] | None = None) -> pl.DataFrame:
        frame = self.tables[table]
        return frame if columns is None else frame.select(columns)


def settle(people: _InMemory, model: Model) -> pl.DataFrame:
    """Return the people of a part as a run of the model has left them: stage, CRM stage, and every field of ours."""
    frame = people.table("people")
    decided = decide_part(people, model, SETTLED_AT, [Memory()] * frame.height).people
    missing = missing_lines(people, model, SETTLED_AT, "es", frame.height)
    always = {
        "puente_stage_at": SETTLED_AT,
        "puente_model": model_stamp(model),
        "puente_decided_at": SETTLED_AT,
        "puente_reasons": "Vio la página de precios",
    }
    held = [
        dump_fields({**{field_of(path): row[name] for path, name in _HELD.items()}, "puente_missing": line, **always})
        for row, line in zip(decided.iter_rows(named=True), missing, strict=True)
    ]
    stage, by = decided["stage"], pl.lit("puente")
    marks = {f"{mark}_{part}": value for mark in ("own", "lifecycle") for part, value in (
        ("stage", stage), ("raw", stage), ("by", by), ("at", pl.lit(SETTLED_AT).cast(INSTANT)),
    )}  # fmt: skip
    return frame.with_columns(**marks, current=pl.Series(held))


def field_of(path: str) -> str:
    return f"puente_{path.replace('.', '_')}"


def _memories(people: pl.DataFrame) -> dict[PersonRef, Remembered]:
    """Return what the ledger remembers of people who were decided."""
    rows = people.select("object_type", "object_id", "own_stage").iter_rows()
    return {
        PersonRef(object_type, object_id): Remembered(
            Memory(stage, "puente", SETTLED_AT, episodes={stage: 1} if stage == "mql" else {}), SETTLED_AT, SETTLED_AT
        )
        for object_type, object_id, stage in rows
    }


def make_people(rng: np.random.Generator, first: int, size: int) -> pl.DataFrame:
    """Return people of whose profile a third is unknown."""

    def known(values: Any) -> pl.Series:
        return pl.select(pl.when(pl.Series(rng.random(size) > 1 / 3)).then(pl.Series(values))).to_series()

    columns: dict[str, Any] = {
        "person": np.arange(size),
        "object_type": ["contact"] * size,
        "object_id": [str(first + n) for n in range(size)],
        "current": ["{}"] * size,
        attribute_column("employees"): known(rng.integers(1, 3_000, size).astype(float)),
        attribute_column("revenue"): known(rng.integers(0, 10**7, size).astype(float)),
        attribute_column("opted_in"): known(rng.random(size) < 0.8),
    }
    for name, values in CHOICES.items():
        columns[attribute_column(name)] = known([values[place] for place in rng.integers(0, len(values), size)])
    return _fill(columns, "people", size)


def make_events(rng: np.random.Generator, first: int, size: int) -> pl.DataFrame:
    """Return 30 events of everybody, within half a year."""
    count = size * EVENTS_PER_PERSON
    owner = np.repeat(np.arange(size), EVENTS_PER_PERSON)
    age = rng.integers(0, 180 * DAY_SECONDS, count)
    order = np.lexsort((age, owner))
    kinds = [KINDS[place] for place in rng.integers(0, len(KINDS), count)]
    pages = [f"https://example.com{PAGES[place]}" for place in rng.integers(0, len(PAGES), count)]
    columns = {
        "person": owner,
        "id": [f"web:{first * EVENTS_PER_PERSON + n:012d}" for n in range(count)],
        "kind": kinds,
        "occurred_at": to_us(NOW) - age[order] * 1_000_000,
        "url": [page if kind == "page_view" else None for kind, page in zip(kinds, pages, strict=True)],
        "machine": np.zeros(count, dtype=bool),
    }
    return _fill(columns, "events", count)


def _fill(columns: dict[str, Any], table: Table, size: int) -> pl.DataFrame:
    """Build a table; columns nobody gave are null."""
    schema = columns_of(table, TYPES)
    nothing = [None] * size
    return pl.DataFrame([pl.Series(name, columns.get(name, nothing)).cast(dtype) for name, dtype in schema.items()])
