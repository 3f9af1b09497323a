"""Decide random cases with the product and with the slow reading, and compare every field."""

import os
from typing import Any, cast

import pytest

from connector.domain.case_file import parse_cases
from connector.domain.decision import qualify
from connector.domain.decision_json import to_json
from connector.domain.model_file import parse_model
from connector.domain.person import ValueType

from .decide import decide
from .engagement import double_term, exact_term
from .strategies import Sample, draw
from .timeline import dated
from .values import MICROSECONDS, read_instant
from .view import Case, look

CASES = int(os.environ.get("PUENTE_CASES", "300"))
FIRST = int(os.environ.get("PUENTE_FIRST_CASE", "100000"))
BATCH = 20


def product_decides(sample: Sample) -> dict[str, Any]:
    """Decide from the files' text, as the product's own command for cases does."""
    types = cast("dict[str, ValueType]", sample.types)
    model = parse_model(sample.model_text, file="model.yaml", types=types)
    [case] = parse_cases(sample.case_text, "case.yaml", types)
    decision = qualify(case.person, case.timeline, model, case.now, case.memory)
    after = decision.after
    left = {"stage": after.stage, "set_at": read_instant(after.set_at), "episodes": dict(after.episodes)}
    return {**to_json(decision, "es"), "memory": left}


def reference_decides(sample: Sample) -> dict[str, Any]:
    decision = decide(sample.model, sample.types, sample.person, sample.timeline, sample.memory, sample.now)
    left = decision["memory"]
    memory = {key: left.get(key) for key in ("stage", "set_at", "episodes")}
    memory |= {"set_at": read_instant(left.get("set_at")), "episodes": left.get("episodes") or {}}
    return {**decision, "memory": memory}


def differences(expected: Any, actual: Any, path: str = "") -> list[str]:
    """Name every place where the product says something else; what only the product says is not compared."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return [line for key in expected for line in differences(expected[key], actual.get(key), f"{path}.{key}")]
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        pairs = enumerate(zip(expected, actual, strict=True))
        return [line for n, (one, other) in pairs for line in differences(one, other, f"{path}[{n}]")]
    if isinstance(expected, float) and isinstance(actual, (int, float)):
        same = actual == pytest.approx(expected, rel=1e-12, abs=1e-9)
    else:
        same = expected == actual
    return [] if same else [f"{path}: the rules say {expected!r}, the product {actual!r}"]


def disagreements(sample: Sample) -> list[str]:
    expected = reference_decides(sample)
    lines = differences(expected, product_decides(sample))
    if lines and not is_sharp(sample, expected):
        return [line for line in lines if not line.startswith(".next_review_at")]
    return lines


def is_sharp(sample: Sample, decision: dict[str, Any]) -> bool:
    """Tell whether doubles, too, see the decision turn in the very second of its review.

    Far out, two sums can cross by less than a double can hold. No decision made then could show it.
    """
    review = read_instant(decision["next_review_at"])
    if review is None:
        return True
    case = Case(sample.model, sample.types, sample.person, dated(sample.timeline))
    memory = decide(sample.model, sample.types, sample.person, sample.timeline, sample.memory, sample.now)["memory"]
    return all(
        look(case, memory, instant, double_term).watched() == look(case, memory, instant, exact_term).watched()
        for instant in (review - MICROSECONDS, review)
    )


@pytest.mark.parametrize("first", range(FIRST, FIRST + CASES, BATCH))
def test_the_product_decides_as_the_slow_reading_does(first: int) -> None:
    found = {}
    for seed in range(first, min(first + BATCH, FIRST + CASES)):
        sample = draw(seed)
        if lines := disagreements(sample):
            found[seed] = lines
    assert not found
