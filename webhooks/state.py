"""Open what several machines share: the ledger in DynamoDB, the queue in SQS."""

from __future__ import annotations

from connector.live.ledger import Ledger
from connector.live.queue import Queue
from webhooks.dynamodb import DynamoLedger
from webhooks.dynamodb_table import table_of_state
from webhooks.sqs import SqsQueue


def open_ledger(state: str, account: str) -> Ledger:
    """Open the ledger of one account in the table `state` names. Raises SettingsError."""
    return DynamoLedger(table_of_state(state), account)


def open_queue(url: str) -> Queue:
    """Open the queue behind an address. Raises SettingsError."""
    return SqsQueue(url)
