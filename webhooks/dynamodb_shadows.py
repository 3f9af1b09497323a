"""Keep in DynamoDB what a candidate model decided beside the live one: one item beside its person, listed by time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from connector.live.ledger_transaction import sortable
from connector.live.shadow_json import shadowed_from_json, shadowed_to_json
from connector.live.shadowed import KEPT, Shadowed, join_shadowed
from connector.ports import PersonRef
from webhooks.dynamodb_handoffs import Place
from webhooks.dynamodb_table import TTL, Item, Operation, Table, delete, key_of, put

_SK: Final = "shadow"


class DynamoShadows:
    """Keep the comparisons of one account; they lie in their people's partitions, and go with them."""

    def __init__(self, table: Table, account: str, place: Place) -> None:
        self._table, self._place = table, place
        self._listed = f"{account}#shadow"

    def recall(self, refs: Sequence[PersonRef]) -> Mapping[PersonRef, Shadowed]:
        places = {self._place(ref, _SK): ref for ref in refs}
        found = self._table.get_many(places)
        return {ref: _to_shadowed(found[key]) for key, ref in places.items() if key in found}

    def remember(self, shadowed: Mapping[PersonRef, Shadowed]) -> None:
        self._table.write([self._putting(ref, one) for ref, one in shadowed.items()])

    def _putting(self, ref: PersonRef, shadowed: Shadowed) -> Operation:
        item = put(
            self._place(ref, _SK), object_type=ref.object_type, object_id=ref.object_id,
            content=shadowed_to_json(shadowed).decode(),
            gsi_pk=self._listed, gsi_sk=f"{sortable(shadowed.decided_at)}#{ref.object_type}#{ref.object_id}",
        )["Put"]["Item"]  # fmt: skip
        expires = {"N": str(int((shadowed.decided_at + KEPT).timestamp()))}
        return {"Put": {"Item": {**item, TTL: expires}}}

    def since(self, oldest: datetime) -> Iterator[tuple[PersonRef, Shadowed]]:
        """Give everybody of the list; DynamoDB removes what has expired when it finds the time, within days."""
        for item in self._table.query_by_time(self._listed, after=sortable(oldest)):
            yield PersonRef(item["object_type"]["S"], item["object_id"]["S"]), _to_shadowed(item)

    def purge(self) -> int:
        keys = [key_of(item) for item in self._table.query_by_time(self._listed)]
        self._table.write([delete(key) for key in keys])
        return len(keys)

    def moving(self, loser: PersonRef, survivor: PersonRef) -> list[Operation]:
        """Say what joins the comparison of a merged person with the survivor's; the loser's own goes with the loser."""
        known = self.recall([loser, survivor])
        if loser not in known:
            return []
        return [self._putting(survivor, join_shadowed(known[loser], known.get(survivor)))]


def _to_shadowed(item: Item) -> Shadowed:
    return shadowed_from_json(item["content"]["S"].encode())
