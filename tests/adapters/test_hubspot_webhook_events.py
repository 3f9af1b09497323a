"""What HubSpot's events say becomes doorbells; what nobody can use is passed over without a sound."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.hubspot.webhook_events import parse_doorbells
from connector.errors import PayloadError
from connector.live.doorbell import Doorbell, doorbell_from_json, doorbell_to_json

PORTAL, APP = "62515", "54321"
RANG_AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
NOW = RANG_AT + timedelta(seconds=3)


def event(subscription: str = "contact.propertyChange", **more: Any) -> dict[str, Any]:
    plain = {
        "eventId": 1, "subscriptionId": 12345, "portalId": int(PORTAL), "appId": int(APP),
        "occurredAt": int(RANG_AT.timestamp() * 1000), "subscriptionType": subscription, "attemptNumber": 0,
        "objectId": 1001, "changeSource": "CRM_UI", "sourceId": "userId:7",
    }  # fmt: skip
    return {**plain, **more}


def parse(*events: object, account: str | None = PORTAL, app_id: str | None = APP) -> list[Doorbell]:
    return parse_doorbells(json.dumps(events).encode(), account=account, app_id=app_id, now=NOW)


def contact(why: str, object_id: str = "1001", **more: Any) -> Doorbell:
    return Doorbell("hubspot", PORTAL, "contact", object_id, RANG_AT, why, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("verb", "why"),
    [
        ("creation", "created"), ("propertyChange", "changed"), ("deletion", "deleted"), ("restore", "restored"),
        ("privacyDeletion", "privacy_deleted"),
    ],
)  # fmt: skip
def test_both_forms_of_an_event_say_the_same(verb: str, why: str) -> None:
    assert parse(event(f"contact.{verb}")) == [contact(why)]
    assert parse(event(f"object.{verb}", objectTypeId="0-1")) == [contact(why)]


def test_a_merge_names_every_record_that_went_and_the_one_that_stays() -> None:
    merge = event("contact.merge", objectId=9, primaryObjectId=1, mergedObjectIds=[2, "3"], newObjectId=9)
    assert parse(merge) == [contact("merged", loser, survivor="9") for loser in ("2", "3", "1")]


def test_a_merge_into_the_primary_record_rings_for_the_other_one() -> None:
    merge = event("contact.merge", primaryObjectId=1, mergedObjectIds=[2], newObjectId=1)
    assert parse(merge) == [contact("merged", "2", survivor="1")]


def test_a_merge_that_names_nobody_rings_for_its_own_record() -> None:
    assert parse(event("contact.merge")) == [contact("merged")]


@pytest.mark.parametrize(
    ("type_id", "name"),
    [("0-48", "call"), ("0-49", "email"), ("0-47", "meeting"), ("0-46", "note"), ("0-18", "communication"),
     ("0-27", "task"), ("0-3", "deal")],
)  # fmt: skip
def test_what_hangs_on_a_person_rings_for_that_person(type_id: str, name: str) -> None:
    found = parse(event("object.creation", objectTypeId=type_id, objectId=71))
    assert found == [Doorbell("hubspot", PORTAL, name, "71", RANG_AT, "engagement", engagement=(name, "71"))]


def test_what_hung_on_a_person_and_was_deleted_can_name_nobody() -> None:
    assert parse(event("object.deletion", objectTypeId="0-48"), event("deal.deletion")) == []


@pytest.mark.parametrize(
    "more",
    [
        {"associationType": "CONTACT_TO_COMPANY", "fromObjectId": 1001, "toObjectId": 5},
        {"associationType": "DEAL_TO_CONTACT", "fromObjectId": 6, "toObjectId": 1001},
        {"fromObjectTypeId": "0-48", "toObjectTypeId": "0-1", "fromObjectId": 71, "toObjectId": 1001},
        {"associationType": None, "fromObjectId": 1001},
        {"associationType": 7, "fromObjectId": None},
    ],
)
def test_an_association_rings_for_the_person_on_either_side(more: dict[str, Any]) -> None:
    assert parse(event("contact.associationChange", **more)) == [contact("associated")]


def test_an_association_without_a_person_rings_for_what_may_hang_on_one() -> None:
    found = parse(event("deal.associationChange", associationType="DEAL_TO_COMPANY", fromObjectId=6, toObjectId=5))
    assert [bell.engagement for bell in found] == [("deal", "6")]


def test_our_own_write_coming_back_is_marked() -> None:
    ours = event(changeSource="INTEGRATION", sourceId=APP, propertyName="puente_stage")
    assert [bell.ours for bell in parse(ours)] == [True]
    assert [bell.ours for bell in parse({**ours, "sourceId": int(APP)})] == [True]
    assert [bell.ours for bell in parse({**ours, "sourceId": "54322"})] == [False]
    assert [bell.ours for bell in parse({**ours, "changeSource": "CRM_UI"})] == [False]
    assert [bell.ours for bell in parse(ours, app_id=None)] == [False]


@pytest.mark.parametrize("name", ["lifecyclestage", "puente_sales_verdict", "puente_reject_reason"])
def test_what_people_say_through_our_app_is_no_echo(name: str) -> None:
    assert [bell.ours for bell in parse(event(changeSource="INTEGRATION", sourceId=APP, propertyName=name))] == [False]


@pytest.mark.parametrize("verb", ["deletion", "privacyDeletion", "merge", "restore"])
def test_a_record_that_goes_or_returns_is_never_taken_for_an_echo(verb: str) -> None:
    assert [bell.ours for bell in parse(event(f"contact.{verb}", changeSource="INTEGRATION", sourceId=APP))] == [False]


def test_an_unknown_portal_is_passed_over() -> None:
    other = event(portalId=7)
    assert parse(other) == []
    assert parse(other, event()) == [contact("changed")]
    assert [bell.account for bell in parse(other, event(), account=None)] == ["7", PORTAL]


def test_the_test_button_of_the_app_page_rings_for_nobody_in_particular() -> None:
    assert parse(event("contact.creation", eventId=100, objectId=123)) == [contact("created", "123")]


def test_many_changes_of_one_person_ring_once_and_the_newest_counts() -> None:
    newest = int((RANG_AT + timedelta(seconds=2)).timestamp() * 1000)
    assert [bell.rang_at for bell in parse(event(), event(occurredAt=newest), event(eventId=3))] == [
        RANG_AT + timedelta(seconds=2)
    ]


@pytest.mark.parametrize("value", [None, "", "yesterday", True, [], float("nan"), 1e300, -1e300, NOW.timestamp() * 1e6])
def test_a_time_that_cannot_be_read_or_lies_far_ahead_counts_as_now(value: object) -> None:
    assert [bell.rang_at for bell in parse(event(occurredAt=value))] == [NOW]


def test_a_time_a_little_ahead_is_hubspots_own_and_stays() -> None:
    """Moved back to a clock that is behind, it could seem older than a reading that did not see the change."""
    ahead = NOW + timedelta(seconds=90)
    assert [bell.rang_at for bell in parse(event(occurredAt=ahead.timestamp() * 1000))] == [ahead]


@pytest.mark.parametrize(
    "useless",
    [
        None, 7, "text", [], {}, event("conversation.newMessage"), event("company.creation"),
        event("contact.unheardOf"), event("contact"), event(""), event("."), event(subscriptionType=None),
        event("object.creation"),
        event("object.creation", objectTypeId="2-7"), event("object.creation", objectTypeId=[]), event(objectId=None),
        event(objectId=True), event(objectId=-1), event(objectId=1.5), event(objectId="1001; DROP"), event(objectId={}),
        event(objectId="٣"), event(objectId=10**30), event(portalId=None), event(portalId=[]), event(portalId=True),
    ],
)  # fmt: skip
def test_what_nobody_can_use_is_passed_over(useless: object) -> None:
    assert parse(useless, event()) == [contact("changed")]


@pytest.mark.parametrize(
    "raw",
    [b"", b"{}", b'"text"', b"null", b"[", b"[" * 100_000, b'{"a":' * 100_000, b"\xff\xfe", b"[\xff]", b"\x00" * 64,
     json.dumps([event()]).encode("utf-16"), b"[" + b"9" * 10_000 + b"]"],
)  # fmt: skip
def test_what_is_no_array_of_events_is_refused(raw: bytes) -> None:
    with pytest.raises(PayloadError) as refusal:
        parse_doorbells(raw, account=PORTAL, app_id=APP, now=NOW)
    assert len(str(refusal.value)) < 120


NAMES = ["eventId", "portalId", "occurredAt", "subscriptionType", "objectId", "objectTypeId", "changeSource",
         "sourceId", "propertyName", "primaryObjectId", "mergedObjectIds", "newObjectId", "associationType",
         "fromObjectId", "toObjectId"]  # fmt: skip
TYPES = [f"{kind}.{verb}" for kind in ("contact", "object", "deal", "x")
         for verb in ("creation", "propertyChange", "merge", "associationChange", "deletion")]  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
    | st.sampled_from([int(PORTAL), "0-1", "0-48", "1001", "CONTACT_TO_DEAL", *TYPES]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
STRANGE = st.fixed_dictionaries(
    {"portalId": st.just(int(PORTAL)) | VALUES, "subscriptionType": st.sampled_from(TYPES) | VALUES},
    optional={name: VALUES for name in NAMES if name not in ("portalId", "subscriptionType")},
)


@given(st.lists(STRANGE | VALUES, max_size=5))
def test_no_array_of_anything_breaks_the_reading(events: list[object]) -> None:
    raw = json.dumps(events).encode()
    for bell in parse_doorbells(raw, account=PORTAL, app_id=APP, now=NOW):
        assert bell.object_id.isdecimal()
        assert bell.rang_at <= NOW
        assert doorbell_from_json(doorbell_to_json(bell)) == bell


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading(raw: bytes) -> None:
    try:
        parse_doorbells(raw, account=PORTAL, app_id=APP, now=NOW)
    except PayloadError:
        return
