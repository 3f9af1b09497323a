"""Serve what a finished job has to show, page by page."""

from __future__ import annotations

import base64
import binascii

from sandbox.salesforce.bulk import ingest, query_job
from sandbox.salesforce.bulk.csv_form import count, document, join, kept, line_of
from sandbox.salesforce.bulk.jobs import find_job
from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.errors import refused
from sandbox.salesforce.org import Org

_CSV = {"Content-Type": "text/csv"}


def query_results(org: Org, call: Call) -> Answer:
    """GET jobs/query/ID/results?maxRecords=…&locator=…: the header names the next page, `null` after the last."""
    job = find_job(org, call)
    if job["state"] != "JobComplete":
        raise refused(400, "INVALIDJOBSTATE", f"Results are not available in state {job['state']}")
    first = _position(call.one("locator"))
    asked = call.one("maxRecords")
    most = min(int(asked), org.settings.bulk_page_size) if asked.isdigit() and asked != "0" else None
    lines = kept(org.store, job["id"], query_job.LINES, first, most or org.settings.bulk_page_size)
    after = first + len(lines)
    more = after < count(org.store, job["id"], query_job.LINES)
    header = kept(org.store, job["id"], query_job.HEADER)[0]
    headers = {
        **_CSV,
        "Sforce-Locator": _locator(after) if more else "null",
        "Sforce-NumberOfRecords": str(len(lines)),
    }
    return Answer(200, document(header, lines, job["lineEnding"]), headers)


def _locator(position: int) -> str:
    return base64.urlsafe_b64encode(str(position).encode()).decode().rstrip("=")


def _position(locator: str) -> int:
    try:
        text = base64.urlsafe_b64decode(locator + "=" * (-len(locator) % 4)).decode()
    except (binascii.Error, ValueError):
        text = "?"
    if locator and not text.isdigit():
        raise refused(400, "INVALIDQUERYLOCATOR", f"Invalid locator: {locator}")
    return int(text) if locator else 0


def successful_results(org: Org, call: Call) -> Answer:
    """GET jobs/ingest/ID/successfulResults."""
    return _ingest_part(org, call, ingest.SUCCESSFUL, ["sf__Id", "sf__Created"])


def failed_results(org: Org, call: Call) -> Answer:
    """GET jobs/ingest/ID/failedResults."""
    return _ingest_part(org, call, ingest.FAILED, ["sf__Id", "sf__Error"])


def unprocessed_records(org: Org, call: Call) -> Answer:
    """GET jobs/ingest/ID/unprocessedrecords."""
    return _ingest_part(org, call, ingest.UNPROCESSED, [])


def _ingest_part(org: Org, call: Call, part: str, facts: list[str]) -> Answer:
    job = find_job(org, call)
    own = kept(org.store, job["id"], ingest.HEADER)
    header = join([line_of(facts, job["columnDelimiter"]), *own], job["columnDelimiter"])
    lines = kept(org.store, job["id"], part)
    return Answer(200, document(header, lines, job["lineEnding"]), _CSV)
