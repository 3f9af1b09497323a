"""Outbound messages: built as the example, with values of the moment, and sent until they are acknowledged."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias
from xml.etree import ElementTree as ET

import pytest

from sandbox.salesforce.org import ADMINISTRATOR_ID, INTEGRATION_ID, ORGANIZATION_ID
from sandbox.salesforce.webhooks import WebhookSettingError, WebhookSettings, change_webhooks

from .conftest import RECORDED, Box, needs_recordings

OUT = "{http://soap.sforce.com/2005/09/outbound}"
SF = "{urn:sobject.enterprise.soap.sforce.com}"
ACK = (
    '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">'
    '<soapenv:Body><notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>{}</Ack>'
    "</notificationsResponse></soapenv:Body></soapenv:Envelope>"
)

Answer: TypeAlias = tuple[int, str]


@dataclass
class Door:
    """A receiver that keeps what arrives and gives the scripted answers, then the acknowledgement.

    An answer may be a function, which is called when the message has arrived.
    """

    url: str
    answers: list[Answer | Callable[[], Answer]] = field(default_factory=list)
    arrived: list[bytes] = field(default_factory=list)

    def records(self) -> list[tuple[str, str]]:
        """Give notification id and record id of everything that arrived."""
        return [
            (one.findtext(f"{OUT}Id", ""), one.findtext(f"{OUT}sObject/{SF}Id", ""))
            for body in self.arrived
            for one in ET.fromstring(body).iter(f"{OUT}Notification")
        ]


@pytest.fixture
def door() -> Iterator[Door]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.arrived.append(self.rfile.read(int(self.headers["Content-Length"])))
            answer = found.answers.pop(0) if found.answers else (200, ACK.format("true"))
            status, text = answer() if callable(answer) else answer
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *args: Any) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Door(f"http://127.0.0.1:{server.server_port}/salesforce/outbound/token")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()


def listen(box: Box, door: Door, **settings: Any) -> None:
    box.control("webhooks", {"target": door.url, "retry_delay_seconds": 0, **settings})


def settle(box: Box) -> list[dict[str, Any]]:
    return list(box.control("webhooks")["deliveries"])


def write(box: Box, key: str = "ana", **values: Any) -> str:
    person = box.person(key)
    reply = box.call("PATCH", f"/sobjects/Lead/{person}", values or {"Title": "x"}, Sforce_Auto_Assign="FALSE")
    assert reply.status_code == 204
    return person


def outline(element: ET.Element) -> Any:
    return (element.tag, sorted(name for name in element.attrib), [outline(child) for child in element])


@needs_recordings
def test_a_message_is_built_as_the_example(box: Box, door: Door) -> None:
    listen(box, door)
    ana = write(box)
    assert settle(box) == [{"notifications": 1, "attempt": 0, "status": 200, "acknowledged": True}]
    example = ET.parse(RECORDED / "self-made" / "wire" / "outbound-message.lead.xml").getroot()
    notifications = example[0][0]
    notifications.remove(notifications[-1])
    ours = ET.fromstring(door.arrived[0])
    assert outline(ours) == outline(example)
    assert ours.findtext(f".//{OUT}OrganizationId") == ORGANIZATION_ID
    sent = {child.tag.removeprefix(SF): child.text for child in ours.iter() if child.tag.startswith(SF)}
    assert sent == {"Id": ana, "LastModifiedById": INTEGRATION_ID, "LastModifiedDate": "2026-11-20T12:00:00.000Z"}


def test_edits_conversions_and_events_ring_and_deletions_do_not(box: Box, door: Door) -> None:
    listen(box, door)
    ana, luis = box.person("ana"), box.person("luis")
    box.control("edit", {"person": ana, "set": {"Title": "Rep"}})
    event = {"kind": "page_view", "url": "https://www.example.com/precios"}
    assert box.control("timeline", {"person": luis, "event": event, "ring": True})["rung"] == 2
    contact = box.control("convert", {"person": ana})["id"]
    box.control("delete", {"person": luis})
    settle(box)
    rung = [record for _, record in door.records()]
    assert {ana, luis, contact} <= set(rung)
    tasks = [one for body in door.arrived for one in ET.fromstring(body).iter(f"{SF}WhoId")]
    assert [one.text for one in tasks] == [luis]
    assert rung.count(luis) == 1


def test_one_request_rings_once_for_a_record_and_refused_writes_not_at_all(box: Box, door: Door) -> None:
    listen(box, door)
    ana = box.person("ana")
    records = [{"attributes": {"type": "Lead"}, "id": ana, "Title": title} for title in ("a", "b", "x" * 200)]
    box.call("PATCH", "/composite/sobjects", {"records": records}, Sforce_Auto_Assign="FALSE")
    box.call("PATCH", "/composite/sobjects", {"records": records, "allOrNone": True}, Sforce_Auto_Assign="FALSE")
    settle(box)
    assert [record for _, record in door.records()] == [ana]


def test_anything_but_the_acknowledgement_is_a_failure_and_sent_again(box: Box, door: Door) -> None:
    listen(box, door, retries=4)
    door.answers = [(500, ""), (200, '{"ok": true}'), (200, ACK.format("false"))]
    write(box)
    tried = settle(box)
    assert [(one["status"], one["acknowledged"]) for one in tried] == [
        (500, False),
        (200, False),
        (200, False),
        (200, True),
    ]
    assert len({notification for notification, _ in door.records()}) == 1


def test_values_are_those_of_the_sending(box: Box, door: Door) -> None:
    listen(box, door, fields=["Id", "Title", "HasOptedOutOfEmail"], except_users=[ADMINISTRATOR_ID], retries=1)
    ana = box.person("ana")

    def refuse() -> tuple[int, str]:
        box.control("edit", {"person": ana, "set": {"Title": "neu & <gut>"}})
        return 500, ""

    door.answers = [refuse]
    write(box, Title="alt")
    settle(box)
    first, second = (ET.fromstring(body) for body in door.arrived)
    assert first.findtext(f".//{SF}Title") == "alt"
    assert second.findtext(f".//{SF}Title") == "neu & <gut>"
    assert second.findtext(f".//{SF}HasOptedOutOfEmail") == "false"


def test_our_own_writes_can_be_left_out(box: Box, door: Door) -> None:
    listen(box, door, except_users=[INTEGRATION_ID])
    write(box)
    box.control("edit", {"person": "luis@lumina.example", "set": {"Title": "Rep"}})
    settle(box)
    assert [record for _, record in door.records()] == [box.person("luis")]


def test_duplicates_and_disorder(box: Box, door: Door) -> None:
    listen(box, door, duplicates=3, shuffle=True, per_delivery=2)
    records = [{"attributes": {"type": "Lead"}, "LastName": str(n), "Company": "x"} for n in range(4)]
    box.call("POST", "/composite/sobjects", {"records": records}, Sforce_Auto_Assign="FALSE")
    settle(box)
    arrived = door.records()
    assert (len(arrived), len(set(arrived)), len(door.arrived)) == (12, 4, 6)
    assert arrived != sorted(arrived)


def test_nobody_at_the_door(box: Box) -> None:
    box.control("webhooks", {"target": "http://127.0.0.1:9/", "retries": 1, "retry_delay_seconds": 0})
    write(box)
    assert [one["status"] for one in settle(box)] == [0, 0]


def test_wrong_settings_are_refused() -> None:
    for changes in ({"colour": "red"}, {"target": "ftp://x"}):
        with pytest.raises(WebhookSettingError):
            change_webhooks(WebhookSettings(), changes)


def told(door: Door) -> list[Any]:
    """Give header and payload of every change event that arrived."""
    payloads = [json.loads(body)["detail"]["payload"] for body in door.arrived]
    return [(payload.pop("ChangeEventHeader"), payload) for payload in payloads]


def test_changes_are_posted_as_change_events_when_that_is_wanted(box: Box, door: Door) -> None:
    listen(box, door, form="change_event")
    created = box.call("POST", "/sobjects/Lead", {"LastName": "Gil", "Company": "Acme", "City": "Vigo"})
    settle(box)  # after each step: a bus promises no order, and neither do two requests in the background
    lead = created.json()["id"]
    box.call("PATCH", f"/sobjects/Lead/{lead}", {"LastName": "Gil Ruiz", "City": None})
    settle(box)
    box.call("DELETE", f"/sobjects/Lead/{lead}")
    settle(box)
    events = told(door)
    assert [header["changeType"] for header, _ in events] == ["CREATE", "UPDATE", "DELETE"]
    assert {tuple(header["recordIds"]) for header, _ in events} == {(lead,)}
    (_, new), (header, changed), (_, gone) = events
    assert (new["LastName"], changed["LastName"], gone) == ("Gil", "Gil Ruiz", {})
    assert header["changedFields"] == ["Name.LastName", "Address.City", "LastModifiedDate"]
    assert header["nulledFields"] == ["Address.City"]
    assert header["commitUser"] == INTEGRATION_ID


@needs_recordings
def test_the_envelope_is_that_of_the_example(box: Box, door: Door) -> None:
    listen(box, door, form="change_event")
    write(box, Title="CTO")
    settle(box)
    sample = json.loads((RECORDED / "self-made" / "wire" / "eventbridge.event-relay.lead.json").read_text())
    (event,) = (json.loads(body) for body in door.arrived)
    assert event.keys() == sample.keys()
    header, expected = (one["detail"]["payload"]["ChangeEventHeader"] for one in (event, sample))
    assert header.keys() == expected.keys()
    assert {name: type(value) for name, value in header.items()} == {
        name: type(value) for name, value in expected.items()
    }
    assert event["detail-type"] == "LeadChangeEvent"
    assert event["source"].startswith(f"aws.partner/salesforce.com/{ORGANIZATION_ID}/0YL")


def test_records_that_change_alike_in_one_request_share_an_event(box: Box, door: Door) -> None:
    ids = [write(box, key, Title="alt") for key in ("ana", "luis")]
    listen(box, door, form="change_event")
    records = [{"attributes": {"type": "Lead"}, "id": one, "Title": "CTO"} for one in ids]
    box.call("PATCH", "/composite/sobjects", {"records": records}, Sforce_Auto_Assign="FALSE")
    settle(box)
    ((header, _),) = told(door)
    assert sorted(header["recordIds"]) == sorted(ids)


def test_a_channel_leaves_out_the_changes_of_a_user(box: Box, door: Door) -> None:
    listen(box, door, form="change_event", except_users=[INTEGRATION_ID])
    write(box)
    box.control("edit", {"person": "luis@lumina.example", "set": {"Title": "Rep"}})
    settle(box)
    box.control("delete", {"person": "luis@lumina.example"})
    settle(box)
    assert [(header["commitUser"], header["changeType"]) for header, _ in told(door)] == [
        (ADMINISTRATOR_ID, "UPDATE"), (ADMINISTRATOR_ID, "DELETE"),
    ]  # fmt: skip


def test_a_form_nobody_knows_is_refused() -> None:
    with pytest.raises(WebhookSettingError, match="form"):
        change_webhooks(WebhookSettings(), {"form": "carrier_pigeon"})
