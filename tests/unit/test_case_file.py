"""Golden cases: raw values read by the mapping's types, events without a time set aside, memory typed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connector.domain.case_file import Case, parse_cases
from connector.domain.person import UNKNOWN, Event, Memory, SalesVerdict, SetAside, Value, ValueType
from connector.errors import CaseError

TYPES: dict[str, ValueType] = {
    "country": "text",
    "employees": "number",
    "opted_out": "boolean",
    "last_won_at": "datetime",
    "interests": "list",
}
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def parse_one(text: str) -> Case:
    (case,) = parse_cases("- name: a case\n  now: 2026-03-02T12:00:00Z\n" + text, "cases.yaml", TYPES)
    return case


def test_a_case_needs_only_a_name_and_an_instant() -> None:
    case = parse_one("")
    assert (case.name, case.now) == ("a case", NOON)
    assert (case.person.attributes, case.timeline.events, case.memory, case.expect) == ({}, (), Memory(), {})


@pytest.mark.parametrize(
    "now", ["2026-03-02T12:00:00Z", "'2026-03-02T12:00:00Z'", "2026-03-02T13:00:00+01:00", "2026-03-02 12:00:00.000Z"]
)
def test_an_instant_may_be_quoted_or_not(now: str) -> None:
    assert parse_cases(f"[{{name: a, now: {now}}}]", "cases.yaml", TYPES)[0].now == NOON


@pytest.mark.parametrize(
    ("attribute", "raw", "value"),
    [
        ("country", "ES", "ES"),
        ("country", "' '", UNKNOWN),
        ("country", "null", UNKNOWN),
        ("country", "2026-03-02", "2026-03-02"),
        ("employees", "120", 120.0),
        ("employees", "'120'", 120.0),
        ("employees", "1e3", 1000.0),
        ("employees", "0", 0.0),
        ("employees", "'about 100'", UNKNOWN),
        ("employees", "true", UNKNOWN),
        ("opted_out", "false", False),
        ("opted_out", "'TRUE'", True),
        ("opted_out", "1", UNKNOWN),
        ("last_won_at", "2026-03-02T12:00:00Z", NOON),
        ("last_won_at", "1772452800000", NOON),
        ("last_won_at", "'1772452800000'", NOON),
        ("last_won_at", "2026-03-02", datetime(2026, 3, 2, tzinfo=UTC)),
        ("last_won_at", "2026-03-02T12:00:00", UNKNOWN),
        ("interests", "crm; email ;", ("crm", "email")),
        ("interests", "[crm, email]", ("crm", "email")),
        ("interests", "[]", UNKNOWN),
    ],
)
def test_a_person_holds_raw_values_that_are_read_by_the_mappings_types(attribute: str, raw: str, value: Value) -> None:
    assert parse_one(f"  person: {{{attribute}: {raw}}}\n").person.attributes == {attribute: value}


def test_an_event_keeps_all_of_its_properties() -> None:
    text = """
  timeline:
    - {id: e1, kind: page_view, occurred_at: 2026-03-02T12:00:00Z, url: u, form: f, asset: a, campaign: c, topic: t,
       channel: ch, direction: d, outcome: o, count: 42, machine: true}
    - {id: e2, kind: call, occurred_at: '1772452800000', count: 0, asset: null}
"""
    assert parse_one(text).timeline.events == (
        Event("e1", "page_view", NOON, "a", "u", "f", "c", "t", "ch", "d", "o", 42, machine=True),
        Event("e2", "call", NOON, count=0),
    )


@pytest.mark.parametrize("at", ["", "occurred_at: null", "occurred_at: soon", "occurred_at: 2026-03-02T12:00:00"])
def test_an_event_without_a_readable_time_is_set_aside_and_no_mistake_of_the_file(at: str) -> None:
    timeline = parse_one(f"  timeline: [{{id: e1, kind: call, {at}}}]\n").timeline
    assert timeline.events == ()
    assert timeline.set_aside == (SetAside("e1", "no_time"),)


def test_a_memory_is_typed() -> None:
    text = """
  memory:
    stage: mql
    set_by: sales
    set_at: 2026-03-01T12:00:00Z
    sales: {verdict: rejected, reason: no-response, at: 2026-03-02T12:00:00Z}
    episodes: {mql: 2}
"""
    march_first = datetime(2026, 3, 1, 12, tzinfo=UTC)
    verdict = SalesVerdict("rejected", NOON, "no-response")
    assert parse_one(text).memory == Memory("mql", "sales", march_first, verdict, {"mql": 2})


def test_an_expectation_keeps_its_values_as_they_are_written() -> None:
    text = "{stage: sql, n: 9.68, whole: 2, at: 2026-03-02T12:00:00Z, none: null, l: [{a: yes}]}"
    assert parse_one(f"  expect: {text}\n").expect == {
        "stage": "sql",
        "n": 9.68,
        "whole": 2,
        "at": "2026-03-02T12:00:00Z",
        "none": None,
        "l": [{"a": True}],
    }


@pytest.mark.parametrize("text", ["", "[]", "name: a", "- a"])
def test_a_file_without_cases_is_refused(text: str) -> None:
    with pytest.raises(CaseError):
        parse_cases(text, "cases.yaml", TYPES)


def test_without_a_mapping_only_the_form_is_checked() -> None:
    (case,) = parse_cases("[{name: a, now: 2026-03-02T12:00:00Z, person: {anything: 3}}]", "cases.yaml", None)
    assert case.person.attributes == {"anything": UNKNOWN}
