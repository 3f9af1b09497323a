"""Build the HTTP client of one HubSpot account, with HubSpot's separate budgets."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from adapters.budget import RateBudget
from adapters.http import HttpClient, Transport
from adapters.hubspot.api import HubSpotApi
from adapters.hubspot.connection import HubSpotConnection
from adapters.hubspot.failures import interpret
from adapters.hubspot.token import build_authorizer

_INTERVAL_SECONDS: Final = 10.0
_ASSOCIATIONS_PER_10_SECONDS: Final = 100
"""Source: HubSpot associations guide, read 2026-04 (documented): bursts of 100 to 150 in 10 s, by tier."""
_SEARCHES_PER_SECOND: Final = 5
"""Source: HubSpot search guide, read 2026-04 (documented); replies to searches carry no rate headers."""


def build_http(
    settings: HubSpotConnection,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    transport: Transport | None,
) -> HttpClient:
    def budget(limit: int, interval_seconds: float) -> RateBudget:
        return RateBudget(limit, interval_seconds, clock=clock, sleep=sleep, reserve_pct=settings.reserve_pct)

    budgets = {
        "general": budget(settings.rate_per_10s, _INTERVAL_SECONDS),
        "associations": budget(min(settings.rate_per_10s, _ASSOCIATIONS_PER_10_SECONDS), _INTERVAL_SECONDS),
        "search": budget(_SEARCHES_PER_SECOND, 1.0),
    }
    return HttpClient(settings.base_url, interpret, budgets, clock=clock, sleep=sleep, transport=transport)


def fetch_access_token(connection: HubSpotConnection, on_refresh_token: Callable[[str], None] | None = None) -> str:
    """Return a token for clients that cannot renew theirs: the static one, or a fresh one of the OAuth app."""
    if connection.refresh_token:
        connection = replace(connection, access_token=None)
    http = build_http(connection, time.monotonic, time.sleep, None)
    try:
        api = HubSpotApi(connection.api_version)
        authorizer = build_authorizer(connection, api, http, clock=time.monotonic, on_refresh_token=on_refresh_token)
        return authorizer.header().removeprefix("Bearer ")
    finally:
        http.close()
