"""Speak to AWS services in JSON over HTTPS, signed with Signature Version 4: what a function needs of an SDK.

Loading the AWS SDK takes longer than everything else a receiver does (docs/adr/0010). Two services and six actions
need no more than this page.

Source: docs.aws.amazon.com, "Create a signed AWS API request" and "AWS JSON protocols", read 2026-11 (documented).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final
from urllib.parse import urlsplit

from connector.errors import PuenteError, SettingsError

MOST_ATTEMPTS: Final = 4
_FIRST_PAUSE_SECONDS: Final = 0.05
_TIMEOUT_SECONDS: Final = 5.0
_TRANSIENT: Final = frozenset(
    {
        "ThrottlingException", "Throttling", "RequestThrottled", "ProvisionedThroughputExceededException",
        "RequestLimitExceeded", "TransactionConflictException", "TransactionInProgressException",
    }
)  # fmt: skip


_ADVICE: Final = {
    "NoAnswer": "check AWS_REGION and the network",
    "ResourceNotFoundException": "check the table in PUENTE_STATE and AWS_REGION",
    "QueueDoesNotExist": "check PUENTE_QUEUE",
    "AccessDeniedException": "permit this action to these credentials",
    "AccessDenied": "permit this action to these credentials",
    "UnrecognizedClientException": "check the AWS credentials",
    "InvalidClientTokenId": "check the AWS credentials",
    "InvalidSignatureException": "check the AWS credentials and this machine's clock",
    "ExpiredTokenException": "renew the AWS credentials",
    "ExpiredToken": "renew the AWS credentials",
}


class AwsError(PuenteError):
    """Report what an AWS service refused. `code` is its own word for it; `reply` its answer, never logged."""

    def __init__(
        self, action: str, code: str, status: int | None = None, reply: Mapping[str, Any] | None = None
    ) -> None:
        self.action, self.code, self.status, self.reply = action, code, status, reply or {}
        advice = f" — {_ADVICE[code]}" if code in _ADVICE else ""
        super().__init__(f"{action}: AWS answered {code} ({status or 'no answer'}){advice}")


@dataclass(frozen=True, slots=True)
class Credentials:
    """Hold what signs requests."""

    key_id: str
    secret: str
    session_token: str | None = None

    def __repr__(self) -> str:
        return "Credentials(…)"


def credentials_of_environment() -> Credentials:
    """Read the credentials where Lambda puts them; read again for every request, for they may be renewed."""
    key_id, secret = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
    if not key_id or not secret:
        raise SettingsError(
            "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY: missing — outside of Lambda put them into the environment,"
            " for instance with `aws configure export-credentials --format env`"
        )
    return Credentials(key_id, secret, os.environ.get("AWS_SESSION_TOKEN") or None)


def region_of_environment(default: str | None = None) -> str:
    """Name the region of the services."""
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or default
    if not region:
        raise SettingsError("AWS_REGION: missing — name the region of the queue and the table")
    return region


class AwsClient:
    """Call one service. Safe to share between threads: each keeps a connection of its own."""

    def __init__(
        self,
        service: str,
        target: str,
        *,
        json_version: str,
        region: str,
        endpoint: str | None = None,
        credentials: Callable[[], Credentials] = credentials_of_environment,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._service, self._target, self._region = service, target, region
        self._content_type = f"application/x-amz-json-{json_version}"
        chosen = os.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}") or os.environ.get("AWS_ENDPOINT_URL") or endpoint
        self._endpoint = urlsplit(chosen or f"https://{service}.{region}.amazonaws.com")
        self._credentials = credentials
        self._sleep = sleep
        self._of_thread = threading.local()

    def call(self, action: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Ask for an action. Retried when nothing or a passing trouble came back; raises AwsError for the rest."""
        body = json.dumps(payload).encode()
        for attempt in range(1, MOST_ATTEMPTS + 1):
            try:
                return self._ask(action, body)
            except AwsError as error:
                if attempt == MOST_ATTEMPTS or not _is_transient(error):
                    raise
            # Full jitter: functions that were throttled together must not come back together.
            self._sleep(random.uniform(0, _FIRST_PAUSE_SECONDS * 2**attempt))  # noqa: S311
        raise AssertionError("unreachable")

    def _ask(self, action: str, body: bytes) -> dict[str, Any]:
        headers = sign_request(
            self._service, self._region, self._credentials(), self._endpoint.netloc, body, datetime.now(UTC),
            {"content-type": self._content_type, "x-amz-target": f"{self._target}.{action}"},
        )  # fmt: skip
        connection = self._connection()
        try:
            connection.request("POST", "/", body, dict(headers))
            reply = connection.getresponse()
            status, content = reply.status, reply.read()
        except (OSError, HTTPException):
            connection.close()
            raise AwsError(action, "NoAnswer") from None
        return _read(action, status, content)

    def _connection(self) -> HTTPConnection:
        """Return this thread's connection; http.client opens it anew when the service has closed it."""
        connection: HTTPConnection | None = getattr(self._of_thread, "connection", None)
        if connection is None:
            kind = HTTPSConnection if self._endpoint.scheme == "https" else HTTPConnection
            connection = kind(self._endpoint.netloc, timeout=_TIMEOUT_SECONDS)
            self._of_thread.connection = connection
        return connection


def _read(action: str, status: int, content: bytes) -> dict[str, Any]:
    try:
        reply = json.loads(content or b"{}")
    except ValueError:
        reply = None
    if not isinstance(reply, dict):
        raise AwsError(action, "UnreadableAnswer", status)
    if status == 200:
        return reply
    raise AwsError(action, str(reply.get("__type", "Unknown")).rpartition("#")[2], status, reply)


def _is_transient(error: AwsError) -> bool:
    return error.status is None or error.status >= 500 or error.code in _TRANSIENT


def sign_request(
    service: str,
    region: str,
    credentials: Credentials,
    host: str,
    body: bytes,
    now: datetime,
    headers: Mapping[str, str],
) -> Mapping[str, str]:
    """Return the headers of a signed POST to `/`. `headers` have lower-case names. Pure."""
    stamp = now.strftime("%Y%m%dT%H%M%SZ")
    signed = {**headers, "host": host, "x-amz-date": stamp}
    if credentials.session_token:
        signed["x-amz-security-token"] = credentials.session_token
    names = ";".join(sorted(signed))
    lines = "".join(f"{name}:{signed[name].strip()}\n" for name in sorted(signed))
    request = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{stamp[:8]}/{region}/{service}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"AWS4{credentials.secret}".encode()
    for part in (stamp[:8], region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    proof = f"Credential={credentials.key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**signed, "authorization": f"AWS4-HMAC-SHA256 {proof}"}
