"""Give out session tokens and check them: client credentials, JWT bearer, and one well-known token.

Source: Salesforce help, "OAuth 2.0 Client Credentials Flow" and "OAuth 2.0 JWT Bearer Flow", read 2026-11
(documented): both work on the My Domain host only, a JWT lives five minutes at most and there is no refresh token.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.errors import ApiError, session_expired
from sandbox.salesforce.jwt_bearer import JwtError, read_claims
from sandbox.salesforce.org import INTEGRATION_ID, ORGANIZATION_ID, Org
from sandbox.salesforce.wire import to_rest

_SCOPE = "api refresh_token"
_MOST_JWT_SECONDS = 300
_JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def issue_token(org: Org, call: Call) -> Answer:
    """POST /services/oauth2/token."""
    form = call.form()
    grant = form.get("grant_type", "")
    if grant == "client_credentials":
        _check_client(org, call, form)
    elif grant == _JWT_GRANT:
        _check_assertion(org, call, form.get("assertion", ""))
    else:
        raise _refused("unsupported_grant_type", "grant type not supported")
    return Answer(200, _token_body(org, call))


def _check_client(org: Org, call: Call, form: Mapping[str, str]) -> None:
    """Check id and secret, from the form or from a Basic header."""
    client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
    basic = call.header("authorization")
    if basic.startswith("Basic "):
        decoded = base64.b64decode(basic.removeprefix("Basic ") + "==").decode("utf-8", "replace")
        client_id, _, secret = decoded.partition(":")
    if client_id != org.settings.client_id:
        raise _refused("invalid_client_id", "client identifier invalid")
    if secret != org.settings.client_secret:
        raise _refused("invalid_client", "invalid client credentials")


def _check_assertion(org: Org, call: Call, assertion: str) -> None:
    try:
        claims = read_claims(assertion, org.settings.public_key)
    except JwtError as problem:
        raise _refused("invalid_grant", str(problem)) from problem
    if claims.get("iss") != org.settings.client_id:
        raise _refused("invalid_client_id", "client identifier invalid")
    if claims.get("aud") not in (call.base_url, org.settings.my_domain):
        raise _refused("invalid_grant", "audience is invalid")
    if claims.get("sub") != org.settings.username:
        raise _refused("invalid_grant", "user hasn't approved this consumer")
    _check_expiry(org, claims)


def _check_expiry(org: Org, claims: Mapping[str, Any]) -> None:
    try:
        left = int(claims["exp"]) - org.clock()
    except (KeyError, ValueError, TypeError):
        raise _refused("invalid_grant", "expired authorization code") from None
    if left <= 0:
        raise _refused("invalid_grant", "assertion is expired")
    if left > _MOST_JWT_SECONDS:
        raise _refused("invalid_grant", "assertion lifetime is longer than five minutes")


def _token_body(org: Org, call: Call) -> dict[str, Any]:
    number = org.store.next_number("token")
    digest = hashlib.sha256(f"token {number}".encode()).hexdigest()
    token = f"{ORGANIZATION_ID[:15]}!{digest}"
    issued_ms = int(org.clock() * 1000)
    org.store.put("token", token, {"used_ms": issued_ms, "user": INTEGRATION_ID})
    return {
        "access_token": token,
        "signature": base64.b64encode(hashlib.sha256(f"{token}{issued_ms}".encode()).digest()).decode(),
        "scope": _SCOPE,
        "instance_url": call.base_url or org.settings.my_domain,
        "id": f"{call.base_url}/id/{ORGANIZATION_ID}/{INTEGRATION_ID}",
        "token_type": "Bearer",
        "issued_at": str(issued_ms),
    }


def _refused(error: str, description: str) -> ApiError:
    return ApiError(400, {"error": error, "error_description": description})


def authenticate(org: Org, token: str) -> str:
    """Give the user a token belongs to and prolong its life; 401 when it is no good."""
    if token == org.settings.static_token and org.store.get("revoked", token) is None:
        return INTEGRATION_ID
    found = org.store.get("token", token) if token else None
    now_ms = int(org.clock() * 1000)
    if found is None or now_ms - found["used_ms"] > org.settings.token_seconds * 1000:
        raise session_expired()
    if now_ms != found["used_ms"]:
        org.store.put("token", token, {**found, "used_ms": now_ms})
    return str(found["user"])


def bearer_token(call: Call) -> str:
    """Take the token out of the Authorization header; both Bearer and the older OAuth are understood."""
    scheme, _, token = call.header("authorization").partition(" ")
    return token.strip() if scheme.lower() in ("bearer", "oauth") else ""


def expire(org: Org, token: str) -> None:
    """End a token at once, as an administrator or a time-out does; the well-known token stays ended too."""
    org.store.drop("token", token)
    if token == org.settings.static_token:
        org.store.put("revoked", token, {})


def revoke_token(org: Org, call: Call) -> Answer:
    """POST /services/oauth2/revoke."""
    expire(org, call.form().get("token") or call.one("token"))
    return Answer(200, "")


def introspect_token(org: Org, call: Call) -> Answer:
    """POST /services/oauth2/introspect: whether a token is good."""
    form = call.form()
    _check_client(org, call, form)
    token = form.get("token", "")
    try:
        authenticate(org, token)
    except ApiError:
        return Answer(200, {"active": False})
    now = int(org.clock())
    body = {
        "active": True,
        "scope": _SCOPE,
        "client_id": org.settings.client_id,
        "username": org.settings.username,
        "sub": f"{call.base_url}/id/{ORGANIZATION_ID}/{INTEGRATION_ID}",
        "token_type": "access_token",
        "exp": now + org.settings.token_seconds,
        "iat": now,
        "nbf": now,
    }
    return Answer(200, body)


def user_info(org: Org, call: Call) -> Answer:
    """GET /services/oauth2/userinfo: who the token belongs to."""
    user = org.store.find("User", call.who.user_id) or {}
    body = {
        "sub": f"{call.base_url}/id/{ORGANIZATION_ID}/{call.who.user_id}",
        "user_id": call.who.user_id,
        "organization_id": ORGANIZATION_ID,
        "preferred_username": user.get("Username"),
        "nickname": user.get("Alias"),
        "name": user.get("Name"),
        "email": user.get("Email"),
        "email_verified": True,
        "given_name": user.get("FirstName"),
        "family_name": user.get("LastName"),
        "zoneinfo": org.settings.time_zone,
        "language": user.get("LanguageLocaleKey"),
        "locale": user.get("LocaleSidKey"),
        "user_type": "STANDARD",
        "active": bool(user.get("IsActive")),
        "updated_at": to_rest(int(user.get("LastModifiedDate") or 0)),
        "urls": {"rest": f"{call.base_url}/services/data/v{{version}}/"},
    }
    return Answer(200, body)
