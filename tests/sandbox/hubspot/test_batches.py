"""Batches: their sizes, their partial failures, their all-or-nothing."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import ANA, EVA, LUIS, ROBOT, Box, Serve

BATCH = "/crm/objects/2026-09/contacts/batch"
TASKS = "/crm/objects/2026-09/tasks/batch"
DUE = "2026-11-21T09:00:00Z"


def ids(*wanted: str) -> list[dict[str, str]]:
    return [{"id": one} for one in wanted]


def test_a_batch_read_gives_what_is_asked(box: Box) -> None:
    body = box.post(f"{BATCH}/read", {"inputs": ids(EVA, ANA), "properties": ["email", "phone"]}, 200)
    assert body["status"] == "COMPLETE"
    assert [one["id"] for one in body["results"]] == [EVA, ANA]
    assert body["results"][1]["properties"]["phone"] is None
    by_mail = {"inputs": ids("ana@lumina.example"), "properties": ["email"], "idProperty": "email"}
    assert box.post(f"{BATCH}/read", by_mail, 200)["results"][0]["id"] == ANA


@pytest.mark.parametrize(
    ("call", "inputs", "extra"),
    [
        ("read", [{"id": str(one)} for one in range(101)], {}),
        ("read", [{"id": str(one)} for one in range(51)], {"propertiesWithHistory": ["email"]}),
        ("read", ids(ANA, LUIS, ANA), {}),
        ("read", [{"name": ANA}], {}),
        ("read", "1001", {}),
        ("read", ids(ANA), {"idProperty": "firstname"}),
        ("update", [{"id": ANA, "properties": {}}, {"id": ANA, "properties": {}}], {}),
        ("create", [{"properties": {}}] * 101, {}),
        ("archive", ids(ANA, ANA), {}),
        ("upsert", [{"id": "a@example.org", "properties": {}}], {}),
        ("upsert", [{"id": "x", "idProperty": "hs_object_id", "properties": {}}], {}),
    ],
)
def test_a_batch_against_the_rules_is_refused_whole(box: Box, call: str, inputs: Any, extra: dict[str, Any]) -> None:
    body = box.post(f"{BATCH}/{call}", {"inputs": inputs, **extra}, 400)
    assert body["category"] == "VALIDATION_ERROR"


def test_fifty_with_history_are_read(box: Box) -> None:
    inputs = [{"id": str(one)} for one in range(1001, 1051)]
    body = box.post(f"{BATCH}/read", {"inputs": inputs, "propertiesWithHistory": ["email"]}, 207)
    assert len(body["results"]) == 4
    assert body["results"][0]["propertiesWithHistory"]["email"][0]["value"] == "ana@lumina.example"


def test_missing_and_archived_ids_are_told(box: Box) -> None:
    box.control("delete", {"person": LUIS})
    body = box.post(f"{BATCH}/read", {"inputs": ids(ANA, LUIS, "999", "x")}, 207)
    assert [one["id"] for one in body["results"]] == [ANA]
    assert body["numErrors"] == 1
    assert (body["errors"][0]["category"], body["errors"][0]["context"]) == (
        "OBJECT_NOT_FOUND",
        {"ids": [LUIS, "999", "x"]},
    )
    reply = box.http.post(f"{BATCH}/read?archived=true", json={"inputs": ids(LUIS)})
    assert reply.json()["results"][0]["archived"] is True


def test_missing_ids_can_be_silent_too(serve: Serve) -> None:
    box = serve(missing_in_batch="silent")
    body = box.post(f"{BATCH}/read", {"inputs": ids(ANA, "999")}, 200)
    assert [one["id"] for one in body["results"]] == [ANA]
    assert "errors" not in body


def test_an_update_fails_item_by_item_for_missing_and_merged_ids(box: Box) -> None:
    box.control("merge", {"from": LUIS, "into": ANA})
    inputs = [{"id": one, "properties": {"jobtitle": "CEO"}} for one in (LUIS, EVA, "999")]
    body = box.post(f"{BATCH}/update", {"inputs": inputs}, 207)
    assert [one["id"] for one in body["results"]] == [EVA]
    assert body["errors"][0]["context"] == {"ids": [LUIS, "999"]}


def test_one_bad_value_fails_the_whole_batch(box: Box) -> None:
    inputs = [{"id": ANA, "properties": {"jobtitle": "CEO"}}, {"id": EVA, "properties": {"lifecyclestage": "nope"}}]
    box.post(f"{BATCH}/update", {"inputs": inputs}, 400)
    found = box.get(f"/crm/objects/2026-09/contacts/{ANA}", properties="jobtitle")
    assert found["properties"]["jobtitle"] == "Directora de Marketing"


def test_traced_items_fail_one_by_one(box: Box) -> None:
    inputs = [
        {"properties": {"hs_timestamp": DUE}, "objectWriteTraceId": "a"},
        {"properties": {"hs_task_subject": "no date"}, "objectWriteTraceId": "b"},
        {"properties": {"hs_timestamp": DUE, "nope": "1"}, "objectWriteTraceId": "c"},
    ]
    body = box.post(f"{TASKS}/create", {"inputs": inputs}, 207)
    assert [one["objectWriteTraceId"] for one in body["results"]] == ["a"]
    assert [one["context"]["objectWriteTraceId"] for one in body["errors"]] == [["b"], ["c"]]
    assert body["errors"][1]["errors"][0]["code"] == "PROPERTY_DOESNT_EXIST"
    del inputs[0]["objectWriteTraceId"]
    box.post(f"{TASKS}/create", {"inputs": inputs}, 400)
    assert box.desk.portal.store.count("tasks") == 1


def test_archiving_passes_over_the_unknown(box: Box) -> None:
    reply = box.http.post(f"{BATCH}/archive", json={"inputs": ids(ANA, "999")})
    assert (reply.status_code, reply.content) == (204, b"")
    assert box.desk.portal.store.count("contacts") == 3


def test_a_drifting_status_is_a_setting(serve: Serve) -> None:
    box = serve(created_status=200)
    box.post(f"{TASKS}/create", {"inputs": [{"properties": {"hs_timestamp": DUE}}]}, 200)


def _unique_task_property(box: Box) -> Any:
    definition = {
        "name": "acme_key",
        "label": "Key",
        "type": "string",
        "fieldType": "text",
        "groupName": "taskinformation",
        "hasUniqueValue": True,
    }
    return box.http.post("/crm/properties/2026-09/tasks", json=definition)


def test_tasks_have_no_unique_property_unless_the_portal_allows_it(box: Box) -> None:
    assert _unique_task_property(box).status_code == 400


@pytest.mark.parametrize(("status", "category"), [(409, "CONFLICT"), (400, "VALIDATION_ERROR")])
def test_a_unique_task_property_makes_upserts_safe(serve: Serve, status: int, category: str) -> None:
    box = serve(unique_on_tasks=True, duplicate_status=status)
    assert _unique_task_property(box).json()["hasUniqueValue"] is True
    upsert = {"inputs": [{"id": "k1", "idProperty": "acme_key", "properties": {"hs_timestamp": DUE}}]}
    first = box.post(f"{TASKS}/upsert", upsert, 200)["results"][0]
    second = box.post(f"{TASKS}/upsert", upsert, 200)["results"][0]
    assert (first["new"], second["new"], first["id"]) == (True, False, second["id"])
    body = box.post("/crm/objects/2026-09/tasks", {"properties": {"hs_timestamp": DUE, "acme_key": "K1"}}, status)
    assert body["category"] == category
    assert body["errors"][0]["code"] == "CONFLICTING_UNIQUE_VALUE"
    assert box.desk.portal.store.count("tasks") == 1


def test_a_batch_may_touch_records_of_every_kind(box: Box) -> None:
    for kind in ("calls", "emails", "meetings", "notes", "communications", "companies", "deals"):
        listed = box.get(f"/crm/objects/2026-09/{kind}")["results"]
        read = box.post(f"/crm/objects/2026-09/{kind}/batch/read", {"inputs": ids(listed[0]["id"])}, 200)
        assert read["results"][0]["id"] == listed[0]["id"]


def test_hostile_text_comes_back_as_it_went_in(box: Box) -> None:
    text = '\'; DROP TABLE records;-- \u202e\u0000 {"a": 1} ; :'
    box.post(f"{BATCH}/update", {"inputs": [{"id": ROBOT, "properties": {"message": text}}]}, 200)
    assert box.get(f"/crm/objects/2026-09/contacts/{ROBOT}", properties="message")["properties"]["message"] == text
