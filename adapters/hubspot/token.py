"""Give HubSpot requests a credential: a static token, or an OAuth token renewed once for all threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Final, Protocol

from adapters.exchange import Request
from adapters.hubspot.api import HubSpotApi
from adapters.hubspot.connection import HubSpotConnection
from adapters.json_body import dig
from connector.errors import AccessError, CrmError, RejectedError, SettingsError

_MARGIN_SECONDS: Final = 60.0
_DEFAULT_LIFE_SECONDS: Final = 1_800.0
"""Source: HubSpot OAuth guide, read 2026-04 (documented): access tokens live 1,800 s."""


class Sender(Protocol):
    """Send a request and return its document."""

    def send(self, request: Request) -> object: ...


class StaticToken:
    """Give every request the same token; a refused one cannot be renewed."""

    def __init__(self, token: str) -> None:
        self._header = f"Bearer {token.strip()}"

    def header(self) -> str:
        return self._header

    def accepted(self, header: str) -> None:
        """Ignore success: nothing follows from it."""

    def renew(self, header: str) -> bool:
        return False


class OAuthToken:
    """Hold an access token and renew it when it is refused or about to end.

    However many threads meet one ended token, one of them renews it and the others wait for the result. When a token
    nobody ever succeeded with is refused, one more is tried; when that is refused too, the access is gone.
    """

    def __init__(
        self,
        connection: HubSpotConnection,
        api: HubSpotApi,
        sender: Sender,
        *,
        clock: Callable[[], float],
        on_refresh_token: Callable[[str], None] | None = None,
    ) -> None:
        self._form = {
            "grant_type": "refresh_token",
            "client_id": connection.client_id or "",
            "client_secret": connection.client_secret or "",
        }
        self._refresh_token = connection.refresh_token or ""
        self._access_token = (connection.access_token or "").strip()
        self._proven = False
        self._unproven_tokens = 1 if self._access_token else 0
        self._ends_at = float("inf")
        self._failure: CrmError | None = None
        self._api = api
        self._sender = sender
        self._clock = clock
        self._on_refresh_token = on_refresh_token
        self._lock = threading.Lock()

    def header(self) -> str:
        with self._lock:
            if not self._access_token or self._clock() >= self._ends_at:
                self._fetch()
            return f"Bearer {self._access_token}"

    def accepted(self, header: str) -> None:
        if not self._proven and header == f"Bearer {self._access_token}":
            self._proven = True

    def renew(self, header: str) -> bool:
        with self._lock:
            if header != f"Bearer {self._access_token}":
                return True  # another thread was faster
            if not self._proven and self._unproven_tokens > 1:
                return False
            self._fetch()
            return True

    def _fetch(self) -> None:
        if self._failure is not None:
            raise self._failure
        request = self._api.token({**self._form, "refresh_token": self._refresh_token})
        try:
            document = self._sender.send(request)
        except (RejectedError, AccessError) as error:
            self._failure = AccessError(
                "HubSpot refuses to renew the access token: is the app still installed, and are "
                "PUENTE_HUBSPOT__CLIENT_ID, __CLIENT_SECRET and __REFRESH_TOKEN right?",
                status=error.status,
                code=error.code,
                request_id=error.request_id,
            )
            raise self._failure from None
        self._keep(document if isinstance(document, Mapping) else {})

    def _keep(self, document: Mapping[str, object]) -> None:
        token = document.get("access_token")
        if not isinstance(token, str) or not token.strip():
            raise AccessError("HubSpot answered the token request without a token", code="NO_TOKEN")
        life = dig(document, "expires_in")
        seconds = float(life) if isinstance(life, int | float) and life > 0 else _DEFAULT_LIFE_SECONDS
        self._access_token = token.strip()
        self._unproven_tokens = 1 if self._proven else self._unproven_tokens + 1
        self._proven = False
        self._ends_at = self._clock() + seconds - min(_MARGIN_SECONDS, seconds / 10)
        renewed = document.get("refresh_token")
        if isinstance(renewed, str) and renewed and renewed != self._refresh_token:
            self._refresh_token = renewed
            if self._on_refresh_token is not None:
                self._on_refresh_token(renewed)


def build_authorizer(
    connection: HubSpotConnection,
    api: HubSpotApi,
    sender: Sender,
    *,
    clock: Callable[[], float],
    on_refresh_token: Callable[[str], None] | None,
) -> StaticToken | OAuthToken:
    """Choose the kind of credential the connection holds."""
    if connection.refresh_token and connection.client_id and connection.client_secret:
        return OAuthToken(connection, api, sender, clock=clock, on_refresh_token=on_refresh_token)
    if connection.access_token and connection.access_token.strip():
        return StaticToken(connection.access_token)
    raise SettingsError(
        "no HubSpot credential: set PUENTE_HUBSPOT__ACCESS_TOKEN, or PUENTE_HUBSPOT__CLIENT_ID, "
        "__CLIENT_SECRET and __REFRESH_TOKEN"
    )
