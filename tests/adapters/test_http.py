"""Send, retry and stop: one retry layer with two bounds, and nothing repeated that may have been stored."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import httpx
import pytest

from adapters.budget import RateBudget
from adapters.exchange import Request
from adapters.http import HttpClient, RetryPolicy, parse_retry_after
from adapters.hubspot.failures import interpret
from connector.errors import (
    AccessError,
    ConflictError,
    CrmError,
    GoneError,
    LockedError,
    RateLimitedError,
    RejectedError,
    SettingsError,
    UnavailableError,
)
from tests.adapters.fake_time import FakeTime

READ = Request("POST", "/crm/objects/2026-09/contacts/batch/read", purpose="contacts", json={"inputs": []})
CREATE = Request("POST", "/crm/objects/2026-09/tasks/batch/create", purpose="tasks", json={}, repeatable=False)
Answer = httpx.Response | Exception
OK = httpx.Response(200, json={"results": []})


class Wire:
    """Answer one request after the other, the last answer for ever."""

    def __init__(self, *answers: Answer | Callable[[httpx.Request], httpx.Response]) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)
        return answer(request)


def build(
    wire: Wire, base_url: str = "https://crm.example", policy: RetryPolicy | None = None
) -> tuple[HttpClient, FakeTime]:
    time = FakeTime()
    budgets = {
        name: RateBudget(190, 10.0, clock=time.clock, sleep=time.sleep)
        for name in ("general", "associations", "search")
    }
    client = HttpClient(
        base_url,
        interpret,
        budgets,
        policy=policy,
        clock=time.clock,
        sleep=time.sleep,
        transport=httpx.MockTransport(wire),
    )
    return client, time


def refusal(status: int, **body: object) -> httpx.Response:
    return httpx.Response(status, json={"status": "error", **body})


PASSING: Sequence[Answer] = (
    refusal(500),
    refusal(502),
    httpx.Response(503, text="<html>busy</html>"),
    httpx.Response(504),
    httpx.Response(521),
    httpx.Response(522),
    httpx.Response(523),
    httpx.Response(524),
    httpx.Response(408),
    refusal(423, category="LOCKED"),
    refusal(429, policyName="SECONDLY"),
    refusal(429, policyName="TEN_SECONDLY_ROLLING"),
    refusal(400, category="RATE_LIMITS"),
    httpx.Response(200, text="<html>not a CRM</html>"),
    httpx.Response(200, text='{"results": [{"id"'),
    httpx.Response(403, text="<html>blocked</html>"),
    httpx.Response(477, headers={"Retry-After": "3"}),
    httpx.ConnectError("refused"),
    httpx.ConnectTimeout("slow"),
    httpx.ReadTimeout("slow"),
    httpx.ReadError("reset"),
    httpx.RemoteProtocolError("closed"),
)


@pytest.mark.parametrize("passing", PASSING, ids=repr)
def test_a_read_survives_what_passes(passing: Answer) -> None:
    wire = Wire(passing, passing, OK)
    client, _ = build(wire)
    assert client.send(READ) == {"results": []}
    assert client.calls() == {"contacts": 3}


FINAL: Sequence[tuple[httpx.Response, type[CrmError]]] = (
    (refusal(400, category="VALIDATION_ERROR"), RejectedError),
    (httpx.Response(400), RejectedError),
    (httpx.Response(414, text="<html>too long</html>"), RejectedError),
    (refusal(401, category="INVALID_AUTHENTICATION"), AccessError),
    (refusal(403, category="MISSING_SCOPES"), AccessError),
    (httpx.Response(530, text="<html>"), AccessError),
    (refusal(404, category="OBJECT_NOT_FOUND"), GoneError),
    (httpx.Response(404, text="<html>no such page</html>"), GoneError),
    (refusal(409, category="CONFLICT"), ConflictError),
    (refusal(429, policyName="DAILY"), RateLimitedError),
    (httpx.Response(429, json={"message": "You have reached your daily limit."}), RateLimitedError),
    (httpx.Response(477, headers={"Retry-After": "86400"}), UnavailableError),
    (httpx.Response(501), RejectedError),
    (httpx.Response(302, headers={"Location": "https://elsewhere.example"}), RejectedError),
)


@pytest.mark.parametrize(("answer", "kind"), FINAL, ids=repr)
def test_what_will_not_change_is_said_at_once(answer: httpx.Response, kind: type[CrmError]) -> None:
    client, time = build(Wire(answer))
    with pytest.raises(kind) as caught:
        client.send(READ)
    assert type(caught.value) is kind
    assert client.calls() == {"contacts": 1}
    assert not time.naps


CLEAN = ("LOCKED", "SECONDLY", "RATE_LIMITS")


def is_unclear(answer: Answer) -> bool:
    """Say whether the CRM may have stored what it was sent."""
    if isinstance(answer, httpx.Response):
        return not any(word in answer.text for word in CLEAN)
    return not isinstance(answer, httpx.ConnectError | httpx.ConnectTimeout)


@pytest.mark.parametrize("answer", [a for a in PASSING if is_unclear(a)], ids=repr)
def test_a_create_is_never_repeated_blindly(answer: Answer) -> None:
    client, _ = build(Wire(answer, OK))
    with pytest.raises(UnavailableError):
        client.send(CREATE)
    assert client.calls() == {"tasks": 1}


@pytest.mark.parametrize(
    "answer",
    [refusal(429, policyName="SECONDLY"), refusal(423), httpx.ConnectError("refused"), httpx.ConnectTimeout("slow")],
    ids=repr,
)
def test_a_create_is_repeated_after_a_clean_refusal(answer: Answer) -> None:
    client, _ = build(Wire(answer, OK))
    client.send(CREATE)
    assert client.calls() == {"tasks": 2}


def test_attempts_are_bounded() -> None:
    client, time = build(Wire(refusal(502)))
    with pytest.raises(UnavailableError, match="502"):
        client.send(READ)
    assert client.calls() == {"contacts": 6}
    assert len(time.naps) == 5


def test_time_is_bounded_too() -> None:
    slow = RetryPolicy(attempts=1_000, elapsed_seconds=30.0, first_wait_seconds=10.0)
    client, time = build(Wire(refusal(502)), policy=slow)
    with pytest.raises(UnavailableError):
        client.send(READ)
    assert time.seconds - 1_000.0 <= 30.0 + slow.longest_wait_seconds


def test_waits_grow_with_jitter_and_a_locked_record_gets_two_seconds_at_least() -> None:
    client, time = build(Wire(refusal(423), refusal(423), OK))
    client.send(READ)
    assert all(nap >= 2.0 for nap in time.naps)


@pytest.mark.parametrize(("policy", "seconds"), [("TEN_SECONDLY_ROLLING", 10.0), ("SECONDLY", 1.0)])
def test_a_rate_limit_is_waited_out_as_its_policy_says(policy: str, seconds: float) -> None:
    client, time = build(Wire(refusal(429, policyName=policy), OK))
    client.send(READ)
    assert time.seconds - 1_000.0 == pytest.approx(seconds)


def test_a_window_known_to_be_short_is_not_waited_out_longer_than_it_is() -> None:
    window = {"X-HubSpot-RateLimit-Max": "10", "X-HubSpot-RateLimit-Interval-Milliseconds": "1000"}
    ok = httpx.Response(200, json={}, headers=window)
    client, time = build(Wire(ok, refusal(429, policyName="TEN_SECONDLY_ROLLING"), ok))
    client.send(READ)
    client.send(READ)
    assert time.seconds - 1_000.0 == pytest.approx(1.0)


def test_retry_after_is_honoured_and_capped() -> None:
    client, time = build(Wire(httpx.Response(429, headers={"Retry-After": "4"}), OK))
    client.send(READ)
    assert time.seconds - 1_000.0 == pytest.approx(4.0)
    client, time = build(Wire(httpx.Response(429, headers={"Retry-After": "90000"}), OK))
    client.send(READ)
    assert time.seconds - 1_000.0 == pytest.approx(60.0)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "Sun, 22 Nov 2026 10:00:30 GMT", "date": "Sun, 22 Nov 2026 10:00:00 GMT"}, 30.0),
        ({"retry-after": "Sun, 22 Nov 2026 09:00:00 GMT", "date": "Sun, 22 Nov 2026 10:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({}, None),
    ],
)
def test_retry_after_reads_seconds_and_dates(headers: dict[str, str], seconds: float | None) -> None:
    assert parse_retry_after(headers) == seconds


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        ("https://crm.example", "https://crm.example/crm"),
        ("https://crm.example/", "https://crm.example/crm"),
        ("http://127.0.0.1:8787", "http://127.0.0.1:8787/crm"),
        ("http://[::1]:8787/", "http://[::1]:8787/crm"),
        (" https://proxy.example/hubspot/ ", "https://proxy.example/hubspot/crm"),
    ],
)
def test_any_base_url_will_do(base_url: str, expected: str) -> None:
    wire = Wire(OK)
    client, _ = build(wire, base_url)
    client.send(Request("GET", "/crm", purpose="x"))
    assert str(wire.requests[0].url) == expected


@pytest.mark.parametrize("base_url", ["", "crm.example", "ftp://crm.example", "https://"])
def test_an_unusable_base_url_is_a_setting_to_correct(base_url: str) -> None:
    with pytest.raises(SettingsError, match="base URL"):
        build(Wire(OK), base_url)


def test_a_list_of_properties_travels_readably() -> None:
    wire = Wire(OK)
    client, _ = build(wire)
    client.send(Request("GET", "/crm", purpose="x", params={"properties": "a,b", "after": "x y&z"}))
    assert wire.requests[0].url.query == b"properties=a,b&after=x+y%26z"


def test_an_empty_answer_is_success_only_where_the_status_says_no_content() -> None:
    client, _ = build(Wire(httpx.Response(204)))
    assert client.send(READ) is None


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_empty_answer_is_never_read_as_nothing_there(method: str) -> None:
    client, _ = build(Wire(httpx.Response(200)))
    with pytest.raises(UnavailableError):
        client.send(Request(method, "/crm", purpose="x"))


@pytest.mark.parametrize("text", ['{"results": [{"id": "1", "name": "\\ud800"}]}', '{"results": [{"id": "1\t"}]}'])
def test_texts_no_strict_parser_takes_are_read(text: str) -> None:
    client, _ = build(Wire(httpx.Response(200, text=text)))
    document = client.send(READ)
    assert isinstance(document, dict)
    assert len(document["results"]) == 1


def test_an_error_in_a_success_is_an_error() -> None:
    client, _ = build(Wire(httpx.Response(200, json={"status": "error", "category": "VALIDATION_ERROR"})))
    with pytest.raises(RejectedError):
        client.send(READ)


def test_a_body_that_never_ends_is_given_up() -> None:
    class Drip(httpx.SyncByteStream):
        def __iter__(self):
            while True:
                time.seconds += 50.0
                yield b" "

    client, time = build(Wire(lambda _: httpx.Response(200, stream=Drip())))
    with pytest.raises(UnavailableError, match="too slow"):
        client.send(CREATE)


def test_a_credential_that_cannot_be_sent_is_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        def header(self) -> str:
            return "Bearer secret\ntoken-ñ"

        def accepted(self, header: str) -> None:
            raise AssertionError

        def renew(self, header: str) -> bool:
            return False

    caplog.set_level(logging.DEBUG)
    client, _ = build(Wire(OK))
    client.authorizer = Broken()
    with pytest.raises(AccessError) as caught:
        client.send(READ)
    assert caught.value.__suppress_context__
    assert "secret" not in f"{caught.value!r} {caplog.text}"


def test_errors_carry_what_support_asks_for() -> None:
    body = {"category": "VALIDATION_ERROR", "correlationId": "a43683b0-5717-4ceb-80b4-104d02915d8c"}
    client, _ = build(Wire(refusal(400, **body)))
    with pytest.raises(RejectedError) as caught:
        client.send(READ)
    error = caught.value
    assert (error.status, error.code, error.request_id) == (400, "VALIDATION_ERROR", body["correlationId"])


def test_a_locked_record_stays_a_locked_error_when_patience_ends() -> None:
    client, _ = build(Wire(refusal(423)))
    with pytest.raises(LockedError):
        client.send(READ)


def test_a_request_under_way_when_the_client_is_closed_is_not_tried_again() -> None:
    def close_and_fail(_: httpx.Request) -> httpx.Response:
        client.close()
        return refusal(503)

    wire = Wire(close_and_fail)
    client, time = build(wire)
    with pytest.raises(UnavailableError):
        client.send(READ)
    assert (len(wire.requests), time.naps) == (1, [])


def test_a_request_that_waited_for_its_turn_is_not_sent_once_the_client_is_closed() -> None:
    wire = Wire(OK)
    client, _ = build(wire)
    client.close()
    with pytest.raises(UnavailableError, match="closed before"):
        client.send(READ)
    assert (wire.requests, dict(client.calls())) == ([], {})
