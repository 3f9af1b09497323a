"""The door HubSpot rings at: exact answers, and behind a refusal no trace but one line without values."""

from __future__ import annotations

import json
import logging
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.hubspot.webhook import MOST_BYTES
from connector.errors import SettingsError
from tests.webhooks.doors import NOW, SETTINGS, House, change, delivery, http_event, signed
from webhooks.receive_hubspot import hubspot_door


def test_a_signed_delivery_is_queued_before_it_is_answered() -> None:
    house = House()
    answer = house.hubspot(delivery(change(1), change(2)))
    assert (answer.status, answer.body) == (204, "")
    assert [bell.object_id for bell in house.queued] == ["1", "2"]


def test_a_body_that_the_gateway_encoded_is_verified_as_it_was_sent() -> None:
    house = House()
    raw = json.dumps([change(propertyValue="ñandú")], ensure_ascii=False).encode()
    assert house.hubspot(raw, is_base64=True).status == 204
    assert house.hubspot(raw, is_base64=False).status == 204
    assert len(house.queued) == 2


def test_when_the_queue_refuses_hubspot_is_told_to_try_again() -> None:
    assert House(is_queue_down=True).hubspot(delivery()).status == 500


def test_a_delivery_for_nobody_needs_no_queue() -> None:
    house = House(is_queue_down=True)
    ours = change(changeSource="INTEGRATION", sourceId="54321", propertyName="puente_stage")
    for raw in (delivery(change(portalId=7)), delivery(ours), delivery(7, "x"), b"[]"):
        assert house.hubspot(raw).status == 204


def test_what_people_say_through_our_app_is_queued() -> None:
    house = House()
    house.hubspot(delivery(change(changeSource="INTEGRATION", sourceId="54321", propertyName="puente_sales_verdict")))
    assert len(house.queued) == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"x-hubspot-signature-v3": "AAAA"}, 401),
        ({"x-hubspot-signature-v3": ""}, 401),
        ({"x-hubspot-request-timestamp": "0"}, 401),
        (signed(delivery(), secret="wrong"), 401),
        (signed(delivery(), at=NOW - timedelta(minutes=6)), 401),
        (signed(delivery(), at=NOW + timedelta(minutes=6)), 401),
        (signed(delivery() + b" "), 401),
        (signed(delivery(), at=NOW - timedelta(minutes=4)), 204),
    ],
)
def test_tampered_stale_and_future_deliveries_are_refused(headers: dict[str, str], status: int) -> None:
    house = House()
    assert house.hubspot(delivery(), **headers).status == status
    assert len(house.queued) == (status == 204)


@pytest.mark.parametrize("raw", [b"", b"{}", b"nonsense", b"[" * 60_000, b'{"a":' * 60_000, b"\x00"])
def test_what_is_signed_but_no_delivery_is_a_bad_request(raw: bytes) -> None:
    assert House().hubspot(raw).status == 400


def test_invalid_utf8_is_a_bad_request_when_signed_and_refused_when_not() -> None:
    raw = b'[{"objectId": "\xff"}]'
    assert House().hubspot(raw, is_base64=True).status == 400
    assert House().hubspot(raw, is_base64=True, **{"x-hubspot-signature-v3": "x"}).status == 401


def test_a_body_of_ten_megabytes_is_too_large_whether_signed_or_not() -> None:
    house = House()
    assert house.hubspot(b" " * 10_000_000).status == 413
    assert house.hubspot(b" " * (MOST_BYTES + 1)).status == 413
    assert house.hubspot(b"[]" + b" " * (MOST_BYTES - 2)).status == 204
    assert house.queued == []


@pytest.mark.parametrize("body", ["%%%", "AAA", "ñ"])
def test_a_body_that_is_not_what_its_encoding_says_is_a_bad_request(body: str) -> None:
    event = http_event("/hubspot/webhook", b"", {}, is_base64=True)
    assert House().entrance.hubspot({**event, "body": body}).status == 400


def test_headers_are_known_in_any_case_and_a_repeated_signature_is_none() -> None:
    raw, house = delivery(), House()
    spelled = {name.title(): value for name, value in signed(raw).items()}
    assert house.entrance.hubspot(http_event("/hubspot/webhook", raw, spelled, is_base64=False)).status == 204
    twice = {name: f"{value},{value}" for name, value in signed(raw).items()}
    assert house.entrance.hubspot(http_event("/hubspot/webhook", raw, twice, is_base64=False)).status == 401


@pytest.mark.parametrize("missing", [{"headers": None}, {"body": None}, {"headers": {}, "body": None}])
def test_an_event_that_lacks_parts_is_not_let_in(missing: dict[str, None]) -> None:
    event = http_event("/hubspot/webhook", delivery(), {}, is_base64=False)
    assert House().entrance.hubspot({**event, **missing}).status == 401


def test_anyone_may_ask_for_health() -> None:
    answer = House(settings={}).entrance.hubspot({"rawPath": "/healthz", "headers": {}})
    assert answer.status == 200


@pytest.mark.parametrize("missing", ["PUENTE_HUBSPOT__CLIENT_SECRET", "PUENTE_HUBSPOT__WEBHOOK_URL"])
def test_without_secret_or_address_the_door_does_not_open(missing: str) -> None:
    with pytest.raises(SettingsError, match=missing):
        hubspot_door({name: value for name, value in SETTINGS.items() if name != missing})


def test_a_replaced_secret_is_good_until_it_is_taken_out() -> None:
    raw = delivery()
    both = House(settings={**SETTINGS, "PUENTE_HUBSPOT__CLIENT_SECRET": "new, old"})
    assert [both.hubspot(raw, **signed(raw, one)).status for one in ("new", "old", "older")] == [204, 204, 401]


def test_no_log_line_holds_a_value(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="webhooks")
    raw = delivery()
    House().hubspot(raw)
    House(is_queue_down=True).hubspot(raw)
    House().hubspot(raw, **{"x-hubspot-signature-v3": "canary"})
    House().hubspot(b"canary")
    assert len(caplog.records) == 4
    assert "canary" not in caplog.text
    assert "1001" not in caplog.text
    assert "canary" not in repr(hubspot_door(SETTINGS))


@given(st.binary(max_size=300), st.booleans())
def test_no_signed_bytes_break_the_door(raw: bytes, is_garbled: bool) -> None:
    house = House()
    headers = {"x-hubspot-signature-v3": "x"} if is_garbled else {}
    status = house.hubspot(raw, is_base64=True, **headers).status
    assert status in ((401,) if is_garbled else (204, 400))
    assert house.queued == []
