"""Measure how fast a whole base is decided from a snapshot: the vector engine beside three other ways, in one run.

The same for all: people made up from a seed, 30 events each, 20 signals with half-life, window and cap, 8 fit criteria,
read from the same Parquet files.

- vector engine: `connector.study.vector`, whole decisions (stage with its memory, grade, journeys, topic, nurture),
  equal to the core to the last digit; memories are built from the snapshot, too
- core in a loop: `connector.domain.qualify` on records read back from the snapshot, on a sample; extrapolated
- Polars by hand, DuckDB: one query for the score only, as one would write it when only the number is wanted

Before anything is timed, engine, core and both queries must agree on a sample. Every contender runs in a process of
its own, so that its peak of memory is its own; rates are by processor time of all threads, with the clock beside it.

Run: `python benchmarks/plan_scale.py [--people N] [--large] [--seed N]`; --large: 200,000 people, and the engine alone
from 50,000 to 1,000,000.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import platform
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import polars as pl
from qualify_throughput import DAY_SECONDS, EVENTS_PER_PERSON, KINDS, NOW, PAGES, RULES, TITLES, TYPES, build_model

from connector.domain.decision import qualify
from connector.domain.timeline import to_us
from connector.study.memories import recall_part
from connector.study.snapshot_part import Part
from connector.study.snapshot_rows import Origin
from connector.study.snapshot_schema import TABLES, attribute_column, columns_of
from connector.study.vector import decide_part

PEOPLE_PER_PART: Final = 4_000
SAMPLE: Final = 2_000
FEW: Final = 400
STAGES: Final = (None, "mnql", "lead", "mql")
ORIGIN: Final = Origin("hubspot", "1")
NUMBERS: Final = ("employees", "revenue")
CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "country": ("ES", "MX", "DE", "US", "CO"),
    "industry": ("software", "retail", "mining"),
    "job_title": TITLES,
    "language": ("es", "en", "de"),
    "source": ("ORGANIC", "PAID", "OFFLINE"),
}


# ------------------------------------------------------------------------------------------------------- made-up people


def write_base(folder: Path, people: int, seed: int) -> None:
    """Write parts of made-up people: a third of the profile unknown, 30 events within half a year."""
    for number, first in enumerate(range(0, people, PEOPLE_PER_PART)):
        size = min(PEOPLE_PER_PART, people - first)
        rng = np.random.default_rng((seed, number))
        part = folder / f"{number:06d}"
        part.mkdir(parents=True)
        tables = {name: pl.DataFrame(schema=dict(columns_of(name, TYPES))) for name in TABLES}
        tables["people"], tables["events"] = make_people(rng, first, size), make_events(rng, size)
        for name, table in tables.items():
            table.write_parquet(part / f"{name}.parquet", compression="zstd", statistics=False)


def make_people(rng: np.random.Generator, first: int, size: int) -> pl.DataFrame:
    def known(values: Any) -> pl.Series:
        return pl.select(pl.when(pl.Series(rng.random(size) > 1 / 3)).then(pl.Series(values))).to_series()

    stages = [STAGES[place] for place in rng.integers(0, len(STAGES), size)]
    ages = rng.integers(1, 60, size).tolist()
    columns: dict[str, Any] = {
        "person": np.arange(size),
        "object_type": ["contact"] * size,
        "object_id": [str(first + n) for n in range(size)],
        "own_stage": stages,
        "own_at": [NOW - timedelta(days=days) if stage else None for stage, days in zip(stages, ages, strict=True)],
        "own_by": ["puente" if stage else None for stage in stages],
        "current": ["{}"] * size,
        attribute_column("employees"): known(rng.integers(1, 3_000, size).astype(float)),
        attribute_column("revenue"): known(rng.integers(0, 10**7, size).astype(float)),
        attribute_column("opted_in"): known(rng.random(size) < 0.8),
    }
    for name, values in CHOICES.items():
        columns[attribute_column(name)] = known([values[place] for place in rng.integers(0, len(values), size)])
    return fill(columns, "people", size)


def make_events(rng: np.random.Generator, size: int) -> pl.DataFrame:
    count = size * EVENTS_PER_PERSON
    owner = np.repeat(np.arange(size), EVENTS_PER_PERSON)
    age = rng.integers(0, 180 * DAY_SECONDS, count)
    order = np.lexsort((age, owner))
    kinds = [KINDS[place] for place in rng.integers(0, len(KINDS), count)]
    pages = [f"https://example.com{PAGES[place]}" for place in rng.integers(0, len(PAGES), count)]
    columns = {
        "person": owner,
        "id": [f"e{n:02d}" for n in range(EVENTS_PER_PERSON)] * size,
        "kind": kinds,
        "occurred_at": to_us(NOW) - age[order] * 1_000_000,
        "url": [page if kind == "page_view" else None for kind, page in zip(kinds, pages, strict=True)],
        "machine": np.zeros(count, dtype=bool),
    }
    return fill(columns, "events", count)


def fill(columns: dict[str, Any], table: Any, size: int) -> pl.DataFrame:
    """Build a table; columns nobody gave are null."""
    schema = columns_of(table, TYPES)
    nothing = [None] * size
    return pl.DataFrame([pl.Series(name, columns.get(name, nothing)).cast(dtype) for name, dtype in schema.items()])


def parts_of(folder: Path) -> Iterator[Part]:
    return (Part(path, ORIGIN, TYPES) for path in sorted(folder.iterdir()))


# ---------------------------------------------------------------------------------------------------------- contenders


_STARTS: Final[list[tuple[float, float]]] = []
"""When a contender began, by the clock and in processor time; one that prepares something begins again."""


def run_engine(folder: Path) -> int:
    """Decide everybody; what a plan keeps of each is stage and score."""
    model, kept = build_model(), []
    for part in parts_of(folder):
        decided = decide_part(part, model, NOW, recall_part(part, {}, NOW, None)).people
        kept.append(decided.select("person", "stage_before", "stage", "engagement"))
    return sum(frame.height for frame in kept)


def run_core(folder: Path) -> int:
    """Decide a sample one by one, on records that are ready: reading them back is not counted."""
    model, part = build_model(), next(parts_of(folder))
    records = part.records(range(min(SAMPLE, part.count())))
    memories = recall_part(part, {}, NOW, None)
    _STARTS.append((time.perf_counter(), time.process_time()))
    for record, memory in zip(records, memories, strict=False):
        qualify(record.person, record.timeline, model, NOW, memory, review=False)
    return len(records)


def run_polars(folder: Path) -> int:
    return query_polars(folder).height


def run_duckdb(folder: Path) -> int:
    return len(query_duckdb(folder))


def query_polars(folder: Path) -> pl.DataFrame:
    """Ask for the score in one lazy query."""
    age = (to_us(NOW) - pl.col("occurred_at").to_physical()) / 1_000_000 / DAY_SECONDS
    events = pl.scan_parquet(folder / "*" / "events.parquet", include_file_paths="path")
    points = []
    for rule in RULES:
        counts = (pl.col("kind") == rule.kind) & (pl.col("age") <= rule.window_days) & (pl.col("age") >= 0)
        if rule.url_part:
            counts &= pl.col("url").str.to_lowercase().str.contains(rule.url_part, literal=True)
        decayed = rule.points * pl.lit(2.0).pow(-pl.col("age") / rule.half_life_days)
        points.append(pl.when(counts).then(decayed).otherwise(0.0).sum().clip(-rule.cap, rule.cap).alias(rule.id))
    scores = events.with_columns(age=age).group_by("path", "person").agg(points)
    return scores.select("path", "person", score=pl.sum_horizontal(rule.id for rule in RULES)).collect(
        engine="streaming"
    )


def query_duckdb(folder: Path) -> list[tuple[Any, ...]]:
    """Ask for the score in SQL."""
    now_us = to_us(NOW)
    signals = []
    for rule in RULES:
        url = f" and lower(url) like '%{rule.url_part}%'" if rule.url_part else ""
        counts = f"kind = '{rule.kind}' and age between 0 and {rule.window_days}{url}"
        total = f"coalesce(sum({rule.points} * pow(2.0, -age / {rule.half_life_days})) filter ({counts}), 0)"
        signals.append(f"greatest(-{rule.cap}, least({rule.cap}, {total}))")
    query = f"""
        select filename, person, {" + ".join(signals)} as score
        from (
            select filename, person, kind, url, ({now_us} - epoch_us(occurred_at)) / 1e6 / {DAY_SECONDS} as age
            from read_parquet('{folder}/*/events.parquet', filename = true)
        )
        group by filename, person
    """
    return duckdb.sql(query).fetchall()


# ------------------------------------------------------------------------------------------------------------- the race


@dataclass(frozen=True, slots=True)
class Measured:
    """Hold what one contender took. Seconds are wall and processor time; `peak_mb` is of its process."""

    people: int
    seconds: float
    cpu_seconds: float
    peak_mb: float


def measure(run: Callable[[Path], int], folder: Path) -> Measured:
    """Run a contender in a process of its own."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_measure_here, args=(run, folder, theirs))
    process.start()
    measured: Measured = ours.recv()
    process.join()
    return measured


def _measure_here(run: Callable[[Path], int], folder: Path, pipe: Any) -> None:
    _STARTS.append((time.perf_counter(), time.process_time()))
    people = run(folder)
    seconds, cpu = time.perf_counter() - _STARTS[-1][0], time.process_time() - _STARTS[-1][1]
    pipe.send(Measured(people, seconds, cpu, _peak_mb()))


def _peak_mb() -> float:
    """Return the peak of this process; `getrusage` would count what its parent had when it was started."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def find_disagreements(folder: Path) -> list[str]:
    """Return where engine and core differ at all, and where the queries differ beyond rounding; the first part only."""
    model, part = build_model(), next(parts_of(folder))
    memories = recall_part(part, {}, NOW, None)
    decided = decide_part(part, model, NOW, memories).people
    found = []
    for number, record in enumerate(part.records(range(min(FEW, len(memories))))):
        core = qualify(record.person, record.timeline, model, NOW, memories[number], review=False)
        row = decided.row(number, named=True)
        if (core.stage, core.engagement.score, core.fit.pct) != (row["stage"], row["engagement"], row["fit_pct"]):
            found.append(f"person {number}: core {core.stage} {core.engagement.score}, engine {row}")
    scores = decided["engagement"].to_list()
    by_polars = {row[1]: row[2] for row in query_polars(folder).iter_rows() if part.name in row[0]}
    by_duckdb = {row[1]: row[2] for row in query_duckdb(folder) if part.name in row[0]}
    for number, score in enumerate(scores):
        if not all(math.isclose(by[number], score, rel_tol=1e-9, abs_tol=1e-9) for by in (by_polars, by_duckdb)):
            found.append(f"person {number}: engine {score}, Polars {by_polars[number]}, DuckDB {by_duckdb[number]}")
    return found


def race(folder: Path, people: int) -> None:
    contenders = {
        "vector engine": (run_engine, "whole decision"),
        "core in a loop": (run_core, "whole decision"),
        "Polars by hand": (run_polars, "score"),
        "DuckDB": (run_duckdb, "score"),
    }
    print(f"\n{people:,} people x {EVENTS_PER_PERSON} events x {len(RULES)} signals")
    print(f"{'':16}{'answers':>16}{'CPU s':>9}{'clock s':>9}{'people/CPU s':>14}{'x core':>8}{'peak MB':>9}")
    results = {name: measure(run, folder) for name, (run, _) in contenders.items()}
    core = results["core in a loop"]
    for name, (_, answers) in contenders.items():
        one = results[name]
        times, mark = people / one.people, " *" if one.people < people else ""
        rate, ratio = one.people / one.cpu_seconds, one.people / one.cpu_seconds * core.cpu_seconds / core.people
        print(f"{name:16}{answers:>16}{one.cpu_seconds * times:>9.1f}{one.seconds * times:>9.1f}{rate:>14,.0f}"
              f"{ratio:>8.1f}{one.peak_mb:>9,.0f}{mark}")  # fmt: skip
    print(f"* measured on {core.people:,} people, extrapolated")


def scale(sizes: Sequence[int], seed: int, room: Path) -> None:
    print("\nvector engine by size")
    print(f"{'people':>12}{'CPU s':>9}{'clock s':>9}{'CPU µs/person':>15}{'peak MB':>9}")
    for size in sizes:
        folder = room / str(size)
        write_base(folder, size, seed)
        one = measure(run_engine, folder)
        each = one.cpu_seconds / size * 1e6
        print(f"{size:>12,}{one.cpu_seconds:>9.1f}{one.seconds:>9.1f}{each:>15.1f}{one.peak_mb:>9,.0f}")
        shutil.rmtree(folder)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=40_000, help="people made up for the race (default 40000)")
    parser.add_argument("--large", action="store_true", help="race on 200,000 people; the engine up to 1,000,000")
    parser.add_argument("--seed", type=int, default=7, help="seed of the people (default 7)")
    options = parser.parse_args(arguments)
    people = 200_000 if options.large else options.people
    sizes = (50_000, 200_000, 1_000_000) if options.large else (10_000, 20_000, 40_000)
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room) / "race"
        write_base(folder, people, options.seed)
        if disagreements := find_disagreements(folder):
            print("\n".join(disagreements[:5]), file=sys.stderr)
            return 1
        print(f"Python {platform.python_version()}, Polars {pl.__version__}, DuckDB {duckdb.__version__}; "
              f"engine and core agree to the last digit on {FEW} people, the queries to nine digits on "
              f"{min(people, PEOPLE_PER_PART):,}")  # fmt: skip
        race(folder, people)
        scale(sizes, options.seed, Path(room))
    return 0


if __name__ == "__main__":
    sys.exit(main())
