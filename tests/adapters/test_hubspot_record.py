"""Turn a contact into the core's record: typed attributes, stages both ways, who set them, values both ways."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.hubspot.guard import was_moved
from adapters.hubspot.history import wants_history, with_history
from adapters.hubspot.needs import Needs
from adapters.hubspot.record import build_record, format_field, to_stage
from adapters.hubspot.replies import CrmRecord, Version, parse_record
from adapters.own_values import parse_field
from adapters.raw_values import is_same
from connector.domain.mapping import AttributeSource, Mapping
from connector.domain.person import UNKNOWN, Stage, Timeline, Value
from connector.ports import Deal, FieldValue, Record, Write

MAPPING = Mapping(
    crm="hubspot",
    attributes={},
    stages={"lead": "lead", "mnql": None, "mql": "marketingqualifiedlead", "sql": "998877"},
    write_back={
        "puente_stage": "stage",
        "puente_stage_at": "stage_at",
        "puente_fit": "fit.pct",
        "puente_reasons": "reasons",
    },
)
AT = datetime(2026, 3, 1, 10, tzinfo=UTC)


def needs(*attributes: AttributeSource) -> Needs:
    mapping = replace(MAPPING, attributes={source.name: source for source in attributes})
    return Needs(mapping, frozenset(), frozenset(mapping.attributes))


def build(properties: dict[str, str | None], *attributes: AttributeSource, **more: Any) -> Record:
    return build_record(CrmRecord("1", properties), needs(*attributes), Timeline(), account="9", **more)


def attribute(source: AttributeSource, properties: dict[str, str | None], **more: Any) -> Value:
    return build(properties, source, **more).person.attributes[source.name]


@pytest.mark.parametrize(
    ("source", "properties", "value"),
    [
        (AttributeSource("a", "text", fields=("x",)), {"x": " Ana "}, "Ana"),
        (AttributeSource("a", "text", fields=("x",)), {"x": None}, UNKNOWN),
        (AttributeSource("a", "text", fields=("x", "y")), {"x": "Ana", "y": "García"}, "Ana García"),
        (AttributeSource("a", "text", fields=("x", "y")), {"x": " ", "y": "García"}, "García"),
        (AttributeSource("a", "number", fields=("x",)), {"x": "120"}, 120.0),
        (AttributeSource("a", "number", fields=("x",)), {"x": "about 100"}, UNKNOWN),
        (AttributeSource("a", "boolean", fields=("x",)), {"x": "TRUE"}, True),
        (AttributeSource("a", "datetime", fields=("x",)), {"x": str(int(AT.timestamp() * 1000))}, AT),
        (AttributeSource("a", "list", fields=("x",)), {"x": "b; a;"}, ("b", "a")),
        (AttributeSource("a", "text", fields=("x",), take="domain"), {"x": "ana@Example.COM"}, "example.com"),
        (AttributeSource("a", "text", fields=("x",), take="domain"), {"x": "not an address"}, UNKNOWN),
        (
            AttributeSource("a", "text", fields=("x",), values={"computer_software": "software"}),
            {"x": "COMPUTER_SOFTWARE"},
            "software",
        ),
        (
            AttributeSource("a", "text", fields=("x",), values={"computer_software": "software"}),
            {"x": "Retail"},
            "Retail",
        ),
    ],
)
def test_attributes_are_typed_by_the_mapping(
    source: AttributeSource, properties: dict[str, str | None], value: Value
) -> None:
    assert attribute(source, properties) == value


def test_a_person_without_a_company_has_unknown_company_attributes() -> None:
    source = AttributeSource("a", "number", "company", ("numberofemployees",))
    assert attribute(source, {}) is UNKNOWN
    assert attribute(source, {}, company=CrmRecord("5", {"numberofemployees": "7"})) == 7.0


@pytest.mark.parametrize(("measure", "value"), [("won_count", 2.0), ("revenue", 1500.0), ("last_won_at", AT)])
def test_deals_are_measured(measure: Any, value: Value) -> None:
    deals = [
        Deal("1", "won", None, AT - timedelta(days=9), 1000.0),
        Deal("2", "won", None, AT, 500.0),
        Deal("3", "lost", None, AT, 9.0),
        Deal("4", "open", None, None, None),
    ]
    source = AttributeSource("a", "number", "deals", measure=measure)
    assert attribute(source, {}, deals=deals) == value
    assert attribute(source, {}, deals=None) is UNKNOWN


def test_no_deals_are_none_won_and_not_unknown() -> None:
    assert attribute(AttributeSource("a", "number", "deals", measure="won_count"), {}, deals=[]) == 0.0
    assert attribute(AttributeSource("a", "datetime", "deals", measure="last_won_at"), {}, deals=[]) is UNKNOWN


@pytest.mark.parametrize(
    ("raw", "own", "stage"),
    [
        ("lead", None, "lead"),
        ("marketingqualifiedlead", None, "mql"),
        ("salesqualifiedlead", None, "sql"),
        ("998877", None, "sql"),
        ("customer", None, "customer"),
        ("Evangelist", None, "evangelist"),
        ("other", None, None),
        ("123456", None, None),
        ("", None, None),
    ],
)
def test_lifecycle_values_are_translated_back(raw: str, own: Stage | None, stage: Stage | None) -> None:
    assert to_stage(raw, MAPPING, own) == stage


def test_of_two_stages_with_one_value_our_own_is_meant_else_hubspots_name() -> None:
    mapping = replace(MAPPING, stages={"mnql": "lead", "lead": "lead"})
    assert to_stage("lead", mapping, "mnql") == "mnql"
    assert to_stage("lead", mapping, None) == "lead"
    assert to_stage("lead", mapping, "sql") == "lead"


def test_a_stage_is_dated_by_either_stamp_of_hubspot() -> None:
    one = build({"lifecyclestage": "lead", "hs_lifecyclestage_lead_date": "2026-03-01T10:00:00Z"})
    two = build({"lifecyclestage": "lead", "hs_v2_date_entered_lead": str(int(AT.timestamp() * 1000))})
    assert one.lifecycle.at == two.lifecycle.at == AT
    assert build({"lifecyclestage": "lead"}).lifecycle.at is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("puente_stage", "mql"),
        ("puente_stage_at", AT),
        ("puente_fit", 87.5),
        ("puente_fit", 87.0),
        ("puente_fit", 0.0),
        ("puente_reasons", "uno\ndos"),
        ("puente_reasons", None),
    ],
)
def test_what_is_written_reads_back_the_same(name: str, value: FieldValue) -> None:
    assert parse_field(name, format_field(value), MAPPING) == value


@given(st.floats(allow_nan=False, allow_infinity=False), st.datetimes(timezones=st.timezones()))
def test_numbers_and_instants_survive_the_way_there_and_back(number: float, moment: datetime) -> None:
    assert parse_field("puente_fit", format_field(number), MAPPING) == number
    back = parse_field("puente_stage_at", format_field(moment), MAPPING)
    assert back is None or (isinstance(back, datetime) and abs(back - moment) < timedelta(milliseconds=1))


def test_texts_are_made_fit_for_json_and_hubspots_length() -> None:
    assert format_field("a\x00b\ud800") == "ab?"
    assert len(format_field("x" * 70_000)) == 65_536


def test_the_verdict_is_read_in_any_case_and_nonsense_is_none() -> None:
    record = build({"puente_sales_verdict": "Rejected", "puente_reject_reason": "Budget"})
    assert (record.verdict, record.verdict_reason) == ("rejected", "budget")
    assert build({"puente_sales_verdict": "maybe"}).verdict is None


# ------------------------------------------------------------------------------------------------- who set the stage
def history(source_type: str, source_id: str = "", value: str = "mql", at: datetime = AT) -> tuple[Version, ...]:
    return (Version(value, at, source_type, source_id, None),)


def by_of(versions: tuple[Version, ...], app_id: str | None, **properties: str) -> str | None:
    read = {"puente_stage": "mql", "puente_stage_at": "2026-03-01T10:00:00Z", **properties}
    record = build(dict(read))
    contact = CrmRecord("1", dict(read), history={"puente_stage": versions})
    return with_history(record, contact, needs(), app_id).own.by


@pytest.mark.parametrize(
    ("versions", "app_id", "by"),
    [
        (history("CRM_UI", "userId:5"), None, "person"),
        (history("CRM_UI_BULK_ACTION"), "54321", "person"),
        (history("EXTENSION"), None, "person"),
        (history("INTEGRATION", "54321"), "54321", "puente"),
        (history("INTEGRATION", "999"), "54321", "crm"),
        (history("INTEGRATION", "999"), None, "puente"),
        (history("INTEGRATION", "999", at=AT + timedelta(days=3)), None, "crm"),
        (history("IMPORT"), None, "crm"),
        (history("AUTOMATION_PLATFORM"), None, "crm"),
        (history("CRM_UI", value="sql"), None, None),
        ((), None, None),
    ],
)
def test_the_author_of_a_stage(versions: tuple[Version, ...], app_id: str | None, by: str | None) -> None:
    assert by_of(versions, app_id) == by


def test_repeating_a_value_does_not_take_it_over() -> None:
    versions = (
        *history("CRM_UI", at=AT + timedelta(days=1)),
        *history("INTEGRATION", "54321"),
        *history("IMPORT", value="lead"),
    )
    assert by_of(versions, "54321") == "puente"


def test_a_verdict_dates_from_its_last_statement() -> None:
    properties = {"puente_sales_verdict": "rejected"}
    versions = (
        Version("rejected", AT, "CRM_UI", "", "5"),
        Version("", AT - timedelta(days=1), "INTEGRATION", "1", None),
    )
    contact = CrmRecord("1", dict(properties), history={"puente_sales_verdict": versions})
    assert with_history(build(dict(properties)), contact, needs(), None).verdict_at == AT


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({}, False),
        ({"puente_stage": "mql", "lifecyclestage": "marketingqualifiedlead"}, False),
        ({"puente_stage": "lead", "lifecyclestage": "marketingqualifiedlead"}, False),
        (
            {
                "puente_stage": "lead",
                "puente_stage_at": "2026-03-01T10:00:00Z",
                "lifecyclestage": "marketingqualifiedlead",
                "hs_v2_date_entered_marketingqualifiedlead": "2026-03-02T10:00:00Z",
            },
            True,
        ),
        ({"puente_sales_verdict": "accepted"}, True),
    ],
)
def test_histories_are_asked_for_only_when_the_marks_disagree(properties: dict[str, str | None], wanted: bool) -> None:
    assert wants_history(build(properties), needs(), None) is wanted
    assert wants_history(build(properties), needs(), lambda _: True)


# ----------------------------------------------------------------------------------------------------------- the guard
@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("", "", True),
        ("87.5", "87.50", True),
        ("5", "5.0", True),
        ("2026-03-01T10:00:00Z", str(int(AT.timestamp() * 1000)), True),
        ("2026-03-01T10:00:00.000Z", "2026-03-01T10:00:00Z", True),
        ("uno\ndos", "uno dos ", True),
        ("mql", "sql", False),
        ("", "0", False),
        ("5", "6", False),
    ],
)
def test_values_are_compared_by_what_they_mean(one: str, other: str, same: bool) -> None:
    assert is_same(one, other) is same


@pytest.mark.parametrize(
    ("changed", "moved"),
    [
        ({"lifecyclestage": "customer"}, True),
        ({"puente_stage": "sql"}, True),
        ({"puente_sales_verdict": "accepted"}, True),
        ({"puente_fit": "3"}, True),
        ({"jobtitle": "CEO"}, True),
        ({"hs_analytics_num_page_views": "99"}, False),
        ({"hubspot_owner_id": "7"}, False),
        ({}, False),
    ],
)
def test_only_what_the_decision_stood_on_counts_as_moved(changed: dict[str, str], moved: bool) -> None:
    source = AttributeSource("job", "text", fields=("jobtitle",))
    record = build({"puente_fit": "1", "jobtitle": "CMO"}, source)
    fresh = parse_record({"id": 1, "properties": {"puente_fit": "1", "jobtitle": "CMO", **changed}})
    assert fresh
    assert was_moved(Write(record, fields={"puente_fit": (1.0, 2.0)}), fresh, needs(source)) is moved
