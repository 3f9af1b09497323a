"""Keep the watched tasks in DynamoDB: one item per task, and a note of it beside its person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Final, Protocol

from connector.live.handoffs import OpenHandoff
from connector.live.ledger_transaction import sortable
from connector.ports import PersonRef
from webhooks.dynamodb_table import Item, Key, Operation, Table, delete, put, to_key, to_text

NOTE: Final = "handoff#"
_SK: Final = "handoff"


class Place(Protocol):
    """Say where an account keeps what it knows of a person."""

    def __call__(self, ref: PersonRef, what: str) -> Key: ...


class DynamoHandoffs:
    """Watch handed-over tasks of one account."""

    def __init__(self, table: Table, account: str, place: Place) -> None:
        self._table, self._account, self._place = table, account, place
        self._waiting, self._escalated = f"{account}#handoff", f"{account}#escalated"

    def open(self, handoffs: Iterable[OpenHandoff]) -> None:
        for one in handoffs:
            task = put(
                self._key(one.key), object_type=one.ref.object_type, object_id=one.ref.object_id, task_key=one.key,
                stage=one.stage, due_at=sortable(one.due_at), owner=one.owner,
                gsi_pk=self._waiting, gsi_sk=f"{sortable(one.due_at)}#{one.key}",
            )  # fmt: skip
            # The note first: a note without a task is nothing, a task without a note would outlive its person.
            self._table.write([put(self._place(one.ref, NOTE + one.key))])
            self._table.write_if({"Put": {**task["Put"], "ConditionExpression": "attribute_not_exists(pk)"}})

    def close(self, keys: Sequence[str]) -> None:
        found = self._table.get_many(self._key(key) for key in keys)
        for item in found.values():
            handoff = _to_handoff(item)
            self._table.write([delete(self._key(handoff.key)), delete(self._place(handoff.ref, NOTE + handoff.key))])

    def escalate(self, keys: Sequence[str]) -> None:
        for key in keys:
            self._table.write_if(
                {
                    "Update": {
                        "Key": to_key(self._key(key)),
                        "UpdateExpression": "SET gsi_pk = :escalated, escalated = :yes",
                        "ConditionExpression": "attribute_exists(pk)",
                        "ExpressionAttributeValues": {":escalated": to_text(self._escalated), ":yes": to_text("yes")},
                    }
                }
            )

    def late(self, now: datetime, limit: int) -> Sequence[OpenHandoff]:
        """Return tasks due by now. `#` sorts before `~`, so that a task due at this very instant is among them."""
        items = self._table.query_by_time(self._waiting, f"{sortable(now)}~")
        return [_to_handoff(item) for item in islice(items, limit)]

    def watched(self) -> Sequence[OpenHandoff]:
        found = [
            _to_handoff(item)
            for listed in (self._waiting, self._escalated)
            for item in self._table.query_by_time(listed)
        ]
        return sorted(found, key=lambda one: (one.due_at, one.key))

    def moving(self, keys: Sequence[str], loser: PersonRef, survivor: PersonRef) -> list[Operation]:
        """Say what moves tasks of a merged person to the survivor."""
        operations: list[Operation] = []
        for key in self._table.get_many(self._key(key) for key in keys):
            operations += [
                {
                    "Update": {
                        "Key": to_key(key),
                        "UpdateExpression": "SET object_type = :type, object_id = :id",
                        "ExpressionAttributeValues": {
                            ":type": to_text(survivor.object_type),
                            ":id": to_text(survivor.object_id),
                        },
                    }
                },
                put(self._place(survivor, NOTE + _name(key))),
                delete(self._place(loser, NOTE + _name(key))),
            ]
        return operations

    def forgetting(self, keys: Sequence[str]) -> list[Operation]:
        """Say what erases tasks of a person; their notes go with the person."""
        return [delete(self._key(key)) for key in keys]

    def _key(self, key: str) -> Key:
        return f"{self._account}#H#{key}", _SK


def _name(key: Key) -> str:
    return key[0].rpartition("#")[2]


def _to_handoff(item: Item) -> OpenHandoff:
    return OpenHandoff(
        ref=PersonRef(item["object_type"]["S"], item["object_id"]["S"]),
        key=item["task_key"]["S"],
        stage=item["stage"]["S"],
        due_at=datetime.fromisoformat(item["due_at"]["S"]),
        owner=item["owner"]["S"] if "owner" in item else None,
        escalated="escalated" in item,
    )
