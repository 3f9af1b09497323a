"""Hold what reading and writing cost: Salesforce counts a composite as one call."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connector.bootstrap import horizon_days, used_attributes
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
