"""Deploy and retrieve metadata through simple-salesforce, with the timeouts and repeats it lacks."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from adapters.salesforce.connection import SalesforceConnection
from adapters.salesforce.install_component import NAMESPACE
from connector.errors import AccessError, CrmError, RejectedError, SettingsError, UnavailableError

_TIMEOUT_SECONDS: Final = (10.0, 120.0)
_REPEATS: Final = 5
_LONGEST_DEPLOYMENT_SECONDS: Final = 1_800.0
_FIRST_WAIT_SECONDS: Final = 0.25
_LONGEST_WAIT_SECONDS: Final = 15.0
_SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_ENDED_BADLY: Final = ("Failed", "Canceled", "SucceededPartial")
_MOST_PROBLEMS: Final = 5


class Deployer:
    """Deploy packages to one organisation, and retrieve what it has.

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
        self._token, self._version = token, connection.api_version
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
        status = self._wait(lambda: self._client.checkDeployStatus(deployment), lambda answer: answer.get("state"))
        if status.get("state") in _ENDED_BADLY:
            text = f"the deployment ended as {status['state']}: {_problems(status)}"
            raise RejectedError(text, code="DEPLOYMENT")

    def retrieve(self, members: Mapping[str, Sequence[str]]) -> bytes:
        """Return the zip of what the organisation has of components named by type; what it lacks is not in it."""
        metadata = self._client.mdapi
        reply = self._call(lambda: self._post(build_retrieval(self._token, members, self._version), "retrieve"))
        retrieval = _find_id(reply.content)
        if retrieval is None:
            raise AccessError("Salesforce did not let metadata be read: may Puente's user deploy metadata?", status=403)
        status = self._wait(lambda: metadata.check_retrieve_status(retrieval), lambda answer: answer[0])
        if status[0] in _ENDED_BADLY:
            raise RejectedError(f"reading the metadata ended as {status[0]}", code="RETRIEVAL")
        return bytes(self._call(lambda: metadata.retrieve_zip(retrieval))[3])

    def _post(self, envelope: str, action: str) -> Any:
        """Send a call that the vendor's client writes wrongly, through its session and with its errors."""
        from simple_salesforce.util import call_salesforce

        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": action}
        body = envelope.encode()
        return call_salesforce(self._client.metadata_url, "POST", self._client.session, headers, data=body)

    def _wait(self, ask: Callable[[], Any], state_of: Callable[[Any], Any]) -> Any:
        """Ask until an end is told, and return that answer."""
        wait, ends_at = _FIRST_WAIT_SECONDS, self._clock() + _LONGEST_DEPLOYMENT_SECONDS
        while True:
            answer = self._call(ask)
            if state_of(answer) in ("Succeeded", *_ENDED_BADLY):
                return answer
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
        except (requests.RequestException, OSError, ET.ParseError) as error:
            raise UnavailableError(f"no answer from Salesforce ({type(error).__name__})") from None


def build_retrieval(token: str, members: Mapping[str, Sequence[str]], api_version: str) -> str:
    """Write the SOAP call that asks for components.

    Source: Metadata API guide, "retrieve()" and "RetrieveRequest", read 2026-11 (documented). The one of
    simple-salesforce 1.12.10 leaves out the namespace of the types and the version of the package (measured): without
    the latter Salesforce takes an old version that does not know some types (jsforce issue 174).
    """
    types = "".join(
        f"<types>{''.join(f'<members>{escape(name)}</members>' for name in names)}<name>{escape(kind)}</name></types>"
        for kind, names in members.items()
    )
    request = (
        f"<apiVersion>{escape(api_version)}</apiVersion><singlePackage>true</singlePackage>"
        f"<unpackaged>{types}<version>{escape(api_version)}</version></unpackaged>"
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenv="{_SOAP}" xmlns="{NAMESPACE}">'
        f"<soapenv:Header><SessionHeader><sessionId>{escape(token)}</sessionId></SessionHeader></soapenv:Header>"
        f"<soapenv:Body><retrieve><retrieveRequest>{request}</retrieveRequest></retrieve></soapenv:Body>"
        "</soapenv:Envelope>"
    )


def _find_id(content: bytes) -> str | None:
    try:
        return ET.fromstring(content).findtext(f".//{{{NAMESPACE}}}id") or None  # noqa: S314 - from Salesforce
    except ET.ParseError:
        raise UnavailableError("Salesforce sent an unreadable answer") from None


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
    found = [
        f"{error.get('type')} in {error.get('file')}: {error.get('message')}"
        for error in errors or ()
        if isinstance(error, Mapping)
    ]
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
