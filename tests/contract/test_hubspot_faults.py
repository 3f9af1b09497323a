"""Work on a portal where things go wrong: nobody lost, no second task, nothing moved backward."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from adapters.fanout import WORKERS
from adapters.hubspot.connection import HubSpotConnection
from connector.errors import AccessError, RateLimitedError, UnavailableError
from connector.ports import Receipt, Write
from sandbox.hubspot.settings import LimitSettings
from tests.contract.hubspot_world import World, key_of, keys, outcomes, portal, qualified

UPDATE = "POST .*/contacts/batch/update"
CREATE = "POST .*/tasks/batch/create"
READS = "GET |batch/read|/search"


def everybody_has_one_task(world: World, writes: Sequence[Write], receipts: Sequence[Receipt]) -> None:
    assert outcomes(receipts) == {"written": len(writes)}, [str(receipt.error) for receipt in receipts]
    assert keys(world.tasks()) == dict.fromkeys((key_of(write.record.ref) for write in writes), 1)
    for write in writes:
        found = world.person(write.record.ref.object_id)
        assert (found["puente_stage"], found["puente_handoff_key"]) == ("mql", key_of(write.record.ref))


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 502, "after_commit": True},
        {"status": 504, "after_commit": True},
        {"reset": True, "after_commit": True},
        {"status": 201, "after_commit": True, "html": True},
        {"status": 201, "after_commit": True, "body": '{"status": "COMPL'},
        {"status": 201, "after_commit": True, "body": {"status": "COMPLETE", "results": []}},
        {"status": 200, "after_commit": True, "body": []},
        {"status": 502},
        {"status": 503},
        {"reset": True},
        {"status": 500, "html": True},
        {"status": 429, "retry_after": 2},
        {"status": 429, "policy": "SECONDLY"},
        {"status": 423},
    ],
    ids=str,
)
@pytest.mark.parametrize("times", [1, 2])
def test_a_task_whose_answer_is_lost_exists_once(fault: dict[str, Any], times: int) -> None:
    with portal(5) as world:
        crm = world.crm()
        writes = [qualified(record) for record in world.records(crm)]
        world.fail({"match": CREATE, "times": times, **fault})
        everybody_has_one_task(world, writes, crm.apply(writes))


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 502, "after_commit": True, "times": 3},
        {"status": 503, "times": 3},
        {"reset": True, "times": 3},
        {"reset": True, "after_commit": True, "times": 3},
        {"status": 202, "after_commit": True},
        {"status": 207, "after_commit": True},
        {"status": 200, "after_commit": True, "body": {"status": "COMPLETE", "results": []}},
        {"status": 200, "after_commit": True, "html": True},
        {"status": 200, "body": {"status": "PENDING", "results": []}},
        {"status": 204, "after_commit": True},
        {"status": 423, "times": 2},
        {"status": 403, "html": True},
        {"status": 477, "retry_after": 3},
        {"status": 524, "times": 2},
    ],
    ids=str,
)
def test_an_update_whose_answer_is_odd_is_done_once(fault: dict[str, Any]) -> None:
    with portal(5) as world:
        crm = world.crm()
        writes = [qualified(record) for record in world.records(crm)]
        world.fail({"match": UPDATE, **fault})
        everybody_has_one_task(world, writes, crm.apply(writes))


@pytest.mark.parametrize("status", [200, 202, 207])
def test_drifting_success_codes_change_nothing(status: int) -> None:
    with portal(5, created_status=200) as world:
        world.fail({"match": "POST ", "status": status, "after_commit": True, "times": None})
        crm = world.crm()
        writes = [qualified(record) for record in world.records(crm)]
        everybody_has_one_task(world, writes, crm.apply(writes))


def test_items_that_fail_alone_park_only_their_people() -> None:
    with portal(8) as world:
        crm = world.crm()
        records = world.records(crm)
        refused, taskless = records[1].ref.object_id, records[2].ref.object_id
        final = {"body": {"category": "VALIDATION_ERROR", "message": "no"}, "times": None}
        world.fail(
            {"match": UPDATE, "fail_ids": [refused], **final}, {"match": CREATE, "fail_ids": [taskless], **final}
        )
        receipts = {receipt.ref.object_id: receipt for receipt in crm.apply([qualified(record) for record in records])}
        assert receipts.pop(refused).outcome == "parked"
        parked = receipts.pop(taskless)
        assert (parked.outcome, parked.fields_written) == ("parked", True)
        assert {receipt.outcome for receipt in receipts.values()} == {"written"}
        assert len(world.tasks()) == len(records) - 2


def test_items_that_fail_for_a_moment_are_tried_again() -> None:
    with portal(8) as world:
        crm = world.crm()
        writes = [qualified(record) for record in world.records(crm)]
        failing = [writes[1].record.ref.object_id, writes[3].record.ref.object_id]
        passing = {"fail_ids": failing, "body": {"category": "INTERNAL_ERROR", "message": "try again"}}
        world.fail({"match": UPDATE, **passing}, {"match": CREATE, **passing})
        everybody_has_one_task(world, writes, crm.apply(writes))


def test_a_part_of_a_timeline_that_cannot_be_read_parks_its_people_and_no_other() -> None:
    with portal(20) as world:
        whole = {record.ref: record for record in world.records(world.crm())}
        world.fail({"match": "event-occurrences", "status": 502, "times": 6, "skip": 0})
        crm = world.crm()
        fetched = list(crm.fetch_all(now=world.time.now()))
        parked = {ref for wave in fetched for ref in wave.failed}
        read = {record.ref: record for wave in fetched for record in wave.records}
        assert parked | read.keys() == whole.keys()
        assert not parked & read.keys()
        assert all(record.timeline == whole[ref].timeline for ref, record in read.items())
        assert not any(item.source == "web_events" for item in crm.unavailable())


def test_a_batch_that_stays_unreadable_parks_its_people() -> None:
    with portal(10) as world:
        refs = [record.ref for record in world.records(world.crm())]
        world.fail({"match": "contacts/batch/read", "status": 503, "times": None})
        fetched = world.crm().fetch(refs, now=world.time.now())
        assert set(fetched.failed) == set(refs)
        assert all(isinstance(error, UnavailableError) for error in fetched.failed.values())


@pytest.mark.parametrize("seed_skip", range(4))
def test_a_flaky_network_loses_nobody(seed_skip: int) -> None:
    with portal(25) as world:
        whole = {record.ref: record.timeline for record in world.records(world.crm())}
        world.fail(
            {"match": READS, "status": 502, "probability": 0.08, "skip": seed_skip},
            {"match": READS, "reset": True, "probability": 0.05},
            {"match": READS, "status": 200, "html": True, "probability": 0.04},
            {"match": READS, "status": 429, "retry_after": 1, "probability": 0.04},
            {"match": UPDATE, "status": 502, "after_commit": True, "probability": 0.3},
            {"match": CREATE, "reset": True, "after_commit": True, "probability": 0.5},
        )
        crm = world.crm()
        records = world.records(crm)
        assert {record.ref: record.timeline for record in records} == whole
        writes = [qualified(record) for record in records]
        receipts = crm.apply(writes)
        world.fail()
        everybody_has_one_task(world, writes, receipts)


def test_tight_limits_slow_the_client_down_and_lose_nothing() -> None:
    limits = LimitSettings(per_ten_seconds=10, search_per_second=1, associations_per_ten_seconds=5)
    with portal(25, installed=False, limits=limits) as world:
        crm = world.crm()
        records = world.records(crm)
        assert len(records) == len([p for p in world.state()["people"] if not p["archived"]])
        refused = [entry for entry in world.journal() if entry["status"] == 429]
        assert len(refused) < len(world.journal()) / 5


def test_the_days_limit_ends_the_run_with_its_name() -> None:
    with portal(10) as world:
        world.fail({"match": "event-occurrences", "status": 429, "policy": "DAILY", "times": None})
        with pytest.raises(RateLimitedError) as caught:
            world.records(world.crm())
        assert caught.value.scope == "daily"
        assert "daily limit" in str(caught.value)


def test_the_days_limit_during_writing_leaves_receipts() -> None:
    with portal(10) as world:
        crm = world.crm()
        writes = [qualified(record) for record in world.records(crm)]
        world.fail({"match": CREATE, "status": 429, "policy": "DAILY", "times": None})
        receipts = crm.apply(writes)
        assert outcomes(receipts) == {"parked": len(writes)}
        assert all(isinstance(receipt.error, RateLimitedError) for receipt in receipts)
        world.fail()
        again = [Write(record, task=w.task) for record, w in zip(world.records(crm), writes, strict=True)]
        everybody_has_one_task(world, writes, crm.apply(again))


def oauth(world: World) -> HubSpotConnection:
    return HubSpotConnection(
        base_url=world.url,
        client_id="sandbox-client-id",
        client_secret="sandbox-client-secret",
        refresh_token="sandbox-refresh-token",
        app_id="54321",
    )


def test_tokens_that_end_in_the_middle_are_renewed() -> None:
    """Between two ends lie more calls than are ever under way at once: each token is of use before it ends."""
    with portal(3 * WORKERS, rotate_refresh_token=True) as world:
        reading = ({"match": "event-occurrences", "expire_token": True, "skip": skip} for skip in (2, 2 + 2 * WORKERS))
        writing = ({"match": match, "expire_token": True} for match in ("contacts/batch/update", "tasks/batch/create"))
        world.fail(*reading, *writing)
        crm = world.crm(connection=oauth(world))
        writes = [qualified(record) for record in world.records(crm)]
        everybody_has_one_task(world, writes, crm.apply(writes))
        assert crm.calls()["token"] > 1


def test_many_threads_with_one_ended_token_renew_it_once() -> None:
    with portal(30) as world:
        crm = world.crm(connection=oauth(world))
        world.records(crm)
        before = crm.calls()["token"]
        world.fail({"match": "event-occurrences", "expire_token": True, "skip": 3})
        world.records(crm)
        assert crm.calls()["token"] == before + 1


def test_a_static_token_that_is_revoked_stops_the_run() -> None:
    with portal(5) as world:
        crm = world.crm()
        writes = [qualified(record) for record in world.records(crm)]
        world.fail({"match": CREATE, "status": 401, "times": None})
        receipts = crm.apply(writes)
        assert outcomes(receipts) == {"parked": len(writes)}
        assert all(isinstance(receipt.error, AccessError) for receipt in receipts)
        world.fail({"match": "contacts", "status": 401, "times": None})
        with pytest.raises(AccessError):
            world.records(crm)


def test_a_token_hubspot_cannot_read_is_not_tried_twice() -> None:
    with portal(2) as world:
        world.fail({"match": "properties", "status": 530, "html": True, "times": None})
        crm = world.crm()
        with pytest.raises(AccessError, match="530"):
            crm.preflight()
        assert crm.calls() == {"schema": 1}


def test_a_list_too_long_for_a_url_goes_on_with_ids() -> None:
    with portal(7) as world:
        whole = world.records(world.crm())
        world.fail({"match": "GET /crm/objects/[^/]+/contacts$", "status": 414, "times": 1})
        crm = world.crm()
        assert world.records(crm) == whole


def test_a_large_association_read_that_times_out_is_halved() -> None:
    with portal(230) as world:
        world.fail({"match": "contacts/calls/batch/read", "status": 504, "times": 6})
        crm = world.crm(kinds=frozenset({"call"}), attributes=frozenset())
        fetched = list(crm.fetch_all(now=world.time.now()))
        assert not any(wave.failed for wave in fetched)
        assert sum(len(wave.records) for wave in fetched) > 220


def test_an_update_that_is_stored_but_never_answered_is_found_written() -> None:
    with portal(5) as world:
        crm = world.crm()
        writes = [qualified(record) for record in world.records(crm)]
        world.fail({"match": UPDATE, "status": 502, "after_commit": True, "times": None})
        everybody_has_one_task(world, writes, crm.apply(writes))


def test_an_update_that_never_passes_parks_and_makes_no_task() -> None:
    with portal(5) as world:
        crm = world.crm()
        writes = [qualified(record) for record in world.records(crm)]
        world.fail({"match": UPDATE, "status": 502, "times": None})
        receipts = crm.apply(writes)
        assert outcomes(receipts) == {"parked": len(writes)}
        assert not world.tasks()
        assert crm.calls()["write_people"] < 15


def test_item_errors_without_a_name_find_their_owner_in_the_end() -> None:
    nameless = {"status": "COMPLETE", "results": [], "errors": [{"category": "VALIDATION_ERROR"}], "numErrors": 1}
    with portal(4) as world:
        crm = world.crm()
        writes = [qualified(record) for record in world.records(crm)]
        world.fail({"match": UPDATE, "status": 207, "body": nameless, "times": 2})
        everybody_has_one_task(world, writes, crm.apply(writes))


def test_a_source_that_is_down_is_asked_a_few_times_and_named() -> None:
    with portal(30) as world:
        crm = world.crm()
        world.fail({"match": "GET .*event-occurrences", "status": 500, "times": None})
        fetched = next(crm.fetch_all(now=world.time.now()))
        assert len(fetched.failed) + len(fetched.records) > 25
        assert {str(error) for error in fetched.failed.values()} == {"web_events: HubSpot could not answer (500)"}
        assert crm.calls()["web_events"] <= 18


def test_one_person_whose_events_cannot_be_read_does_not_stop_the_others() -> None:
    with portal(12) as world:
        crm = world.crm()
        world.fail({"match": "GET .*event-occurrences", "status": 500, "times": 6})
        fetched = next(crm.fetch_all(now=world.time.now()))
        assert len(fetched.failed) == 1
        assert len(fetched.records) >= 10


def test_a_rule_of_the_portal_that_refuses_a_person_is_said_with_what_to_do() -> None:
    with portal(4) as world:
        crm = world.crm()
        world.ask(
            "POST",
            "settings",
            {
                "validation_rules": [
                    {
                        "object_type": "contacts",
                        "property": "puente_grade",
                        "rule_type": "MAX_LENGTH",
                        "arguments": ["0"],
                    }
                ]
            },
        )
        receipts = crm.apply([qualified(record, puente_grade="B1") for record in world.records(crm, 2)])
        assert outcomes(receipts) == {"parked": 2}
        assert all("edit and save the record in HubSpot" in str(receipt.error) for receipt in receipts)
        assert world.tasks() == []
