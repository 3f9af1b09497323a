"""Say which rules and attributes of this model the account can feed, which not and why. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from connector.cli.doctor_check import Check, Value, fail, ok, warn
from connector.domain.conditions import Truth, evaluate
from connector.domain.mapping import AttributeSource, EventSource, Mapping
from connector.domain.model import HandRaise, Model, Signal
from connector.domain.person import UNKNOWN
from connector.ports import Record

Obstacle: TypeAlias = Callable[[EventSource | AttributeSource], str | None]
Supply: TypeAlias = Literal["supplied", "stand_in", "missing"]
Fed: TypeAlias = Literal["signal", "hand_raise", "attribute"]
NOT_MAPPED = "not_mapped"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Say how one rule (or attribute) of the model is fed, and for how many of the sampled people something is there.

    `stand_in`: only by a counter, which knows neither pages nor days. `why` says what a missing one lacks.
    """

    what: Fed
    id: str
    kind: str
    supply: Supply
    source: str | None
    why: str | None
    people: int


def cover(
    model: Model, mapping: Mapping, used: Collection[str], obstacle: Obstacle, sample: Sequence[Record], now: datetime
) -> list[Coverage]:
    """Return one line per signal, hand-raise and used attribute, in the order of the model."""
    rules: list[tuple[Fed, Signal | HandRaise]] = [("signal", rule) for rule in model.engagement.signals]
    rules += [("hand_raise", rule) for rule in model.hand_raises]
    supplies = {rule.kind: _supply_of(rule.kind, mapping, obstacle) for _, rule in rules}
    lines = [
        Coverage(what, rule.id, rule.kind, *supplies[rule.kind], sum(_did(record, rule, now) for record in sample))
        for what, rule in rules
    ]
    return [*lines, *_attributes(mapping, used, obstacle, sample)]


def _supply_of(kind: str, mapping: Mapping, obstacle: Obstacle) -> tuple[Supply, str | None, str | None]:
    entries = [entry for entry in mapping.events if entry.kind == kind]
    obstacles = [(entry, obstacle(entry)) for entry in entries]
    free = [entry for entry, why in obstacles if why is None]
    if first := next((entry for entry in free if entry.fallback_for is None), None):
        return "supplied", first.source, None
    if free:
        return "stand_in", free[0].source, None
    return "missing", None, next((why for _, why in obstacles if why), NOT_MAPPED)


def _did(record: Record, rule: Signal | HandRaise, now: datetime) -> bool:
    return any(
        rule.when is None or evaluate(rule.when, record.person, event, now) is Truth.MATCHED
        for event in record.timeline.events
        if event.kind == rule.kind
    )


def _attributes(
    mapping: Mapping, used: Collection[str], obstacle: Obstacle, sample: Sequence[Record]
) -> Iterator[Coverage]:
    for name, source in mapping.attributes.items():
        if name not in used:
            continue
        why = obstacle(source)
        known = sum(record.person.attributes.get(name, UNKNOWN) is not UNKNOWN for record in sample)
        where = "+".join(source.fields) or source.measure
        yield Coverage("attribute", name, source.type, "missing" if why else "supplied", where, why, known)


def judge_coverage(lines: Sequence[Coverage]) -> Iterator[Check]:
    rules = [line for line in lines if line.what != "attribute"]
    attributes = [line for line in lines if line.what == "attribute"]
    yield _judge("signals", rules, all_missing=fail)
    if attributes:
        yield _judge("attributes", attributes, all_missing=fail)


def _judge(name: str, lines: Sequence[Coverage], *, all_missing: Callable[..., Check]) -> Check:
    missing = tuple(line.id for line in lines if line.supply == "missing")
    shown: dict[str, Value] = {"count": len(lines), "missing": len(missing), "names": missing}
    if len(missing) == len(lines):
        return all_missing(name, f"{name}_none", **shown)
    return warn(name, f"{name}_some", **shown) if missing else ok(name, f"{name}_ok", count=len(lines))
