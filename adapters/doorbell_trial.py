"""Ring our own door from outside, once with the right key and once with a wrong one. Neither ring is about anybody.

Source: developers.hubspot.com, webhooks, read 2025-01 (documented): an array of events, answered within five seconds;
Salesforce SOAP API guide, "Outbound Messaging", read 2026-11 (documented). An empty array and a message without
notifications are both well-formed, so that a door answers them as it would a full one, and queues nothing.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlsplit, urlunsplit

from adapters.budget import RateBudget
from adapters.exchange import Reply, Request
from adapters.http import HttpClient, RetryPolicy
from adapters.hubspot.webhook import SIGNATURE_HEADER, TIMESTAMP_HEADER, sign, split_secrets
from connector.errors import CrmError

_PATIENCE_SECONDS: Final = 5.0
_ONCE: Final = RetryPolicy(attempts=1, first_contact_attempts=1, rate_limited_attempts=1)
_NO_EVENTS: Final = b"[]"
_NO_NOTIFICATIONS: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
    '<notifications xmlns="http://soap.sforce.com/2005/09/outbound"><OrganizationId>{organization}</OrganizationId>'
    "</notifications></soapenv:Body></soapenv:Envelope>"
)


@dataclass(frozen=True, slots=True)
class Trial:
    """Hold how a door answered: the right key and a wrong one. Both None when nobody answered, for `trouble`."""

    right: int | None
    wrong: int | None
    trouble: str = ""


def ring_hubspot(url: str, client_secrets: str, now: datetime) -> Trial:
    """Ring as HubSpot would, signed with the first of the client secrets, then with one that nobody has."""
    stamp = str(int(now.timestamp() * 1000))
    keys = (split_secrets(client_secrets)[0], secrets.token_hex(16))
    signatures = [sign(key, "POST", url, _NO_EVENTS, stamp).decode() for key in keys]
    requests = [
        _post(url, _NO_EVENTS, {"content-type": "application/json", SIGNATURE_HEADER: one, TIMESTAMP_HEADER: stamp})
        for one in signatures
    ]
    return _ring(url, *requests)


def ring_salesforce(url: str, tokens: str, organization_id: str) -> Trial:
    """Ring as an outbound message would, with the first of the tokens in the path, then with one that nobody has."""
    body = _NO_NOTIFICATIONS.format(organization=organization_id).encode()
    keys = (tokens.split(",")[0].strip(), secrets.token_hex(16))
    addresses = [f"{url.rstrip('/')}/{quote(key, safe='')}" for key in keys]
    requests = [_post(address, body, {"content-type": "text/xml; charset=utf-8"}) for address in addresses]
    return _ring(url, *requests)


def _post(url: str, body: bytes, headers: dict[str, str]) -> Request:
    parts = urlsplit(url)
    path = urlunsplit(("", "", parts.path, parts.query, ""))
    return Request(
        "POST",
        path,
        "doorbell_trial",
        headers=headers,
        content=body,
        repeatable=False,
        authorized=False,
        read_timeout_seconds=_PATIENCE_SECONDS,
    )


def _ring(url: str, right: Request, wrong: Request) -> Trial:
    parts = urlsplit(url)
    budget = RateBudget(10, 1.0, clock=time.monotonic, sleep=time.sleep)
    http = HttpClient(f"{parts.scheme}://{parts.netloc}", _status, {"general": budget}, policy=_ONCE)
    try:
        return Trial(int(str(http.send(right))), int(str(http.send(wrong))))
    except CrmError as error:
        return Trial(None, None, str(error))
    finally:
        http.close()


def _status(_: Request, reply: Reply) -> object:
    return reply.status
