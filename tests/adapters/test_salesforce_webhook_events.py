"""Change events of both envelopes become doorbells."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.salesforce.webhook_events import parse_doorbells
from connector.errors import DoorbellError, PayloadError, SignatureError
from connector.live.doorbell import Doorbell
from tests.adapters.salesforce_messages import LEAD, ORGANIZATION, change_event
from tests.adapters.test_salesforce_webhook import NOW, WIRE, needs_wire

US = "005000000000009AAA"
COMMITTED_AT = datetime(2025, 11, 21, 9, 30, tzinfo=UTC)


def parse(event: object, own_user_id: str | None = US, organization_id: str = ORGANIZATION) -> list[Doorbell]:
    return parse_doorbells(event, organization_id=organization_id, own_user_id=own_user_id, now=NOW)


@pytest.mark.parametrize("relay", [True, False])
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("CREATE", "created"), ("UPDATE", "changed"), ("UNDELETE", "restored"), ("DELETE", "gap"),
        ("GAP_CREATE", "gap"), ("GAP_UPDATE", "gap"), ("GAP_DELETE", "gap"), ("GAP_UNDELETE", "gap"),
        ("NEWLY_INVENTED", "gap"),
    ],
)  # fmt: skip
def test_both_envelopes_say_the_same(change: str, why: Any, relay: bool) -> None:
    assert parse(change_event(relay=relay, changeType=change)) == [
        Doorbell("salesforce", ORGANIZATION, "lead", LEAD, COMMITTED_AT, why)
    ]


@needs_wire
@pytest.mark.parametrize(("name", "why"), [("event-relay", "changed"), ("appflow", "created")])
def test_the_sample_events_ring_for_their_lead(name: str, why: str) -> None:
    event = json.loads((WIRE / f"eventbridge.{name}.lead.json").read_text())
    assert [(bell.object_id, bell.why) for bell in parse(event)] == [(LEAD, why)]


def test_an_event_of_several_records_rings_for_each_once() -> None:
    ids = [LEAD, "00Q000000000002", LEAD, "00Q*", None, 7]
    assert [bell.object_id for bell in parse(change_event(recordIds=ids))] == [LEAD, "00Q000000000002EAA"]


def test_an_overflow_concerns_everybody() -> None:
    found = parse(change_event(changeType="GAP_OVERFLOW", recordIds=["00Q*"]))
    assert [(bell.why, bell.object_type, bell.object_id) for bell in found] == [("gap_overflow", "lead", "")]
    assert parse(change_event("Account", changeType="GAP_OVERFLOW")) == []


@pytest.mark.parametrize(
    ("entity", "field", "person", "object_type"),
    [("Task", "WhoId", LEAD, "lead"), ("Event", "WhoId", "003000000000001AAA", "contact"),
     ("CampaignMember", "LeadId", LEAD, "lead"), ("OpportunityContactRole", "ContactId", "003000000000001", "contact")],
)  # fmt: skip
def test_what_names_its_person_rings_for_the_person(entity: str, field: str, person: str, object_type: str) -> None:
    found = parse(change_event(entity, fields={field: person}, recordIds=["00T000000000001AAA"]))
    assert [(bell.why, bell.object_type, bell.object_id[:15]) for bell in found] == [
        ("associated", object_type, person[:15])
    ]


def test_what_does_not_name_its_person_is_looked_up() -> None:
    found = parse(change_event("Task", recordIds=["00T000000000001AAA"], fields={"WhoId": "001000000000001AAA"}))
    assert [(bell.why, bell.engagement) for bell in found] == [("engagement", ("task", "00T000000000001AAA"))]
    assert parse(change_event("Task", recordIds=["00T000000000001AAA"], changeType="DELETE")) == []


def test_only_our_own_fields_written_by_our_own_user_are_an_echo() -> None:
    def is_ours(**header: Any) -> bool:
        [bell] = parse(change_event(**{"commitUser": US, "changedFields": ["Puente_Stage__c"], **header}))
        return bell.ours

    assert is_ours(changedFields=["Puente_Stage__c", "Puente_Fit__c", "LastModifiedDate"])
    assert is_ours(commitUser=US[:15])
    assert not is_ours(commitUser="005000000000002AAA")
    assert not is_ours(commitUser=None)
    assert not is_ours(changedFields=["Puente_Stage__c", "Status"])
    assert not is_ours(changedFields=["Puente_Sales_Verdict__c"])
    assert not is_ours(changedFields=[])
    assert not is_ours(changedFields="Puente_Stage__c")
    assert not is_ours(changeType="CREATE")
    assert not is_ours(changeType="DELETE")
    assert not is_ours(changeType="GAP_UPDATE")


def test_without_a_known_user_nothing_is_an_echo() -> None:
    [bell] = parse(change_event(commitUser=US, changedFields=["Puente_Stage__c"]), own_user_id=None)
    assert not bell.ours


def test_a_task_our_user_made_is_an_echo() -> None:
    [bell] = parse(change_event("Task", commitUser=US, changeType="CREATE", fields={"WhoId": LEAD}))
    assert bell.ours


def test_another_organisation_is_refused() -> None:
    with pytest.raises(SignatureError):
        parse(change_event(), organization_id="00D000000000002EAA")


@pytest.mark.parametrize("event", [None, 7, "text", [], {}, {"detail": {}}, {"detail": {"payload": []}}])
def test_what_is_no_change_event_is_refused(event: object) -> None:
    with pytest.raises(PayloadError):
        parse(event)


HEADER = ("entityName", "recordIds", "changeType", "commitTimestamp", "commitUser", "changedFields")
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=18)
    | st.sampled_from([LEAD, US, "Task", "GAP_OVERFLOW", "CREATE"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)  # fmt: skip


@given(
    st.fixed_dictionaries(
        {}, optional=dict.fromkeys(HEADER, ANYTHING)
    ),
    st.dictionaries(st.sampled_from(["WhoId", "LeadId", "ContactId"]), ANYTHING),
    ANYTHING,
)  # fmt: skip
def test_no_event_of_anything_breaks_the_reading(
    header: dict[str, Any], fields: dict[str, Any], source: object
) -> None:
    event = {**change_event(fields=fields, **header), "source": source}
    try:
        found = parse(event)
    except DoorbellError:
        return
    assert all(bell.rang_at <= NOW for bell in found)
