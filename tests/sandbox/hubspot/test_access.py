"""Tokens, scopes and tiers: who may call what."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from .conftest import ANA, TOKEN, Box, Serve

CONTACT = f"/crm/objects/2026-09/contacts/{ANA}"
FORM = {
    "grant_type": "refresh_token",
    "refresh_token": "sandbox-refresh-token",
    "client_id": "sandbox-client-id",
    "client_secret": "sandbox-client-secret",
}


def call_as(box: Box, token: str) -> httpx.Response:
    return httpx.get(box.url + CONTACT, headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize("header", [None, "Bearer", f"Basic {TOKEN}", "Bearer wrong", "Bearer sandbox-refresh-token"])
def test_without_a_good_token_nothing_is_answered(box: Box, header: str | None) -> None:
    reply = httpx.get(box.url + CONTACT, headers={} if header is None else {"Authorization": header})
    assert (reply.status_code, reply.json()["category"]) == (401, "INVALID_AUTHENTICATION")


def test_an_access_token_lives_for_half_an_hour(box: Box) -> None:
    issued = box.http.post("/oauth/2026-09/token", data=FORM).json()
    assert (issued["expires_in"], issued["refresh_token"]) == (1800, "sandbox-refresh-token")
    box.clock.advance(1799)
    assert call_as(box, issued["access_token"]).status_code == 200
    box.clock.advance(1)
    late = call_as(box, issued["access_token"])
    assert (late.status_code, late.json()["category"]) == (401, "EXPIRED_AUTHENTICATION")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"client_secret": "x"}, "BAD_CLIENT_ID"),
        ({"refresh_token": "x"}, "BAD_REFRESH_TOKEN"),
        ({"refresh_token": TOKEN}, "BAD_REFRESH_TOKEN"),
        ({"grant_type": "password"}, "BAD_GRANT_TYPE"),
        ({"grant_type": "authorization_code"}, "BAD_AUTH_CODE"),
    ],
)
def test_a_bad_grant_gives_no_token(box: Box, change: dict[str, str], status: str) -> None:
    reply = box.http.post("/oauth/2026-09/token", data={**FORM, **change})
    assert (reply.status_code, reply.json()["status"]) == (400, status)


def test_a_form_is_wanted_not_json(box: Box) -> None:
    assert box.http.post("/oauth/2026-09/token", json=FORM).status_code == 400


def test_refresh_tokens_may_rotate(serve: Serve) -> None:
    box = serve(rotate_refresh_token=True)
    issued = box.http.post("/oauth/2026-09/token", data=FORM).json()
    assert issued["refresh_token"] != FORM["refresh_token"]
    again = box.http.post("/oauth/2026-09/token", data={**FORM, "refresh_token": issued["refresh_token"]})
    assert again.status_code == 200


def test_a_revoked_refresh_token_gives_none_but_living_access_tokens_stay(box: Box) -> None:
    issued = box.http.post("/oauth/2026-09/token", data=FORM).json()
    revoked = box.http.post("/oauth/2026-09/token/revoke", data={"token": issued["refresh_token"]})
    assert revoked.status_code == 204
    assert box.http.post("/oauth/2026-09/token", data=FORM).status_code == 400
    assert call_as(box, issued["access_token"]).status_code == 200


def test_introspection_tells_what_a_token_is_good_for(box: Box) -> None:
    issued = box.http.post("/oauth/2026-09/token", data=FORM).json()
    box.clock.advance(100)
    live = box.http.post("/oauth/2026-09/token/introspect", data={"token": issued["access_token"]}).json()
    assert (live["active"], live["expires_in"], live["hub_id"]) == (True, 1700, 62515)
    assert box.http.post("/oauth/2026-09/token/introspect", data={"token": "x"}).json()["active"] is False


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/crm/objects/2026-09/contacts", "crm.objects.contacts.read"),
        ("PATCH", CONTACT, "crm.objects.contacts.write"),
        ("POST", "/crm/objects/2026-09/tasks/batch/read", "crm.objects.contacts.read"),
        ("POST", "/crm/objects/2026-09/companies/batch/read", "crm.objects.companies.read"),
        ("POST", "/crm/associations/2026-09/contacts/deals/batch/read", "crm.objects.deals.read"),
        ("GET", "/crm/properties/2026-09/contacts", "crm.schemas.contacts.read"),
        ("POST", "/crm/properties/2026-09/contacts/groups", "crm.schemas.contacts.write"),
        ("GET", "/crm/owners/2026-09", "crm.objects.owners.read"),
        ("POST", "/crm/lists/2026-09/records/memberships/batch/read", "crm.lists.read"),
        ("GET", "/marketing/v3/forms", "forms"),
        ("GET", "/marketing/marketing-events/2026-09", "crm.objects.marketing_events.read"),
    ],
)
def test_a_missing_scope_is_named(serve: Serve, method: str, path: str, scope: str) -> None:
    body = serve(scopes=("oauth",)).send(method, path, {"inputs": []}, 403)
    assert body["category"] == "MISSING_SCOPES"
    assert scope in body["errors"][0]["context"]["requiredGranularScopes"]


def test_below_enterprise_events_are_refused_but_their_types_are_listed(serve: Serve) -> None:
    box = serve()
    path = "/events/event-occurrences/2026-09"
    assert box.get(path, objectType="contact", objectId=ANA)["results"]
    box.control("settings", {"tier": "starter"})
    assert box.get(path, expect=403, objectType="contact", objectId=ANA)["category"] == "FORBIDDEN"
    assert "e_visited_page" in box.get(f"{path}/event-types")["eventTypes"]


def test_marketing_events_can_be_switched_off(serve: Serve) -> None:
    box = serve(marketing_events=False)
    path = f"/marketing/marketing-events/2026-09/participations/contacts/{ANA}/breakdown"
    assert box.get(path, expect=403)["category"] == "MISSING_SCOPES"


@pytest.mark.parametrize(
    "params",
    [
        {"objectType": "company", "objectId": "1"},
        {"objectType": "contact"},
        {"objectType": "contact", "objectId": ANA, "limit": "101"},
        {"objectType": "contact", "objectId": ANA, "occurredAfter": "then"},
    ],
)
def test_an_events_call_against_the_rules_is_refused(box: Box, params: dict[str, Any]) -> None:
    box.get("/events/event-occurrences/2026-09", expect=400, **params)


def test_events_are_filtered_and_paged(box: Box) -> None:
    path = "/events/event-occurrences/2026-09"
    whole = box.get(path, objectType="contact", objectId=ANA)["results"]
    named: dict[str, Any] = {"objectType": "contact", "objectProperty.email": "ana@lumina.example", "limit": "2"}
    first = box.get(path, **named)
    rest = box.get(path, objectType="contact", objectId=ANA, after=first["paging"]["next"]["after"])
    assert first["results"] + rest["results"] == whole
    since = box.get(path, objectType="contact", objectId=ANA, occurredAfter="2026-11-19T00:00:00Z")["results"]
    assert {one["eventType"] for one in since} == {"e_contact_started_conversation", "pe62515_product_usage"}
    up = box.get(path, objectType="contact", objectId=ANA, sort="occurredAt")["results"]
    assert [one["id"] for one in up] == [one["id"] for one in reversed(whole)]
