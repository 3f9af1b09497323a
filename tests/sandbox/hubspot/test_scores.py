"""Lead scores: listed by page, told with their rules, and added up as HubSpot says."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.hubspot.score_match import matches
from sandbox.hubspot.score_sum import Happened, Subject, add_up

from .conftest import ANA, ROBOT, Box

BASE = "/marketing/lead-scoring/2026-09-beta"
DAY_MS = 86_400_000
NOW_MS = 1_000 * DAY_MS


def group(*calculations: dict[str, Any], **more: Any) -> dict[str, Any]:
    rules = [{"id": "1", "enabled": True, "configuration": {"calculation": one}} for one in calculations]
    return {"id": "2", "groupName": "G", "groupCategory": "INTENT", "ruleConfigurations": rules, **more}


def of_event(type_id: str, **more: Any) -> dict[str, Any]:
    entry = {"eventTypeId": type_id, "recordCalculation": {"type": "CONSTANT", "value": 10}, **more}
    return {"type": "MULTI_UE", "eventCalculators": [entry]}


def subject(*days_ago: float, contact: dict[str, str] | None = None) -> Subject:
    events = [Happened("4-96000", int(NOW_MS - days * DAY_MS), {}) for days in days_ago]
    return Subject(contact or {}, [{"size": "50"}, {"size": "5"}], frozenset((7,)), events, NOW_MS)


def test_scores_are_listed_by_page_and_told_whole(box: Box) -> None:
    first = box.http.get(f"{BASE}/scores", params={"limit": "3"}).json()
    assert [one["id"] for one in first["results"]] == ["101", "102", "103"]
    assert "groupConfigs" not in first["results"][0]
    rest = box.http.get(f"{BASE}/scores", params={"after": first["paging"]["next"]["after"]}).json()
    assert [one["scoredObjectTypeId"] for one in rest["results"]] == ["0-2"]
    assert "paging" not in rest
    whole = box.http.get(f"{BASE}/scores/101").json()
    assert whole["groupConfigs"][0]["groupCategory"] == "FIT"
    assert box.http.get(f"{BASE}/scores/999").status_code == 404
    assert box.http.get(f"{BASE}/scores", params={"limit": "101"}).status_code == 400


def test_contacts_have_the_values_and_whom_no_rule_concerns_has_none(box: Box) -> None:
    names = "encaje,encaje_threshold,interes"
    ana, robot = (
        box.http.get(f"/crm/objects/2026-09/contacts/{one}", params={"properties": names}).json()["properties"]
        for one in (ANA, ROBOT)
    )
    assert float(ana["encaje"]) > 0
    assert ana["encaje_threshold"] in ("Alto", "Medio", "Bajo")
    assert (robot["encaje"], robot["interes"]) == (None, None)
    history = box.http.get(
        f"{BASE}/score-values/object-history",
        params={"objectTypeId": "0-1", "objectId": ANA, "outputProperty": "encaje"},
    ).json()["results"]
    assert [(one["propertyValue"], one["delta"]) for one in history] == [(ana["encaje"], float(ana["encaje"]))]
    assert box.http.get(f"{BASE}/score-values/object-history").status_code == 400


def test_a_value_cannot_be_written(box: Box) -> None:
    reply = box.http.patch(f"/crm/objects/2026-09/contacts/{ANA}", json={"properties": {"encaje": "99"}})
    assert (reply.status_code, "READ_ONLY_VALUE" in reply.text) == (400, True)


def test_other_scores_take_their_place_at_once(box: Box) -> None:
    whole = box.http.get(f"{BASE}/scores/101").json()
    whole["groupConfigs"] = [group({"type": "CONSTANT", "value": 42})]
    assert box.http.post("/_sandbox/scores", json={"scores": [whole]}).json() == {"scores": ["101"]}
    assert [one["id"] for one in box.http.get(f"{BASE}/scores").json()["results"]] == ["101"]
    found = box.http.get(f"/crm/objects/2026-09/contacts/{ROBOT}", params={"properties": "encaje"}).json()
    assert found["properties"]["encaje"] == "42"


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([group(of_event("4-96000"))], 20.0),
        ([group(of_event("4-1"))], None),
        ([group(of_event("4-96000"), maxValue=15)], 15.0),
        ([group(of_event("4-96000"), groupDecay={"decayIntervalDays": 30, "percentToDecayPerInterval": 25})], 17.5),
        (
            [
                group(
                    of_event(
                        "4-96000",
                        eventFrequencyCriteria={
                            "type": "BETWEEN",
                            "ranges": [
                                {"type": "EXACTLY", "from": 1, "value": 3},
                                {"type": "AT_LEAST", "from": 2, "value": 7},
                            ],
                        },
                    )
                )
            ],
            7.0,
        ),
        ([group(of_event("4-96000")), group({"type": "CONSTANT", "value": -30})], -10.0),
        ([group({"type": "CONSTANT", "value": 500})], 100.0),
        (
            [
                group(
                    {
                        "type": "SEGMENT_MEMBERSHIP",
                        "segmentMembershipRules": [
                            {"operation": "HAS_ALL_SEGMENT_MEMBERSHIP", "segmentIds": [7], "value": 4},
                            {"operation": "HAS_NO_SEGMENT_MEMBERSHIP", "segmentIds": [7], "value": 8},
                        ],
                    }
                )
            ],
            4.0,
        ),
    ],
)
def test_rules_add_up_within_their_limits(groups: list[dict[str, Any]], expected: float | None) -> None:
    score = {"groupConfigs": groups, "maxScorePerCategory": 100}
    assert add_up(score, subject(0, 31)) == expected


@pytest.mark.parametrize(("rollup", "expected"), [("MAX", 20.0), ("MIN", 5.0), ("SUM", 25.0), ("AVG", 12.5)])
def test_companies_are_rolled_up(rollup: str, expected: float) -> None:
    sizes = [
        {"operation": {"operationType": "NUMBER", "operator": "IS_GREATER_THAN", "value": 10}, "value": 20},
        {"operation": {"operationType": "NUMBER", "operator": "IS_LESS_THAN", "value": 10}, "value": 5},
    ]
    calculation = {
        "type": "ASSOCIATIONS", "associatedObjectTypeId": "0-2", "rollupType": rollup,
        "recordCalculation": {"type": "MATCH", "property": "size", "matchRules": sizes},
    }  # fmt: skip
    assert add_up({"groupConfigs": [group(calculation)]}, subject()) == expected


@pytest.mark.parametrize(
    ("operation", "value", "expected"),
    [
        ({"operationType": "MULTISTRING", "operator": "CONTAINS", "values": ["Direct"]}, "directora", True),
        ({"operationType": "ENUMERATION", "operator": "IS_NONE_OF", "values": ["A"]}, "B", True),
        ({"operationType": "ENUMERATION", "operator": "IS_NONE_OF", "values": ["A"]}, "", False),
        (
            {
                "operationType": "ENUMERATION",
                "operator": "IS_NONE_OF",
                "values": ["A"],
                "includeObjectsWithNoValueSet": True,
            },
            "",
            True,
        ),
        ({"operationType": "ALL_PROPERTY", "operator": "IS_UNKNOWN"}, "", True),
        ({"operationType": "ALL_PROPERTY", "operator": "IS_KNOWN"}, "x", True),
        ({"operationType": "NUMBER_RANGED", "operator": "IS_BETWEEN", "lowerBound": 1, "upperBound": 3}, "3", True),
        ({"operationType": "NUMBER", "operator": "IS_GREATER_THAN", "value": 3}, "many", False),
        ({"operationType": "BOOL", "operator": "IS_EQUAL_TO", "value": True}, "true", True),
        (
            {"operationType": "ROLLING_DATE_RANGE", "operator": "IS_MORE_THAN_X_DAYS_AGO", "numberOfDays": 10},
            str(NOW_MS - 11 * DAY_MS),
            True,
        ),
    ],
)
def test_operations_hold_as_the_guide_says(operation: dict[str, Any], value: str, expected: bool) -> None:
    assert matches(operation, value, NOW_MS) is expected
