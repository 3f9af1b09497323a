"""Answers are built as the recorded ones: the same keys in the same places, the same words where words are fixed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

from .conftest import DATA, RECORDED, Box, needs_recordings
from .shapes import shape

pytestmark = needs_recordings
AMP = RECORDED / "amp-labs" / "test"
TAPES = RECORDED / "cumulusci" / "cassettes"


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def answers(tape: str) -> list[Any]:
    """Give the bodies of a recorded conversation."""
    talk = yaml.safe_load((TAPES / tape).read_text(encoding="utf-8"))
    rows = talk.get("interactions", [talk])
    return [json.loads(row["response"]["body"]["string"]) for row in rows if "response" in row]


def contact(**values: Any) -> dict[str, Any]:
    return {"attributes": {"type": "Contact"}, **values}


def test_created(box: Box) -> None:
    reply = box.call("POST", "/sobjects/Account/", {"Name": "Smith Corp."})
    assert reply.status_code == 201
    assert shape(reply.json()) == shape(read(AMP / "create-ok.json"))
    tape = "TestCompositeParallelSalesforce.test_composite_parallel_salesforce.yaml"
    assert shape(reply.json()) == shape(answers(tape)[0])


def test_an_unknown_field(box: Box) -> None:
    reply = box.call("POST", "/sobjects/Account", {"AccountNumer": "1"})
    assert (reply.status_code, reply.json()) == (400, read(AMP / "unknown-field.json"))
    reply = box.http.get(f"{DATA}/composite/sobjects/Account", params={"ids": box.person("ana"), "fields": "Nope"})
    assert reply.status_code == 200  # nobody has that id among accounts: a miss is null
    account = box.query("SELECT Id FROM Account LIMIT 1")[0]["Id"]
    reply = box.http.get(f"{DATA}/sobjects/Account/{account}", params={"fields": "AccountNumer"})
    assert (reply.status_code, reply.json()) == (400, read(AMP / "unknown-field.json"))


def test_a_field_that_may_not_be_written(box: Box) -> None:
    reply = box.call("PATCH", f"/sobjects/Lead/{box.person('luis')}", {"MasterRecordId": None})
    assert (reply.status_code, reply.json()) == (400, read(AMP / "invalid-field-upsert.json"))


def test_a_deleted_record(box: Box) -> None:
    lead = box.person("luis")
    assert box.call("DELETE", f"/sobjects/Lead/{lead}").status_code == 204
    reply = box.call("DELETE", f"/sobjects/Lead/{lead}")
    assert (reply.status_code, reply.json()) == (404, read(AMP / "crm/delete/not-found.json"))


def test_an_unknown_object(box: Box) -> None:
    theirs = read(AMP / "unknown-object.json")
    code, message = box.refusal("SELECT Id,Name,BillingCity,IsDeleted FROM Accout")
    assert [{"message": message, "errorCode": code}] == theirs


def test_counting_objects_in_a_composite(box: Box) -> None:
    names = {"refAccount": "Account", "refXYZZY": "XYZZY"}
    requests = [
        {"referenceId": ref, "method": "GET", "url": f"{DATA}/query/?q=select count() from {name}"}
        for ref, name in names.items()
    ]
    ours = box.call("POST", "/composite", {"compositeRequest": requests}).json()
    theirs = answers("TestCountSObjects.test_count_sobjects__errors.yaml")[0]
    assert shape(ours) == shape(theirs)
    assert ours["compositeResponse"][1] == theirs["compositeResponse"][1]


def test_an_unknown_resource_in_a_composite(box: Box) -> None:
    request = {"referenceId": "CCI__RefId__0__", "method": "GET", "url": f"{DATA}/sobjects/Foo"}
    ours = box.call("POST", "/composite", {"compositeRequest": [request]}).json()
    assert ours == answers("TestCompositeParallelSalesforce.test_errors.yaml")[0]


def test_queries_in_a_composite(box: Box) -> None:
    requests = [
        {"referenceId": "one", "method": "GET", "url": f"{DATA}/query?q=SELECT Id FROM Account LIMIT 1"},
        {"referenceId": "two", "method": "GET", "url": f"{DATA}/query?q=SELECT Name FROM Account LIMIT 1"},
    ]
    ours = box.call("POST", "/composite", {"compositeRequest": requests}).json()
    theirs = answers("TestCompositeParallelSalesforce.test_composite_parallel_salesforce.yaml")[1]
    assert shape(ours["compositeResponse"]) == shape(theirs["compositeResponse"][:2])


def test_the_organization(box: Box) -> None:
    found = box.query("SELECT Id FROM Organization")[0]["Id"]
    ours = box.call("GET", f"/sobjects/Organization/{found}").json()
    theirs = answers("GET_sobjects_Organization.yaml")[0]
    assert list(ours) == list(theirs)
    assert set(ours["attributes"]) == set(theirs["attributes"])


def test_upserting_by_an_external_id(box: Box) -> None:
    theirs = answers("TestUpsert.test_upsert__rest.yaml")
    created = next(body for body in theirs if isinstance(body, list) and "created" in body[0])
    records = [contact(FirstName="Lindsay", LastName="Sitwell", Email="lindsay.bluth@example.com")]
    ours = box.call("PATCH", "/composite/sobjects/Contact/Email", {"allOrNone": False, "records": records}).json()
    assert shape(ours) == shape(created)


def test_collections(box: Box) -> None:
    folder = AMP / "batch"
    created = box.call("POST", "/composite/sobjects", read(folder / "create/contacts/payload.json"))
    assert shape(created.json()) == shape(read(folder / "create/contacts/success.json"))
    assert box.call("POST", "/composite/sobjects", {"records": []}).json() == read(
        folder / "create/contacts/err-bad-request.json"
    )
    without_names = [contact(FirstName="Siena"), contact(FirstName="Markus", LastName="Blevins")]
    ours = box.call("POST", "/composite/sobjects", {"allOrNone": True, "records": without_names}).json()
    assert ours == read(folder / "create/contacts/partial-but-allOrNone.json")
    without_ids = [contact(LastName="A"), contact(LastName="B")]
    ours = box.call("PATCH", "/composite/sobjects", {"records": without_ids}).json()
    assert ours == read(folder / "update/contacts/err-each-no-ids.json")


def test_an_update_that_is_taken_back(box: Box) -> None:
    ids = [one["Id"] for one in box.query("SELECT Id FROM Contact LIMIT 1")] * 2
    records = [contact(id=ids[0], LastName="Dyer"), contact(id=ids[1], unknownField_LastName="B")]
    ours = box.call("PATCH", "/composite/sobjects", {"allOrNone": True, "records": records}).json()
    assert ours == read(AMP / "batch/update/contacts/partial-but-allOrNone.json")
    assert box.query(f"SELECT LastName FROM Contact WHERE Id = '{ids[0]}'")[0]["LastName"] != "Dyer"


def test_pages_and_addresses(box: Box) -> None:
    box.control("settings", {"page_size": 1})
    theirs = read(AMP / "read-list-leads.json")
    reply = box.http.get(f"{DATA}/query", params={"q": "SELECT Address, City, CleanStatus, FirstName FROM Lead"})
    ours = reply.json()
    assert list(ours) == list(theirs)
    assert set(ours["records"][0]["Address"]) == set(theirs["records"][0]["Address"])
    assert (ours["done"], ours["totalSize"]) == (False, 4)


def test_children_in_a_row(box: Box) -> None:
    text = (
        "SELECT Id, Name, Amount, StageName, (SELECT Id, ContactId, Role FROM OpportunityContactRoles) FROM Opportunity"
    )
    reply = box.http.get(f"{DATA}/query", params={"q": text})
    assert shape(reply.json()) == shape(read(AMP / "read-opportunity-with-contacts.json"))


def test_a_permission_set_assigned_twice(box: Box) -> None:
    found = box.query("SELECT PermissionSetId, AssigneeId FROM PermissionSetAssignment")[0]
    values = {"PermissionSetId": found["PermissionSetId"], "AssigneeId": found["AssigneeId"]}
    reply = box.call("POST", "/sobjects/PermissionSetAssignment", values)
    theirs = read(AMP / "metadata/write/err-duplicate-permission-assignment.json")
    assert (reply.status_code, shape(reply.json())) == (400, shape(theirs))
    assert reply.json()[0]["fields"] == theirs[0]["fields"]


def test_the_life_of_a_query_job(box: Box) -> None:
    job = box.call("POST", "/jobs/query", {"operation": "query", "query": "SELECT Id FROM Account"}).json()
    assert list(job) == list(read(AMP / "bulk/read-launch-job-account.json"))


def test_the_life_of_an_upsert_job(box: Box) -> None:
    launch = {"object": "Lead", "operation": "upsert", "externalIdFieldName": "External_Id__c", "lineEnding": "LF"}
    job = box.call("POST", "/jobs/ingest", launch).json()
    assert list(job) == list(read(AMP / "bulk/write/launch-job-opportunity.json"))
    path = f"/jobs/ingest/{job['id']}"
    rows = "LastName,Company,External_Id__c,NumberOfEmployees\nA,B,e-1,2003-04\nC,D,e-2,\n"
    upload = box.http.put(DATA + path + "/batches", content=rows, headers={"Content-Type": "text/csv"})
    assert upload.status_code == 201
    closed = box.call("PATCH", path, {"state": "UploadComplete"}).json()
    assert list(closed) == list(read(AMP / "bulk/write/update-job-opportunity.json"))
    assert list(box.call("GET", path).json()) == list(read(AMP / "bulk/info/in-progress.json"))
    done = box.call("GET", path).json()
    assert list(done) == list(read(AMP / "bulk/info/partial-failure.json"))
    assert (done["numberRecordsProcessed"], done["numberRecordsFailed"]) == (2, 1)
    failed = box.call("GET", path + "/failedResults").text.splitlines()
    theirs = (AMP / "bulk/info/partial-failure.csv").read_text(encoding="utf-8").splitlines()
    assert failed[0].startswith(theirs[0][: len('"sf__Id","sf__Error",')])
    assert failed[1].startswith(
        '"","INVALID_FIELD:Failed to deserialize field at col 3. Due to, \'2003-04\' is not a valid'
    )


def test_a_job_with_an_unknown_column(box: Box) -> None:
    job = box.call("POST", "/jobs/ingest", {"object": "Lead", "operation": "insert"}).json()
    path = f"/jobs/ingest/{job['id']}"
    box.http.put(DATA + path + "/batches", content="Nope\n1\n", headers={"Content-Type": "text/csv"})
    box.call("PATCH", path, {"state": "UploadComplete"})
    box.call("GET", path)
    failed = box.call("GET", path).json()
    theirs = read(AMP / "bulk/info/complete-failure.json")
    assert set(failed) | {"externalIdFieldName"} == set(theirs)
    assert failed["errorMessage"] == theirs["errorMessage"].replace("StageName_invalid_field_on_purpose", "Nope")
