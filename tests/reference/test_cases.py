"""Hold the golden cases: the slow reading gives what they expect, and so does the product."""

from typing import Any, cast

import pytest

from connector.domain.case_file import parse_cases
from connector.domain.decision import qualify
from connector.domain.decision_json import to_json
from connector.domain.model_file import parse_model
from connector.domain.person import ValueType

from .case_files import GoldenFile, golden_files, shortfalls
from .decide import decide

FILES = golden_files()


def check(golden: GoldenFile, decisions: list[dict[str, Any]]) -> None:
    found = {}
    for case, decision in zip(golden.cases, decisions, strict=True):
        assert set(case["expect"]) <= set(decision), case["name"]
        if lines := shortfalls(case["expect"], decision):
            found[case["name"]] = lines
    assert not found


@pytest.mark.parametrize("golden", FILES, ids=lambda golden: golden.path.stem)
def test_the_slow_reading_gives_what_the_cases_expect(golden: GoldenFile) -> None:
    model, types = golden.model, golden.types
    decisions = [
        decide(model, types, case["person"], case["timeline"], case.get("memory"), case["now"]) for case in golden.cases
    ]
    check(golden, decisions)


@pytest.mark.parametrize("golden", FILES, ids=lambda golden: golden.path.stem)
def test_the_product_gives_what_the_cases_expect(golden: GoldenFile) -> None:
    types = cast("dict[str, ValueType]", golden.types)
    model = parse_model(golden.model_path.read_text(encoding="utf-8"), file=golden.model_path.name, types=types)
    cases = parse_cases(golden.path.read_text(encoding="utf-8"), golden.path.name, types)
    decisions = [to_json(qualify(case.person, case.timeline, model, case.now, case.memory), "es") for case in cases]
    check(golden, decisions)


def test_every_case_has_a_name_of_its_own() -> None:
    names = [case["name"] for golden in FILES for case in golden.cases]
    assert len(names) == len(set(names))
