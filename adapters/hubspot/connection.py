"""Hold what is needed to reach one HubSpot account."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

DEFAULT_BASE_URL: Final = "https://api.hubapi.com"
DEFAULT_API_VERSION: Final = "2026-09"
"""The dated version every path carries.

Source: HubSpot developer changelog, read 2026-11 (documented): GA 2026-09-08, supported about 18 months.
"""
DEFAULT_RATE_PER_10_SECONDS: Final = 190


@dataclass(frozen=True, slots=True)
class HubSpotConnection:
    """Hold address, version, credentials and permitted rate. Credentials never show in a repr.

    Either `access_token` (a static token), or `client_id`, `client_secret` and `refresh_token` (OAuth); with both,
    the access token is used until it is refused. `app_id` recognises our own writes in a history.
    `reserve_pct` of every limit is left to other integrations.
    """

    base_url: str = DEFAULT_BASE_URL
    api_version: str = DEFAULT_API_VERSION
    access_token: str | None = field(default=None, repr=False)
    client_id: str | None = field(default=None, repr=False)
    client_secret: str | None = field(default=None, repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    app_id: str | None = None
    rate_per_10s: int = DEFAULT_RATE_PER_10_SECONDS
    reserve_pct: float = 0.0
