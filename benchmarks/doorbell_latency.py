"""Measure how long it takes from a change in the CRM to the written field and the created task, end to end.

The sandbox portal and `puente serve` run as processes of their own; each person asks for a demo, the portal rings, and
its own journal says when the field was written and when the task was there. One person at a time, so that what is
measured is the way, not the queue. Beside it: the time of one plain read of the portal on the same machine, so that the
figures can be compared with another machine's.

Run: `python benchmarks/doorbell_latency.py [--people N]`
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # the portal and the server are those of the tests

from tests.e2e.live_server import Live, serving


def main() -> int:
    """Ring for one person after the other, and print the percentiles."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=60)
    chosen = parser.parse_args()
    fields, tasks, reads = [], [], []
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), chosen.people + 10) as live:
        live.listen()
        everybody = live.ask("GET", "state")["people"]
        present = [one["id"] for one in everybody if not one["archived"] and not one["merged_into"]]
        for person in present[: chosen.people]:
            written, created = ring_for(live, person)
            fields.append(written)
            tasks += [created] if created is not None else []
            started = time.perf_counter()
            live.ask("GET", "settings")
            reads.append(time.perf_counter() - started)
    for name, seconds in (("field written", fields), ("task created", tasks), ("one read of the portal", reads)):
        print_row(name, seconds)
    print(f"\nfield written, p95, in reads of the portal: {percentile(fields, 95) / percentile(reads, 50):.0f}")
    return 0


def ring_for(live: Live, person: str) -> tuple[float, float | None]:
    """Let a person ask for a demo; return the seconds until the field and the task were there."""
    before, started = live.last(), time.time()
    event = {"kind": "form_submitted", "form": "Solicitar demo"}
    live.ask("POST", "timeline", {"person": person, "event": event, "ring": True})
    mark = f"contacts:{person}"
    live.wait_until(lambda: any(mark in one["touched"] for one in written_since(live, before)))
    time.sleep(0.3)
    written = written_since(live, before)
    field = next(one for one in written if mark in one["touched"])
    task = next((one for one in written if one["path"].endswith("tasks/batch/create")), None)
    return moment(field) - started, moment(task) - started if task else None


def written_since(live: Live, before: int) -> list[Any]:
    return [one for one in live.ask("GET", f"journal?since={before}")["entries"] if one["touched"]]


def moment(entry: Any) -> float:
    return datetime.fromisoformat(entry["at"]).timestamp()


def percentile(seconds: Sequence[float], percent: int) -> float:
    return statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1]


def print_row(name: str, seconds: Sequence[float]) -> None:
    if len(seconds) > 1:
        p50, p95, p99 = (1000 * percentile(seconds, percent) for percent in (50, 95, 99))
        print(f"{name:<26}n={len(seconds):<5}p50 {p50:8.0f} ms   p95 {p95:8.0f} ms   p99 {p99:8.0f} ms")


if __name__ == "__main__":
    sys.exit(main())
