"""Serve what is left of the org's allowances, and count records."""

from __future__ import annotations

from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.org import Org

_OTHERS = {
    "DailyAsyncApexExecutions": 250_000,
    "DailyBulkApiBatches": 15_000,
    "DailyBulkV2QueryJobs": 10_000,
    "DailyBulkV2QueryFileStorageMB": 976_562,
    "DailyStreamingApiEvents": 50_000,
    "DailyDurableStreamingApiEvents": 50_000,
    "DataStorageMB": 1024,
    "FileStorageMB": 1024,
    "HourlyPublishedPlatformEvents": 50_000,
    "SingleEmail": 5000,
}


def read_limits(org: Org, _call: Call) -> Answer:
    """GET limits: itself a counted call."""
    most = org.settings.daily_calls
    body = {name: {"Max": number, "Remaining": number} for name, number in _OTHERS.items()}
    body["DailyApiRequests"] = {"Max": most, "Remaining": max(0, most - org.calls_today())}
    return Answer(200, dict(sorted(body.items())))


def count_records(org: Org, call: Call) -> Answer:
    """GET limits/recordCount?sObjects=…: objects without records are left out."""
    names = [name.strip() for name in call.one("sObjects").split(",") if name.strip()]
    kinds = [org.catalog.find(name) for name in names] if names else list(org.catalog.kinds().values())
    counted = [
        {"count": org.store.count(kind.name, '"IsDeleted" = 0' if kind.has("IsDeleted") else "1"), "name": kind.name}
        for kind in kinds
        if kind is not None
    ]
    return Answer(200, {"sObjects": [one for one in counted if one["count"]]})
