"""Run the functions of unpacked artifacts around an emulated queue, with a gateway before them and a CRM behind."""

from __future__ import annotations

import base64
import json
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.webhooks.cloud import Cloud
from tests.webhooks.lambda_runtime import RuntimeApi
from webhooks.bundle import Artifact

THIS_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
MACHINE = "aarch64" if "aarch64" in sys.implementation._multiarch else "x86_64"
THIS_PLATFORM = f"{MACHINE}-manylinux2014"

ONLY_LINUX = pytest.mark.skipif(
    sys.platform != "linux" or not sys.maxsize > 2**32, reason="the artifact holds Linux wheels and is executed here"
)
BUS = "/bus"


def unpack(artifact: Artifact, folder: Path) -> Path:
    target = folder / artifact.path.stem
    with zipfile.ZipFile(artifact.path) as archive:
        archive.extractall(target)
    return target


def names(artifact: Artifact) -> list[str]:
    with zipfile.ZipFile(artifact.path) as archive:
        return archive.namelist()


@dataclass
class Deployed:
    """Hold the worker as it runs, the queue before it, and the CRM behind it."""

    crm: str
    cloud: Cloud
    queue_url: str
    work: RuntimeApi

    def ask(self, method: str, page: str, body: object = None) -> Any:
        reply = httpx.request(method, f"{self.crm}/_sandbox/{page}", json=body, trust_env=False, timeout=60)
        reply.raise_for_status()
        return reply.json()

    def deliver(self) -> int:
        """Do what the event source does: hand a batch to the worker, delete what did not fail; return how many."""
        asked = {"QueueUrl": self.queue_url, "MaxNumberOfMessages": 10, "VisibilityTimeout": 720,
                 "AttributeNames": ["All"]}  # fmt: skip
        messages = self.cloud.sqs.call("ReceiveMessage", asked).get("Messages") or []
        records = [
            {"messageId": m["MessageId"], "receiptHandle": m["ReceiptHandle"], "body": m["Body"],
             "attributes": m["Attributes"]}
            for m in messages
        ]  # fmt: skip
        failed = {one["itemIdentifier"] for one in self.work.invoke({"Records": records})["batchItemFailures"]}
        done = [
            {"Id": m["MessageId"], "ReceiptHandle": m["ReceiptHandle"]}
            for m in messages
            if m["MessageId"] not in failed
        ]
        if done:
            self.cloud.sqs.call("DeleteMessageBatch", {"QueueUrl": self.queue_url, "Entries": done})
        return len(done)

    def answer_everybody(self) -> None:
        """Deliver until nobody rings any more: our own writes ring, too."""
        while self.deliver():
            self.ask("GET", "webhooks")  # waits until the CRM has nobody left to ring

    def depth(self) -> int:
        asked = {"QueueUrl": self.queue_url, "AttributeNames": ["All"]}
        counts = self.cloud.sqs.call("GetQueueAttributes", asked)["Attributes"]
        return int(counts["ApproximateNumberOfMessages"]) + int(counts["ApproximateNumberOfMessagesNotVisible"])


class Gateway(ThreadingHTTPServer):
    """Hand requests to a function as API Gateway does, and events to another as a rule of EventBridge does.

    Both may be set after the address is known.
    """

    daemon_threads = True
    behind: RuntimeApi
    behind_the_bus: RuntimeApi

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Request(BaseHTTPRequestHandler):
    server: Gateway

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["content-length"]))
        if self.path == BUS:
            self.server.behind_the_bus.invoke(json.loads(raw))
            self.send_response(204)
            self.end_headers()
            return
        reply = self.server.behind.invoke(
            {
                "version": "2.0",
                "rawPath": self.path,
                "pathParameters": {"token": self.path.rpartition("/")[2]},
                "headers": {name.lower(): value for name, value in self.headers.items()},
                "body": base64.b64encode(raw).decode(),
                "isBase64Encoded": True,
            }
        )
        self.send_response(reply["statusCode"])
        self.end_headers()
        self.wfile.write(reply["body"].encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def gateway() -> Iterator[Gateway]:
    with Gateway() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()
