"""Build the HTTP client of one Salesforce organisation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from adapters.http import HttpClient, Transport
from adapters.salesforce.budget import DailyReserve
from adapters.salesforce.connection import SalesforceConnection
from adapters.salesforce.failures import interpret

CONCURRENT_CALLS: Final = 5
"""Long calls side by side: 25 in production, 5 in trial and developer organisations (documented)."""
_CALLS_PER_INTERVAL: Final = 300
_INTERVAL_SECONDS: Final = 10.0


def build_http(
    settings: SalesforceConnection,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    transport: Transport | None,
) -> HttpClient:
    budget = DailyReserve(_CALLS_PER_INTERVAL, _INTERVAL_SECONDS, settings.reserve_pct, clock=clock, sleep=sleep)
    budgets = {"general": budget}
    return HttpClient(settings.instance_url, interpret, budgets, clock=clock, sleep=sleep, transport=transport)
