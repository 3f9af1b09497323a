"""Renew an OAuth token once for everybody, keep the new refresh token, and stop when the access is gone."""

from __future__ import annotations

import threading
from collections import Counter
from urllib.parse import parse_qs

import httpx
import pytest

from adapters.http import HttpClient
from adapters.hubspot.api import HubSpotApi
from adapters.hubspot.client import build_http
from adapters.hubspot.connection import HubSpotConnection
from adapters.hubspot.token import build_authorizer
from connector.errors import AccessError, SettingsError
from tests.adapters.fake_time import FakeTime

OAUTH = HubSpotConnection(
    base_url="https://crm.example", client_id="id", client_secret="secret", refresh_token="refresh-0"
)
API = HubSpotApi("2026-09")
READ = API.account()


class Portal:
    """Accept one token at a time; every token call gives the next one and a new refresh token."""

    def __init__(self, *, dead: bool = False) -> None:
        self.good = "token-0"
        self.dead = dead
        self.calls = Counter[str]()
        self.forms: list[dict[str, list[str]]] = []
        self.lock = threading.Lock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        with self.lock:
            self.calls[request.url.path] += 1
            if request.url.path == "/oauth/2026-09/token":
                self.forms.append(parse_qs(request.content.decode()))
                number = self.calls[request.url.path]
                self.good = f"token-{number}"
                return httpx.Response(
                    200,
                    json={
                        "access_token": self.good,
                        "refresh_token": f"refresh-{number}",
                        "expires_in": 1800,
                    },
                )
            if self.dead or request.headers["Authorization"] != f"Bearer {self.good}":
                return httpx.Response(401, json={"category": "EXPIRED_AUTHENTICATION"})
            return httpx.Response(200, json={"portalId": 1})

    @property
    def token_calls(self) -> int:
        return self.calls["/oauth/2026-09/token"]


def build(portal: httpx.MockTransport, connection: HubSpotConnection = OAUTH) -> tuple[HttpClient, FakeTime, list[str]]:
    time, kept = FakeTime(), list[str]()
    http = build_http(connection, time.clock, time.sleep, portal)
    http.authorizer = build_authorizer(connection, API, http, clock=time.clock, on_refresh_token=kept.append)
    return http, time, kept


def test_the_first_call_fetches_a_token_and_keeps_the_new_refresh_token() -> None:
    portal = Portal()
    http, _, kept = build(httpx.MockTransport(portal))
    assert http.send(READ) == {"portalId": 1}
    assert portal.forms == [
        {
            "grant_type": ["refresh_token"],
            "client_id": ["id"],
            "client_secret": ["secret"],
            "refresh_token": ["refresh-0"],
        }
    ]
    assert kept == ["refresh-1"]


def test_twenty_threads_with_one_ended_token_renew_it_once() -> None:
    portal = Portal()
    http, _, _ = build(httpx.MockTransport(portal))
    http.send(READ)
    portal.good = "ended"
    gate = threading.Barrier(20)
    results: list[object] = []

    def read() -> None:
        gate.wait()
        results.append(http.send(READ))

    threads = [threading.Thread(target=read) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [{"portalId": 1}] * 20
    assert portal.token_calls == 2


def test_a_token_is_renewed_before_it_ends_with_the_latest_refresh_token() -> None:
    portal = Portal()
    http, time, _ = build(httpx.MockTransport(portal))
    http.send(READ)
    time.seconds += 1_750
    http.send(READ)
    assert portal.forms[1]["refresh_token"] == ["refresh-1"]
    assert portal.calls["/account-info/2026-09/details"] == 2


def test_an_access_that_is_gone_costs_one_renewal() -> None:
    portal = Portal(dead=True)
    http, _, _ = build(httpx.MockTransport(portal))
    with pytest.raises(AccessError):
        http.send(READ)
    assert portal.token_calls == 2
    with pytest.raises(AccessError):
        http.send(READ)
    assert portal.token_calls == 2


@pytest.mark.parametrize("answer", [
    httpx.Response(400, json={"status": "BAD_REFRESH_TOKEN"}),
    httpx.Response(400, json={"error": "invalid_grant"}),
    httpx.Response(401),
    httpx.Response(200, json={}),
])  # fmt: skip
def test_a_refused_renewal_is_an_access_error_without_the_secrets(answer: httpx.Response) -> None:
    http, _, _ = build(httpx.MockTransport(lambda _: answer))
    with pytest.raises(AccessError) as caught:
        http.send(READ)
    assert "refresh-0" not in repr(caught.value)
    assert caught.value.status != 403


def test_a_passing_failure_of_the_token_call_is_survived() -> None:
    portal = Portal()
    answers = [httpx.Response(502), httpx.Response(429)]
    http, _, _ = build(httpx.MockTransport(lambda request: answers.pop() if answers else portal(request)))
    assert http.send(READ) == {"portalId": 1}


def test_a_static_token_is_not_renewed() -> None:
    portal = Portal(dead=True)
    connection = HubSpotConnection(base_url="https://crm.example", access_token=" pat-eu1-x\n")
    http, _, _ = build(httpx.MockTransport(portal), connection)
    with pytest.raises(AccessError):
        http.send(READ)
    assert portal.calls == {"/account-info/2026-09/details": 1}


def test_a_configured_access_token_is_used_until_it_is_refused() -> None:
    portal = Portal()
    connection = HubSpotConnection(
        base_url="https://crm.example", access_token="token-0", client_id="id", client_secret="s", refresh_token="r"
    )
    http, _, _ = build(httpx.MockTransport(portal), connection)
    http.send(READ)
    assert portal.token_calls == 0
    portal.good = "ended"
    http.send(READ)
    assert portal.token_calls == 1


def test_no_credential_is_a_setting_to_fill_in() -> None:
    with pytest.raises(SettingsError, match="PUENTE_HUBSPOT__ACCESS_TOKEN"):
        build(httpx.MockTransport(Portal()), HubSpotConnection(base_url="https://crm.example"))


def test_credentials_never_show() -> None:
    connection = HubSpotConnection(
        access_token="canary-1", client_secret="canary-2", refresh_token="canary-3", client_id="c"
    )
    assert "canary" not in repr(connection)
    assert "canary" not in repr(API.token({"refresh_token": "canary-4"}))


@pytest.mark.parametrize("calls_per_token", [1, 2, 3, 7])
def test_tokens_of_very_few_calls_serve_many_threads(calls_per_token: int) -> None:
    portal, left = Portal(), [0]

    def answer(request: httpx.Request) -> httpx.Response:
        reply = portal(request)
        with portal.lock:
            if request.url.path == "/oauth/2026-09/token":
                left[0] = calls_per_token
            elif reply.status_code == 200:
                left[0] -= 1
                if left[0] == 0:
                    portal.good = "ended"
        return reply

    http, _, _ = build(httpx.MockTransport(answer))
    results: list[object] = []
    threads = [threading.Thread(target=lambda: results.extend(http.send(READ) for _ in range(5))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [{"portalId": 1}] * 60
