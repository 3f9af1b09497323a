"""Hold a plan to the domain: columns settle nothing that a live run would do otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.domain.decision import qualify
from connector.domain.mapping import AttributeSource
from connector.domain.mapping import Mapping as FieldMapping
from connector.domain.model import Model
from connector.forecast import Forecast
from connector.live.ledger import SqliteLedger
from connector.live.plan_write import plan_fields
from connector.live.planned import take_prints
from connector.live.recall import Remembered, recall
from connector.ports import FieldValue, Record, StageMark
from connector.study.plan import Line
from connector.study.plan_build import PlanBuilder, Rules
from connector.study.plan_people import Planner
from connector.study.plan_watch import build_watch
from connector.study.snapshot_part import Part
from connector.study.snapshot_rows import Gathered, Keeping, Origin, build_tables
from tests.study.bases import KINDS, Base, draw_base

SIZE = 12
WRITE_BACK = {
    "puente_stage": "stage",
    "puente_stage_at": "stage_at",
    "puente_fit": "fit.pct",
    "puente_fit_confidence": "fit.completeness",
    "puente_engagement": "engagement",
    "puente_grade": "grade",
    "puente_reasons": "reasons",
    "puente_journey": "journey",
    "puente_nurture_track": "nurture_track",
    "puente_next_content": "next_content",
    "puente_next_channel": "next_channel",
    "puente_missing": "missing",
    "puente_handoff_key": "handoff.key",
    "puente_model": "model",
    "puente_scored_at": "decided_at",
}
MAPPING = FieldMapping(
    crm="hubspot",
    attributes={name: AttributeSource(name, kind, fields=(name,)) for name, kind in KINDS.items()},
    stages={"mnql": None, "lead": "lead", "mql": "marketingqualifiedlead", "sql": "salesqualifiedlead"},
    write_back=WRITE_BACK,
)
law = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def settle(base: Base, rng: Random) -> tuple[list[Record], dict[str, Remembered]]:
    """Let some of a base be as a run has left them, some as a run has left them with an edit, and some untouched."""
    records, remembered = [], {}
    for case, record in zip(base.cases, base.records, strict=True):
        known = Remembered(memory=case.memory, decided_at=base.now)
        own = StageMark(case.memory.stage, case.memory.set_at, "puente", case.memory.stage)
        held: Mapping[str, FieldValue] = dict.fromkeys(WRITE_BACK)
        shown = replace(record, own=own, current=held)
        if rng.random() < 0.8:
            decision = qualify(shown.person, shown.timeline, base.model, base.now, case.memory, review=False)
            plan = plan_fields(shown, shown.timeline, decision, MAPPING, "es", known)
            held = {**held, **{name: new for name, (_, new) in plan.fields.items()}}
            own = StageMark(decision.stage, decision.after.set_at, "puente", decision.stage)
            known = replace(known, memory=decision.after)
        if rng.random() < 0.3:
            held = {**held, rng.choice(list(WRITE_BACK)): None}
        records.append(replace(shown, own=own, current=held))
        remembered[record.ref.object_id] = known
    return records, remembered


def keep(records: list[Record], folder: Path) -> Part:
    for name, frame in build_tables(Gathered(records=records), Keeping(KINDS)).items():
        frame.write_parquet(folder / f"{name}.parquet")
    return Part(folder, Origin("hubspot", "62515"), KINDS)


def plan(base: Base, after: Model, seed: int) -> tuple[list[Line], list[Line]]:
    """Return the lines of the plan, and those the domain gives when it is asked about everybody."""
    records, remembered = settle(base, Random(seed))
    ledger = SqliteLedger(":memory:", "hubspot:62515")
    ledger.remember({record.ref: remembered[record.ref.object_id] for record in records})
    watch = build_watch(after, KINDS, None)
    with TemporaryDirectory() as folder:
        part = keep(records, Path(folder))
        builder = PlanBuilder(Rules(base.model, after, MAPPING, "es"), ledger, base.now, watch)
        lines = list(builder.lines(iter([part])))
    planner = Planner(base.model, after, MAPPING, "es", base.now)
    every = [planner.plan(one, remembered[one.ref.object_id], (), take_prints(one, watch)) for one in records]
    totals = builder.totals(lambda load: Forecast({"people": load.people}, 0.0))
    assert totals.lines == len(lines) == totals.calls["people"]
    assert totals.moved == sum(line.moves for line in lines)
    assert sum(count for row in totals.matrix.values() for count in row.values()) == len(records)
    return lines, [line for line in every if line is not None]


@law
@given(st.integers(min_value=0, max_value=10_000_000))
def test_a_plan_says_of_everybody_what_the_domain_says(seed: int) -> None:
    base, other = draw_base(seed, SIZE), draw_base(seed + 1, 1).model
    for after in (base.model, other):
        lines, expected = plan(base, after, seed)
        undated = [replace(line, task=replace(line.task, day="") if line.task else None) for line in lines]
        by_column = {line.ref: line for line in undated}
        assert by_column.keys() == {line.ref for line in expected}
        for line in expected:
            assert by_column[line.ref] == (
                replace(line, task=replace(line.task, owner=by_column[line.ref].task.owner))  # type: ignore[union-attr]
                if line.task and line.task.pool
                else line
            )


@law
@given(st.integers(min_value=0, max_value=10_000_000))
def test_a_base_as_a_run_has_left_it_has_nothing_to_plan(seed: int) -> None:
    base = draw_base(seed, SIZE)
    records, remembered = [], {}
    for record, case in zip(base.records, base.cases, strict=True):
        shown = replace(record, current=dict.fromkeys(WRITE_BACK))
        memory = recall(shown, Remembered(memory=case.memory), base.now, None)
        decision = qualify(shown.person, shown.timeline, base.model, base.now, memory, review=False)
        held = plan_fields(shown, shown.timeline, decision, MAPPING, "es", None).fields
        own = StageMark(decision.stage, decision.after.set_at, "puente", decision.stage)
        lifecycle = own if MAPPING.stages.get(decision.stage) else StageMark(None)
        current = {name: new for name, (_, new) in held.items()}
        records.append(replace(shown, own=own, lifecycle=lifecycle, current=current))
        remembered[record.ref] = Remembered(memory=decision.after, decided_at=base.now)
    ledger = SqliteLedger(":memory:", "hubspot:62515")
    ledger.remember(remembered)
    with TemporaryDirectory() as folder:
        part = keep(records, Path(folder))
        rules = Rules(base.model, base.model, MAPPING, "es")
        builder = PlanBuilder(rules, ledger, base.now, build_watch(base.model, KINDS, None))
        assert list(builder.lines(iter([part]))) == []
