"""Read and write one DynamoDB table: keys, batches, transactions, and the index by time.

Source: docs.aws.amazon.com, DynamoDB API reference, read 2026-11 (documented): a hundred items a batch reading or a
transaction; a batch may be answered in part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from connector.errors import SettingsError
from webhooks.aws import AwsClient, AwsError, Credentials, credentials_of_environment, region_of_environment

Item: TypeAlias = Mapping[str, Any]
Key: TypeAlias = tuple[str, str]
Operation: TypeAlias = Mapping[str, Mapping[str, Any]]
"""One of `Put`, `Update`, `Delete`, as a transaction takes them, without the table's name."""

BY_TIME: Final = "by_time"
"""The index over `gsi_pk` (a list, such as who is due) and `gsi_sk` (an instant): sparse, and eventually consistent."""
TTL: Final = "expires_at"
REFUSED: Final = "ConditionalCheckFailedException"
_MOST_PER_CALL: Final = 100
_MOST_ROUNDS: Final = 8
_PASSING: Final = frozenset({"None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
_STATE_PREFIX: Final = "dynamodb://"


def is_table(state: str) -> bool:
    """Tell `dynamodb://TABLE` from a path."""
    return state.startswith(_STATE_PREFIX)


def table_of_state(state: str, credentials: Callable[[], Credentials] = credentials_of_environment) -> Table:
    """Reach the table PUENTE_STATE names."""
    name = state.removeprefix(_STATE_PREFIX)
    if not is_table(state) or not name:
        raise SettingsError("PUENTE_STATE: no table — write dynamodb://TABLE")
    return Table(name, dynamodb_client(credentials))


def dynamodb_client(credentials: Callable[[], Credentials] = credentials_of_environment) -> AwsClient:
    """Reach DynamoDB in the region of the environment."""
    return AwsClient(
        "dynamodb", "DynamoDB_20120810", json_version="1.0", region=region_of_environment(), credentials=credentials
    )


def to_text(value: str) -> Item:
    return {"S": value}


def to_key(key: Key) -> Item:
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}


def key_of(item: Item) -> Key:
    return item["pk"]["S"], item["sk"]["S"]


def put(key: Key, **attributes: str | None) -> Operation:
    """Write an item of texts; None leaves an attribute out."""
    texts = {name: {"S": value} for name, value in attributes.items() if value is not None}
    return {"Put": {"Item": {**to_key(key), **texts}}}


def delete(key: Key) -> Operation:
    return {"Delete": {"Key": to_key(key)}}


class Table:
    """Hold one table. Safe to share between threads."""

    def __init__(self, name: str, client: AwsClient) -> None:
        self.name, self._client = name, client

    def call(self, action: str, **payload: Any) -> dict[str, Any]:
        return self._client.call(action, {"TableName": self.name, **payload})

    def get(self, key: Key) -> Item | None:
        """Read one item, as it is now."""
        return self.call("GetItem", Key=to_key(key), ConsistentRead=True).get("Item")

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """Read items as they are now; those that are not there are left out."""
        wanted = list(dict.fromkeys(keys))
        found: dict[Key, Item] = {}
        for start in range(0, len(wanted), _MOST_PER_CALL):
            found |= {key_of(item): item for item in self._batch(wanted[start : start + _MOST_PER_CALL])}
        return found

    def _batch(self, keys: Sequence[Key]) -> Iterator[Item]:
        asked: Any = {self.name: {"Keys": [to_key(key) for key in keys], "ConsistentRead": True}}
        for _ in range(_MOST_ROUNDS):
            reply = self._client.call("BatchGetItem", {"RequestItems": asked})
            yield from (reply.get("Responses") or {}).get(self.name) or ()
            asked = reply.get("UnprocessedKeys")
            if not asked:
                return
        raise AwsError("BatchGetItem", "UnprocessedKeys", 200)

    def write(self, operations: Sequence[Operation]) -> None:
        """Write all or nothing, up to a hundred operations; more go in their order, a hundred at a time."""
        for start in range(0, len(operations), _MOST_PER_CALL):
            self._transact(operations[start : start + _MOST_PER_CALL])

    def _transact(self, operations: Sequence[Operation]) -> None:
        items = [{kind: {"TableName": self.name, **body} for kind, body in one.items()} for one in operations]
        for attempt in range(1, _MOST_ROUNDS + 1):
            try:
                self._client.call("TransactWriteItems", {"TransactItems": items})
            except AwsError as error:
                if attempt == _MOST_ROUNDS or not _has_passed(error):
                    raise
            else:
                return

    def write_if(self, operation: Operation) -> bool:
        """Write one item under its condition; False when the condition did not hold."""
        ((kind, body),) = operation.items()
        try:
            self.call(f"{kind}Item", **body)
        except AwsError as error:
            if error.code != REFUSED:
                raise
            return False
        return True

    def query(
        self, pk: str, *, after: str = "", until: str = "\U0010ffff", newest_first: bool = False
    ) -> Iterator[Item]:
        """Read a partition's items between two sort keys, both included, as they are now."""
        yield from self._query(
            "pk = :pk AND sk BETWEEN :after AND :until",
            {":pk": pk, ":after": after or " ", ":until": until},
            ConsistentRead=True,
            ScanIndexForward=not newest_first,
        )

    def query_by_time(self, listed: str, until: str = "\U0010ffff", *, after: str = "") -> Iterator[Item]:
        """Read a list of the index, the earliest first, between two instants."""
        yield from self._query(
            "gsi_pk = :pk AND gsi_sk BETWEEN :after AND :until",
            {":pk": listed, ":after": after or " ", ":until": until},
            IndexName=BY_TIME,
        )

    def scan_keys(self, pk_prefix: str, sk: str) -> Iterator[Key]:
        """Read every key of one sort key below a prefix. Costs a reading of the whole table: never for a function."""
        values = {":prefix": to_text(pk_prefix), ":sk": to_text(sk)}
        wanted = {"FilterExpression": "begins_with(pk, :prefix) AND sk = :sk", "ProjectionExpression": "pk, sk"}
        yield from map(key_of, self._pages("Scan", ExpressionAttributeValues=values, ConsistentRead=True, **wanted))

    def _query(self, condition: str, values: Mapping[str, str], **more: Any) -> Iterator[Item]:
        typed = {name: to_text(value) for name, value in values.items()}
        return self._pages("Query", KeyConditionExpression=condition, ExpressionAttributeValues=typed, **more)

    def _pages(self, action: str, **asked: Any) -> Iterator[Item]:
        start: Any = {}
        while True:
            reply = self.call(action, **asked, **start)
            yield from reply.get("Items") or ()
            if not reply.get("LastEvaluatedKey"):
                return
            start = {"ExclusiveStartKey": reply["LastEvaluatedKey"]}


def _has_passed(error: AwsError) -> bool:
    """Say whether a transaction was cancelled only because another one touched the same items."""
    reasons = error.reply.get("CancellationReasons") or ()
    codes = {str(reason.get("Code")) for reason in reasons}
    return error.code == "TransactionCanceledException" and bool(codes) and codes <= _PASSING


TABLE_FORM: Final[Mapping[str, Any]] = {
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "gsi_pk", "gsi_sk")
    ],
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": BY_TIME,
            "KeySchema": [
                {"AttributeName": "gsi_pk", "KeyType": "HASH"},
                {"AttributeName": "gsi_sk", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
    "BillingMode": "PAY_PER_REQUEST",
}
"""What `serverless.yml` deploys; a test holds the two to each other."""


def create_table(client: AwsClient, name: str) -> None:
    """Create a table by hand, where no stack does."""
    client.call("CreateTable", {"TableName": name, **TABLE_FORM})
