"""Decide random cases with the product and with the slow reading, and compare every field."""

import os
from typing import Any, cast

import pytest

from connector.domain.decision import qualify
from connector.domain.decision_json import to_json
from connector.domain.model import Model
from connector.domain.model_file import parse_model
from connector.domain.person import UNKNOWN, Event, Memory, Person, SalesVerdict, Timeline, ValueType
from connector.domain.values import parse_count, parse_instant, parse_value

from .decide import decide
from .strategies import Sample, draw
from .values import read_instant

CASES = int(os.environ.get("PUENTE_CASES", "300"))
FIRST = int(os.environ.get("PUENTE_FIRST_CASE", "100000"))
BATCH = 20
TEXTS = ("asset", "url", "form", "campaign", "topic", "channel", "direction", "outcome")


def product_model(sample: Sample) -> Model:
    types = cast("dict[str, ValueType]", sample.types)
    return parse_model(sample.model_text, file=f"seed-{sample.seed}.yaml", types=types)


def product_person(sample: Sample) -> Person:
    types = cast("dict[str, ValueType]", sample.types)
    return Person({name: parse_value(sample.person.get(name), kind) for name, kind in types.items()})


def product_timeline(sample: Sample) -> Timeline:
    """Type the events as an adapter does; those without a readable time never become events."""
    events = []
    for raw in sample.timeline:
        at = parse_instant(raw["occurred_at"])
        if at is UNKNOWN:
            continue
        texts = {name: raw.get(name) for name in TEXTS}
        count = None if raw.get("count") is None else cast("int", parse_count(raw["count"]))
        machine = parse_value(raw.get("machine"), "boolean") is True
        events.append(Event(raw["id"], raw["kind"], at, **texts, count=count, machine=machine))
    return Timeline(tuple(events))


def product_memory(raw: dict[str, Any] | None) -> Memory:
    raw = raw or {}
    sales, set_at = raw.get("sales"), parse_instant(raw.get("set_at"))
    return Memory(
        raw.get("stage"),
        raw.get("set_by", "puente"),
        None if set_at is UNKNOWN else set_at,
        sales and SalesVerdict(sales["verdict"], cast("Any", parse_instant(sales["at"])), sales.get("reason")),
        raw.get("episodes") or {},
    )


def product_decides(sample: Sample) -> dict[str, Any]:
    decision = qualify(
        product_person(sample),
        product_timeline(sample),
        product_model(sample),
        sample.now,
        product_memory(sample.memory),
    )
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


@pytest.mark.parametrize("first", range(FIRST, FIRST + CASES, BATCH))
def test_the_product_decides_as_the_slow_reading_does(first: int) -> None:
    found = {}
    for seed in range(first, min(first + BATCH, FIRST + CASES)):
        sample = draw(seed)
        if lines := differences(reference_decides(sample), product_decides(sample)):
            found[seed] = lines
    assert not found
