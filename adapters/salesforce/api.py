"""Build requests for Salesforce's REST API: addresses, bodies and headers; no I/O.

Source: Salesforce REST API developer guide, read 2026-11 (documented): Composite, sObject Collections, Query,
QueryAll, Describe, Bulk API 2.0 query jobs, OAuth endpoints.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from adapters.exchange import Request

PEOPLE: Final = 200
"""People per read; also records per collections call (documented)."""
COLLECTION: Final = 200
QUERIES_PER_COMPOSITE: Final = 5
"""Queries and collections within one composite; 25 subrequests in all (documented)."""
SUBREQUESTS: Final = 25
AUTO_ASSIGN_OFF: Final[Mapping[str, str]] = {"Sforce-Auto-Assign": "FALSE"}
"""Without it Salesforce applies the active assignment rule to a lead we change (documented: default TRUE)."""
PERSON_WRITE_HEADERS: Final[Mapping[str, str]] = {**AUTO_ASSIGN_OFF, "Sforce-Duplicate-Rule-Header": "allowSave=true"}
_PLAIN: Final = "',()*:."
"""Left as they are: a long list of ids must fit an address of 16,384 bytes (documented)."""
_QUERY_SECONDS: Final = 130.0
"""Salesforce gives up on a query after 120 s (documented)."""


@dataclass(frozen=True, slots=True)
class Subrequest:
    """Describe one request inside a composite."""

    method: str
    url: str
    body: object = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)


class SalesforceApi:
    """Build the requests of one API version."""

    def __init__(self, version: str) -> None:
        self.version = version.strip().lower().removeprefix("v")
        self._base = f"/services/data/v{self.version}"

    def query_url(self, soql: str, *, everything: bool = False) -> str:
        """Address a query; with `everything` deleted records and archived activities come too."""
        return f"{self._base}/{'queryAll' if everything else 'query'}?q={quote(soql, safe=_PLAIN)}"

    def query(self, soql: str, purpose: str, *, everything: bool = False) -> Subrequest:
        return Subrequest("GET", self.query_url(soql, everything=everything))

    def describe_url(self, sobject: str) -> str:
        return f"{self._base}/sobjects/{sobject}/describe"

    def describe(self, sobject: str) -> Request:
        return Request("GET", self.describe_url(sobject), "schema")

    def composite(self, subrequests: Sequence[Subrequest], purpose: str, *, repeatable: bool = True) -> Request:
        """Build one call of many; each subrequest answers for itself under its place as reference."""
        requests = [_to_json(place, subrequest) for place, subrequest in enumerate(subrequests)]
        return Request(
            "POST",
            f"{self._base}/composite",
            purpose,
            json={"allOrNone": False, "compositeRequest": requests},
            repeatable=repeatable,
            read_timeout_seconds=_QUERY_SECONDS,
        )

    def update(self, records: Sequence[Mapping[str, object]]) -> Subrequest:
        """Build a collections update. `records` carry `attributes` and `id`."""
        return self._collection("PATCH", records)

    def create(self, records: Sequence[Mapping[str, object]]) -> Subrequest:
        return self._collection("POST", records)

    def _collection(self, method: str, records: Sequence[Mapping[str, object]]) -> Subrequest:
        body = {"allOrNone": False, "records": list(records)}
        return Subrequest(method, f"{self._base}/composite/sobjects", body, PERSON_WRITE_HEADERS)

    def direct(self, subrequest: Subrequest, purpose: str, *, repeatable: bool) -> Request:
        """Send a subrequest as a call of its own."""
        return Request(
            subrequest.method,
            subrequest.url,
            purpose,
            headers=subrequest.headers,
            json=subrequest.body,
            repeatable=repeatable,
            read_timeout_seconds=_QUERY_SECONDS,
        )

    def token(self, form: Mapping[str, str]) -> Request:
        return Request("POST", "/services/oauth2/token", "token", form=form, authorized=False)

    def versions(self) -> Request:
        """Build a read of the versions this organisation serves."""
        return Request("GET", "/services/data", "account")

    def limits(self) -> Request:
        return Request("GET", f"{self._base}/limits", "account")

    def tooling_query(self, soql: str) -> Request:
        """Ask about the organisation's set-up: what an administrator made, whoever may see it."""
        return Request("GET", f"{self._base}/tooling/query?q={quote(soql, safe=_PLAIN)}", "schema")

    def userinfo(self) -> Request:
        return Request("GET", "/services/oauth2/userinfo", "account")

    def create_query_job(self, soql: str) -> Request:
        """Start a bulk query over everything, deleted and archived records included.

        A job whose answer was lost runs for nobody and harms nobody, so the request may be repeated.
        """
        body = {"operation": "queryAll", "query": soql, "contentType": "CSV", "lineEnding": "LF"}
        return Request("POST", f"{self._base}/jobs/query", "bulk", json=body)

    def query_job(self, job_id: str) -> Request:
        return Request("GET", f"{self._base}/jobs/query/{quote(job_id, safe='')}", "bulk")

    def query_results(self, job_id: str, locator: str | None, rows: int) -> Request:
        params = {"maxRecords": str(rows), **({"locator": locator} if locator else {})}
        path = f"{self._base}/jobs/query/{quote(job_id, safe='')}/results"
        return Request(
            "GET", path, "bulk", params=params, headers={"Accept": "text/csv"}, read_timeout_seconds=_QUERY_SECONDS
        )


def _to_json(place: int, subrequest: Subrequest) -> dict[str, object]:
    request: dict[str, object] = {
        "method": subrequest.method,
        "url": subrequest.url,
        "referenceId": f"part{place}",
    }
    if subrequest.body is not None:
        request["body"] = subrequest.body
    if subrequest.headers:
        request["httpHeaders"] = dict(subrequest.headers)
    return request
