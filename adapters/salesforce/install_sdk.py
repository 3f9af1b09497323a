"""Deploy a metadata package through simple-salesforce, with the timeouts and repeats it lacks."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from adapters.salesforce.connection import SalesforceConnection
from connector.errors import AccessError, CrmError, RejectedError, SettingsError, UnavailableError

_TIMEOUT_SECONDS: Final = (10.0, 120.0)
_REPEATS: Final = 5
_LONGEST_DEPLOYMENT_SECONDS: Final = 1_800.0
_LONGEST_WAIT_SECONDS: Final = 15.0
_MOST_PROBLEMS: Final = 5


class Deployer:
    """Deploy packages to one organisation.

    Source: simple-salesforce 1.12.10 (measured 2026-11): every address is https, no call has a timeout, 503 is not
    repeated, and the headers of a deployment stay in the session: so this one deploys and does nothing else.
    """

    def __init__(
        self,
        connection: SalesforceConnection,
        token: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._errors, salesforce = _import_sdk()
        parts = urlsplit(connection.instance_url.strip())
        self._client = salesforce(
            session_id=token,
            instance=parts.netloc,
            version=connection.api_version,
            session=_build_session(plain=parts.scheme == "http"),
        )

    def deploy(self, package: bytes) -> None:
        """Deploy and wait for the end. Raises AccessError, RejectedError with the problems, UnavailableError."""
        started = self._call(lambda: self._client.deploy(io.BytesIO(package), sandbox=False))
        deployment = started.get("asyncId") if isinstance(started, Mapping) else None
        if not deployment:
            raise AccessError("Salesforce did not take the deployment: may Puente's user deploy metadata?", status=403)
        wait, ends_at = 1.0, self._clock() + _LONGEST_DEPLOYMENT_SECONDS
        while True:
            status = self._call(lambda: self._client.checkDeployStatus(deployment))
            state = str(status.get("state") or "")
            if state == "Succeeded":
                return
            if state in ("Failed", "Canceled", "SucceededPartial"):
                raise RejectedError(f"the deployment ended as {state}: {_problems(status)}", code="DEPLOYMENT")
            if self._clock() >= ends_at:
                raise UnavailableError("the deployment takes too long; look at Setup > Deployment Status")
            self._sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT_SECONDS)

    def _call(self, act: Callable[[], Any]) -> Any:
        import requests

        try:
            return act()
        except self._errors as error:
            raise _to_error(error) from None
        except (requests.RequestException, OSError) as error:
            raise UnavailableError(f"no answer from Salesforce ({type(error).__name__})") from None


def _to_error(error: Any) -> CrmError:
    """Read a SOAP fault; only its code is taken from it."""
    status = error.status if isinstance(getattr(error, "status", None), int) else None
    content = str(getattr(error, "content", ""))
    if "INSUFFICIENT_ACCESS" in content or "INVALID_SESSION_ID" in content or status in (401, 403):
        text = "Puente's user may not deploy metadata: install with an administrator's credentials"
        return AccessError(text, status=403, code="INSUFFICIENT_ACCESS")
    if status is not None and status >= 500 and "Fault" not in content:
        return UnavailableError(f"Salesforce could not answer ({status})", status=status)
    return RejectedError(f"Salesforce refused the deployment ({status})", status=status, code="DEPLOYMENT")


def _problems(status: Mapping[str, Any]) -> str:
    details = status.get("deployment_detail")
    errors = details.get("errors") if isinstance(details, Mapping) else None
    found = [f"{error.get('file')}: {error.get('message')}" for error in errors or () if isinstance(error, Mapping)]
    return "; ".join(found[:_MOST_PROBLEMS]) or "Salesforce does not say why"


def _import_sdk() -> tuple[Any, Any]:
    try:
        from simple_salesforce import Salesforce
        from simple_salesforce.exceptions import SalesforceError
    except ImportError:
        raise SettingsError('installing needs simple-salesforce: pip install "puente-crm[install]"') from None
    return SalesforceError, Salesforce


def _build_session(*, plain: bool) -> Any:
    """Build a session that has timeouts, repeats passing failures, and can speak http to this machine."""
    import requests
    import urllib3
    from requests.adapters import HTTPAdapter

    class Patient(HTTPAdapter):
        """Bound every call; a deployment may be repeated: the same package twice changes nothing."""

        def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
            if plain:
                request.url = request.url.replace("https://", "http://", 1)
            kwargs["timeout"] = kwargs.get("timeout") or _TIMEOUT_SECONDS
            return super().send(request, *args, **kwargs)

    retry = urllib3.Retry(
        total=_REPEATS,
        backoff_factor=0.5,
        status_forcelist=(429, 502, 503, 504),
        allowed_methods=None,
        raise_on_status=False,
    )
    session = requests.Session()
    session.mount("https://", Patient(max_retries=retry))
    if plain:
        session.trust_env = False
    return session
