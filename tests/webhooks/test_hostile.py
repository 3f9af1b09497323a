"""What an attacker may try at either door: the status it gets, and the one line without values that it leaves."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from adapters.hubspot.webhook import MOST_BYTES
from tests.adapters.salesforce_messages import ORGANIZATION, outbound
from tests.webhooks.doors import NOW, SECRET, TOKEN, House, change, delivery, signed
from webhooks.receive_answer import Answer

CANARY = b"canary-value@example.com"
DEEP = b"[" * 100_000 + b"]" * 100_000
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "canary"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><l>&b;</l>'
EXTERNAL = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><l>canary&a;</l>'
PARAMETER = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY % a SYSTEM "http://127.0.0.1:1/canary.dtd"> %a;]><l/>'
FOREIGN = outbound(organization="00D00000000canary".ljust(18, "A")[:18])
REFUSED = re.compile(r"(hubspot|salesforce): refused with (\d+), \d+ bytes")

Knock = Callable[[House], Answer]


def at_hubspot(raw: bytes, **headers: str) -> Knock:
    return lambda house: house.hubspot(raw, is_base64=True, **headers)


def at_salesforce(raw: bytes, token: str = TOKEN) -> Knock:
    return lambda house: house.salesforce(raw, token)


RAW = delivery()
OLDER = signed(RAW, at=NOW - timedelta(minutes=9))
OLDER_SIGNATURE = {"x-hubspot-signature-v3": OLDER["x-hubspot-signature-v3"]}
TRIES: dict[str, tuple[Knock, int]] = {
    "a tampered byte": (at_hubspot(RAW.replace(b"1001", b"1002"), **signed(RAW)), 401),
    "a replay of six minutes ago": (at_hubspot(RAW, **signed(RAW, at=NOW - timedelta(minutes=6))), 401),
    "a replay from the future": (at_hubspot(RAW, **signed(RAW, at=NOW + timedelta(minutes=6))), 401),
    "an old signature with a new time": (at_hubspot(RAW, **{**signed(RAW), **OLDER_SIGNATURE}), 401),
    "a wrong secret": (at_hubspot(RAW, **signed(RAW, secret="canary-wrong")), 401),
    "the secret itself as a signature": (at_hubspot(RAW, **{"x-hubspot-signature-v3": SECRET}), 401),
    "deep JSON": (at_hubspot(DEEP), 400),
    "deep JSON of strangers": (at_hubspot(DEEP, **{"x-hubspot-signature-v3": "x"}), 401),
    "an object for an array": (at_hubspot(b'{"canary": 1}'), 400),
    "text for an array": (at_hubspot(b'"canary"'), 400),
    "invalid UTF-8": (at_hubspot(b'[{"objectId": "canary\xff"}]'), 400),
    "no JSON": (at_hubspot(CANARY), 400),
    "ten megabytes": (at_hubspot(CANARY * 420_000), 413),
    "one byte too many": (at_hubspot(b" " * (MOST_BYTES + 1)), 413),
    "a wrong token": (at_salesforce(outbound(), "canary-token-0816"), 401),
    "no token": (at_salesforce(outbound(), ""), 401),
    "another organisation": (at_salesforce(FOREIGN), 401),
    "billion laughs": (at_salesforce(LAUGHS), 400),
    "an external entity": (at_salesforce(EXTERNAL), 400),
    "a parameter entity": (at_salesforce(PARAMETER), 400),
    "deep XML": (at_salesforce(b"<canary>" * 100_000), 400),
    "half a message": (at_salesforce(outbound()[:-40]), 400),
    "invalid UTF-8 in XML": (at_salesforce(outbound().replace(b"Lead", b"\xff\xfe", 1)), 400),
    "JSON for XML": (at_salesforce(json.dumps({"canary": 1}).encode()), 400),
    "ten megabytes of XML": (at_salesforce(CANARY * 420_000), 413),
    "ten megabytes of strangers": (at_salesforce(CANARY * 420_000, "canary"), 401),
}


@pytest.mark.parametrize("name", TRIES)
def test_what_is_tried_is_refused_and_leaves_one_line_without_values(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    knock, status = TRIES[name]
    house = House()
    answer = knock(house)
    assert answer.status == status
    assert house.queued == []
    (line,) = (record.getMessage() for record in caplog.records)
    said = REFUSED.fullmatch(line)
    assert said is not None
    assert said[2] == str(status)
    assert "canary" not in answer.body


@pytest.mark.parametrize(
    "wrong",
    [
        {"objectId": {"canary": 1}}, {"objectId": ["canary"]}, {"objectId": None}, {"objectId": 1.5e300},
        {"portalId": "canary"}, {"portalId": 7}, {"subscriptionType": 7}, {"subscriptionType": "canary.canary"},
    ],
    ids=str,
)  # fmt: skip
def test_events_of_wrong_types_or_of_others_are_passed_over_without_a_value(
    wrong: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    """HubSpot is answered that they arrived: sending them again would not help."""
    caplog.set_level(logging.DEBUG)
    house = House()
    assert house.hubspot(delivery(change(**wrong))).status == 204
    assert house.queued == []
    assert [record.getMessage() for record in caplog.records] == ["hubspot: nothing in it for this account"]


def test_the_same_delivery_again_within_five_minutes_rings_again_and_harms_nobody() -> None:
    """A repetition HubSpot makes and one an eavesdropper makes look alike: both cost a reading at most."""
    house = House()
    assert [house.hubspot(RAW).status for _ in range(2)] == [204, 204]
    assert {bell.object_id for bell in house.queued} == {"1001"}
    assert house.salesforce(outbound(organization=ORGANIZATION)).status == 200
