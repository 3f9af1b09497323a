"""Scripted mishaps happen as told; the control addresses steer the org and stay out of its journal."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from sandbox.salesforce.routes import ENDPOINTS
from sandbox.server import SandboxSettings, build_app, serve_in_process, serve_in_thread

from .conftest import DATA, Box, ManualClock, Serve, small_base

QUERY = f"{DATA}/query"
SOQL = {"q": "SELECT Id FROM Lead"}


def scripted(box: Box, **rule: Any) -> httpx.Response:
    box.control("faults", {"rules": [{"match": "GET .*/query", **rule}]})
    return box.http.get(QUERY, params=SOQL)


@pytest.mark.parametrize(
    ("rule", "status", "code", "message"),
    [
        ({"status": 401}, 401, "INVALID_SESSION_ID", "Session expired or invalid"),
        ({"status": 403}, 403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
        (
            {"status": 403, "policy": "CONCURRENT"},
            403,
            "REQUEST_LIMIT_EXCEEDED",
            "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
        ),
        ({"status": 503}, 503, "SERVER_UNAVAILABLE", "Server Unavailable"),
        ({"status": 500}, 500, "UNKNOWN_EXCEPTION", "An unexpected error occurred."),
        ({"status": 400, "policy": "QUERY_TIMEOUT"}, 400, "QUERY_TIMEOUT", "running for too long"),
        ({"status": 400, "policy": "OPERATION_TOO_LARGE"}, 400, "OPERATION_TOO_LARGE", "exceeded 100000 distinct"),
        ({"status": 400}, 400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access"),
    ],
)
def test_a_scripted_status_has_salesforces_words(
    box: Box, rule: dict[str, Any], status: int, code: str, message: str
) -> None:
    reply = scripted(box, **rule)
    assert (reply.status_code, reply.json()[0]["errorCode"]) == (status, code)
    assert message in reply.json()[0]["message"]
    assert box.http.get(QUERY, params=SOQL).status_code == 200


def test_a_page_instead_of_json(box: Box) -> None:
    reply = scripted(box, status=503, html=True, retry_after=7)
    assert (reply.status_code, reply.headers["Content-Type"], reply.headers["Retry-After"]) == (
        503,
        "text/html; charset=UTF-8",
        "7",
    )
    assert "<html>" in reply.text


def test_a_body_of_ones_own(box: Box) -> None:
    assert scripted(box, status=420, body=[{"errorCode": "X", "message": "y"}]).json()[0]["errorCode"] == "X"
    assert scripted(box, status=200, body={"totalSize": 0, "done": True, "records": []}).json()["totalSize"] == 0


def test_a_dropped_connection(box: Box) -> None:
    with pytest.raises(httpx.TransportError):
        scripted(box, reset=True)
    assert box.control("journal")["entries"][-1]["status"] == 0


def test_an_answer_lost_after_the_work_was_done(box: Box) -> None:
    rule = {"match": "POST .*/sobjects/Task", "status": 502, "after_commit": True}
    box.control("faults", {"rules": [rule]})
    reply = box.call("POST", "/sobjects/Task", {"Subject": "Una vez"})
    assert reply.status_code == 502
    assert len(box.query("SELECT Id FROM Task WHERE Subject = 'Una vez'")) == 1


def test_a_token_that_expires_and_one_that_never_heals(box: Box) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": "sandbox-client-id",
        "client_secret": "sandbox-client-secret",
    }

    def session() -> dict[str, str]:
        token = httpx.post(f"{box.url}/services/oauth2/token", data=form).json()["access_token"]
        return {"Authorization": f"Bearer {token}"}

    mine = session()
    box.control("faults", {"rules": [{"match": "/query", "expire_token": True}]})
    statuses = [httpx.get(box.url + QUERY, params=SOQL, headers=mine).status_code for _ in range(2)]
    assert statuses == [401, 401]
    assert httpx.get(box.url + QUERY, params=SOQL, headers=session()).status_code == 200
    box.control("faults", {"rules": [{"match": "/query", "expire_token": True, "times": None}]})
    assert [httpx.get(box.url + QUERY, params=SOQL, headers=session()).status_code for _ in range(3)] == [401] * 3


def test_fields_may_be_refused_for_a_while(box: Box) -> None:
    box.control("faults", {"rules": [{"match": "PATCH", "refuse_fields": ["Title"]}]})
    ana = box.person("ana")
    reply = box.call("PATCH", f"/sobjects/Lead/{ana}", {"Title": "x"})
    assert reply.json()[0]["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert box.call("PATCH", f"/sobjects/Lead/{ana}", {"Title": "x"}).status_code == 204


def test_the_journal_names_what_was_written(box: Box) -> None:
    ana = box.person("ana")
    start = box.control("journal")["last"]
    box.call("PATCH", f"/sobjects/Lead/{ana}", {"Title": "x"})
    entries = box.http.get("/_sandbox/journal", params={"since": start}).json()["entries"]
    assert [(one["method"], one["endpoint"], one["status"], one["touched"]) for one in entries] == [
        ("PATCH", "PATCH /services/data/{version}/sobjects/{sobject}/{id}", 204, [f"Lead:{ana}"])
    ]
    assert entries[0]["caller"].startswith("0055e0000000002")


def test_reset_brings_the_base_back(box: Box) -> None:
    before = box.control("state")
    box.control("edit", {"person": "ana@lumina.example", "set": {"Title": "x"}})
    box.control("faults", {"rules": [{"match": "x", "status": 500}]})
    assert box.control("state") != before
    assert box.control("reset", {})["ok"]
    assert box.control("state") == before
    assert box.control("faults")["rules"] == []
    assert box.control("journal") == {"entries": [], "last": 0}


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("faults", {"rules": [{"match": "x", "colour": "red"}]}),
        ("faults", {"rules": 5}),
        ("settings", {"colour": "red"}),
        ("settings", {"page_size": "many"}),
        ("settings", {"duplicate_rules": "sometimes"}),
        ("settings", {"validation_rules": [{"object_type": "Lead"}]}),
        ("timeline", {"person": "ana@lumina.example", "event": {"kind": "x", "colour": "red"}}),
        ("timeline", {"person": "ana@lumina.example", "event": {"kind": "x", "occurred_at": "soon"}}),
        ("timeline", {"person": "ana@lumina.example", "event": 5}),
        ("edit", {"person": "ana@lumina.example"}),
        ("edit", {"person": "ana@lumina.example", "set": {"Nope": 1}}),
        ("merge", {"from": "x"}),
    ],
)
def test_wrong_orders_are_refused_with_a_reason(box: Box, name: str, body: dict[str, Any]) -> None:
    reply = box.http.post(f"/_sandbox/{name}", json=body)
    assert (reply.status_code, bool(reply.json()["error"])) == (400, True)


def test_orders_about_nobody_are_not_found(box: Box) -> None:
    assert box.http.post("/_sandbox/delete", json={"person": "nobody@example.org"}).status_code == 404
    assert box.http.post("/_sandbox/edit", json={"person": "00Q5e0000000zzz", "set": {}}).status_code == 404


def test_settings_are_shown_without_secrets(box: Box) -> None:
    found = box.control("settings", {"page_size": 10})
    assert found["page_size"] == 10
    assert not {"client_secret", "static_token"} & set(found)


def test_the_page_shows_people_and_new_tasks(box: Box) -> None:
    box.call("POST", "/sobjects/Task", {"Subject": "Llamar a <Ana>", "WhoId": box.person("ana")})
    page = box.http.get("/").text
    assert "Ana García" in page
    assert "Llamar a &lt;Ana&gt;" in page
    assert "[not provided]" not in page


def test_a_delay_waits_without_holding_anybody_up() -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    rules = [{"match": "versions|data$", "delay_seconds": 3.5}]
    settings = SandboxSettings(base=small_base(), clock=ManualClock(), crm="salesforce", sleep=sleep, faults=rules)
    app = build_app(settings)

    async def ask() -> int:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://sandbox") as client:
            return (await client.get("/services/data")).status_code

    assert asyncio.run(ask()) == 200
    assert waited == [3.5]
    app.state.close()


def test_it_runs_in_a_process_of_its_own() -> None:
    with serve_in_process("--crm", "salesforce", "--people", "8", "--seed", "2") as url:
        state = httpx.get(f"{url}/_sandbox/state", timeout=20).json()
        assert (state["crm"], len([one for one in state["people"] if not one["archived"]])) == ("salesforce", 8)


def test_an_unknown_crm_is_refused() -> None:
    with pytest.raises(ValueError, match="known are"), serve_in_thread(SandboxSettings(crm="notes")):
        raise AssertionError("it was served")


HOSTILE: list[Any] = [
    None, [], "x", 5, {"records": 5}, {"records": [5]}, {"records": [{"attributes": 5}]}, {"compositeRequest": [5]},
    {"compositeRequest": [{"method": 5, "url": 5, "referenceId": 5}]}, {"ids": 5, "fields": 5}, {"state": []},
    {"object": 5, "operation": []}, {"operation": "query", "query": 5}, {"batchRequests": [5]}, {"LastName": {"a": 1}},
    {"FullName": 5, "Metadata": 5}, {"deployOptions": 5},
]  # fmt: skip


@pytest.mark.parametrize("body", HOSTILE, ids=[str(one)[:40] for one in HOSTILE])
def test_hostile_bodies_get_a_refusal_never_a_broken_server(serve: Serve, body: Any) -> None:
    box = serve()
    samples = {"version": "v66.0", "sobject": "Lead", "id": box.person("ana"), "field": "External_Id__c", "value": "x"}
    for endpoint in ENDPOINTS:
        if endpoint.method in ("POST", "PATCH", "PUT"):
            path = endpoint.address
            for name in ("version", "sobject", "id", "field", "value", "job", "deploy", "locator", "number"):
                path = path.replace(f"{{{name}}}", samples.get(name, "x"))
            reply = box.http.request(endpoint.method, path, json=body)
            refused = reply.status_code < 500 or "faultcode" in reply.text
            assert refused, (endpoint.name, reply.text)
