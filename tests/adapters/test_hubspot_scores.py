"""Read HubSpot's lead scores: every operation in our words, both spellings of the beta, and what it does not tell."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from adapters.hubspot.connection import HubSpotConnection
from adapters.hubspot.score_conditions import parse_condition, parse_test, parse_window_days
from adapters.hubspot.score_definition import parse_change, parse_head, parse_score
from adapters.hubspot.score_shelf import open_scores
from connector.errors import AccessError, GoneError
from connector.study.crm_score.definition import (
    AllOf,
    Bounds,
    Decay,
    Happening,
    NoEquivalent,
    Output,
    PropertyTest,
    ScoreChange,
    ScoreHead,
    Table,
    Times,
)

NOW_POINT = {"timeType": "INDEXED", "zoneId": "UTC", "indexReference": {"referenceType": "NOW"}}


def ago(**offset: int) -> dict[str, Any]:
    return {**NOW_POINT, "offset": {unit: -number for unit, number in offset.items()}}


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"operationType": "ENUMERATION", "operator": "IS_ANY_OF", "values": ["A", "B"]}, ("in", ("A", "B"), False)),
        ({"operationType": "ENUMERATION", "operator": "IS_NONE_OF", "values": ["A"]}, ("in", ("A",), True)),
        ({"operationType": "MULTISTRING", "operator": "CONTAINS", "values": ["x"]}, ("matches_any", ("*x*",), False)),
        ({"operationType": "STRING", "operator": "STARTS_WITH", "value": "vp"}, ("matches_any", ("vp*",), False)),
        ({"operationType": "STRING", "operator": "DOES_NOT_CONTAIN", "value": "x"}, ("matches_any", ("*x*",), True)),
        ({"operationType": "NUMBER", "operator": "IS_GREATER_THAN", "value": 5}, ("over", 5.0, False)),
        ({"operationType": "NUMBER", "operator": "IS_LESS_THAN_OR_EQUAL_TO", "value": "5"}, ("at_most", 5.0, False)),
        (
            {"operationType": "NUMBER_RANGED", "operator": "IS_NOT_BETWEEN", "lowerBound": 1, "upperBound": 3},
            ("between", (1.0, 3.0), True),
        ),
        ({"operationType": "BOOL", "operator": "IS_EQUAL_TO", "value": False}, ("equals", False, False)),
        ({"operationType": "ALL_PROPERTY", "operator": "IS_KNOWN"}, ("is_known", True, False)),
        ({"operationType": "ALL_PROPERTY", "operator": "IS_UNKNOWN"}, ("is_unknown", True, False)),
        (
            {"operationType": "ROLLING_DATE_RANGE", "operator": "IS_LESS_THAN_X_DAYS_AGO", "numberOfDays": 30},
            ("newer_than_days", 30.0, False),
        ),
        (
            {"operationType": "TIME_POINT", "operator": "IS_BEFORE", "timePoint": ago(weeks=2)},
            ("older_than_days", 14.0, False),
        ),
        (
            {
                "operationType": "TIME_RANGED", "operator": "IS_BETWEEN",
                "lowerBoundTimePoint": ago(days=7), "upperBoundTimePoint": NOW_POINT,
            },
            ("newer_than_days", 7.0, False),
        ),
    ],
)  # fmt: skip
def test_an_operation_is_said_in_our_words(operation: dict[str, Any], expected: tuple[Any, ...]) -> None:
    read = parse_test("size", {**operation, "includeObjectsWithNoValueSet": False})
    assert isinstance(read, PropertyTest)
    assert (read.operator, read.operand, read.negated) == expected
    assert (read.property, read.or_blank, read.owner) == ("size", False, "person")


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        ({"operationType": "ENUMERATION", "operator": "HAS_EVER_BEEN_ANY_OF", "values": ["A"]}, "history"),
        ({"operationType": "ENUMERATION", "operator": "IS_EXACTLY", "values": ["A"]}, "operator"),
        ({"operationType": "ENUMERATION", "operator": "IS_ANY_OF", "values": []}, "operator"),
        ({"operationType": "NUMBER", "operator": "IS_EQUAL_TO", "value": "many"}, "operator"),
        ({"operationType": "NUMBER_RANGED", "operator": "IS_BETWEEN", "lowerBound": 3, "upperBound": 1}, "operator"),
        (
            {"operationType": "ROLLING_PROPERTY_UPDATED", "operator": "UPDATED_IN_LAST_X_DAYS", "numberOfDays": 3},
            "history",
        ),
        ({"operationType": "COMPARATIVE_DATE", "operator": "IS_AFTER", "comparisonPropertyName": "b"}, "comparison"),
        ({"operationType": "DATE", "operator": "IS_EQUAL_TO", "year": 2026, "month": "MAY", "day": 1}, "date"),
        ({"operationType": "TIME_POINT", "operator": "IS_AFTER", "timePoint": ago(months=2)}, "operator"),
        ({"operationType": "TIME_POINT", "operator": "IS_AFTER", "timePoint": {"timeType": "DATE"}}, "operator"),
        ({"operationType": "NEVER_HEARD_OF", "operator": "IS"}, "operator"),
        (None, "operator"),
    ],
)
def test_an_operation_without_a_counterpart_says_why(operation: object, why: str) -> None:
    read = parse_test("size", operation)
    assert isinstance(read, NoEquivalent)
    assert read.why == why


def test_a_condition_of_several_holds_where_all_hold_and_is_lost_with_one_of_them() -> None:
    big = {
        "type": "SINGLE",
        "property": "size",
        "operation": {"operationType": "NUMBER", "operator": "IS_GREATER_THAN", "value": 5},
    }
    blank = {
        "type": "SINGLE", "property": "city",
        "operation": {
            "operationType": "STRING", "operator": "IS_EQUAL_TO", "value": "Madrid",
            "includeObjectsWithNoValueSet": True,
        },
    }  # fmt: skip
    both = parse_condition({"type": "COMPOSITE", "operator": "AND", "conditions": [big, blank]}, "company")
    assert both == AllOf(
        (
            PropertyTest("size", "over", 5.0, owner="company"),
            PropertyTest("city", "in", ("Madrid",), or_blank=True, owner="company"),
        )
    )
    odd = {"type": "SINGLE", "property": "a", "operation": {"operationType": "CALENDAR_DATE", "operator": "IS"}}
    assert isinstance(parse_condition({"conditions": [big, odd]}), NoEquivalent)
    assert isinstance(parse_condition({"conditions": []}), NoEquivalent)


def test_a_time_frame_is_a_number_of_days_or_says_why_not() -> None:
    rolling = {"operationType": "ROLLING_DATE_RANGE", "operator": "IS_LESS_THAN_X_DAYS_AGO", "numberOfDays": 90}
    assert parse_window_days(None) is None
    assert parse_window_days({"eventFilterOperation": rolling}) == 90.0
    older = {"eventFilterOperation": {**rolling, "operator": "IS_MORE_THAN_X_DAYS_AGO"}}
    assert isinstance(parse_window_days(older), NoEquivalent)


def rule(calculation: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": "1", "enabled": True, "configuration": {"calculation": calculation}, **more}


def score(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    group = {"id": "9", "groupName": "G", "groupCategory": "INTENT", "ruleConfigurations": list(rules)}
    return {
        "id": 7,
        "name": "S",
        "objectTypeId": "0-1",
        "allowedGroupTypes": ["INTENT"],
        "groupConfigs": [group],
        **more,
    }


def events(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"type": "MULTI_UE", "eventCalculators": list(entries)}


def test_events_are_kinds_and_forms_are_named() -> None:
    of_form = {
        "type": "MATCH", "property": "hs_form_id",
        "matchRules": [
            {"operation": {"operationType": "ENUMERATION", "operator": "IS_ANY_OF", "values": ["f1"]}, "value": 20},
        ],
    }  # fmt: skip
    unknown = {**of_form, "matchRules": [{**of_form["matchRules"][0], "operation": {
        "operationType": "ENUMERATION", "operator": "IS_ANY_OF", "values": ["f2"]}}]}  # fmt: skip
    often = {
        "type": "BETWEEN",
        "ranges": [{"type": "EXACTLY", "from": 1, "value": 2}, {"type": "AT_LEAST", "from": 2, "value": 4}],
    }
    once = {"type": "CONSTANT", "value": 1}
    read = parse_score(
        score(
            rule(events({"eventTypeId": "4-96000", "recordCalculation": {"type": "CONSTANT", "value": 1}})),
            rule(events({"eventTypeId": "4-1639801", "recordCalculation": of_form})),
            rule(events({"eventTypeId": "4-1639801", "recordCalculation": unknown})),
            rule(events({"eventTypeId": "6-12345", "recordCalculation": {"type": "CONSTANT", "value": 9}})),
            rule(events({"eventTypeId": "4-666440", "recordCalculation": once, "eventFrequencyCriteria": often})),
            rule({"type": "CONSTANT", "value": 3}, enabled=False),
        ),
        {"f1": "Descarga: guía"},
    )  # fmt: skip
    parts = {one.position: one.parts for one in read.groups[0].rules}
    assert parts == {
        1: (Happening("page_view", 1.0),),
        2: (Happening(None, 20.0, "form_submissions", PropertyTest("form_name", "in", ("Descarga: guía",))),),
        3: (NoEquivalent("form_name", "f2", 20.0),),
        4: (NoEquivalent("event", "6-12345", 9.0),),
        5: (Happening("email_open", 1.0, times=(Times(1, 2.0), Times(2, 4.0))),),
    }


def test_related_records_are_companies_or_nothing() -> None:
    size = {"type": "MATCH", "property": "numberofemployees", "matchRules": []}
    of_company = {
        "type": "ASSOCIATIONS",
        "associatedObjectTypeId": "0-2",
        "rollupType": "MAX",
        "recordCalculation": size,
    }
    filtered = {**of_company, "associationFilters": {"propertyFilters": [{"filterType": "PROPERTY"}]}}
    of_deal = {**of_company, "associatedObjectTypeId": "0-3"}
    read = parse_score(score(rule({"type": "MULTI", "calculators": [of_company, filtered, of_deal]})), {})
    assert read.groups[0].rules[0].parts == (
        Table((), all_related=True), NoEquivalent("association", "0-2"), NoEquivalent("association", "0-3"),
    )  # fmt: skip


@pytest.mark.parametrize("older", [False, True])
def test_limits_are_read_in_either_spelling(older: bool) -> None:
    limits = {"maximumValue": 30, "minimumValue": -5} if older else {"maxValue": 30, "minValue": -5}
    document = score(
        rule({"type": "CONSTANT", "value": 1}, **limits), **{"maxScore" if older else "maxScorePerCategory": 200}
    )
    document["groupConfigs"][0]["groupDecay"] = {"decayIntervalDays": 30, "percentToDecayPerInterval": 25}
    read = parse_score(document, {})
    group = read.groups[0]
    assert (read.id, read.most, group.rules[0].most, group.rules[0].least) == ("7", 200.0, 30.0, -5.0)
    assert group.decay == Decay(30.0, 25.0)
    assert (group.decay.half_life_days, group.decay.whole_life_days) == (60.0, 120.0)


def test_outputs_and_where_labels_begin_are_told_apart_by_axis() -> None:
    tiers = [{"label": "High", "threshold": 70}, {"label": "Low", "threshold": 0}]
    outputs = [
        {"outputType": "SCORE", "propertyName": "total", "categories": ["FIT", "INTENT"]},
        {"outputType": "THRESHOLD", "propertyName": "level", "categories": ["INTENT"], "boundaries": tiers},
        {"outputType": "MATRIX", "propertyName": "grid", "categories": ["FIT", "INTENT"], "boundaries": {"FIT": tiers}},
    ]
    segments = {"listFilterType": "INCLUDES", "segmentIds": [3]}
    read = parse_score(score(outputConfiguration={"outputs": outputs}, filterConfiguration=segments), {})
    assert read.outputs == (Output("total", frozenset(("fit", "engagement"))),)
    assert read.bounds == (Bounds(frozenset(("engagement",)), (0.0, 70.0)), Bounds(frozenset(("fit",)), (0.0, 70.0)))
    assert read.segments == "some"


def test_a_line_of_the_list_and_of_the_history() -> None:
    line = {"id": "3", "name": "S", "scoreStatus": "PUBLISHED", "scoredObjectTypeId": "0-1"}
    assert parse_head(line) == ScoreHead("3", "S", is_live=True, scores_people=True)
    assert parse_head({"name": "S"}) is None
    entry = {"delta": 5, "resolvedProperties": {"jobtitle": {}}, "renderedEvents": [{"eventTypeId": "4-96000"}]}
    assert parse_change(entry) == ScoreChange(5.0, ("jobtitle",), ("4-96000",))


class Account:
    """Answer by path and query as an account of another making: ids as numbers, no paging key on the last page."""

    def __init__(self, answers: dict[str, tuple[int, Any]]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        asked = request.url.path + (f"?after={after}" if (after := request.url.params.get("after")) else "")
        self.asked.append(asked)
        status, body = self.answers.get(asked, (404, {"category": "OBJECT_NOT_FOUND", "message": "no"}))
        return httpx.Response(status, json=body)


SCORES = "/marketing/lead-scoring/2026-09-beta/scores"


def open_account(answers: dict[str, tuple[int, Any]], version: str = "2026-09") -> tuple[Any, Account]:
    account = Account(answers)
    connection = HubSpotConnection(base_url="https://crm.example", access_token="t", api_version=version)
    return open_scores(connection, transport=httpx.MockTransport(account)), account


def test_scores_are_listed_to_the_last_page_and_read_with_the_names_of_forms() -> None:
    line = {"scoreStatus": "published", "scoredObjectTypeId": "0-1"}
    opened, account = open_account(
        {
            SCORES: (200, {"results": [{"id": 1, "name": "A", **line}], "paging": {"next": {"after": "1"}}}),
            f"{SCORES}?after=1": (200, {"results": [{"id": 2, "name": "B", **line}]}),
            f"{SCORES}/2": (200, score()),
            "/marketing/v3/forms": (200, {"results": []}),
        }
    )
    with opened as shelf:
        assert [head.id for head in shelf.heads()] == ["1", "2"]
        assert shelf.read("2").name == "S"
    assert account.asked[:3] == [SCORES, f"{SCORES}?after=1", f"{SCORES}/2"]


@pytest.mark.parametrize("version", ["2026-03", "v3"])
def test_an_older_version_of_the_api_has_the_first_beta_of_scores(version: str) -> None:
    opened, account = open_account({SCORES: (200, {"results": []})}, version)
    with opened as shelf:
        assert shelf.heads() == []
    assert account.asked == [SCORES]


def test_a_refused_scope_and_a_missing_api_are_told_apart() -> None:
    lacking = {
        "category": "MISSING_SCOPES",
        "message": "no",
        "errors": [{"context": {"requiredGranularScopes": ["mh-lead-scoring-view"]}}],
    }
    refused, _ = open_account({SCORES: (403, lacking)})
    with refused as shelf, pytest.raises(AccessError, match="mh-lead-scoring-view"):
        shelf.heads()
    missing, _ = open_account({})
    with missing as shelf, pytest.raises(GoneError):
        shelf.heads()


def test_companies_out_of_reach_leave_their_properties_out() -> None:
    listed = {"results": [{"name": "jobtitle", "label": "Job", "type": "string", "options": []}]}
    opened, _ = open_account({"/crm/properties/2026-09/contacts": (200, listed)})
    with opened as shelf:
        assert {owner: set(fields) for owner, fields in shelf.fields().items()} == {"person": {"jobtitle"}}
