"""Keep doorbells in SQS: a standard queue, and its dead-letter queue for what is parked.

Order and duplicates need no FIFO queue: a doorbell says only who, and the worker collapses by person.
Source: docs.aws.amazon.com, SQS API reference, read 2026-11 (documented): ten messages a call; a message stays hidden
for at most twelve hours from its delivery; the numbers of messages are approximate.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from connector.errors import PayloadError, SettingsError
from connector.live.doorbell import Doorbell, doorbell_from_json, doorbell_to_json
from connector.live.queue import UNREADABLE, ParkedDoorbell, QueueStatus, Ticket
from webhooks.aws import AwsClient
from webhooks.sqs_send import MOST_PER_CALL, SqsSender

LONGEST_HIDING_SECONDS: Final = 12 * 3600 - 300
"""Five minutes less than SQS permits, for the time a message has been with us already."""
_PEEK_SECONDS: Final = 20
_MOST_PARKED_SHOWN: Final = 500
_ATTRIBUTES: Final = ("ApproximateReceiveCount", "SentTimestamp")
_COUNTS: Final = (
    "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed",
)  # fmt: skip


class SqsQueue:
    """Share one SQS queue between functions and the command line."""

    def __init__(self, queue_url: str, client: AwsClient | None = None) -> None:
        self._sender = SqsSender(queue_url, client)
        self._url, self._client = queue_url, self._sender.client
        self._parked_url_known: str | None = None

    def close(self) -> None:
        """Give nothing back: connections end with their threads."""

    def put(self, doorbells: Sequence[Doorbell]) -> None:
        self._sender.put(doorbells)

    def take(self, limit: int, visibility_seconds: float) -> list[Ticket]:
        """Give out doorbells; what cannot be read is left to the queue's own redrive policy."""
        taken: list[Ticket] = []
        while len(taken) < limit:
            messages = self._receive(self._url, min(MOST_PER_CALL, limit - len(taken)), visibility_seconds)
            if not messages:
                break
            taken += [ticket for message in messages if (ticket := to_ticket(message))]
        return taken

    def done(self, tickets: Sequence[Ticket]) -> None:
        self._delete(self._url, [ticket.receipt for ticket in tickets])

    def later(self, tickets: Sequence[Ticket], delay_seconds: float) -> None:
        """Hide doorbells for the delay, or for as long as SQS permits: then they are taken, and delayed, again."""
        self._hide(self._url, [ticket.receipt for ticket in tickets], delay_seconds)

    def park(self, ticket: Ticket, reason: str) -> None:
        """Move a doorbell to the dead-letter queue with its reason. A kill half-way leaves it in both, not in none."""
        attributes = {"reason": {"DataType": "String", "StringValue": reason[:1000] or "?"}}
        self._client.call(
            "SendMessage",
            {
                "QueueUrl": self._parked_url(),
                "MessageBody": doorbell_to_json(ticket.doorbell),
                "MessageAttributes": attributes,
            },
        )
        self.done([ticket])

    def status(self) -> QueueStatus:
        """Count what waits, approximately; SQS tells the oldest one's age to CloudWatch alone."""
        asked = {"QueueUrl": self._url, "AttributeNames": list(_COUNTS)}
        counts = self._client.call("GetQueueAttributes", asked).get("Attributes") or {}
        parked = list(self._peek())
        self._hide(self._parked_url(), [message["ReceiptHandle"] for message in parked], 0)
        found = sorted((_to_parked(message) for message in parked), key=lambda one: (one.parked_at, one.id))
        return QueueStatus(sum(int(counts.get(name, 0)) for name in _COUNTS), None, tuple(found))

    def redrive(self, ids: Sequence[str] | None = None) -> int:
        """Put parked doorbells back; one at a time, sent before it is deleted, so that a kill loses none."""
        return self._take_out(
            ids, lambda body: self._client.call("SendMessage", {"QueueUrl": self._url, "MessageBody": body})
        )

    def discard(self, ids: Sequence[str]) -> int:
        return self._take_out(ids, lambda body: None)

    def _take_out(self, ids: Sequence[str] | None, before: Callable[[str], object]) -> int:
        """Delete parked messages (all for None), each after something was done with its body; return how many."""
        count, left = 0, []
        for message in self._peek():
            if ids is not None and message["MessageId"] not in ids:
                left.append(message["ReceiptHandle"])
                continue
            before(message["Body"])
            self._delete(self._parked_url(), [message["ReceiptHandle"]])
            count += 1
        self._hide(self._parked_url(), left, 0)
        return count

    def _peek(self) -> Iterator[Mapping[str, Any]]:
        """Take the parked messages, each once, for a short while."""
        seen: set[str] = set()
        while len(seen) < _MOST_PARKED_SHOWN:
            messages = self._receive(self._parked_url(), MOST_PER_CALL, _PEEK_SECONDS)
            fresh = [message for message in messages if message["MessageId"] not in seen]
            if not fresh:
                return
            seen.update(message["MessageId"] for message in fresh)
            yield from fresh

    def _receive(self, url: str, count: int, visibility_seconds: float) -> Sequence[Mapping[str, Any]]:
        reply = self._client.call(
            "ReceiveMessage",
            {
                "QueueUrl": url,
                "MaxNumberOfMessages": count,
                "VisibilityTimeout": math.ceil(visibility_seconds),
                "AttributeNames": list(_ATTRIBUTES),
                "MessageAttributeNames": ["reason"],
            },
        )
        return reply.get("Messages") or ()

    def _delete(self, url: str, receipts: Sequence[str]) -> None:
        for batch in _batches(receipts):
            entries = [{"Id": str(place), "ReceiptHandle": receipt} for place, receipt in enumerate(batch)]
            # A receipt that is no longer good fails alone: its message is given out again, as it should be.
            self._client.call("DeleteMessageBatch", {"QueueUrl": url, "Entries": entries})

    def _hide(self, url: str, receipts: Sequence[str], seconds: float) -> None:
        timeout = min(math.ceil(max(seconds, 0)), LONGEST_HIDING_SECONDS)
        for batch in _batches(receipts):
            entries = [
                {"Id": str(place), "ReceiptHandle": receipt, "VisibilityTimeout": timeout}
                for place, receipt in enumerate(batch)
            ]
            self._client.call("ChangeMessageVisibilityBatch", {"QueueUrl": url, "Entries": entries})

    def _parked_url(self) -> str:
        """Find the dead-letter queue through the queue's own redrive policy: no setting can disagree with it."""
        if self._parked_url_known is None:
            asked = {"QueueUrl": self._url, "AttributeNames": ["RedrivePolicy"]}
            attributes = self._client.call("GetQueueAttributes", asked).get("Attributes") or {}
            arn = json.loads(attributes.get("RedrivePolicy") or "{}").get("deadLetterTargetArn", "")
            if not arn:
                raise SettingsError("PUENTE_QUEUE: this queue has no dead-letter queue — give it one for parked items")
            reply = self._client.call("GetQueueUrl", {"QueueName": arn.rpartition(":")[2]})
            self._parked_url_known = str(reply["QueueUrl"])
        return self._parked_url_known


def to_ticket(message: Mapping[str, Any]) -> Ticket | None:
    """Read a message of the queue; None when it holds no doorbell."""
    attributes = message["Attributes"]
    try:
        doorbell = doorbell_from_json(message["Body"])
    except PayloadError:
        return None
    receipt, attempts = str(message["ReceiptHandle"]), int(attributes["ApproximateReceiveCount"])
    return Ticket(doorbell, receipt, attempts, _instant(attributes))


def _to_parked(message: Mapping[str, Any]) -> ParkedDoorbell:
    ticket = to_ticket(message)
    reason = ((message.get("MessageAttributes") or {}).get("reason") or {}).get("StringValue")
    return ParkedDoorbell(
        id=str(message["MessageId"]),
        doorbell=ticket.doorbell if ticket else UNREADABLE,
        reason=str(reason or "delivered too often without an answer: the function failed or timed out on it"),
        parked_at=_instant(message["Attributes"]),
    )


def _instant(attributes: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(int(attributes["SentTimestamp"]) / 1000, UTC)


def _batches(receipts: Sequence[str]) -> Iterator[Sequence[str]]:
    return (receipts[start : start + MOST_PER_CALL] for start in range(0, len(receipts), MOST_PER_CALL))
