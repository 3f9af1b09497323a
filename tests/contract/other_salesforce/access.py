"""Who may call, and how often: sessions of two flows, the day's calls, and too many at once."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import jwt

from tests.contract.other_salesforce.replies import Reply, error

CLIENT_ID = "3MVG9.other.client"
CLIENT_SECRET = "client-secret-canary"


@dataclass
class Sessions:
    """Log in by client credentials or by a signed assertion; a session lasts so many calls."""

    org_id: str
    user_id: str
    url: str = ""
    username: str = "puente@talleres.example"
    public_key: str | None = None
    identity: bool = True
    calls_per_session: int | None = None
    never_good: bool = False
    refused: bool = False
    logins: int = 0
    expirations: int = 0
    current: dict[str, int] = field(default_factory=dict)

    def check(self, header: str | None) -> Reply | None:
        """Return the refusal of a call's session, None when it is good."""
        scheme, _, token = (header or "").partition(" ")
        if scheme == "Bearer" and token in self.current and not self.never_good:
            self.current[token] += 1
            if self.calls_per_session is None or self.current[token] <= self.calls_per_session:
                return None
            self.expirations += 1
            del self.current[token]
        return error(401, "INVALID_SESSION_ID", "Session expired or invalid")

    def expire(self) -> None:
        self.current.clear()

    def grant(self, form: Mapping[str, str]) -> Reply:
        problem = self._problem(form)
        if problem is not None:
            return Reply(400, {"error": problem[0], "error_description": problem[1]})
        self.logins += 1
        token = f"00D7Q!canary{self.logins}"
        self.current[token] = 0
        body: dict[str, Any] = {
            "access_token": token, "signature": "c2lnbmF0dXJl", "scope": "api", "instance_url": self.url,
            "token_type": "Bearer", "issued_at": str(int(time.time() * 1000)),
        }  # fmt: skip
        if self.identity:
            body["id"] = f"{self.url}/id/{self.org_id}/{self.user_id}"
        return Reply(200, body)

    def _problem(self, form: Mapping[str, str]) -> tuple[str, str] | None:
        if self.refused:
            return "invalid_client_id", "client identifier invalid"
        match form.get("grant_type"):
            case "client_credentials":
                if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
                    return "invalid_client", "invalid client credentials"
                return None
            case "urn:ietf:params:oauth:grant-type:jwt-bearer":
                return self._jwt_problem(form.get("assertion", ""))
        return "unsupported_grant_type", "grant type not supported"

    def _jwt_problem(self, assertion: str) -> tuple[str, str] | None:
        """Judge an assertion: signed by the app's key, for this My Domain, five minutes at most."""
        try:
            claims = jwt.decode(
                assertion, self.public_key or "", algorithms=["RS256"], audience=self.url, issuer=CLIENT_ID,
                options={"require": ["exp", "iss", "sub", "aud"]},
            )  # fmt: skip
        except jwt.exceptions.PyJWTError:
            return "invalid_grant", "invalid assertion"
        if claims["exp"] - time.time() > 300:
            return "invalid_grant", "expiration is too far in the future"
        if claims["sub"] != self.username:
            return "invalid_grant", "user hasn't approved this consumer"
        return None


@dataclass
class Limits:
    """Count calls as Salesforce does: a composite is one. `busy` calls are refused as too many at once."""

    most_a_day: int = 100_000
    daily: int | None = None
    busy: int = 0
    told: Literal["plain", "per app", "absent"] = "plain"
    served: int = 0
    refused: int = 0

    def check(self) -> Reply | None:
        if self.busy > 0:
            self.busy -= 1
            return self._refuse("ConcurrentRequests (Concurrent API Requests) Limit exceeded.")
        if self.daily is not None and self.served >= self.daily:
            return self._refuse("TotalRequests Limit exceeded.")
        self.served += 1
        return None

    def _refuse(self, message: str) -> Reply:
        self.refused += 1
        return error(403, "REQUEST_LIMIT_EXCEEDED", message)

    def stamp(self, reply: Reply) -> None:
        usage = f"api-usage={self.served}/{self.most_a_day}"
        if self.told == "per app":
            usage = f"per-app-api-usage=17/250(appName=x); {usage}"
        if self.told != "absent":
            reply.headers["Sforce-Limit-Info"] = usage
