"""Only what HubSpot signed, just now, for our address, opens the door."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hubspot.utils.signature import Signature
from hypothesis import given
from hypothesis import strategies as st

from adapters.hubspot.webhook import MOST_AGE_MILLISECONDS, decode_uri, sign, split_secrets, verify_signature
from connector.errors import SignatureError

SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
URL = "https://www.example.com/webhook_uri"
BODY = b"{'example_field':'example_value'}"
# Published with HubSpot's own libraries: secret, POST, URL and BODY above, and a timestamp give the signature.
KNOWN_ANSWERS = [
    ("1693657560000", "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="),
    ("1700000300000", "RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw="),
]
TIMESTAMP, SIGNATURE = KNOWN_ANSWERS[0]
NOW = datetime.fromtimestamp(int(TIMESTAMP) / 1000, UTC)


def verify(
    raw: bytes = BODY, signature: str = SIGNATURE, timestamp: str = TIMESTAMP, *, url: str = URL,
    secrets: tuple[str, ...] = (SECRET,), now: datetime = NOW, method: str = "POST",
) -> None:  # fmt: skip
    headers = {"x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": timestamp}
    verify_signature(raw, headers, url=url, secrets=secrets, now=now, method=method)


def is_refused(raw: bytes = BODY, signature: str = SIGNATURE, timestamp: str = TIMESTAMP, **more: object) -> bool:
    try:
        verify(raw, signature, timestamp, **more)  # type: ignore[arg-type]
    except SignatureError:
        return True
    return False


@pytest.mark.parametrize(("timestamp", "signature"), KNOWN_ANSWERS)
def test_the_published_answers_are_ours(timestamp: str, signature: str) -> None:
    assert sign(SECRET, "POST", URL, BODY, timestamp).decode() == signature
    verify(BODY, signature, timestamp, now=datetime.fromtimestamp(int(timestamp) / 1000, UTC))


@given(body=st.text(max_size=200), secret=st.text(st.characters(codec="ascii"), min_size=1, max_size=40))
def test_the_vendors_library_agrees_on_every_body(body: str, secret: str) -> None:
    timestamp = str(int(datetime.now(UTC).timestamp() * 1000))
    ours = sign(secret, "POST", URL, body.encode(), timestamp).decode()
    assert Signature.is_valid(
        signature=ours, client_secret=secret, request_body=body, http_uri=URL, signature_version="v3",
        timestamp=timestamp,
    )  # fmt: skip


@given(place=st.integers(0, len(BODY) - 1), flip=st.integers(1, 255))
def test_any_flipped_byte_of_the_body_breaks_it(place: int, flip: int) -> None:
    tampered = bytearray(BODY)
    tampered[place] ^= flip
    assert is_refused(bytes(tampered))


@given(place=st.integers(0, len(SIGNATURE) - 1), other=st.characters())
def test_any_other_character_of_the_signature_breaks_it(place: int, other: str) -> None:
    tampered = SIGNATURE[:place] + other + SIGNATURE[place + 1 :]
    assert tampered == SIGNATURE or is_refused(signature=tampered)


@given(more=st.binary(min_size=1, max_size=20))
def test_bytes_added_before_or_after_break_it(more: bytes) -> None:
    assert is_refused(BODY + more)
    assert is_refused(more + BODY)


@pytest.mark.parametrize("url", [URL + "/", URL + "?a=1", URL.replace("https", "http"), URL.upper(), ""])
def test_another_address_breaks_it(url: str) -> None:
    assert is_refused(url=url)


@pytest.mark.parametrize("method", ["GET", "PUT", "post"])
def test_another_method_breaks_it(method: str) -> None:
    assert is_refused(method=method)


def test_bytes_cannot_move_between_body_and_timestamp() -> None:
    """The parts are signed without separators, so a body must not take digits of the timestamp."""
    assert is_refused(BODY + TIMESTAMP[:1].encode(), timestamp=TIMESTAMP[1:])


@pytest.mark.parametrize("secrets", [(), ("",), ("wrong",), (SECRET + " ",), (SECRET.upper(),)])
def test_wrong_and_missing_secrets_are_refused(secrets: tuple[str, ...]) -> None:
    assert is_refused(secrets=secrets)


def test_both_secrets_are_good_while_one_replaces_the_other() -> None:
    verify(secrets=("the-new-one", SECRET))
    verify(secrets=(SECRET, "the-new-one"))
    assert split_secrets(f" the-new-one, {SECRET},, ") == ("the-new-one", SECRET)


@pytest.mark.parametrize("sign_of", [1, -1])
def test_five_minutes_are_the_limit_into_the_past_and_into_the_future(sign_of: int) -> None:
    edge = timedelta(milliseconds=MOST_AGE_MILLISECONDS * sign_of)
    verify(now=NOW + edge)
    assert is_refused(now=NOW + edge + timedelta(milliseconds=sign_of))
    assert is_refused(now=NOW + timedelta(days=365) * sign_of)


@pytest.mark.parametrize(
    "timestamp", ["", "now", "-1693657560000", "1693657560000.0", " 1693657560000", "١٦٩٣٦٥٧٥٦٠٠٠٠", "9" * 400]
)
def test_unreadable_timestamps_are_refused_even_when_they_are_signed(timestamp: str) -> None:
    assert is_refused(signature=sign(SECRET, "POST", URL, BODY, timestamp).decode(), timestamp=timestamp)


@pytest.mark.parametrize("signature", ["", "=", "ñandú", "\udcff", SIGNATURE.rstrip("="), SIGNATURE + "\n"])
def test_unreadable_signatures_are_refused(signature: str) -> None:
    assert is_refused(signature=signature)


def test_missing_headers_are_refused() -> None:
    with pytest.raises(SignatureError):
        verify_signature(BODY, {}, url=URL, secrets=[SECRET], now=NOW)


def test_the_older_signatures_do_not_open_the_door() -> None:
    old = {
        "x-hubspot-signature": hashlib.sha256(SECRET.encode() + BODY).hexdigest(),
        "x-hubspot-signature-version": "v1",
        "x-hubspot-request-timestamp": TIMESTAMP,
    }
    with pytest.raises(SignatureError):
        verify_signature(BODY, old, url=URL, secrets=[SECRET], now=NOW)


@pytest.mark.parametrize(
    ("configured", "signed"),
    [
        ("https://h/p?a=%3A%2F%3F%40%21%24%27%28%29%2A%2C%3B", "https://h/p?a=:/?@!$'()*,;"),
        ("https://h/p?a=%3a%2f", "https://h/p?a=:/"),
        ("https://h/p?a=%20%25%26%2B%3D%23%C3%B1", "https://h/p?a=%20%25%26%2B%3D%23%C3%B1"),
        ("https://h/p?a=%253A", "https://h/p?a=%253A"),
    ],
)
def test_exactly_the_documented_escapes_are_decoded(configured: str, signed: str) -> None:
    assert decode_uri(configured) == signed
    message = b"POST" + signed.encode() + BODY + TIMESTAMP.encode()
    digest = base64.b64encode(hmac.new(SECRET.encode(), message, hashlib.sha256).digest())
    verify(signature=digest.decode(), url=configured)


def test_a_refusal_tells_neither_the_reason_nor_a_value() -> None:
    texts = set()
    for wrong in ({"raw": b"x"}, {"timestamp": "1"}, {"secrets": ("wrong-secret",)}, {"now": NOW + timedelta(days=1)}):
        with pytest.raises(SignatureError) as refusal:
            verify(**wrong)  # type: ignore[arg-type]
        texts.add(str(refusal.value))
    assert len(texts) == 1
    assert SIGNATURE not in texts.pop()
