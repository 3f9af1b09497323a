"""Send installation requests through HubSpot's own SDK, with the timeouts and repeats it lacks by default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from adapters.exchange import Reply, Request
from adapters.hubspot.connection import HubSpotConnection
from adapters.hubspot.failures import classify, interpret
from connector.errors import SettingsError, UnavailableError

_TIMEOUT_SECONDS: Final = (10.0, 60.0)
_REPEATS: Final = 6
_LONGEST_WAIT_SECONDS: Final = 60.0


class SdkSender:
    """Send JSON to any path of one account through `hubspot-api-client`.

    The SDK's typed calls know undated paths only, so its transport is given the dated path.
    Source: hubspot-api-client 12.0.0 (measured 2026-11): `host` and `base_url` are separate settings, no default
    timeout, no repeat of POST, and a new connection pool behind every attribute.
    """

    def __init__(self, connection: HubSpotConnection, access_token: str) -> None:
        hubspot = _import_sdk()
        base_url = connection.base_url.rstrip("/")
        client = hubspot.Client.create(
            access_token=access_token, host=base_url, base_url=base_url, retry=_build_retry()
        )
        self._api = client.crm.properties.core_api.api_client

    def send(self, method: str, path: str, body: Mapping[str, object] | None = None) -> object:
        """Return the document of the reply. Raises the CrmError that says what to do next."""
        from hubspot.crm.properties.exceptions import ApiException
        from urllib3.exceptions import HTTPError

        try:
            response = self._api.call_api(
                path,
                method,
                header_params={"Accept": "application/json", "Content-Type": "application/json"},
                body=dict(body) if body is not None else None,
                auth_settings=["oauth2"],
                _preload_content=False,
                _return_http_data_only=True,
                _request_timeout=_TIMEOUT_SECONDS,
            )
        except ApiException as error:
            raise classify(_reply(error), "definition") from None
        except (HTTPError, OSError) as error:
            raise UnavailableError(f"no answer from HubSpot ({type(error).__name__})") from None
        headers = {str(name).lower(): str(value) for name, value in dict(response.headers).items()}
        return interpret(Request(method, path, purpose="install"), Reply(response.status, headers, response.data))


def _reply(error: Any) -> Reply:
    body = error.body if isinstance(error.body, bytes) else str(error.body or "").encode()
    headers = {str(name).lower(): str(value) for name, value in dict(error.headers or {}).items()}
    return Reply(int(error.status or 0), headers, body)


def _import_sdk() -> Any:
    try:
        import hubspot
    except ImportError:
        raise SettingsError('installing needs HubSpot\'s own client: pip install "puente-crm[install]"') from None
    return hubspot


def _build_retry() -> Any:
    import urllib3

    class Patient(urllib3.Retry):
        """Repeat reads after any passing failure, creates only when HubSpot turned them away unseen (429)."""

        def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
            if method.upper() != "GET" and status_code != 429:
                return False
            return bool(super().is_retry(method, status_code, has_retry_after))

        def get_retry_after(self, response: Any) -> float | None:
            stated = super().get_retry_after(response)
            return None if stated is None else min(float(stated), _LONGEST_WAIT_SECONDS)

    return Patient(
        total=_REPEATS,
        connect=2,
        read=_REPEATS,
        backoff_factor=0.5,
        status_forcelist=(429, 500, 502, 503, 504),
        allowed_methods=None,
        raise_on_status=False,
    )
