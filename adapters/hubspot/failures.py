"""Tell from a HubSpot reply what to do next: a document, or the CrmError whose class says it.

Source: HubSpot error handling and usage guidelines, read 2026-04 and 2025-01 (documented): every field of an error
body is optional. What a message says may quote field values, so only codes and property names are taken from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, Literal, TypeAlias

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
MISSING_SCOPES: Final = "MISSING_SCOPES"
TIER: Final = "TIER"
BLOCKED: Final = "BLOCKED"
UNKNOWN_OBJECT_TYPE: Final = "UNKNOWN_OBJECT_TYPE"
NO_SUCH_PROPERTY: Final = "PROPERTY_DOESNT_EXIST"
_LOCK_SECONDS: Final = 2.0
_MISSING_FIELD: Final = " — run `puente install`, or correct the mapping"
Subject: TypeAlias = Literal["record", "definition", "request"]
_WHAT_TO_DO: Final[Mapping[Subject, str]] = {
    "record": " — edit and save the record in HubSpot to see which rule or value it refuses",
    "definition": " — look in HubSpot, Settings > Properties: there may be no room for more, or one with our name",
    "request": " — check PUENTE_HUBSPOT__BASE_URL, PUENTE_HUBSPOT__API_VERSION and the mapping",
}
_NOT_OFFERED: Final = " — nothing there offers it: check PUENTE_HUBSPOT__BASE_URL and PUENTE_HUBSPOT__API_VERSION"
_SAFE: Final = re.compile(r"[A-Za-z0-9_.:/-]{1,80}")
_PROPERTY: Final = re.compile(r"[a-z][a-z0-9_]{0,127}")
_PROPERTY_KEYS: Final = ("propertyName", "properties", "propertyNames", "name")
_NAMED: Final = re.compile(r'(?:\\?"name\\?"\s*:\s*|[Pp]roperty )\\?"([a-z][a-z0-9_]{0,127})\\?"')
_SCOPE: Final = re.compile(r"[a-z][a-z0-9-]*(?:\.[a-z0-9_-]+)+|[a-z][a-z-]{2,40}")
_NO_PROPERTY_WORDS: Final = re.compile(r"PROPERTY_DOESNT_EXIST|property[^.]{0,140} does ?n[o']t exist", re.IGNORECASE)
_TAKEN_WORDS: Final = re.compile(r"already (?:exist|has|in use)|UNIQUE_VALUE|duplicate value", re.IGNORECASE)
_TIER_WORDS: Final = re.compile(r"\btier\b|subscription|upgrade|enterprise|professional|hub plan", re.IGNORECASE)


def interpret(request: Request, reply: Reply) -> object:
    """Return the JSON document of a successful reply (None for a 204), or raise."""
    if 200 <= reply.status < 300:
        return _read_success(reply)
    raise classify(reply, _subject(request))


def _subject(request: Request) -> Subject:
    """Say what a refusal is about: only a record that was to be written can be looked at by editing it."""
    if request.purpose == "install":
        return "definition"
    writes = request.method in ("PATCH", "PUT") or request.path.endswith(("/batch/update", "/batch/create"))
    return "record" if writes else "request"


def _read_success(reply: Reply) -> object:
    if reply.status == 204:
        return None
    if not reply.body.strip():
        # Never read as "nothing there": it would take companies and e-mails from people without a word.
        raise UnavailableError("HubSpot sent an empty answer", status=reply.status, code=UNREADABLE)
    document = read_json(reply.body)
    if document is NOT_JSON:
        raise UnavailableError("HubSpot sent an unreadable answer", status=reply.status, code=UNREADABLE)
    if isinstance(document, dict) and document.get("status") == "error" and "results" not in document:
        raise classify_body(document, 400, reply.headers)
    return document


def classify(reply: Reply, subject: Subject = "record") -> CrmError:
    """Build the error of an unsuccessful reply."""
    body = read_json(reply.body)
    if not isinstance(body, dict):
        body = next((item for item in body if isinstance(item, dict)), {}) if isinstance(body, list) else {}
        if reply.status == 403 and b"<" in reply.body[:512]:
            # A web application firewall answers in HTML: it may be the content of one record, or a passing mood.
            return UnavailableError("blocked before it reached HubSpot (403, HTML)", status=403, code=BLOCKED)
    return classify_body(body, reply.status, reply.headers, subject)


def classify_body(
    body: Mapping[str, object], status: int, headers: Mapping[str, str], subject: Subject = "record"
) -> CrmError:
    """Build the error that an error body, its status and its headers add up to. Pure; never raises."""
    category = _first_safe(body, "category", "errorType", "error") or _nested_code(body)
    code = _first_safe(body, "subCategory") or category
    request_id = _first_safe(body, "correlationId", "requestId")
    wait = parse_retry_after(headers)
    if status == 429 or category in ("RATE_LIMIT", "RATE_LIMITS"):
        return _rate_limited(body, headers, wait, request_id)
    if status in (401, 530) or category in ("EXPIRED_AUTHENTICATION", "INVALID_AUTHENTICATION"):
        shown = 401 if status not in (401, 530) else status
        return AccessError(_access_text(shown), status=shown, code=code, request_id=request_id)
    if status == 403:
        return _forbidden(body, category, code, request_id)
    if status in (404, 410) or category in ("OBJECT_NOT_FOUND", "NOT_FOUND", "RESOURCE_NOT_FOUND"):
        text = f"HubSpot does not have it ({code or status})"
        return GoneError(text, status=status, code=code, request_id=request_id)
    if status == 409 or category == "CONFLICT":
        return ConflictError(f"it exists already ({code or status})", status=status, code=code, request_id=request_id)
    if status == 423 or category == "LOCKED":
        pause = max(_LOCK_SECONDS, wait or 0.0)
        text = "the record is locked by another change"
        return LockedError(text, retry_after=pause, status=status, code=code, request_id=request_id)
    if status in (408, 425, 477) or (status >= 500 and status != 501):
        text = "the account is being migrated" if status == 477 else f"HubSpot could not answer ({status})"
        return UnavailableError(text, retry_after=wait, status=status, code=code, request_id=request_id)
    return _rejected(body, status, code, request_id, subject)


def _rejected(
    body: Mapping[str, object], status: int, code: str | None, request_id: str | None, subject: Subject
) -> CrmError:
    said = " ".join(f"{part.get('code')} {part.get('subCategory')} {part.get('message')}" for part in _parts(body))
    if _TAKEN_WORDS.search(said):
        return ConflictError("the value is taken already", status=status, code=code, request_id=request_id)
    if "infer object type" in said.lower():
        code = UNKNOWN_OBJECT_TYPE
    elif _NO_PROPERTY_WORDS.search(said):
        code = NO_SUCH_PROPERTY
    fields = named_properties(body)
    text = f"HubSpot refused the request ({status}{', ' + code if code else ''})"
    if fields:
        text += ": " + ", ".join(fields)
    # HubSpot's own sentence may quote what somebody typed, so it stays out; the portal shows it to who may see it.
    if code == NO_SUCH_PROPERTY:
        text += _MISSING_FIELD
    else:
        text += _NOT_OFFERED if status == 501 else _WHAT_TO_DO[subject]
    return RejectedError(text, fields=fields, status=status, code=code, request_id=request_id)


def _access_text(status: int) -> str:
    if status == 530:
        return "HubSpot cannot read the access token (530): check that it was copied whole"
    return "HubSpot refuses the access token (401): check PUENTE_HUBSPOT__ACCESS_TOKEN or the OAuth settings"


def _forbidden(body: Mapping[str, object], category: str | None, code: str | None, request_id: str | None) -> CrmError:
    scopes = missing_scopes(body)
    if scopes or category == MISSING_SCOPES:
        named = ", ".join(scopes) or "HubSpot does not say which"
        text = f"the app lacks scopes: {named}; grant them and install it again"
        return AccessError(text, status=403, code=MISSING_SCOPES, request_id=request_id)
    if _TIER_WORDS.search(str(body.get("message") or "")):
        return AccessError("the account's subscription does not include this", status=403, code=TIER)
    return AccessError(f"HubSpot forbids this ({code or 403})", status=403, code=code, request_id=request_id)


def _rate_limited(
    body: Mapping[str, object], headers: Mapping[str, str], wait: float | None, request_id: str | None
) -> CrmError:
    """Source: HubSpot usage guidelines, read 2025-01 (documented): policyName DAILY, TEN_SECONDLY_ROLLING, SECONDLY."""
    policy = (_first_safe(body, "policyName") or "").upper()
    message = str(body.get("message") or "").lower()
    spent = headers.get("x-hubspot-ratelimit-daily-remaining", "").strip() == "0"
    if policy == "DAILY" or "daily limit" in message or (spent and not policy):
        text = "the account's daily limit of API calls is used up; it starts again at midnight of the portal's zone"
        return RateLimitedError(text, scope="daily", retry_after=wait, code=policy or None, request_id=request_id)
    if wait is None:
        wait = {"TEN": 10.0, "SEC": 1.0}.get(policy[:3])
    text = "too many calls at once"
    return RateLimitedError(text, scope="burst", retry_after=wait, code=policy or None, request_id=request_id)


def named_properties(body: object) -> tuple[str, ...]:
    """Return the property names an error body points at, wherever it does."""
    names: list[str] = []
    for part in _parts(body):
        context = part.get("context")
        if isinstance(context, Mapping):
            given = (text for key in _PROPERTY_KEYS for text in _texts(context.get(key)))
            names += [text for text in given if _PROPERTY.fullmatch(text)]
        names += [
            found for key in ("message", "in") for text in _texts(part.get(key)) for found in _NAMED.findall(text)
        ]
    return tuple(dict.fromkeys(names))


def missing_scopes(body: object) -> tuple[str, ...]:
    """Return the scopes an error body asks for; HubSpot gives them as lists, or as text in braces."""
    scopes: list[str] = []
    for part in _parts(body):
        context = part.get("context")
        if isinstance(context, str) and "cope" in context:
            scopes += _SCOPE.findall(context.partition("=")[2])
        elif isinstance(context, Mapping):
            given = (text for key in context if "scope" in str(key).lower() for text in _texts(context[key]))
            scopes += [scope for text in given for scope in _SCOPE.findall(text)]
    return tuple(dict.fromkeys(scopes))


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [text for text in values if isinstance(text, str)]


def _parts(body: object) -> Iterator[Mapping[str, object]]:
    """Yield an error body and the errors inside it."""
    if isinstance(body, Mapping):
        yield body
        inner = body.get("errors")
        for item in inner if isinstance(inner, list) else ():
            yield from _parts(item)


def _first_safe(body: Mapping[str, object], *keys: str) -> str | None:
    for key in keys:
        value = body.get(key)
        if isinstance(value, str) and _SAFE.fullmatch(value):
            return value
    return None


def _nested_code(body: Mapping[str, object]) -> str | None:
    return next((code for part in _parts(body) if (code := _first_safe(part, "code", "subCategory"))), None)
