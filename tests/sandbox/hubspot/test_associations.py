"""Associations: types, paging per input, benign errors, the primary company."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import ANA, EVA, LUIS, ROBOT, Box, Serve

READ = "/crm/associations/2026-09/contacts/{}/batch/read"
DUE = "2026-11-21T09:00:00Z"


def ids(*wanted: str) -> dict[str, Any]:
    return {"inputs": [{"id": one} for one in wanted]}


def add_tasks(box: Box, count: int, contact: str = ANA) -> list[int]:
    link = {"to": {"id": contact}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 204}]}
    inputs = [{"properties": {"hs_timestamp": DUE}, "associations": [link]} for _ in range(count)]
    made = box.post("/crm/objects/2026-09/tasks/batch/create", {"inputs": inputs}, 201)["results"]
    return [int(one["id"]) for one in made]


def test_ids_of_associated_records_are_numbers(box: Box) -> None:
    body = box.post(READ.format("companies"), ids(ANA), 200)
    assert body["results"][0]["to"] == [
        {
            "toObjectId": 5000000001,
            "associationTypes": [
                {"category": "HUBSPOT_DEFINED", "typeId": 1, "label": "Primary"},
                {"category": "HUBSPOT_DEFINED", "typeId": 279, "label": None},
            ],
        }
    ]


def test_a_record_without_associations_is_a_benign_error(box: Box) -> None:
    body = box.post(READ.format("calls"), ids(ANA, EVA, "999"), 207)
    assert [one["from"]["id"] for one in body["results"]] == [ANA]
    assert [one["context"]["fromObjectId"] for one in body["errors"]] == [[EVA], ["999"]]
    assert {one["subCategory"] for one in body["errors"]} == {"crm.associations.NO_ASSOCIATIONS_FOUND"}


def test_many_associations_are_paged_input_by_input(serve: Serve) -> None:
    box = serve(association_page=2)
    made = add_tasks(box, 5)
    found, inputs = [], [{"id": ANA}]
    while inputs:
        result = box.post(READ.format("tasks"), {"inputs": inputs}, 200)["results"][0]
        found += [one["toObjectId"] for one in result["to"]]
        inputs = [{"id": ANA, "after": result["paging"]["next"]["after"]}] if "paging" in result else []
    assert found == made


def test_a_thousand_may_be_read_and_no_more(box: Box) -> None:
    box.post(READ.format("tasks"), ids(*(str(one) for one in range(1_000))), 207)
    box.post(READ.format("tasks"), ids(*(str(one) for one in range(1_001))), 400)


def test_archived_records_are_no_longer_associated(box: Box) -> None:
    task = add_tasks(box, 1)[0]
    box.send("DELETE", f"/crm/objects/2026-09/tasks/{task}", None, 204)
    box.post(READ.format("tasks"), ids(ANA), 207)


@pytest.mark.parametrize(
    ("pair", "type_id"), [("tasks/contacts", 203), ("contacts/tasks", 204), ("contacts/companies", 280)]
)
def test_a_type_of_another_pair_is_refused(box: Box, pair: str, type_id: int) -> None:
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}]
    inputs = [{"from": {"id": ANA}, "to": {"id": LUIS}, "types": types}]
    box.post(f"/crm/associations/2026-09/{pair}/batch/create", {"inputs": inputs}, 400)


def test_pairs_that_cannot_be_associated_are_refused(box: Box) -> None:
    box.post("/crm/associations/2026-09/tasks/calls/batch/read", ids("1"), 400)
    box.post("/crm/associations/2026-09/contacts/unicorns/batch/read", ids("1"), 404)


def test_a_missing_end_fails_alone(box: Box) -> None:
    task = str(add_tasks(box, 1)[0])
    inputs = [{"from": {"id": task}, "to": {"id": EVA}}, {"from": {"id": task}, "to": {"id": "999"}}]
    body = box.post("/crm/associations/2026-09/tasks/contacts/batch/associate/default", {"inputs": inputs}, 207)
    assert len(body["results"]) == 1
    assert body["errors"][0]["category"] == "OBJECT_NOT_FOUND"
    box.post("/crm/associations/2026-09/tasks/contacts/batch/associate/default", {"inputs": [{"from": task}]}, 400)


def test_one_pair_is_put_and_deleted(box: Box) -> None:
    task = add_tasks(box, 1)[0]
    base = f"/crm/objects/2026-09/tasks/{task}/associations"
    box.send("PUT", f"{base}/default/contacts/{EVA}", None, 200)
    assert box.get("/_sandbox/state")["tasks"][0]["associations"] == {"contacts": [ANA, EVA]}
    box.send("DELETE", f"{base}/contacts/{EVA}", None, 204)
    box.send("PUT", f"{base}/default/contacts/999", None, 404)
    assert box.get("/_sandbox/state")["tasks"][0]["associations"] == {"contacts": [ANA]}


def test_single_association_types_are_removed(box: Box) -> None:
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]
    inputs = [{"from": {"id": ANA}, "to": {"id": "5000000001"}, "types": types}]
    box.post("/crm/associations/2026-09/contacts/companies/batch/labels/archive", {"inputs": inputs}, 204)
    found = box.post(READ.format("companies"), ids(ANA), 200)["results"][0]["to"][0]["associationTypes"]
    assert [one["typeId"] for one in found] == [279]


def test_the_first_company_becomes_the_primary_one(box: Box) -> None:
    box.send("PUT", f"/crm/objects/2026-09/contacts/{ROBOT}/associations/default/companies/5000000001", None, 200)
    found = box.get(f"/crm/objects/2026-09/contacts/{ROBOT}", properties="associatedcompanyid")
    assert found["properties"]["associatedcompanyid"] == "5000000001"


def test_one_records_associations_are_listed_in_2026_03_but_not_in_2026_09(box: Box) -> None:
    add_tasks(box, 3)
    path = f"/crm/objects/{{}}/contacts/{ANA}/associations/tasks"
    body = box.get(path.format("2026-03"), limit=2)
    assert len(body["results"]) == 2
    rest = box.get(path.format("2026-03"), limit=2, after=body["paging"]["next"]["after"])
    assert len(rest["results"]) == 1
    box.get(path.format("2026-09"), expect=501)
