"""Get a session from Salesforce and renew it once for all threads: client credentials, or JWT bearer.

Source: Salesforce help, "OAuth 2.0 Client Credentials Flow" and "OAuth 2.0 JWT Bearer Flow", read 2026-11
(documented): both against the My Domain host; a JWT lives five minutes at most; there is no refresh token, and a
session ends after the organisation's timeout, which nothing announces.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from typing import Final, Protocol

import orjson

from adapters.exchange import Request
from adapters.salesforce.api import SalesforceApi
from adapters.salesforce.connection import SalesforceConnection
from adapters.salesforce.ids import parse_id
from adapters.salesforce.replies import identity_of
from connector.errors import AccessError, CrmError, GoneError, RejectedError, SettingsError

_JWT_SECONDS: Final = 180
_JWT_GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_log = logging.getLogger(__name__)


class Sender(Protocol):
    """Send a request and return its document."""

    def send(self, request: Request) -> object: ...


class TokenCache(Protocol):
    """Keep a session between processes, so that a cold start costs no login."""

    def get(self) -> str | None:
        """Return what was kept last, if anything."""

    def put(self, value: str) -> None:
        """Keep something new in its place."""

    def turn(self) -> AbstractContextManager[None]:
        """Let one process at a time look for a newer session and log in; the others wait for what it leaves."""


@dataclass(frozen=True, slots=True)
class Session:
    """Hold a session and what its login said of us."""

    token: str = field(repr=False)
    organization_id: str | None = None
    user_id: str | None = None

    def to_text(self) -> str:
        return orjson.dumps(asdict(self)).decode()


def parse_session(text: str | None) -> Session | None:
    """Read a kept session; anything else is none."""
    try:
        kept = orjson.loads(text or "")
    except orjson.JSONDecodeError:
        return None
    token = kept.get("token") if isinstance(kept, dict) else None
    if not isinstance(token, str) or not token.strip():
        return None
    return Session(token, parse_id(kept.get("organization_id")), parse_id(kept.get("user_id")))


class SessionToken:
    """Hold a session and replace it when it is refused.

    However many threads and processes meet one ended session, one of them logs in and the others take what it got.
    When the session of a renewal is refused before anybody succeeded with it, the access is gone: a new login would
    only be refused again.
    """

    def __init__(
        self,
        api: SalesforceApi,
        sender: Sender,
        build_form: Callable[[], Mapping[str, str]],
        cache: TokenCache | None = None,
    ) -> None:
        self._api = api
        self._sender = sender
        self._build_form = build_form
        self._cache = cache
        self._token = ""
        self._proven = False
        self._is_renewal = False
        self._refused: set[str] = set()
        self._failure: CrmError | None = None
        self._lock = threading.Lock()
        self.organization_id: str | None = None
        self.user_id: str | None = None

    def header(self) -> str:
        with self._lock:
            if not self._token:
                self._replace()
            return f"Bearer {self._token}"

    def accepted(self, header: str) -> None:
        if not self._proven and header == f"Bearer {self._token}":
            self._proven = True

    def renew(self, header: str) -> bool:
        with self._lock:
            if header != f"Bearer {self._token}":
                return True  # another thread was faster
            if self._is_renewal and not self._proven:
                return False
            self._refused.add(self._token)
            self._is_renewal = self._replace()
            return True

    def _replace(self) -> bool:
        """Take the session that another process has left, else log in; tell whether it was a login."""
        if self._failure is not None:
            raise self._failure
        if self._cache is None:
            self._adopt(self._log_in())
            return True
        with self._cache.turn():
            kept = parse_session(self._cache.get())
            if kept is not None and kept.token not in self._refused:
                self._adopt(kept)
                return False
            session = self._log_in()
            self._adopt(session)
            self._cache.put(session.to_text())
        return True

    def _adopt(self, session: Session) -> None:
        self._token, self._proven = session.token, False
        self.organization_id = session.organization_id or self.organization_id
        self.user_id = session.user_id or self.user_id

    def _log_in(self) -> Session:
        try:
            document = self._sender.send(self._api.token(self._build_form()))
        except (RejectedError, AccessError, GoneError) as error:
            self._failure = AccessError(_refusal(error), status=401, code=error.code)
            raise self._failure from None
        token = document.get("access_token") if isinstance(document, Mapping) else None
        if not isinstance(token, str) or not token.strip():
            raise AccessError("Salesforce answered the login without a session", code="NO_TOKEN")
        _log.debug("logged in to Salesforce")
        return Session(token.strip(), *identity_of(document))


def _refusal(error: CrmError) -> str:
    code = f" ({error.code})" if error.code else ""
    return (
        f"Salesforce refuses the login{code}: is PUENTE_SALESFORCE__INSTANCE_URL the My Domain address, is the app "
        "enabled for this flow with a user to run as, and are __CLIENT_ID and __CLIENT_SECRET (or __USERNAME and "
        "__PRIVATE_KEY_FILE) right?"
    )


def build_authorizer(
    connection: SalesforceConnection,
    api: SalesforceApi,
    sender: Sender,
    *,
    cache: TokenCache | None = None,
    epoch: Callable[[], float] = time.time,
) -> SessionToken:
    """Choose the flow the connection holds credentials for."""
    client_id, secret = connection.client_id, connection.client_secret
    if client_id and secret:
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
        return SessionToken(api, sender, lambda: form, cache)
    username, key = connection.username, connection.private_key
    if client_id and username and key:
        audience = connection.instance_url.strip().rstrip("/")
        return SessionToken(api, sender, lambda: _jwt_form(client_id, username, key, audience, int(epoch())), cache)
    raise SettingsError(
        "no Salesforce credential: set PUENTE_SALESFORCE__CLIENT_ID with __CLIENT_SECRET, or with __USERNAME and "
        "__PRIVATE_KEY_FILE"
    )


def _jwt_form(client_id: str, username: str, private_key: str, audience: str, now: int) -> Mapping[str, str]:
    """Sign an assertion. `audience` is the My Domain address: new apps refuse login.salesforce.com (measured)."""
    try:
        import jwt  # here: only this flow needs cryptography
    except ImportError:
        raise SettingsError('the JWT flow needs a library more: pip install "puente-crm[salesforce]"') from None
    claims = {"iss": client_id, "sub": username, "aud": audience, "exp": now + _JWT_SECONDS}
    try:
        assertion = jwt.encode(claims, private_key, algorithm="RS256")
    except (ValueError, TypeError, jwt.exceptions.PyJWTError):
        # The cause is dropped on purpose: its text may quote the key.
        raise SettingsError(
            "PUENTE_SALESFORCE__PRIVATE_KEY_FILE (or __PRIVATE_KEY): is no RSA private key in PEM form, or has a "
            "passphrase — export it without one"
        ) from None
    return {"grant_type": _JWT_GRANT, "assertion": assertion}
