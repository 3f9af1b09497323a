"""Deploy to an emulator that enforces rights, as `npx osls deploy` does to AWS, and ring from end to end.

What runs here is an artifact for this machine under the emulator's own executor; arm64 and Lambda itself are AWS's.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.hubspot.connection import HubSpotConnection
from adapters.hubspot.install import install
from adapters.hubspot.webhook import sign
from sandbox.server import serve_in_process
from tests.adapters.salesforce_messages import change_event
from tests.contract.hubspot_world import TOKEN
from tests.webhooks.cloud import KEYS, REGION, Cloud, environment, start_cloud, store_secrets
from tests.webhooks.functions import ONLY_LINUX, THIS_PLATFORM, THIS_PYTHON
from webhooks.aws import AwsClient, AwsError, Credentials, sign_request
from webhooks.bundle import build

ROOT = Path(__file__).parents[2]
SECRET, URL = "client-secret", "https://door.example.com/hubspot/webhook"
PATIENCE_SECONDS = 300.0
pytestmark = [
    pytest.mark.skipif(
        shutil.which("npx") is None or not (ROOT / "node_modules" / "serverless").exists(),
        reason="the deploy tool is not installed here (npm ci)",
    ),
    ONLY_LINUX,
]


@dataclass
class Stack:
    """Hold what was deployed, and the portal it works for."""

    cloud: Cloud
    door: str
    portal: str

    def ring(self, person: str, secret: str = SECRET) -> int:
        """Ring as HubSpot does; return the status of the answer."""
        rings = {
            "eventId": 1, "portalId": 62515, "objectId": int(person), "occurredAt": int(time.time() * 1000),
            "subscriptionType": "contact.propertyChange", "propertyName": "x", "changeSource": "CRM_UI",
        }  # fmt: skip
        raw, timestamp = json.dumps([rings]).encode(), str(int(datetime.now(UTC).timestamp() * 1000))
        headers = {
            "content-type": "application/json",
            "x-hubspot-request-timestamp": timestamp,
            "x-hubspot-signature-v3": sign(secret, "POST", URL, raw, timestamp).decode(),
        }
        reply = httpx.post(f"{self.door}/hubspot/webhook", content=raw, headers=headers, trust_env=False, timeout=60)
        return reply.status_code

    def ask(self, method: str, page: str, body: object = None) -> Any:
        reply = httpx.request(method, f"{self.portal}/_sandbox/{page}", json=body, trust_env=False, timeout=60)
        reply.raise_for_status()
        return reply.json()

    def stage(self, person: str) -> str | None:
        people = self.ask("GET", "state")["people"]
        found: dict[str, str] = next(one["properties"] for one in people if one["id"] == person)
        return found.get("puente_stage")

    def invoke(self, function: str, event: object) -> Any:
        path = f"{self.cloud.url}/2015-03-31/functions/puente-test-{function}/invocations"
        headers = sign_request("lambda", REGION, KEYS, "127.0.0.1", b"", datetime.now(UTC), {})
        return httpx.post(path, json=event, headers=dict(headers), trust_env=False, timeout=60).json()


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with (
        start_cloud(tmp_path, AUTH="true") as cloud,
        serve_in_process("--people", "12", "--seed", "3") as portal,
    ):
        install(HubSpotConnection(base_url=portal, access_token=TOKEN), "es")
        store_secrets(cloud, {"hubspot-client-secret": SECRET, "hubspot-access-token": TOKEN})
        deploy(tmp_path, cloud, portal)
        yield Stack(cloud, address_of_the_door(cloud), portal)


def deploy(folder: Path, cloud: Cloud, portal: str) -> None:
    """Deploy what is in this checkout; the CRM's address is another here."""
    text = (ROOT / "serverless.yml").read_text()
    text = text.replace("    PUENTE_CRM:", f"    PUENTE_HUBSPOT__BASE_URL: {portal}\n    PUENTE_CRM:", 1)
    assert portal in text
    # AWS counts a batch as the action it repeats and knows no right of its own for it; the emulator asks for one.
    for action in ("sqs:SendMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"):
        text = text.replace(f"Action: {action}\n", f"Action: [{action}, {action}Batch]\n")
        text = text.replace(f"{action},", f"{action}, {action}Batch,")
    (folder / "serverless.yml").write_text(text)
    shutil.copy(ROOT / "package.json", folder)
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    build(folder / "build", THIS_PYTHON, THIS_PLATFORM)
    command = ["npx", "osls", "deploy", "--stage", "test", "--region", REGION, f"--param=webhookUrl={URL}",
               "--param=salesforceOrganizationId=00D000000000001EAA"]  # fmt: skip
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **environment(cloud)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def address_of_the_door(cloud: Cloud) -> str:
    headers = sign_request("apigateway", REGION, KEYS, "127.0.0.1", b"", datetime.now(UTC), {})
    (api,) = httpx.get(f"{cloud.url}/v2/apis", headers=dict(headers), trust_env=False).json()["items"]
    return f"{cloud.url}/_aws/execute-api/{api['apiId']}/$default"


def takes(cloud: Cloud, event: Any) -> bool:
    """Ask whether the deployed rule would hand an event to its function; only partners may send theirs."""
    events = cloud.client("events", "AWSEvents", "1.1")
    rule = events.call("DescribeRule", {"Name": "puente-test-receive_salesforce_cdc-rule-1"})
    sent = {**event, "account": "000000000000", "time": "2026-11-21T10:00:00Z", "region": REGION, "resources": []}
    asked = {"EventPattern": rule["EventPattern"], "Event": json.dumps(sent)}
    return bool(events.call("TestEventPattern", asked)["Result"])


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.2)


def test_what_is_deployed_answers_qualifies_and_reviews_with_the_rights_it_was_given(stack: Stack) -> None:
    person = stack.ask("GET", "state")["people"][0]["id"]
    assert httpx.get(f"{stack.door}/healthz", trust_env=False, timeout=60).status_code == 200
    assert stack.ring(person, "wrong") == 401
    event = {"kind": "form_submitted", "form": "Solicitar demo"}
    stack.ask("POST", "timeline", {"person": person, "event": event, "ring": False})
    assert stack.ring(person) == 204
    wait_until(lambda: stack.stage(person) is not None)
    assert stack.stage(person) == "sql"
    assert set(stack.invoke("review_due", {"orphans": True})) == {"rung", "escalated", "orphans"}
    relayed = change_event()
    assert takes(stack.cloud, relayed)
    assert not takes(stack.cloud, {**relayed, "source": "com.example"})
    assert stack.invoke("receive_salesforce_cdc", relayed) is None
    # Rights are enforced here: who has none is refused.
    stranger = AwsClient("sqs", "AmazonSQS", json_version="1.0", region=REGION, endpoint=stack.cloud.url,
                         credentials=lambda: Credentials("AKIASTRANGER", "secret"))  # fmt: skip
    with pytest.raises(AwsError):
        stranger.call("ListQueues", {})
