"""Measure which share of HubSpot's permitted rate the client uses, and whether a refused call is ever lost.

Twelve threads send as fast as the client lets them against the sandbox's rolling limiter, in real time. The share is
the sustained rate after the first burst over the permitted rate. A second round permits less than the client was told
at first (100 instead of 190 calls per 10 s): it has to learn that from the headers. A lost call is one that ended as a
rate-limit error.

Run: `python benchmarks/permitted_rate.py [--windows N]`. Exits 1 under 90 % or when a call is lost.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import httpx

from adapters.exchange import Request
from adapters.fanout import WORKERS, Fanout
from adapters.hubspot.api import HubSpotApi
from adapters.hubspot.client import build_http
from adapters.hubspot.connection import HubSpotConnection
from adapters.hubspot.token import StaticToken
from connector.errors import CrmError
from sandbox.hubspot.settings import LimitSettings, PortalSettings
from sandbox.people import generate
from sandbox.server import SandboxSettings, serve_in_thread

TOKEN: Final = "sandbox-token"
INTERVAL_SECONDS: Final = 10.0
CONFIGURED: Final = 190
LEAST_SHARE: Final = 0.90


@dataclass(frozen=True, slots=True)
class Measured:
    """Hold what one round showed."""

    permitted: int
    sent: int
    refused: int
    lost: int
    seconds: float

    @property
    def share(self) -> float:
        """Return the sustained rate over the permitted one; the first window's burst is not counted in its favour."""
        return (self.sent - self.permitted) / self.seconds / (self.permitted / INTERVAL_SECONDS)


def measure(permitted: int, windows: int) -> Measured:
    count = permitted * (windows + 1)
    limits = LimitSettings(per_ten_seconds=permitted)
    settings = SandboxSettings(base=generate(1, 1, datetime.now(UTC)), portal=PortalSettings(limits=limits))
    with serve_in_thread(settings) as box:
        connection = HubSpotConnection(base_url=box.url, access_token=TOKEN, rate_per_10s=CONFIGURED)
        http = build_http(connection, time.monotonic, time.sleep, None)
        http.authorizer = StaticToken(TOKEN)
        fanout = Fanout(WORKERS)
        start = time.monotonic()
        outcomes = fanout.map(http.send, requests(connection, count))
        seconds = time.monotonic() - start
        fanout.close()
        http.close()
        journal = httpx.get(f"{box.url}/_sandbox/journal", trust_env=False, timeout=60).json()["entries"]
    refused = sum(entry["status"] == 429 for entry in journal)
    lost = sum(isinstance(outcome, CrmError) for outcome in outcomes)
    return Measured(permitted, count, refused, lost, seconds)


def requests(connection: HubSpotConnection, count: int) -> Sequence[Request]:
    api = HubSpotApi(connection.api_version)
    return [api.list_page("contacts", (), None)] * count


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--windows", type=int, default=3, help="how many windows of ten seconds to measure")
    windows = options.parse_args().windows
    print(f"{'permitted/10 s':>14}{'calls':>8}{'seconds':>9}{'share':>8}{'429':>6}{'lost':>6}")
    rounds = [measure(CONFIGURED, windows), measure(100, windows)]
    for found in rounds:
        print(
            f"{found.permitted:>14}{found.sent:>8}{found.seconds:>9.1f}{found.share:>8.1%}{found.refused:>6}{found.lost:>6}"
        )
    return 0 if rounds[0].share >= LEAST_SHARE and not any(found.lost for found in rounds) else 1


if __name__ == "__main__":
    sys.exit(main())
