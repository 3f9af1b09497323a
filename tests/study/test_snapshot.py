"""Hold a snapshot to what the CRM has: everybody once, as read, with counts that come out, run after run."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import polars as pl
import pytest

from connector.domain.person import Event, Timeline
from connector.errors import AccessError, CrmError, RejectedError, UsageError
from connector.ports import Deal, FieldChange, PersonRef
from connector.study.snapshot import CountsError
from connector.study.snapshot_rows import Origin, hash_id
from tests.contract.hubspot_world import MAPPING as HUBSPOT
from tests.contract.hubspot_world import portal
from tests.contract.salesforce_world import MAPPING as SALESFORCE
from tests.contract.salesforce_world import org
from tests.study.copies import NOW, SALT, Copier, Hours, as_kept, crm_of, held, ref
from tests.unit.fake_crm import FakeCrm


class Serve(Protocol):
    def __call__(self, people: int) -> AbstractContextManager[Any]: ...


@pytest.mark.parametrize(("serve", "mapping"), [(portal, HUBSPOT), (org, SALESFORCE)])
def test_a_snapshot_gives_back_the_records_the_adapter_read(serve: Serve, mapping: Any, tmp_path: Path) -> None:
    with serve(20) as world:
        crm = world.crm()
        copier = Copier(crm, tmp_path / "copy", mapping.attribute_types, world.time.now)
        counts = copier.take().runs[-1].counts
        wave = crm.fetch([record.ref for record in world.records(crm)], now=world.time.now(), needs_history=_everybody)
        expected = {record.ref: as_kept(record, mapping.attribute_types) for record in wave.records}
    assert copier.records() == expected
    assert counts.listed == counts.rows["people"] == 20
    assert counts.events_read == counts.rows["events"] > 20


def _everybody(record: Any) -> bool:
    return record.own.stage is not None or record.lifecycle.stage is not None


@pytest.fixture
def copier(tmp_path: Path) -> Copier:
    return Copier(crm_of(9), tmp_path / "copy")


def people(copier: Copier) -> dict[str, Any]:
    """Return everybody's country by id."""
    return {one.object_id: record.person.attributes["country"] for one, record in copier.records().items()}


def test_a_later_run_replaces_who_changed_and_adds_who_is_new(copier: Copier) -> None:
    crm = fake(copier)
    copier.take()
    crm.people["103"] = held(3, "MX")
    crm.people["200"] = held(9, "CL")
    manifest = copier.take()
    assert people(copier) == {**dict.fromkeys((str(n) for n in range(100, 109)), "ES"), "103": "MX", "200": "CL"}
    assert [run.mode for run in manifest.runs] == ["full", "changes"]
    assert manifest.runs[1].since == manifest.runs[0].began_at


def fake(copier: Copier) -> FakeCrm:
    assert isinstance(copier.crm, FakeCrm)
    return copier.crm


def test_deleted_and_merged_people_leave_the_snapshot(copier: Copier) -> None:
    crm = fake(copier)
    copier.take()
    del crm.people["101"]
    del crm.people["102"]
    crm.people["103"] = replace(crm.people["103"], merged=("102",))
    copier.take()
    assert set(people(copier)) == {str(n) for n in range(100, 109)} - {"101", "102"}
    crm.people["101"] = held(1, "AR")
    copier.take()
    assert people(copier)["101"] == "AR"


def test_a_full_run_replaces_all_parts(copier: Copier) -> None:
    first = copier.take()
    second = copier.take(full=True)
    assert not set(first.parts) & set(second.parts)
    assert [path.name for path in sorted((copier.folder / "parts").iterdir())] == list(second.parts)
    assert len(people(copier)) == 9


def test_other_rules_of_what_to_keep_read_everybody_again(copier: Copier) -> None:
    copier.take()
    copier.types = {"country": "text"}
    manifest = copier.take()
    assert [run.mode for run in manifest.runs] == ["full"]
    assert all(set(record.person.attributes) == {"country"} for record in copier.records().values())


def test_who_could_not_be_read_is_counted_and_asked_for_again(copier: Copier) -> None:
    crm = fake(copier)
    crm.broken = {"104", "107"}
    run = copier.take().runs[-1]
    assert run.counts.failed == {"UnavailableError": 2}
    assert set(run.failed) == {"contact:104", "contact:107"}
    assert run.counts.listed == 9
    assert run.counts.rows["people"] == 7
    crm.broken = set()
    assert copier.take().runs[-1].counts.failed == {}
    assert len(people(copier)) == 9


def test_versions_of_one_event_and_counters_of_zero_are_explained(copier: Copier) -> None:
    view = Event("v", "page_view", NOW)
    events = (view, replace(view, occurred_at=NOW - timedelta(days=1)), replace(view, id="zero", count=0))
    fake(copier).people["100"].timeline = Timeline(events)
    counts = copier.take().runs[-1].counts
    assert (counts.repeated, counts.empty) == (1, 1)
    assert counts.events_read == counts.rows["events"] + 2


def test_a_part_that_lost_rows_never_counts(copier: Copier) -> None:
    taking = copier.taking()
    waves = taking.take(taking.start())
    next(waves)
    next(waves)
    next(waves)
    part = copier.folder / "parts" / "000001"
    (part / "events.parquet").write_bytes((part / "gone.parquet").read_bytes())
    with pytest.raises(CountsError):
        list(waves)
    assert copier.store.manifest() is None


def test_hashed_ids_stand_for_the_same_people_and_keep_the_order_of_events(copier: Copier) -> None:
    fake(copier).people["100"].fields = {"puente_handoff_key": "telling", "puente_stage": "mql"}
    copier.hashed = True
    copier.take()
    records = copier.records()
    one = records[PersonRef("contact", hash_id(SALT, ref(100)))]
    assert [event.id for event in one.timeline.events] == ["000000", "000001"]
    assert one.current == {"puente_handoff_key": None, "puente_stage": "mql"}
    files = [path.read_bytes() for path in copier.folder.rglob("*") if path.is_file() and path.suffix != ".parquet"]
    assert not any(b"contact:10" in content for content in files)
    assert copier.take().runs[-1].mode == "changes"
    assert copier.records() == records


def test_a_snapshot_kept_long_enough_is_read_no_more_and_taken_anew(copier: Copier) -> None:
    assert isinstance(copier.clock, Hours)
    copier.take()
    copier.clock.pass_(days=89)
    copier.take()
    assert copier.open().size == 9
    copier.clock.pass_(days=1)
    with pytest.raises(UsageError, match="2026-05-31"):
        copier.open()
    assert [run.mode for run in copier.take().runs] == ["full"]


def test_a_folder_without_a_readable_snapshot_says_what_to_do(copier: Copier) -> None:
    with pytest.raises(UsageError, match="puente snapshot"):
        copier.open()
    copier.take()
    (copier.folder / "manifest.json").write_text("{}")
    with pytest.raises(UsageError, match="purge"):
        copier.open()
    assert copier.take().runs[-1].mode == "full"


@pytest.mark.parametrize("table", ["people", "history"])
def test_a_table_cut_short_or_missing_is_named(copier: Copier, table: str) -> None:
    copier.take()
    path = min(copier.folder.rglob(f"{table}.parquet"))
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(UsageError, match=rf"{table}\.parquet.*purge"):
        copier.open()
    path.unlink()
    with pytest.raises(UsageError, match=rf"{table}\.parquet.*purge"):
        copier.open()


@pytest.mark.parametrize("table", ["people", "events"])
def test_a_run_builds_on_no_table_that_was_damaged(copier: Copier, table: str) -> None:
    copier.take()
    path = min(copier.folder.rglob(f"{table}.parquet"))
    pl.read_parquet(path).clear().write_parquet(path)
    taking = copier.taking()
    assert taking.find_damaged(taking.start()) == path
    with pytest.raises(UsageError, match=rf"{table}\.parquet.*purge"):
        copier.open()
    path.write_bytes(b"")
    assert taking.find_damaged(taking.start()) == path
    again = copier.taking(full=True)
    assert again.find_damaged(again.start()) is None


def test_a_run_that_was_cut_off_is_not_gone_on_with_over_a_damaged_table(copier: Copier) -> None:
    taking = copier.taking()
    waves = taking.take(taking.start())
    for _ in range(3):
        next(waves)
    path = min(copier.folder.rglob("history.parquet"))
    start = taking.start()
    assert taking.read_before(start)
    assert taking.find_damaged(start) is None
    path.unlink()
    assert taking.find_damaged(start) == path
    path.with_name("counts.json").write_text("{}")
    assert taking.find_damaged(start) == path.with_name("counts.json")


def test_a_folder_knows_whose_snapshot_it_holds(copier: Copier) -> None:
    crm = fake(copier)
    assert copier.taking().other_origin() is None
    copier.take()
    assert copier.taking().other_origin() is None
    theirs = Origin(crm.name, crm.account())
    copier.crm = FakeCrm(name="salesforce", people=crm.people)
    assert copier.taking().other_origin() == theirs


def test_purging_removes_what_is_ours_and_nothing_else(copier: Copier) -> None:
    copier.take()
    (copier.folder / "notes.txt").write_text("mine")
    assert copier.store.purge()
    assert [path.name for path in copier.folder.iterdir()] == ["notes.txt"]
    assert not copier.store.purge()
    assert copier.store.is_foreign


def test_one_run_at_a_time_holds_a_folder(copier: Copier) -> None:
    with copier.store.claim() as mine, copier.store.claim() as theirs:
        assert (mine, theirs) == (True, False)
    with copier.store.claim() as again:
        assert again


def test_what_fields_held_when_is_kept_and_the_manifest_names_them(copier: Copier) -> None:
    changes = [FieldChange("attribute:country", None, None), FieldChange("own_stage", "mql", NOW, "puente")]
    fake(copier).past["100"] = changes
    manifest = copier.take()
    assert manifest.reconstructable == ("attribute:country", "own_stage")
    rows = [row[1:] for part in copier.open().parts() for row in part.table("history").iter_rows()]
    assert rows == [("attribute:country", None, None, None), ("own_stage", "mql", NOW, "puente")]


class Deals(FakeCrm):
    """Have a deal for everybody but one, who cannot be read; `refusal` closes deals altogether."""

    refusal: CrmError | None = None

    def outcomes(self, refs: Any) -> dict[PersonRef, list[Deal]]:
        if self.refusal:
            raise self.refusal
        if ref(105) in refs:
            raise RejectedError("the deal of one person is damaged")
        return {one: [Deal(f"d{one.object_id}", "won", NOW, NOW, 10.0)] for one in refs}


def test_one_person_whose_deals_cannot_be_read_costs_nobody_else_theirs(tmp_path: Path) -> None:
    crm = Deals(people=crm_of(9).people)
    copier = Copier(crm, tmp_path / "copy")
    manifest = copier.take()
    assert manifest.runs[-1].counts.rows["deals"] == 8
    assert manifest.unavailable == {"deals of some people": "refused"}
    crm.refusal = AccessError("deals are not in the scopes", status=403)
    manifest = copier.take(full=True)
    assert manifest.runs[-1].counts.rows["deals"] == 0
    assert manifest.unavailable == {"deals": "scope"}
