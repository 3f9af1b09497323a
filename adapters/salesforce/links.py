"""Follow the links between people and records: whose activity this is, and which opportunities somebody has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from adapters.pieces import chunks, halves
from adapters.salesforce import soql
from adapters.salesforce.api import PEOPLE
from adapters.salesforce.failures import ODD_ID
from adapters.salesforce.gateway import Gateway, Query, is_too_large, raise_what_ends_the_run
from adapters.salesforce.ids import parse_id, person_object
from adapters.salesforce.record import deals_of, person_ref
from adapters.salesforce.replies import Row
from adapters.salesforce.schema import Schema
from adapters.salesforce.sources import DEALS, OPPORTUNITY_FIELDS
from connector.errors import CrmError
from connector.ports import Deal, PersonRef


@dataclass(frozen=True, slots=True)
class _Link:
    """Say where the people of a kind of record stand: the object to ask, its key to the record, and to the people."""

    sobject: str
    key: str
    people: tuple[str, ...]


_LINKS: Final[Mapping[str, _Link]] = {
    "00T": _Link("Task", "Id", ("WhoId",)),
    "00U": _Link("Event", "Id", ("WhoId",)),
    "02s": _Link("EmailMessageRelation", "EmailMessageId", ("RelationId",)),
    "00v": _Link("CampaignMember", "Id", ("LeadId", "ContactId")),
    "006": _Link("OpportunityContactRole", "OpportunityId", ("ContactId",)),
}
"""By the first characters of a record's id. Source: Salesforce object key prefixes, read 2026-11 (documented)."""


class LinkReader:
    """Read links, 200 records per query."""

    def __init__(self, gateway: Gateway, schema: Schema) -> None:
        self._gateway = gateway
        self._schema = schema

    def people_of(self, engagements: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], Sequence[PersonRef]]:
        """Return the leads and contacts of each record; one of another kind, or without people, has none.

        Raises CrmError when any could not be read.
        """
        people: dict[str, list[PersonRef]] = {}
        for prefix, link in _LINKS.items():
            ids = sorted({found for _, raw in engagements if (found := parse_id(raw)) and found.startswith(prefix)})
            for piece in chunks(ids, PEOPLE):
                for row in self._linked(link, piece):
                    pointed = [parse_id(row.get(field)) for field in link.people]
                    refs = [person_ref(one) for one in pointed if one and person_object(one)]
                    people.setdefault(row.get(link.key)[:15], []).extend(refs)
        return {(kind, raw): list(dict.fromkeys(people.get(raw.strip()[:15], ()))) for kind, raw in engagements}

    def _linked(self, link: _Link, ids: Sequence[str]) -> list[Row]:
        """Read the links of records; one odd id spoils a query, so a query that is refused for one is halved."""
        query = soql.select(("Id", link.key, *link.people), link.sobject, soql.ids_in(link.key, ids))
        try:
            return self._rows([Query(query, everything=True)], "people_of")
        except CrmError as error:
            if len(ids) == 1 and error.code in ODD_ID:
                return []
            if not is_too_large(error, len(ids)):
                raise
        return [row for half in halves(ids) for row in self._linked(link, half)]

    def deals_of(self, ids: Sequence[str]) -> dict[str, list[Deal]]:
        """Return the opportunities of contacts by the first 15 characters of their ids; leads have none."""
        contacts = [found for raw in ids if (found := parse_id(raw)) and person_object(found) == "Contact"]
        paths = ("Id", "ContactId", *self._schema.visible(DEALS.sobject, OPPORTUNITY_FIELDS))
        queries = [
            Query(soql.select(paths, DEALS.sobject, soql.ids_in("ContactId", piece)))
            for piece in chunks(contacts, PEOPLE)
        ]
        by_contact: dict[str, list[Row]] = {}
        for row in self._rows(queries, "outcomes"):
            by_contact.setdefault(row.get("ContactId")[:15], []).append(row)
        return {contact: deals_of(rows) for contact, rows in by_contact.items()}

    def _rows(self, queries: Sequence[Query], purpose: str) -> list[Row]:
        answers = self._gateway.ask(queries, purpose) if queries else []
        errors = [answer.error for answer in answers if answer.error]
        raise_what_ends_the_run(errors)
        for error in errors:
            raise error
        return [row for answer in answers for row in answer.rows]
