"""Hold the queue in SQS and the ledger in DynamoDB to the contracts of their embedded forms."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from connector.errors import SettingsError
from connector.live.ledger import Ledger
from connector.live.shadowed import KEPT
from connector.ports import PersonRef
from tests.contract.ledger_contract import ANA, NOW, LedgerContract, known, opening
from tests.contract.queue_contract import QueueBench, QueueContract, bell
from tests.contract.shadows_contract import SHADOWED
from tests.webhooks.cloud import Cloud
from webhooks.aws import AwsError
from webhooks.dynamodb import DynamoLedger
from webhooks.dynamodb_table import TTL, Table, table_of_state
from webhooks.sqs import SqsQueue
from webhooks.sqs_send import SqsSender, sqs_client


class TestDynamoLedger(LedgerContract):
    @pytest.fixture
    def ledger(self, cloud: Cloud) -> Ledger:
        return DynamoLedger(cloud.make_table(), "hubspot:62515")


@pytest.fixture
def table(cloud: Cloud) -> Table:
    return cloud.make_table()


def test_accounts_share_a_table_and_nothing_else(table: Table) -> None:
    one, other = DynamoLedger(table, "hubspot:1"), DynamoLedger(table, "salesforce:1")
    one.remember({ANA: known(review=NOW)})
    one.begin([opening()])
    assert (other.recall([ANA]), other.errands([ANA]), list(other.due(NOW, 9))) == ({}, {}, [])


def test_many_people_are_remembered_and_recalled_at_once(table: Table) -> None:
    ledger = DynamoLedger(table, "hubspot:1")
    people = {PersonRef("contact", str(n)): known(review=NOW) for n in range(230)}
    ledger.remember(people)
    assert ledger.recall(list(people)) == people
    assert len(ledger.due(NOW, 1000)) == 230
    ledger.forget(list(people)[:3])
    assert len(ledger.due(NOW, 1000)) == 227


def test_owners_are_chosen_in_turn_also_by_many_workers_at_once(table: Table) -> None:
    ledger = DynamoLedger(table, "hubspot:1")
    with ThreadPoolExecutor(4) as workers:
        chosen = list(workers.map(lambda _: ledger.assign(("a", "b"), "2026-11-21", 6), range(14)))
    assert [chosen.count(one) for one in ("a", "b", None)] == [6, 6, 2]


def test_of_many_workers_exactly_one_holds_a_person(table: Table) -> None:
    ledger = DynamoLedger(table, "hubspot:1")
    with ThreadPoolExecutor(8) as workers:
        held = list(workers.map(lambda n: ledger.leases.acquire([ANA], f"w{n}", NOW, 60), range(8)))
    assert sum(bool(one) for one in held) == 1


def test_a_lease_outlives_forgetting(table: Table) -> None:
    ledger = DynamoLedger(table, "hubspot:1")
    ledger.leases.acquire([ANA], "w1", NOW, 60)
    ledger.forget([ANA])
    assert ledger.leases.acquire([ANA], "w2", NOW + timedelta(seconds=1), 60) == frozenset()


def test_what_a_shadow_stored_expires_by_itself(table: Table) -> None:
    DynamoLedger(table, "hubspot:1").shadows.remember({ANA: SHADOWED})
    (item,) = table.call("Scan")["Items"]
    assert int(item[TTL]["N"]) == int((SHADOWED.decided_at + KEPT).timestamp())


def test_a_table_that_does_not_exist_is_told(cloud: Cloud) -> None:
    missing = Table("no-such-table", cloud.client("dynamodb", "DynamoDB_20120810"))
    with pytest.raises(AwsError, match="ResourceNotFoundException"):
        DynamoLedger(missing, "hubspot:1").recall([ANA])
    with pytest.raises(SettingsError, match="dynamodb://TABLE"):
        table_of_state("dynamodb://")


class TestSqsQueue(QueueContract):
    @pytest.fixture
    def bench(self, cloud: Cloud) -> QueueBench:
        return QueueBench(SqsQueue(cloud.make_queue(), cloud.sqs), cloud.pass_seconds)


def test_what_cannot_be_read_is_left_to_the_redrive_policy(cloud: Cloud) -> None:
    url = cloud.make_queue()
    queue = SqsQueue(url, cloud.sqs)
    cloud.sqs.call("SendMessage", {"QueueUrl": url, "MessageBody": "no doorbell"})
    queue.put([bell()])
    assert [ticket.doorbell for ticket in queue.take(10, 30)] == [bell()]
    assert queue.status().depth == 2


def test_a_queue_that_does_not_exist_is_told(cloud: Cloud) -> None:
    url = cloud.make_queue()
    with pytest.raises(AwsError):
        SqsSender(f"{url}-gone", cloud.sqs).put([bell()])
    for no_queue in ("", "embedded", "https://"):
        with pytest.raises(SettingsError):
            sqs_client(no_queue)


def test_a_queue_without_a_place_for_parked_items_is_told(cloud: Cloud) -> None:
    made = cloud.sqs.call("CreateQueue", {"QueueName": "alone"})
    with pytest.raises(SettingsError, match="dead-letter"):
        SqsQueue(made["QueueUrl"], cloud.sqs).status()
