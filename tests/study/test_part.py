"""Read parts from files: what a later part replaced is left out, and the rest is numbered anew everywhere."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.domain.decision import qualify
from connector.study.snapshot_part import Part
from connector.study.snapshot_rows import Gathered, Keeping, Origin, build_tables
from connector.study.vector import decide_part
from tests.study.bases import KINDS, Base, draw_base

law = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def write(base: Base, folder: Path) -> Part:
    folder.mkdir(exist_ok=True)
    for name, table in build_tables(Gathered(records=base.records), Keeping(KINDS)).items():
        table.write_parquet(folder / f"{name}.parquet")
    return Part(folder, Origin("hubspot", "62515"), KINDS)


@law
@given(st.integers(min_value=0, max_value=10_000_000), st.sets(st.integers(min_value=0, max_value=9)))
def test_who_is_left_of_a_part_is_decided_as_from_the_records_read_back(
    tmp_path: Path, seed: int, replaced: set[int]
) -> None:
    base = draw_base(seed, 10)
    whole = write(base, tmp_path / "part")
    left = [number for number in range(10) if number not in replaced]
    part = Part(whole.folder, whole.origin, whole.attribute_types, pl.Series(left, dtype=pl.UInt32))
    memories = [base.cases[number].memory for number in left]
    decided = decide_part(part, base.model, base.now, memories).people
    records = part.records()
    assert [record.ref.object_id for record in records] == [str(number) for number in left]
    assert part.count() == len(left)
    for row, record, memory in zip(decided.iter_rows(named=True), records, memories, strict=True):
        decision = qualify(record.person, record.timeline, base.model, base.now, memory, review=False)
        assert (row["stage"], row["engagement"], row["fit_pct"]) == (
            decision.stage,
            decision.engagement.score,
            decision.fit.pct,
        )


def test_records_of_a_few_people_come_in_the_order_asked_for(tmp_path: Path) -> None:
    part = write(draw_base(5, 6), tmp_path / "part")
    assert [record.ref.object_id for record in part.records([4, 1])] == ["4", "1"]
    assert part.records([4, 1]) == [part.records()[4], part.records()[1]]
