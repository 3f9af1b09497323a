"""Talk to a CRM over HTTP: the only module with a network and the only retry layer."""

from __future__ import annotations

import logging
import random
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol, TypeAlias, TypeVar

import httpx
import orjson
import tenacity

from adapters.budget import RateBudget
from adapters.clock_lead import ClockLead, parse_http_date
from adapters.exchange import Interpret, Reply, Request
from connector.errors import (
    AccessError,
    CrmError,
    LockedError,
    RateLimitedError,
    RetryableError,
    SettingsError,
    UnavailableError,
)

T = TypeVar("T")
Transport: TypeAlias = httpx.BaseTransport

_log = logging.getLogger(__name__)
_CONNECT_TIMEOUT_SECONDS: Final = 10.0
_LARGEST_BODY_BYTES: Final = 256 * 1024 * 1024
_RENEWALS: Final = 60
"""A token of very few calls, shared by many threads, may end several times before one request gets through."""
_SETTLING_SECONDS: Final = 2.0
TIMEOUT: Final = "TIMEOUT"
_NO_CONNECTION: Final = "NO_CONNECTION"
_CUT_OFF: Final = "CUT_OFF"
_USER_AGENT: Final = "puente-crm"


class _LoginError(Exception):
    """Carry why no credential could be had past the retrying of the request that needs one: the login had its own."""

    def __init__(self, cause: CrmError) -> None:
        super().__init__()
        self.cause = cause


class NotSentError(UnavailableError):
    """Report that no connection came about, so the CRM never saw the request: safe to repeat, whatever it was."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Bound how long one request is tried: by attempts and by elapsed seconds, whichever ends first.

    Waiting out a rate limit is not a failure of the request, so those attempts have a bound of their own; and a host
    that never answered yet is more likely a wrong address than a passing failure.
    """

    attempts: int = 6
    first_contact_attempts: int = 3
    rate_limited_attempts: int = 40
    elapsed_seconds: float = 150.0
    first_wait_seconds: float = 0.5
    longest_wait_seconds: float = 60.0


class Authorizer(Protocol):
    """Give credentials to requests."""

    def header(self) -> str:
        """Return the Authorization header's value; may fetch a token first."""

    def accepted(self, header: str) -> None:
        """Hear that the CRM accepted a credential."""

    def renew(self, header: str) -> bool:
        """Replace a refused credential, once for all threads; False when there is nothing newer to try."""


class HttpClient:
    """Send requests within budgets, retry what may be retried, and return the interpreted documents."""

    def __init__(
        self,
        base_url: str,
        interpret: Interpret,
        budgets: Mapping[str, RateBudget],
        *,
        policy: RetryPolicy | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        transport: Transport | None = None,
    ) -> None:
        self.authorizer: Authorizer | None = None
        self.clock_lead = ClockLead()
        self._base_url, loopback = _parse_base_url(base_url)
        self._interpret = interpret
        self._budgets = budgets
        self._policy = policy or RetryPolicy()
        self._clock = clock
        self._sleep = sleep
        self._answered = False
        self._closed = False
        self._underway = threading.Condition()
        self._headers_underway = Counter[str]()
        self._calls: Counter[str] = Counter()
        self._calls_lock = threading.Lock()
        self._client = httpx.Client(
            transport=transport,
            timeout=httpx.Timeout(60.0, connect=_CONNECT_TIMEOUT_SECONDS),
            limits=httpx.Limits(max_connections=32, max_keepalive_connections=32),
            headers={"User-Agent": _USER_AGENT, "Accept": "application/json"},
            # A proxy of the environment is for the outside; a CRM on this machine is never behind it.
            trust_env=not loopback,
        )
        _quiet_libraries()

    def close(self) -> None:
        """Give the connections back; threads still at work send nothing more, so that the process can end."""
        self._closed = True
        self._client.close()

    def calls(self) -> Mapping[str, int]:
        """Return how many requests were sent, repeats included, by purpose."""
        with self._calls_lock:
            return dict(self._calls)

    def send(self, request: Request) -> object:
        """Return the document of the reply; raise the CrmError that is left when all retries are used up."""
        started_at = self._clock()
        failures = Counter[bool]()

        def exhausted(state: tenacity.RetryCallState) -> bool:
            error = state.outcome.exception() if state.outcome else None
            limited = isinstance(error, RateLimitedError)
            failures[limited] += 1
            most = self._policy.rate_limited_attempts if limited else self._policy.attempts
            if isinstance(error, NotSentError) and not self._answered:
                most = self._policy.first_contact_attempts
            return failures[limited] >= most or self._clock() - started_at >= self._policy.elapsed_seconds

        def wait(state: tenacity.RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            return self._wait_seconds(error, failures[False])

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(lambda error: self._may_repeat(request, error)),
            stop=exhausted,
            wait=wait,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(self._attempt, request)
        except _LoginError as failure:
            raise failure.cause from None

    def _may_repeat(self, request: Request, error: BaseException) -> bool:
        if self._closed:
            return False
        if isinstance(error, RateLimitedError):
            return error.scope == "burst"
        if not isinstance(error, RetryableError):
            return False
        if error.retry_after is not None and error.retry_after > self._policy.longest_wait_seconds:
            return False
        # A refusal before any work was done is clean; everything else may have been stored.
        return request.repeatable or isinstance(error, LockedError | NotSentError)

    def _wait_seconds(self, error: BaseException | None, failures: int) -> float:
        if isinstance(error, RateLimitedError):
            return 0.0  # the budget makes every thread wait, this one included
        ceiling = min(self._policy.longest_wait_seconds, self._policy.first_wait_seconds * 2**failures)
        jitter = random.uniform(0.0, ceiling)  # noqa: S311 - full jitter, no secret
        stated = error.retry_after if isinstance(error, RetryableError) and error.retry_after else 0.0
        return stated + jitter

    def _attempt(self, request: Request) -> object:
        if not request.authorized or self.authorizer is None:
            return self._exchange(request, None)
        for _ in range(_RENEWALS):
            header = _credential(self.authorizer.header)
            try:
                return self._exchange_with(self.authorizer, header, request)
            except AccessError as error:
                if error.status != 401 or not self._renew(self.authorizer, header):
                    raise
        return self._exchange(request, _credential(self.authorizer.header))

    def _exchange_with(self, authorizer: Authorizer, header: str, request: Request) -> object:
        """Exchange, and let the authorizer hear whether the credential was accepted: any answer but 401 says so."""
        with self._underway:
            self._headers_underway[header] += 1
        try:
            document = self._exchange(request, header)
            authorizer.accepted(header)
            return document
        except CrmError as error:
            if error.status not in (None, 401, 530):
                authorizer.accepted(header)
            raise
        finally:
            with self._underway:
                self._headers_underway[header] -= 1
                if not self._headers_underway[header]:
                    del self._headers_underway[header]
                self._underway.notify_all()

    def _renew(self, authorizer: Authorizer, header: str) -> bool:
        """Renew a refused credential; before giving up, hear from the requests under way whether it was ever good."""
        if _credential(lambda: authorizer.renew(header)):
            return True
        with self._underway:
            self._underway.wait_for(lambda: header not in self._headers_underway, timeout=_SETTLING_SECONDS)
        return _credential(lambda: authorizer.renew(header))

    def _exchange(self, request: Request, header: str | None) -> object:
        budget = self._budgets[request.budget]
        budget.acquire()
        if self._closed:
            raise NotSentError("the connection was closed before the request was sent", code=_NO_CONNECTION)
        with self._calls_lock:
            self._calls[request.purpose] += 1
        reply = self._transfer(request, header)
        budget.learn(reply.headers)
        self.clock_lead.hear(reply.headers)
        try:
            document = self._interpret(request, reply)
            budget.passed()
            return document
        except RateLimitedError as error:
            if error.scope == "burst":
                budget.refused(self._pause_seconds(error, reply, budget))
            _log.info("%s refused: rate limit (%s)", request.purpose, error.scope)
            raise
        except CrmError as error:
            _log.debug("%s failed: status=%s code=%s", request.purpose, error.status, error.code)
            raise

    def _pause_seconds(self, error: RateLimitedError, reply: Reply, budget: RateBudget) -> float | None:
        """Return how long to sit a refusal out: as stated, capped; what was only inferred, at most one window."""
        if error.retry_after is None:
            return None
        stated = parse_retry_after(reply.headers) is not None
        return min(error.retry_after, self._policy.longest_wait_seconds if stated else budget.interval_seconds)

    def _transfer(self, request: Request, header: str | None) -> Reply:
        url = self._base_url + request.path
        if request.params:
            url += "?" + urllib.parse.urlencode(request.params, safe=",:")
        content, content_type = _encode_body(request)
        headers = {**request.headers, **({"Content-Type": content_type} if content_type else {})}
        if header is not None:
            headers["Authorization"] = header
        timeout = httpx.Timeout(request.read_timeout_seconds, connect=_CONNECT_TIMEOUT_SECONDS)
        deadline = self._clock() + 2 * request.read_timeout_seconds
        # The causes are dropped on purpose: their texts may quote headers, URLs and bodies.
        try:
            with self._client.stream(
                request.method, url, content=content, headers=headers, timeout=timeout
            ) as response:
                self._answered = True
                body = self._read_body(response, deadline)
                names = {name.lower(): value for name, value in response.headers.items()}
                return Reply(response.status_code, names, body)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotSentError(f"no connection to the CRM ({type(error).__name__})", code=_NO_CONNECTION) from None
        except (httpx.LocalProtocolError, UnicodeEncodeError):
            raise AccessError("the credential holds characters no HTTP header may carry") from None
        except (httpx.UnsupportedProtocol, httpx.InvalidURL):
            raise SettingsError("the CRM's base URL cannot be used; give scheme, host and port") from None
        except httpx.TimeoutException as error:
            raise UnavailableError(f"the CRM did not answer in time ({type(error).__name__})", code=TIMEOUT) from None
        except httpx.HTTPError as error:
            raise UnavailableError(f"the CRM gave no complete answer ({type(error).__name__})", code=_CUT_OFF) from None

    def _read_body(self, response: httpx.Response, deadline: float) -> bytes:
        chunks = bytearray()
        for chunk in response.iter_bytes():
            chunks += chunk
            if self._clock() > deadline or len(chunks) > _LARGEST_BODY_BYTES:
                raise UnavailableError("the CRM's answer was too slow or too large", status=response.status_code)
        return bytes(chunks)


def _credential(ask: Callable[[], T]) -> T:
    """Ask an authorizer. Its calls go through a client that repeats them: tried once more here, they would multiply."""
    try:
        return ask()
    except CrmError as error:
        raise _LoginError(error) from None


def _encode_body(request: Request) -> tuple[bytes | None, str | None]:
    if request.content is not None:
        return request.content, None  # bytes that something was signed over; the request names their type
    if request.form is not None:
        return urllib.parse.urlencode(request.form).encode(), "application/x-www-form-urlencoded"
    if request.json is not None:
        return orjson.dumps(request.json), "application/json"
    return None, None


def _parse_base_url(base_url: str) -> tuple[str, bool]:
    try:
        parts = urllib.parse.urlsplit(base_url.strip())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not parts.hostname:
        raise SettingsError("the CRM's base URL must look like https://host or http://host:port")
    loopback = parts.hostname in ("localhost", "::1") or parts.hostname.startswith("127.")
    return urllib.parse.urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", "")), loopback


def _quiet_libraries() -> None:
    # httpx logs whole URLs at INFO, and object ids are people's data; ours says purpose and status instead.
    for name in ("httpx", "httpcore"):
        logger = logging.getLogger(name)
        if logger.level == logging.NOTSET:
            logger.setLevel(logging.WARNING)


def parse_retry_after(headers: Mapping[str, str]) -> float | None:
    """Read Retry-After as seconds from now: a number, or an HTTP date measured from the reply's own Date."""
    raw = headers.get("retry-after", "").strip()
    try:
        seconds = float(raw)
    except ValueError:
        until, sent = parse_http_date(raw), parse_http_date(headers.get("date", "")) or datetime.now(UTC)
        return max(0.0, (until - sent).total_seconds()) if until else None
    return seconds if 0 <= seconds < float("inf") else None
