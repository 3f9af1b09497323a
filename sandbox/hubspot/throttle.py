"""Apply HubSpot's rate limits, each in its own window.

Source: developers.hubspot.com, usage guidelines, read 2026-04-13 (documented): 429 names its policy; search answers
carry no rate headers; the daily headers are absent for OAuth tokens.
"""

from __future__ import annotations

import math

from sandbox.hubspot.call import Grant
from sandbox.hubspot.errors import ApiError
from sandbox.hubspot.routes import Budget
from sandbox.hubspot.settings import LimitSettings
from sandbox.limits import DailyCount, RollingWindow


class Throttle:
    """The windows of one portal and its one app."""

    def __init__(self, settings: LimitSettings) -> None:
        self.settings = settings
        self.daily = DailyCount(settings.per_day)
        self._windows: dict[str, RollingWindow] = {
            "general": RollingWindow(settings.per_ten_seconds, 10.0),
            "search": RollingWindow(settings.search_per_second, 1.0),
            "associations": RollingWindow(settings.associations_per_ten_seconds, 10.0),
        }

    def admit(self, budget: Budget, grant: Grant, now: float) -> dict[str, str]:
        """Count one call and give its rate headers; 429 naming the policy when a window is full."""
        if not self.settings.enabled or budget == "free":
            return {}
        window = self._windows[budget]
        policy = "SECONDLY" if budget == "search" else "TEN_SECONDLY_ROLLING"
        shared = self._windows["general"] if self._counts_twice(budget) else None
        for full in (window, shared):
            if full is not None and full.wait_seconds(now) > 0:
                raise self._refuse(policy, full.wait_seconds(now))
        if not self.daily.take(now):
            raise self._refuse("DAILY", 86_400 - now % 86_400)
        window.take(now)
        if shared is not None:
            shared.take(now)
        return {} if budget == "search" else self._headers(window, grant, now)

    def _counts_twice(self, budget: Budget) -> bool:
        return budget == "associations" and self.settings.associations_count_in_general

    def _headers(self, window: RollingWindow, grant: Grant, now: float) -> dict[str, str]:
        headers = {
            "X-HubSpot-RateLimit-Max": str(window.limit),
            "X-HubSpot-RateLimit-Remaining": str(window.remaining(now)),
            "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
        }
        if grant.expires_ms is None and self.settings.per_day > 0:
            headers["X-HubSpot-RateLimit-Daily"] = str(self.settings.per_day)
            headers["X-HubSpot-RateLimit-Daily-Remaining"] = str(self.daily.remaining(now))
        return headers

    def _refuse(self, policy: str, wait_seconds: float) -> ApiError:
        retry_after = math.ceil(wait_seconds) if self.settings.retry_after else None
        return too_many(policy, retry_after)


def too_many(policy: str, retry_after: float | None = None) -> ApiError:
    """429: slow down."""
    words = {"TEN_SECONDLY_ROLLING": "ten_secondly_rolling", "SECONDLY": "secondly", "DAILY": "daily"}
    body = {
        "status": "error",
        "message": f"You have reached your {words.get(policy, policy.lower())} limit.",
        "errorType": "RATE_LIMIT",
        "category": "RATE_LIMITS",
        "policyName": policy,
        "groupName": "publicapi:private-apps-api-calls",
    }
    headers = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}
    return ApiError(429, body, headers)
