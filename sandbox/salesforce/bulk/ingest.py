"""Take the CSV of an ingest job and write its records, each with a result of its own."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from typing import Any

from sandbox.salesforce.bulk.csv_form import keep, kept, line_of, plain_line, read_lines
from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.errors import ApiError, RecordError, not_found, refused
from sandbox.salesforce.ids import to_18
from sandbox.salesforce.org import Org
from sandbox.salesforce.rows import check_scripted, find_by_key
from sandbox.salesforce.schema import SObject
from sandbox.salesforce.values import parse_value
from sandbox.salesforce.writing import WriteOptions, create_record, delete_record, find_living, update_record

UPLOAD, HEADER, SUCCESSFUL, FAILED, UNPROCESSED = "upload", "header", "successful", "failed", "unprocessed"
_MOST_BYTES = 150_000_000
_NOTHING = "#N/A"


def upload(org: Org, call: Call) -> Answer:
    """PUT jobs/ingest/ID/batches: the whole CSV, once."""
    job = org.store.get("job", call.params["job"])
    if job is None:
        raise not_found()
    if job["state"] != "Open" or kept(org.store, job["id"], UPLOAD):
        raise refused(400, "INVALIDJOBSTATE", f"Found multiple contents for job: <{job['id']}>, or it is not open")
    if not call.header("content-type").startswith("text/csv"):
        raise refused(400, "INVALIDCONTENTTYPE", "Content-Type must be text/csv")
    if len(call.raw_body) > _MOST_BYTES:
        raise refused(413, "EXCEEDED_MAX_SIZE_REQUEST", "The upload is larger than 150 MB")
    try:
        text = call.raw_body.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise refused(400, "INVALIDBATCH", f"The upload is not UTF-8: {problem}") from problem
    keep(org.store, job["id"], UPLOAD, [text])
    return Answer(201)


def run_ingest(org: Org, call: Call, job: dict[str, Any]) -> None:
    """Write the records of a job; an unknown column or broken CSV fails the whole of it."""
    texts = kept(org.store, job["id"], UPLOAD)
    try:
        lines = list(read_lines(texts[0] if texts else "", job["columnDelimiter"]))
    except csv.Error as problem:
        job.update(state="Failed", errorMessage=f"InvalidBatch : {problem}")
        return
    header, rows = (lines[0], [line for line in lines[1:] if line]) if lines else ([], [])
    kind = org.catalog.kind(job["object"])
    unknown = [name for name in header if not kind.has(name)]
    if unknown or not header:
        job.update(state="Failed", errorMessage=f"InvalidBatch : Field name not found : {', '.join(unknown)}")
        keep(org.store, job["id"], UNPROCESSED, [plain_line(row, job["columnDelimiter"]) for row in rows])
        return
    keep(org.store, job["id"], HEADER, [plain_line(header, job["columnDelimiter"])])
    _Run(org, call, job, kind, header).write(rows)


class _Run:
    """One job at work."""

    def __init__(self, org: Org, call: Call, job: dict[str, Any], kind: SObject, header: list[str]) -> None:
        self._org = org
        self._call = call
        self._job = job
        self._kind = kind
        self._header = header
        self._actor = org.user(job["createdById"])
        self._options = WriteOptions(assign=job.get("assignmentRuleId") is not None)
        self._written: tuple[str, bool] = ("", False)

    def write(self, rows: list[list[str]]) -> None:
        """Write every row and keep what came of it."""
        successful, failed = [], []
        for row in rows:
            problem = self._attempt(row)
            if problem is None:
                record_id, created = self._written
                successful.append(self._result([record_id, str(created).lower()], row))
                self._call.touched.append(f"{self._kind.name}:{record_id}")
            else:
                failed.append(self._result([self._row_id(row), problem], row))
        keep(self._org.store, self._job["id"], SUCCESSFUL, successful)
        keep(self._org.store, self._job["id"], FAILED, failed)
        self._job.update(state="JobComplete", numberRecordsProcessed=len(rows), numberRecordsFailed=len(failed))

    def _result(self, facts: list[str], row: list[str]) -> str:
        return line_of([*facts, *row], self._job["columnDelimiter"])

    def _row_id(self, row: list[str]) -> str:
        values = dict(zip((name.lower() for name in self._header), row, strict=False))
        return to_18(values.get("id", "")) or ""

    def _attempt(self, row: list[str]) -> str | None:
        """Write one row; say what was wrong with it, or None."""
        try:
            with self._org.transaction():
                self._written = self._write_row(self._values(row))
        except RecordError as problem:
            refusal = problem.refusal
            return f"{refusal.code}:{refusal.message}:{' '.join((*(refusal.fields or ()), '--'))}"
        return None

    def _values(self, row: list[str]) -> dict[str, Any]:
        """Give the values of a row: empty ones are left alone, #N/A empties a field."""
        values: dict[str, Any] = {}
        for place, (name, text) in enumerate(zip(self._header, row, strict=False)):
            if text == "":
                continue
            field = self._kind.field(name)
            values[field.name] = None if text == _NOTHING else text
            try:
                parse_value(field, values[field.name])
            except ApiError as problem:
                message = (
                    f"Failed to deserialize field at col {place}. Due to, '{text}' is not a valid value for the type "
                    f"{field.soap_type}"
                )
                raise RecordError("INVALID_FIELD", message, [field.name]) from problem
        return values

    def _write_row(self, values: dict[str, Any]) -> tuple[str, bool]:
        operation = self._job["operation"]
        record_id = to_18(str(values.pop("Id", "") or ""))
        check_scripted(self._call.fault, record_id, values)
        if operation == "insert":
            return self._create(values), True
        if operation == "upsert":
            return self._upsert(values, record_id)
        if record_id is None:
            raise RecordError("MISSING_ARGUMENT", "Id not specified", [])
        if operation == "update":
            update_record(self._org, self._actor, self._kind, record_id, values, self._options)
        elif operation == "delete":
            delete_record(self._org, self._actor, self._kind, record_id)
        else:
            find_living(self._org, self._kind, record_id)
            self._org.store.erase(self._kind.name, record_id)
        return record_id, False

    def _create(self, values: Mapping[str, Any]) -> str:
        return create_record(self._org, self._actor, self._kind, values, self._options)

    def _upsert(self, values: dict[str, Any], record_id: str | None) -> tuple[str, bool]:
        field = self._kind.field(self._job["externalIdFieldName"])
        found = find_by_key(self._org, self._kind, field, record_id if field.name == "Id" else values.get(field.name))
        if len(found) > 1:
            raise RecordError("DUPLICATE_EXTERNAL_ID", f"{field.name}: more than one record found", [])
        if not found:
            return self._create(values), True
        update_record(self._org, self._actor, self._kind, found[0], values, self._options)
        return found[0], False
