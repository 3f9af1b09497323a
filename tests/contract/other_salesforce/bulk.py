"""Bulk API 2.0 query jobs: started, waited for, and read as CSV by locators."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import date, datetime

from tests.contract.other_salesforce import ids, query
from tests.contract.other_salesforce.catalogue import NUMBERS
from tests.contract.other_salesforce.org import Item, Org
from tests.contract.other_salesforce.query import Column, Found
from tests.contract.other_salesforce.replies import Json, Reply, Request, refuse
from tests.contract.other_salesforce.values import Kept, tell_moment

_MOST_ROWS = 100_000


@dataclass
class Job:
    """Hold one job; it is done after so many looks at it."""

    id: str
    operation: str
    sobject: str
    header: list[str]
    rows: list[list[str]]
    looks: int = 2
    ends_as: str = "JobComplete"

    @property
    def state(self) -> str:
        return "InProgress" if self.looks else self.ends_as


@dataclass
class Jobs:
    """Hold the jobs of an organisation; `page` bounds the rows of one answer, whatever is asked for."""

    page: int = _MOST_ROWS
    ends_as: str = "JobComplete"
    known: dict[str, Job] = field(default_factory=dict)

    def create(self, org: Org, request: Request) -> Reply:
        if not org.habits.bulk:
            raise refuse(403, "FUNCTIONALITY_NOT_ENABLED", "Bulk API is not enabled for this organization")
        body = request.body
        if body.get("operation") not in ("query", "queryAll") or body.get("contentType", "CSV") != "CSV":
            raise refuse(400, "INVALIDJOB", "operation and contentType are required")
        found = query.run(org, body["query"], everything=body["operation"] == "queryAll")
        if found.children or found.counts:
            raise refuse(400, "API_ERROR", "Nested queries and aggregates are not supported in Bulk API 2.0")
        rows = [[_cell(org, item, column) for column in found.columns] for item in found.items]
        job_id = ids.make("750", len(self.known) + 1)
        header = [_header(org, found, column) for column in found.columns]
        job = Job(job_id, body["operation"], found.sobject, header, rows, ends_as=self.ends_as)
        self.known[job_id] = job
        return Reply(200, {**_tell(org, job), "state": "UploadComplete"})

    def look(self, org: Org, job_id: str) -> Reply:
        job = self._job(job_id)
        job.looks = max(0, job.looks - 1)
        return Reply(200, _tell(org, job))

    def abort(self, job_id: str) -> Reply:
        del self.known[self._job(job_id).id]
        return Reply(204)

    def results(self, request: Request, job_id: str) -> Reply:
        job = self._job(job_id)
        if job.state != "JobComplete":
            raise refuse(400, "INVALIDJOBSTATE", "Results are not available before the job is complete")
        start = int(request.one("locator") or 0)
        stop = start + min(int(request.one("maxRecords") or _MOST_ROWS), self.page)
        text = io.StringIO()
        writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerows([job.header, *job.rows[start:stop]])
        headers = {
            "Content-Type": "text/csv",
            "Sforce-Locator": str(stop) if stop < len(job.rows) else "null",
            "Sforce-NumberOfRecords": str(len(job.rows[start:stop])),
        }
        return Reply(200, headers=headers, raw=text.getvalue().encode("utf-8", "replace"))

    def _job(self, job_id: str) -> Job:
        found = self.known.get(ids.read(job_id) or "")
        if found is None:
            raise refuse(404, "NOT_FOUND", "The requested resource does not exist")
        return found


def _tell(org: Org, job: Job) -> Json:
    return {
        "id": job.id, "operation": job.operation, "object": job.sobject, "createdById": org.user,
        "createdDate": tell_moment(org.clock(), "+0000"), "systemModstamp": tell_moment(org.clock(), "+0000"),
        "state": job.state, "concurrencyMode": "Parallel", "contentType": "CSV", "apiVersion": 66.0,
        "jobType": "V2Query", "lineEnding": "LF", "columnDelimiter": "COMMA",
        "numberRecordsProcessed": 0 if job.looks else len(job.rows), "retries": 0, "totalProcessingTime": 4,
    }  # fmt: skip


def _header(org: Org, found: Found, column: Column) -> str:
    relations: list[str] = []
    here = found.sobject
    for key in column.parents:
        link = org.objects[here].fields[key]
        relations.append(link.relation or key)
        here = link.refers_to[0]
    return ".".join((*relations, column.field))


def _cell(org: Org, item: Item, column: Column) -> str:
    value: Kept = query.read(org, item, column)
    described = org.objects[item.sobject].fields.get(column.field) if not column.parents else None
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return tell_moment(value, "Z")
    if isinstance(value, date):
        return value.isoformat()
    if described is not None and described.kind in NUMBERS and isinstance(value, float | int):
        return str(float(value))
    return str(value)
