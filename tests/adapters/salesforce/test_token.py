"""Log in once for everybody, by either flow, and stop when the access is gone."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from urllib.parse import parse_qs

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from adapters.http import HttpClient
from adapters.salesforce.api import SalesforceApi
from adapters.salesforce.client import build_http
from adapters.salesforce.connection import SalesforceConnection
from adapters.salesforce.token import Session, SessionToken, build_authorizer, parse_session
from connector.errors import AccessError, RetryableError, SettingsError
from tests.adapters.fake_time import FakeTime

URL = "https://lumina.my.salesforce.com"
SECRET = SalesforceConnection(URL, "id", "canary-secret")
API = SalesforceApi("66.0")
READ = API.userinfo()
LOGIN = "/services/oauth2/token"


class Org:
    """Accept one session at a time; every login gives the next one."""

    def __init__(self, *, dead: bool = False) -> None:
        self.good = ""
        self.dead = dead
        self.calls = Counter[str]()
        self.forms: list[dict[str, list[str]]] = []
        self.lock = threading.Lock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        with self.lock:
            self.calls[request.url.path] += 1
            if request.url.path == LOGIN:
                self.forms.append(parse_qs(request.content.decode()))
                self.good = f"session-{self.calls[LOGIN]}"
                identity = f"{URL}/id/00D5e0000000001/0055e0000000002"
                return httpx.Response(200, json={"access_token": self.good, "instance_url": URL, "id": identity})
            if self.dead or request.headers["Authorization"] != f"Bearer {self.good}":
                return httpx.Response(401, json=[{"errorCode": "INVALID_SESSION_ID", "message": "expired"}])
            return httpx.Response(200, json={"ok": True})


def build(org: Org, connection: SalesforceConnection = SECRET, cache: object = None) -> tuple[HttpClient, FakeTime]:
    time = FakeTime()
    http = build_http(connection, time.clock, time.sleep, httpx.MockTransport(org))
    http.authorizer = build_authorizer(connection, API, http, cache=cache, epoch=lambda: 1_700_000_000)  # type: ignore[arg-type]
    return http, time


def test_client_credentials_go_in_the_body() -> None:
    org = Org()
    http, _ = build(org)
    assert http.send(READ) == {"ok": True}
    assert org.forms == [
        {"grant_type": ["client_credentials"], "client_id": ["id"], "client_secret": ["canary-secret"]}
    ]


def test_a_jwt_is_signed_for_the_my_domain_address_and_three_minutes() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    org = Org()
    http, _ = build(org, SalesforceConnection(f"{URL}/", "id", username="ana@lumina.example", private_key=pem))
    http.send(READ)
    form = org.forms[0]
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    claims = jwt.decode(
        form["assertion"][0], key.public_key(), algorithms=["RS256"], audience=URL, options={"verify_exp": False}
    )
    assert claims == {"iss": "id", "sub": "ana@lumina.example", "aud": URL, "exp": 1_700_000_180}


@pytest.mark.parametrize("key", ["canary-key", "-----BEGIN PRIVATE KEY-----\ncanary-key\n-----END PRIVATE KEY-----"])
def test_what_is_no_key_is_a_setting_to_correct_and_is_not_shown(key: str) -> None:
    http, _ = build(Org(), SalesforceConnection(URL, "id", username="u", private_key=key))
    with pytest.raises(SettingsError, match="PRIVATE_KEY_FILE") as caught:
        http.send(READ)
    assert "canary" not in repr(caught.value)


def test_twenty_threads_with_one_ended_session_log_in_once() -> None:
    org = Org()
    http, _ = build(org)
    http.send(READ)
    org.good = "ended"
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
    assert results == [{"ok": True}] * 20
    assert org.calls[LOGIN] == 2


def test_a_session_that_is_never_accepted_costs_one_login_more() -> None:
    org = Org(dead=True)
    http, _ = build(org)
    for _ in range(3):
        with pytest.raises(AccessError, match="refuses the session"):
            http.send(READ)
    assert org.calls[LOGIN] == 2


class Cache:
    """Keep a session for several clients, as processes share one state."""

    def __init__(self, kept: str | None = None) -> None:
        self.kept = kept
        self.lock = threading.Lock()

    def get(self) -> str | None:
        return self.kept

    def put(self, value: str) -> None:
        self.kept = value

    def turn(self) -> AbstractContextManager[None]:
        return _turn(self.lock)


@contextmanager
def _turn(lock: threading.Lock) -> Iterator[None]:
    with lock:
        yield


def test_a_kept_session_is_used_until_it_is_refused_and_the_new_one_is_kept() -> None:
    org, cache = Org(), Cache(Session("session-9").to_text())
    org.good = "session-9"
    http, _ = build(org, cache=cache)
    http.send(READ)
    assert org.calls[LOGIN] == 0
    org.good = "ended"
    http.send(READ)
    assert org.calls[LOGIN] == 1
    assert parse_session(cache.kept) == Session("session-1", "00D5e0000000001EAA", "0055e0000000002AAA")


def test_a_kept_session_tells_who_we_are_without_a_call() -> None:
    cache = Cache(Session("session-9", "00D5e0000000001EAA", "0055e0000000002AAA").to_text())
    org = Org()
    org.good = "session-9"
    http, _ = build(org, cache=cache)
    http.send(READ)
    token = http.authorizer
    assert isinstance(token, SessionToken)
    assert (token.organization_id, token.user_id) == ("00D5e0000000001EAA", "0055e0000000002AAA")


def test_clients_that_share_an_ended_session_log_in_once() -> None:
    org, cache = Org(), Cache(Session("ended").to_text())
    clients = [build(org, cache=cache)[0] for _ in range(20)]
    gate = threading.Barrier(20)
    results: list[object] = []

    def read(http: HttpClient) -> None:
        gate.wait()
        results.append(http.send(READ))

    threads = [threading.Thread(target=read, args=(http,)) for http in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [{"ok": True}] * 20
    assert org.calls[LOGIN] == 1


def test_a_session_that_ends_for_good_in_the_middle_costs_one_login_more() -> None:
    org = Org()
    http, _ = build(org)
    http.send(READ)
    org.dead = True
    for _ in range(3):
        with pytest.raises(AccessError, match="refuses the session"):
            http.send(READ)
    assert org.calls[LOGIN] == 2


@pytest.mark.parametrize("kept", ["", "session-9", "[]", '{"token": " "}', '{"token": 9}', "{"])
def test_what_is_no_kept_session_is_replaced(kept: str) -> None:
    org, cache = Org(), Cache(kept)
    http, _ = build(org, cache=cache)
    http.send(READ)
    assert org.calls[LOGIN] == 1
    assert parse_session(cache.kept) is not None


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(400, json={"error": "invalid_client", "error_description": "canary-secret is wrong"}),
        httpx.Response(401, json={"error": "invalid_grant"}),
        httpx.Response(404, text="<html>no such domain</html>"),
        httpx.Response(200, json={}),
    ],
)
def test_a_refused_login_is_an_access_error_without_the_secret(answer: httpx.Response) -> None:
    time = FakeTime()
    http = build_http(SECRET, time.clock, time.sleep, httpx.MockTransport(lambda _: answer))
    http.authorizer = build_authorizer(SECRET, API, http)
    with pytest.raises(AccessError) as caught:
        http.send(READ)
    assert "canary" not in f"{caught.value!r} {caught.value}"
    assert caught.value.status != 403


@pytest.mark.parametrize(
    ("answer", "most"),
    [
        (httpx.Response(503, text="<html>down</html>"), 6),
        (httpx.Response(200, text="<html>maintenance</html>"), 6),
        (httpx.Response(429, headers={"Retry-After": "1"}), 40),
    ],
    ids=["down", "page", "too many logins"],
)
def test_a_login_that_fails_for_now_is_tried_by_one_layer_only(answer: httpx.Response, most: int) -> None:
    logins: list[str] = []

    def respond(request: httpx.Request) -> httpx.Response:
        logins.append(request.url.path)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    time = FakeTime()
    http = build_http(SECRET, time.clock, time.sleep, httpx.MockTransport(respond))
    http.authorizer = build_authorizer(SECRET, API, http)
    with pytest.raises(RetryableError):
        http.send(READ)
    assert logins == [LOGIN] * most


def test_no_credential_is_a_setting_to_fill_in() -> None:
    for connection in (
        SalesforceConnection(URL),
        SalesforceConnection(URL, "id"),
        SalesforceConnection(URL, "id", username="u"),
    ):
        with pytest.raises(SettingsError, match="PUENTE_SALESFORCE__CLIENT_ID"):
            build(Org(), connection)


def test_credentials_never_show() -> None:
    connection = SalesforceConnection(URL, "canary-1", "canary-2", "canary-3", "canary-4")
    assert "canary" not in repr(connection)
    assert "canary" not in repr(API.token({"client_secret": "canary-5"}))
    assert "canary" not in repr(Session("canary-6"))
