"""Draw random but valid models, people, timelines and memories, crowded around the instants where rules turn."""

import datetime as dt
from dataclasses import dataclass, field
from random import Random
from typing import Any

import yaml

from .random_model import PERSONAS, TEXTS, TOPICS, TYPES, draw_curves, draw_model
from .values import DAY, MICROSECONDS, iso, microseconds, moment

STAGES = ["subscriber", "mnql", "lead", "mql", "sql", "opportunity", "customer", "evangelist", "disqualified"]
REASONS = ["fit", "timing", "budget", "data", "duplicate", "competitor", "no-response", "never"]
STARTS = [
    dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC),
    dt.datetime(2026, 3, 27, 16, 30, tzinfo=dt.UTC),
    dt.datetime(2026, 3, 29, 1, tzinfo=dt.UTC),
    dt.datetime(2026, 10, 23, 15, 59, 59, tzinfo=dt.UTC),
    dt.datetime(2026, 12, 24, 17, tzinfo=dt.UTC),
    dt.datetime(2026, 12, 31, 23, 59, 59, 500_000, tzinfo=dt.UTC),
    dt.datetime(2024, 2, 29, 0, 0, tzinfo=dt.UTC),
]
ODD_NUMBERS = ["1,000", "NaN", "inf", True, float("nan"), "12a", "", "  ", None, "1_000", "0x10", "1e999", "٣"]
ODD_INSTANTS = [
    "",
    "ayer",
    "2026-02-30",
    "2026-03-01T10:00:00",
    None,
    True,
    "2026-13-01T00:00:00Z",
    dt.datetime(2026, 3, 1, 10),  # noqa: DTZ001
]


class _PlainDumper(yaml.SafeDumper):
    """Write every part out: a model file has no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _write(document: Any) -> str:
    return yaml.dump(document, Dumper=_PlainDumper, allow_unicode=True, sort_keys=False)


@dataclass(frozen=True)
class Sample:
    """One random case, as a file would hold it."""

    seed: int
    model: dict[str, Any]
    person: dict[str, Any]
    timeline: list[dict[str, Any]]
    memory: dict[str, Any] | None
    now: dt.datetime
    types: dict[str, str] = field(default_factory=lambda: dict(TYPES))

    @property
    def model_text(self) -> str:
        return _write(self.model)

    @property
    def case_text(self) -> str:
        """Write the case as a file of golden cases that expects nothing."""
        case = {"name": f"seed {self.seed}", "now": self.now, "person": self.person, "timeline": self.timeline}
        return _write([{**case, "memory": self.memory}])


def draw(seed: int) -> Sample:
    """Return the case of this seed: the same on every machine and Python version."""
    rng = Random(seed)
    curves = rng.random() < 0.3
    model = draw_curves(rng) if curves else draw_model(rng)
    now = rng.choice(STARTS) + dt.timedelta(seconds=rng.choice([0, 0, 0, 1, 3600, 86_400]))
    ages = turning_ages(model)
    instant = microseconds(now)
    person = draw_person(rng, instant, ages) | ({"country": "ES"} if curves else {})
    return Sample(
        seed,
        model,
        person,
        draw_timeline(rng, instant, ages, model),
        draw_memory(rng, instant, ages),
        now,
    )


def turning_ages(model: dict[str, Any]) -> list[float]:
    """Return the days at which something of this model turns, so that draws can hit them exactly."""
    ages: list[float] = [0, 1, 30]
    stack: list[Any] = [model]
    while stack:
        part = stack.pop()
        stack.extend(part.values() if isinstance(part, dict) else part if isinstance(part, list) else [])
        if isinstance(part, dict):
            ages += [value for key, value in part.items() if key.endswith("_days") and isinstance(value, (int, float))]
    return ages


def draw_instant(rng: Random, now: int, ages: list[float]) -> int:
    """Return an instant, often exactly at a turning age or a second, half a second or a microsecond beside it."""
    if rng.random() < 0.55:
        age = rng.choice(ages) * rng.choice([1, 1, 1, 2, 0.5])
        nudge = rng.choice([0, 0, 0, 0, MICROSECONDS, -MICROSECONDS, MICROSECONDS // 2, 1, -1])
        return now - int(age * DAY) + nudge
    if rng.random() < 0.1:
        return now + rng.randrange(1, 40 * 86_400) * MICROSECONDS
    return now - rng.randrange(0, rng.choice([1, 3, 10, 60, 120]) * 86_400) * MICROSECONDS


def spell_instant(rng: Random, instant: int) -> Any:
    """Write an instant as a CRM would: ISO in one zone or another, or epoch milliseconds when they are exact."""
    if instant % 1000 == 0 and rng.random() < 0.2:
        return rng.choice([instant // 1000, str(instant // 1000)])
    if rng.random() < 0.15:
        return moment(instant)
    if rng.random() < 0.2:
        zone = dt.timezone(dt.timedelta(hours=rng.choice([-6, 1, 2])))
        return moment(instant).astimezone(zone).isoformat()
    return iso(instant)


def draw_person(rng: Random, now: int, ages: list[float]) -> dict[str, Any]:
    person: dict[str, Any] = {}
    for name, kind in TYPES.items():
        if rng.random() < 0.25:
            continue
        person[name] = _raw(rng, kind, now, ages)
    if "persona" in person:
        person["persona"] = rng.choice([*PERSONAS, "", None])
    if "owner" in person:
        person["owner"] = rng.choice(["Ana", "", None])
    return person


def _raw(rng: Random, kind: str, now: int, ages: list[float]) -> Any:
    match kind:
        case "text":
            return rng.choice([*TEXTS, "", "   ", None])
        case "number":
            sound = [0, 1, 20, 50, 120, 1000, "0", "120", " 120 ", "-12.5", "1e3", 20.0, "20.0"]
            return rng.choice(sound if rng.random() < 0.7 else ODD_NUMBERS)
        case "boolean":
            return rng.choice([True, False, "true", "FALSE", "True", "", None, "yes", 1])
        case "list":
            return rng.choice(["a;b; c", "España;CEO", ["ceo", " b "], "", ";;", " ; ", None, "a", []])
    if rng.random() < 0.2:
        return rng.choice(ODD_INSTANTS)
    if rng.random() < 0.2:
        return moment(draw_instant(rng, now, ages)).date().isoformat()
    return spell_instant(rng, draw_instant(rng, now, ages))


def draw_timeline(rng: Random, now: int, ages: list[float], model: dict[str, Any]) -> list[dict[str, Any]]:
    rules = [*model["engagement"]["signals"], *model.get("hand_raises", [])]
    kinds = [rule["kind"] for rule in rules] * 3 + ["page_view", "email_click", "email_open", "sales_rejected", "note"]
    events = [_event(rng, now, ages, f"e{n}", rng.choice(kinds)) for n in range(rng.choice([0, 1, 3, 5, 8, 12, 20]))]
    if rng.random() < 0.25:
        events += _burst(rng, now, ages)
    for event in rng.sample(events, min(len(events), rng.choice([0, 0, 1, 2]))):
        events.append(_another_version(rng, now, ages, event))
    rng.shuffle(events)
    return events


def _event(rng: Random, now: int, ages: list[float], name: str, kind: str) -> dict[str, Any]:
    event: dict[str, Any] = {"id": name, "kind": kind}
    event["occurred_at"] = spell_instant(rng, draw_instant(rng, now, ages))
    if rng.random() < 0.05:
        event["occurred_at"] = rng.choice(ODD_INSTANTS)
    pools: dict[str, list[Any]] = {
        "url": ["https://example.com/precios", "https://example.com/Pricing?x=1", "https://example.com/blog", None],
        "form": ["Solicitar demo", "DEMO", "Consultoría", "boletín"],
        "asset": ["a1", "a2", "a3", None],
        "campaign": ["c1", "c2", None],
        "topic": [*TOPICS, None],
        "channel": ["email", "web"],
        "outcome": ["Completed", "no show"],
    }
    for key, pool in pools.items():
        if rng.random() < 0.5:
            event[key] = rng.choice(pool)
    if kind != "email_click" and rng.random() < 0.15:
        event["count"] = rng.choice([0, 1, 2, 5, 42])
    if rng.random() < 0.06:
        event["machine"] = rng.choice([True, True, False])
    return event


def _burst(rng: Random, now: int, ages: list[float]) -> list[dict[str, Any]]:
    """Draw a delivery, clicks within seconds of it, and an open long after."""
    start = draw_instant(rng, now, ages)
    campaign = rng.choice(["c1", "c2"])
    delays = [0, *(rng.choice([0, 1, 3, 9, 10, 11]) for _ in range(rng.choice([1, 2, 3, 4])))]
    kinds = ["email_delivered"] + ["email_click"] * (len(delays) - 1)
    events = [
        {"id": f"b{n}", "kind": kind, "campaign": campaign, "occurred_at": iso(start + delay * MICROSECONDS)}
        for n, (kind, delay) in enumerate(zip(kinds, delays, strict=True))
    ]
    return [*events, {"id": "b-late", "kind": "email_open", "campaign": campaign, "occurred_at": iso(start + DAY)}]


def _another_version(rng: Random, now: int, ages: list[float], event: dict[str, Any]) -> dict[str, Any]:
    """Draw the same event again: as it was, moved in time, or changed in one property."""
    changed = dict(event)
    match rng.randrange(4):
        case 0:
            changed["occurred_at"] = spell_instant(rng, draw_instant(rng, now, ages))
        case 1:
            changed["topic"] = rng.choice(TOPICS)
        case 2:
            changed["form"] = rng.choice(["Demo", "démo", "demo", None])
            changed["machine"] = rng.choice([True, False])
    return changed


def draw_memory(rng: Random, now: int, ages: list[float]) -> dict[str, Any] | None:
    if rng.random() < 0.15:
        return None
    stage = rng.choice([None, *STAGES, "lead", "mql", "mql", "mql", "sql", "mnql"])
    memory: dict[str, Any] = {"stage": stage}
    if stage is not None and rng.random() < 0.9:
        memory["set_by"] = rng.choice(["puente", "puente", "person", "person", "sales", "deal"])
        memory["set_at"] = iso(draw_instant(rng, now, ages))
    if rng.random() < 0.45:
        memory["sales"] = _verdict(rng, now, ages)
    if rng.random() < 0.5:
        memory["episodes"] = rng.choice([{"mql": 1}, {"mql": 2, "sql": 1}, {}, {"sql": 3}])
    return memory


def _verdict(rng: Random, now: int, ages: list[float]) -> dict[str, Any]:
    """Draw a verdict; an acceptance lies in the past, or it would be of a stage that is not yet decided."""
    at = draw_instant(rng, now, ages)
    if rng.random() < 0.4:
        return {"verdict": "accepted", "at": iso(min(at, now - MICROSECONDS))}
    return {"verdict": "rejected", "reason": rng.choice(REASONS), "at": iso(at)}
