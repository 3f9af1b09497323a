"""Measure how fast a whole base is decided and planned from a snapshot, beside three other ways, in one run.

The same for all: people made up from a seed, 30 events each, 20 signals with half-life, window and cap, 8 fit criteria,
read from the same Parquet files. A model is in force and has decided everybody; the one to plan asks for less.

- puente plan: the whole command, from start to the sealed file with a line per person: the engine, the ledger, what
  each field holds, both models for those who move, the predicted calls
- vector engine: `connector.study.vector`, whole decisions (stage with its memory, grade, journeys, topic, nurture),
  equal to the core to the last digit; memories are built from the snapshot, too
- core in a loop: `connector.domain.qualify` on records read back from the snapshot, on a sample; extrapolated
- Polars by hand, DuckDB: one query for the score only, as one would write it when only the number is wanted

Before anything is timed, engine, core and both queries must agree on a sample. Every contender runs in a process of
its own, so that its peak of memory is its own; rates are by processor time of all threads, with the clock beside it.

Run: `python benchmarks/plan_scale.py [--people N] [--large] [--seed N]`; --large: 200,000 people, and plan and engine
from 50,000 to 1,000,000.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import multiprocessing
import os
import platform
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import polars as pl
from population import PEOPLE_PER_PART, Base, write_base
from qualify_throughput import DAY_SECONDS, EVENTS_PER_PERSON, NOW, RULES, build_model

from connector.bootstrap import Root
from connector.cli.app import run
from connector.domain.decision import qualify
from connector.domain.timeline import to_us
from connector.study.memories import recall_part
from connector.study.vector import decide_part

SAMPLE: Final = 2_000
FEW: Final = 400


# ---------------------------------------------------------------------------------------------------------- contenders


_STARTS: Final[list[tuple[float, float]]] = []
"""When a contender began, by the clock and in processor time; one that prepares something begins again."""


def run_plan(base: Base) -> int:
    """Plan the candidate as a user does."""
    os.environ.update(base.environment)
    arguments = ["plan", "--model", str(base.candidate), "--out", str(base.folder / "plan.jsonl"), "--json"]
    said = io.StringIO()
    with redirect_stdout(said):
        code = run(arguments, Root(clock=lambda: NOW))
    if code:
        raise RuntimeError(said.getvalue())
    people: int = json.loads(said.getvalue())["totals"]["lines"]
    return people


def run_engine(base: Base) -> int:
    """Decide everybody; what a plan keeps of each is stage and score."""
    model, kept = build_model(), []
    for part in base.parts():
        decided = decide_part(part, model, NOW, recall_part(part, {}, NOW, None)).people
        kept.append(decided.select("person", "stage_before", "stage", "engagement"))
    return sum(frame.height for frame in kept)


def run_core(base: Base) -> int:
    """Decide a sample one by one, on records that are ready: reading them back is not counted."""
    model, part = build_model(), next(base.parts())
    records = part.records(range(min(SAMPLE, part.count())))
    memories = recall_part(part, {}, NOW, None)
    _STARTS.append((time.perf_counter(), time.process_time()))
    for record, memory in zip(records, memories, strict=False):
        qualify(record.person, record.timeline, model, NOW, memory, review=False)
    return len(records)


def run_polars(base: Base) -> int:
    return query_polars(base).height


def run_duckdb(base: Base) -> int:
    return len(query_duckdb(base))


def query_polars(base: Base) -> pl.DataFrame:
    """Ask for the score in one lazy query."""
    age = (to_us(NOW) - pl.col("occurred_at").to_physical()) / 1_000_000 / DAY_SECONDS
    events = pl.scan_parquet(base.part_folder / "*" / "events.parquet", include_file_paths="path")
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


def query_duckdb(base: Base) -> list[tuple[Any, ...]]:
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
            from read_parquet('{base.part_folder}/*/events.parquet', filename = true)
        )
        group by filename, person
    """
    with duckdb.connect() as database:
        database.execute("SET enable_progress_bar = false")
        return database.sql(query).fetchall()


# ------------------------------------------------------------------------------------------------------------- the race


@dataclass(frozen=True, slots=True)
class Measured:
    """Hold what one contender took. Seconds are wall and processor time; `peak_mb` is of its process."""

    people: int
    seconds: float
    cpu_seconds: float
    peak_mb: float


def measure(contender: Callable[[Base], int], base: Base) -> Measured:
    """Run a contender in a process of its own."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_measure_here, args=(contender, base, theirs))
    process.start()
    measured: Measured = ours.recv()
    process.join()
    return measured


def _measure_here(contender: Callable[[Base], int], base: Base, pipe: Any) -> None:
    _STARTS.append((time.perf_counter(), time.process_time()))
    people = contender(base)
    seconds, cpu = time.perf_counter() - _STARTS[-1][0], time.process_time() - _STARTS[-1][1]
    pipe.send(Measured(people, seconds, cpu, _peak_mb()))


def _peak_mb() -> float:
    """Return the peak of this process; `getrusage` would count what its parent had when it was started."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def find_disagreements(base: Base) -> list[str]:
    """Return where engine and core differ at all, and where the queries differ beyond rounding; the first part only."""
    model, part = build_model(), next(base.parts())
    memories = recall_part(part, {}, NOW, None)
    decided = decide_part(part, model, NOW, memories).people
    found = []
    for number, record in enumerate(part.records(range(min(FEW, len(memories))))):
        core = qualify(record.person, record.timeline, model, NOW, memories[number], review=False)
        row = decided.row(number, named=True)
        if (core.stage, core.engagement.score, core.fit.pct) != (row["stage"], row["engagement"], row["fit_pct"]):
            found.append(f"person {number}: core {core.stage} {core.engagement.score}, engine {row}")
    scores = decided["engagement"].to_list()
    by_polars = {row[1]: row[2] for row in query_polars(base).iter_rows() if part.name in row[0]}
    by_duckdb = {row[1]: row[2] for row in query_duckdb(base) if part.name in row[0]}
    for number, score in enumerate(scores):
        if not all(math.isclose(by[number], score, rel_tol=1e-9, abs_tol=1e-9) for by in (by_polars, by_duckdb)):
            found.append(f"person {number}: engine {score}, Polars {by_polars[number]}, DuckDB {by_duckdb[number]}")
    return found


def race(base: Base, people: int) -> None:
    contenders = {
        "puente plan": (run_plan, "whole plan"),
        "vector engine": (run_engine, "whole decision"),
        "core in a loop": (run_core, "whole decision"),
        "Polars by hand": (run_polars, "score"),
        "DuckDB": (run_duckdb, "score"),
    }
    print(f"\n{people:,} people x {EVENTS_PER_PERSON} events x {len(RULES)} signals")
    print(f"{'':16}{'answers':>16}{'CPU s':>9}{'clock s':>9}{'people/CPU s':>14}{'x core':>8}{'peak MB':>9}")
    results = {name: measure(contender, base) for name, (contender, _) in contenders.items()}
    core = results["core in a loop"]
    for name, (_, answers) in contenders.items():
        one = results[name]
        times, mark = people / one.people, " *" if one.people < people else ""
        rate, ratio = one.people / one.cpu_seconds, one.people / one.cpu_seconds * core.cpu_seconds / core.people
        print(f"{name:16}{answers:>16}{one.cpu_seconds * times:>9.1f}{one.seconds * times:>9.1f}{rate:>14,.0f}"
              f"{ratio:>8.1f}{one.peak_mb:>9,.0f}{mark}")  # fmt: skip
    print(f"* measured on {core.people:,} people, extrapolated")


def scale(sizes: Sequence[int], seed: int, room: Path) -> None:
    print("\nby size")
    print(f"{'':16}{'people':>12}{'CPU s':>9}{'clock s':>9}{'CPU µs/person':>15}{'peak MB':>9}")
    for size in sizes:
        base = write_base(room / str(size), size, seed)
        for name, contender in (("puente plan", run_plan), ("vector engine", run_engine)):
            one = measure(contender, base)
            each = one.cpu_seconds / size * 1e6
            print(f"{name:16}{size:>12,}{one.cpu_seconds:>9.1f}{one.seconds:>9.1f}{each:>15.1f}{one.peak_mb:>9,.0f}")
        shutil.rmtree(base.folder)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=40_000, help="people made up for the race (default 40000)")
    parser.add_argument("--large", action="store_true", help="race on 200,000 people; plan and engine up to 1,000,000")
    parser.add_argument("--seed", type=int, default=7, help="seed of the people (default 7)")
    options = parser.parse_args(arguments)
    people = 200_000 if options.large else options.people
    sizes = (50_000, 200_000, 1_000_000) if options.large else (10_000, 20_000, 40_000)
    with tempfile.TemporaryDirectory() as room:
        base = write_base(Path(room) / "race", people, options.seed)
        if disagreements := find_disagreements(base):
            print("\n".join(disagreements[:5]), file=sys.stderr)
            return 1
        print(f"Python {platform.python_version()}, Polars {pl.__version__}, DuckDB {duckdb.__version__}; "
              f"engine and core agree to the last digit on {FEW} people, the queries to nine digits on "
              f"{min(people, PEOPLE_PER_PART):,}")  # fmt: skip
        race(base, people)
        scale(sizes, options.seed, Path(room))
    return 0


if __name__ == "__main__":
    sys.exit(main())
