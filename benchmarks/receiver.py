"""Measure what a receiver costs: loading it cold, and answering, beside a handler that does nothing.

The artifact is built from the lock, unpacked, and run under AWS's own runtime client behind a small Runtime API; the
queue is an emulator of SQS on this machine. Loading is processor time of fresh interpreters, the best of several.
"""

from __future__ import annotations

import base64
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from adapters.hubspot.webhook import sign
from tests.webhooks.cloud import environment, start_cloud
from tests.webhooks.lambda_runtime import RuntimeApi, start_function
from webhooks.bundle import build

ROUNDS = 7
INVOCATIONS = 1_000
EVENTS = 10
SECRET, URL = "client-secret", "https://door.example.com/hubspot/webhook"
THIS_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
HELLO = "def hello(event, context):\n    return {'statusCode': 204}\n"
CLIENT = "import boto3; boto3.client('sqs', region_name='eu-west-1')"


def processor_seconds(statement: str, path: str) -> float:
    """Return the least processor time of fresh interpreters that run a statement, less that of an empty one."""
    return max(0.0, _least(statement, path) - _least("pass", path))


def _least(statement: str, path: str) -> float:
    found = []
    for _ in range(ROUNDS):
        before = os.times()
        subprocess.run([sys.executable, "-c", statement], env={"PYTHONPATH": path}, check=True)
        after = os.times()
        found.append(after.children_user + after.children_system - before.children_user - before.children_system)
    return min(found)


def delivery() -> dict[str, Any]:
    """Return an API Gateway event of a delivery HubSpot signed just now."""
    changes = [
        {"eventId": n, "portalId": 1, "occurredAt": 1763716000000, "subscriptionType": "contact.propertyChange",
         "objectId": 1000 + n, "propertyName": "jobtitle", "propertyValue": "x", "changeSource": "CRM_UI"}
        for n in range(EVENTS)
    ]  # fmt: skip
    raw = json.dumps(changes).encode()
    timestamp = str(int(datetime.now(UTC).timestamp() * 1000))
    signature = sign(SECRET, "POST", URL, raw, timestamp).decode()
    return {
        "rawPath": "/hubspot/webhook",
        "headers": {"x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": timestamp},
        "body": base64.b64encode(raw).decode(),
        "isBase64Encoded": True,
    }


def answer_milliseconds(function: RuntimeApi) -> list[float]:
    """Return how long each answer took, sorted; the first, which loads and connects, is left out."""
    event, found = delivery(), []
    for _ in range(INVOCATIONS + 1):
        before = time.perf_counter()
        status = function.invoke(event)["statusCode"]
        found.append((time.perf_counter() - before) * 1000)
        assert status == 204, status
    return sorted(found[1:])


@contextmanager
def unpacked() -> Iterator[tuple[Path, Mapping[str, Path]]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for artifact in build(folder / "build", THIS_PYTHON, "x86_64-manylinux2014"):
            with zipfile.ZipFile(artifact.path) as archive:
                archive.extractall(folder / artifact.path.stem)
            print(f"  {artifact.path.stem:9} {artifact.packed_bytes / 1e6:6.2f} MB packed")
        (folder / "hello").mkdir()
        (folder / "hello" / "hello.py").write_text(HELLO)
        yield folder, {one: folder / one for one in ("hello", "receiver", "worker")}


def show_loading(at: Mapping[str, Path]) -> None:
    """Print what it costs to load each, beside the receivers."""
    loads = {
        "a handler that does nothing": processor_seconds("import hello", str(at["hello"])),
        "the receivers": processor_seconds("import webhooks.receive", str(at["receiver"])),
        "the worker": processor_seconds("import webhooks.work", str(at["worker"])),
        "only AWS's SDK with a client for SQS": processor_seconds(CLIENT, ""),
    }
    print("loading, processor time of a fresh interpreter")
    for what, seconds in loads.items():
        print(f"  {what:38} {seconds * 1000:7.1f} ms   {seconds / loads['the receivers']:5.2f} x the receivers'")


def show_answering(what: str, function: RuntimeApi) -> None:
    """Print how long the answers of one function took."""
    took = answer_milliseconds(function)
    print(f"  {what:38} p50 {statistics.median(took):6.2f} ms   p99 {took[int(len(took) * 0.99)]:6.2f} ms")


def main() -> None:
    print(f"Python {THIS_PYTHON}; artifacts of this machine's kind")
    with unpacked() as (folder, at), start_cloud(folder) as cloud:
        show_loading(at)
        own = {**environment(cloud), "PUENTE_QUEUE": cloud.make_queue(), "PUENTE_HUBSPOT__CLIENT_SECRET": SECRET,
               "PUENTE_HUBSPOT__WEBHOOK_URL": URL}  # fmt: skip
        print(f"answering {INVOCATIONS} deliveries of {EVENTS} events, one after the other, queue included")
        with start_function(at["hello"], "hello.hello", {}, folder) as hello:
            show_answering("a handler that does nothing", hello)
        with start_function(at["receiver"], "webhooks/receive.receive_hubspot", own, folder) as receive:
            show_answering("receive_hubspot", receive)


if __name__ == "__main__":
    main()
