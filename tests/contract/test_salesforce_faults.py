"""Work in an organisation where things go wrong: nobody lost, no second task, one login, a clear end."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from adapters.salesforce.adapter import SalesforceCrm
from connector.bootstrap_salesforce import KeptSessions
from connector.bootstrap_state import build_ledger
from connector.errors import AccessError, CrmError, RateLimitedError, UnavailableError
from connector.live.work_policy import Later, WorkPolicy, judge
from connector.ports import Receipt, Write
from connector.settings import Settings
from tests.contract.salesforce_world import MAPPING, World, key_of, keys, org, outcomes, qualified

UPDATE = "PATCH .*/composite/sobjects$"
CREATE = "POST .*/composite/sobjects$"
TOKEN = "POST /services/oauth2/token"


def everybody_has_one_task(world: World, writes: Sequence[Write], receipts: Sequence[Receipt]) -> None:
    assert outcomes(receipts) == {"written": len(writes)}, [str(receipt.error) for receipt in receipts]
    assert keys(world.tasks()) == dict.fromkeys((key_of(write.record.ref) for write in writes), 1)
    for write in writes:
        found = world.person(write.record.ref.object_id)
        assert (found["Puente_Stage__c"], found["Puente_Handoff_Key__c"]) == ("mql", key_of(write.record.ref))


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 502, "after_commit": True},
        {"status": 504, "after_commit": True, "html": True},
        {"reset": True, "after_commit": True},
        {"status": 201, "after_commit": True, "html": True},
        {"status": 201, "after_commit": True, "body": '[{"id": "00T'},
        {"status": 201, "after_commit": True, "body": []},
        {"status": 200, "after_commit": True, "body": {}},
        {"status": 503},
        {"status": 503, "html": True},
        {"reset": True},
        {"status": 420, "html": True},
        {"status": 403, "policy": "CONCURRENT"},
        {"status": 429, "retry_after": 2},
        {"status": 400, "policy": "UNABLE_TO_LOCK_ROW"},
    ],
    ids=str,
)
@pytest.mark.parametrize("times", [1, 2])
def test_a_task_whose_answer_is_lost_exists_once(fault: dict[str, Any], times: int) -> None:
    with org(5) as world:
        crm = world.crm()
        writes = [qualified(record) for record in world.records(crm)]
        world.fail({"match": CREATE, "times": times, **fault})
        everybody_has_one_task(world, writes, crm.apply(writes))


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 502, "after_commit": True, "times": 3},
        {"status": 503, "html": True, "times": 3},
        {"reset": True, "times": 3},
        {"reset": True, "after_commit": True, "times": 3},
        {"status": 200, "after_commit": True, "body": []},
        {"status": 200, "after_commit": True, "html": True},
        {"status": 204, "after_commit": True},
        {"status": 400, "policy": "UNABLE_TO_LOCK_ROW", "times": 2},
        {"status": 500, "policy": "REQUEST_RUNNING_TOO_LONG"},
        {"status": 403, "html": True},
        {"status": 403, "policy": "CONCURRENT", "times": 3},
        {"status": 400, "policy": "TXN_SECURITY_METERING_ERROR"},
    ],
    ids=str,
)
def test_an_update_whose_answer_is_odd_is_done_once(fault: dict[str, Any]) -> None:
    with org(5) as world:
        crm = world.crm()
        writes = [qualified(record) for record in world.records(crm)]
        world.fail({"match": UPDATE, **fault})
        everybody_has_one_task(world, writes, crm.apply(writes))


def test_items_that_fail_alone_park_only_their_people() -> None:
    with org(8) as world:
        crm = world.crm()
        records = world.records(crm)
        refused, taskless = records[1].ref.object_id, records[2].ref.object_id
        final = {"body": {"statusCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "message": "no"}, "times": None}
        world.fail(
            {"match": UPDATE, "fail_ids": [refused], **final}, {"match": CREATE, "fail_ids": [taskless], **final}
        )
        receipts = {receipt.ref.object_id: receipt for receipt in crm.apply([qualified(record) for record in records])}
        assert receipts.pop(refused).outcome == "parked"
        parked = receipts.pop(taskless)
        assert (parked.outcome, parked.fields_written) == ("parked", True)
        assert {receipt.outcome for receipt in receipts.values()} == {"written"}
        assert len(world.tasks()) == len(records) - 2


def test_rows_that_are_locked_for_a_moment_are_written_in_the_end() -> None:
    with org(8) as world:
        crm = world.crm()
        writes = [qualified(record) for record in world.records(crm)]
        locked = [writes[1].record.ref.object_id, writes[3].record.ref.object_id]
        world.fail({"match": UPDATE, "fail_ids": locked, "times": 2}, {"match": CREATE, "fail_ids": locked, "times": 2})
        everybody_has_one_task(world, writes, crm.apply(writes))


def test_rows_that_stay_locked_are_parked_for_a_later_try() -> None:
    with org(4) as world:
        crm = world.crm()
        records = world.records(crm)
        world.fail({"match": UPDATE, "fail_ids": [records[0].ref.object_id], "times": None})
        receipts = crm.apply([qualified(record) for record in records])
        assert [receipt.outcome for receipt in receipts] == ["parked", *["written"] * (len(records) - 1)]
        assert "locked" in str(receipts[0].error)


@pytest.mark.parametrize("code", ["QUERY_TIMEOUT", "OPERATION_TOO_LARGE"])
def test_a_question_too_large_is_asked_in_halves(code: str) -> None:
    with org(30) as world:
        crm = world.crm()
        whole = {record.ref: record.timeline for record in world.records(crm)}
        world.fail({"match": "^<GET> .*FROM Task ", "status": 400, "policy": code, "times": 2})
        fetched = crm.fetch(list(whole), now=world.time.now())
        assert {record.ref: record.timeline for record in fetched.records} == whole
        assert world.ask("GET", "faults")["rules"][0]["times"] == 0, "the fault was met"


@pytest.mark.parametrize(("times", "failed"), [(2, 0), (None, 1)])
def test_one_person_s_own_question_that_takes_too_long_is_asked_a_few_times(times: int | None, failed: int) -> None:
    with org(6) as world:
        crm = world.crm()
        one = world.records(crm)[0]
        world.fail({"match": "^<GET> .*FROM Task ", "status": 400, "policy": "QUERY_TIMEOUT", "times": times})
        since = world.last_seq()
        fetched = crm.fetch([one.ref], now=world.time.now())
        assert (len(fetched.failed), len(fetched.records)) == (failed, 1 - failed)
        assert len(world.journal(since)) == 3
        assert all(judge(error, 1, WorkPolicy(), "en") == Later(5) for error in fetched.failed.values())


def test_activities_of_few_people_at_a_time_are_read_all() -> None:
    with org(60) as world:
        whole = {record.ref: set(record.timeline.events) for record in world.records(world.crm())}
        world.settings(activity_people=10)
        assert {record.ref: set(record.timeline.events) for record in world.records(world.crm())} == whole


def test_a_cursor_that_is_gone_starts_its_people_anew() -> None:
    with org(30) as world:
        whole = {record.ref: set(record.timeline.events) for record in world.records(world.crm())}
        world.settings(page_size=200)
        world.fail({"match": "^<GET> .*query(All)?/01g", "status": 400, "policy": "INVALID_QUERY_LOCATOR", "times": 1})
        again = {record.ref: set(record.timeline.events) for record in world.records(world.crm())}
        assert again == whole
        assert world.ask("GET", "faults")["rules"][0]["times"] == 0, "the fault was met"


def test_a_part_that_stays_unreadable_parks_its_people_and_no_other_run() -> None:
    with org(10) as world:
        crm = world.crm()
        refs = [record.ref for record in world.records(crm)]
        world.fail({"match": "^<GET> .*FROM Event ", "status": 503, "times": None})
        fetched = crm.fetch(refs, now=world.time.now())
        assert set(fetched.failed) == set(refs)
        assert all(isinstance(error, UnavailableError) for error in fetched.failed.values())
        world.fail()
        assert not crm.fetch(refs, now=world.time.now()).failed


@pytest.mark.parametrize("seed", range(3))
def test_a_flaky_network_loses_nobody(seed: int) -> None:
    with org(25) as world:
        whole = {record.ref: set(record.timeline.events) for record in world.records(world.crm())}
        world.fail(
            {"match": "POST .*/composite$", "status": 503, "html": True, "probability": 0.3, "skip": seed},
            {"match": "POST .*/composite$", "reset": True, "probability": 0.2},
        )
        crm = world.crm()
        writes = [qualified(record) for record in world.records(crm)]
        assert {write.record.ref: set(write.record.timeline.events) for write in writes} == whole
        world.fail(
            {"match": "composite", "status": 503, "html": True, "probability": 0.2},
            {"match": "composite", "reset": True, "after_commit": True, "probability": 0.2},
            {"match": UPDATE, "fail_ids": [writes[0].record.ref.object_id], "probability": 0.5},
        )
        receipts = crm.apply(writes)
        world.fail()
        everybody_has_one_task(world, writes, receipts)


def test_an_ended_session_costs_one_login_for_everybody() -> None:
    with org(400) as world:
        crm = world.crm()
        refs = [record.ref for record in world.records(crm)]
        assert crm.calls()["token"] == 1
        world.time.sleep(8_000)
        gate = threading.Barrier(20)
        failed: list[CrmError] = []

        def read(number: int) -> None:
            gate.wait()
            failed.extend(crm.fetch(refs[number * 5 : number * 5 + 5], now=world.time.now()).failed.values())

        threads = [threading.Thread(target=read, args=(number,)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failed
        assert crm.calls()["token"] == 2


def test_a_session_that_is_never_accepted_costs_one_login_more_and_ends_clearly() -> None:
    with org(5) as world:
        world.fail({"match": "/services/data", "status": 401, "times": None})
        crm = world.crm()
        with pytest.raises(AccessError, match="PUENTE_SALESFORCE__CLIENT_ID"):
            world.records(crm)
        assert crm.calls()["token"] == 2
        with pytest.raises(AccessError):
            crm.preflight()
        assert crm.calls()["token"] == 2


def test_a_refused_login_says_what_to_check_and_shows_no_secret() -> None:
    with org(2, installed=False) as world:
        crm = world.crm(client_secret="canary-secret")
        with pytest.raises(AccessError, match="PUENTE_SALESFORCE__INSTANCE_URL") as caught:
            crm.preflight()
        assert "canary" not in f"{caught.value!r} {caught.value}"
        with pytest.raises(AccessError):
            crm.count()
        assert crm.calls() == {"token": 1}


def test_a_session_kept_between_processes_saves_the_login(tmp_path: Path) -> None:
    with org(4) as world:
        settings = Settings.model_construct(crm="salesforce", state=str(tmp_path / "state.db"), locale="en")
        build_ledger(settings, "1").close()
        for _ in range(2):
            kept = KeptSessions(settings, world.connection())
            crm = SalesforceCrm(world.connection(), MAPPING, frozenset(), frozenset(), None, token_cache=kept)
            world.clients.append(crm)
            assert crm.account() == world.state()["organization_id"]
        assert crm.calls() == {}, "the kept session says whose it is"
        world.time.sleep(8_000)
        assert crm.count()
        assert crm.calls()["token"] == 1


def test_the_daily_limit_stops_the_run_and_names_itself() -> None:
    with org(10) as world:
        crm = world.crm()
        records = world.records(crm)
        world.fail({"match": "composite", "status": 403, "policy": "DAILY", "times": None})
        since = world.last_seq()
        with pytest.raises(RateLimitedError) as caught:
            world.records(crm)
        assert caught.value.scope == "daily"
        assert len(world.journal(since)) == 1
        world.fail({"match": UPDATE, "status": 403, "policy": "DAILY", "times": None})
        receipts = crm.apply([qualified(record) for record in records])
        assert outcomes(receipts) == {"parked": len(records)}
        assert not world.tasks()


def test_the_reserve_for_other_integrations_is_not_touched() -> None:
    with org(10) as world:
        world.settings(daily_calls=40)
        crm = world.crm(reserve_pct=50.0)

        def count_for_ever() -> None:
            while True:
                crm.count()

        with pytest.raises(RateLimitedError, match="50 %") as caught:
            count_for_ever()
        assert caught.value.scope == "daily"
        assert 20 <= sum(crm.calls().values()) <= 22


def test_too_many_at_once_is_waited_out() -> None:
    with org(10) as world:
        crm = world.crm()
        before = len(world.records(crm))
        world.fail({"match": "composite", "status": 403, "policy": "CONCURRENT", "times": 5})
        assert len(world.records(crm)) == before


def test_an_object_nobody_lets_us_read_is_reported_and_the_rest_goes_on() -> None:
    refusal = {"status": 400, "body": [{"errorCode": "INVALID_TYPE", "message": "sObject type 'X' is not supported."}]}
    with org(12) as world:
        crm = world.crm()
        before = len(world.records(crm))
        world.fail(
            {"match": "^<GET> .*FROM EmailMessageRelation ", "times": None, **refusal},
            {"match": "^<GET> .*FROM CampaignMember", "times": None, **refusal},
        )
        crm = world.crm()
        assert len(world.records(crm)) == before
        assert {"email_messages", "campaign_members"} <= {item.source for item in crm.unavailable()}


def test_a_bulk_query_that_fails_is_said_and_loses_nobody_silently() -> None:
    with org(12) as world:
        crm = world.crm(bulk_threshold=1)
        world.fail(
            {"match": "GET .*/jobs/query/[^/]+$", "status": 200, "body": {"id": "1", "state": "Failed"}, "times": None}
        )
        with pytest.raises(UnavailableError, match="bulk query"):
            world.records(crm)


def test_bulk_queries_that_are_refused_give_way_to_pieces() -> None:
    with org(12) as world:
        before = len(world.records(world.crm()))
        refusal = {"status": 400, "body": [{"errorCode": "API_ERROR", "message": "not supported by the Bulk API"}]}
        world.fail({"match": "POST .*/jobs/query$", "times": None, **refusal})
        assert len(world.records(world.crm(bulk_threshold=1))) == before
