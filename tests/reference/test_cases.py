"""Hold the golden cases: the slow reading gives what they expect, and so does the product."""

from typing import Any

import pytest

from connector.domain.decision import qualify
from connector.domain.decision_json import to_json
from connector.files import check_files

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
    read = check_files(golden.model_path, golden.mapping_path, golden.path, "hubspot")
    assert not read.problems
    assert read.model
    assert read.cases
    decisions = [
        to_json(qualify(case.person, case.timeline, read.model, case.now, case.memory), "es") for case in read.cases
    ]
    check(golden, decisions)


def test_every_case_has_a_name_of_its_own() -> None:
    names = [case["name"] for golden in FILES for case in golden.cases]
    assert len(names) == len(set(names))
