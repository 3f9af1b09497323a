"""Meet answers of HubSpot's that can be read only in part: what cannot be read is never taken for nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final

import httpx
import orjson
import pytest
import respx

from adapters.hubspot.adapter import HubSpotCrm
from adapters.hubspot.connection import HubSpotConnection
from connector.domain.mapping import AttributeSource, EventSource, Mapping
from connector.errors import UnavailableError
from connector.ports import PersonRef
from tests.adapters.fake_time import FakeTime

BASE: Final = "https://crm.example"
CONTACTS: Final = "/crm/objects/2026-09/contacts"
NOW: Final = datetime(2026, 3, 1, tzinfo=UTC)
MAPPING: Final = Mapping(
    crm="hubspot",
    attributes={"email": AttributeSource("email", "text", fields=("email",))},
    events=(EventSource("call", "calls", {"asset": "hs_call_title"}),),
)
ONE: Final = {"id": "1", "properties": {}}
TWO: Final = {"id": "2", "properties": {}}
Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def wire() -> Iterator[respx.MockRouter]:
    with respx.mock(base_url=BASE, assert_all_called=False) as router:
        router.get("/account-info/2026-09/details").respond(json={"portalId": 9})
        yield router


@pytest.fixture
def crm(wire: respx.MockRouter) -> Iterator[HubSpotCrm]:
    time = FakeTime()
    connection = HubSpotConnection(base_url=BASE, access_token="t")
    built = HubSpotCrm(connection, MAPPING, frozenset({"call"}), frozenset({"email"}), None, time.clock, time.sleep)
    yield built
    built.close()


def ref(number: int) -> PersonRef:
    return PersonRef("contact", str(number))


def first_then(first: object, later: object) -> Answer:
    """Answer once with one document, and from then on with another."""
    answers = iter([first])
    return lambda request: httpx.Response(200, json=next(answers, later))


def no_calls(wire: respx.MockRouter) -> None:
    wire.post("/crm/associations/2026-09/contacts/calls/batch/read").respond(json={"results": []})


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"results": None},
        {"results": {}},
        {"status": "error", "results": [], "errors": [{"message": "internal"}]},
        {"errors": [{"category": "RATE_LIMITS"}]},
        {"status": "PENDING", "results": []},
        {"errors": []},
        {"results": [ONE, None]},
        {"results": [ONE, {"id": "2", "properties": None}]},
        {"results": [ONE, {"properties": {}}]},
        {"results": [ONE], "paging": "2"},
        {"results": [ONE], "paging": {"next": "2"}},
        {"results": [ONE], "paging": {"next": {"link": "?after=2"}}},
        {"results": [ONE], "paging": {"next": {"after": {}}}},
    ],
    ids=str,
)
def test_a_page_is_never_a_shorter_list(wire: respx.MockRouter, crm: HubSpotCrm, odd: object) -> None:
    no_calls(wire)
    listing = wire.get(CONTACTS)
    listing.mock(side_effect=first_then(odd, {"results": [ONE, TWO]}))
    assert [record.ref for wave in crm.fetch_all(now=NOW) for record in wave.records] == [ref(1), ref(2)]
    listing.mock(side_effect=first_then(odd, odd))
    with pytest.raises(UnavailableError):
        list(crm.fetch_all(now=NOW))


@pytest.mark.parametrize(
    "nothing", [{}, {"next": None}, {"next": {}}, {"next": {"after": None}}, {"next": {"after": ""}}], ids=str
)
def test_the_last_page_may_say_so_in_many_ways(wire: respx.MockRouter, crm: HubSpotCrm, nothing: object) -> None:
    no_calls(wire)
    listing = wire.get(CONTACTS).respond(json={"results": [ONE], "paging": nothing})
    assert [record.ref for wave in crm.fetch_all(now=NOW) for record in wave.records] == [ref(1)]
    assert listing.call_count == 1


def test_who_changed_is_never_fewer_than_were_found(wire: respx.MockRouter, crm: HubSpotCrm) -> None:
    no_calls(wire)
    search = wire.post(f"{CONTACTS}/search")
    wire.post(f"{CONTACTS}/batch/read").respond(json={"results": [ONE, TWO]})
    pages = [{"results": [ONE, {}]}, {"results": [ONE, TWO]}, {"results": []}]
    search.side_effect = [httpx.Response(200, json=page) for page in pages]
    waves = list(crm.fetch_all(now=NOW, changed_since=NOW))
    assert [record.ref for wave in waves for record in wave.records] == [ref(1), ref(2)]


@pytest.mark.parametrize("odd", [None, {"id": "2", "properties": None}, {"id": "2"}, {"properties": {}}, "2"], ids=str)
def test_a_record_is_asked_for_again_and_never_called_gone(
    wire: respx.MockRouter, crm: HubSpotCrm, odd: object
) -> None:
    no_calls(wire)
    batch = wire.post(f"{CONTACTS}/batch/read")
    batch.mock(side_effect=first_then({"results": [ONE, odd]}, {"results": [TWO]}))
    assert {record.ref for record in crm.fetch([ref(1), ref(2)], now=NOW).records} == {ref(1), ref(2)}
    assert [len(orjson.loads(call.request.content)["inputs"]) for call in batch.calls] == [2, 1]
    batch.mock(side_effect=first_then({"status": "PROCESSING", "results": []}, {"results": [ONE]}))
    assert [record.ref for record in crm.fetch([ref(1)], now=NOW).records] == [ref(1)]
    batch.mock(side_effect=first_then({"results": [ONE, odd]}, {"results": [odd]}))
    fetched = crm.fetch([ref(1), ref(2)], now=NOW)
    assert ({record.ref for record in fetched.records}, fetched.gone, set(fetched.failed)) == ({ref(1)}, {}, {ref(2)})


def test_a_survivor_that_cannot_be_read_makes_nobody_deleted(wire: respx.MockRouter, crm: HubSpotCrm) -> None:
    wire.post(f"{CONTACTS}/batch/read").respond(json={"results": []})
    wire.get(f"{CONTACTS}/1").respond(404)
    search = wire.post(f"{CONTACTS}/search")
    search.mock(side_effect=first_then({"results": [None]}, {"results": [None]}))
    fetched = crm.fetch([ref(1)], now=NOW)
    assert (fetched.gone, set(fetched.failed)) == ({}, {ref(1)})
    search.respond(json={"results": []})
    assert crm.fetch([ref(1)], now=NOW).gone == {ref(1): None}


@pytest.mark.parametrize("odd", [[None], ["70"], [{"toObjectId": None}], "70", {"toObjectId": 70}], ids=str)
def test_links_are_asked_for_again_and_never_called_none(wire: respx.MockRouter, crm: HubSpotCrm, odd: object) -> None:
    wire.post(f"{CONTACTS}/batch/read").respond(json={"results": [ONE]})
    links = wire.post("/crm/associations/2026-09/contacts/calls/batch/read")
    illegible = {"results": [{"from": {"id": "1"}, "to": odd}]}
    links.mock(side_effect=first_then(illegible, {"results": [{"from": {"id": "1"}, "to": []}]}))
    assert [record.ref for record in crm.fetch([ref(1)], now=NOW).records] == [ref(1)]
    assert links.call_count == 2
    links.mock(side_effect=first_then({"status": "PENDING", "results": []}, {"status": "COMPLETE", "results": []}))
    assert [record.ref for record in crm.fetch([ref(1)], now=NOW).records] == [ref(1)]
    links.mock(side_effect=first_then(illegible, illegible))
    assert set(crm.fetch([ref(1)], now=NOW).failed) == {ref(1)}
