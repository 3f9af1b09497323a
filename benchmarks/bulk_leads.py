"""Read 50,000 leads through Bulk API 2.0 and count: the calls grow with pages of results, not with people.

The sandbox's journal does the counting. Every lead has two activities and a stage with a history, so that each kind of
record that can grow does. Beside it stands what reading in pieces of 200 takes.

Run: `python benchmarks/bulk_leads.py [--people N …]`; it takes a minute and a half. Exits 1 when somebody is missing,
when jobs take more calls than their pages explain, or when anything else was called more often for more people.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any, Final

from calls.salesforce import connect
from calls.table import journal, last_seq, load

from adapters.salesforce.adapter import SalesforceCrm
from adapters.salesforce.bulk import ROWS_PER_PAGE
from adapters.salesforce.install import install
from connector.domain.model_reach import horizon_days, used_attributes
from sandbox.seed import Base, SeedEvent, SeedPerson
from sandbox.server import SandboxSettings, serve_in_thread

EVENTS: Final = 2
SIZES: Final = (5_000, 20_000, 50_000)
PER_JOB: Final = 3
"""Start a job, see it running, see it done."""
PER_RUN: Final = {"oauth2/token": 1, "composite": 2}
"""Log in; describe, and count."""


def base_of(people: int, now: datetime) -> Base:
    visits = tuple(SeedEvent("page_view", now - timedelta(days=day), url="/precios") for day in range(EVENTS))
    return Base(
        tuple(
            SeedPerson(
                f"P{n}",
                {"last_name": f"N{n}", "email": f"n{n}@mail.example"},
                now - timedelta(days=9),
                stage="lead",
                stage_set_by="crm",
                events=visits,
            )
            for n in range(people)
        )
    )


def measure(people: int) -> tuple[Counter[str], int]:
    """Read everybody; return the calls by address, and how many people came with all that is theirs."""
    model, mapping = load("salesforce")
    now = datetime.now(UTC)
    with serve_in_thread(SandboxSettings(crm="salesforce", base=base_of(people, now))) as box:
        connection = replace(connect(box.url), bulk_threshold=0)
        install(connection, "en")
        start = last_seq(box.url)
        crm = SalesforceCrm(
            connection, mapping, model.used_kinds, used_attributes(model), horizon_days(model), sleep=lambda _: None
        )
        try:
            found = [
                sum(event.kind == "page_view" for event in record.timeline.events) >= EVENTS
                and record.lifecycle.by == "crm"
                for wave in crm.fetch_all(now=now, needs_history=lambda _: True)
                for record in wave.records
            ]
        finally:
            crm.close()
        return Counter(address_of(entry) for entry in journal(box.url, start)), sum(found)


def address_of(entry: dict[str, Any]) -> str:
    return str(entry["endpoint"]).rpartition("{version}/")[2].removeprefix("POST /services/")


def pages_of(people: int) -> int:
    """Return the pages that people, their activities and their histories fill."""
    return 2 * ceil(people / ROWS_PER_PAGE) + ceil(people * EVENTS / ROWS_PER_PAGE)


def holds(people: int, calls: Counter[str], found: int) -> bool:
    """Print one line; say whether everybody was read, in the calls that the pages explain."""
    jobs = calls["jobs/query"]
    in_bulk = sum(count for address, count in calls.items() if address.startswith("jobs/query"))
    others = {address: count for address, count in calls.items() if not address.startswith("jobs/query")}
    # A job without rows still has a page.
    most = jobs * PER_JOB + pages_of(people) + jobs
    in_pieces = ceil(people / 200) + ceil(people / 1_000) + ceil(people / 2_000)
    print(f"{people:>8}{found:>8}{jobs:>6}{pages_of(people):>7}{in_bulk:>12}{sum(others.values()):>8}{in_pieces:>14}")
    return found == people and in_bulk <= most and others == PER_RUN


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--people", type=int, nargs="+", default=list(SIZES))
    chosen: Any = options.parse_args()
    print(f"{'leads':>8}{'read':>8}{'jobs':>6}{'pages':>7}{'bulk calls':>12}{'others':>8}{'in pieces':>14}")
    held = []
    for people in chosen.people:
        calls, found = measure(people)
        held.append(holds(people, calls, found))
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
