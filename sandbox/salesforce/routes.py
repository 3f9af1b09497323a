"""List every imitated endpoint once: method, address, handler, and whether it needs a session."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.salesforce import batches, composite, limits, oauth, query, rows, versions
from sandbox.salesforce.bulk import ingest, jobs, results
from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.metadata import rest, soap, tooling
from sandbox.salesforce.org import Org

Handler = Callable[[Org, Call], Answer]
_DATA = "/services/data/{version}"
_ROW = _DATA + "/sobjects/{sobject}/{id}"
_KEY = _DATA + "/sobjects/{sobject}/{field}/{value}"
_MANY = _DATA + "/composite/sobjects"
_QUERY_JOB = _DATA + "/jobs/query/{job}"
_INGEST_JOB = _DATA + "/jobs/ingest/{job}"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One imitated endpoint; one without a session is not counted as an API call either."""

    method: str
    address: str
    handler: Handler
    session: bool = True

    @property
    def name(self) -> str:
        """Name the endpoint by method and address."""
        return f"{self.method} {self.address}"


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("POST", "/services/oauth2/token", oauth.issue_token, session=False),
    Endpoint("POST", "/services/oauth2/introspect", oauth.introspect_token, session=False),
    Endpoint("POST", "/services/oauth2/revoke", oauth.revoke_token, session=False),
    Endpoint("GET", "/services/oauth2/revoke", oauth.revoke_token, session=False),
    Endpoint("GET", "/services/oauth2/userinfo", oauth.user_info),
    Endpoint("GET", "/services/data", versions.list_versions, session=False),
    Endpoint("GET", _DATA, versions.list_resources),
    Endpoint("GET", _DATA + "/limits", limits.read_limits),
    Endpoint("GET", _DATA + "/limits/recordCount", limits.count_records),
    Endpoint("GET", _DATA + "/query", query.query),
    Endpoint("GET", _DATA + "/query/{locator}", query.more),
    Endpoint("GET", _DATA + "/queryAll", query.query_all),
    Endpoint("GET", _DATA + "/queryAll/{locator}", query.more),
    Endpoint("GET", _DATA + "/sobjects", rows.describe_all),
    Endpoint("GET", _DATA + "/sobjects/{sobject}", rows.describe_basic),
    Endpoint("POST", _DATA + "/sobjects/{sobject}", rows.create_row),
    Endpoint("GET", _DATA + "/sobjects/{sobject}/describe", rows.describe_one),
    Endpoint("GET", _ROW, rows.read_row),
    Endpoint("PATCH", _ROW, rows.update_row),
    Endpoint("DELETE", _ROW, rows.delete_row),
    Endpoint("GET", _KEY, rows.read_by_key),
    Endpoint("PATCH", _KEY, rows.upsert_row),
    Endpoint("DELETE", _KEY, rows.delete_by_key),
    Endpoint("POST", _DATA + "/composite", composite.composite),
    Endpoint("POST", _DATA + "/composite/batch", composite.batch),
    Endpoint("POST", _MANY, batches.create_many),
    Endpoint("PATCH", _MANY, batches.update_many),
    Endpoint("DELETE", _MANY, batches.delete_many),
    Endpoint("GET", _MANY + "/{sobject}", batches.read_many),
    Endpoint("POST", _MANY + "/{sobject}", batches.read_many),
    Endpoint("PATCH", _MANY + "/{sobject}/{field}", batches.upsert_many),
    Endpoint("POST", _DATA + "/jobs/query", jobs.create_query_job),
    Endpoint("GET", _DATA + "/jobs/query", jobs.list_jobs),
    Endpoint("GET", _QUERY_JOB, jobs.read_job),
    Endpoint("PATCH", _QUERY_JOB, jobs.change_job),
    Endpoint("DELETE", _QUERY_JOB, jobs.delete_job),
    Endpoint("GET", _QUERY_JOB + "/results", results.query_results),
    Endpoint("POST", _DATA + "/jobs/ingest", jobs.create_ingest_job),
    Endpoint("GET", _DATA + "/jobs/ingest", jobs.list_jobs),
    Endpoint("GET", _INGEST_JOB, jobs.read_job),
    Endpoint("PATCH", _INGEST_JOB, jobs.change_job),
    Endpoint("DELETE", _INGEST_JOB, jobs.delete_job),
    Endpoint("PUT", _INGEST_JOB + "/batches", ingest.upload),
    Endpoint("GET", _INGEST_JOB + "/successfulResults", results.successful_results),
    Endpoint("GET", _INGEST_JOB + "/failedResults", results.failed_results),
    Endpoint("GET", _INGEST_JOB + "/unprocessedrecords", results.unprocessed_records),
    Endpoint("POST", _DATA + "/metadata/deployRequest", rest.start),
    Endpoint("GET", _DATA + "/metadata/deployRequest/{deploy}", rest.status),
    Endpoint("GET", _DATA + "/tooling/query", tooling.query),
    Endpoint("POST", _DATA + "/tooling/sobjects/CustomField", tooling.create_field),
    Endpoint("DELETE", _DATA + "/tooling/sobjects/CustomField/{id}", tooling.delete_field),
    Endpoint("POST", "/services/Soap/m/{number}", soap.serve, session=False),
    Endpoint("POST", "/services/Soap/m/{number}/deployRequest", soap.serve, session=False),
    Endpoint("POST", "/services/Soap/m/{number}/deployRequest/{deploy}", soap.serve, session=False),
)


class Router:
    """Find the endpoint of an address; the more literal words it has, the better it fits."""

    def __init__(self) -> None:
        ranked = sorted(ENDPOINTS, key=lambda one: one.address.count("{"))
        self._routes = [(_pattern(endpoint.address), endpoint) for endpoint in ranked]

    def find(self, method: str, path: str) -> tuple[Endpoint, dict[str, str]] | None:
        """Give the endpoint and the variable parts of the address."""
        for pattern, endpoint in self._routes:
            if endpoint.method == method and (found := pattern.fullmatch(path)):
                return endpoint, found.groupdict()
        return None

    def methods(self, path: str) -> list[str]:
        """List the methods an address knows."""
        return [endpoint.method for pattern, endpoint in self._routes if pattern.fullmatch(path)]


def _pattern(address: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", address)
    return re.compile(
        "".join(f"(?P<{part}>[^/]+)" if at % 2 else re.escape(part) for at, part in enumerate(parts)) + "/?"
    )
