"""Tell by class what to do next, and repeat nothing that Salesforce quotes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.exchange import Reply, Request
from adapters.salesforce.failures import classify, classify_body, classify_item, interpret
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

RECORDED = Path(__file__).parents[3].parent / "shared" / "fixtures" / "salesforce" / "amp-labs" / "test"
GET = Request("GET", "/x", "people")
DAILY = "TotalRequests Limit exceeded."
CONCURRENT = "ConcurrentRequests (Concurrent API Requests) Limit exceeded."


def reply(status: int, body: object = None, **headers: str) -> Reply:
    content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
    return Reply(status, headers, content)


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("INVALID_SESSION_ID", 401, AccessError),
        ("API_DISABLED_FOR_ORG", 403, AccessError),
        ("INSUFFICIENT_ACCESS", 403, AccessError),
        ("UNABLE_TO_LOCK_ROW", 400, LockedError),
        ("QUERY_TIMEOUT", 400, UnavailableError),
        ("REQUEST_RUNNING_TOO_LONG", 500, UnavailableError),
        ("SERVER_UNAVAILABLE", 503, UnavailableError),
        ("TXN_SECURITY_METERING_ERROR", 400, UnavailableError),
        ("UNKNOWN_EXCEPTION", 500, UnavailableError),
        ("ENTITY_IS_DELETED", 404, GoneError),
        ("CANNOT_UPDATE_CONVERTED_LEAD", 400, GoneError),
        ("NOT_FOUND", 404, GoneError),
        ("DUPLICATE_VALUE", 400, ConflictError),
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", 400, RejectedError),
        ("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", 400, RejectedError),
        ("STRING_TOO_LONG", 400, RejectedError),
        ("REQUIRED_FIELD_MISSING", 400, RejectedError),
        ("INSUFFICIENT_ACCESS_OR_READONLY", 403, RejectedError),
        ("INACTIVE_OWNER_OR_USER", 400, RejectedError),
        ("INVALID_CROSS_REFERENCE_KEY", 400, RejectedError),
        ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", 400, RejectedError),
        ("STORAGE_LIMIT_EXCEEDED", 403, RejectedError),
        ("DUPLICATES_DETECTED", 400, RejectedError),
        ("INVALID_FIELD", 400, RejectedError),
        ("INVALID_TYPE", 400, RejectedError),
        ("MALFORMED_QUERY", 400, RejectedError),
        ("SOMETHING_NEW", 400, RejectedError),
    ],
)
def test_codes_say_what_to_do_in_both_spellings(code: str, status: int, kind: type[CrmError]) -> None:
    whole = classify_body([{"errorCode": code, "message": "x"}], status, {})
    item = classify_item([{"statusCode": code, "message": "x", "fields": []}])
    assert isinstance(whole, kind)
    assert whole.code == code
    if status != 404 and code not in ("INSUFFICIENT_ACCESS", "API_DISABLED_FOR_ORG", "INVALID_SESSION_ID"):
        assert isinstance(item, kind)


@pytest.mark.parametrize(("message", "scope"), [(DAILY, "daily"), (CONCURRENT, "burst"), ("", "daily")])
def test_only_the_message_tells_the_daily_limit_from_too_many_at_once(message: str, scope: str) -> None:
    error = classify(reply(403, [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": message}]))
    assert isinstance(error, RateLimitedError)
    assert error.scope == scope


def test_a_429_is_about_now_and_says_how_long() -> None:
    error = classify(reply(429, [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "x"}], **{"retry-after": "7"}))
    assert isinstance(error, RateLimitedError)
    assert (error.scope, error.retry_after) == ("burst", 7.0)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, AccessError),
        (403, UnavailableError),
        (404, GoneError),
        (406, UnavailableError),
        (410, RejectedError),
        (414, RejectedError),
        (420, UnavailableError),
        (429, RateLimitedError),
        (431, RejectedError),
        (500, UnavailableError),
        (503, UnavailableError),
        (302, RejectedError),
    ],
)
def test_pages_without_a_code_speak_by_their_status(status: int, kind: type[CrmError]) -> None:
    for body in (b"<html><body>Down</body></html>", b"", b'{"odd": 1}', b"[]", b"null"):
        assert isinstance(classify(reply(status, body)), kind), body


def test_a_redirection_names_the_setting_to_correct() -> None:
    assert "PUENTE_SALESFORCE__INSTANCE_URL" in str(classify(reply(302, b"")))


@pytest.mark.parametrize("body", [b"<html>", b"[{", b"\xff\xfe"])
def test_a_success_that_cannot_be_read_is_no_success(body: bytes) -> None:
    with pytest.raises(UnavailableError):
        interpret(GET, Reply(200, {"content-type": "application/json"}, body))


def test_an_empty_success_is_only_one_for_writes() -> None:
    with pytest.raises(UnavailableError):
        interpret(GET, reply(200))
    assert interpret(Request("PATCH", "/x", "write"), reply(204)) is None


def test_lone_surrogates_and_control_characters_are_forgiven() -> None:
    body = b'{"records": [{"Name": "a\\ud800b\x07"}]}'
    assert interpret(GET, Reply(200, {}, body)) == {"records": [{"Name": "a?b\x07"}]}


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ([{"errorCode": "X", "message": "", "fields": ["Phone", "a b"]}], ("Phone",)),
        ([{"errorCode": "INVALID_FIELD", "message": "No such column 'Nam' on sobject of type Account"}], ("Nam",)),
        ([{"errorCode": "INVALID_FIELD", "message": "\nERROR at Row:1\nNo such column 'A__c' on …"}], ("A__c",)),
        ([{"errorCode": "INVALID_FIELD", "message": "Didn't understand relationship 'Foo' in field path."}], ("Foo",)),
    ],
)  # fmt: skip
def test_offending_fields_are_named(body: list[dict[str, Any]], fields: tuple[str, ...]) -> None:
    error = classify_body(body, 400, {})
    assert isinstance(error, RejectedError)
    assert error.fields == fields


def test_the_login_may_be_refused_in_its_own_form() -> None:
    error = classify_body({"error": "invalid_grant", "error_description": "user ana@mail.example"}, 400, {})
    assert isinstance(error, RejectedError)
    assert error.code == "invalid_grant"


@pytest.mark.parametrize(
    "code",
    ["FIELD_CUSTOM_VALIDATION_EXCEPTION", "DUPLICATE_VALUE", "INVALID_FIELD", "UNKNOWN_EXCEPTION", "ana@mail.example"],
)
def test_nothing_salesforce_quotes_is_repeated(code: str) -> None:
    said = "ana@mail.example García"
    error = classify_body([{"errorCode": code, "message": said, "fields": [said]}], 400, {"retry-after": said})
    assert "ana" not in f"{error} {error!r} {error.code} {getattr(error, 'fields', '')}".lower()


@pytest.mark.parametrize(
    ("file", "status", "kind"),
    [
        ("unknown-field.json", 400, RejectedError),
        ("unknown-object.json", 400, RejectedError),
        ("invalid-field-upsert.json", 400, RejectedError),
        ("crm/delete/not-found.json", 404, GoneError),
        ("success-with-errors.json", 400, RejectedError),
    ],
)
@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded bodies are kept outside the project")
def test_recorded_bodies_are_understood(file: str, status: int, kind: type[CrmError]) -> None:
    error = classify(Reply(status, {}, (RECORDED / file).read_bytes()))
    assert isinstance(error, kind)
    assert error.code
