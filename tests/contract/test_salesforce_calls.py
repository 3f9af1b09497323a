"""Hold what reading and writing cost: Salesforce counts a composite as one call."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connector.domain.model_reach import horizon_days, used_attributes
from connector.files import check_files
from connector.live.ledger import SqliteLedger
from connector.live.qualify import Outcome, Qualifier
from sandbox.seed import Base, SeedEvent, SeedPerson
from tests.contract.salesforce_world import World, org, outcomes, qualified

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
QUIET_RUN = {"token": 1, "schema": 1, "list": 1, "people": 1, "history": 1}
WRITING_RUN = {**QUIET_RUN, "guard": 1, "write_people": 1, "write_tasks": 1}


def people(count: int, *events: SeedEvent) -> Base:
    return Base(
        tuple(
            SeedPerson(f"P{n}", {"last_name": f"P{n}"}, NOW - timedelta(days=90), events=events) for n in range(count)
        )
    )


def run(world: World, ledger: SqliteLedger) -> tuple[list[Outcome], dict[str, int]]:
    """Qualify everybody as the command does; return the outcomes and the calls by purpose."""
    checked = check_files(None, None, None, "salesforce")
    assert checked.model is not None
    assert checked.mapping is not None
    model, mapping = checked.model, checked.mapping
    crm = world.crm(kinds=model.used_kinds, attributes=used_attributes(model), horizon_days=horizon_days(model))
    crm.preflight()
    crm.account()
    crm.count()
    done = list(Qualifier(crm, ledger, model, mapping, "en", world.time.now).qualify_all())
    return done, dict(crm.calls())


def test_a_whole_run_over_a_small_base_costs_one_call_for_each_thing_to_do() -> None:
    with org(60) as world:
        ledger = SqliteLedger(":memory:", "salesforce:test")
        done, calls = run(world, ledger)
        assert any(outcome.task_created for outcome in done)
        assert calls == WRITING_RUN
        again, calls = run(world, ledger)
        assert {outcome.outcome for outcome in again} <= {"unchanged", "gone"}
        assert calls == QUIET_RUN


def test_many_tasks_are_read_page_beside_page() -> None:
    visits = [SeedEvent("page_view", NOW - timedelta(hours=hour), url=f"/{hour}") for hour in range(60)]
    with org(base=people(60, *visits)) as world:
        crm = world.crm(kinds=frozenset({"page_view"}))
        refs = [record.ref for record in world.records(crm)]
        before = crm.calls()["people"]
        fetched = crm.fetch(refs, now=world.time.now())
        assert {len(record.timeline.events) for record in fetched.records} == {60}
        assert crm.calls()["people"] == before + 1, "3,600 tasks are two pages"


def test_further_pages_of_several_pieces_share_a_call() -> None:
    visits = [SeedEvent("page_view", NOW - timedelta(hours=hour), url=f"/{hour}") for hour in range(12)]
    with org(base=people(400, *visits), page_size=500) as world:
        crm = world.crm(kinds=frozenset({"page_view", "webinar_attended", "email_reply"}))
        refs = [record.ref for record in world.records(crm)]
        before = crm.calls()["people"]
        fetched = crm.fetch(refs, now=world.time.now())
        assert {len(record.timeline.events) for record in fetched.records} == {12}
        assert crm.calls()["people"] == before + 2 + 1 + 1, "two pieces of two queries of 1,200 tasks: 500, 500, 200"


def test_what_was_counted_begins_the_list_and_is_soon_forgotten() -> None:
    with org(base=people(5)) as world:
        crm = world.crm()
        assert crm.count() == 5
        assert len(world.records(crm)) == 5
        assert crm.calls()["list"] == 1
        assert crm.count() == 5
        world.time.sleep(3_600)
        world.ask("POST", "delete", {"person": world.state()["people"][0]["id"]})
        since = crm.calls()["list"]
        assert len(world.records(crm)) == 4
        assert crm.calls()["list"] == since + 1


def test_a_list_that_was_used_is_read_anew() -> None:
    with org(base=people(3)) as world:
        crm = world.crm()
        crm.count()
        assert len(world.records(crm)) == 3
        world.ask("POST", "delete", {"person": world.state()["people"][0]["id"]})
        assert len(world.records(crm)) == 2


@pytest.mark.parametrize("count", [3, 6])
def test_owners_by_address_and_the_time_zone_are_asked_for_in_the_call_that_compares(count: int) -> None:
    with org(12) as world:
        crm = world.crm()
        owner = next(user["properties"]["Email"] for user in world.state()["users"] if user["properties"]["IsActive"])
        writes = [qualified(record, owner=owner) for record in world.records(crm, count)]
        since = world.last_seq()
        assert outcomes(crm.apply(writes)) == {"written": count}
        assert world.lines(since) == {
            "POST /composite": 1, "PATCH /composite/sobjects": 1, "POST /composite/sobjects": 1
        }  # fmt: skip


def test_an_owner_whose_look_up_failed_is_looked_up_again() -> None:
    refusal = {"status": 400, "policy": "QUERY_TIMEOUT"}
    with org(12) as world:
        crm = world.crm()
        user = next(user for user in world.state()["users"] if user["properties"]["IsActive"])
        write = qualified(world.records(crm, 1)[0], owner=user["properties"]["Email"])
        world.fail({"match": "^<GET> .*FROM (User|Organization) ", "times": 2, **refusal})
        assert crm.apply([write])[0].outcome == "written"
        assert world.tasks()[0]["OwnerId"] == user["id"]
        assert world.ask("GET", "faults")["rules"][0]["times"] == 0, "the fault was met"


def test_histories_that_are_not_kept_cost_no_call_after_the_first() -> None:
    refusal = {"status": 400, "body": [{"errorCode": "INVALID_TYPE", "message": "sObject type 'X' is not supported."}]}
    staged = [replace(person, stage="sql", stage_set_by="person") for person in people(4).people]
    with org(base=Base(tuple(staged))) as world:
        world.fail({"match": "^<GET> .*FROM (Lead|Contact)History ", "times": None, **refusal})
        crm = world.crm()
        refs = [record.ref for record in world.records(crm)]
        calls = crm.calls()["history"]
        assert len(crm.fetch(refs, now=world.time.now()).records) == 4
        assert crm.calls()["history"] == calls
        assert {item.source for item in crm.unavailable()} >= {"LeadHistory"}


def test_an_owner_who_left_is_known_before_the_task_is_made() -> None:
    with org(8) as world:
        crm = world.crm()
        gone = next(user["id"] for user in world.state()["users"] if user["properties"]["IsActive"] is False)
        crm.apply([qualified(record, owner=gone) for record in world.records(crm, 4)])
        assert crm.calls()["write_tasks"] == 1
        assert {task["OwnerId"] for task in world.tasks()} == {world.state()["integration_user"]}


@pytest.mark.parametrize("staged", [False, True])
def test_bulk_calls_are_the_same_for_any_number_of_people_within_a_page(staged: bool) -> None:
    calls = []
    for count in (40, 400):
        base = people(count, SeedEvent("page_view", NOW, url="/precios"))
        if staged:
            base = Base(tuple(replace(person, stage="sql", stage_set_by="person") for person in base.people))
        with org(base=base) as world:
            crm = world.crm(bulk_threshold=39)
            records = world.records(crm)
            assert len(records) == count
            assert {record.lifecycle.by for record in records} == {"person" if staged else None}
            calls.append(dict(crm.calls()))
    assert calls[0] == calls[1]
    assert "people" not in calls[0]
    assert "history" not in calls[0]


@pytest.mark.parametrize(("threshold", "by_bulk"), [(0, True), (29, True), (30, False), (10_000, False)])
def test_the_threshold_says_who_is_read_in_bulk(threshold: int, by_bulk: bool) -> None:
    with org(base=people(30)) as world:
        crm = world.crm(bulk_threshold=threshold)
        assert len(world.records(crm)) == 30
        assert ("bulk" in crm.calls()) is by_bulk
        assert ("people" in crm.calls()) is not by_bulk


def test_histories_that_take_no_bulk_query_are_read_in_pieces() -> None:
    refusal = {"status": 400, "body": [{"errorCode": "INVALIDENTITY", "message": "not supported by the Bulk API"}]}
    staged = [replace(person, stage="sql", stage_set_by="person") for person in people(4).people]
    with org(base=Base(tuple(staged))) as world:
        world.fail({"match": "POST .*/jobs/query$", "skip": 7, "times": 2, **refusal})  # after records and people
        crm = world.crm(bulk_threshold=1)
        assert {record.lifecycle.by for record in world.records(crm)} == {"person"}
        assert crm.calls()["history"] == 1
        assert "people" not in crm.calls()


def test_tasks_of_more_people_than_one_call_writes_are_made_together() -> None:
    with org(base=people(250)) as world:
        crm = world.crm()
        records = world.records(crm)
        writes = [qualified(record) for record in records]
        writes = [write if n % 2 else replace(write, task=None) for n, write in enumerate(writes)]
        assert outcomes(crm.apply(writes)) == {"written": 250}
        assert len(world.tasks()) == 125
        calls = crm.calls()
        assert (calls["guard"], calls["write_people"], calls["write_tasks"]) == (2, 2, 1)


def test_people_who_were_written_get_their_tasks_although_the_rest_could_not_be_compared() -> None:
    with org(base=people(250)) as world:
        crm = world.crm()
        writes = [qualified(record) for record in world.records(crm)]
        world.fail({"match": "POST .*/composite$", "skip": 1, "status": 403, "policy": "DAILY", "times": None})
        receipts = crm.apply(writes)
        assert outcomes(receipts) == {"written": 200, "parked": 50}
        assert {task["WhoId"] for task in world.tasks()} == {
            receipt.ref.object_id for receipt in receipts if receipt.outcome == "written"
        }
