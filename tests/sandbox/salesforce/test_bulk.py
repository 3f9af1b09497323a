"""Bulk jobs read pages and write rows, and say what became of each."""

from __future__ import annotations

import csv
import io
from typing import Any

from sandbox.salesforce.settings import OrgSettings
from sandbox.seed import Base, SeedPerson

from .conftest import DATA, Box, Serve, ago


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def finished(box: Box, kind: str, job: str) -> dict[str, Any]:
    for _ in range(5):
        found = box.call("GET", f"/jobs/{kind}/{job}").json()
        if found["state"] in ("JobComplete", "Failed"):
            return dict(found)
    raise AssertionError(found)


def queried(box: Box, text: str, operation: str = "query") -> str:
    job = box.call("POST", "/jobs/query", {"operation": operation, "query": text}).json()["id"]
    assert finished(box, "query", job)["state"] == "JobComplete"
    return str(job)


def ingested(box: Box, content: str, **job: Any) -> tuple[str, dict[str, Any]]:
    made = box.call("POST", "/jobs/ingest", {"object": "Lead", **job})
    assert made.status_code == 200, made.text
    path = f"/jobs/ingest/{made.json()['id']}"
    upload = box.http.put(DATA + path + "/batches", content=content.encode(), headers={"Content-Type": "text/csv"})
    assert upload.status_code == 201, upload.text
    assert box.call("PATCH", path, {"state": "UploadComplete"}).status_code == 200
    return path, finished(box, "ingest", made.json()["id"])


def test_a_query_in_pages(serve: Serve) -> None:
    people = tuple(
        SeedPerson(f"p{n}", {"last_name": f"P{n}", "email": f"p{n}@x.example"}, ago(days=1)) for n in range(25)
    )
    box = serve(OrgSettings(bulk_page_size=10), base=Base(people))
    path = f"/jobs/query/{queried(box, 'SELECT Id, LastName, CreatedDate, IsConverted, Title FROM Lead')}/results"
    names, locator, pages = [], "", 0
    while locator != "null":
        reply = box.call("GET", f"{path}?locator={locator}" if locator else path)
        page = rows(reply.text)
        assert reply.headers["Sforce-NumberOfRecords"] == str(len(page))
        names += [row["LastName"] for row in page]
        locator, pages = reply.headers["Sforce-Locator"], pages + 1
    assert (names, pages) == ([f"P{n}" for n in range(25)], 3)
    assert page[0] | {"Id": ""} == {
        "Id": "", "LastName": "P20", "CreatedDate": "2026-11-19T12:00:00.000Z", "IsConverted": "false", "Title": "",
    }  # fmt: skip
    assert len(rows(box.call("GET", f"{path}?maxRecords=7").text)) == 7
    assert box.call("GET", f"{path}?locator=%21%21").status_code == 400


def test_query_all_and_relationships(box: Box) -> None:
    job = queried(box, "SELECT Subject, Who.Name, IsArchived FROM Task WHERE TaskSubtype = 'Call'", "queryAll")
    found = rows(box.call("GET", f"/jobs/query/{job}/results").text)
    assert found == [{"Subject": "Llamada", "Who.Name": "Ana García", "IsArchived": "true"}]


def test_what_a_bulk_query_cannot_do(box: Box) -> None:
    for text in (
        "SELECT Address FROM Lead",
        "SELECT COUNT() FROM Lead",
        "SELECT Status, COUNT(Id) FROM Lead GROUP BY Status",
        "SELECT Id, (SELECT Id FROM Tasks) FROM Lead",
    ):
        reply = box.call("POST", "/jobs/query", {"operation": "query", "query": text})
        assert reply.json()[0]["errorCode"] == "FUNCTIONALITY_NOT_ENABLED", text
    reply = box.call("POST", "/jobs/query", {"operation": "query", "query": "SELECT Nope FROM Lead"})
    assert reply.json()[0]["errorCode"] == "INVALID_FIELD"


def test_results_wait_for_the_job(box: Box) -> None:
    job = box.call("POST", "/jobs/query", {"operation": "query", "query": "SELECT Id FROM Lead"}).json()["id"]
    assert box.call("GET", f"/jobs/query/{job}/results").json()[0]["errorCode"] == "INVALIDJOBSTATE"
    assert [box.call("GET", f"/jobs/query/{job}").json()["state"] for _ in range(3)] == [
        "InProgress",
        "JobComplete",
        "JobComplete",
    ]
    assert box.call("GET", f"/jobs/ingest/{job}").status_code == 404
    assert job in [one["id"] for one in box.call("GET", "/jobs/query").json()["records"]]
    assert box.call("DELETE", f"/jobs/query/{job}").status_code == 204


def test_updates_with_partial_failure(box: Box) -> None:
    ana, luis = box.person("ana"), box.person("luis")
    text = f'Id,Title,Phone\n{ana},"CMO, ""interina""",\n{luis[:15]},{"x" * 129},1\nnope,x,\n'
    path, job = ingested(box, text, operation="update")
    assert (job["state"], job["numberRecordsProcessed"], job["numberRecordsFailed"]) == ("JobComplete", 3, 2)
    good = rows(box.call("GET", f"{path}/successfulResults").text)
    assert good == [{"sf__Id": ana, "sf__Created": "false", "Id": ana, "Title": 'CMO, "interina"', "Phone": ""}]
    bad = rows(box.call("GET", f"{path}/failedResults").text)
    assert [row["sf__Id"] for row in bad] == [luis, ""]
    assert bad[0]["sf__Error"].startswith("STRING_TOO_LONG:Title: data value too large")
    assert bad[0]["sf__Error"].endswith(":Title --")
    lead = box.call("GET", f"/sobjects/Lead/{ana}").json()
    assert (lead["Title"], lead["OwnerId"]) == ('CMO, "interina"', box.rep())
    assert box.call("GET", f"{path}/unprocessedrecords").text.strip() == "Id,Title,Phone"


def test_no_value_empties_and_an_empty_one_leaves_alone(box: Box) -> None:
    ana = box.person("ana")
    ingested(box, f"Id,Title,Email\n{ana},#N/A,\n", operation="update")
    lead = box.call("GET", f"/sobjects/Lead/{ana}").json()
    assert (lead["Title"], lead["Email"]) == (None, "ana@lumina.example")


def test_inserts_assign_only_by_the_rule_of_the_job(box: Box) -> None:
    text = "LastName,Company,NumberOfEmployees,HasOptedOutOfEmail\nUno,x,12,true\n"
    path, _ = ingested(box, text, operation="insert")
    made = rows(box.call("GET", f"{path}/successfulResults").text)[0]
    assert made["sf__Created"] == "true"
    lead = box.call("GET", f"/sobjects/Lead/{made['sf__Id']}").json()
    assert (lead["NumberOfEmployees"], lead["HasOptedOutOfEmail"]) == (12, True)
    assert box.control("state")["assignments"] == []
    ingested(box, text, operation="insert", assignmentRuleId="01Q5e0000000001")
    assert len(box.control("state")["assignments"]) == 1


def test_upserts_by_key_and_deletes(box: Box) -> None:
    text = "External_Id__c;LastName;Company\r\nEXT-1;García;Lumina\r\nN-1;Nueva;x\r\n"
    path, job = ingested(
        box,
        text,
        operation="upsert",
        externalIdFieldName="External_Id__c",
        columnDelimiter="SEMICOLON",
        lineEnding="CRLF",
    )
    assert job["numberRecordsFailed"] == 0
    reply = box.call("GET", f"{path}/successfulResults").text
    assert reply.startswith('"sf__Id";"sf__Created";External_Id__c;LastName;Company\r\n')
    created = [line.split(";")[1] for line in reply.splitlines()[1:]]
    assert created == ['"false"', '"true"']
    made = box.query("SELECT Id FROM Lead WHERE External_Id__c = 'N-1'")[0]["Id"]
    _, job = ingested(box, f"Id\n{made}\n", operation="delete")
    assert (job["numberRecordsFailed"], box.query("SELECT Id FROM Lead WHERE External_Id__c = 'N-1'")) == (0, [])


def test_a_job_that_is_not_as_it_should_be(box: Box) -> None:
    def code(**job: Any) -> str:
        return str(box.call("POST", "/jobs/ingest", job).json()[0]["errorCode"])

    assert code(object="Foo", operation="insert") == "INVALIDENTITY"
    assert code(object="Lead", operation="sing") == "INVALIDOPERATION"
    assert code(object="Lead", operation="upsert") == "INVALIDJOB"
    assert code(object="Lead", operation="insert", contentType="JSON") == "INVALIDJOB"
    job = box.call("POST", "/jobs/ingest", {"object": "Lead", "operation": "insert"}).json()["id"]
    path = f"{DATA}/jobs/ingest/{job}"
    assert box.http.put(f"{path}/batches", content="x").status_code == 400
    assert box.http.patch(path, json={"state": "Aborted"}).json()["state"] == "Aborted"
    assert box.http.patch(path, json={"state": "UploadComplete"}).status_code == 400
    assert box.http.put(f"{path}/batches", content="x", headers={"Content-Type": "text/csv"}).status_code == 400
    _, broken = ingested(box, 'LastName,Company\n"x', operation="insert")
    assert broken["state"] == "Failed"
