"""Fetch people with their timelines: leads and contacts, everything that hangs on them, records for the core."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from adapters.salesforce.account import Account
from adapters.salesforce.bulk import BulkReader
from adapters.salesforce.evidence import Evidence
from adapters.salesforce.history import HistoryReader, NeedsHistory, wants_history
from adapters.salesforce.ids import parse_id, person_object
from adapters.salesforce.layout import Layout
from adapters.salesforce.listing import Listing
from adapters.salesforce.people import PeopleReader
from adapters.salesforce.predecessors import PredecessorReader
from adapters.salesforce.record import RecordBuilder, person_ref
from connector.errors import RejectedError
from connector.ports import Fetched, PersonRef

WAVE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Reader:
    """Read people of one organisation."""

    layout: Layout
    people: PeopleReader
    listing: Listing
    history: HistoryReader
    predecessors: PredecessorReader
    bulk: BulkReader
    account: Account
    bulk_threshold: int

    def fetch(self, refs: Sequence[PersonRef], now: datetime, needs_history: NeedsHistory) -> Fetched:
        """Read people by id, accounting for every ref under the form it came in."""
        asked = {ref: record_id for ref in refs if (record_id := _person_id(ref))}
        fetched = self._to_fetched(self.people.read(asked.values(), now), needs_history)
        return _in_asked_form(fetched, asked, [ref for ref in refs if ref not in asked])

    def fetch_all(
        self, now: datetime, changed_since: datetime | None, needs_history: NeedsHistory, skip: frozenset[str]
    ) -> Iterator[Fetched]:
        if changed_since is not None:
            ids = self.listing.changed_ids(changed_since)
        else:
            opening = self.listing.open()
            if (opening.total or 0) > self.bulk_threshold and (jobs := self.bulk.start(now)):
                for evidence in self.bulk.waves(jobs, WAVE, skip):
                    yield self._to_fetched(evidence, needs_history)
                return
            ids = self.listing.all_ids(opening)
        for wave in _waves((id_ for id_ in ids if id_ not in skip), WAVE):
            yield self._to_fetched(self.people.read(wave, now), needs_history)

    def _to_fetched(self, evidence: Evidence, needs_history: NeedsHistory) -> Fetched:
        builder = self._builder() if evidence.people else None
        records = {
            record_id: builder.build(record_id, evidence)
            for record_id in evidence.people
            if builder and record_id not in evidence.failed
        }
        wanted = [
            record_id
            for record_id, record in records.items()
            if wants_history(record, self.layout.needs, needs_history)
        ]
        user_id = self.account.user_id() if wanted else None
        unread = self.predecessors.add(records, evidence)
        failed = {**evidence.failed, **unread, **self.history.add(records, wanted, evidence, user_id)}
        return Fetched(
            records=tuple(record for record_id, record in records.items() if record_id not in failed),
            gone={
                person_ref(loser): person_ref(survivor) if survivor else None
                for loser, survivor in evidence.gone.items()
            },
            failed={person_ref(record_id): error for record_id, error in failed.items()},
        )

    def _builder(self) -> RecordBuilder:
        return RecordBuilder(
            self.layout.needs,
            self.account.organization_id(),
            self.account.user_id(),
            frozenset(stock.name for stock in self.layout.stocks),
            self.layout.availability.refused(),
            self.layout.lifecycle_field,
        )


def _person_id(ref: PersonRef) -> str | None:
    record_id = parse_id(ref.object_id)
    return record_id if record_id and person_object(record_id) else None


def _in_asked_form(fetched: Fetched, asked: dict[PersonRef, str], odd: Iterable[PersonRef]) -> Fetched:
    """Account under the refs asked for, also where an id came in its short form."""
    gone, failed = dict(fetched.gone), dict(fetched.failed)
    for ref, record_id in asked.items():
        plain = person_ref(record_id)
        if ref == plain:
            continue
        if plain in gone:
            gone[ref] = gone[plain]
        if plain in failed:
            failed[ref] = failed[plain]
    wanted = set(asked)
    refusal = RejectedError("this is no id of a Salesforce lead (00Q…) or contact (003…)", status=None, code="BAD_ID")
    return Fetched(
        fetched.records,
        {ref: survivor for ref, survivor in gone.items() if ref in wanted},
        {**{ref: error for ref, error in failed.items() if ref in wanted}, **dict.fromkeys(odd, refusal)},
    )


def _waves(ids: Iterator[str], size: int) -> Iterator[list[str]]:
    while wave := list(islice(ids, size)):
        yield wave
