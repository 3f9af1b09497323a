"""Spend a second HubSpot's allowances: calls per second, calls per day, and the lives of tokens."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Literal

import pytest

from tests.contract.other_hubspot.mischief import Interference
from tests.contract.other_hubspot.walk import MachineClock, Walk, served

OAUTH = {
    "PUENTE_HUBSPOT__ACCESS_TOKEN": "",
    "PUENTE_HUBSPOT__CLIENT_ID": "client-1",
    "PUENTE_HUBSPOT__CLIENT_SECRET": "client-secret-canary",
    "PUENTE_HUBSPOT__REFRESH_TOKEN": "refresh-canary-0",
}


def few(**more: Any) -> AbstractContextManager[Walk]:
    return served(ordinary=8, hand_raisers=3, **more)


@pytest.mark.parametrize("headers", [True, False])
@pytest.mark.parametrize("retry_after", ["absent", "seconds", "date"])
@pytest.mark.parametrize("policy", ["SECONDLY", "TEN_SECONDLY_ROLLING"])
def test_a_tight_limit_slows_down_and_loses_nobody(
    policy: Literal["SECONDLY", "TEN_SECONDLY_ROLLING"],
    retry_after: Literal["absent", "seconds", "date"],
    headers: bool,
) -> None:
    with few() as walk:
        limiter = walk.hub.limiter
        limiter.most, limiter.seconds, limiter.policy = 6, 0.3, policy
        limiter.retry_after = retry_after
        limiter.headers = headers
        run = walk.run()
        assert walk.promises(run) == []
        assert (run.code, set(run.outcomes.values())) == (0, {"written"})
        assert 0 < limiter.refused < len(walk.hub.journal) / 2
        walk.ends_well()


@pytest.mark.parametrize("calls", [2, 9, 13, 15, 17])
def test_a_day_that_ends_early_stops_at_once_and_is_completed_the_next_day(calls: int) -> None:
    with few() as walk:
        walk.hub.limiter.daily = calls
        run = walk.run()
        assert run.code == 1
        assert "daily limit" in run.err
        assert walk.hub.limiter.refused <= 12
        assert set(run.outcomes.values()) <= {"written", "parked"}
        walk.ends_well()


@pytest.mark.parametrize("calls", [1, 4])
def test_each_ended_token_is_renewed_exactly_once(calls: int) -> None:
    with few(clock=MachineClock()) as walk:
        walk.settings |= OAUTH
        walk.hub.tokens.calls_per_token, walk.hub.tokens.rotates = calls, True
        first = walk.process()
        assert (first.code, walk.promises(first)) == (0, [])
        assert walk.hub.tokens.refreshes == walk.hub.tokens.expirations + 1
        # The second process starts from the refresh token the first one was given last.
        second = walk.process()
        assert (second.code, set(second.outcomes.values())) == (0, {"unchanged"})
        assert walk.hub.tokens.refreshes == walk.hub.tokens.expirations + 2


def test_an_app_uninstalled_meanwhile_is_said_and_nothing_is_tried_again_and_again() -> None:
    with few(clock=MachineClock()) as walk:
        walk.settings |= OAUTH
        walk.hub.tokens.calls_per_token = 2

        def uninstall(_: object, __: object) -> None:
            walk.hub.tokens.bad_refresh = True

        walk.meddle(Interference("POST .*/contacts/batch/update", 1, uninstall))
        run = walk.process()
        assert run.code == 1
        assert "CLIENT_SECRET" in run.err
        lines = [line for line, _ in walk.hub.journal]
        uninstalled_at = next(place for place, line in enumerate(lines) if line.endswith("/contacts/batch/update"))
        assert lines[uninstalled_at:].count("POST /oauth/2026-09/token") <= 2
        assert walk.promises(run) == []


def test_a_static_token_that_is_revoked_is_asked_with_once_more_at_most() -> None:
    with few() as walk:
        walk.hub.tokens.static.clear()
        run = walk.run()
        assert run.code == 1
        assert "PUENTE_HUBSPOT__ACCESS_TOKEN" in run.err
        assert len(walk.hub.journal) <= 2
        assert "pat-eu1-good" not in run.err + run.out
