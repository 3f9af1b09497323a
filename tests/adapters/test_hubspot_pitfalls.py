"""Meet HubSpot's pitfalls one by one, on answers scripted request by request."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import orjson
import pytest
import respx

from adapters.hubspot.adapter import HubSpotCrm
from adapters.hubspot.api import HubSpotApi, fits_in_query
from adapters.hubspot.connection import HubSpotConnection
from adapters.locks import PersonLocks
from connector.domain.mapping import AttributeSource, EventSource, Mapping
from connector.errors import GoneError, UnavailableError
from connector.ports import PersonRef, Write
from tests.adapters.fake_time import FakeTime

BASE = "https://crm.example"
V = "2026-09"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
MAPPING = Mapping(
    crm="hubspot",
    attributes={"email": AttributeSource("email", "text", fields=("email",))},
    events=(
        EventSource("call", "calls", {"asset": "hs_call_title"}),
        EventSource("webinar_attended", "marketing_events", {"asset": "event_name"}),
        EventSource("list_joined", "lists", {"asset": "list_name"}),
        EventSource("page_view", "web_events", event_type="e_visited_page"),
        EventSource("page_view", "counters", count="views", at="last", fallback_for="web_events"),
    ),
    stages={"mql": "marketingqualifiedlead"},
    write_back={"puente_stage": "stage"},
)
Make = Callable[..., HubSpotCrm]


@pytest.fixture
def wire() -> Iterator[respx.MockRouter]:
    with respx.mock(base_url=BASE, assert_all_called=False, assert_all_mocked=True) as router:
        router.get(f"/account-info/{V}/details").respond(json={"portalId": 9})
        yield router


@pytest.fixture
def make(wire: respx.MockRouter) -> Iterator[Make]:
    made: list[HubSpotCrm] = []

    def build(*kinds: str, mapping: Mapping = MAPPING) -> HubSpotCrm:
        time = FakeTime()
        connection = HubSpotConnection(base_url=BASE, access_token="t")
        crm = HubSpotCrm(connection, mapping, frozenset(kinds), frozenset({"email"}), None, time.clock, time.sleep)
        made.append(crm)
        return crm

    yield build
    for crm in made:
        crm.close()


def ref(number: int) -> PersonRef:
    return PersonRef("contact", str(number))


def body_of(call: respx.models.Call) -> dict[str, Any]:
    return dict(orjson.loads(call.request.content))


def contacts(request: httpx.Request) -> httpx.Response:
    """Answer a batch read of contacts with every one of them."""
    asked = orjson.loads(request.content)
    results = [{"id": item["id"], "properties": dict.fromkeys(asked["properties"])} for item in asked["inputs"]]
    return httpx.Response(200, json={"status": "COMPLETE", "results": results})


def linked(pairs: dict[str, list[object]], **more: object) -> dict[str, object]:
    results = [{"from": {"id": one}, "to": [{"toObjectId": to} for to in many]} for one, many in pairs.items()]
    return {"results": results, **more}


def test_a_search_never_goes_deep_but_continues_behind_the_last_id(wire: respx.MockRouter, make: Make) -> None:
    pages = [[9, 10], [11], []]
    search = wire.post(f"/crm/objects/{V}/contacts/search").mock(
        side_effect=[
            httpx.Response(200, json={"total": 3, "results": [{"id": str(i)} for i in page]}) for page in pages
        ]
    )
    wire.post(f"/crm/objects/{V}/contacts/batch/read").mock(side_effect=contacts)
    waves = list(make().fetch_all(now=NOW, changed_since=NOW))
    assert [record.ref for wave in waves for record in wave.records] == [ref(9), ref(10), ref(11)]
    bodies = [body_of(call) for call in search.calls]
    assert all("after" not in body and body["limit"] == 200 for body in bodies)
    filters = [{item["propertyName"]: item["value"] for item in body["filterGroups"][0]["filters"]} for body in bodies]
    assert [item["hs_object_id"] for item in filters] == ["0", "10", "11"]
    assert int(filters[0]["lastmodifieddate"]) < NOW.timestamp() * 1000


def test_pages_of_lists_and_batches_hold_a_hundred(wire: respx.MockRouter, make: Make) -> None:
    route = wire.post(f"/crm/objects/{V}/contacts/batch/read").mock(side_effect=contacts)
    make().fetch([ref(number) for number in range(1, 251)], now=NOW)
    assert sorted(len(body_of(call)["inputs"]) for call in route.calls) == [50, 100, 100]


def test_histories_are_read_fifty_at_a_time(wire: respx.MockRouter, make: Make) -> None:
    route = wire.post(f"/crm/objects/{V}/contacts/batch/read").mock(side_effect=contacts)
    make().fetch([ref(number) for number in range(1, 121)], now=NOW, needs_history=lambda _: True)
    sizes = [len(body["inputs"]) for call in route.calls if "propertiesWithHistory" in (body := body_of(call))]
    assert sorted(sizes) == [20, 50, 50]


@pytest.mark.parametrize("document", [{}, {"status": "PENDING"}, None, "ok"])
def test_an_answer_that_lists_nothing_at_all_is_not_an_empty_list(
    wire: respx.MockRouter, make: Make, document: object
) -> None:
    wire.post(f"/crm/objects/{V}/contacts/batch/read").mock(side_effect=contacts)
    wire.post(f"/crm/associations/{V}/contacts/calls/batch/read").respond(json=document)
    fetched = make("call").fetch([ref(1)], now=NOW)
    assert not fetched.records
    assert isinstance(fetched.failed[ref(1)], UnavailableError)


def test_a_list_whose_cursor_turns_in_a_circle_ends(wire: respx.MockRouter, make: Make) -> None:
    once = {"id": "1", "properties": {}}
    page = {"results": [once, once], "paging": {"next": {"after": "a"}}}
    wire.get(f"/crm/objects/{V}/contacts").respond(json=page)
    waves = list(make().fetch_all(now=NOW))
    assert [record.ref for wave in waves for record in wave.records] == [ref(1)]


def test_too_many_properties_for_a_url_are_asked_for_in_a_body(wire: respx.MockRouter, make: Make) -> None:
    many = {
        f"a{n}": AttributeSource("email", "text", fields=tuple(f"property_{n}_{m}" for m in range(9)))
        for n in range(60)
    }
    mapping = Mapping(
        crm="hubspot",
        attributes={
            "email": AttributeSource(
                "email", "text", fields=tuple(name for source in many.values() for name in source.fields)
            )
        },
    )
    assert not fits_in_query(mapping.attributes["email"].fields)
    listing = wire.get(f"/crm/objects/{V}/contacts").respond(json={"results": [{"id": "1"}]})
    wire.post(f"/crm/objects/{V}/contacts/batch/read").mock(side_effect=contacts)
    assert len(next(make(mapping=mapping).fetch_all(now=NOW)).records) == 1
    assert dict(listing.calls[0].request.url.params)["properties"] == "hs_object_id"


def test_each_contact_follows_its_own_cursor(wire: respx.MockRouter, make: Make) -> None:
    wire.post(f"/crm/objects/{V}/contacts/batch/read").mock(side_effect=contacts)
    first = linked({"1": [70, "71"], "2": [72]})
    first["results"][0]["paging"] = {"next": {"after": "c1"}}  # type: ignore[index]
    route = wire.post(f"/crm/associations/{V}/contacts/calls/batch/read").mock(
        side_effect=[httpx.Response(207, json=first), httpx.Response(200, json=linked({"1": [73]}))]
    )
    wire.post(f"/crm/objects/{V}/calls/batch/read").mock(
        side_effect=lambda request: httpx.Response(
            200,
            json={
                "results": [
                    {"id": item["id"], "properties": {"hs_timestamp": "2026-02-01T00:00:00Z"}}
                    for item in orjson.loads(request.content)["inputs"]
                ]
            },
        )
    )
    records = make("call").fetch([ref(1), ref(2), ref(3)], now=NOW).records
    assert body_of(route.calls[1]) == {"inputs": [{"id": "1", "after": "c1"}]}
    ids = {record.ref: {event.id for event in record.timeline.events} for record in records}
    assert ids == {ref(1): {"call:70", "call:71", "call:73"}, ref(2): {"call:72"}, ref(3): set()}


def test_a_contact_without_associations_is_no_failure(wire: respx.MockRouter, make: Make) -> None:
    wire.post(f"/crm/objects/{V}/contacts/batch/read").mock(side_effect=contacts)
    error = {
        "status": "error", "category": "OBJECT_NOT_FOUND", "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "context": {"fromObjectId": ["1"]},
    }  # fmt: skip
    wire.post(f"/crm/associations/{V}/contacts/calls/batch/read").respond(
        207, json={"results": [], "numErrors": 1, "errors": [error]}
    )
    assert len(make("call").fetch([ref(1)], now=NOW).records) == 1


def test_an_association_error_parks_the_contact_it_names_and_no_other(wire: respx.MockRouter, make: Make) -> None:
    wire.post(f"/crm/objects/{V}/contacts/batch/read").mock(side_effect=contacts)
    error = {"category": "INTERNAL_ERROR", "context": {"fromObjectId": ["1"]}}
    wire.post(f"/crm/associations/{V}/contacts/calls/batch/read").respond(207, json={"results": [], "errors": [error]})
    fetched = make("call").fetch([ref(1), ref(2)], now=NOW)
    assert list(fetched.failed) == [ref(1)]
    assert [record.ref for record in fetched.records] == [ref(2)]


def test_an_engagement_that_cannot_be_read_parks_everybody_who_shares_it(wire: respx.MockRouter, make: Make) -> None:
    wire.post(f"/crm/objects/{V}/contacts/batch/read").mock(side_effect=contacts)
    pairs: dict[str, list[object]] = {"1": [70], "2": [70], "3": []}
    wire.post(f"/crm/associations/{V}/contacts/calls/batch/read").respond(json=linked(pairs))
    wire.post(f"/crm/objects/{V}/calls/batch/read").respond(503)
    fetched = make("call").fetch([ref(1), ref(2), ref(3)], now=NOW)
    assert set(fetched.failed) == {ref(1), ref(2)}
    assert isinstance(fetched.failed[ref(1)], UnavailableError)
    assert [record.ref for record in fetched.records] == [ref(3)]


def test_an_engagement_deleted_meanwhile_is_simply_not_there(wire: respx.MockRouter, make: Make) -> None:
    wire.post(f"/crm/objects/{V}/contacts/batch/read").mock(side_effect=contacts)
    wire.post(f"/crm/associations/{V}/contacts/calls/batch/read").respond(json=linked({"1": [70, 71]}))
    error = {"category": "OBJECT_NOT_FOUND", "context": {"ids": ["70"]}}
    wire.post(f"/crm/objects/{V}/calls/batch/read").respond(207, json={"results": [], "errors": [error]})
    assert make("call").fetch([ref(1)], now=NOW).records[0].timeline.events == ()


def test_an_object_type_the_account_does_not_know_is_unavailable(wire: respx.MockRouter, make: Make) -> None:
    wire.post(f"/crm/objects/{V}/contacts/batch/read").mock(side_effect=contacts)
    message = {"category": "VALIDATION_ERROR", "message": "Unable to infer object type from: calls"}
    wire.post(f"/crm/associations/{V}/contacts/calls/batch/read").respond(400, json=message)
    crm = make("call")
    assert len(crm.fetch([ref(1)], now=NOW).records) == 1
    assert [(item.source, item.why) for item in crm.unavailable()] == [("calls", "not_offered")]


def test_a_merged_contact_sent_in_place_of_the_one_asked_for_is_its_survivor(
    wire: respx.MockRouter, make: Make
) -> None:
    survivor = {"id": 2, "properties": {"hs_merged_object_ids": "7;1"}}
    wire.post(f"/crm/objects/{V}/contacts/batch/read").respond(json={"results": [survivor]})
    fetched = make().fetch([ref(1)], now=NOW)
    assert fetched.gone == {ref(1): ref(2)}
    assert not fetched.records


def test_a_missing_contact_is_looked_for_and_then_searched(wire: respx.MockRouter, make: Make) -> None:
    wire.post(f"/crm/objects/{V}/contacts/batch/read").respond(json={"results": []})
    wire.get(f"/crm/objects/{V}/contacts/1").respond(json={"id": "5", "properties": {}})
    wire.get(url__regex=r".*/contacts/[234]\?.*").respond(404, json={"category": "OBJECT_NOT_FOUND"})
    search = wire.post(f"/crm/objects/{V}/contacts/search").respond(
        json={"results": [{"id": "6", "properties": {"hs_merged_object_ids": "2"}}]}
    )
    fetched = make().fetch([ref(1), ref(2), ref(3), ref(4)], now=NOW)
    assert fetched.gone == {ref(1): ref(5), ref(2): ref(6), ref(3): None, ref(4): None}
    assert search.call_count == 1


def test_a_refusal_of_searches_leaves_missing_contacts_deleted_and_a_passing_failure_parks_them(
    wire: respx.MockRouter, make: Make
) -> None:
    wire.post(f"/crm/objects/{V}/contacts/batch/read").respond(json={"results": []})
    wire.get(url__regex=r".*/contacts/1\?.*").respond(404)
    search = wire.post(f"/crm/objects/{V}/contacts/search").respond(403, json={"category": "MISSING_SCOPES"})
    assert make().fetch([ref(1)], now=NOW).gone == {ref(1): None}
    search.respond(503)
    assert list(make().fetch([ref(1)], now=NOW).failed) == [ref(1)]


def test_web_events_are_probed_once_and_the_answer_is_kept(wire: respx.MockRouter, make: Make) -> None:
    wire.post(f"/crm/objects/{V}/contacts/batch/read").mock(side_effect=contacts)
    events = wire.get(f"/events/event-occurrences/{V}").respond(403, json={"message": "Enterprise only"})
    crm = make("page_view")
    for _ in range(3):
        assert len(crm.fetch([ref(n) for n in range(1, 30)], now=NOW).records) == 29
    assert events.call_count == 1
    assert [(item.source, item.why) for item in crm.unavailable()] == [("web_events", "tier")]


def test_a_source_that_answered_before_fails_its_people_when_it_stops(wire: respx.MockRouter, make: Make) -> None:
    wire.post(f"/crm/objects/{V}/contacts/batch/read").mock(side_effect=contacts)
    route = wire.get(f"/events/event-occurrences/{V}").respond(json={"results": []})
    crm = make("page_view")
    assert not crm.fetch([ref(1)], now=NOW).failed
    route.respond(403)
    assert list(crm.fetch([ref(1)], now=NOW).failed) == [ref(1)]
    assert crm.unavailable() == ()


def participation(contact: int, event: int) -> dict[str, object]:
    return {
        "associations": {
            "contact": {"contactId": str(contact)},
            "marketingEvent": {"marketingEventId": event, "name": "W"},
        },
        "properties": {"attendanceState": "ATTENDED", "occurredAt": 1_769_904_000_000},
    }


def test_few_marketing_events_are_read_by_event_and_many_by_person(wire: respx.MockRouter, make: Make) -> None:
    wire.post(f"/crm/objects/{V}/contacts/batch/read").mock(side_effect=contacts)
    root = f"/marketing/marketing-events/{V}"
    events = wire.get(root).respond(json={"results": [{"objectId": "1", "attendees": 3}, {"objectId": "2"}]})
    by_event = wire.get(url__regex=rf".*{root}/participations/\d+/breakdown.*").respond(
        json={"results": [participation(1, 1)]}
    )
    by_person = wire.get(url__regex=rf".*{root}/participations/contacts/\d+/breakdown.*").respond(json={"results": []})
    fetched = make("webinar_attended").fetch([ref(n) for n in range(1, 11)], now=NOW)
    assert (by_event.call_count, by_person.call_count) == (2, 0)
    assert [len(record.timeline.events) for record in fetched.records] == [1] + [0] * 9

    events.respond(json={"results": [{"objectId": str(n)} for n in range(50)]})
    make("webinar_attended").fetch([ref(n) for n in range(1, 11)], now=NOW)
    assert (by_event.call_count, by_person.call_count) == (2, 10)


def test_events_that_cannot_be_listed_are_read_by_person(wire: respx.MockRouter, make: Make) -> None:
    wire.post(f"/crm/objects/{V}/contacts/batch/read").mock(side_effect=contacts)
    root = f"/marketing/marketing-events/{V}"
    wire.get(root).respond(404)
    wire.get(f"{root}/participations/contacts/1/breakdown").respond(json={"results": [participation(1, 1)]})
    wire.get(url__regex=rf".*{root}/participations/contacts/[23]/breakdown.*").respond(json={"results": []})
    fetched = make("webinar_attended").fetch([ref(1), ref(2), ref(3)], now=NOW)
    assert [len(record.timeline.events) for record in fetched.records] == [1, 0, 0]


def test_list_names_are_loaded_once_over_all_pages(wire: respx.MockRouter, make: Make) -> None:
    wire.post(f"/crm/objects/{V}/contacts/batch/read").mock(side_effect=contacts)
    membership = {"listId": 5, "lastAddedTimestamp": "2026-02-01T00:00:00Z"}
    wire.post(f"/crm/lists/{V}/records/memberships/batch/read").respond(
        json={"results": [{"recordId": 1, "recordListMemberships": [membership]}]}
    )
    names = wire.post(f"/crm/lists/{V}/search").mock(side_effect=[
        httpx.Response(200, json={"lists": [{"listId": "4", "name": "A"}], "hasMore": True, "offset": 1}),
        httpx.Response(200, json={"lists": [{"listId": "5", "name": "B"}], "hasMore": False}),
    ])  # fmt: skip
    crm = make("list_joined")
    for _ in range(2):
        events = crm.fetch([ref(1), ref(2)], now=NOW).records[0].timeline.events
        assert [(event.id, event.asset) for event in events] == [("list:5", "B")]
    assert names.call_count == 2


def test_writes_to_one_person_wait_for_each_other() -> None:
    locks, order, entered = PersonLocks(), list[str](), threading.Event()

    def second() -> None:
        with locks.hold(["2", "3"]):
            order.append("second")

    thread = threading.Thread(target=second)
    with locks.hold(["1", "2"]):
        thread.start()
        with locks.hold(["9"]):
            entered.set()
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
    assert entered.is_set()


def test_undated_paths_are_one_setting_away() -> None:
    api = HubSpotApi("v3")
    assert api.associations("calls", {"1": None}).path == "/crm/v4/associations/contacts/calls/batch/read"
    assert api.batch_read("contacts", ["1"], [], purpose="x").path == "/crm/v3/objects/contacts/batch/read"
    assert api.event_occurrences("1", None, None).path == "/events/v3/events"
    assert HubSpotApi(V).get("contacts", "a/b", []).path == f"/crm/objects/{V}/contacts/a%2Fb"


def test_a_whole_refusal_is_halved_until_the_culprit_stands_alone(wire: respx.MockRouter, make: Make) -> None:
    wire.post(f"/crm/objects/{V}/contacts/batch/read").mock(side_effect=contacts)

    def refuse_the_seventh(request: httpx.Request) -> httpx.Response:
        inputs = orjson.loads(request.content)["inputs"]
        if any(item["id"] == "7" for item in inputs):
            return httpx.Response(400, json={"category": "VALIDATION_ERROR"})
        return httpx.Response(200, json={"results": inputs})

    update = wire.post(f"/crm/objects/{V}/contacts/batch/update").mock(side_effect=refuse_the_seventh)
    crm = make()
    records = crm.fetch([ref(n) for n in range(1, 101)], now=NOW).records
    receipts = crm.apply([Write(record, fields={"puente_stage": (None, "mql")}) for record in records])
    assert [receipt.ref for receipt in receipts if receipt.outcome == "parked"] == [ref(7)]
    assert update.call_count <= 2 * 7 + 1


def test_a_merged_answer_under_the_survivors_id_is_accounted_for(wire: respx.MockRouter, make: Make) -> None:
    wire.post(f"/crm/objects/{V}/contacts/batch/read").mock(side_effect=contacts)
    answer = {"results": [{"id": "99", "properties": {"hs_merged_object_ids": "1", "puente_stage": "mql"}}]}
    wire.post(f"/crm/objects/{V}/contacts/batch/update").respond(json=answer)
    crm = make()
    record = crm.fetch([ref(1)], now=NOW).records[0]
    assert crm.apply([Write(record, fields={"puente_stage": (None, "mql")})])[0].outcome == "written"


def test_outcomes_that_cannot_be_read_for_everybody_are_not_given_for_some(wire: respx.MockRouter, make: Make) -> None:
    wire.post(f"/crm/associations/{V}/contacts/deals/batch/read").respond(404)
    with pytest.raises(GoneError):
        make().outcomes([ref(1)])
