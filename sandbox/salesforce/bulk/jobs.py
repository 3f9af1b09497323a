"""Create jobs, tell their state, and move them on.

A job runs while it is asked for: so many polls answer InProgress, the next one does the work.

Source: Salesforce Bulk API 2.0 guide, "Query Jobs" and "Ingest Jobs", read 2026-11 (documented); job bodies as
recorded (measured by others).
"""

from __future__ import annotations

from typing import Any

from sandbox.salesforce.bulk import ingest, query_job
from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.errors import not_found, refused
from sandbox.salesforce.ids import make_id
from sandbox.salesforce.org import Org
from sandbox.salesforce.wire import to_rest

Job = dict[str, Any]
_OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete")
_WAITING = ("UploadComplete", "InProgress")
_FINISHED = ("JobComplete", "Failed", "Aborted")
_DELIMITERS = ("COMMA", "TAB", "SEMICOLON", "PIPE", "CARET", "BACKQUOTE")
_SHORT = (
    "id",
    "operation",
    "object",
    "createdById",
    "createdDate",
    "systemModstamp",
    "state",
    "externalIdFieldName",
    "concurrencyMode",
    "contentType",
    "apiVersion",
)
_CREATED = (*_SHORT, "contentUrl", "lineEnding", "columnDelimiter")
_FULL = (
    *_SHORT,
    "jobType",
    "contentUrl",
    "lineEnding",
    "columnDelimiter",
    "numberRecordsProcessed",
    "numberRecordsFailed",
    "retries",
    "totalProcessingTime",
    "apiActiveProcessingTime",
    "apexProcessingTime",
    "isPkChunkingSupported",
    "errorMessage",
)


def create_query_job(org: Org, call: Call) -> Answer:
    """POST jobs/query: the statement is checked at once, run later."""
    body = call.document()
    operation, statement = body.get("operation"), body.get("query")
    if operation not in ("query", "queryAll") or not isinstance(statement, str):
        raise refused(400, "API_ERROR", "A query job needs an operation (query or queryAll) and a query")
    kind = query_job.check_statement(org, call.who, statement)
    job = _new_job(org, call, body, {"operation": operation, "object": kind, "state": "UploadComplete"})
    job.update(jobType="V2Query", statement=statement, isPkChunkingSupported=True)
    return _kept(org, job, _CREATED)


def create_ingest_job(org: Org, call: Call) -> Answer:
    """POST jobs/ingest: waits for its CSV."""
    body = call.document()
    kind = org.catalog.find(str(body.get("object", "")))
    operation = body.get("operation")
    if kind is None:
        raise refused(400, "INVALIDENTITY", f"Unable to find object: {body.get('object')}")
    if operation not in _OPERATIONS:
        raise refused(400, "INVALIDOPERATION", f"operation must be one of {', '.join(_OPERATIONS)}")
    if operation == "upsert" and not kind.has(str(body.get("externalIdFieldName", ""))):
        raise refused(400, "INVALIDJOB", "An upsert needs externalIdFieldName, a field of the object")
    job = _new_job(org, call, body, {"operation": operation, "object": kind.name, "state": "Open"})
    if operation == "upsert":
        job["externalIdFieldName"] = body["externalIdFieldName"]
    job.update(
        jobType="V2Ingest",
        assignmentRuleId=body.get("assignmentRuleId"),
        contentUrl=f"services/data/{call.version}/jobs/ingest/{job['id']}/batches",
        numberRecordsFailed=0,
        apiActiveProcessingTime=0,
        apexProcessingTime=0,
    )
    return _kept(org, job, _CREATED)


def _new_job(org: Org, call: Call, body: dict[str, Any], facts: Job) -> Job:
    delimiter, ending = body.get("columnDelimiter", "COMMA"), body.get("lineEnding", "LF")
    if body.get("contentType", "CSV") != "CSV" or delimiter not in _DELIMITERS or ending not in ("LF", "CRLF"):
        raise refused(400, "INVALIDJOB", "contentType, columnDelimiter or lineEnding is not known")
    now = to_rest(org.now_ms())
    return {
        "id": make_id("750", org.store.next_number("job")),
        "createdById": call.who.user_id,
        "createdDate": now,
        "systemModstamp": now,
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": float(call.version.removeprefix("v")),
        "lineEnding": ending,
        "columnDelimiter": delimiter,
        "numberRecordsProcessed": 0,
        "retries": 0,
        "totalProcessingTime": 0,
        "polls": 0,
        **facts,
    }


def _kept(org: Org, job: Job, names: tuple[str, ...]) -> Answer:
    org.store.put("job", job["id"], job)
    return Answer(200, _shown(job, names))


def _shown(job: Job, names: tuple[str, ...]) -> Job:
    return {name: job[name] for name in names if job.get(name) is not None}


def find_job(org: Org, call: Call) -> Job:
    """Find the job of the address, of the kind the address is about; 404 when there is none."""
    job: Job | None = org.store.get("job", call.params["job"])
    if job is None or (job["jobType"] == "V2Query") != ("/jobs/query" in call.path):
        raise not_found("The requested resource does not exist")
    return job


def read_job(org: Org, call: Call) -> Answer:
    """GET jobs/…/ID: the poll that moves a waiting job on."""
    job = find_job(org, call)
    if job["state"] in _WAITING:
        job["polls"] += 1
        job["state"] = "InProgress"
        if job["polls"] > org.settings.polls_until_done:
            run_job(org, call, job)
        job["systemModstamp"] = to_rest(org.now_ms())
    names = tuple(name for name in _FULL if name != "contentUrl" or job["state"] == "Open")
    return _kept(org, job, names)


def run_job(org: Org, call: Call, job: Job) -> None:
    """Do a job's work and say how it went."""
    if job["jobType"] == "V2Query":
        query_job.run_query(org, job)
    else:
        ingest.run_ingest(org, call, job)


def list_jobs(org: Org, call: Call) -> Answer:
    """GET jobs/query or jobs/ingest."""
    wanted = "V2Query" if call.path.rstrip("/").endswith("query") else "V2Ingest"
    found = [_shown(job, _SHORT) for job in org.store.all("job").values() if job["jobType"] == wanted]
    return Answer(200, {"done": True, "nextRecordsUrl": None, "records": found})


def change_job(org: Org, call: Call) -> Answer:
    """PATCH jobs/…/ID: close the upload or abort."""
    job = find_job(org, call)
    state = call.document().get("state")
    allowed = {"UploadComplete": ("Open",), "Aborted": ("Open", *_WAITING)}.get(str(state), ())
    if job["state"] not in allowed:
        raise refused(400, "INVALIDJOBSTATE", f"Job state {job['state']} can't be changed to {state}")
    job["state"] = state
    return _kept(org, job, _SHORT)


def delete_job(org: Org, call: Call) -> Answer:
    """DELETE jobs/…/ID: only of finished jobs."""
    job = find_job(org, call)
    if job["state"] not in _FINISHED:
        raise refused(400, "INVALIDJOBSTATE", f"Job can't be deleted in state {job['state']}")
    org.store.drop("job", job["id"])
    org.store.connection.execute("DELETE FROM job_rows WHERE job = ?", (job["id"],))
    return Answer(204)
