"""Turn records into events: the first entry that matches, ids of their own, and no guessed times."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.hubspot.events import (
    from_engagement,
    from_form_submissions,
    from_membership,
    from_occurrence,
    from_participation,
)
from adapters.hubspot.needs import MACHINE_FIELDS
from adapters.hubspot.replies import CrmRecord
from adapters.timeline import SourceRecord, TimelineBuilder
from connector.domain.mapping import EventSource
from connector.domain.person import Event, SetAside, Timeline

AT = "2026-03-01T10:00:00Z"
MOMENT = datetime(2026, 3, 1, 10, tzinfo=UTC)
MILLISECONDS = int(MOMENT.timestamp() * 1000)
ALL = frozenset(("form_submitted", "content_download", "page_view", "email_open", "call", "email_reply"))


def build(records: list[SourceRecord], *entries: EventSource, kinds: frozenset[str] = ALL) -> Timeline:
    builder = TimelineBuilder(kinds, MACHINE_FIELDS)
    builder.add(records, entries)
    return builder.build()


def count(properties: dict[str, str | None], *entries: EventSource) -> Timeline:
    builder = TimelineBuilder(ALL, MACHINE_FIELDS)
    builder.add_counters(properties, entries)
    return builder.build()


def test_the_first_matching_entry_makes_the_event() -> None:
    entries = (
        EventSource("content_download", "form_submissions", where={"form_name": ("descarga*", "*ebook*")}),
        EventSource("form_submitted", "form_submissions", {"form": "form_name"}),
    )
    records = [
        SourceRecord("form:a:1", AT, {"form_name": "DESCÁRGA: guía"}),
        SourceRecord("form:b:2", AT, {"form_name": "Solicitar demo"}),
    ]
    kinds = [(event.id, event.kind, event.form) for event in build(records, *entries).events]
    assert kinds == [("form:a:1", "content_download", None), ("form:b:2", "form_submitted", "Solicitar demo")]


def test_a_record_taken_by_an_unused_kind_is_not_given_to_the_next_entry() -> None:
    entries = (EventSource("survey_completed", "form_submissions"), EventSource("form_submitted", "form_submissions"))
    assert build([SourceRecord("form:a:1", AT, {})], *entries).events == ()


@pytest.mark.parametrize("value", [None, "", "   "])
def test_an_absent_field_matches_no_glob(value: str | None) -> None:
    entry = EventSource("call", "calls", where={"hs_call_title": ("*",)})
    assert build([SourceRecord("call:1", AT, {"hs_call_title": value})], entry).events == ()


@pytest.mark.parametrize("at", [AT, MILLISECONDS, str(MILLISECONDS), "2026-03-01T11:00:00+01:00"])
def test_times_come_in_every_form(at: object) -> None:
    assert build([SourceRecord("call:1", at, {})], EventSource("call", "calls")).events[0].occurred_at == MOMENT


@pytest.mark.parametrize("at", [None, "", "yesterday", "2026-03-01T10:00:00", True, [], float("nan")])
def test_an_unreadable_time_is_set_aside_and_reported(at: object) -> None:
    timeline = build([SourceRecord("call:1", at, {})], EventSource("call", "calls"))
    assert timeline == Timeline((), (SetAside("call:1", "no_time"),))


def test_fixed_topic_and_channel_and_the_machine_mark() -> None:
    entry = EventSource("email_open", "emails", {"asset": "hs_email_subject"}, topic="pricing", channel="email")
    record = SourceRecord("email:1", AT, {"hs_email_subject": "Hola", "hs_is_bot": "true"})
    assert build([record], entry).events == (
        Event("email:1", "email_open", MOMENT, asset="Hola", topic="pricing", channel="email", machine=True),
    )


def test_a_counter_is_one_event_with_its_number_and_date() -> None:
    entry = EventSource("page_view", "counters", count="views", at="last")
    assert count({"views": "42", "last": AT}, entry).events == (Event("counter:views", "page_view", MOMENT, count=42),)


@pytest.mark.parametrize("views", [None, "", "0", "0.0"])
def test_an_empty_counter_is_no_event(views: str | None) -> None:
    timeline = count({"views": views, "last": AT}, EventSource("page_view", "counters", count="views", at="last"))
    assert timeline == Timeline()


def test_a_counter_without_a_date_or_with_an_odd_number_is_set_aside() -> None:
    entry = EventSource("page_view", "counters", count="views", at="last")
    assert count({"views": "3"}, entry).set_aside == (SetAside("counter:views", "no_time"),)
    assert count({"views": "-3", "last": AT}, entry).set_aside == (SetAside("counter:views", "bad_count"),)
    assert count({"views": "many", "last": AT}, entry).set_aside == (SetAside("counter:views", "bad_count"),)


def test_a_date_alone_is_one_event() -> None:
    entry = EventSource("email_open", "counters", at="opened")
    assert count({"opened": AT}, entry).events == (Event("counter:opened", "email_open", MOMENT),)
    assert count({"opened": ""}, entry) == Timeline()


def test_one_property_counts_once() -> None:
    first = EventSource("page_view", "counters", count="views", at="last", where={"source": ("ads",)})
    second = EventSource("email_open", "counters", count="views", at="last")
    assert [e.kind for e in count({"views": "2", "last": AT, "source": "ads"}, first, second).events] == ["page_view"]
    assert [e.kind for e in count({"views": "2", "last": AT}, first, second).events] == ["email_open"]


@pytest.mark.parametrize("separator", [":", "::"])
def test_form_submissions_are_read_with_either_separator(separator: str) -> None:
    raw = f"0a-1{separator}{MILLISECONDS};;0b-2{separator}{MILLISECONDS + 5} ; 0a-1{separator}{MILLISECONDS + 9};"
    contact = CrmRecord("1", {"hs_calculated_form_submissions": raw})
    read = list(from_form_submissions(contact, {"0a-1": "Solicitar demo"}))
    assert [record.id for record in read] == [
        f"form:0a-1:{MILLISECONDS}",
        f"form:0b-2:{MILLISECONDS + 5}",
        f"form:0a-1:{MILLISECONDS + 9}",
    ]
    assert [record.fields["form_name"] for record in read] == ["Solicitar demo", None, "Solicitar demo"]


def test_a_nameless_form_takes_its_name_from_the_conversion_of_that_moment() -> None:
    contact = CrmRecord(
        "1",
        {
            "hs_calculated_form_submissions": f"x:{MILLISECONDS}",
            "recent_conversion_date": AT,
            "recent_conversion_event_name": "Página de precios: Solicitar demo",
        },
    )
    assert next(from_form_submissions(contact, {})).fields["form_name"] == "Solicitar demo"


@given(st.text())
def test_form_submissions_never_stumble(raw: str) -> None:
    records = list(from_form_submissions(CrmRecord("1", {"hs_calculated_form_submissions": raw}), {}))
    timeline = build(records, EventSource("form_submitted", "form_submissions"))
    assert len(timeline.events) + len(timeline.set_aside) <= len(records)


def test_every_source_prefixes_its_ids() -> None:
    assert from_engagement("calls", CrmRecord("7", {"hs_timestamp": AT})).id == "call:7"
    membership = from_membership({"listId": 7, "lastAddedTimestamp": AT}, {"7": "VIP"})
    assert membership
    assert (membership.id, membership.fields["list_name"]) == ("list:7", "VIP")
    assert from_membership({}, {}) is None
    assert from_occurrence({"id": "7", "eventType": "e_visited_page", "occurredAt": AT}).id == "web:7"
    assert from_occurrence({"eventType": "e_x", "occurredAt": AT}).id == f"web:e_x:{AT}"
    participation = {
        "id": "9",
        "associations": {"marketingEvent": {"marketingEventId": 9, "name": "Webinar"}},
        "properties": {"attendanceState": "ATTENDED", "occurredAt": MILLISECONDS},
    }
    read = from_participation(participation, {"9": "WEBINAR"})
    assert read.id == "marketing_event:9:ATTENDED"
    assert read.fields == {"event_name": "Webinar", "event_type": "WEBINAR", "attendance_state": "ATTENDED"}


def test_web_events_are_chosen_by_how_their_type_begins() -> None:
    entry = EventSource("page_view", "web_events", {"url": "hs_url"}, event_type="e_visited_page")
    records = [
        from_occurrence({"id": 1, "eventType": "e_visited_page_v2", "occurredAt": AT, "properties": {"hs_url": "/a"}}),
        from_occurrence({"id": 2, "eventType": "e_form_view_v2", "occurredAt": AT}),
        from_occurrence({"id": 3, "occurredAt": AT, "properties": None}),
    ]
    assert [(event.id, event.url) for event in build(records, entry).events] == [("web:1", "/a")]
