"""Read participations in marketing events the cheaper way round: by person or by event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from adapters.hubspot.availability import refusal
from adapters.hubspot.events import from_participation
from adapters.hubspot.evidence import Evidence
from adapters.hubspot.gateway import Gateway, raise_if_ends_the_run
from adapters.hubspot.names import MarketingEvent, NameBook, load_marketing_events
from adapters.hubspot.needs import Needs
from adapters.hubspot.optional import OptionalReader
from adapters.hubspot.replies import to_id, to_text
from adapters.json_body import dig
from adapters.timeline import SourceRecord
from connector.errors import CrmError

_SOURCE: Final = "marketing_events"
_NOT_WORTH_ASKING: Final = 2
"""For this few people nothing can be cheaper than asking for each."""


@dataclass(slots=True)
class Participations:
    """Hold all participations of all events, read once for a whole run; `people` is None until they are read."""

    people: dict[str, list[SourceRecord]] | None = None
    by_email: dict[str, list[SourceRecord]] = field(default_factory=dict)


class MarketingReader:
    """Read marketing events by person, or all of them by event when that takes fewer calls."""

    def __init__(self, gateway: Gateway, needs: Needs, optional: OptionalReader, clock: Callable[[], float]) -> None:
        self._gateway = gateway
        self._needs = needs
        self._optional = optional
        self._catalogue = NameBook[MarketingEvent](lambda: load_marketing_events(gateway), clock)

    def read(self, evidence: Evidence, run: Participations) -> None:
        availability = self._optional.availability
        if _SOURCE not in self._needs.probed or availability.refuses(_SOURCE) or not evidence.sound_ids:
            return
        try:
            catalogue = self._events(len(evidence.contacts))
        except CrmError as error:
            raise_if_ends_the_run(error)
            for contact_id in evidence.contacts:
                evidence.fail(contact_id, error)
            return
        calls = sum(event.calls for event in catalogue.values()) if catalogue is not None else None
        if run.people is None and catalogue is not None and calls is not None and calls < len(evidence.sound_ids):
            self._read_by_event(catalogue, run)
        if run.people is not None:
            self._hand_out(evidence, run)
            return
        types = {event_id: event.type for event_id, event in (catalogue or {}).items()}
        self._optional.read_per_contact(_SOURCE, evidence, lambda contact_id: self._of_contact(contact_id, types))

    def _events(self, people: int) -> Mapping[str, MarketingEvent] | None:
        """Return the events of the account when they are needed, None when the account does not list them."""
        by_type = "event_type" in self._needs.fields_of(_SOURCE)
        if people <= _NOT_WORTH_ASKING and not by_type:
            return None
        try:
            return self._catalogue.look_up(())
        except CrmError as error:
            if by_type and refusal(_SOURCE, error) is None:
                raise
            raise_if_ends_the_run(error)
            return None

    def _read_by_event(self, catalogue: Mapping[str, MarketingEvent], run: Participations) -> None:
        """Read every event's participations; if one cannot be read, the way by person is taken instead."""
        types = {event_id: event.type for event_id, event in catalogue.items()}
        outcomes = self._gateway.fanout.map(self._of_event, list(catalogue))
        people: dict[str, list[SourceRecord]] = {}
        by_email: dict[str, list[SourceRecord]] = {}
        for outcome in outcomes:
            if isinstance(outcome, CrmError):
                raise_if_ends_the_run(outcome)
                return
            for item in outcome:
                record = from_participation(item, types)
                contact = dig(item, "associations", "contact")
                contact_id = to_id(dig(contact, "contactId"))
                if contact_id is not None:
                    people.setdefault(contact_id, []).append(record)
                elif email := to_text(dig(contact, "email")):
                    by_email.setdefault(email.strip().lower(), []).append(record)
        run.people, run.by_email = people, by_email
        self._optional.availability.prove(_SOURCE)

    def _hand_out(self, evidence: Evidence, run: Participations) -> None:
        for contact_id, contact in evidence.contacts.items():
            email = contact.get("email").strip().lower()
            for record in (*(run.people or {}).get(contact_id, ()), *run.by_email.get(email, ())):
                evidence.add(contact_id, _SOURCE, record)

    def _of_event(self, event_id: str) -> list[Mapping[str, object]]:
        api = self._gateway.api
        pages = self._gateway.pages(lambda after: api.participations(event_id, after=after))
        return [item for page in pages for item in page.results]

    def _of_contact(self, contact_id: str, types: Mapping[str, str]) -> list[SourceRecord]:
        api = self._gateway.api
        pages = self._gateway.pages(lambda after: api.participations("contacts", contact_id, after=after))
        return [from_participation(item, types) for page in pages for item in page.results]
