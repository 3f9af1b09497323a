"""simple-salesforce, which was not written for the sandbox, works with it unchanged.

It knows https only; its session is given an adapter that goes to the loopback instead.
"""

from __future__ import annotations

import io
import time
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import (
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceResourceNotFound,
)

from sandbox.salesforce.settings import OrgSettings

from .conftest import Box, Serve
from .packages import whole_package
from .test_access import PRIVATE, PUBLIC


class Loopback(HTTPAdapter):
    """Send what is meant for https to a plain address."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def send(self, request: requests.PreparedRequest, *given: Any, **named: Any) -> requests.Response:
        rest = (request.url or "").split("/", 3)[3]
        request.url = f"{self._url}/{rest}"
        return super().send(request, *given, **named)


@pytest.fixture
def client(box: Box) -> Salesforce:
    session = requests.Session()
    session.mount("https://", Loopback(box.url))
    return Salesforce(
        consumer_key="sandbox-client-id",
        consumer_secret="sandbox-client-secret",
        domain="sandbox.my",
        session=session,
        version="66.0",
    )


def test_records(client: Salesforce, box: Box) -> None:
    made = client.Lead.create({"LastName": "Nueva", "Company": "x"}, headers={"Sforce-Auto-Assign": "FALSE"})
    assert made["success"] is True
    assert client.Lead.update(made["id"], {"Title": "CMO"}) == 204
    assert client.Lead.get(made["id"])["Title"] == "CMO"
    assert client.Lead.upsert("External_Id__c/K-1", {"LastName": "N", "Company": "x"}) == 201
    assert client.Lead.upsert("External_Id__c/K-1", {"Title": "y"}) == 200
    assert client.Lead.get_by_custom_id("External_Id__c", "K-1")["Title"] == "y"
    assert client.Lead.delete(made["id"]) == 204
    with pytest.raises(SalesforceResourceNotFound):
        client.Lead.get(made["id"])


def test_refusals(client: Salesforce, box: Box) -> None:
    with pytest.raises(SalesforceMalformedRequest) as caught:
        client.Lead.create({"LastName": "x"})
    assert caught.value.content[0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    for _ in range(2):
        client.Lead.create({"LastName": "x", "Company": "x", "External_Id__c": "two"})
    with pytest.raises(SalesforceMoreThanOneRecord):
        client.Lead.upsert("External_Id__c/two", {"Title": "x"})


def test_queries_and_pages(client: Salesforce, box: Box) -> None:
    box.control("settings", {"page_size": 2})
    assert client.query("SELECT COUNT() FROM Lead")["totalSize"] == 4
    assert len(list(client.query_all_iter("SELECT Id, Name FROM Lead"))) == 4
    assert client.query_all("SELECT Id FROM Lead", include_deleted=True)["totalSize"] == 6


def test_descriptions(client: Salesforce) -> None:
    assert client.Lead.describe()["keyPrefix"] == "00Q"
    assert "Lead" in {one["name"] for one in client.describe()["sobjects"]}
    assert client.Lead.metadata()["objectDescribe"]["name"] == "Lead"
    assert client.limits()["DailyApiRequests"]["Max"] == 100_000
    client.Lead.describe()
    assert client.api_usage["api-usage"].total == 100_000


def test_composite(client: Salesforce, box: Box) -> None:
    records = [{"attributes": {"type": "Lead"}, "id": box.person("ana"), "Title": "x"}]
    found = client.restful("composite/sobjects", method="PATCH", json={"allOrNone": False, "records": records})
    assert found[0]["success"] is True


def test_bulk_2(client: Salesforce, box: Box) -> None:
    pages = list(client.bulk2.Lead.query("SELECT Id, LastName FROM Lead", wait=1))
    assert sum(page.count("\n") - 1 for page in pages) == 4
    results = client.bulk2.Lead.insert(
        records=[{"LastName": "Uno", "Company": "x"}, {"LastName": "Dos", "Company": ""}]
    )
    assert (results[0]["numberRecordsProcessed"], results[0]["numberRecordsFailed"]) == (2, 1)
    failed = client.bulk2.Lead.get_failed_records(results[0]["job_id"])
    assert "REQUIRED_FIELD_MISSING" in failed


def test_deployments(client: Salesforce, box: Box) -> None:
    found = client.deploy(io.BytesIO(whole_package()), sandbox=False, checkOnly=False)
    assert found["state"] == "Queued"
    states = [client.checkDeployStatus(found["asyncId"])["state"] for _ in range(2)]
    assert states == ["InProgress", "Succeeded"]
    assert "Lead.Puente_Stage__c" in box.control("state")["custom_fields"]


def test_the_metadata_calls_of_its_wsdl(client: Salesforce, box: Box) -> None:
    mdapi = client.mdapi
    # Its SOAP calls go out by a session of their own.
    mdapi._client.transport.session.mount("https://", Loopback(box.url))
    field = mdapi.CustomField(fullName="Lead.Nivel__c", label="Nivel", type=mdapi.FieldType("Text"), length=20)
    mdapi.CustomField.create(field)
    assert "Lead.Nivel__c" in box.control("state")["custom_fields"]
    mdapi.CustomField.delete("Lead.Nivel__c")
    assert "Lead.Nivel__c" not in box.control("state")["custom_fields"]


def test_an_expired_session(serve: Serve) -> None:
    box = serve()
    session = requests.Session()
    session.mount("https://", Loopback(box.url))
    client = Salesforce(instance="sandbox.my.salesforce.com", session_id="00D!old", session=session, version="66.0")
    with pytest.raises(SalesforceExpiredSession):
        client.query("SELECT Id FROM Lead")


def test_a_signed_assertion(serve: Serve) -> None:
    # simple-salesforce says when its assertion ends by its own clock.
    box = serve(OrgSettings(public_key=PUBLIC, my_domain="https://sandbox.my.salesforce.com"))
    box.clock.now = time.time()
    session = requests.Session()
    session.mount("https://", Loopback(box.url))
    client = Salesforce(
        username=OrgSettings().username,
        consumer_key="sandbox-client-id",
        privatekey=PRIVATE,
        domain="sandbox.my",
        session=session,
        version="66.0",
    )
    assert client.query("SELECT COUNT() FROM Lead")["totalSize"] == 4
