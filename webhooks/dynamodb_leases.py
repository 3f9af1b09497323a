"""Keep leases in DynamoDB: one conditional write per person, the same answer when it is sent twice."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from connector.live.ledger_transaction import sortable
from connector.ports import PersonRef
from webhooks.dynamodb_table import TTL, Key, Table, to_key, to_text


class DynamoLeases:
    """Lend people to workers. Whether a lease is over is judged by the clock of who asks, as everywhere."""

    def __init__(self, table: Table, key: Callable[[PersonRef], Key]) -> None:
        self._table, self._key = table, key

    def acquire(self, refs: Collection[PersonRef], owner: str, now: datetime, seconds: float) -> frozenset[PersonRef]:
        until = now + timedelta(seconds=seconds)
        return frozenset(ref for ref in refs if self._take(ref, owner, now, until))

    def _take(self, ref: PersonRef, owner: str, now: datetime, until: datetime) -> bool:
        return self._table.write_if(
            {
                "Update": {
                    "Key": to_key(self._key(ref)),
                    "UpdateExpression": f"SET holder = :owner, held_until = :until, {TTL} = :expires",
                    "ConditionExpression": "attribute_not_exists(pk) OR held_until <= :now OR holder = :owner",
                    "ExpressionAttributeValues": {
                        ":owner": to_text(owner),
                        ":until": to_text(sortable(until)),
                        ":now": to_text(sortable(now)),
                        ":expires": {"N": str(int(until.timestamp()) + 3600)},
                    },
                }
            }
        )

    def release(self, refs: Collection[PersonRef], owner: str) -> None:
        for ref in refs:
            self._table.write_if(
                {
                    "Delete": {
                        "Key": to_key(self._key(ref)),
                        "ConditionExpression": "holder = :owner",
                        "ExpressionAttributeValues": {":owner": to_text(owner)},
                    }
                }
            )
