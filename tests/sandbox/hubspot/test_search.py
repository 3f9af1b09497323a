"""Searches: every operator, their own bounds, their lag."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import ANA, EVA, LUIS, ROBOT, Box, Serve

SEARCH = "/crm/objects/2026-09/contacts/search"


def by(name: str, operator: str, **operands: Any) -> dict[str, Any]:
    return {"filterGroups": [{"filters": [{"propertyName": name, "operator": operator, **operands}]}]}


def found(box: Box, body: dict[str, Any]) -> list[str]:
    return [one["id"] for one in box.post(SEARCH, body, 200)["results"]]


@pytest.mark.parametrize(
    ("name", "operator", "operands", "expected"),
    [
        ("email", "EQ", {"value": "ANA@lumina.example"}, [ANA]),
        ("email", "NEQ", {"value": "ana@lumina.example"}, [LUIS, EVA, ROBOT]),
        ("hs_object_id", "GT", {"value": LUIS}, [EVA, ROBOT]),
        ("hs_object_id", "GTE", {"value": LUIS}, [LUIS, EVA, ROBOT]),
        ("hs_analytics_num_page_views", "LT", {"value": "43"}, [ANA]),
        ("hs_analytics_num_page_views", "LTE", {"value": "41"}, []),
        ("hs_analytics_num_page_views", "BETWEEN", {"value": "9", "highValue": "100"}, [ANA]),
        ("createdate", "GTE", {"value": "2026-10-20T00:00:00Z"}, [LUIS, ROBOT]),
        ("createdate", "LT", {"value": "1792454400000"}, [ANA, EVA]),
        ("lifecyclestage", "IN", {"values": ["lead", "customer"]}, [ANA, EVA]),
        ("lifecyclestage", "NOT_IN", {"values": ["lead"]}, [LUIS, EVA, ROBOT]),
        ("lifecyclestage", "HAS_PROPERTY", {}, [ANA, EVA]),
        ("lifecyclestage", "NOT_HAS_PROPERTY", {}, [LUIS, ROBOT]),
        ("email", "CONTAINS_TOKEN", {"value": "*@lumina.example"}, [ANA, LUIS]),
        ("email", "NOT_CONTAINS_TOKEN", {"value": "lumina"}, [EVA, ROBOT]),
    ],
)
def test_an_operator_finds(box: Box, name: str, operator: str, operands: dict[str, Any], expected: list[str]) -> None:
    assert found(box, by(name, operator, **operands)) == expected


def test_groups_are_alternatives_and_filters_conditions(box: Box) -> None:
    spain = {"propertyName": "hs_country_region_code", "operator": "EQ", "value": "ES"}
    named = {"propertyName": "firstname", "operator": "EQ", "value": "Ana"}
    nobody = {"propertyName": "firstname", "operator": "EQ", "value": "Nobody"}
    assert found(box, {"filterGroups": [{"filters": [spain, named]}]}) == [ANA]
    assert found(box, {"filterGroups": [{"filters": [spain, nobody]}, {"filters": [spain]}]}) == [ANA]
    assert found(box, {"query": "lumina"}) == [ANA, LUIS]


def test_results_are_sorted_and_paged(box: Box) -> None:
    sorts = [{"propertyName": "createdate", "direction": "DESCENDING"}]
    first = box.post(SEARCH, {"sorts": sorts, "limit": 3}, 200)
    assert [one["id"] for one in first["results"]] == [ROBOT, LUIS, ANA]
    assert (first["total"], first["paging"]["next"]["after"]) == (4, "3")
    rest = box.post(SEARCH, {"sorts": sorts, "limit": 3, "after": "3"}, 200)
    assert [one["id"] for one in rest["results"]] == [EVA]
    assert "paging" not in rest


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 201},
        {"limit": 200, "after": "9900"},
        {"after": "x"},
        by("nope", "EQ", value="1"),
        by("email", "LIKE", value="1"),
        by("createdate", "GT", value="yesterday"),
        by("hs_analytics_num_page_views", "GT", value="many"),
        by("lifecyclestage", "IN"),
        {"filterGroups": [{"filters": []}] * 6},
        {"filterGroups": [{"filters": by("email", "EQ", value="1")["filterGroups"][0]["filters"] * 7}]},
        {"filterGroups": "all"},
        {"sorts": ["email", "createdate"]},
        {"sorts": [{"propertyName": "nope"}]},
        {"query": "x" * 3_000},
    ],
)
def test_a_search_against_the_rules_is_refused(box: Box, body: dict[str, Any]) -> None:
    assert box.post(SEARCH, body, 400)["category"] == "VALIDATION_ERROR"


def test_new_records_appear_late(serve: Serve) -> None:
    box = serve(search_lag_seconds=30)
    made = box.post("/crm/objects/2026-09/contacts", {"properties": {"email": "new@example.org"}}, 201)
    assert found(box, by("email", "EQ", value="new@example.org")) == []
    box.clock.advance(30)
    assert found(box, by("email", "EQ", value="new@example.org")) == [made["id"]]


def test_archived_and_merged_records_are_not_found(box: Box) -> None:
    box.control("delete", {"person": EVA})
    box.control("merge", {"from": LUIS, "into": ANA})
    assert found(box, {}) == [ANA, ROBOT]


def test_deals_are_found_by_their_calculated_flags(box: Box) -> None:
    body = by("hs_is_closed_won", "EQ", value="true")
    reply = box.post("/crm/objects/2026-09/deals/search", {**body, "properties": ["amount"]}, 200)
    assert [one["properties"]["amount"] for one in reply["results"]] == ["1200"]
