"""Hold what is needed to reach one Salesforce organisation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

DEFAULT_API_VERSION: Final = "66.0"
"""Source: Salesforce release notes, read 2026-11 (documented): 67.0 is Summer '26; one older is served everywhere."""
DEFAULT_RESERVE_PCT: Final = 15.0
DEFAULT_BULK_THRESHOLD: Final = 10_000


@dataclass(frozen=True, slots=True)
class SalesforceConnection:
    """Hold address, version and credentials. Credentials never show in a repr.

    `instance_url` is the My Domain URL. With `client_secret`: the client-credentials flow; with `username` and
    `private_key` (PEM text): the JWT bearer flow. `reserve_pct` of the day's API calls are left to the customer's
    other integrations; bases of more than `bulk_threshold` people are read through Bulk API 2.0.
    """

    instance_url: str
    client_id: str | None = field(default=None, repr=False)
    client_secret: str | None = field(default=None, repr=False)
    username: str | None = field(default=None, repr=False)
    private_key: str | None = field(default=None, repr=False)
    api_version: str = DEFAULT_API_VERSION
    reserve_pct: float = DEFAULT_RESERVE_PCT
    bulk_threshold: int = DEFAULT_BULK_THRESHOLD
