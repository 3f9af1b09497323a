"""Start MiniStack, an emulator of AWS, on a port of this machine alone, and make queues and tables in it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from webhooks.aws import AwsClient, Credentials
from webhooks.dynamodb_table import Table, create_table

REGION = "eu-west-1"
ACCOUNT = "000000000000"
KEYS = Credentials("test", "test")
PATIENCE_SECONDS = 300.0


@dataclass(frozen=True)
class Cloud:
    """Hold the address of one emulator, and the file that moves its clock."""

    url: str
    ahead: Path

    def pass_seconds(self, seconds: float) -> None:
        """Let time pass for the emulator, without waiting for it."""
        moved = float(self.ahead.read_text()) + seconds
        waiting = self.ahead.with_suffix(".new")
        waiting.write_text(str(moved))
        waiting.replace(self.ahead)

    def client(self, service: str, target: str, json_version: str = "1.0") -> AwsClient:
        return AwsClient(
            service, target, json_version=json_version, region=REGION, endpoint=self.url, credentials=lambda: KEYS
        )

    @property
    def sqs(self) -> AwsClient:
        return self.client("sqs", "AmazonSQS")

    def make_queue(self) -> str:
        """Make a queue with a dead-letter queue of its own; return its address."""
        name = f"doorbells-{uuid.uuid4().hex[:8]}"
        self.sqs.call("CreateQueue", {"QueueName": f"{name}-parked"})
        redrive = {"deadLetterTargetArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}-parked", "maxReceiveCount": 50}
        made = self.sqs.call("CreateQueue", {"QueueName": name, "Attributes": {"RedrivePolicy": json.dumps(redrive)}})
        return str(made["QueueUrl"])

    def make_table(self) -> Table:
        name = f"ledger-{uuid.uuid4().hex[:8]}"
        client = self.client("dynamodb", "DynamoDB_20120810")
        create_table(client, name)
        return Table(name, client)


def environment(cloud: Cloud) -> dict[str, str]:
    """Return what tells a process to use this emulator."""
    return {
        "AWS_ENDPOINT_URL": cloud.url,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": KEYS.key_id,
        "AWS_SECRET_ACCESS_KEY": KEYS.secret,
    }


def store_secrets(cloud: Cloud, values: Mapping[str, str], folder: str = "/puente/test") -> None:
    """Keep secrets in SSM, as docs/how-to/deploy.md says."""
    ssm = cloud.client("ssm", "AmazonSSM", "1.1")
    for name, value in values.items():
        stored = {"Name": f"{folder}/{name}", "Value": value, "Type": "SecureString", "Overwrite": True}
        ssm.call("PutParameter", stored)


@contextmanager
def start_cloud(folder: Path, **settings: str) -> Iterator[Cloud]:
    """Run MiniStack in a process of its own until the block ends; `AUTH="true"` makes it enforce rights."""
    ahead = folder / "seconds-ahead"
    ahead.write_text("0")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("ministack_in_time.py"))],
            env={
                **os.environ, "GATEWAY_PORT": str(port), "AWS_DEFAULT_REGION": REGION,
                "LISTENING_SOCKET": str(listening.fileno()), "SECONDS_AHEAD_FILE": str(ahead),
                "IOT_MTLS_ENABLED": "0", **settings,
            },
            pass_fds=[listening.fileno()],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
    try:
        _wait_for(f"http://127.0.0.1:{port}/_ministack/health", process)
        yield Cloud(f"http://127.0.0.1:{port}", ahead)
    finally:
        # The whole group: functions that it runs are processes of their own.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "MiniStack ended before it answered"
        with suppress(httpx.TransportError):
            if httpx.get(url, trust_env=False, timeout=PATIENCE_SECONDS).status_code == 200:
                return
        time.sleep(0.1)
    raise AssertionError("MiniStack did not answer in time")
