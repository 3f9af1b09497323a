"""The walk of a plan from its file to the CRM, under accidents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from connector.domain.model import Model, StagePolicy
from connector.domain.person import Timeline
from connector.forecast import Forecast
from connector.live.ledger import SqliteLedger
from connector.live.qualify import Qualifier
from connector.ports import PersonRef
from connector.study.apply import Applier, Stages, count_pending
from connector.study.apply_journal import Journal
from connector.study.plan import Header, ModelName
from connector.study.plan_build import PlanBuilder, Rules
from connector.study.plan_file import PlanFile, line_to_json, open_plan, totals_to_json, write_plan
from connector.study.plan_watch import build_watch, watched_since
from connector.study.receipt import Receipt, receipt_path, write_receipt
from tests.study.copies import NOW, Copier
from tests.unit.fake_crm import FakeCrm, Held, ref
from tests.unit.people import build_model, event
from tests.unit.test_live_qualify import MAPPING

VIEWS = {"1": 6, "2": 4, "3": 1, "4": 7}
"""How many pages each has read a moment ago, at ten points each."""
LOW = replace(build_model(stages=StagePolicy(mql_enter=35.0)), hash="1" * 64)
"""Makes "2" an MQL, too: 40 points."""


def reader(pages: int) -> Held:
    return Held({"country": "ES"}, Timeline(tuple(event(f"view:{n}", days=0.01) for n in range(pages))))


@dataclass
class World:
    """Hold a CRM that a run of the present model has left, and a plan for the next one."""

    folder: Path
    crm: FakeCrm = field(default_factory=lambda: FakeCrm({id_: reader(pages) for id_, pages in VIEWS.items()}))
    now = NOW

    def __post_init__(self) -> None:
        self.ledger = SqliteLedger(self.folder / "state.db", "hubspot:62515")
        assert {out.outcome for out in self.qualifier(build_model()).qualify_all()} == {"written"}

    def qualifier(self, model: Model, *, dry_run: bool = False) -> Qualifier:
        return Qualifier(self.crm, self.ledger, model, MAPPING, "en", lambda: self.now, dry_run)

    def plan(self, after: Model = LOW, per_rep_per_day: int | None = None) -> PlanFile:
        before, path = build_model(), self.folder / "plan.jsonl"
        copier = Copier(self.crm, self.folder / "copy", {"country": "text"}, lambda: self.now)
        copier.take(full=True)
        watch = build_watch(after, ["country"], watched_since(None, self.now, timedelta(hours=24)))
        header = Header(
            "hubspot", "62515", self.now, self.now, len(self.crm.people), name(before), name(after), MAPPING.hash, "en",
            watch, "UTC", per_rep_per_day=per_rep_per_day,
        )  # fmt: skip
        builder = PlanBuilder(Rules(before, after, MAPPING, "en"), self.ledger, self.now, watch, per_rep_per_day)
        with write_plan(path, header) as writer:
            for line in builder.lines(copier.open().parts()):
                writer.add("line", line_to_json(line))
            writer.add("totals", totals_to_json(builder.totals(lambda _: Forecast({}, 0.0))))
            writer.seal()
        return open_plan(path, "en")

    def apply(self, plan: PlanFile, stages: Stages | None = None, *, dry_run: bool = False) -> Receipt:
        journal = Journal.of(plan.path, plan.sha256)
        with journal.opened():
            applier = Applier(plan, self.qualifier(LOW, dry_run=dry_run), journal, stages or Stages())
            for _ in applier.run():
                pass
        return write_receipt(plan, journal)

    def stages(self) -> dict[str, object]:
        return {id_: held.fields["puente_stage"] for id_, held in self.crm.people.items()}


def name(model: Model) -> ModelName:
    return ModelName(model.name, model.version, model.hash)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_plan_says_who_moves_and_applying_it_does_that(world: World) -> None:
    plan = world.plan()
    lines = {line.ref.object_id: line for line in plan.lines()}
    assert (lines["2"].stage_from, lines["2"].stage_to, lines["2"].causes) == ("lead", "mql", ("threshold",))
    assert {id_ for id_, line in lines.items() if line.moves} == {"2"}
    assert lines["3"].changes == ("puente_model",)
    assert world.apply(plan).to_json() == {
        "lines": 4, "written": 4, "planned": 0, "already": 0, "skipped": 0, "failed": 0, "rung": 0, "left": 0,
        "skipped_because": {},
        "tasks": 1, "tasks_planned": 0, "tasks_closed": 0,
    }  # fmt: skip
    assert world.stages() == {"1": "mql", "2": "mql", "3": "lead", "4": "mql"}
    assert sorted(owner for owner, _ in world.crm.tasks.values()) == ["1", "2", "4"]
    assert all(line.changes == ("puente_model",) for line in world.plan(replace(LOW, hash="2" * 64)).lines())


Accident = Callable[[FakeCrm], object]
ACCIDENTS: dict[str, tuple[Accident, str]] = {
    "edited": (lambda crm: crm.people["2"].attributes.update({"country": "FR"}), "profile"),  # type: ignore[attr-defined]
    "moved": (lambda crm: setattr(crm.people["2"], "lifecycle", "customer"), "stage"),
    "answered": (lambda crm: setattr(crm.people["2"], "verdict", ("rejected", "budget", NOW)), "stage"),
    "busy": (lambda crm: setattr(crm.people["2"], "timeline", reader(5).timeline), "activity"),
    "rewritten": (lambda crm: crm.people["2"].fields.update({"puente_grade": "Z9"}), "decided"),
    "deleted": (lambda crm: crm.people.pop("2"), "gone"),
    "merged": (lambda crm: (crm.people.pop("2"), crm.merged.update({"2": "9"})), "merged"),
}


@pytest.mark.parametrize("accident", ACCIDENTS)
@pytest.mark.parametrize("while_writing", [False, True], ids=["before", "while-writing"])
def test_whoever_changed_is_skipped_with_the_reason(world: World, accident: str, while_writing: bool) -> None:
    happen, reason = ACCIDENTS[accident]
    plan = world.plan()
    world.crm.people["9"] = reader(9)
    seen_by_the_guard = accident in ("moved", "deleted", "merged")
    if while_writing:
        world.crm.accidents.append(happen)
    else:
        happen(world.crm)
    receipt = world.apply(plan)
    if while_writing and not seen_by_the_guard:
        assert receipt.became == {"written": 4}  # this CRM in memory compares only stages just before it writes
        return
    assert (receipt.reasons, receipt.became["written"], receipt.lines) == ({reason: 1}, 3, 4)
    assert [owner for owner, _ in world.crm.tasks.values() if owner == "2"] == []
    assert "puente_stage" not in world.crm.people["9"].fields  # a survivor, or anybody else, is not in the plan


def test_time_alone_that_changes_the_decision_is_a_reason(world: World) -> None:
    plan = world.plan()
    world.now += timedelta(days=8)
    receipt = world.apply(plan)
    assert receipt.reasons == {"decision": 1}
    assert world.stages()["2"] == "lead"


def test_who_could_not_be_written_is_tried_again_by_the_next_run(world: World) -> None:
    plan = world.plan()
    world.crm.rejects.add("2")
    receipt = world.apply(plan)
    assert (receipt.became, [one.ref for one in receipt.failures]) == ({"written": 3, "failed": 1}, [ref("2")])
    assert "refused" in str(receipt.failures[0].reason)
    world.crm.rejects.clear()
    assert world.apply(plan).became == {"written": 4}


@pytest.mark.parametrize("moment", ["person", "task"])
def test_a_kill_between_two_writes_loses_and_doubles_nothing(world: World, moment: str) -> None:
    plan = world.plan()
    world.crm.dies_after = moment
    with pytest.raises(KeyboardInterrupt):
        world.apply(plan)
    world.crm.dies_after = None
    with plan.path.with_name("plan.jsonl.journal").open("ab") as file:
        file.write(b'{"result": {"ref": ["contact", "2"], "beca')  # as a kill leaves the last line
    assert world.apply(plan).became == {"written": 4}
    assert sorted(owner for owner, _ in world.crm.tasks.values()) == ["1", "2", "4"]
    writes = world.crm.writes
    assert world.apply(plan).became == {"written": 4}
    assert world.crm.writes == writes


def test_a_journal_of_another_plan_does_not_count(world: World) -> None:
    first = world.plan()
    world.apply(first)
    second = world.plan(replace(LOW, hash="3" * 64))
    assert count_pending(second, Journal.of(second.path, second.sha256)) == 4


def test_the_receipt_accounts_for_every_line(world: World) -> None:
    plan = world.plan()
    world.apply(plan, Stages(limit=1))
    told = [orjson.loads(line) for line in receipt_path(plan.path).read_bytes().splitlines()]
    by_person = {PersonRef(*line["ref"]): line["became"] for line in told[:-1]}
    assert by_person == {ref("1"): "left", ref("2"): "written", ref("3"): "left", ref("4"): "left"}
    assert told[-1] == {"totals": {**told[-1]["totals"], "lines": 4, "written": 1, "left": 3}, "plan": plan.sha256}


def test_a_dry_run_leaves_crm_and_ledger_alone(world: World) -> None:
    plan = world.plan()
    writes, known = world.crm.writes, world.ledger.recall([ref("2")])
    assert world.apply(plan, dry_run=True).became == {"planned": 4}
    assert (world.crm.writes, world.ledger.recall([ref("2")])) == (writes, known)


def test_a_dry_run_between_two_runs_tells_what_is_done_from_what_would_be(world: World) -> None:
    plan = world.plan()
    world.apply(plan, Stages(limit=1))
    receipt = world.apply(plan, dry_run=True)
    assert receipt.became == {"written": 1, "planned": 3}
    assert receipt.tasks + receipt.tasks_planned == world.apply(plan).tasks
