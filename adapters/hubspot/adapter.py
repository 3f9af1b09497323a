"""Be the core's CRM for one HubSpot account."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from adapters.fanout import Fanout
from adapters.http import Transport
from adapters.hubspot.api import HubSpotApi
from adapters.hubspot.availability import Availability
from adapters.hubspot.client import build_http
from adapters.hubspot.closing import TaskCloser
from adapters.hubspot.connection import HubSpotConnection
from adapters.hubspot.engaged import EngagedPeople
from adapters.hubspot.gateway import Gateway, raise_if_ends_the_run
from adapters.hubspot.late_tasks import TaskReview
from adapters.hubspot.lifecycle import PeopleUpdater
from adapters.hubspot.linked import LinkedReader
from adapters.hubspot.marketing import MarketingReader
from adapters.hubspot.needs import LIFECYCLE, Needs
from adapters.hubspot.optional import OptionalReader
from adapters.hubspot.owners import Owners
from adapters.hubspot.past import PastReader
from adapters.hubspot.people import PeopleReader
from adapters.hubspot.read import NeedsHistory, Reader
from adapters.hubspot.record import person_ref
from adapters.hubspot.schema import Schema
from adapters.hubspot.tasks import TaskDesk
from adapters.hubspot.token import build_authorizer
from adapters.hubspot.write import Writer
from adapters.locks import PersonLocks
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


class HubSpotCrm:
    """Read and write one HubSpot account; safe to share between threads.

    `used_kinds` and `used_attributes` are what the model looks at: nothing else is fetched. `horizon_days` bounds how
    far back single web events are read, None for all of them. `on_refresh_token` hears of a new refresh token before
    it is used. `clock` counts seconds, `sleep` waits for some; tests pass their own.
    """

    name = "hubspot"
    lifecycle_field = LIFECYCLE

    def __init__(
        self,
        settings: HubSpotConnection,
        mapping: FieldMapping,
        used_kinds: frozenset[str],
        used_attributes: frozenset[str],
        horizon_days: float | None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        on_refresh_token: Callable[[str], None] | None = None,
        transport: Transport | None = None,
    ) -> None:
        api = HubSpotApi(settings.api_version)
        self._http = build_http(settings, clock, sleep, transport)
        self._http.authorizer = build_authorizer(
            settings, api, self._http, clock=clock, on_refresh_token=on_refresh_token
        )
        self._fanout = Fanout()
        self._availability = Availability()
        needs = Needs(mapping, used_kinds, used_attributes)
        gateway = Gateway(self._http, api, self._fanout)
        self._schema = Schema(gateway, needs, self._availability)
        self._people = PeopleReader(gateway, needs.person_properties)
        self._linked = LinkedReader(gateway, needs, self._availability)
        self._desk = TaskDesk(gateway, mapping.task_key, sleep=sleep)
        self._reader = self._build_reader(gateway, needs, horizon_days, clock, settings.app_id)
        closer = TaskCloser(gateway, mapping.task_key)
        self._writer = Writer(
            self._people,
            needs,
            PeopleUpdater(gateway, self._schema.lifecycle_order, allow_backward=mapping.allow_backward),
            self._desk,
            closer,
            Owners(gateway),
            PersonLocks(),
        )
        self._engaged = EngagedPeople(gateway)
        self._past = PastReader(gateway, needs, self._availability, settings.app_id)
        self._settings, self._gateway, self._needs = settings, gateway, needs
        self._task_review = TaskReview(gateway, self._desk, closer, mapping.task_key)

    def _build_reader(
        self,
        gateway: Gateway,
        needs: Needs,
        horizon_days: float | None,
        clock: Callable[[], float],
        app_id: str | None,
    ) -> Reader:
        optional = OptionalReader.build(gateway, needs, self._availability, horizon_days, clock)
        return Reader(
            gateway,
            needs,
            self._availability,
            self._people,
            self._linked,
            optional,
            MarketingReader(gateway, needs, optional, clock),
            self._schema.account,
            app_id,
        )

    def account(self) -> str:
        return self._schema.account()

    def preflight(self, *, dry_run: bool = False) -> Sequence[str]:
        missing = self._schema.preflight(dry_run=dry_run)
        if self._schema.task_key_exists() is False:
            if dry_run and missing:
                return [*missing, self._needs.mapping.task_key]
            self._desk.without_key_property()
            self._availability.refuse("task key property", "missing_property")
        return missing

    def fetch(self, refs: Sequence[PersonRef], *, now: datetime, needs_history: NeedsHistory = None) -> Fetched:
        return self._reader.fetch([ref.object_id for ref in refs], now, needs_history)

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
        return (person_ref(object_id) for object_id in self._people.all_ids())

    def count(self) -> int | None:
        return self._people.count()

    def find(self, email: str) -> PersonRef | None:
        object_id = self._people.find(email)
        return person_ref(object_id) if object_id else None

    def apply(self, writes: Sequence[Write]) -> list[Receipt]:
        return self._writer.apply(writes)

    def people_of(self, engagements: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], Sequence[PersonRef]]:
        return self._engaged.people_of(engagements)

    def task_states(self, tasks: Sequence[tuple[PersonRef, str]]) -> Mapping[str, TaskState]:
        return self._task_review.states(tasks)

    def escalate(self, escalations: Sequence[Escalation]) -> Mapping[str, TaskState]:
        return self._task_review.escalate(escalations)

    def unavailable(self) -> tuple[Unavailable, ...]:
        return self._availability.report()

    def calls(self) -> Mapping[str, int]:
        return self._http.calls()

    def clock_lead(self) -> timedelta | None:
        return self._http.clock_lead.lead()

    def outcomes(self, refs: Sequence[PersonRef]) -> Mapping[PersonRef, Sequence[Deal]]:
        """Read the deals of people. Raises CrmError when anybody's could not be read: half a past misleads."""
        deals, failed = self._linked.deals_of([ref.object_id for ref in refs])
        for error in failed.values():
            raise_if_ends_the_run(error)
            raise error
        return {ref: deals.get(ref.object_id, []) for ref in refs}

    def histories(self, refs: Sequence[PersonRef]) -> Histories:
        return self._past.read(refs)

    def schema(self) -> Mapping[str, FieldInfo]:
        return self._schema.fields()

    def health(self) -> Health:
        from adapters.hubspot.health import HubSpotHealth  # here: only people's machines ask, and no function has it

        return HubSpotHealth(self._settings, self._gateway, self._schema, self._needs, self._availability)

    def close(self) -> None:
        """Give connections and threads back."""
        self._fanout.close()
        self._http.close()
