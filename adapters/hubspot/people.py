"""Read contacts: by id, page by page, by change, by e-mail; and find out what became of those that are missing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from adapters.hubspot.api import fits_in_query
from adapters.hubspot.gateway import Gateway, ReadJob, raise_if_ends_the_run
from adapters.hubspot.needs import MERGED
from adapters.hubspot.replies import CrmRecord, is_named, is_record, parse_batch, parse_page, parse_record
from adapters.pieces import chunks
from connector.errors import AccessError, CrmError, GoneError, RejectedError, RetryableError, UnavailableError

CONTACTS: Final = "contacts"
_GROUPS_PER_SEARCH: Final = 5
"""Filter groups of one search. Source: HubSpot search guide, read 2026-04 (documented)."""
_SEARCH_LAG: Final = timedelta(minutes=10)
"""New and changed records show in search only after some minutes (documented), so a search starts earlier."""
_TOO_LONG: Final = (413, 414, 431)


@dataclass(slots=True)
class People:
    """Account for contacts asked for: read, gone (with the survivor's id, when known), or failed."""

    contacts: dict[str, CrmRecord] = field(default_factory=dict)
    gone: dict[str, str | None] = field(default_factory=dict)
    failed: dict[str, CrmError] = field(default_factory=dict)


class PeopleReader:
    """Read contacts with the properties a decision needs."""

    def __init__(self, gateway: Gateway, properties: Sequence[str]) -> None:
        self._gateway = gateway
        self._properties = properties
        self._list_in_full = fits_in_query(properties)

    def read(self, ids: Iterable[str]) -> People:
        """Read contacts by id, accounting for every one."""
        return self.read_properties(ids, self._properties, purpose=CONTACTS)

    def read_properties(self, ids: Iterable[str], properties: Sequence[str], *, purpose: str) -> People:
        wanted = list(dict.fromkeys(ids))
        found = self._gateway.read([ReadJob(CONTACTS, wanted, properties, purpose)])[0]
        for error in found.failed.values():
            if isinstance(error, AccessError):
                raise error  # without access to people there is nothing to do
        people = People(contacts=found.records, failed=found.failed)
        missing = found.missing - found.records.keys() - found.failed.keys()
        for stray in found.strays:
            for loser in stray.merged_ids & missing:
                people.gone[loser] = stray.id
        self._reconcile(sorted(missing - people.gone.keys()), properties, people)
        return people

    def _reconcile(self, ids: Sequence[str], properties: Sequence[str], people: People) -> None:
        """Ask for missing contacts one by one: a merged one answers with its survivor, a deleted one not at all."""
        asked = (*properties, MERGED) if fits_in_query(properties) else (MERGED,)
        unknown: list[str] = []
        outcomes = self._gateway.fanout.map(lambda object_id: self._get(object_id, asked), ids) if ids else []
        for object_id, outcome in zip(ids, outcomes, strict=True):
            if isinstance(outcome, GoneError):
                unknown.append(object_id)
            elif isinstance(outcome, CrmError):
                raise_if_ends_the_run(outcome)
                people.failed[object_id] = outcome
            elif outcome.id != object_id:
                people.gone[object_id] = outcome.id
            elif asked[:-1] == tuple(properties):
                people.contacts[object_id] = outcome
            else:
                people.failed[object_id] = UnavailableError("HubSpot gives this contact alone, but not in a batch")
        self._look_for_survivors(unknown, people)

    def _get(self, object_id: str, properties: Sequence[str]) -> CrmRecord:
        document = self._gateway.send(self._gateway.api.get(CONTACTS, object_id, properties))
        record = parse_record(document) if isinstance(document, Mapping) else None
        if record is None:
            raise UnavailableError("HubSpot answered without a contact")
        return record

    def _look_for_survivors(self, ids: Sequence[str], people: People) -> None:
        """Search for the contacts that missing ones were merged into; none found, they were deleted."""
        groups = chunks(ids, _GROUPS_PER_SEARCH)
        outcomes = self._gateway.fanout.map(self._search_merged, groups) if groups else []
        for group, outcome in zip(groups, outcomes, strict=True):
            if isinstance(outcome, RetryableError):
                people.failed.update(dict.fromkeys(group, outcome))
                continue
            people.gone.update(dict.fromkeys(group))
            for record in () if isinstance(outcome, CrmError) else outcome:
                people.gone.update(dict.fromkeys(record.merged_ids & set(group), record.id))

    def _search_merged(self, ids: Sequence[str]) -> list[CrmRecord]:
        filters = [[{"propertyName": MERGED, "operator": "CONTAINS_TOKEN", "value": object_id}] for object_id in ids]
        request = self._gateway.api.search(filters, purpose="merged", properties=("hs_object_id", MERGED))
        page = self._gateway.whole_page(request)
        return [record for item in page.results if (record := parse_record(item))]

    def list_waves(self, size: int, skip: frozenset[str] = frozenset()) -> Iterator[People]:
        """List the whole base in waves of up to `size` contacts, each contact once, and none of those to `skip`."""
        wave, seen = People(), set(skip)
        for record in self._list():
            if record.id in seen:
                continue
            seen.add(record.id)
            wave.contacts[record.id] = record
            if len(wave.contacts) >= size:
                yield self._complete(wave)
                wave = People()
        if wave.contacts:
            yield self._complete(wave)

    def _complete(self, wave: People) -> People:
        """Return the wave with full properties; a list that could only carry ids is read again by id."""
        return wave if self._list_in_full else self.read(wave.contacts)

    def _list(self) -> Iterator[CrmRecord]:
        """Follow the list to its end; when a server takes no URL this long, go on with ids alone."""
        after: str | None = None
        seen: set[str] = set()
        while True:
            properties, is_sound = (
                (self._properties, is_record) if self._list_in_full else (("hs_object_id",), is_named)
            )
            try:
                page = self._gateway.whole_page(self._gateway.api.list_page(CONTACTS, properties, after), is_sound)
            except RejectedError as error:
                if error.status not in _TOO_LONG or not self._list_in_full:
                    raise
                self._list_in_full = False
                continue
            yield from (record for item in page.results if (record := parse_record(item)))
            if page.after is None or page.after in seen:
                return
            seen.add(page.after)
            after = page.after

    def all_ids(self) -> Iterator[str]:
        """Yield everybody's id."""
        after: str | None = None
        seen: set[str] = set()
        while after not in seen:
            seen.add(after or "")
            page = self._gateway.whole_page(self._gateway.api.list_page(CONTACTS, ("hs_object_id",), after))
            yield from (record.id for item in page.results if (record := parse_record(item)))
            if page.after is None:
                return
            after = page.after

    def changed_ids(self, since: datetime) -> Iterator[str]:
        """Yield the ids of contacts changed since an instant, by id order, so that no search depth is reached.

        Source: HubSpot search guide, read 2026-04 (documented): 10,000 results per search at most, 200 per page;
        contacts keep their change in `lastmodifieddate`, other objects in `hs_lastmodifieddate`.
        """
        milliseconds = str(int((since - _SEARCH_LAG).timestamp() * 1000))
        last = "0"
        while True:
            filters = [
                {"propertyName": "lastmodifieddate", "operator": "GTE", "value": milliseconds},
                {"propertyName": "hs_object_id", "operator": "GT", "value": last},
            ]
            request = self._gateway.api.search([filters], purpose="changed", sort_by_id=True)
            page = self._gateway.whole_page(request)
            ids = sorted({record.id for item in page.results if (record := parse_record(item))}, key=_id_order)
            fresh = [object_id for object_id in ids if _id_order(object_id) > _id_order(last)]
            if not fresh:
                return
            yield from fresh
            last = fresh[-1]

    def find(self, email: str) -> str | None:
        """Find a contact by primary e-mail, else by secondary. The address travels in bodies, not in URLs."""
        api = self._gateway.api
        wanted = email.strip().casefold()
        properties = ("email", "hs_additional_emails")
        primary = {"propertyName": "email", "operator": "EQ", "value": wanted}
        secondary = {"propertyName": "hs_additional_emails", "operator": "CONTAINS_TOKEN", "value": wanted}
        requests = (
            api.batch_read(CONTACTS, [email.strip()], properties, purpose="find", id_property="email"),
            api.search([[primary], [secondary]], purpose="find", properties=properties),
        )
        for request in requests:
            try:
                found = parse_batch(self._gateway.send(request)).records()
            except (GoneError, RejectedError):
                continue
            owner = next((record.id for record in found if wanted in _addresses(record)), None)
            if owner is not None:
                return owner
        return None

    def count(self) -> int | None:
        """Return how many contacts there are, or None when the search does not say."""
        request = self._gateway.api.search([], purpose="count", limit=1)
        try:
            return parse_page(self._gateway.send(request)).total
        except CrmError as error:
            raise_if_ends_the_run(error)
            return None


def _addresses(record: CrmRecord) -> set[str]:
    return set(re.split(r"[;,\s]+", f"{record.get('email')};{record.get('hs_additional_emails')}".casefold()))


def _id_order(object_id: str) -> tuple[int, str]:
    return (int(object_id), "") if object_id.isdigit() else (0, object_id)
