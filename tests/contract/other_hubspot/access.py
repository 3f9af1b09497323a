"""Who may call, and how often."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Literal
from uuid import uuid4

from tests.contract.other_hubspot.replies import Reply, Request, error


@dataclass
class Tokens:
    """Static tokens, and OAuth tokens that last so many calls. Rotating refresh tokens die when they are used."""

    static: set[str] = field(default_factory=lambda: {"pat-eu1-good"})
    client: tuple[str, str] = ("client-1", "client-secret-canary")
    refresh_token: str = "refresh-canary-0"
    calls_per_token: int | None = None
    rotates: bool = False
    refreshes: int = 0
    bad_refresh: bool = False
    used: dict[str, int] = field(default_factory=dict)
    expirations: int = 0
    current: str | None = None

    def check(self, token: str | None) -> Reply | None:
        if token in self.static:
            return None
        if token is not None and token == self.current:
            self.used[token] = self.used.get(token, 0) + 1
            if self.calls_per_token is None or self.used[token] <= self.calls_per_token:
                return None
            self.expirations += 1
            self.current = None
        return error(401, "INVALID_AUTHENTICATION", "Authentication credentials not found or expired")

    def grant(self, request: Request) -> Reply:
        form = request.body
        if (form.get("client_id"), form.get("client_secret")) != self.client:
            return error(400, "BAD_CLIENT_ID", "missing or unknown client id")
        if self.bad_refresh or form.get("refresh_token") != self.refresh_token:
            return error(400, "BAD_REFRESH_TOKEN", "missing or invalid refresh token")
        self.refreshes += 1
        self.current = f"access-canary-{self.refreshes}-{uuid4()}"
        if self.rotates:
            self.refresh_token = f"refresh-canary-{self.refreshes}"
        body = {"access_token": self.current, "refresh_token": self.refresh_token, "expires_in": 1800,
                "token_type": "bearer", "hub_id": 62515}  # fmt: skip
        return Reply(200, body)


@dataclass
class Limiter:
    """Refuse what comes too fast (a rolling window) or too much (a day)."""

    most: int | None = None
    seconds: float = 10.0
    policy: Literal["TEN_SECONDLY_ROLLING", "SECONDLY", "DAILY"] = "TEN_SECONDLY_ROLLING"
    retry_after: Literal["absent", "seconds", "date"] = "absent"
    daily: int | None = None
    headers: bool = True
    refused: int = 0
    served: int = 0
    clock: Callable[[], float] = time.monotonic
    _times: deque[float] = field(default_factory=deque)

    def check(self) -> Reply | None:
        now = self.clock()
        self.served += 1
        if self.daily is not None and self.served > self.daily:
            return self._refuse("DAILY", None)
        while self._times and now - self._times[0] >= self.seconds:
            self._times.popleft()
        if self.most is not None and len(self._times) >= self.most:
            return self._refuse(self.policy, self.seconds - (now - self._times[0]))
        self._times.append(now)
        return None

    def stamp(self, reply: Reply) -> None:
        if self.headers and self.most is not None:
            reply.headers |= {
                "X-HubSpot-RateLimit-Max": str(self.most),
                "X-HubSpot-RateLimit-Remaining": str(max(0, self.most - len(self._times))),
                "X-HubSpot-RateLimit-Interval-Milliseconds": str(int(self.seconds * 1000)),
            }
        if self.headers and self.daily is not None:
            reply.headers |= {
                "X-HubSpot-RateLimit-Daily": str(self.daily),
                "X-HubSpot-RateLimit-Daily-Remaining": str(max(0, self.daily - self.served)),
            }

    def _refuse(self, policy: str, wait: float | None) -> Reply:
        self.refused += 1
        body = {"status": "error", "message": f"You have reached your {policy.lower()} limit.",
                "errorType": "RATE_LIMIT", "correlationId": str(uuid4()), "policyName": policy,
                "groupName": "publicapi:private-apps", "requestId": str(uuid4())}  # fmt: skip
        headers = {}
        if wait is not None and self.retry_after == "seconds":
            headers["Retry-After"] = str(max(1, round(wait + 0.5)))
        if wait is not None and self.retry_after == "date":
            headers["Retry-After"] = formatdate(time.time() + wait + 1, usegmt=True)
        return Reply(429, body, headers)
