"""Read whole bases through Bulk API 2.0: one job per kind of record, in calls that grow with pages, not with people.

Source: Bulk API 2.0 developer guide, "Query", read 2026-11 (documented): CSV results by locator; no subqueries;
a job's results are kept for seven days.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Final

from adapters.exchange import Reply, Request
from adapters.json_body import dig
from adapters.salesforce.availability import Availability, refusal
from adapters.salesforce.evidence import Evidence
from adapters.salesforce.failures import INVALID_FIELD, UNREADABLE
from adapters.salesforce.gateway import Gateway
from adapters.salesforce.ids import PERSON_OBJECTS, PersonObject
from adapters.salesforce.layout import Layout, Part
from adapters.salesforce.replies import Row, locator_of, parse_csv
from adapters.salesforce.schema import Schema
from adapters.salesforce.sources import HISTORIES, STOCK_BY_NAME
from adapters.salesforce.spool import Spool
from connector.errors import CrmError, RejectedError, UnavailableError

ROWS_PER_PAGE: Final = 25_000
_MOST_FIELDS_LOST: Final = 20
_PAGE_TRIES: Final = 3
_LONGEST_WAIT_SECONDS: Final = 30.0
_LONGEST_JOB_SECONDS: Final = 3_600.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Job:
    """Hold a running job and what its rows are."""

    id: str
    part: Part


class BulkReader:
    """Read all living people with everything that hangs on them."""

    def __init__(
        self,
        gateway: Gateway,
        layout: Layout,
        schema: Schema,
        availability: Availability,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._gateway = gateway
        self._layout = layout
        self._schema = schema
        self._availability = availability
        self._clock = clock
        self._sleep = sleep

    def start(self, now: datetime) -> Sequence[_Job] | None:
        """Start a job per kind of record; None when the organisation takes no bulk queries of one of them."""
        self._schema.load(self._layout.objects)
        present = [sobject for sobject in PERSON_OBJECTS if self._schema.object(sobject) is not None]
        jobs: list[_Job] = []
        try:
            jobs += [self._start(partial(self._layout.all_records, stock, now)) for stock in self._layout.stocks]
            jobs += [self._start(partial(self._layout.all_people, sobject)) for sobject in present]
        except CrmError as error:
            if refusal(error) is None and not isinstance(error, RejectedError):
                raise
            _log.info("bulk queries are refused (%s): reading in pieces", error.code)
            return None
        return [*self._start_histories(present), *jobs]

    def _start_histories(self, present: Sequence[PersonObject]) -> Iterator[_Job]:
        """Start jobs for the histories; what is refused here is asked for person by person, or known to be missing."""
        for sobject in present if self._layout.needs.tracked else ():
            if self._schema.object(HISTORIES[sobject].sobject) is None:
                continue
            try:
                yield self._start(partial(self._layout.all_history, sobject))
            except CrmError as error:
                if refusal(error) is None and not isinstance(error, RejectedError):
                    raise
                _log.info("bulk queries of %s are refused (%s)", HISTORIES[sobject].name, error.code)

    def _start(self, build: Callable[[], Part]) -> _Job:
        for _ in range(_MOST_FIELDS_LOST):
            part = build()
            try:
                document = self._gateway.http.send(self._gateway.api.create_query_job(part.query.soql))
            except RejectedError as error:
                lost = self._schema.lose(part.sobject, error, part.paths) if error.code == INVALID_FIELD else []
                if not lost:
                    raise
                for path in lost:
                    self._availability.refuse(f"{part.sobject}.{path}", "missing_field")
                continue
            job_id = dig(document, "id")
            if not isinstance(job_id, str) or not job_id:
                raise UnavailableError("Salesforce started a bulk query without saying which")
            return _Job(job_id, part)
        raise UnavailableError("Salesforce hides one field after the other")

    def waves(self, jobs: Sequence[_Job], size: int, skip: frozenset[str] = frozenset()) -> Iterator[Evidence]:
        """Yield people in waves, each with all its records; none of those to `skip`."""
        complete = frozenset(job.part.stock.name for job in jobs if job.part.stock)
        with closing(Spool()) as spool:
            for job in jobs:
                self._spool(job, spool)
            spool.seal()
            people = (row for row in self._people(jobs) if row.id not in skip)
            while wave := list(islice(people, size)):
                yield _evidence(wave, spool, complete)

    def _spool(self, job: _Job, spool: Spool) -> None:
        stock = job.part.stock
        if stock is None:
            return
        for rows in self._pages(job):
            spool.add(stock, rows)

    def _people(self, jobs: Sequence[_Job]) -> Iterator[Row]:
        for job in jobs:
            for rows in self._pages(job) if job.part.stock is None else ():
                yield from rows

    def _pages(self, job: _Job) -> Iterator[list[Row]]:
        self._await(job)
        locator, seen = None, set[str]()
        numbers = self._schema.numbers(job.part.sobject, job.part.paths)
        while True:
            rows, reply = self._page(self._gateway.api.query_results(job.id, locator, ROWS_PER_PAGE), numbers)
            yield rows
            locator = locator_of(reply)
            if locator is None or locator in seen:
                return
            seen.add(locator)

    def _page(self, request: Request, numbers: frozenset[str]) -> tuple[list[Row], Reply]:
        """Fetch one page; what came cut off is fetched again, and never taken for a shorter page."""
        for _ in range(_PAGE_TRIES):
            reply = self._gateway.http.send(request)
            if not isinstance(reply, Reply):
                raise UnavailableError("Salesforce sent the results of a bulk query in a form we did not ask for")
            with suppress(UnavailableError):
                return list(parse_csv(reply, numbers)), reply
        raise UnavailableError("Salesforce sends the results of a bulk query cut off", code=UNREADABLE)

    def _await(self, job: _Job) -> None:
        """Wait until a job is done, ever more patiently."""
        wait, ends_at = 1.0, self._clock() + _LONGEST_JOB_SECONDS
        while True:
            state = dig(self._gateway.http.send(self._gateway.api.query_job(job.id)), "state")
            if state == "JobComplete":
                return
            if state in ("Failed", "Aborted"):
                raise UnavailableError(f"a bulk query of {job.part.sobject} ended as {state}", code="BULK_JOB")
            if self._clock() >= ends_at:
                raise UnavailableError(f"a bulk query of {job.part.sobject} takes too long", code="BULK_JOB")
            self._sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT_SECONDS)


def _evidence(wave: Sequence[Row], spool: Spool, complete: frozenset[str]) -> Evidence:
    evidence = Evidence(complete=complete)
    wanted = {row.id[:15]: row.id for row in wave if row.id}
    for row in wave:
        evidence.add_person(row, wanted)
    for person, stock, row in spool.find(list(wanted.values())):
        evidence.add(STOCK_BY_NAME[stock], row, wanted.get(person))
    return evidence
