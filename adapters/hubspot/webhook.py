"""Verify what HubSpot rings with: version 3 of its signature, over the raw bytes and the configured address.

Imports nothing but the standard library: a receiver that only passes doorbells on must start at once.

Source: developers.hubspot.com, "Validating requests", read 2025-01 (documented): base64(HMAC-SHA256(client secret,
METHOD + URI + body + timestamp)); a timestamp older than five minutes is refused; sixteen escapes of the URI are
decoded before signing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from connector.errors import SignatureError

SIGNATURE_HEADER: Final = "x-hubspot-signature-v3"
TIMESTAMP_HEADER: Final = "x-hubspot-request-timestamp"
MOST_AGE_MILLISECONDS: Final = 300_000
MOST_BYTES: Final = 4 * 1024 * 1024
"""A hundred events take some fifty kilobytes; a Lambda function takes at most six megabytes, base64 included."""

_TIMESTAMP: Final = re.compile(r"[0-9]{1,15}", re.ASCII)
_DECODED: Final = re.compile(r"%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE)


def verify_signature(
    raw: bytes, headers: Mapping[str, str], *, url: str, secrets: Sequence[str], now: datetime, method: str = "POST"
) -> None:
    """Let through only what the holder of one of the client secrets signed within five minutes, past or future.

    `headers` have lower-case names. `url` is the target exactly as configured in HubSpot, never what the request
    says of itself: behind a gateway they differ. Several secrets are good while one replaces another.
    Raises SignatureError, which never says which part was wrong.
    """
    signature, timestamp = headers.get(SIGNATURE_HEADER, ""), headers.get(TIMESTAMP_HEADER, "")
    if not signature.isascii() or not _TIMESTAMP.fullmatch(timestamp):
        raise SignatureError(_REFUSED)
    is_fresh = abs(now.timestamp() * 1000 - int(timestamp)) <= MOST_AGE_MILLISECONDS
    # Every secret is tried and time is looked at last, so that the answer's delay tells nothing.
    matches = [
        hmac.compare_digest(signature.encode(), sign(secret, method, url, raw, timestamp))
        for secret in secrets
        if secret
    ]
    if not (any(matches) and is_fresh):
        raise SignatureError(_REFUSED)


def sign(secret: str, method: str, url: str, raw: bytes, timestamp: str) -> bytes:
    """Compute the signature HubSpot would send."""
    message = b"".join((method.encode(), decode_uri(url).encode(), raw, timestamp.encode()))
    return base64.b64encode(hmac.new(secret.encode(), message, hashlib.sha256).digest())


def decode_uri(url: str) -> str:
    """Decode the escapes HubSpot decodes before it signs, and no other."""
    return _DECODED.sub(lambda escape: chr(int(escape[1], 16)), url)


def split_secrets(text: str) -> tuple[str, ...]:
    """Read the client secrets of a setting: comma-separated while one replaces another."""
    return tuple(secret for part in text.split(",") if (secret := part.strip()))


_REFUSED: Final = (
    "hubspot webhook: the signature or its time is not good — check the client secret and PUENTE_HUBSPOT__WEBHOOK_URL"
)
