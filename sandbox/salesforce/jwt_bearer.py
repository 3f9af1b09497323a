"""Check the signature of a JWT (RS256) against a registered public key or certificate, with nothing but arithmetic.

Good for an imitation: it verifies, it never signs, and speed or timing do not matter here.

Source: RFC 7515, RFC 8017 section 8.2.2 (RSASSA-PKCS1-v1_5), RFC 5280 (certificates).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

_PEM = re.compile(r"-----BEGIN (CERTIFICATE|PUBLIC KEY|RSA PUBLIC KEY)-----(.+?)-----END", re.DOTALL)
_SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")
_SEQUENCE, _INTEGER, _BIT_STRING, _VERSION = 0x30, 0x02, 0x03, 0xA0


class JwtError(ValueError):
    """An assertion that cannot be trusted."""


def read_claims(assertion: str, public_key: str) -> dict[str, Any]:
    """Give the claims of a signed assertion; raise JwtError when its form or signature is wrong."""
    parts = assertion.split(".")
    if len(parts) != 3:
        raise JwtError("invalid assertion")
    header, claims = _document(parts[0]), _document(parts[1])
    if header.get("alg") != "RS256":
        raise JwtError("invalid assertion: unsupported algorithm")
    if not public_key:
        raise JwtError("no certificate is registered for this consumer")
    modulus, exponent = read_public_key(public_key)
    if not _verified(".".join(parts[:2]).encode(), _bytes(parts[2]), modulus, exponent):
        raise JwtError("invalid assertion: signature does not match")
    return claims


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as problem:
        raise JwtError("invalid assertion") from problem


def _document(text: str) -> dict[str, Any]:
    try:
        found = json.loads(_bytes(text))
    except ValueError as problem:
        raise JwtError("invalid assertion") from problem
    if not isinstance(found, dict):
        raise JwtError("invalid assertion")
    return found


def _verified(message: bytes, signature: bytes, modulus: int, exponent: int) -> bool:
    size = (modulus.bit_length() + 7) // 8
    if len(signature) != size:
        return False
    shown = pow(int.from_bytes(signature, "big"), exponent, modulus).to_bytes(size, "big")
    digest = _SHA256_PREFIX + hashlib.sha256(message).digest()
    return shown == b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest


def read_public_key(pem: str) -> tuple[int, int]:
    """Give modulus and exponent of an RSA key in PEM form: a certificate or a public key."""
    found = _PEM.search(pem)
    if found is None:
        raise JwtError("the registered key is no PEM text")
    try:
        content = base64.b64decode(re.sub(r"\s", "", found.group(2)))
        return _integers(_key_bytes(found.group(1), content))
    except (binascii.Error, IndexError, ValueError, StopIteration) as problem:
        raise JwtError("the registered key cannot be read") from problem


def _key_bytes(kind: str, content: bytes) -> bytes:
    """Find the RSAPublicKey structure in whatever is around it."""
    if kind == "RSA PUBLIC KEY":
        return content
    outer = _inside(content)
    if kind == "CERTIFICATE":
        parts = [part for part in _parts(_inside_first(outer)) if part[0] != _VERSION]
        # serial, algorithm, issuer, validity, subject, then the key
        outer = parts[5][1]
    bits = next(value for tag, value in _parts(outer) if tag == _BIT_STRING)
    return bits[1:]


def _inside(content: bytes) -> bytes:
    tag, value = next(_parts(content))
    if tag != _SEQUENCE:
        raise ValueError("a sequence was expected")
    return value


def _inside_first(content: bytes) -> bytes:
    return next(_parts(content))[1]


def _integers(content: bytes) -> tuple[int, int]:
    numbers = [int.from_bytes(value, "big") for tag, value in _parts(_inside(content)) if tag == _INTEGER]
    return numbers[0], numbers[1]


def _parts(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Walk along the DER elements of one level."""
    position = 0
    while position < len(content):
        tag, length, position = content[position], content[position + 1], position + 2
        if length & 0x80:
            size = length & 0x7F
            length, position = int.from_bytes(content[position : position + size], "big"), position + size
        yield tag, content[position : position + length]
        position += length
