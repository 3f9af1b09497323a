"""Scripted mishaps: lost answers, dropped connections, partial failures, records that change in flight."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from sandbox.faults import FaultBook, FaultRuleError, parse_rule

from .conftest import ANA, EVA, LUIS, TOKEN, Box

CONTACT = f"/crm/objects/2026-09/contacts/{ANA}"
BATCH = "/crm/objects/2026-09/contacts/batch"
TASKS = "/crm/objects/2026-09/tasks"
TASK = {"properties": {"hs_timestamp": "2026-11-21T09:00:00Z"}}


def tasks(box: Box) -> int:
    return box.desk.portal.store.count("tasks")


def journal(box: Box) -> list[tuple[str, int]]:
    return [(one["method"], one["status"]) for one in box.get("/_sandbox/journal")["entries"]]


def test_a_status_is_answered_as_often_as_asked(box: Box) -> None:
    box.faults({"match": "GET /crm/.*contacts", "status": 502, "times": 2})
    assert [box.http.get(CONTACT).status_code for _ in range(3)] == [502, 502, 200]


def test_a_rule_may_let_some_pass_and_may_never_end(box: Box) -> None:
    box.faults({"match": "GET", "status": 503, "skip": 2, "times": None})
    assert [box.http.get(CONTACT).status_code for _ in range(5)] == [200, 200, 503, 503, 503]


def test_chance_is_repeatable(box: Box) -> None:
    rule = {"match": "GET", "status": 500, "probability": 0.4}
    runs = []
    for _ in range(2):
        book = FaultBook(seed=7)
        book.replace([rule])
        runs.append([book.take("GET", "/x") is not None for _ in range(200)])
    assert runs[0] == runs[1]
    assert 50 < sum(runs[0]) < 110


@pytest.mark.parametrize("status", [423, 429, 477, 500, 502, 503, 504, 521, 523, 524])
def test_scripted_errors_have_hubspots_form(box: Box, status: int) -> None:
    box.faults({"match": "GET", "status": status, "retry_after": 3})
    reply = box.http.get(CONTACT)
    assert (reply.status_code, reply.headers["Retry-After"]) == (status, "3")
    assert reply.json()["status"] == "error"
    assert reply.json()["correlationId"]


def test_a_scripted_429_names_the_policy(box: Box) -> None:
    box.faults({"match": "GET", "status": 429, "policy": "DAILY"})
    reply = box.http.get(CONTACT)
    assert (reply.json()["policyName"], "Retry-After" in reply.headers) == ("DAILY", False)


def test_a_page_of_the_network_is_no_json(box: Box) -> None:
    box.faults({"match": "GET", "status": 502, "html": True})
    reply = box.http.get(CONTACT)
    assert reply.headers["Content-Type"].startswith("text/html")
    assert "<html>" in reply.text


def test_a_body_of_choice_is_sent_as_it_is(box: Box) -> None:
    box.faults({"match": "GET", "status": 400, "body": {"category": "RATE_LIMITS"}})
    assert box.http.get(CONTACT).json() == {"category": "RATE_LIMITS"}


def test_a_fault_without_commit_leaves_nothing_behind(box: Box) -> None:
    box.faults({"match": "POST .*/tasks$", "status": 502})
    box.post(TASKS, TASK, 502)
    assert tasks(box) == 0


def test_a_task_is_stored_though_its_answer_is_lost(box: Box) -> None:
    box.faults({"match": "POST .*/tasks$", "status": 504, "after_commit": True})
    box.post(TASKS, TASK, 504)
    assert tasks(box) == 1
    assert box.get("/_sandbox/journal")["entries"][-1]["touched"] == ["tasks:7000000001"]


@pytest.mark.parametrize(("after_commit", "stored"), [(False, 0), (True, 1)])
def test_a_connection_is_dropped_before_or_after_the_work(box: Box, after_commit: bool, stored: int) -> None:
    box.faults({"match": "POST .*/tasks$", "reset": True, "after_commit": after_commit})
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        box.post(TASKS, TASK)
    assert tasks(box) == stored
    assert journal(box)[-1] == ("POST", 0)
    box.post(TASKS, TASK, 201)


def test_the_status_may_drift_while_the_body_is_true(box: Box) -> None:
    box.faults({"match": "POST .*/tasks$", "status": 200, "after_commit": True})
    assert box.post(TASKS, TASK, 200)["id"]
    assert tasks(box) == 1


def test_a_slow_answer_takes_its_time(box: Box) -> None:
    box.faults({"match": "GET", "delay_seconds": 30}, {"match": "GET", "delay_seconds": 5, "after_commit": True})
    before = box.clock.now
    assert box.http.get(CONTACT).status_code == 200
    assert box.http.get(CONTACT).status_code == 200
    assert box.clock.now == before + 35


def test_some_items_of_a_batch_fail(box: Box) -> None:
    refusal = {"category": "VALIDATION_ERROR", "message": "no"}
    box.faults(
        {"match": "batch/update", "fail_ids": [LUIS], "body": refusal}, {"match": "batch/read", "fail_ids": [EVA]}
    )
    inputs = [{"id": one, "properties": {"jobtitle": "CEO"}} for one in (ANA, LUIS)]
    body = box.post(f"{BATCH}/update", {"inputs": inputs}, 207)
    assert [one["id"] for one in body["results"]] == [ANA]
    assert (body["errors"][0]["category"], body["errors"][0]["context"]) == ("VALIDATION_ERROR", {"ids": [LUIS]})
    read = box.post(f"{BATCH}/read", {"inputs": [{"id": ANA}, {"id": EVA}]}, 207)
    assert [one["id"] for one in read["results"]] == [ANA]


def test_the_task_of_one_person_fails_in_a_batch(box: Box) -> None:
    def task(contact: str) -> dict[str, Any]:
        types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 204}]
        return {**TASK, "associations": [{"to": {"id": contact}, "types": types}]}

    box.faults({"match": "tasks/batch/create", "fail_ids": [LUIS]})
    body = box.post(f"{TASKS}/batch/create", {"inputs": [task(ANA), task(LUIS)]}, 207)
    assert (len(body["results"]), body["numErrors"], tasks(box)) == (1, 1, 1)


def test_a_field_is_refused(box: Box) -> None:
    box.faults({"match": "PATCH", "refuse_fields": ["jobtitle"], "times": None})
    body = box.send("PATCH", CONTACT, {"properties": {"jobtitle": "CEO"}}, 400)
    assert body["errors"][0]["code"] == "READ_ONLY_VALUE"
    box.send("PATCH", CONTACT, {"properties": {"firstname": "Anna"}}, 200)


def test_a_token_expires_in_the_middle(box: Box) -> None:
    form = {
        "grant_type": "refresh_token",
        "refresh_token": "sandbox-refresh-token",
        "client_id": "sandbox-client-id",
        "client_secret": "sandbox-client-secret",
    }
    token = box.http.post("/oauth/2026-09/token", data=form).json()["access_token"]
    box.faults({"match": "contacts", "expire_token": True})
    statuses = [
        box.http.get(CONTACT, headers={"Authorization": f"Bearer {one}"}).status_code for one in (token, token, TOKEN)
    ]
    assert statuses == [401, 401, 200]


def test_a_person_is_merged_before_the_write_arrives(box: Box) -> None:
    box.faults({"match": "batch/update", "merge": {"from": LUIS, "into": ANA}})
    inputs = [{"id": one, "properties": {"jobtitle": "CEO"}} for one in (LUIS, EVA)]
    body = box.post(f"{BATCH}/update", {"inputs": inputs}, 207)
    assert ([one["id"] for one in body["results"]], body["errors"][0]["context"]) == ([EVA], {"ids": [LUIS]})


def test_a_person_is_deleted_after_the_read(box: Box) -> None:
    box.faults({"match": "batch/read", "delete": ANA, "when": "after"})
    assert box.post(f"{BATCH}/read", {"inputs": [{"id": ANA}]}, 200)["results"][0]["id"] == ANA
    box.post(f"{BATCH}/read", {"inputs": [{"id": ANA}]}, 207)


def test_a_person_edits_between_read_and_write(box: Box) -> None:
    edit = {"person": "ana@lumina.example", "set": {"lifecyclestage": "customer"}}
    box.faults({"match": "PATCH", "edit": edit})
    changed = box.send("PATCH", CONTACT, {"properties": {"lifecyclestage": "salesqualifiedlead"}}, 200)
    assert changed["properties"]["lifecyclestage"] == "customer"


def test_a_script_about_nobody_changes_nothing(box: Box) -> None:
    box.faults({"match": "GET", "delete": "999"})
    assert box.http.get(CONTACT).status_code == 200


def test_rules_are_replaced_or_added_and_say_what_is_left(box: Box) -> None:
    box.faults({"match": "GET", "status": 500, "times": 3})
    box.http.get(CONTACT)
    body = box.control("faults", {"rules": [{"match": "PATCH", "status": 500}], "append": True})
    assert [(one["match"], one["times"]) for one in body["rules"]] == [("GET", 2), ("PATCH", 1)]
    box.faults()
    assert box.http.get(CONTACT).status_code == 200


@pytest.mark.parametrize(
    "rule", [{}, {"match": "("}, {"match": "x", "stauts": 500}, {"match": "x", "when": "during"}, "x", {"match": 1}]
)
def test_a_rule_that_cannot_be_understood_is_refused(box: Box, rule: Any) -> None:
    with pytest.raises(FaultRuleError):
        parse_rule(rule)
    box.post("/_sandbox/faults", {"rules": [rule]}, 400)
