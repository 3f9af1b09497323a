"""Tell from a Salesforce reply what to do next: a document, or the CrmError whose class says it.

Source: Salesforce REST API guide, "Status Codes and Error Responses", and SOAP API guide, "Core Data Types",
read 2026-11 (documented). A request fails with a list of `{message, errorCode, fields?}`, an item of a collection
with `{statusCode, message, fields}`, the token endpoint with `{error, error_description}`. Messages may quote field
values, so only codes and field names are taken from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from adapters.exchange import Reply, Request
from adapters.http import parse_retry_after
from adapters.json_body import NOT_JSON, read_json
from connector.errors import (
    AccessError,
    ConflictError,
    CrmError,
    GoneError,
    LockedError,
    RateLimitedError,
    RejectedError,
    UnavailableError,
)

UNREADABLE: Final = "UNREADABLE"
INVALID_FIELD: Final = "INVALID_FIELD"
INVALID_TYPE: Final = "INVALID_TYPE"
CONVERTED: Final = "CANNOT_UPDATE_CONVERTED_LEAD"
BAD_CURSOR: Final = "INVALID_QUERY_LOCATOR"
BAD_REFERENCE: Final = "INVALID_CROSS_REFERENCE_KEY"
DUPLICATE: Final = "DUPLICATE_VALUE"
TOO_LARGE: Final = frozenset(
    ("QUERY_TIMEOUT", "OPERATION_TOO_LARGE", "QUERY_TOO_COMPLICATED", "REQUEST_RUNNING_TOO_LONG", "EXCEEDED_ID_LIMIT")
)
"""Refusals of which a smaller question may be answered."""
ODD_ID: Final = frozenset(("INVALID_QUERY_FILTER_OPERATOR", "INVALID_ID_FIELD", "MALFORMED_ID"))
"""Refusals of a whole query for one id in it that has the form of an id and is none."""
OWNER_REFUSALS: Final = frozenset(("INACTIVE_OWNER_OR_USER", BAD_REFERENCE, "INVALID_OPERATION"))
_NO_ACCESS: Final = frozenset(
    ("API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED", "FUNCTIONALITY_NOT_ENABLED", "INSUFFICIENT_ACCESS", "FORBIDDEN")
)
_PASSING: Final = frozenset(
    (
        *TOO_LARGE, "SERVER_UNAVAILABLE", "TXN_SECURITY_METERING_ERROR", "UNKNOWN_EXCEPTION", "SYSTEM_ERROR",
        "PROCESSING_HALTED", "ALL_OR_NONE_OPERATION_ROLLED_BACK", "BATCH_PROCESSING_HALTED",
    )
)  # fmt: skip
_READABLE: Final[Mapping[str, str]] = {
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": "a validation rule of the organisation refuses the change",
    "FIELD_FILTER_VALIDATION_EXCEPTION": "a lookup filter of the organisation refuses the change",
    "DUPLICATES_DETECTED": "a duplicate rule of the organisation blocks the change",
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": "a trigger of the organisation refuses the change",
    "CANNOT_EXECUTE_FLOW_TRIGGER": "a flow of the organisation fails on the change",
    "INVALID_FIELD_FOR_INSERT_UPDATE": "Puente's user may not edit these fields: assign the permission set",
    "INSUFFICIENT_ACCESS_OR_READONLY": "Puente's user may not edit this record",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": "Puente's user may not use a record this one points to",
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": "a picklist lacks the value: run `puente install` again",
    "STORAGE_LIMIT_EXCEEDED": "the organisation's storage is full",
    "REQUIRED_FIELD_MISSING": "the organisation requires fields that Puente does not fill",
    "INACTIVE_OWNER_OR_USER": "the owner is no longer active",
    "STRING_TOO_LONG": "a text is too long for its field",
}
_SAFE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")
_NAME: Final = r"[A-Za-z][A-Za-z0-9_.]{0,120}"
_NO_COLUMN: Final = re.compile(
    rf"[Nn]o such column '({_NAME})'|understand relationship '({_NAME})'|sObject type '({_NAME})'"
)


def interpret(request: Request, reply: Reply) -> object:
    """Return the document of a successful reply (None for an empty one, the Reply itself for CSV), or raise."""
    if not 200 <= reply.status < 300:
        raise classify(reply)
    if "text/csv" in reply.headers.get("content-type", "") and request.headers.get("Accept") == "text/csv":
        return reply
    if reply.status == 204 or not reply.body.strip():
        if request.method == "GET":
            raise UnavailableError("Salesforce sent an empty answer", status=reply.status, code=UNREADABLE)
        return None
    document = read_json(reply.body)
    if document is NOT_JSON:
        raise UnavailableError("Salesforce sent an unreadable answer", status=reply.status, code=UNREADABLE)
    return document


def classify(reply: Reply) -> CrmError:
    """Build the error of an unsuccessful reply."""
    return classify_body(read_json(reply.body), reply.status, reply.headers)


def classify_body(body: object, status: int, headers: Mapping[str, str]) -> CrmError:
    """Build the error that an error body, its status and its headers add up to. Pure; never raises."""
    parts = list(_parts(body))
    if not parts:
        return _of_status(status, None, headers)
    first = parts[0]
    return _of_code(_code(first), str(first.get("message") or ""), _fields(parts), status, headers)


def classify_item(errors: object, status: int = 400) -> CrmError:
    """Build the error of one item of a collection."""
    return classify_body(errors, status, {})


def _of_code(
    code: str | None, message: str, fields: tuple[str, ...], status: int, headers: Mapping[str, str]
) -> CrmError:
    if code == "REQUEST_LIMIT_EXCEEDED":
        return _rate_limited(message, status, headers)
    if code in ("INVALID_SESSION_ID", "INVALID_AUTH_HEADER") or status == 401:
        return _of_status(401, code, headers)
    if code == "UNABLE_TO_LOCK_ROW":
        return LockedError("the record is locked by another change", status=status, code=code)
    if code in ("ENTITY_IS_DELETED", CONVERTED) or (code == "NOT_FOUND" and status == 404):
        return GoneError(f"Salesforce does not have it ({code})", status=status, code=code)
    if code == DUPLICATE:
        return ConflictError("the value is taken already", status=status, code=code)
    if code in _PASSING:
        wait = parse_retry_after(headers)
        return UnavailableError(f"Salesforce could not answer ({code})", retry_after=wait, status=status, code=code)
    if code in _NO_ACCESS:
        return AccessError(f"Salesforce forbids this ({code}): check the permissions", status=403, code=code)
    if status >= 500 or status in (408, 420, 425, 429):
        return _of_status(status, code, headers)
    return _rejected(code, fields, status)


def _of_status(status: int, code: str | None, headers: Mapping[str, str]) -> CrmError:
    """Build the error of a reply that has only its status to say: an HTML page, an empty or a foreign body."""
    wait = parse_retry_after(headers)
    if status == 401:
        return AccessError(
            "Salesforce refuses the session (401): check PUENTE_SALESFORCE__CLIENT_ID and the credentials that go "
            "with it, and that the app may use the API",
            status=401,
            code=code,
        )
    if status == 429:
        return RateLimitedError("too many calls at once", scope="burst", retry_after=wait, code=code)
    if status == 404:
        return GoneError("Salesforce does not have it (404)", status=404, code=code)
    if status == 410:
        text = "Salesforce no longer serves this API version: raise PUENTE_SALESFORCE__API_VERSION"
        return RejectedError(text, status=410, code=code)
    if status == 403 and code is not None:
        return AccessError(f"Salesforce forbids this ({code})", status=403, code=code)
    if status in (400, 405, 413, 414, 415, 422, 431, 501) or 300 <= status < 400:
        return _rejected(code, (), status)
    # Its edge answers 403, 406 and 420 in HTML in passing moods; seen by several public connectors.
    return UnavailableError(f"Salesforce could not answer ({status})", retry_after=wait, status=status, code=code)


def _rate_limited(message: str, status: int, headers: Mapping[str, str]) -> RateLimitedError:
    """Tell the day's limit from too many at once: the code is the same, only the message says which (measured)."""
    wait = parse_retry_after(headers)
    if status == 429 or "concurrent" in message.lower():
        text = "too many long calls at once"
        return RateLimitedError(text, scope="burst", retry_after=wait, status=status, code="REQUEST_LIMIT_EXCEEDED")
    # Source: Salesforce, "API Request Limits and Allocations", read 2026-11 (documented): a rolling 24 hours.
    text = "the organisation's API calls of the last 24 hours are used up; they come back hour by hour"
    return RateLimitedError(text, scope="daily", retry_after=wait, status=status, code="REQUEST_LIMIT_EXCEEDED")


def _rejected(code: str | None, fields: tuple[str, ...], status: int) -> RejectedError:
    what = _READABLE.get(code or "", "Salesforce refused the request")
    text = f"{what} ({', '.join(str(part) for part in (code, status if not code else None) if part)})"
    if fields:
        text += ": " + ", ".join(fields)
    elif 300 <= status < 400:
        text += " — it sends us elsewhere: give the My Domain address in PUENTE_SALESFORCE__INSTANCE_URL"
    return RejectedError(text, fields=fields, status=status, code=code)


def _parts(body: object) -> Iterator[Mapping[str, object]]:
    """Yield the errors of a body, whichever of its forms it has."""
    if isinstance(body, Mapping):
        if any(key in body for key in ("errorCode", "statusCode", "error")):
            yield body
        inner = body.get("errors")
        yield from _parts(inner) if isinstance(inner, list) else ()
    elif isinstance(body, list):
        for item in body:
            yield from _parts(item) if isinstance(item, Mapping) else ()


def _code(part: Mapping[str, object]) -> str | None:
    for key in ("errorCode", "statusCode", "error"):
        value = part.get(key)
        if isinstance(value, str) and _SAFE.fullmatch(value):
            return value
    return None


def _fields(parts: list[Mapping[str, object]]) -> tuple[str, ...]:
    """Return the field names that errors point at, in their list or in the words Salesforce always uses."""
    names: list[str] = []
    for part in parts:
        given = part.get("fields")
        names += [field for field in given if isinstance(field, str)] if isinstance(given, list) else []
        found = _NO_COLUMN.search(str(part.get("message") or ""))
        names += [group for group in found.groups() if group] if found else []
    return tuple(dict.fromkeys(field for field in names if re.fullmatch(_NAME, field)))
