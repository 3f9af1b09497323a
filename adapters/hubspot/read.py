"""Fetch people with their timelines: contacts, then everything that hangs on them, then records for the core."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final, TypeAlias

from adapters.hubspot.availability import Availability, refusal
from adapters.hubspot.evidence import Evidence
from adapters.hubspot.gateway import Gateway, ReadJob
from adapters.hubspot.history import history_properties, wants_history, with_history
from adapters.hubspot.linked import LinkedReader
from adapters.hubspot.marketing import MarketingReader, Participations
from adapters.hubspot.needs import MACHINE_FIELDS, Needs
from adapters.hubspot.optional import OptionalReader
from adapters.hubspot.people import CONTACTS, People, PeopleReader
from adapters.hubspot.record import build_record, person_ref
from adapters.timeline import TimelineBuilder
from connector.domain.person import Timeline
from connector.errors import CrmError
from connector.ports import Fetched, Record

WAVE: Final = 1_000
_HISTORY: Final = "history"
NeedsHistory: TypeAlias = Callable[[Record], bool] | None


@dataclass(frozen=True, slots=True)
class Reader:
    """Read people of one account; a person of whom any part could not be read is failed, never half a person."""

    gateway: Gateway
    needs: Needs
    availability: Availability
    people: PeopleReader
    linked: LinkedReader
    optional: OptionalReader
    marketing: MarketingReader
    account: Callable[[], str]
    app_id: str | None

    def fetch(self, ids: Iterable[str], now: datetime, needs_history: NeedsHistory) -> Fetched:
        return self._read_wave(self.people.read(ids), now, needs_history, Participations())

    def fetch_all(
        self, now: datetime, changed_since: datetime | None, needs_history: NeedsHistory, skip: frozenset[str]
    ) -> Iterator[Fetched]:
        run = Participations()
        if changed_since is None:
            waves = self.people.list_waves(WAVE, skip)
        else:
            waves = self._changed_waves(changed_since, skip)
        for people in waves:
            yield self._read_wave(people, now, needs_history, run)

    def _changed_waves(self, since: datetime, skip: frozenset[str]) -> Iterator[People]:
        ids = (id_ for id_ in self.people.changed_ids(since) if id_ not in skip)
        while wave := list(islice(ids, WAVE)):
            yield self.people.read(wave)

    def _read_wave(self, people: People, now: datetime, needs_history: NeedsHistory, run: Participations) -> Fetched:
        evidence = Evidence(people.contacts, failed=people.failed)
        if people.contacts:
            self.linked.read(evidence)
            self.optional.read(evidence, now)
            self.marketing.read(evidence, run)
        records = {contact_id: self._build(contact_id, evidence) for contact_id in evidence.sound_ids}
        self._add_history(records, evidence, needs_history)
        return Fetched(
            records=tuple(record for contact_id, record in records.items() if contact_id not in evidence.failed),
            gone={
                person_ref(loser): person_ref(survivor) if survivor else None for loser, survivor in people.gone.items()
            },
            failed={person_ref(contact_id): error for contact_id, error in evidence.failed.items()},
        )

    def _build(self, contact_id: str, evidence: Evidence) -> Record:
        contact = evidence.contacts[contact_id]
        return build_record(
            contact,
            self.needs,
            self._timeline(contact_id, evidence),
            account=self.account(),
            company=evidence.companies.get(contact_id),
            deals=evidence.deals.get(contact_id, []) if evidence.deals is not None else None,
        )

    def _timeline(self, contact_id: str, evidence: Evidence) -> Timeline:
        builder = TimelineBuilder(self.needs.used_kinds, MACHINE_FIELDS)
        refused = self.availability.refused()
        for source in sorted(self.needs.sources - refused):
            entries = self.needs.entries(source, refused)
            if source == "counters":
                builder.add_counters(evidence.contacts[contact_id].properties, entries)
            else:
                builder.add(evidence.of(contact_id, source), entries)
        return builder.build()

    def _add_history(self, records: dict[str, Record], evidence: Evidence, needs_history: NeedsHistory) -> None:
        """Replace the records whose present state only the history explains; HubSpot may refuse histories."""
        wanted = [i for i, record in records.items() if wants_history(record, self.needs, needs_history)]
        if not wanted or self.availability.refuses(_HISTORY):
            return
        names = history_properties(self.needs)
        found = self.gateway.read([ReadJob(CONTACTS, wanted, names, _HISTORY, history=names)])[0]
        for contact_id, contact in found.records.items():
            records[contact_id] = with_history(records[contact_id], contact, self.needs, self.app_id)
        if self._history_refused(found.failed.values()):
            return
        for contact_id, error in found.failed.items():
            evidence.fail(contact_id, error)

    def _history_refused(self, errors: Iterable[CrmError]) -> bool:
        known = [error for error in errors if refusal(_HISTORY, error) is not None]
        return self.availability.accept_refusal(_HISTORY, known)
