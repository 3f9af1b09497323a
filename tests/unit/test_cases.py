"""Comparing a decision with what a case expects, and the document that says so."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from connector.domain.case_file import parse_cases
from connector.domain.cases import compare, run_cases, to_report
from connector.domain.model_file import parse_model
from connector.errors import Problem

DECISION: dict[str, Any] = {
    "stage": "sql",
    "engagement": 9.68,
    "fit": {"pct": 100.0, "verdict": "fit", "distance": None, "criteria": [{"id": "a", "weight": 20.0}]},
    "handoff": None,
    "reasons": ["one", "two"],
    "flag": True,
    "changes": {},
    "next_review_at": "2026-03-02T10:00:00Z",
    "owner": "2026",
}


@pytest.mark.parametrize(
    "expected",
    [
        {},
        {"stage": "sql"},
        {"engagement": 9.68},
        {"engagement": 9.685},
        {"engagement": 9.675},
        {"fit": {}},
        {"fit": {"pct": 100}},
        {"fit": {"criteria": [{"weight": 20}]}},
        {"fit": {"distance": None}},
        {"handoff": None},
        {"reasons": ["one", "two"]},
        {"flag": True},
        {"changes": {"puente_stage": None}},
        {"next_review_at": "2026-03-02T10:00:01Z"},
        {"next_review_at": "2026-03-02T11:00:00.5+01:00"},
    ],
)
def test_what_is_expected_holds(expected: dict[str, Any]) -> None:
    assert compare(expected, DECISION) == []


@pytest.mark.parametrize(
    ("expected", "paths"),
    [
        ({"stage": "mql"}, ["stage"]),
        ({"stage": "SQL"}, ["stage"]),
        ({"engagement": 9.69}, ["engagement"]),
        ({"engagement": "9.68"}, ["engagement"]),
        ({"engagement": None}, ["engagement"]),
        ({"fit": None}, ["fit"]),
        ({"fit": {"pct": 99, "verdict": "unfit"}}, ["fit.pct", "fit.verdict"]),
        ({"fit": {"criteria": []}}, ["fit.criteria"]),
        ({"fit": {"criteria": [{"id": "b"}]}}, ["fit.criteria[0].id"]),
        ({"fit": {"procent": 100}}, ["fit.procent"]),
        ({"handoff": {"kind": "contact"}}, ["handoff"]),
        ({"reasons": ["one"]}, ["reasons"]),
        ({"reasons": ["two", "one"]}, ["reasons[0]", "reasons[1]"]),
        ({"reasons": "one"}, ["reasons"]),
        ({"flag": 1}, ["flag"]),
        ({"stages": None}, ["stages"]),
        ({"changes": {"puente_stage": ["lead", "sql"]}}, ["changes.puente_stage"]),
        ({"next_review_at": "2026-03-02T10:00:02Z"}, ["next_review_at"]),
        ({"next_review_at": "2026-03-02T10:00:00"}, ["next_review_at"]),
        ({"owner": "2027"}, ["owner"]),
    ],
)
def test_every_difference_is_named_by_its_path(expected: dict[str, Any], paths: list[str]) -> None:
    assert [difference.path for difference in compare(expected, DECISION)] == paths


MODEL = """
model: short
version: "1"
fit: {criteria: [{id: country, weight: 1, when: {attribute: country, equals: ES}}]}
engagement: {signals: [{id: view, kind: page_view, points: 10, half_life_days: null}]}
"""
CASES = """
- name: a view counts ten
  now: 2026-03-02T10:00:00Z
  person: {country: ES}
  timeline: [{id: e1, kind: page_view, occurred_at: 2026-03-01T10:00:00Z}, {id: e2, kind: page_view}]
  expect: {stage: lead, engagement: 10, fit: {pct: 100}, contributions: [{rule: view, points: 10, events: [e1]}]}
- name: a wrong expectation is named
  now: 2026-03-02T10:00:00Z
  expect: {stage: mql}
"""


def test_cases_are_decided_with_the_model_and_reported_as_one_document() -> None:
    model = parse_model(MODEL, file="model.yaml", types={"country": "text"})
    results = run_cases(parse_cases(CASES, "cases.yaml", {"country": "text"}), model, "en")
    report = orjson.loads(orjson.dumps(to_report(model, (), results)))
    assert report["ok"] is False
    assert report["model"] == {"name": "short", "version": "1", "hash": model.hash}
    assert report["problems"] == []
    right, wrong = report["cases"]
    assert (right["name"], right["ok"], right["differences"]) == ("a view counts ten", True, [])
    assert right["decision"]["engagement"] == 10
    assert wrong["differences"] == [{"path": "stage", "expected": "mql", "actual": "lead"}]


def test_a_report_of_problems_is_not_ok() -> None:
    report = to_report(None, [Problem("model.yaml", 3, "fit", "missing — add it")])
    assert report == {
        "ok": False,
        "model": None,
        "problems": [{"file": "model.yaml", "line": 3, "path": "fit", "message": "missing — add it"}],
        "cases": [],
    }


def test_the_same_cases_give_the_same_report() -> None:
    model = parse_model(MODEL, file="model.yaml", types={"country": "text"})
    cases = parse_cases(CASES, "cases.yaml", {"country": "text"})
    first, again = (orjson.dumps(to_report(model, (), run_cases(cases, model, "es"))) for _ in range(2))
    assert first == again
