"""Be the core's CRM for one Salesforce organisation."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from adapters.fanout import Fanout
from adapters.http import Transport
from adapters.salesforce.account import Account
from adapters.salesforce.api import SalesforceApi
from adapters.salesforce.availability import Availability
from adapters.salesforce.bulk import BulkReader
from adapters.salesforce.client import CONCURRENT_CALLS, build_http
from adapters.salesforce.connection import SalesforceConnection
from adapters.salesforce.gateway import Gateway
from adapters.salesforce.history import HistoryReader, NeedsHistory
from adapters.salesforce.ids import parse_id
from adapters.salesforce.layout import Layout
from adapters.salesforce.links import LinkReader
from adapters.salesforce.listing import Listing
from adapters.salesforce.needs import Needs
from adapters.salesforce.past import PastReader
from adapters.salesforce.people import PeopleReader
from adapters.salesforce.predecessors import PredecessorReader
from adapters.salesforce.preflight import Preflight
from adapters.salesforce.read import Reader
from adapters.salesforce.record import person_ref
from adapters.salesforce.schema import Schema
from adapters.salesforce.token import TokenCache, build_authorizer
from adapters.salesforce.write import Writer
from connector.domain.mapping import Mapping as FieldMapping
from connector.ports import (
    Deal,
    Escalation,
    Fetched,
    FieldInfo,
    Histories,
    PersonRef,
    Receipt,
    TaskState,
    Unavailable,
    Write,
)

if TYPE_CHECKING:
    from connector.health import Health  # here: no function carries it


class SalesforceCrm:
    """Read and write one Salesforce organisation; safe to share between threads.

    `used_kinds` and `used_attributes` are what the model looks at: nothing else is fetched. `horizon_days` bounds how
    far back activities are read, None for all of them. `token_cache` keeps sessions between processes. `clock` counts
    seconds, `sleep` waits for some; tests pass their own.
    """

    name = "salesforce"

    def __init__(
        self,
        settings: SalesforceConnection,
        mapping: FieldMapping,
        used_kinds: frozenset[str],
        used_attributes: frozenset[str],
        horizon_days: float | None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        token_cache: TokenCache | None = None,
        transport: Transport | None = None,
        epoch: Callable[[], float] = time.time,
    ) -> None:
        api = SalesforceApi(settings.api_version)
        self._http = build_http(settings, clock, sleep, transport)
        token = build_authorizer(settings, api, self._http, cache=token_cache, epoch=epoch)
        self._http.authorizer = token
        self._fanout = Fanout(CONCURRENT_CALLS)
        self._availability = Availability()
        needs = Needs(mapping, used_kinds, used_attributes)
        gateway = Gateway(self._http, api, self._fanout, sleep)
        schema = Schema(gateway)
        layout = Layout(needs, schema, self._availability, horizon_days)
        self.lifecycle_field = needs.lifecycle_field
        self._gateway, self._layout, self._reserve_pct = gateway, layout, settings.reserve_pct
        self._account = Account(gateway, token, self._availability, settings.username)
        self._preflight = Preflight(needs, layout, schema, self._availability)
        self._listing, self._links = Listing(gateway, layout, schema, clock), LinkReader(gateway, schema)
        self._past = PastReader(gateway, layout, self._availability, self._account.user_id)
        self._writer = Writer.build(gateway, layout, self._account, sleep)
        self._reader = Reader(
            layout,
            PeopleReader(gateway, layout, schema, self._availability),
            self._listing,
            HistoryReader(gateway, layout, self._availability),
            PredecessorReader(gateway, mapping.task_key),
            BulkReader(gateway, layout, schema, self._availability, clock=clock, sleep=sleep),
            self._account,
            settings.bulk_threshold,
        )

    def account(self) -> str:
        return self._account.organization_id()

    def preflight(self, *, dry_run: bool = False) -> Sequence[str]:
        return self._preflight.run(dry_run=dry_run)

    def fetch(self, refs: Sequence[PersonRef], *, now: datetime, needs_history: NeedsHistory = None) -> Fetched:
        return self._reader.fetch(refs, now, needs_history)

    def fetch_all(
        self,
        *,
        now: datetime,
        changed_since: datetime | None = None,
        needs_history: NeedsHistory = None,
        skip: Collection[PersonRef] = frozenset(),
    ) -> Iterator[Fetched]:
        skipped = frozenset(ref.object_id for ref in skip)
        return self._reader.fetch_all(now, changed_since, needs_history, skipped)

    def everybody(self) -> Iterator[PersonRef]:
        return (person_ref(record_id) for record_id in self._listing.all_ids(self._listing.open()))

    def count(self) -> int | None:
        return self._listing.count()

    def find(self, email: str) -> PersonRef | None:
        record_id = self._listing.find(email)
        return person_ref(record_id) if record_id else None

    def apply(self, writes: Sequence[Write]) -> list[Receipt]:
        return self._writer.apply(writes)

    def people_of(self, engagements: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], Sequence[PersonRef]]:
        return self._links.people_of(engagements)

    def task_states(self, tasks: Sequence[tuple[PersonRef, str]]) -> Mapping[str, TaskState]:
        return self._writer.review.states(tasks)

    def escalate(self, escalations: Sequence[Escalation]) -> Mapping[str, TaskState]:
        return self._writer.review.escalate(escalations)

    def outcomes(self, refs: Sequence[PersonRef]) -> Mapping[PersonRef, Sequence[Deal]]:
        """Read the opportunities of people. Raises CrmError when anybody's could not be read: half a past misleads."""
        deals = self._links.deals_of([ref.object_id for ref in refs])
        return {ref: deals.get((parse_id(ref.object_id) or "")[:15], []) for ref in refs}

    def unavailable(self) -> tuple[Unavailable, ...]:
        return self._availability.report()

    def calls(self) -> Mapping[str, int]:
        return self._http.calls()

    def clock_lead(self) -> timedelta | None:
        return self._http.clock_lead.lead()

    def histories(self, refs: Sequence[PersonRef]) -> Histories:
        return self._past.read(refs)

    def schema(self) -> Mapping[str, FieldInfo]:
        return self._preflight.fields()

    def health(self) -> Health:
        from adapters.salesforce.health import SalesforceHealth  # here: only people's machines ask; no function has it

        return SalesforceHealth(self._gateway, self._account, self._layout, self._preflight, self._reserve_pct)

    def close(self) -> None:
        """Give connections and threads back."""
        self._fanout.close()
        self._http.close()
