"""Hand out tokens and say who is calling.

Source: developers.hubspot.com, OAuth tokens, read 2026-04-13 (documented): form-encoded, access tokens live 1,800 s, a
refresh may answer with a new refresh token; the error bodies are unsure.
"""

from __future__ import annotations

from typing import Any

from sandbox.hubspot.call import Answer, Call, Grant
from sandbox.hubspot.errors import ApiError, missing_scopes, not_found, unauthenticated
from sandbox.hubspot.portal import Portal
from sandbox.hubspot.wire import to_iso

ALL_SCOPES = (
    "oauth",
    "crm.objects.contacts.read",
    "crm.objects.contacts.write",
    "crm.objects.companies.read",
    "crm.objects.companies.write",
    "crm.objects.deals.read",
    "crm.objects.deals.write",
    "crm.objects.owners.read",
    "crm.objects.marketing_events.read",
    "crm.schemas.contacts.read",
    "crm.schemas.contacts.write",
    "crm.schemas.companies.read",
    "crm.schemas.companies.write",
    "crm.schemas.deals.read",
    "crm.schemas.deals.write",
    "crm.lists.read",
    "mh-lead-scoring-view",
    "crm.lists.write",
    "forms",
    "sales-email-read",
)
_NO_CREDENTIALS = (
    "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details "
    "at https://developers.hubspot.com/docs/methods/auth/oauth-overview"
)


def authenticate(portal: Portal, call: Call) -> Grant:
    """Find out who is calling; 401 for no token, an unknown one or an expired one."""
    scheme, _, token = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise unauthenticated(_NO_CREDENTIALS)
    if token == portal.settings.static_token:
        return Grant(token, "static token", _scopes(portal), portal.settings.app_id)
    found = portal.store.get("token", token)
    if found is None or found["use"] != "access_token":
        raise unauthenticated("The access token is not valid or has been revoked.")
    late_ms = call.at_ms - found["expires_ms"]
    if late_ms >= 0:
        raise expired(call, late_ms)
    return Grant(token, "OAuth app", _scopes(portal), portal.settings.app_id, found["expires_ms"])


def expired(call: Call, late_ms: int = 0) -> ApiError:
    """401: the token was good once."""
    return unauthenticated(
        f"The OAuth token used to make this call expired {late_ms // 1000} second(s) ago.",
        "EXPIRED_AUTHENTICATION",
        context={"expire time": [to_iso(call.at_ms - late_ms)]},
    )


def _scopes(portal: Portal) -> frozenset[str]:
    chosen = portal.settings.scopes
    return frozenset(ALL_SCOPES if chosen is None else chosen)


def require_scopes(grant: Grant, scopes: tuple[str, ...]) -> None:
    """Refuse a token that lacks a scope of the call."""
    lacking = [scope for scope in scopes if scope not in grant.scopes]
    if lacking:
        raise missing_scopes(lacking)


def expire_token(portal: Portal, grant: Grant) -> None:
    """End the life of an OAuth token now; a static token has none to end."""
    found = portal.store.get("token", grant.token)
    if found is not None:
        portal.store.put("token", grant.token, {**found, "expires_ms": 0})


def create_token(portal: Portal, call: Call) -> Answer:
    """POST /oauth/token: a new access token for a refresh token or an authorization code."""
    form = call.form()
    settings = portal.settings
    if (form.get("client_id"), form.get("client_secret")) != (settings.client_id, settings.client_secret):
        raise _refused("BAD_CLIENT_ID", "invalid_client", "missing or invalid client id or client secret")
    grant_type = form.get("grant_type")
    if grant_type == "refresh_token":
        _require_refresh(portal, form.get("refresh_token", ""))
    elif grant_type != "authorization_code":
        raise _refused("BAD_GRANT_TYPE", "unsupported_grant_type", f"missing or unknown grant type {grant_type}")
    elif not form.get("code") or not form.get("redirect_uri"):
        raise _refused("BAD_AUTH_CODE", "invalid_grant", "missing or unknown auth code")
    return Answer(200, _issue(portal, call))


def _require_refresh(portal: Portal, token: str) -> None:
    found = portal.store.get("token", token)
    known = token == portal.settings.refresh_token or (found is not None and found["use"] == "refresh_token")
    if not known or portal.store.get("revoked", token):
        raise _refused("BAD_REFRESH_TOKEN", "invalid_grant", "missing or unknown refresh token")


def _refused(status: str, error: str, message: str) -> ApiError:
    return ApiError(400, {"status": status, "error": error, "error_description": message, "message": message})


def _issue(portal: Portal, call: Call) -> dict[str, Any]:
    number = portal.store.next_id("token")
    access = f"sandbox-access-{number:06d}"
    portal.store.put(
        "token", access, {"use": "access_token", "expires_ms": call.at_ms + 1000 * portal.settings.token_seconds}
    )
    refresh = portal.settings.refresh_token
    if portal.settings.rotate_refresh_token:
        refresh = f"sandbox-refresh-{number:06d}"
        portal.store.put("token", refresh, {"use": "refresh_token"})
    return {
        "token_type": "bearer",
        "token_use": "access_token",
        "access_token": access,
        "refresh_token": refresh,
        "expires_in": portal.settings.token_seconds,
        "hub_id": portal.settings.portal_id,
        "user_id": portal.settings.user_id,
        "scopes": sorted(_scopes(portal)),
    }


def introspect_token(portal: Portal, call: Call) -> Answer:
    """POST /oauth/token/introspect: whether a token is good, and for what."""
    form = call.form()
    token = form.get("token") or form.get("access_token") or form.get("refresh_token") or ""
    body = describe_token(portal, call, token)
    return Answer(200, body or {"active": False, "token": token})


def describe_token(portal: Portal, call: Call, token: str) -> dict[str, Any] | None:
    """Describe a live token; None when it is not one."""
    found = portal.store.get("token", token)
    if token in (portal.settings.static_token, portal.settings.refresh_token):
        use = "access_token" if token == portal.settings.static_token else "refresh_token"
        found = {"use": use, "expires_ms": call.at_ms + 1000 * portal.settings.token_seconds}
    if found is None or portal.store.get("revoked", token) or found.get("expires_ms", call.at_ms + 1) <= call.at_ms:
        return None
    expires_ms = found.get("expires_ms", call.at_ms)
    return {
        "active": True,
        "token": token,
        "token_use": found["use"],
        "token_type": found["use"].removesuffix("_token"),
        "hub_id": portal.settings.portal_id,
        "hub_domain": "sandbox.example.com",
        "user": "ana@sandbox.example.com",
        "user_id": portal.settings.user_id,
        "client_id": portal.settings.client_id,
        "app_id": portal.settings.app_id,
        "scopes": sorted(_scopes(portal)),
        "expires_in": (expires_ms - call.at_ms) // 1000,
        "is_private_distribution": True,
    }


def get_access_token(portal: Portal, call: Call) -> Answer:
    """GET /oauth/v1/access-tokens/{token}: what an access token is good for (legacy)."""
    body = describe_token(portal, call, call.params["token"])
    if body is None:
        raise not_found("access token not found")
    return Answer(200, body)


def revoke_token(portal: Portal, call: Call) -> Answer:
    """POST /oauth/token/revoke: end a refresh token; living access tokens stay good until they expire."""
    form = call.form()
    portal.store.put("revoked", form.get("token") or form.get("refresh_token") or "", {"at": to_iso(call.at_ms)})
    return Answer(204)
