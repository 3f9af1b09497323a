"""Read the sources an account may lack: lists, form names, web events, marketing events."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from adapters.hubspot.api import MEMBERSHIP_BATCH
from adapters.hubspot.availability import Availability
from adapters.hubspot.events import from_form_submissions, from_membership, from_occurrence
from adapters.hubspot.evidence import Evidence
from adapters.hubspot.gateway import Gateway, raise_if_ends_the_run
from adapters.hubspot.names import LISTS, NameBook, load_form_names, load_list_names
from adapters.hubspot.needs import FORM_PROPERTY, Needs
from adapters.hubspot.replies import parse_batch, to_id
from adapters.json_body import dig
from adapters.pieces import chunks
from adapters.raw_values import format_instant
from adapters.timeline import SourceRecord
from connector.errors import CrmError, UnavailableError

T = TypeVar("T")
R = TypeVar("R")
_FORM_SUBMISSIONS: Final = "form_submissions"
_WEB_EVENTS: Final = "web_events"
_PROBES: Final = 3
"""One person whose record alone breaks an answer must not make a whole source look down."""


@dataclass(frozen=True, slots=True)
class OptionalReader:
    """Read optional sources; the first answer of each says whether the account has it at all."""

    gateway: Gateway
    needs: Needs
    availability: Availability
    horizon_days: float | None
    forms: NameBook[str]
    lists: NameBook[str]

    @classmethod
    def build(
        cls,
        gateway: Gateway,
        needs: Needs,
        availability: Availability,
        horizon_days: float | None,
        clock: Callable[[], float],
    ) -> OptionalReader:
        return cls(
            gateway,
            needs,
            availability,
            horizon_days,
            forms=NameBook(lambda: load_form_names(gateway, availability), clock),
            lists=NameBook(lambda: load_list_names(gateway, availability), clock),
        )

    def read(self, evidence: Evidence, now: datetime) -> None:
        """Add form submissions, list memberships and web events to the evidence."""
        if self._wanted(_FORM_SUBMISSIONS):
            self._read_forms(evidence)
        if self._wanted(LISTS):
            self._read_lists(evidence)
        if self._wanted(_WEB_EVENTS):
            self.read_per_contact(_WEB_EVENTS, evidence, lambda contact_id: self._occurrences(contact_id, now))

    def _wanted(self, source: str) -> bool:
        return source in self.needs.probed and not self.availability.refuses(source)

    def read_per_contact(self, source: str, evidence: Evidence, act: Callable[[str], Sequence[SourceRecord]]) -> bool:
        """Read a source person by person, a few alone as the probe; False when the account does not have it.

        A source that answers none of the probe is down: everybody waits for it, and nobody else is asked for.
        """
        ids = evidence.sound_ids
        rest = 0
        down: CrmError | None = None
        while rest < len(ids) and not self.availability.is_proven(source):
            if rest == _PROBES and down is not None:
                for contact_id in ids[rest:]:
                    evidence.fail(contact_id, down)
                return True
            answers = self._ask(source, ids[rest : rest + 1], act)
            if answers is None:
                return False
            down = _book(source, answers, evidence)
            rest += 1
        answers = self._ask(source, ids[rest:], act)
        if answers is not None:
            _book(source, answers, evidence)
        return answers is not None

    def _ask(self, source: str, items: Sequence[T], act: Callable[[T], R]) -> list[tuple[T, R | CrmError]] | None:
        """Ask a source for items side by side; None when HubSpot refuses the source itself."""
        outcomes = self.gateway.fanout.map(act, items) if items else []
        errors = [outcome for outcome in outcomes if isinstance(outcome, CrmError)]
        for error in errors:
            raise_if_ends_the_run(error)
        if len(errors) < len(outcomes):
            self.availability.prove(source)
        if self.availability.accept_refusal(source, errors):
            return None
        return list(zip(items, outcomes, strict=True))

    def _read_forms(self, evidence: Evidence) -> None:
        filled = {i: c for i, c in evidence.contacts.items() if c.get(FORM_PROPERTY).strip()}
        names: Mapping[str, str] = {}
        if filled and "form_name" in self.needs.fields_of(_FORM_SUBMISSIONS):
            nameless = (record for contact in filled.values() for record in from_form_submissions(contact, {}))
            form_ids = {record.fields["form_id"] or "" for record in nameless}
            try:
                names = self.forms.look_up(form_ids)
            except CrmError as error:
                raise_if_ends_the_run(error)
                for contact_id in filled:
                    evidence.fail(contact_id, error)
        for contact_id, contact in filled.items():
            for record in from_form_submissions(contact, names):
                evidence.add(contact_id, _FORM_SUBMISSIONS, record)

    def _read_lists(self, evidence: Evidence) -> None:
        pieces = chunks(evidence.sound_ids, MEMBERSHIP_BATCH)
        answers = self._ask(LISTS, pieces, self._memberships)
        members: dict[str, Sequence[Mapping[str, object]]] = {}
        for piece, outcome in answers or ():
            if isinstance(outcome, CrmError):
                for contact_id in piece:
                    evidence.fail(contact_id, outcome)
            else:
                members.update(outcome)
        self._name_lists(members, evidence)

    def _name_lists(self, members: Mapping[str, Sequence[Mapping[str, object]]], evidence: Evidence) -> None:
        names: Mapping[str, str] = {}
        list_ids = {to_id(item.get("listId")) or "" for items in members.values() for item in items}
        if list_ids and "list_name" in self.needs.fields_of(LISTS):
            try:
                names = self.lists.look_up(list_ids)
            except CrmError as error:
                raise_if_ends_the_run(error)
                for contact_id in members:
                    evidence.fail(contact_id, error)
        for contact_id, items in () if self.availability.refuses(LISTS) else members.items():
            for item in items:
                record = from_membership(item, names)
                if record is not None:
                    evidence.add(contact_id, LISTS, record)

    def _memberships(self, ids: Sequence[str]) -> dict[str, Sequence[Mapping[str, object]]]:
        """Read the lists of many contacts; who is not mentioned is in none."""
        batch = parse_batch(self.gateway.send(self.gateway.api.memberships(ids)))
        if batch.unattributed() and not all(item.missing for item in batch.errors):
            raise UnavailableError("HubSpot left list memberships unanswered")
        members: dict[str, Sequence[Mapping[str, object]]] = {}
        for item in batch.results:
            contact_id = to_id(item.get("recordId")) or to_id(dig(item, "recordId", "recordId"))
            found = item.get("recordListMemberships") or item.get("memberships")
            if contact_id is not None and isinstance(found, list):
                members[contact_id] = [membership for membership in found if isinstance(membership, Mapping)]
        return members

    def _occurrences(self, contact_id: str, now: datetime) -> list[SourceRecord]:
        since = None
        if self.horizon_days is not None:
            since = format_instant(now - timedelta(days=self.horizon_days))
        api = self.gateway.api
        pages = self.gateway.pages(lambda after: api.event_occurrences(contact_id, since, after))
        return [from_occurrence(item) for page in pages for item in page.results]


def _book(
    source: str, answers: Sequence[tuple[str, Sequence[SourceRecord] | CrmError]], evidence: Evidence
) -> CrmError | None:
    """Add what was answered to the evidence; return the last failure, with the source named."""
    failure: CrmError | None = None
    for contact_id, outcome in answers:
        if isinstance(outcome, CrmError):
            failure = _named(source, outcome)
            evidence.fail(contact_id, failure)
        else:
            for record in outcome:
                evidence.add(contact_id, source, record)
    return failure


def _named(source: str, error: CrmError) -> CrmError:
    if not isinstance(error, UnavailableError):
        return error
    return UnavailableError(
        f"{source}: {error}",
        retry_after=error.retry_after,
        status=error.status,
        code=error.code,
        request_id=error.request_id,
    )
