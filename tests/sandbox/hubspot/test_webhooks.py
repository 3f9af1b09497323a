"""Webhooks: signed as HubSpot signs, with the duplicates, disorder and retries of real life."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hubspot.utils.signature import Signature

from sandbox.hubspot.webhooks import WebhookSettingError, WebhookSettings, change_webhooks, sign

from .conftest import ANA, EVA, LUIS, Box

SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
CONTACTS = "/crm/objects/2026-09/contacts"


@dataclass
class Door:
    """A receiver that keeps what arrives and answers with the scripted statuses, then 204."""

    url: str
    statuses: list[int] = field(default_factory=list)
    arrived: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def events(self) -> list[dict[str, Any]]:
        return [event for _, body in self.arrived for event in json.loads(body)]


@pytest.fixture
def door() -> Iterator[Door]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.arrived.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(found.statuses.pop(0) if found.statuses else 204)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Door(f"http://127.0.0.1:{server.server_port}/hubspot/webhook?a=1")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()


def listen(box: Box, door: Door, **settings: Any) -> None:
    box.control("webhooks", {"target": door.url, "secret": SECRET, "retry_delay_seconds": 0, **settings})


def settle(box: Box) -> list[dict[str, int]]:
    return list(box.get("/_sandbox/webhooks")["deliveries"])


def page_view(box: Box, **extra: Any) -> Any:
    event = {"kind": "page_view", "url": "https://www.example.com/precios"}
    return box.control("timeline", {"person": "ana@lumina.example", "event": event, "ring": True, **extra})


def test_hubspots_published_answers_are_ours() -> None:
    body = b"{'example_field':'example_value'}"
    uri = "https://www.example.com/webhook_uri"
    assert sign(SECRET, "POST", uri, body, "1693657560000") == "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="
    assert sign(SECRET, "POST", uri, body, "1700000300000") == "RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw="


def test_the_vendors_own_check_accepts_what_arrives(box: Box, door: Door) -> None:
    box.clock.now = time.time()
    listen(box, door)
    assert page_view(box)["rung"] >= 2
    headers, body = door.arrived[0]
    assert Signature.is_valid(
        headers["x-hubspot-signature-v3"],
        SECRET,
        body.decode(),
        door.url,
        "POST",
        "v3",
        headers["x-hubspot-request-timestamp"],
    )
    assert Signature.is_valid(headers["x-hubspot-signature"], SECRET, body.decode(), door.url, "POST", "v1")


def test_an_event_rings_with_the_properties_it_changed(box: Box, door: Door) -> None:
    listen(box, door)
    page_view(box)
    events = {event["propertyName"]: event for event in door.events()}
    views = events["hs_analytics_num_page_views"]
    assert views == {
        "eventId": views["eventId"],
        "subscriptionId": 12345,
        "portalId": 62515,
        "appId": 54321,
        "occurredAt": int(box.clock.now * 1000),
        "subscriptionType": "contact.propertyChange",
        "attemptNumber": 0,
        "objectId": int(ANA),
        "changeSource": "ANALYTICS",
        "sourceId": "sandbox",
        "propertyName": "hs_analytics_num_page_views",
        "propertyValue": "43",
        "isSensitive": False,
    }
    assert "lastmodifieddate" not in events


def test_without_ring_or_target_nothing_rings(box: Box, door: Door) -> None:
    page_view(box)
    listen(box, door)
    page_view(box, ring=False)
    assert settle(box) == []
    assert door.arrived == []


def test_our_own_writes_come_back_as_echoes(box: Box, door: Door) -> None:
    listen(box, door, properties=["jobtitle"])
    box.send("PATCH", f"{CONTACTS}/{LUIS}", {"properties": {"jobtitle": "CEO", "city": "León"}}, 200)
    settle(box)
    assert [(one["propertyName"], one["changeSource"], one["sourceId"]) for one in door.events()] == [
        ("jobtitle", "INTEGRATION", "54321")
    ]


def test_edits_by_people_are_told_apart(box: Box, door: Door) -> None:
    listen(box, door, properties=["lifecyclestage"])
    box.control("edit", {"person": LUIS, "set": {"lifecyclestage": "customer"}})
    settle(box)
    assert [(one["propertyValue"], one["changeSource"], one["sourceId"]) for one in door.events()] == [
        ("customer", "CRM_UI", "userId:700001")
    ]


def test_a_refused_write_rings_nothing(box: Box, door: Door) -> None:
    listen(box, door)
    inputs = [{"id": ANA, "properties": {"jobtitle": "CEO"}}, {"id": LUIS, "properties": {"nope": "1"}}]
    box.post(f"{CONTACTS}/batch/update", {"inputs": inputs}, 400)
    assert settle(box) == []


def test_creation_merge_and_deletion_have_their_events(box: Box, door: Door) -> None:
    listen(box, door, types=["contact.creation", "contact.merge", "contact.deletion", "contact.privacyDeletion"])
    made = box.post(CONTACTS, {"properties": {"email": "new@example.org"}}, 201)
    box.post(f"{CONTACTS}/merge", {"primaryObjectId": ANA, "objectIdToMerge": LUIS}, 200)
    box.send("DELETE", f"{CONTACTS}/{made['id']}", None, 204)
    box.post(f"{CONTACTS}/gdpr-delete", {"objectId": EVA}, 204)
    settle(box)
    told = [(one["subscriptionType"], one["objectId"]) for one in sorted(door.events(), key=lambda one: one["eventId"])]
    assert told == [
        ("contact.creation", int(made["id"])),
        ("contact.merge", int(ANA)),
        ("contact.deletion", int(made["id"])),
        ("contact.deletion", int(EVA)),
        ("contact.privacyDeletion", int(EVA)),
    ]
    merge = next(one for one in door.events() if one["subscriptionType"] == "contact.merge")
    assert (merge["primaryObjectId"], merge["mergedObjectIds"], merge["newObjectId"]) == (
        int(ANA),
        [int(LUIS)],
        int(ANA),
    )


def test_duplicates_and_disorder_are_as_asked_and_repeatable(box: Box, door: Door) -> None:
    runs = []
    for _ in range(2):
        box.control("reset", {})
        box.desk.portal.rings.clear()
        door.arrived.clear()
        listen(box, door, duplicates=3, shuffle=True, seed=5)
        page_view(box)
        runs.append([one["propertyName"] for one in door.events()])
    assert len(runs[0]) == 3 * len(set(runs[0]))
    assert sorted(runs[0]) == sorted(runs[1])
    assert runs[0] != sorted(runs[0])


def test_a_refused_delivery_is_tried_again(box: Box, door: Door) -> None:
    door.statuses += [500, 401]
    listen(box, door, retries=3)
    page_view(box)
    assert [json.loads(body)[0]["attemptNumber"] for _, body in door.arrived] == [0, 1, 2]
    assert [(one["attempt"], one["status"]) for one in settle(box)] == [(0, 500), (1, 401), (2, 204)]


def test_an_unreachable_door_is_given_up(box: Box) -> None:
    box.control("webhooks", {"target": "http://127.0.0.1:9/", "retries": 1, "retry_delay_seconds": 0})
    page_view(box)
    assert [one["status"] for one in settle(box)] == [0, 0]


def test_events_travel_in_arrays_of_the_asked_size_and_form(box: Box, door: Door) -> None:
    listen(box, door, per_delivery=1, form="object")
    rung = page_view(box)["rung"]
    assert len(door.arrived) == rung
    assert {(one["subscriptionType"], one["objectTypeId"]) for one in door.events()} == {
        ("object.propertyChange", "0-1")
    }


def test_the_secret_is_not_told(box: Box, door: Door) -> None:
    listen(box, door)
    assert SECRET not in box.http.get("/_sandbox/webhooks").text


@pytest.mark.parametrize("change", [{"targets": "x"}, {"target": "ftp://x"}])
def test_settings_that_cannot_be_understood_are_refused(box: Box, change: dict[str, str]) -> None:
    with pytest.raises(WebhookSettingError):
        change_webhooks(WebhookSettings(), change)
    box.post("/_sandbox/webhooks", change, 400)
