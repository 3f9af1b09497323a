"""Update records by id in batches, and know of every single one whether it was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from adapters.http import NotSentError
from adapters.hubspot.api import BATCH
from adapters.hubspot.gateway import Gateway, ReadJob, about_some_items, named_ids
from adapters.hubspot.replies import Batch, CrmRecord, parse_batch
from adapters.pieces import chunks, halves
from adapters.raw_values import is_same
from connector.errors import ConflictError, CrmError, GoneError, RejectedError, RetryableError, UnavailableError

Changes: TypeAlias = Mapping[str, Mapping[str, str]]
"""Record id → property → new text; '' clears."""
_ROUNDS: Final = 3


@dataclass(slots=True)
class Updated:
    """Account for updates: done (with the values that came back, as far as any did), or failed.

    `again` are those HubSpot said nothing or nothing final about, `unclear` those whose answer never came.
    """

    done: dict[str, CrmRecord] = field(default_factory=dict)
    failed: dict[str, CrmError] = field(default_factory=dict)
    again: dict[str, CrmError | None] = field(default_factory=dict)
    unclear: dict[str, CrmError] = field(default_factory=dict)

    def merge(self, other: Updated) -> None:
        self.done.update(other.done)
        self.failed.update(other.failed)
        self.again.update(other.again)
        self.unclear.update(other.unclear)


class BatchUpdater:
    """Write absolute values, so that a repeat after an unclear answer changes nothing."""

    def __init__(self, gateway: Gateway, object_type: str, purpose: str) -> None:
        self._gateway = gateway
        self._object_type = object_type
        self._purpose = purpose

    def run(self, changes: Changes) -> Updated:
        """Update records; what HubSpot leaves unsaid is read back, repeated if it is not there, and never lost."""
        total, pending = Updated(), dict(changes)
        said: dict[str, CrmError] = {}
        for turn in range(_ROUNDS):
            if not pending:
                return total
            # In the last turn each record travels alone, so that an error without a name has one.
            total.merge(self._send_all(pending, BATCH if turn < _ROUNDS - 1 else 1))
            silent = {i: pending[i] for i in (*total.again, *total.unclear)}
            said |= {i: error for i, error in total.again.items() if error}
            still_open = self._still_open(silent, total)
            # What never got an answer in all its repeats is not tried again; it may be there all the same.
            total.failed.update({i: error for i, error in total.unclear.items() if i in still_open})
            pending = {i: properties for i, properties in still_open.items() if i not in total.unclear}
            total.again, total.unclear = {}, {}
        for object_id in pending:
            unsaid = UnavailableError("HubSpot did not say what became of the update")
            total.failed[object_id] = said.get(object_id, unsaid)
        return total

    def _send_all(self, changes: Changes, size: int) -> Updated:
        pieces = chunks(list(changes), size)
        total = Updated()
        outcomes = self._gateway.fanout.map(lambda piece: self._send_piece(piece, changes), pieces)
        for piece, outcome in zip(pieces, outcomes, strict=True):
            total.merge(_failed(piece, outcome) if isinstance(outcome, CrmError) else outcome)
        return total

    def _send_piece(self, ids: Sequence[str], changes: Changes) -> Updated:
        """Send one piece; one refused as a whole is halved until the refused records stand alone."""
        request = self._gateway.api.batch_update(
            self._object_type, {object_id: changes[object_id] for object_id in ids}, purpose=self._purpose
        )
        try:
            return _account(parse_batch(self._gateway.send(request)), ids)
        except (RejectedError, GoneError, ConflictError, UnavailableError) as error:
            if len(ids) == 1 or not (about_some_items(error) or isinstance(error, GoneError)):
                return _failed(ids, error)
        total = Updated()
        for half in halves(ids):
            total.merge(self._send_piece(half, changes))
        return total

    def _still_open(self, silent: Changes, total: Updated) -> dict[str, Mapping[str, str]]:
        """Read back what was not answered; return the changes that are not there."""
        if not silent:
            return {}
        names = sorted({name for properties in silent.values() for name in properties})
        found = self._gateway.read([ReadJob(self._object_type, silent, names, self._purpose)])[0]
        still_open: dict[str, Mapping[str, str]] = {}
        for object_id, properties in silent.items():
            record = found.records.get(object_id)
            if record and all(is_same(record.get(name), value) for name, value in properties.items()):
                total.done[object_id] = record
            elif object_id in found.missing:
                total.failed[object_id] = GoneError("the record is gone")
            else:
                still_open[object_id] = properties
        return still_open


def _failed(ids: Sequence[str], error: CrmError) -> Updated:
    if isinstance(error, UnavailableError) and not isinstance(error, NotSentError):
        return Updated(unclear=dict.fromkeys(ids, error))
    return Updated(failed=dict.fromkeys(ids, error))


def _account(batch: Batch, ids: Sequence[str]) -> Updated:
    updated = Updated()
    for record in batch.records():
        known = {record.id, record.trace_id, *record.merged_ids} & set(ids)
        for object_id in known:
            updated.done[str(object_id)] = record
    for item in batch.errors:
        for object_id in named_ids(item, ids) - updated.done.keys():
            if isinstance(item.error, RetryableError):
                updated.again[object_id] = item.error
            else:
                updated.failed[object_id] = item.error
    said = {*updated.done, *updated.failed, *updated.again}
    updated.again.update({object_id: None for object_id in ids if object_id not in said})
    return updated
