"""The doors Salesforce rings at: the exact acknowledgement, or a SOAP fault with the right status."""

from __future__ import annotations

import logging
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.salesforce.webhook import ACK, MOST_BYTES
from connector.errors import PuenteError, SettingsError
from tests.adapters.salesforce_messages import change_event, outbound
from tests.webhooks.doors import NOW, SETTINGS, TOKEN, House, http_event
from webhooks.receive_salesforce import change_event_door, salesforce_door

FAULT = ".//{http://schemas.xmlsoap.org/soap/envelope/}Fault/faultcode"
LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;">
<!ENTITY lol3 "&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;">]><lolz>&lol3;</lolz>"""
XXE = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>"""


def test_a_message_is_queued_before_it_is_acknowledged() -> None:
    house = House()
    answer = house.salesforce(outbound("00Q000000000001AAA", "00Q000000000002AAA"))
    assert (answer.status, answer.body, answer.content_type) == (200, ACK, "text/xml; charset=utf-8")
    assert [bell.object_id for bell in house.queued] == ["00Q000000000001AAA", "00Q000000000002AAA"]


@pytest.mark.parametrize(
    ("raw", "token", "status"),
    [
        (outbound(), "wrong", 401),
        (outbound(), "", 401),
        (outbound(), "\udcff", 401),
        (outbound(organization="00D000000000002EAA"), TOKEN, 401),
        (b"", TOKEN, 400),
        (b"{}", TOKEN, 400),
        (b"<a/>", TOKEN, 400),
        (outbound()[:-30], TOKEN, 400),
        (b"\xff\xfe", TOKEN, 400),
        (LAUGHS, TOKEN, 400),
        (XXE, TOKEN, 400),
        (b"<a>" * 50_000, TOKEN, 400),
        (b" " * (MOST_BYTES + 1), TOKEN, 413),
        (b" " * 10_000_000, TOKEN, 413),
        (b" " * 10_000_000, "wrong", 401),
    ],
)
def test_what_is_refused_gets_a_fault_and_leaves_nothing(raw: bytes, token: str, status: int) -> None:
    house = House()
    answer = house.salesforce(raw, token)
    assert answer.status == status
    assert ElementTree.fromstring(answer.body).find(FAULT) is not None
    assert house.queued == []


def test_when_the_queue_refuses_salesforce_is_told_to_try_again() -> None:
    answer = House(is_queue_down=True).salesforce(outbound())
    fault = ElementTree.fromstring(answer.body).find(FAULT)
    assert answer.status == 500
    assert fault is not None
    assert (fault.text or "").endswith("Server")


def test_two_tokens_are_good_while_one_replaces_the_other() -> None:
    house = House(settings={**SETTINGS, "PUENTE_SALESFORCE__WEBHOOK_TOKEN": "new, old"})
    assert [house.salesforce(outbound(), token).status for token in ("new", "old", "new, old", " ")] == [
        200, 200, 401, 401,
    ]  # fmt: skip


def test_an_event_without_path_parameters_is_not_let_in() -> None:
    event = http_event("/salesforce/outbound/", outbound(), {}, is_base64=True)
    assert House().entrance.salesforce({**event, "pathParameters": None}).status == 401


def test_a_change_event_is_queued_and_our_own_is_not() -> None:
    house = House()
    house.entrance.salesforce_change(change_event())
    house.entrance.salesforce_change(
        change_event(commitUser="005000000000009AAA", changedFields=["Puente_Stage__c", "LastModifiedDate"])
    )
    assert [bell.object_id for bell in house.queued] == ["00Q000000000001AAA"]


@pytest.mark.parametrize("event", [None, [], {}, {"detail": None}, {"detail": {"payload": 7}}, "text"])
def test_what_is_no_change_event_rings_nobody_and_is_not_sent_again(event: object) -> None:
    house = House()
    house.entrance.salesforce_change(event)
    assert house.queued == []


def test_a_change_event_that_could_not_be_queued_is_delivered_again() -> None:
    with pytest.raises(PuenteError):
        House(is_queue_down=True).entrance.salesforce_change(change_event())


@pytest.mark.parametrize("missing", ["PUENTE_SALESFORCE__WEBHOOK_TOKEN", "PUENTE_SALESFORCE__ORGANIZATION_ID"])
def test_without_token_or_organisation_the_door_does_not_open(missing: str) -> None:
    with pytest.raises(SettingsError, match=missing):
        salesforce_door({name: value for name, value in SETTINGS.items() if name != missing})


def test_change_events_of_an_unnamed_organisation_are_not_taken() -> None:
    with pytest.raises(SettingsError):
        change_event_door({"PUENTE_SALESFORCE__ORGANIZATION_ID": "canary"})


def test_no_log_line_holds_a_value(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="webhooks")
    house = House()
    house.salesforce(outbound())
    house.salesforce(outbound(organization="00D000000000002EAA"))
    house.salesforce(b"<canary>", "canary")
    house.entrance.salesforce_change(change_event())
    house.entrance.salesforce_change({"detail": "canary"})
    assert len(caplog.records) == 6
    assert "canary" not in caplog.text
    assert "00Q" not in caplog.text
    assert "canary" not in repr(salesforce_door(SETTINGS))


@given(st.binary(max_size=200))
def test_no_bytes_break_the_door(raw: bytes) -> None:
    assert House().salesforce(raw).status == 400
    assert salesforce_door(SETTINGS).answer(raw, TOKEN, lambda _: None, NOW).status == 400
