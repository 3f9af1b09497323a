"""Keep the ledger in one DynamoDB table: what the functions remember between two doorbells.

All that is known of a person lies in one partition, one item per matter, so that forgetting is one query. A list over
people (due, parked, watched) is a sparse index by time. A method is one transaction for up to fifty people; more are
written in their order, and every step may be repeated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Final, Literal

from connector.live.errands import Errand, Parked
from connector.live.handoffs import OpenHandoff
from connector.live.ledger_json import errand_from_json, errand_to_json, remembered_from_json, remembered_to_json
from connector.live.ledger_transaction import sortable
from connector.live.recall import Remembered
from connector.ports import PersonRef
from webhooks.dynamodb_handoffs import NOTE, DynamoHandoffs
from webhooks.dynamodb_leases import DynamoLeases
from webhooks.dynamodb_load import DynamoLoad
from webhooks.dynamodb_shadows import DynamoShadows
from webhooks.dynamodb_table import TTL, Item, Key, Operation, Table, delete, key_of, put, to_key, to_text

_NOW: Final = "now"
_PAST: Final = "past#"
_ERRANDS: Final = "errands"
_PARKED: Final = "parked"
_LEASE: Final = "lease"
_WRITTEN: Final = "written"
_WRITES_KEPT: Final = timedelta(days=1)
_CONTENT_AFTER: Final = "\n"
"""Between an errand's stage and its content: no stage holds a line end."""


class DynamoLedger:
    """Keep the ledger of one account (`crm:id`) in a table. Safe to share between threads and processes."""

    def __init__(self, table: Table, account: str) -> None:
        self.account = account
        self._table = table
        self._load = DynamoLoad(table, account)
        self.leases = DynamoLeases(table, lambda ref: self._place(ref, _LEASE))
        self.handoffs = DynamoHandoffs(table, account, self._place)
        self.shadows = DynamoShadows(table, account, self._place)
        self._due, self._parked = f"{account}#due", f"{account}#parked"

    def close(self) -> None:
        """Give nothing back: connections end with their threads."""

    def recall(self, refs: Sequence[PersonRef]) -> Mapping[PersonRef, Remembered]:
        found = self._get(refs, _NOW)
        return {ref: _to_remembered(item) for ref, item in found.items()}

    def known(self) -> Sequence[PersonRef]:
        return [self._ref(key) for key in self._table.scan_keys(f"{self.account}#P#", _NOW)]

    def recall_at(self, ref: PersonRef, instant: datetime) -> Remembered | None:
        pk, _ = self._place(ref, _NOW)
        items = self._table.query(pk, after=_PAST, until=_PAST + sortable(instant), newest_first=True)
        item = next(iter(items), None)
        return _to_remembered(item) if item else None

    def remember(self, known: Mapping[PersonRef, Remembered]) -> None:
        before = self._get(known, _NOW)
        operations: list[Operation] = []
        for ref, remembered in known.items():
            operations += self._remembering(ref, remembered, before.get(ref))
        self._table.write(operations)

    def _remembering(self, ref: PersonRef, remembered: Remembered, before: Item | None) -> list[Operation]:
        """Write what is known now, and keep it for the past when the memory is another than the last one kept.

        The last memory kept is carried along, so that telling news from repetition needs no reading of the past.
        """
        content, review = remembered_to_json(remembered).decode(), remembered.next_review_at
        kept = before["kept"]["S"] if before and "kept" in before else None
        is_last = kept is not None and remembered_from_json(kept.encode()).memory == remembered.memory
        is_news = remembered.decided_at is not None and remembered.intended is None and not is_last
        now = put(
            self._place(ref, _NOW), content=content, kept=content if is_news else kept,
            gsi_pk=self._due if review else None, gsi_sk=sortable(review) if review else None,
        )  # fmt: skip
        if not is_news or remembered.decided_at is None:
            return [now]
        return [now, put(self._place(ref, _PAST + sortable(remembered.decided_at)), content=content)]

    def errands(self, refs: Sequence[PersonRef]) -> Mapping[PersonRef, Sequence[Errand]]:
        found = {ref: _to_errands(ref, item) for ref, item in self._get(refs, _ERRANDS).items()}
        return {ref: errands for ref, errands in found.items() if errands}

    def begin(self, errands: Iterable[Errand]) -> None:
        of_person: dict[PersonRef, dict[str, str]] = defaultdict(dict)
        for errand in errands:
            content = errand.stage + _CONTENT_AFTER + errand_to_json(errand).decode()
            of_person[errand.ref][_errand_name(errand)] = content
        self._table.write([self._setting(ref, errands) for ref, errands in of_person.items()])

    def _setting(self, ref: PersonRef, errands: Mapping[str, str]) -> Operation:
        names = {f"#{place}": name for place, name in enumerate(errands)}
        values = {f":{place}": to_text(content) for place, content in enumerate(errands.values())}
        assigned = ", ".join(f"#{place} = :{place}" for place in range(len(errands)))
        return {
            "Update": {
                "Key": to_key(self._place(ref, _ERRANDS)),
                "UpdateExpression": f"SET {assigned}",
                "ExpressionAttributeNames": names,
                "ExpressionAttributeValues": values,
            }
        }

    def finish(self, errands: Iterable[Errand]) -> None:
        """Watch first, forget last: a kill in between leaves an errand that is found done, never a task unwatched."""
        finished = list(errands)
        self.handoffs.open(OpenHandoff.of(errand) for errand in finished if errand.what == "open")
        self.handoffs.close([errand.key for errand in finished if errand.what == "close"])
        of_person: dict[PersonRef, list[str]] = defaultdict(list)
        for errand in finished:
            of_person[errand.ref].append(_errand_name(errand))
        self._table.write([self._removing(ref, names) for ref, names in of_person.items()])

    def _removing(self, ref: PersonRef, errands: Sequence[str]) -> Operation:
        names = {f"#{place}": name for place, name in enumerate(dict.fromkeys(errands))}
        return {
            "Update": {
                "Key": to_key(self._place(ref, _ERRANDS)),
                "UpdateExpression": f"REMOVE {', '.join(names)}",
                "ExpressionAttributeNames": names,
            }
        }

    def assign(self, pool: Sequence[str], day: str, capacity: int | None) -> str | None:
        return self._load.assign(pool, day, capacity)

    def assigned(self, day: str) -> Mapping[str, int]:
        return self._load.assigned(day)

    def rekey(self, loser: PersonRef, survivor: PersonRef, joined: Remembered) -> None:
        """Copy everything before anything is erased, so that a kill half-way can be repeated."""
        errands = {
            name: value["S"]
            for item in self._get([loser], _ERRANDS).values()
            for name, value in item.items()
            if name not in ("pk", "sk")
        }
        watched = self.handoffs.moving(self._watched_keys(loser), loser, survivor)
        operations = [*watched, *self.shadows.moving(loser, survivor)]
        self._table.write([*([self._setting(survivor, errands)] if errands else []), *operations])
        self.remember({survivor: joined})
        self.forget([loser])

    def forget(self, refs: Sequence[PersonRef]) -> None:
        for ref in refs:
            pk, lease = self._place(ref, _LEASE)
            gone = [delete(key_of(item)) for item in self._table.query(pk) if key_of(item) != (pk, lease)]
            self._table.write([*self.handoffs.forgetting(self._watched_keys(ref)), *gone])

    def _watched_keys(self, ref: PersonRef) -> list[str]:
        pk, _ = self._place(ref, NOTE)
        return [key_of(item)[1].removeprefix(NOTE) for item in self._table.query(pk, after=NOTE, until=f"{NOTE}~")]

    def park(self, parked: Iterable[Parked]) -> None:
        last = {item.ref: item for item in parked}
        self._table.write(
            [
                put(
                    self._place(ref, _PARKED), object_type=ref.object_type, object_id=ref.object_id,
                    reason=item.reason, parked_at=sortable(item.parked_at),
                    gsi_pk=self._parked, gsi_sk=f"{sortable(item.parked_at)}#{ref.object_id}",
                )
                for ref, item in last.items()
            ]
        )  # fmt: skip

    def unpark(self, refs: Iterable[PersonRef]) -> None:
        self._table.write([delete(self._place(ref, _PARKED)) for ref in dict.fromkeys(refs)])

    def parked(self) -> Sequence[Parked]:
        return [
            Parked(
                PersonRef(item["object_type"]["S"], item["object_id"]["S"]),
                item["reason"]["S"],
                datetime.fromisoformat(item["parked_at"]["S"]),
            )
            for item in self._table.query_by_time(self._parked)
        ]

    def due(self, now: datetime, limit: int) -> Sequence[PersonRef]:
        items = self._table.query_by_time(self._due, sortable(now))
        return [self._ref(key_of(item)) for item in islice(items, limit)]

    def postpone(self, refs: Sequence[PersonRef], until: datetime) -> None:
        for ref in refs:
            self._table.write_if(
                {
                    "Update": {
                        "Key": to_key(self._place(ref, _NOW)),
                        "UpdateExpression": "SET gsi_pk = :due, gsi_sk = :until",
                        "ConditionExpression": "attribute_exists(pk)",
                        "ExpressionAttributeValues": {":due": to_text(self._due), ":until": to_text(sortable(until))},
                    }
                }
            )

    def count_writes(self, refs: Sequence[PersonRef], at: datetime) -> None:
        """Note that these people were written; their worker holds them, so nobody else counts meanwhile."""
        before = self._written(refs, at - _WRITES_KEPT)
        expires = {"N": str(int((at + _WRITES_KEPT).timestamp()))}
        operations: list[Operation] = [
            {
                "Put": {
                    "Item": {
                        **to_key(self._place(ref, _WRITTEN)),
                        "instants": to_text(" ".join([*before.get(ref, ()), sortable(at)])),
                        TTL: expires,
                    }
                }
            }
            for ref in dict.fromkeys(refs)
        ]
        self._table.write(operations)

    def writes_since(self, refs: Sequence[PersonRef], since: datetime) -> Mapping[PersonRef, int]:
        return {ref: len(instants) for ref, instants in self._written(refs, since).items() if instants}

    def _written(self, refs: Sequence[PersonRef], since: datetime) -> dict[PersonRef, list[str]]:
        oldest = sortable(since)
        return {
            ref: [instant for instant in item["instants"]["S"].split() if instant >= oldest]
            for ref, item in self._get(refs, _WRITTEN).items()
        }

    def get_secret(self, name: str) -> str | None:
        item = self._table.get((f"secret#{name}", "secret"))
        return item["value"]["S"] if item else None

    def put_secret(self, name: str, value: str) -> None:
        self._table.write([put((f"secret#{name}", "secret"), value=value)])

    def _get(self, refs: Iterable[PersonRef], what: str) -> dict[PersonRef, Item]:
        places = {self._place(ref, what): ref for ref in refs}
        found = self._table.get_many(places)
        return {ref: found[key] for key, ref in places.items() if key in found}

    def _place(self, ref: PersonRef, what: str) -> Key:
        return f"{self.account}#P#{ref.object_type}#{ref.object_id}", what

    def _ref(self, key: Key) -> PersonRef:
        object_type, object_id = key[0].rsplit("#", 2)[1:]
        return PersonRef(object_type, object_id)


def _to_remembered(item: Item) -> Remembered:
    return remembered_from_json(item["content"]["S"].encode())


def _errand_name(errand: Errand) -> str:
    return f"{errand.what}#{errand.key}"


def _to_errands(ref: PersonRef, item: Item) -> list[Errand]:
    found: list[Errand] = []
    for name in sorted(set(item) - {"pk", "sk"}):
        what, _, key = name.partition("#")
        stage, _, content = item[name]["S"].partition(_CONTENT_AFTER)
        kind: Literal["open", "close"] = "open" if what == "open" else "close"
        found.append(errand_from_json(ref, key, kind, stage, content.encode()))
    return found
