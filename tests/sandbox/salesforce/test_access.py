"""Sessions, versions, allowances and what a user may see."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.salesforce.ids import checksum, to_18
from sandbox.salesforce.settings import OrgSettings

from .conftest import DATA, Box, ManualClock, Serve

CLIENT = {
    "grant_type": "client_credentials",
    "client_id": "sandbox-client-id",
    "client_secret": "sandbox-client-secret",
}
BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PRIVATE = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
PUBLIC = KEY.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
).decode()  # fmt: skip


def certificate() -> str:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "puente")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(KEY.public_key())
        .serial_number(7)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=3650))
        .sign(KEY, hashes.SHA256())
    )
    return built.public_bytes(serialization.Encoding.PEM).decode()


def token(box: Box, form: Mapping[str, str]) -> httpx.Response:
    return httpx.post(f"{box.url}/services/oauth2/token", data=dict(form))


def assertion(box: Box, key: str = PRIVATE, algorithm: str = "RS256", **claims: Any) -> dict[str, str]:
    whole = {
        "iss": "sandbox-client-id",
        "aud": box.url,
        "sub": OrgSettings().username,
        "exp": int(box.clock()) + 180,
        **claims,
    }
    return {"grant_type": BEARER, "assertion": jwt.encode(whole, key, algorithm=algorithm)}


def test_client_credentials(box: Box) -> None:
    body = token(box, CLIENT).json()
    assert set(body) == {"access_token", "signature", "scope", "instance_url", "id", "token_type", "issued_at"}
    assert body["instance_url"] == box.url
    session = {"Authorization": f"Bearer {body['access_token']}"}
    assert httpx.get(f"{box.url}{DATA}/limits", headers=session).status_code == 200
    basic = base64.b64encode(b"sandbox-client-id:sandbox-client-secret").decode()
    form = {"grant_type": "client_credentials"}
    reply = httpx.post(f"{box.url}/services/oauth2/token", data=form, headers={"Authorization": f"Basic {basic}"})
    assert reply.status_code == 200


@pytest.mark.parametrize(("changes", "error"), [
    ({"client_id": "x"}, "invalid_client_id"),
    ({"client_secret": "x"}, "invalid_client"),
    ({"grant_type": "password"}, "unsupported_grant_type"),
])  # fmt: skip
def test_wrong_clients_are_refused(box: Box, changes: dict[str, str], error: str) -> None:
    reply = token(box, CLIENT | changes)
    assert (reply.status_code, reply.json()["error"]) == (400, error)


@pytest.mark.parametrize("registered", ["key", "certificate"])
def test_a_signed_assertion(serve: Serve, registered: str) -> None:
    box = serve(OrgSettings(public_key=PUBLIC if registered == "key" else certificate()))
    assert token(box, assertion(box)).status_code == 200
    assert token(box, assertion(box, aud=OrgSettings().my_domain)).status_code == 200
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    foreign = other.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    for form, description in (
        (assertion(box, key=foreign), "signature does not match"),
        (assertion(box, key="x" * 32, algorithm="HS256"), "unsupported algorithm"),
        (assertion(box, aud="https://login.salesforce.com"), "audience is invalid"),
        (assertion(box, iss="x"), "client identifier invalid"),
        (assertion(box, sub="nobody@example.com"), "user hasn't approved this consumer"),
        (assertion(box, exp=int(box.clock()) - 1), "assertion is expired"),
        (assertion(box, exp=int(box.clock()) + 3600), "longer than five minutes"),
        ({"grant_type": BEARER, "assertion": "a.b"}, "invalid assertion"),
        ({"grant_type": BEARER, "assertion": "a.b.c"}, "invalid assertion"),
    ):
        reply = token(box, form)
        assert reply.status_code == 400
        assert description in reply.json()["error_description"]


def test_without_a_registered_key_no_assertion_is_good(box: Box) -> None:
    assert "no certificate" in token(box, assertion(box)).json()["error_description"]
    box.control("settings", {"public_key": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"})
    assert "cannot be read" in token(box, assertion(box)).json()["error_description"]


def test_a_session_lives_as_long_as_it_is_used(serve: Serve) -> None:
    box = serve(OrgSettings(token_seconds=100))
    session = {"Authorization": f"Bearer {token(box, CLIENT).json()['access_token']}"}
    for _ in range(3):
        box.clock.advance(90)
        assert httpx.get(f"{box.url}{DATA}/limits", headers=session).status_code == 200
    box.clock.advance(101)
    reply = httpx.get(f"{box.url}{DATA}/limits", headers=session)
    expired = [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]
    assert (reply.status_code, reply.json()) == (401, expired)


def test_introspection_and_revocation(box: Box) -> None:
    mine = token(box, CLIENT).json()["access_token"]
    asked = {key: value for key, value in CLIENT.items() if key != "grant_type"} | {"token": mine}

    def active() -> bool:
        return bool(httpx.post(f"{box.url}/services/oauth2/introspect", data=asked).json()["active"])

    assert active()
    assert httpx.post(f"{box.url}/services/oauth2/revoke", data={"token": mine}).status_code == 200
    assert not active()


def test_logins_are_counted(serve: Serve) -> None:
    box = serve(OrgSettings(most_logins_per_hour=2))
    assert [token(box, CLIENT).status_code for _ in range(3)] == [200, 200, 400]
    box.clock.advance(3601)
    assert token(box, CLIENT).status_code == 200


def test_versions(box: Box) -> None:
    found = httpx.get(f"{box.url}/services/data").json()
    assert found[-2:] == [
        {"label": "Spring '26", "url": "/services/data/v66.0", "version": "66.0"},
        {"label": "Summer '26", "url": "/services/data/v67.0", "version": "67.0"},
    ]
    assert box.http.get("/services/data/v66.0/").json()["sobjects"] == "/services/data/v66.0/sobjects"
    for version, status in (("v59.0", 200), ("v30.0", 410), ("v20.0", 404), ("v99.0", 404), ("66.0", 404)):
        assert box.http.get(f"/services/data/{version}/limits").status_code == status, version


def test_the_daily_allowance_ends(serve: Serve) -> None:
    box = serve(OrgSettings(daily_calls=2), clock=ManualClock())
    assert box.call("GET", "/limits").headers["Sforce-Limit-Info"] == "api-usage=1/2"
    body = box.call("GET", "/limits").json()
    assert body["DailyApiRequests"] == {"Max": 2, "Remaining": 0}
    reply = box.call("GET", "/limits")
    refused = [{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]
    assert (reply.status_code, reply.json()) == (403, refused)
    box.clock.advance(86_400)
    assert box.call("GET", "/limits").status_code == 200


def test_a_hidden_field_cannot_be_told_from_one_that_is_not_there(serve: Serve) -> None:
    box = serve(OrgSettings(hidden_fields=("Lead.Title", "Lead.External_Id__c"), read_only_fields=("Lead.Phone",)))
    ana = box.person("ana")
    for text in (
        "SELECT Title FROM Lead",
        "SELECT Id FROM Lead WHERE Title = null",
        "SELECT Id FROM Lead ORDER BY Title",
    ):
        code, message = box.refusal(text)
        assert (code, "No such column 'Title' on entity 'Lead'" in message) == ("INVALID_FIELD", True)
    assert "Title" not in box.call("GET", f"/sobjects/Lead/{ana}").json()
    for name in ("Title", "Phone"):
        reply = box.call("PATCH", f"/sobjects/Lead/{ana}", {name: "x"})
        assert reply.json()[0]["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert box.call("GET", "/sobjects/Lead/External_Id__c/EXT-1").status_code == 404
    box.control("settings", {"hidden_fields": []})
    assert box.query("SELECT Title FROM Lead LIMIT 1")[0]["Title"] == "Directora"


def test_ids_have_a_checksum() -> None:
    # From Salesforce's own documents: the third group of the long form follows the capitals of the short one.
    assert checksum("0017e00000W4GYR") == "AA3"
    assert to_18("0035500001H9cak") == "0035500001H9cakAAB"
    assert to_18("0035500001H9cakAAB") == "0035500001H9cakAAB"
    assert (to_18("0035500001H9cakAAC"), to_18("short"), to_18("0035500001H9ca!")) == (None, None, None)


def test_what_is_not_imitated_says_so(box: Box) -> None:
    reply = box.call("GET", "/analytics/reports")
    assert (reply.status_code, reply.json()[0]["errorCode"]) == (501, "NOT_IMITATED")
    assert "/analytics/reports" in reply.json()[0]["message"]
    assert box.call("PUT", "/query").status_code == 405
    assert (
        box.http.get(
            f"{DATA}/query", params={"q": "SELECT Id FROM Lead WHERE Name = '" + "x" * 17_000 + "'"}
        ).status_code
        == 414
    )
    assert box.http.post(f"{DATA}/sobjects/Lead", content=b"{").json()[0]["errorCode"] == "JSON_PARSER_ERROR"
    assert json.loads(box.http.post(f"{DATA}/sobjects/Lead", content=b"[]").text)[0]["errorCode"] == "JSON_PARSER_ERROR"
