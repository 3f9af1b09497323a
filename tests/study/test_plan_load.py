"""What applying a plan will read is counted from the ids of what happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from connector.domain.mapping import Mapping
from connector.domain.person import Event, Timeline
from connector.study.plan_load import LoadGauge
from connector.study.snapshot_part import Part
from connector.study.snapshot_rows import Gathered, Keeping, Origin, build_tables
from tests.study.bases import draw_base

NOW = datetime(2026, 3, 2, tzinfo=UTC)
IDS = {
    0: [*(f"web:{number}" for number in range(150)), "call:1", "marketing_event:7:attended"],
    1: [*(f"web:{number}" for number in range(150, 160)), "call:1", "marketing_event:7:registered"],
    2: ["web:900", "call:2", "marketing_event:8:attended"],
}


def gauge(folder: Path, written: list[int]) -> LoadGauge:
    """Keep three people with known events as a part, and count what the written ones take."""
    records = []
    for number, record in enumerate(draw_base(1, len(IDS)).records):
        events = tuple(Event(id_, id_.partition(":")[0], NOW - timedelta(days=1)) for id_ in IDS[number])
        records.append(replace(record, timeline=Timeline(events)))
    for name, frame in build_tables(Gathered(records=records), Keeping({})).items():
        frame.write_parquet(folder / f"{name}.parquet")
    gauge = LoadGauge(Mapping("hubspot", {}), {"web", "call", "marketing_event"}, 30, NOW)
    gauge.add_part(Part(folder, Origin("hubspot", "1"), {}), written)
    return gauge


def test_records_are_counted_once_and_pages_by_person(tmp_path: Path) -> None:
    load = gauge(tmp_path, [0, 1]).load()
    assert load.records == {"web": 160, "call": 1, "marketing_event": 2, "deal": 0}
    assert load.pages == {"web": 3, "call": 2, "marketing_event": 2}


def test_shared_records_are_those_of_everybody_and_no_event_of_one_person_is_kept(tmp_path: Path) -> None:
    assert gauge(tmp_path, [0]).load().shared == {"marketing_event": 2}
