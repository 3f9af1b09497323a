"""Measure how many people per second the pure core decides, beside a plain loop and zen-engine, in one run.

The work is the same for all: 30 events, 20 signals with half-life, window and cap, 8 fit criteria, people made up from
a seed. The plain loop is what one writes by hand when only the number is wanted; zen-engine is a rule engine in Rust
with the same rules as one decision graph, given ages and dictionaries ready-made. Both answer score and fit only; the
core answers a whole decision (stage with its memory, every contribution, what was not counted, journeys, nurture,
handoff). Before anything is timed, all three must agree on every person to nine digits.

Run: `python benchmarks/qualify_throughput.py [--people N] [--rounds N] [--seed N]`
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import zen

from connector.domain.decision import qualify
from connector.domain.model import Model
from connector.domain.model_file import parse_model
from connector.domain.person import Event, Person, Timeline, ValueType

NOW: Final = datetime(2026, 3, 2, 10, tzinfo=UTC)
EVENTS_PER_PERSON: Final = 30
DAY_SECONDS: Final = 86_400

TYPES: Final[dict[str, ValueType]] = {
    "country": "text", "industry": "text", "job_title": "text", "language": "text", "source": "text",
    "employees": "number", "revenue": "number", "opted_in": "boolean",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """Hold one signal in the plainest form: an event earns when its kind and a part of its address agree."""

    id: str
    kind: str
    url_part: str | None
    points: float
    half_life_days: float
    window_days: float
    cap: float


RULES: Final = (
    Rule("pricing-page", "page_view", "/pricing", 10, 21, 90, 30),
    Rule("careers-page", "page_view", "/careers", -10, 30, 120, 20),
    Rule("product-page", "page_view", "/product", 4, 30, 90, 16),
    Rule("blog-page", "page_view", "/blog", 2, 14, 60, 8),
    Rule("any-page", "page_view", None, 1, 30, 90, 10),
    Rule("download", "content_download", None, 20, 30, 180, 60),
    Rule("webinar", "webinar_attended", None, 25, 45, 180, 50),
    Rule("webinar-question", "webinar_question", None, 10, 45, 180, 30),
    Rule("webinar-registration", "webinar_registered", None, 5, 30, 90, 15),
    Rule("survey", "survey_completed", None, 10, 30, 120, 30),
    Rule("newsletter", "newsletter_subscribed", None, 5, 60, 365, 5),
    Rule("unsubscribed", "newsletter_unsubscribed", None, -20, 60, 365, 20),
    Rule("email-open", "email_open", None, 1, 14, 60, 10),
    Rule("email-click", "email_click", None, 3, 21, 60, 15),
    Rule("email-reply", "email_reply", None, 15, 30, 90, 45),
    Rule("event", "event_attended", None, 20, 45, 180, 40),
    Rule("trial", "demo_trial", None, 30, 30, 90, 60),
    Rule("usage", "product_usage", None, 8, 14, 60, 40),
    Rule("social-comment", "social_comment", None, 3, 30, 90, 9),
    Rule("return-visit", "return_visit", None, 3, 21, 90, 15),
)
KINDS: Final = tuple(dict.fromkeys(rule.kind for rule in RULES))
PAGES: Final = ("/pricing", "/careers/open-roles", "/product/tour", "/blog/how-to", "/", "/about", "/contact")
TITLES: Final = ("Marketing Director", "Head of Growth", "Accountant", "CEO", "Developer", "Sales Manager")


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold what all contenders must agree on; `fit` is None when nothing of the profile is known."""

    score: float
    fit: float | None

    def agrees(self, other: Answer) -> bool:
        if self.fit is None or other.fit is None:
            return self.fit is other.fit and math.isclose(self.score, other.score, rel_tol=1e-9, abs_tol=1e-9)
        return math.isclose(self.score, other.score, rel_tol=1e-9, abs_tol=1e-9) and math.isclose(
            self.fit, other.fit, rel_tol=1e-9
        )


Case = tuple[Person, Timeline]


def build_people(count: int, seed: int) -> list[Case]:
    """Make up people: a third of the profile unknown, 30 events within half a year, kinds drawn evenly."""
    rng = random.Random(seed)
    return [(_build_person(rng), _build_timeline(rng)) for _ in range(count)]


def _build_person(rng: random.Random) -> Person:
    full: dict[str, Any] = {
        "country": rng.choice(("ES", "MX", "DE", "US", "CO")),
        "industry": rng.choice(("software", "retail", "mining")),
        "job_title": rng.choice(TITLES),
        "language": rng.choice(("es", "en", "de")),
        "source": rng.choice(("ORGANIC", "PAID", "OFFLINE")),
        "employees": float(rng.randint(1, 3000)),
        "revenue": float(rng.randint(0, 10**7)),
        "opted_in": rng.random() < 0.8,
    }
    return Person({name: value for name, value in full.items() if rng.random() > 1 / 3})


def _build_timeline(rng: random.Random) -> Timeline:
    def build_event(number: int) -> Event:
        kind = rng.choice(KINDS)
        url = f"https://example.com{rng.choice(PAGES)}" if kind == "page_view" else None
        return Event(f"e{number}", kind, NOW - timedelta(seconds=rng.randint(0, 180 * DAY_SECONDS)), url=url)

    return Timeline(tuple(build_event(number) for number in range(EVENTS_PER_PERSON)))


def build_model() -> Model:
    """Read the rules as any model file."""
    return parse_model(json.dumps(model_document()), file="benchmark.yaml", types=TYPES)


def model_document() -> dict[str, Any]:
    """Write the rules as a model file."""
    signals = [
        {
            "id": rule.id, "kind": rule.kind, "points": rule.points, "cap": rule.cap, "window_days": rule.window_days,
            "half_life_days": rule.half_life_days,
            **({"when": {"event": "url", "matches": f"*{rule.url_part}*"}} if rule.url_part else {}),
        }
        for rule in RULES
    ]  # fmt: skip
    conditions: list[tuple[int, dict[str, Any]]] = [
        (20, {"attribute": "country", "in": ["ES", "MX", "CO"]}),
        (15, {"attribute": "employees", "between": [20, 1000]}),
        (25, {"attribute": "job_title", "matches_any": ["*director*", "*head of*", "ceo"]}),
        (15, {"attribute": "industry", "in": ["software", "retail"]}),
        (5, {"attribute": "language", "in": ["es", "en"]}),
        (5, {"attribute": "source", "not_equals": "OFFLINE"}),
        (10, {"attribute": "revenue", "at_least": 1_000_000}),
        (5, {"attribute": "opted_in", "equals": True}),
    ]
    return {
        "model": "benchmark",
        "version": "1.0.0",
        "fit": {
            "criteria": [
                {"id": f"criterion-{number}", "weight": weight, "when": when}
                for number, (weight, when) in enumerate(conditions)
            ]
        },
        "engagement": {"floor": -1000, "ceiling": 1000, "signals": signals},
    }


# ------------------------------------------------------------------------------------------------------ the plain loop


def answer_plainly(person: Person, timeline: Timeline) -> Answer:
    """Sum by two nested loops: every rule looks at every event."""
    score = 0.0
    for rule in RULES:
        points = 0.0
        for event in timeline.events:
            if event.kind != rule.kind:
                continue
            if rule.url_part is not None and (event.url is None or rule.url_part not in event.url.casefold()):
                continue
            age_days = (NOW - event.occurred_at).total_seconds() / DAY_SECONDS
            if 0 <= age_days <= rule.window_days:
                points += rule.points * 2.0 ** (-age_days / rule.half_life_days)
        score += max(-rule.cap, min(rule.cap, points))
    return Answer(score, _fit_plainly(person.attributes))


FIT_TESTS: Final[tuple[tuple[str, int, Callable[[Any], bool]], ...]] = (
    ("country", 20, lambda value: value.casefold() in ("es", "mx", "co")),
    ("employees", 15, lambda value: 20 <= value <= 1000),
    ("job_title", 25, lambda value: _is_decider(value.casefold())),
    ("industry", 15, lambda value: value.casefold() in ("software", "retail")),
    ("language", 5, lambda value: value.casefold() in ("es", "en")),
    ("source", 5, lambda value: value.casefold() != "offline"),
    ("revenue", 10, lambda value: value >= 1_000_000),
    ("opted_in", 5, lambda value: value is True),
)


def _is_decider(title: str) -> bool:
    return "director" in title or "head of" in title or title == "ceo"


def _fit_plainly(attributes: Any) -> float | None:
    known = matched = 0
    for name, weight, test in FIT_TESTS:
        if name in attributes:
            known += weight
            matched += weight if test(attributes[name]) else 0
    return 100.0 * matched / known if known else None


# ---------------------------------------------------------------------------------------------------------- zen-engine

ZEN_FIT: Final = (
    ("country", 20, "lower(country) in ['es', 'mx', 'co']"),
    ("employees", 15, "employees >= 20 and employees <= 1000"),
    (
        "job_title", 25,
        "contains(lower(job_title), 'director') or contains(lower(job_title), 'head of') or lower(job_title) == 'ceo'",
    ),
    ("industry", 15, "lower(industry) in ['software', 'retail']"),
    ("language", 5, "lower(language) in ['es', 'en']"),
    ("source", 5, "lower(source) != 'offline'"),
    ("revenue", 10, "revenue >= 1000000"),
    ("opted_in", 5, "opted_in == true"),
)  # fmt: skip


def build_zen_decision() -> zen.ZenDecision:
    """Write the rules as one decision graph: a table of expressions between input and output."""
    expressions = [
        {"id": f"s{number}", "key": f"s{number}", "value": _zen_signal(rule)} for number, rule in enumerate(RULES)
    ]
    score = " + ".join(f"$.s{number}" for number in range(len(RULES)))
    known = " + ".join(f"({name} != null ? {weight} : 0)" for name, weight, _ in ZEN_FIT)
    matched = " + ".join(f"({name} != null ? (({test}) ? {weight} : 0) : 0)" for name, weight, test in ZEN_FIT)
    for key, value in (("score", score), ("known", known), ("matched", matched)):
        expressions.append({"id": key, "key": key, "value": value})
    graph = {
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "in"},
            {"id": "rules", "type": "expressionNode", "name": "rules", "content": {"expressions": expressions}},
            {"id": "out", "type": "outputNode", "name": "out"},
        ],
        "edges": [
            {"id": "a", "type": "edge", "sourceId": "in", "targetId": "rules"},
            {"id": "b", "type": "edge", "sourceId": "rules", "targetId": "out"},
        ],
    }
    return zen.ZenEngine().create_decision(json.dumps(graph))


def _zen_signal(rule: Rule) -> str:
    url = f" and #.url != null and contains(lower(#.url), '{rule.url_part}')" if rule.url_part else ""
    hits = f"filter(events, #.kind == '{rule.kind}' and #.age <= {rule.window_days}{url})"
    points = f"sum(map({hits}, {rule.points} * 0.5 ^ (#.age / {rule.half_life_days})))"
    return f"max([-{rule.cap}, min([{rule.cap}, {points}])])"


def to_zen_input(person: Person, timeline: Timeline) -> dict[str, Any]:
    events = [
        {"kind": event.kind, "url": event.url, "age": (NOW - event.occurred_at).total_seconds() / DAY_SECONDS}
        for event in timeline.events
    ]
    return {**dict.fromkeys(TYPES), **person.attributes, "events": events}


def answer_by_zen(decision: zen.ZenDecision, context: dict[str, Any]) -> Answer:
    result = decision.evaluate(context)["result"]
    return Answer(result["score"], 100.0 * result["matched"] / result["known"] if result["known"] else None)


# ------------------------------------------------------------------------------------------------------------ the race


@dataclass(slots=True)
class Contender:
    """Hold one way to answer and the best rate it reached; `people` how many it is given a round."""

    name: str
    answers: str
    run: Callable[[int], object]
    people: int
    rate: float = 0.0

    def race(self) -> None:
        started = time.process_time()
        for number in range(self.people):
            self.run(number)
        self.rate = max(self.rate, self.people / (time.process_time() - started))


def build_contenders(model: Model, people: Sequence[Case]) -> list[Contender]:
    decision, contexts = build_zen_decision(), [to_zen_input(*case) for case in people]
    few = max(1, len(people) // 10)
    return [
        Contender("plain loop", "score, fit", lambda i: answer_plainly(*people[i]), len(people)),
        Contender(
            "Puente", "whole decision", lambda i: qualify(*people[i], model, NOW, review=False), len(people)
        ),
        Contender("Puente + next review", "and when it changes", lambda i: qualify(*people[i], model, NOW), few),
        Contender("zen-engine", "score, fit", lambda i: answer_by_zen(decision, contexts[i]), few),
    ]  # fmt: skip


def find_disagreements(model: Model, people: Sequence[Case]) -> list[str]:
    """Return what the contenders answer differently; empty when all agree on everybody."""
    decision, found = build_zen_decision(), []
    for number, (person, timeline) in enumerate(people):
        plain = answer_plainly(person, timeline)
        decided = qualify(person, timeline, model, NOW, review=False)
        core = Answer(decided.engagement.score, decided.fit.pct)
        engine = answer_by_zen(decision, to_zen_input(person, timeline))
        if not (plain.agrees(core) and plain.agrees(engine)):
            found.append(f"person {number}: plain {plain}, Puente {core}, zen-engine {engine}")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=2_000, help="people made up (default 2000)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds; the best of each contender counts (default 5)")
    parser.add_argument("--seed", type=int, default=7, help="seed of the people (default 7)")
    options = parser.parse_args(arguments)
    model, people = build_model(), build_people(options.people, options.seed)
    if disagreements := find_disagreements(model, people[:500]):
        print("\n".join(disagreements[:5]), file=sys.stderr)
        return 1
    contenders = build_contenders(model, people)
    for _ in range(options.rounds):
        for contender in contenders:
            contender.race()
    print(f"{EVENTS_PER_PERSON} events x {len(RULES)} signals x {len(FIT_TESTS)} criteria, one core, "
          f"Python {platform.python_version()}; all agree on {min(500, len(people))} people")  # fmt: skip
    print(f"{'':22} {'answers':20} {'people/s':>10} {'x plain loop':>13}")
    for contender in contenders:
        ratio = contender.rate / contenders[0].rate
        print(f"{contender.name:22} {contender.answers:20} {contender.rate:>10,.0f} {ratio:>13.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
