"""Measure what a receiver costs: loading it cold, and answering, beside a handler that does nothing.

The artifact is built from the lock, unpacked, and run under AWS's own runtime client behind a small Runtime API; the
queue is an emulator of SQS in one process on this machine, which under load takes most of the time. Loading is
processor time of fresh interpreters, the best of several. Answering is by the clock, alone and under load: a function
answers one event at a time, so load is several environments at once, each with the next event waiting. Both handlers
take turns in blocks, so that a busy machine is busy for both.
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
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from adapters.hubspot.webhook import sign
from tests.webhooks.cloud import environment, start_cloud
from tests.webhooks.functions import THIS_PLATFORM, THIS_PYTHON
from tests.webhooks.lambda_runtime import RuntimeApi, start_function
from webhooks.bundle import build

ROUNDS = 7
BLOCKS, PER_BLOCK = 5, 100
ENVIRONMENTS = (1, 4)
EVENTS = 10
SECRET, URL = "client-secret", "https://door.example.com/hubspot/webhook"
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


def answer_milliseconds(functions: Sequence[RuntimeApi]) -> list[float]:
    """Let every environment answer one block of events, all at once; return how long each answer took."""
    with ThreadPoolExecutor(len(functions)) as clients:
        return [one for block in clients.map(_answer_block, functions) for one in block]


def _answer_block(function: RuntimeApi) -> list[float]:
    event, found = delivery(), []
    for _ in range(PER_BLOCK):
        before = time.perf_counter()
        status = function.invoke(event)["statusCode"]
        found.append((time.perf_counter() - before) * 1000)
        assert status == 204, status
    return found


@contextmanager
def unpacked() -> Iterator[tuple[Path, Mapping[str, Path]]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for artifact in build(folder / "build", THIS_PYTHON, THIS_PLATFORM):
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


def show_answering(at: Mapping[str, Path], own: Mapping[str, str], folder: Path, environments: int) -> None:
    """Print how long the answers took with so many environments at once."""
    handlers = {"a handler that does nothing": ("hello", "hello.hello", {}),
                "receive_hubspot": ("receiver", "webhooks/receive.receive_hubspot", own)}  # fmt: skip
    took: dict[str, list[float]] = {what: [] for what in handlers}
    with ExitStack() as running:
        started = {
            what: [running.enter_context(start_function(at[where], name, env, folder)) for _ in range(environments)]
            for what, (where, name, env) in handlers.items()
        }
        for functions in started.values():
            answer_milliseconds(functions)  # loads and connects
        for _ in range(BLOCKS):
            for what, functions in started.items():
                took[what] += answer_milliseconds(functions)
    print(f"answering deliveries of {EVENTS} events, queue included, {environments} at once")
    p99 = {what: percentile(found, 99) for what, found in took.items()}
    for what, found in took.items():
        ratio = p99[what] / p99["a handler that does nothing"]
        print(f"  {what:38} p50 {statistics.median(found):6.2f} ms   p99 {p99[what]:6.2f} ms   {ratio:5.2f} x")


def percentile(found: Sequence[float], percent: int) -> float:
    return statistics.quantiles(found, n=100, method="inclusive")[percent - 1]


def main() -> None:
    print(f"Python {THIS_PYTHON}; artifacts of this machine's kind")
    with unpacked() as (folder, at), start_cloud(folder) as cloud:
        show_loading(at)
        own = {**environment(cloud), "PUENTE_QUEUE": cloud.make_queue(), "PUENTE_HUBSPOT__CLIENT_SECRET": SECRET,
               "PUENTE_HUBSPOT__WEBHOOK_URL": URL}  # fmt: skip
        for environments in ENVIRONMENTS:
            show_answering(at, own, folder, environments)


if __name__ == "__main__":
    main()
