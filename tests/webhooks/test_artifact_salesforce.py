"""Run the artifacts for a Salesforce organisation: its messages and its change events end in written records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from adapters.salesforce.connection import SalesforceConnection
from adapters.salesforce.install import install
from sandbox.server import serve_in_process
from tests.adapters.salesforce_messages import change_event
from tests.contract.salesforce_world import CLIENT_ID, CLIENT_SECRET
from tests.webhooks.cloud import Cloud, environment, store_secrets
from tests.webhooks.functions import BUS, ONLY_LINUX, Deployed, gateway, unpack
from tests.webhooks.lambda_runtime import RuntimeApi, start_function
from webhooks.bundle import Artifact

TOKEN = "webhook-token"
USERNAME = "integration@sandbox.example.com"
CREDENTIAL = {
    "client_credentials": "PUENTE_SALESFORCE__CLIENT_SECRET=/puente/test/salesforce-secret",
    "jwt_bearer": "PUENTE_SALESFORCE__PRIVATE_KEY=/puente/test/private-key",
}
DEMO = {"kind": "form_submitted", "form": "Solicitar demo"}
pytestmark = ONLY_LINUX


@dataclass
class SalesforceFunctions(Deployed):
    """Hold the functions an organisation rings at, too."""

    door: str
    take_change: RuntimeApi

    def person(self) -> str:
        people = self.ask("GET", "state")["people"]
        return str(next(one["id"] for one in people if one["object_type"] == "Lead" and not one["archived"]))

    def stage(self, person: str) -> str | None:
        people = self.ask("GET", "state")["people"]
        found: dict[str, Any] = next(one["properties"] for one in people if one["id"] == person)
        stage: str | None = found.get("Puente_Stage__c")
        return stage

    def tasks(self, person: str) -> list[Any]:
        tasks = [one["properties"] for one in self.ask("GET", "state")["tasks"]]
        return [one for one in tasks if one.get("Puente_Task_Key__c") and one.get("WhoId") == person]

    def writes(self, since: int) -> list[Any]:
        return [one for one in self.ask("GET", f"journal?since={since}")["entries"] if one["touched"]]


@pytest.fixture
def flow(request: pytest.FixtureRequest) -> str:
    """Name the way the worker logs in."""
    return str(getattr(request, "param", "client_credentials"))


def store_private_key(cloud: Cloud, organization: str) -> None:
    """Make a key pair: the organisation gets the public half, the worker the other."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    settings = {"public_key": public.decode()}
    httpx.post(f"{organization}/_sandbox/settings", json=settings, trust_env=False).raise_for_status()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    store_secrets(cloud, {"private-key": private.decode()})


@pytest.fixture
def deployed(artifacts: dict[str, Artifact], cloud: Cloud, tmp_path: Path, flow: str) -> Iterator[SalesforceFunctions]:
    receiver, worker = (unpack(artifacts[name], tmp_path) for name in ("receiver", "worker"))
    store_secrets(cloud, {"webhook-token": TOKEN, "client-id": CLIENT_ID, "salesforce-secret": CLIENT_SECRET})
    queue_url = cloud.make_queue()
    with serve_in_process("--crm", "salesforce", "--people", "12", "--seed", "3") as organization, gateway() as door:
        connection = SalesforceConnection(
            instance_url=organization, client_id=CLIENT_ID, client_secret=CLIENT_SECRET
        )  # fmt: skip
        install(connection, "es")
        store_private_key(cloud, organization)
        state = httpx.get(f"{organization}/_sandbox/state", trust_env=False).json()
        both = {
            **environment(cloud), "PUENTE_CRM": "salesforce", "PUENTE_QUEUE": queue_url,
            "PUENTE_SALESFORCE__ORGANIZATION_ID": state["organization_id"],
            "PUENTE_SALESFORCE__INTEGRATION_USER_ID": state["integration_user"],
        }  # fmt: skip
        of_receiver = {**both, "PUENTE_PARAMETERS": "PUENTE_SALESFORCE__WEBHOOK_TOKEN=/puente/test/webhook-token"}
        of_worker = {
            **both, "PUENTE_STATE": f"dynamodb://{cloud.make_table().name}",
            "PUENTE_SALESFORCE__INSTANCE_URL": organization,
            "PUENTE_PARAMETERS": f"PUENTE_SALESFORCE__CLIENT_ID=/puente/test/client-id {CREDENTIAL[flow]}",
            "PUENTE_SALESFORCE__USERNAME": USERNAME,
        }  # fmt: skip
        with (
            start_function(receiver, "webhooks/receive.receive_salesforce", of_receiver, tmp_path) as receive,
            start_function(receiver, "webhooks/receive.receive_salesforce_cdc", both, tmp_path) as take_change,
            start_function(worker, "webhooks/work.work", of_worker, tmp_path) as work,
        ):
            door.behind, door.behind_the_bus = receive, take_change
            yield SalesforceFunctions(
                organization, cloud, queue_url, work, f"{door.url}/salesforce/outbound/{TOKEN}", take_change
            )


@pytest.mark.parametrize("flow", CREDENTIAL, indirect=True)
def test_an_outbound_message_ends_in_a_changed_record_and_one_task(deployed: SalesforceFunctions) -> None:
    person = deployed.person()
    deployed.ask("POST", "webhooks", {"target": deployed.door, "duplicates": 2})
    deployed.ask("POST", "timeline", {"person": person, "event": DEMO, "ring": True})
    assert deployed.depth() > 0
    deployed.answer_everybody()
    assert deployed.stage(person) == "sql"
    assert len(deployed.tasks(person)) == 1
    deliveries = deployed.ask("GET", "webhooks")["deliveries"]
    assert {one["acknowledged"] for one in deliveries} == {True}
    # What rang at last was our own write: it was read, and there was nothing to write.
    before = deployed.ask("GET", "journal")["last"]
    deployed.answer_everybody()
    assert deployed.writes(before) == []


def test_change_events_end_in_a_changed_record_and_one_task_and_our_own_in_nothing(
    deployed: SalesforceFunctions,
) -> None:
    person = deployed.person()
    bus = f"{deployed.door.partition('/salesforce/')[0]}{BUS}"
    deployed.ask("POST", "webhooks", {"target": bus, "form": "change_event", "duplicates": 2, "shuffle": True})
    deployed.ask("POST", "timeline", {"person": person, "event": DEMO, "ring": True})
    deployed.answer_everybody()
    assert deployed.stage(person) == "sql"
    assert len(deployed.tasks(person)) == 1
    # The events of our own write were dropped at the door: nobody was read for them.
    *_, last_write = deployed.writes(0)
    assert deployed.ask("GET", f"journal?since={last_write['seq']}")["entries"] == []
    before = deployed.ask("GET", "journal")["last"]
    deployed.ask("POST", "edit", {"person": person, "set": {"Title": "Directora de compras"}})
    deployed.answer_everybody()
    assert len(deployed.writes(before)) <= 1
    assert {one["acknowledged"] for one in deployed.ask("GET", "webhooks")["deliveries"]} == {True}


def test_an_event_in_appflows_envelope_rings_as_well(deployed: SalesforceFunctions) -> None:
    state = deployed.ask("GET", "state")
    event = change_event(
        relay=False, recordIds=[deployed.person()], commitUser=state["administrator"],
        commitTimestamp=int(datetime.now(UTC).timestamp() * 1000),
    )  # fmt: skip
    assert deployed.take_change.invoke(event) is None
    assert deployed.depth() == 1


def test_a_message_with_another_token_reaches_nothing(deployed: SalesforceFunctions) -> None:
    reply = httpx.post(f"{deployed.door}x", content=b"<a/>", trust_env=False, timeout=60)
    assert reply.status_code == 401
    assert deployed.depth() == 0
