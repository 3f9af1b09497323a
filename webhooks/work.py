"""Be the Lambda function that answers doorbells: a batch of the queue in, the failed ones out.

Source: docs.aws.amazon.com, "Using Lambda with Amazon SQS", read 2026-11 (documented): what is not named in
`batchItemFailures` is deleted; what is named comes again when its visibility time, which we may change, has passed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from connector.live.queue import Ticket
from webhooks.compose import Composer, Composition
from webhooks.sqs import to_ticket

_COMPOSER: Final = Composer()


def work(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer the doorbells of one batch."""
    return answer_batch(event, _COMPOSER.get())


def answer_batch(event: Mapping[str, Any], composition: Composition) -> dict[str, Any]:
    """Answer a batch and settle every message of it: deleted by Lambda, delayed by us, or parked by us.

    What cannot be read stays for the queue's redrive policy.
    """
    tickets: dict[str, Ticket] = {}
    failed: list[str] = []
    for record in event.get("Records") or ():
        ticket = to_ticket(
            {"ReceiptHandle": record["receiptHandle"], "Body": record["body"], "Attributes": record["attributes"]}
        )
        if ticket is None:
            failed.append(record["messageId"])
        else:
            tickets[record["messageId"]] = ticket
    report = composition.worker.work(list(tickets.values()))
    report.settle(composition.queue)
    delayed = {ticket.receipt for ticket, _ in report.later}
    failed += [message_id for message_id, ticket in tickets.items() if ticket.receipt in delayed]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}
