"""The walk from reading to remembering, under accidents."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from connector.domain.decision import Decision
from connector.domain.mapping import Mapping
from connector.domain.mapping_file import parse_mapping
from connector.domain.model import Routing, StagePolicy
from connector.domain.person import Timeline
from connector.live.ledger import SqliteLedger
from connector.live.plan_write import FieldPlan
from connector.live.qualify import Outcome, Qualifier
from connector.ports import Record
from tests.unit.fake_crm import FakeCrm, Held, ref
from tests.unit.people import NOW, build_model, event

MAPPING = parse_mapping(
    """
crm: hubspot
attributes: {country: {property: country, type: text}}
events: [{kind: page_view, from: web_events, event_type: e_visited_page}]
stages: {mnql: null, lead: lead, mql: marketingqualifiedlead, sql: salesqualifiedlead}
write_back:
  puente_stage: stage
  puente_stage_at: stage_at
  puente_fit: fit.pct
  puente_engagement: engagement
  puente_grade: grade
  puente_reasons: reasons
  puente_handoff_key: handoff.key
  puente_model: model
  puente_scored_at: decided_at
""",
    file="test.yaml",
)
ASKS_FOR_A_DEMO = Timeline((event("form:1", "form_submitted", 0.1),))
READS_FIVE_PAGES = Timeline(tuple(event(f"view:{n}", days=0.01) for n in range(6)))


@dataclass
class World:
    """Hold a CRM, a ledger and a clock that tests move."""

    crm: FakeCrm
    ledger: SqliteLedger
    now: datetime = NOW
    model: object = field(default_factory=build_model)
    mapping: Mapping = MAPPING

    def qualifier(self, *, dry_run: bool = False) -> Qualifier:
        return Qualifier(self.crm, self.ledger, self.model, self.mapping, "es", lambda: self.now, dry_run)  # type: ignore[arg-type]

    def run(self, *, dry_run: bool = False) -> dict[str, Outcome]:
        return {out.ref.object_id: out for out in self.qualifier(dry_run=dry_run).qualify_all()}


@pytest.fixture
def world(tmp_path: Path) -> World:
    people = {
        "1": Held({"country": "ES"}, ASKS_FOR_A_DEMO),
        "2": Held({"country": "ES"}, READS_FIVE_PAGES),
        "3": Held({"country": "FR"}, READS_FIVE_PAGES),
        "4": Held({}),
    }
    return World(FakeCrm(people), SqliteLedger(tmp_path / "state" / "ledger.db", "hubspot:62515"))


def test_people_get_stages_tasks_and_reasons_and_a_second_run_writes_nothing(world: World) -> None:
    world.run()
    assert {id_: held.fields["puente_stage"] for id_, held in world.crm.people.items()} == {
        "1": "sql",
        "2": "mql",
        "3": "mnql",
        "4": "lead",
    }
    assert sorted(owner for owner, _ in world.crm.tasks.values()) == ["1", "2"]
    written = world.crm.writes
    assert {out.outcome for out in world.run().values()} == {"unchanged"}
    assert world.crm.writes == written


def test_that_points_fade_is_no_change_but_a_new_event_is(world: World) -> None:
    world.run()
    written = world.crm.writes
    world.now += timedelta(hours=5)
    assert {out.outcome for out in world.run().values()} == {"unchanged"}
    assert world.crm.writes == written
    world.crm.people["4"].timeline = Timeline((event("view:9", days=-0.1),))
    outcomes = world.run()
    assert outcomes["4"].outcome == "written"
    assert set(outcomes["4"].changes) >= {"puente_engagement", "puente_grade", "puente_scored_at"}


def test_a_dry_run_writes_nothing_anywhere(world: World) -> None:
    assert {out.outcome for out in world.run(dry_run=True).values()} == {"planned"}
    assert world.crm.writes == 0
    assert world.ledger.recall([ref("1")]) == {}


@pytest.mark.parametrize("moment", ["person", "task"])
def test_a_kill_at_any_moment_leaves_one_task_per_episode(world: World, moment: str) -> None:
    world.crm.dies_after = moment
    with pytest.raises(KeyboardInterrupt):
        world.run()
    world.crm.dies_after = None
    world.run()
    assert sorted(owner for owner, _ in world.crm.tasks.values()) == ["1", "2"]
    assert {out.outcome for out in world.run().values()} == {"unchanged"}


def test_a_kill_before_the_task_loses_none_where_the_mapping_writes_no_handoff_key(world: World) -> None:
    fields = {name: path for name, path in MAPPING.write_back.items() if path != "handoff.key"}
    world.mapping = replace(MAPPING, write_back=fields)
    world.crm.dies_after = "person"
    with pytest.raises(KeyboardInterrupt):
        world.run()
    world.crm.dies_after = None
    world.run()
    assert sorted(owner for owner, _ in world.crm.tasks.values()) == ["1", "2"]


def test_a_kill_with_a_lost_ledger_makes_no_second_task(world: World, tmp_path: Path) -> None:
    world.run()
    world.ledger = SqliteLedger(tmp_path / "fresh.db", "hubspot:62515")
    world.run()
    assert len(world.crm.tasks) == 2


def test_an_edit_between_reading_and_writing_wins(world: World) -> None:
    world.crm.accidents.append(lambda crm: setattr(crm.people["1"], "lifecycle", "customer"))
    outcomes = world.run()
    assert world.crm.people["1"].lifecycle == "customer"
    assert world.crm.people["1"].fields["puente_stage"] == "customer"
    assert outcomes["1"].task_created is False
    assert [owner for owner, _ in world.crm.tasks.values()] == ["2"]


def test_a_person_who_never_holds_still_is_parked_with_a_reason(world: World) -> None:
    def flip(crm: FakeCrm) -> None:
        crm.people["1"].lifecycle = "lead" if crm.people["1"].lifecycle != "lead" else "other"
        crm.returning_accidents.append(flip)

    world.crm.returning_accidents.append(flip)
    outcomes = world.run()
    assert outcomes["1"].outcome == "parked"
    assert "editando" in str(outcomes["1"].reason)
    assert [item.ref for item in world.ledger.parked()] == [ref("1")]


def test_deleted_people_are_forgotten_and_merged_ones_live_on_in_their_survivor(world: World) -> None:
    world.run()

    def merge(crm: FakeCrm) -> None:
        crm.merged["2"] = "4"
        crm.people["4"].timeline = crm.people.pop("2").timeline
        crm.people["4"].attributes = {"country": "ES"}

    merge(world.crm)
    outcomes = {out.ref.object_id: out for out in world.qualifier().qualify([ref("2"), ref("3")])}
    assert outcomes["2"].outcome == "gone"
    assert outcomes["2"].survivor == ref("4")
    assert outcomes["4"].outcome == "written"
    assert world.ledger.recall([ref("2")]) == {}
    assert len(world.crm.tasks) == 2, "the survivor's review task was opened before the merge"
    assert world.ledger.recall([ref("4")])[ref("4")].memory.stage == "mql"


def test_a_chain_of_merges_is_followed_to_the_person_who_is_left(world: World) -> None:
    del world.crm.people["1"], world.crm.people["2"], world.crm.people["3"]
    world.crm.merged.update({"0": "1", "1": "2", "2": "3", "3": "4"})
    outcomes = {out.ref.object_id: out.outcome for out in world.qualifier().qualify([ref("0")])}
    assert outcomes == {"0": "gone", "1": "gone", "2": "gone", "3": "gone", "4": "written"}


def test_refused_and_unreadable_people_are_parked_and_the_others_go_on(world: World) -> None:
    world.crm.rejects, world.crm.broken = {"1"}, {"2"}
    outcomes = world.run()
    assert {id_: out.outcome for id_, out in outcomes.items()} == {
        "1": "parked",
        "2": "parked",
        "3": "written",
        "4": "written",
    }
    assert {item.ref.object_id for item in world.ledger.parked()} == {"1", "2"}
    world.crm.rejects, world.crm.broken = set(), set()
    world.run()
    assert world.ledger.parked() == []
    assert len(world.crm.tasks) == 2


def test_what_was_written_of_somebody_whose_task_was_refused_is_told(world: World) -> None:
    world.crm.tasks_refused = True
    parked = world.run()["2"]
    assert (parked.outcome, parked.task_created) == ("parked", False)
    assert parked.changes["puente_stage"] == (None, "mql")
    assert world.crm.people["2"].fields["puente_stage"] == "mql"
    world.crm.tasks_refused, world.crm.rejects = False, {"3"}
    outcomes = world.run()
    assert (outcomes["2"].outcome, len(outcomes["3"].changes)) == ("written", 0)


def test_a_handoff_that_could_not_be_written_for_days_is_due_from_the_day_it_is_written(world: World) -> None:
    world.crm.rejects = {"2"}
    world.run()
    world.now += timedelta(days=3)
    world.crm.rejects = set()
    decision = world.run()["2"].decision
    draft = next(draft for owner, draft in world.crm.tasks.values() if owner == "2")
    assert decision is not None
    assert decision.handoff is not None
    assert draft.due_at == decision.handoff.due_at
    assert f"{world.now:%Y-%m-%d}" in draft.body


def test_an_owner_chosen_by_capacity_is_counted_once_however_often_the_writing_fails(world: World) -> None:
    world.model = build_model(routing=Routing(round_robin=("ana", "ben"), capacity_per_day=1))
    world.crm.rejects = {"1", "2"}
    for _ in range(3):
        world.run()
    world.crm.rejects = set()
    world.run()
    assert sorted(draft.owner or "" for _, draft in world.crm.tasks.values()) == ["ana", "ben"]


def test_a_lifecycle_move_the_crm_does_not_take_is_asked_for_once_per_stage(world: World) -> None:
    world.crm.keeps_lifecycle = True
    world.run()
    written = world.crm.writes
    for _ in range(4):
        assert {out.outcome for out in world.run().values()} == {"unchanged"}
    assert world.crm.writes == written
    world.crm.people["2"].timeline = ASKS_FOR_A_DEMO
    assert world.run()["2"].changes["lifecyclestage"] == (None, "salesqualifiedlead")


def test_sales_rejects_the_mql_goes_back_and_its_review_task_is_closed(world: World) -> None:
    world.run()
    key = next(key for key, (owner, _) in world.crm.tasks.items() if owner == "2")
    world.now += timedelta(hours=1)
    world.crm.people["2"].verdict = ("rejected", "timing", world.now)
    world.run()
    assert world.crm.people["2"].fields["puente_stage"] == "lead"
    assert world.crm.people["2"].lifecycle == "marketingqualifiedlead", "the CRM's own field never goes back"
    assert world.crm.closed == [key]
    assert {out.outcome for out in world.run().values()} == {"unchanged"}


def test_a_second_crossing_is_a_second_episode_with_an_empty_verdict(world: World) -> None:
    world.model = build_model(stages=StagePolicy(cool_off_days=1))
    world.run()
    world.now += timedelta(hours=1)
    world.crm.people["2"].verdict = ("rejected", "timing", world.now)
    world.crm.people["2"].fields["puente_sales_verdict"] = "rejected"
    world.run()
    world.now += timedelta(days=2)
    world.crm.people["2"].timeline = Timeline(tuple(event(f"new:{n}", days=-1.9) for n in range(6)))
    outcomes = world.run()
    assert outcomes["2"].decision is not None
    assert outcomes["2"].decision.handoff is not None
    assert outcomes["2"].decision.handoff.episode == 2
    assert world.crm.people["2"].fields["puente_sales_verdict"] is None
    assert len({key for key, (owner, _) in world.crm.tasks.items() if owner == "2"}) == 2


def test_the_ledger_file_is_readable_by_its_owner_only(world: World, tmp_path: Path) -> None:
    world.run()
    assert (tmp_path / "state" / "ledger.db").stat().st_mode & 0o077 == 0


def test_a_merge_that_nobody_saw_hands_nobody_over_twice(world: World) -> None:
    world.run()
    mine = next(key for key, (owner, _) in world.crm.tasks.items() if owner == "2")
    world.crm.people["9"] = Held({"country": "ES"}, world.crm.people.pop("2").timeline, merged=("2",))
    world.now += timedelta(hours=1)
    outcomes = world.run()
    assert outcomes["9"].decision is not None
    assert (outcomes["9"].decision.stage, outcomes["9"].decision.handoff) == ("mql", None)
    assert len(world.crm.tasks) == 2
    world.now += timedelta(hours=1)
    world.crm.people["9"].verdict = ("rejected", "timing", world.now)
    world.run()
    assert world.crm.closed == [mine], "the review task opened before the merge is closed by its own key"


def test_a_merge_between_write_and_task_still_makes_the_one_task(world: World) -> None:
    world.crm.dies_after = "person"
    with pytest.raises(KeyboardInterrupt):
        world.run()
    world.crm.dies_after = None
    held = world.crm.people.pop("1")
    world.crm.people["8"] = Held(held.attributes, held.timeline, dict(held.fields), held.lifecycle, merged=("1",))
    world.run()
    assert [owner for owner, _ in world.crm.tasks.values()].count("8") == 1
    assert {out.outcome for out in world.run().values()} == {"unchanged"}


def test_whom_a_gate_holds_back_is_decided_and_left_as_they_are(world: World) -> None:
    def gate(record: Record, _decision: Decision, plan: FieldPlan) -> str | None:
        return "not now" if record.ref == ref("1") and plan else None

    outcomes = {out.ref.object_id: out for out in replace(world.qualifier(), gate=gate).qualify_all()}
    assert (outcomes["1"].outcome, outcomes["1"].reason) == ("skipped", "not now")
    assert outcomes["1"].decision is not None
    assert "puente_stage" not in world.crm.people["1"].fields
    assert world.ledger.recall([ref("1")]) == {}
    assert world.ledger.errands([ref("1")]) == {}
    assert outcomes["2"].outcome == "written"
    assert [owner for owner, _ in world.crm.tasks.values()] == ["2"]


def test_whoever_was_deleted_is_forgotten_by_the_next_reading_of_the_whole_base(world: World) -> None:
    world.run()
    del world.crm.people["2"]
    assert world.run(dry_run=True)["2"].outcome == "gone"
    assert ref("2") in world.ledger.known()
    assert world.run()["2"].outcome == "gone"
    assert ref("2") not in world.ledger.known()
    assert "2" not in world.run()


def test_what_a_missed_merge_left_behind_goes_to_the_survivor(world: World) -> None:
    world.run()
    del world.crm.people["2"]
    world.crm.merged["2"] = "4"
    assert world.run()["2"].survivor == ref("4")
    assert sorted(one.object_id for one in world.ledger.known()) == ["1", "3", "4"]
    assert len(world.crm.tasks) == 2


def test_a_reading_of_what_changed_asks_for_nobody_else(world: World) -> None:
    world.run()
    del world.crm.people["2"]
    changed = {out.ref.object_id for out in world.qualifier().qualify_all(NOW - timedelta(days=1))}
    assert "2" not in changed
    assert ref("2") in world.ledger.known()
