"""Say no in Salesforce's words.

A whole request fails with a list of `{message, errorCode, fields?}`; an item of a collection with
`{statusCode, message, fields}`: the same error, two spellings.

Source: Salesforce REST API guide, "Status Codes and Error Responses", read 2026-11 (documented); bodies as recorded
in public test suites (measured by others).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.refused import RefusedError

_STATUSES = {
    "NOT_FOUND": 404,
    "ENTITY_IS_DELETED": 404,
    "INSUFFICIENT_ACCESS": 403,
    "INSUFFICIENT_ACCESS_OR_READONLY": 403,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why a record or a request is refused; `fields` None leaves the key out of a request's body."""

    code: str
    message: str
    fields: tuple[str, ...] | None = None

    def as_request_error(self) -> dict[str, Any]:
        """Write it as the error of a whole request."""
        body: dict[str, Any] = {"message": self.message, "errorCode": self.code}
        return body if self.fields is None else {**body, "fields": list(self.fields)}

    def as_item_error(self) -> dict[str, Any]:
        """Write it as the error of one item among others."""
        return {"statusCode": self.code, "message": self.message, "fields": list(self.fields or ())}


class RecordError(Exception):
    """One record cannot be read or written as asked."""

    def __init__(self, code: str, message: str, fields: Sequence[str] | None = ()) -> None:
        super().__init__(f"{code}: {message}")
        self.refusal = Refusal(code, message, None if fields is None else tuple(fields))

    def whole(self) -> ApiError:
        """Give the error for a request that is about this record only."""
        return ApiError(_STATUSES.get(self.refusal.code, 400), [self.refusal.as_request_error()])


class ApiError(RefusedError):
    """An answer that is not a success; the body is JSON or, when it is text, sent as it is."""

    def __init__(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, body, headers, f"{status} {body}")


def refused(status: int, code: str, message: str, fields: Sequence[str] | None = None) -> ApiError:
    """Build the error of a whole request."""
    return ApiError(status, [Refusal(code, message, None if fields is None else tuple(fields)).as_request_error()])


def not_found(message: str = "The requested resource does not exist") -> ApiError:
    """404: no such address or record."""
    return refused(404, "NOT_FOUND", message)


def malformed_json(message: str) -> ApiError:
    """400: the body is not the JSON that was expected."""
    return refused(400, "JSON_PARSER_ERROR", message)


def method_not_allowed(method: str, allowed: Sequence[str]) -> ApiError:
    """405: there is such an address, but not for this verb."""
    message = f"HTTP Method '{method}' not allowed. Allowed are {','.join(sorted(allowed))}"
    return refused(405, "METHOD_NOT_ALLOWED", message)


def not_imitated(method: str, path: str) -> ApiError:
    """501: Salesforce has it, the sandbox has not."""
    return refused(501, "NOT_IMITATED", f"{method} {path} is not imitated by this sandbox; see COVERAGE.md")


def session_expired() -> ApiError:
    """401: the token is unknown, revoked or too old."""
    return refused(401, "INVALID_SESSION_ID", "Session expired or invalid")


def limit_exceeded(policy: str = "DAILY") -> ApiError:
    """403: the daily allowance is used up, or too many long requests run at once; only the message tells which."""
    message = {
        "DAILY": "TotalRequests Limit exceeded.",
        "CONCURRENT": "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
    }.get(policy.upper(), policy)
    return refused(403, "REQUEST_LIMIT_EXCEEDED", message)


def no_such_column(name: str, kind: str) -> RecordError:
    """Refuse a field that does not exist or that the caller must not see: Salesforce makes no difference."""
    return RecordError("INVALID_FIELD", f"No such column '{name}' on sobject of type {kind}", None)


def deleted() -> RecordError:
    """Refuse a record that is in the recycle bin."""
    return RecordError("ENTITY_IS_DELETED", "entity is deleted", ())
