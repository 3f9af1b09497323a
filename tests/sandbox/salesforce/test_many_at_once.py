"""Collections and composite calls: one answer per record, one API call, references, all or none."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from sandbox.salesforce.settings import OrgSettings

from .conftest import DATA, Box, Serve

LOCKED = "unable to obtain exclusive access to this record"


def lead(**values: Any) -> dict[str, Any]:
    return {"attributes": {"type": "Lead"}, **values}


def composite(box: Box, *requests: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    numbered = [{"referenceId": f"r{at}", "method": "GET", **one} for at, one in enumerate(requests)]
    reply = box.call("POST", "/composite", {"compositeRequest": numbered, **more})
    assert reply.status_code == 200, reply.text
    found = reply.json()["compositeResponse"]
    assert isinstance(found, list)
    return found


def test_one_bad_record_does_not_stop_the_others(box: Box) -> None:
    ana, luis = box.person("ana"), box.person("luis")
    records = [lead(id=ana, Title="CMO"), lead(id=luis, Title="x" * 129), lead(id=luis[:15], Title="CEO")]
    reply = box.call("PATCH", "/composite/sobjects", {"records": records}, Sforce_Auto_Assign="FALSE")
    assert reply.status_code == 200
    first, second, third = reply.json()
    assert (first, third) == ({"id": ana, "success": True, "errors": []}, {"id": luis, "success": True, "errors": []})
    assert second["errors"][0]["statusCode"] == "STRING_TOO_LONG"
    assert box.call("GET", f"/sobjects/Lead/{luis}").json()["Title"] == "CEO"
    assert box.control("journal")["entries"][-2]["touched"] == [f"Lead:{ana}", f"Lead:{luis}"]


def test_two_hundred_records_at_most_and_ten_changes_of_type(box: Box) -> None:
    many = {"records": [lead(LastName=str(number), Company="x") for number in range(201)]}
    assert box.call("POST", "/composite/sobjects", many).json()[0]["errorCode"] == "EXCEEDED_ID_LIMIT"
    mixed: list[dict[str, Any]] = [
        {"attributes": {"type": kind}, "LastName": "x", **({"Company": "x"} if kind == "Lead" else {})}
        for _ in range(6)
        for kind in ("Lead", "Contact")
    ]
    assert box.call("POST", "/composite/sobjects", {"records": mixed}).json()[0]["errorCode"] == "LIMIT_EXCEEDED"
    ordered = sorted(mixed, key=lambda one: str(one["attributes"]["type"]))
    assert all(one["success"] for one in box.call("POST", "/composite/sobjects", {"records": ordered}).json())


def test_types_that_do_not_exist_fail_alone(box: Box) -> None:
    records = [{"attributes": {"type": "Foo"}}, lead(LastName="x", Company="x")]
    first, second = box.call("POST", "/composite/sobjects", {"records": records}).json()
    assert (first["errors"][0]["statusCode"], second["success"]) == ("INVALID_TYPE", True)


def test_reading_many_gives_null_for_what_is_not_there(box: Box) -> None:
    body = {"ids": [box.person("ana"), "00Q5e0000000zzz"], "fields": ["Name", "Email"]}
    found = box.call("POST", "/composite/sobjects/Lead", body).json()
    assert (found[0]["Name"], found[1]) == ("Ana García", None)
    ids = ",".join(body["ids"])
    assert box.call("GET", f"/composite/sobjects/Lead?ids={ids}&fields=Name,Email").json() == found


def test_deleting_many(box: Box) -> None:
    ids = f"{box.person('ana')},{box.person('luis')},nope"
    results = box.http.delete(f"{DATA}/composite/sobjects", params={"ids": ids}).json()
    assert [one["success"] for one in results] == [True, True, False]


def test_upserting_many_by_key(box: Box) -> None:
    records = [
        lead(External_Id__c="EXT-1", Title="CMO"),
        lead(External_Id__c="N-1", LastName="x", Company="x"),
        lead(External_Id__c="N-2"),
    ]
    path = "/composite/sobjects/Lead/External_Id__c"
    results = box.call("PATCH", path, {"records": records}, Sforce_Auto_Assign="FALSE").json()
    assert [one.get("created") for one in results] == [False, True, None]
    assert results[2]["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"


def test_a_composite_is_one_call(box: Box) -> None:
    used = int(box.call("GET", "/limits").headers["Sforce-Limit-Info"].partition("=")[2].partition("/")[0])
    answers = composite(box, *({"url": f"{DATA}/query?q=SELECT Id FROM Lead"} for _ in range(5)))
    assert [one["httpStatusCode"] for one in answers] == [200] * 5
    assert box.call("GET", "/limits").headers["Sforce-Limit-Info"] == f"api-usage={used + 2}/100000"


def test_a_composite_has_its_limits(box: Box) -> None:
    def code(requests: list[dict[str, Any]]) -> str:
        reply = box.call("POST", "/composite", {"compositeRequest": requests})
        return str(reply.json()[0]["errorCode"])

    row = {"method": "GET", "url": f"{DATA}/sobjects/Lead"}
    query = {"method": "GET", "url": f"{DATA}/query?q=SELECT Id FROM Lead"}
    assert code([{**row, "referenceId": f"r{at}"} for at in range(26)]) == "LIMIT_EXCEEDED"
    assert code([{**query, "referenceId": f"r{at}"} for at in range(6)]) == "LIMIT_EXCEEDED"
    assert code([{**row, "referenceId": "same"}] * 2) == "INVALID_INPUT"
    assert code([]) == "LIMIT_EXCEEDED"


def test_later_requests_refer_to_earlier_answers(box: Box) -> None:
    answers = composite(
        box,
        {"method": "POST", "url": f"{DATA}/sobjects/Account", "body": {"Name": "Nueva"}},
        {"method": "POST", "url": f"{DATA}/sobjects/Contact", "body": {"LastName": "x", "AccountId": "@{r0.id}"}},
        {"url": f"{DATA}/sobjects/Contact/@{{r1.id}}?fields=AccountId"},
        {"url": f"{DATA}/query?q=SELECT Id FROM Contact WHERE LastName = 'x'"},
        {"url": f"{DATA}/sobjects/Contact/@{{r3.records[0].Id}}"},
        {"url": f"{DATA}/sobjects/Contact/@{{r3.records[9].Id}}"},
    )
    assert [one["httpStatusCode"] for one in answers] == [201, 201, 200, 200, 200, 400]
    assert answers[2]["body"]["AccountId"] == answers[0]["body"]["id"]
    assert answers[0]["httpHeaders"] == {"Location": f"{DATA}/sobjects/Account/{answers[0]['body']['id']}"}
    assert answers[5]["body"][0]["errorCode"] == "PROCESSING_HALTED"


def test_all_or_none_takes_everything_back(box: Box) -> None:
    answers = composite(
        box,
        {"method": "POST", "url": f"{DATA}/sobjects/Account", "body": {"Name": "Nueva"}},
        {"method": "POST", "url": f"{DATA}/sobjects/Account", "body": {}},
        allOrNone=True,
    )
    assert [one["body"][0]["errorCode"] for one in answers] == ["PROCESSING_HALTED", "REQUIRED_FIELD_MISSING"]
    assert box.query("SELECT Id FROM Account WHERE Name = 'Nueva'") == []


def test_the_header_of_a_subrequest_is_what_counts(box: Box, serve: Serve) -> None:
    def owners(one: Box, outer: str, inner: dict[str, str]) -> set[str]:
        ana = one.person("ana")
        patch = {"method": "PATCH", "url": f"{DATA}/sobjects/Lead/{ana}", "body": {"Title": outer + str(inner)}}
        body = {"compositeRequest": [{**patch, "referenceId": "a", "httpHeaders": inner}]}
        assert one.call("POST", "/composite", body, Sforce_Auto_Assign=outer).status_code == 200
        return {entry["id"] for entry in one.control("state")["assignments"]}

    no = {"Sforce-Auto-Assign": "FALSE"}
    assert owners(box, "TRUE", no) == set()
    assert owners(box, "FALSE", {}) == {box.person("ana")}
    assert owners(serve(OrgSettings(composite_headers_propagate=True)), "FALSE", {}) == set()


def test_nothing_strange_fits_into_a_composite(box: Box) -> None:
    answers = composite(
        box,
        {"url": "/services/oauth2/userinfo"},
        {"url": f"{DATA}/sobjects/Lead", "httpHeaders": {"Authorization": "Bearer x"}},
        {"url": "https://example.com/"},
    )
    assert [one["httpStatusCode"] for one in answers] == [400, 400, 400]


def test_text_in_a_query_of_a_composite_stays_whole(box: Box) -> None:
    name = "O'Brien & Söhne + 100% #1"
    box.call("POST", "/sobjects/Account", {"Name": name})
    soql = quote("SELECT Name FROM Account WHERE Name = 'O\\'Brien & Söhne + 100% #1'")
    assert composite(box, {"url": f"{DATA}/query?q={soql}"})[0]["body"]["records"][0]["Name"] == name


def test_batches_count_every_request(box: Box) -> None:
    used = int(box.call("GET", "/limits").headers["Sforce-Limit-Info"].partition("=")[2].partition("/")[0])
    body = {
        "batchRequests": [
            {"method": "GET", "url": "v66.0/query?q=SELECT+COUNT()+FROM+Lead"},
            {"method": "PATCH", "url": f"v66.0/sobjects/Lead/{box.person('ana')}", "richInput": {"Nope": 1}},
            {"method": "GET", "url": "v66.0/sobjects/Lead/describe"},
        ]
    }
    found = box.call("POST", "/composite/batch", body).json()
    assert found["hasErrors"] is True
    assert [one["statusCode"] for one in found["results"]] == [200, 400, 200]
    spent = int(box.call("GET", "/limits").headers["Sforce-Limit-Info"].partition("=")[2].partition("/")[0]) - used
    assert spent == 7  # two queries for the id, the batch, three inside, the limits themselves
    halted = box.call("POST", "/composite/batch", body | {"haltOnError": True}).json()["results"]
    assert [one["statusCode"] for one in halted] == [200, 400, 412]


def test_scripted_records_fail_among_others(box: Box) -> None:
    ana, luis = box.person("ana"), box.person("luis")
    box.control("faults", {"rules": [{"match": "PATCH .*/composite/sobjects$", "fail_ids": [luis[:15]]}]})
    body = {"records": [lead(id=ana, Title="a"), lead(id=luis, Title="b")]}
    results = box.call("PATCH", "/composite/sobjects", body).json()
    assert [one["success"] for one in results] == [True, False]
    assert results[1]["errors"] == [{"statusCode": "UNABLE_TO_LOCK_ROW", "message": LOCKED, "fields": []}]
    assert [one["success"] for one in box.call("PATCH", "/composite/sobjects", body).json()] == [True, True]


def test_scripted_subrequests_fail_among_others(box: Box) -> None:
    rules = [{"match": "<GET> .*FROM Task", "status": 400, "policy": "QUERY_TIMEOUT"}]
    box.control("faults", {"rules": rules})
    requests = [{"url": f"{DATA}/query?q=SELECT Id FROM {kind}"} for kind in ("Lead", "Task", "Event")]
    answers = composite(box, *requests)
    assert [one["httpStatusCode"] for one in answers] == [200, 400, 200]
    assert answers[1]["body"][0]["errorCode"] == "QUERY_TIMEOUT"
    assert [one["httpStatusCode"] for one in composite(box, *requests)] == [200, 200, 200]
