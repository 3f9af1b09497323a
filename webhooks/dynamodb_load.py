"""Count the tasks each owner got on a day, in one DynamoDB item per day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from webhooks.aws import AwsError
from webhooks.dynamodb_table import REFUSED, TTL, Item, Operation, Table, to_key

_OWNER: Final = "owner#"
_VERSION: Final = "version"
_KEPT: Final = timedelta(days=60)
_MOST_ROUNDS: Final = 50


class DynamoLoad:
    """Take turns: choose by what was read, and write only if nobody chose meanwhile."""

    def __init__(self, table: Table, account: str) -> None:
        self._table, self._account = table, account

    def assign(self, pool: Sequence[str], day: str, capacity: int | None) -> str | None:
        """Choose the least loaded owner of a pool and count the task; None when all are at capacity."""
        key = self._key(day)
        for _ in range(_MOST_ROUNDS):
            item = self._table.get(key) or {}
            load = {owner: _count(item, _OWNER + owner) for owner in pool}
            free = [owner for owner in pool if capacity is None or load[owner] < capacity]
            if not free:
                return None
            owner = min(free, key=lambda name: (load[name], pool.index(name)))
            if self._table.write_if(_counting(to_key(key), owner, _count(item, _VERSION))):
                return owner
        raise AwsError("UpdateItem", REFUSED, 400)

    def assigned(self, day: str) -> Mapping[str, int]:
        """Return how many tasks owners of pools got on a day."""
        item = self._table.get(self._key(day)) or {}
        return {name.removeprefix(_OWNER): _count(item, name) for name in item if name.startswith(_OWNER)}

    def _key(self, day: str) -> tuple[str, str]:
        return f"{self._account}#load#{day}", "load"


def _count(item: Item, name: str) -> int:
    return int(item[name]["N"]) if name in item else 0


def _counting(key: Item, owner: str, version: int) -> Operation:
    return {
        "Update": {
            "Key": key,
            "UpdateExpression": "ADD #owner :one, #version :one SET #expires = :expires",
            "ConditionExpression": "#version = :version" if version else "attribute_not_exists(#version)",
            "ExpressionAttributeNames": {"#owner": _OWNER + owner, "#version": _VERSION, "#expires": TTL},
            "ExpressionAttributeValues": {
                ":one": {"N": "1"},
                ":expires": {"N": str(int((datetime.now(UTC) + _KEPT).timestamp()))},
                **({":version": {"N": str(version)}} if version else {}),
            },
        }
    }
