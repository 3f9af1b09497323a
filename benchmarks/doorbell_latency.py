"""Measure how long it takes from a change in the CRM to the written field and the created task, end to end.

For each CRM the sandbox and `puente serve` run as processes of their own; each person asks for a demo, the CRM rings,
and its own journal says when the field was written and when the task was there: ring, verify, queue, read, decide,
write. One person every second, so that what is measured is the way: neither the queue nor the wait for the rate the
CRM permits. Beside it the time of one plain read of the sandbox on the same machine, for comparing machines.

Run: `python benchmarks/doorbell_latency.py [--people N] [--crm hubspot|salesforce]`
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # the sandbox and the server are those of the tests

from tests.e2e.live_server import SIDES, Live, Side, serving

DEMO = {"kind": "form_submitted", "form": "Solicitar demo"}
PACE_SECONDS = 1.0


def main() -> int:
    """Ring for one person after the other, and print the percentiles."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=60, help="at each CRM")
    parser.add_argument("--crm", choices=sorted(SIDES), action="append")
    chosen = parser.parse_args()
    for crm in chosen.crm or sorted(SIDES):
        print(f"{crm}: from the change to what sales sees")
        measure(SIDES[crm], chosen.people)
    return 0


def measure(side: Side, people: int) -> None:
    """Print what it takes at one CRM."""
    fields, tasks, reads = [], [], []
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), side, 2 * people + 20) as live:
        live.listen()
        for person in paced(live.people()[:people]):
            written, created = ring_for(live, person)
            fields.append(written)
            tasks += [created] if created is not None else []
            started = time.perf_counter()
            live.ask("GET", "settings")
            reads.append(time.perf_counter() - started)
    for name, seconds in (("field written", fields), ("task created", tasks), ("one read of the sandbox", reads)):
        print_row(name, seconds)
    ratio = percentile(fields, 95) / percentile(reads, 50)
    print(f"  field written, p95, in reads of the sandbox: {ratio:.0f}\n")


def ring_for(live: Live, person: str) -> tuple[float, float | None]:
    """Let a person ask for a demo; return the seconds until the field and the task were there."""
    before, started = live.last(), time.time()
    live.ask("POST", "timeline", {"person": person, "event": DEMO, "ring": True})
    live.wait_until(lambda: bool(live.written_since(before, person)))
    time.sleep(0.3)
    written, made = live.written_since(before, person), live.tasks_since(before)
    return moment(written[0]) - started, moment(made[0]) - started if made else None


def paced(people: Sequence[str]) -> Iterator[str]:
    """Yield one person every second."""
    for person in people:
        before = time.monotonic()
        yield person
        time.sleep(max(0.0, PACE_SECONDS - (time.monotonic() - before)))


def moment(entry: Any) -> float:
    return datetime.fromisoformat(entry["at"]).timestamp()


def percentile(seconds: Sequence[float], percent: int) -> float:
    return statistics.quantiles(seconds, n=100, method="inclusive")[percent - 1]


def print_row(name: str, seconds: Sequence[float]) -> None:
    if len(seconds) > 1:
        p50, p95, p99 = (1000 * percentile(seconds, percent) for percent in (50, 95, 99))
        print(f"  {name:<26}n={len(seconds):<5}p50 {p50:8.0f} ms   p95 {p95:8.0f} ms   p99 {p99:8.0f} ms")


if __name__ == "__main__":
    sys.exit(main())
