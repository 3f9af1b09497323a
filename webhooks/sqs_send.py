"""Put doorbells into an SQS queue: the half of the queue a receiver needs.

Source: docs.aws.amazon.com, SQS API reference, SendMessageBatch, read 2026-11 (documented): ten messages a call, and
an answer of 200 in which single messages may have failed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from connector.errors import SettingsError
from connector.live.doorbell import Doorbell, doorbell_to_json
from webhooks.aws import AwsClient, AwsError, Credentials, credentials_of_environment, region_of_environment

MOST_PER_CALL: Final = 10
MOST_ROUNDS: Final = 3


def is_queue_url(setting: str) -> bool:
    """Tell the address of an SQS queue from the other values of PUENTE_QUEUE."""
    return urlsplit(setting).scheme in ("http", "https")


def sqs_client(queue_url: str, credentials: Callable[[], Credentials] = credentials_of_environment) -> AwsClient:
    """Reach the service behind a queue's address."""
    address = urlsplit(queue_url)
    if not is_queue_url(queue_url) or not address.netloc:
        raise SettingsError("PUENTE_QUEUE: not the address of an SQS queue — give `embedded` or https://sqs.…")
    labels = (address.hostname or "").split(".")
    region = labels[1] if labels[0] == "sqs" and len(labels) > 3 else None
    return AwsClient(
        "sqs", "AmazonSQS", json_version="1.0", region=region or region_of_environment(),
        endpoint=f"{address.scheme}://{address.netloc}", credentials=credentials,
    )  # fmt: skip


class SqsSender:
    """Put doorbells into one queue."""

    def __init__(self, queue_url: str, client: AwsClient | None = None) -> None:
        self.queue_url = queue_url
        self.client = client or sqs_client(queue_url)

    def put(self, doorbells: Sequence[Doorbell]) -> None:
        """Store doorbells; they are durable when this returns. Raises AwsError when any could not be stored."""
        bodies = [doorbell_to_json(bell) for bell in doorbells]
        for start in range(0, len(bodies), MOST_PER_CALL):
            self._put_all(bodies[start : start + MOST_PER_CALL])

    def _put_all(self, bodies: Sequence[str]) -> None:
        left: list[dict[str, Any]] = [{"Id": str(place), "MessageBody": body} for place, body in enumerate(bodies)]
        for _ in range(MOST_ROUNDS):
            reply = self.client.call("SendMessageBatch", {"QueueUrl": self.queue_url, "Entries": left})
            failed = {entry["Id"]: entry for entry in reply.get("Failed") or ()}
            left = [entry for entry in left if entry["Id"] in failed]
            if not left:
                return
        code = str(failed[left[0]["Id"]].get("Code", "Unknown"))
        raise AwsError("SendMessageBatch", code, 200)
