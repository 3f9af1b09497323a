"""Rate limits: rolling windows by the clock, each budget for itself, in HubSpot's words."""

from __future__ import annotations

from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from sandbox.hubspot.settings import LimitSettings
from sandbox.limits import DailyCount, RollingWindow

from .conftest import ANA, Box, Serve

CONTACT = f"/crm/objects/2026-09/contacts/{ANA}"
FORM = {
    "grant_type": "refresh_token",
    "refresh_token": "sandbox-refresh-token",
    "client_id": "sandbox-client-id",
    "client_secret": "sandbox-client-secret",
}


@given(
    gaps=st.lists(st.floats(0, 6, allow_nan=False), max_size=80), limit=st.integers(1, 5), seconds=st.floats(0.5, 10)
)
def test_no_window_ever_lets_more_through_than_its_limit(gaps: list[float], limit: int, seconds: float) -> None:
    window = RollingWindow(limit, seconds)
    admitted: deque[float] = deque()
    now = 0.0
    for gap in gaps:
        now += gap
        free = sum(1 for at in admitted if at > now - seconds) < limit
        assert window.take(now) is free
        if free:
            admitted.append(now)
        assert window.remaining(now) == limit - sum(1 for at in admitted if at > now - seconds)


def test_a_day_ends_at_midnight() -> None:
    day = DailyCount(2)
    assert [day.take(86_399.0) for _ in range(3)] == [True, True, False]
    assert day.take(86_400.0)
    assert (day.used(86_400.0), day.remaining(86_400.0)) == (1, 1)


def test_the_general_limit_rolls_over_ten_seconds(serve: Serve) -> None:
    box = serve(limits=LimitSettings(per_ten_seconds=3))
    first = box.http.get(CONTACT)
    assert first.headers["X-HubSpot-RateLimit-Max"] == "3"
    assert first.headers["X-HubSpot-RateLimit-Remaining"] == "2"
    assert first.headers["X-HubSpot-RateLimit-Interval-Milliseconds"] == "10000"
    assert first.headers["X-HubSpot-RateLimit-Daily-Remaining"] == "999999"
    box.clock.advance(4)
    assert [box.http.get(CONTACT).status_code for _ in range(4)] == [200, 200, 429, 429]
    box.clock.advance(6)
    assert [box.http.get(CONTACT).status_code for _ in range(2)] == [200, 429]


def test_a_refusal_names_its_policy_and_tells_the_wait_only_when_asked(serve: Serve) -> None:
    box = serve(limits=LimitSettings(per_ten_seconds=1))
    box.http.get(CONTACT)
    reply = box.http.get(CONTACT)
    body = reply.json()
    assert (body["errorType"], body["policyName"], body["status"]) == ("RATE_LIMIT", "TEN_SECONDLY_ROLLING", "error")
    assert "Retry-After" not in reply.headers
    box.control("settings", {"limits": {"retry_after": True}})
    box.http.get(CONTACT)
    assert box.http.get(CONTACT).headers["Retry-After"] == "10"


def search(box: Box) -> int:
    return box.http.post("/crm/objects/2026-09/contacts/search", json={}).status_code


def associations(box: Box) -> int:
    inputs = {"inputs": [{"id": ANA}]}
    return box.http.post("/crm/associations/2026-09/contacts/notes/batch/read", json=inputs).status_code


def test_searches_have_a_budget_of_their_own_and_no_headers(serve: Serve) -> None:
    box = serve(limits=LimitSettings(per_ten_seconds=1, search_per_second=2))
    reply = box.http.post("/crm/objects/2026-09/contacts/search", json={})
    assert not [name for name in reply.headers if "ratelimit" in name]
    assert [search(box), search(box)] == [200, 429]
    assert box.http.get(CONTACT).status_code == 200
    refused = box.http.post("/crm/objects/2026-09/contacts/search", json={})
    assert refused.json()["policyName"] == "SECONDLY"
    box.clock.advance(1)
    assert search(box) == 200


def test_associations_have_a_budget_of_their_own(serve: Serve) -> None:
    box = serve(limits=LimitSettings(per_ten_seconds=1, associations_per_ten_seconds=2))
    assert [associations(box) for _ in range(3)] == [200, 200, 429]
    assert box.http.get(CONTACT).status_code == 200


def test_associations_may_count_in_the_general_budget_too(serve: Serve) -> None:
    box = serve(limits=LimitSettings(per_ten_seconds=2, associations_count_in_general=True))
    assert [associations(box) for _ in range(3)] == [200, 200, 429]
    assert box.http.get(CONTACT).status_code == 429


def test_the_daily_limit_is_another_policy(serve: Serve) -> None:
    box = serve(limits=LimitSettings(per_day=2))
    assert [box.http.get(CONTACT).status_code for _ in range(2)] == [200, 200]
    assert box.http.get(CONTACT).json()["policyName"] == "DAILY"
    usage = box.http.get("/account-info/2026-09/api-usage/daily/private-apps")
    assert usage.status_code == 429
    box.clock.advance(86_400)
    usage = box.http.get("/account-info/2026-09/api-usage/daily/private-apps")
    assert usage.json()["results"][0]["currentUsage"] == 1


def test_oauth_callers_see_no_daily_headers_and_tokens_cost_nothing(serve: Serve) -> None:
    box = serve(limits=LimitSettings(per_ten_seconds=1))
    tokens = [box.http.post("/oauth/2026-09/token", data=FORM).json()["access_token"] for _ in range(3)]
    reply = box.http.get(CONTACT, headers={"Authorization": f"Bearer {tokens[0]}"})
    assert reply.status_code == 200
    assert "X-HubSpot-RateLimit-Daily" not in reply.headers


def test_limits_can_be_switched_off(serve: Serve) -> None:
    box = serve(limits=LimitSettings(per_ten_seconds=1))
    box.control("settings", {"limits": False})
    assert {box.http.get(CONTACT).status_code for _ in range(5)} == {200}


def test_refused_calls_are_in_the_journal(serve: Serve) -> None:
    box = serve(limits=LimitSettings(per_ten_seconds=1))
    box.http.get(CONTACT)
    box.http.get(CONTACT)
    assert [one["status"] for one in box.get("/_sandbox/journal")["entries"]] == [200, 429]
