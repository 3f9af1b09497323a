"""Draw random valid model files."""

import datetime as dt
from random import Random
from typing import Any

from .nurture import STEPS

TYPES = {
    "country": "text",
    "job_title": "text",
    "industry": "text",
    "persona": "text",
    "owner": "text",
    "employees": "number",
    "won_count": "number",
    "opted_out": "boolean",
    "created": "datetime",
    "last_won": "datetime",
    "interests": "list",
}
TEXTS = ["ES", "es", " España ", "ESPANA", "México", "CEO", "Directora de Marketing", "straße", "STRASSE", "a*b",
         "one\nCEO\ntwo", "Ǆ", "①", "software", "Software "]  # fmt: skip
OPERANDS = ["es", "España", "mexico", "ceo", "directora de marketing", "STRASSE", "a*b", "software", "1"]
GLOBS = ["*director*", "ceo", "*CEO*", "?s", "esp*a", "*", "a*b", "STRA?SE", "*ma?keting", "[e]s", "softw.re", "??"]
TOPICS = ["pricing", "product", "training"]
PERSONAS = ["buyer", "user", "sponsor"]
KINDS = ["page_view", "email_open", "email_click", "content_download", "webinar_attended", "form_submitted",
         "newsletter_unsubscribed", "return_visit"]  # fmt: skip
WHY = {"es": "Motivo", "en": "Reason"}
DAYS = [0.1, 0.7, 0.5, 1, 3, 7, 30, 90]
EVENT_TEXTS = ["url", "form", "asset", "campaign", "topic", "channel", "outcome", "id", "kind", "direction"]
EVENT_GLOBS = ["*/pricing*", "*/precios*", "*demo*", "consult*", "a?", "e1*", "c1", "*"]
LIKELY: list[dict[str, Any]] = [
    {"attribute": "country", "is_known": True},
    {"attribute": "employees", "at_least": 0},
    {"attribute": "created", "older_than_days": 0.5},
    {"attribute": "job_title", "matches": "*"},
]
STAGES = ["subscriber", "mnql", "lead", "mql", "sql", "opportunity", "customer", "disqualified"]


def draw_model(rng: Random) -> dict[str, Any]:
    journey = rng.choice(list(STEPS))
    model: dict[str, Any] = {
        "model": "random",
        "version": "1.0.0",
        "journey": journey,
        "fit": _fit(rng),
        "engagement": _engagement(rng),
        "hand_raises": [_hand_raise(rng, n) for n in range(rng.choice([0, 1, 1, 2]))],
        "stages": _stages(rng),
        "handoff": _handoff(rng),
        "nurture": [_nurture_row(rng, n, journey) for n in range(rng.choice([0, 2, 4, 6]))],
    }
    for optional in ("hand_raises", "nurture", "stages"):
        if not model[optional] or (optional == "stages" and rng.random() < 0.1):
            del model[optional]
    return model


def draw_curves(rng: Random) -> dict[str, Any]:
    """Draw a model under which nearly only decayed sums decide: points of both signs, mixed half-lives, topics."""
    model = draw_model(rng)
    model["fit"] = {"criteria": [{"id": "c", "weight": 1, "when": {"attribute": "country", "is_known": True}}]}
    model["fit"]["criteria"][0]["why"] = WHY
    model["engagement"] |= {"floor": -100, "ceiling": 100}
    model["engagement"].pop("machine", None)
    groups = list(model["engagement"].get("groups", {}))
    model["engagement"]["signals"] += [_signal(rng, 10 + n, groups) for n in range(rng.choice([0, 3, 6]))]
    for signal in model["engagement"]["signals"]:
        signal["half_life_days"] = rng.choice([None, 0.5, 1, 7, 10, 11.3, 21, 30])
        signal["kind"] = rng.choice(KINDS[:4])
        for key in ("when", "window_days", "limit"):
            signal.pop(key, None)
    model["hand_raises"] = []
    rows = [{"when": {"topic": topic}, "track": topic, "content": f"content-{topic}"} for topic in TOPICS]
    model["nurture"] = rng.choice([[], rows])
    return model


def _maybe(rng: Random, target: dict[str, Any], key: str, values: list[Any], chance: float = 0.5) -> None:
    if rng.random() < chance:
        target[key] = rng.choice(values)


def _fit(rng: Random) -> dict[str, Any]:
    fit: dict[str, Any] = {}
    _maybe(rng, fit, "threshold", [50, 40, 60, 75, 100])
    _maybe(rng, fit, "min_completeness", [0, 0.25, 0.5, 0.7, 1])
    fit["criteria"] = [
        {"id": f"c{n}", "weight": rng.choice([10, 20, 25, 25, 50, 0.5, 33.3]), "when": _about_person(rng), "why": WHY}
        for n in range(rng.choice([1, 2, 3, 4, 5]))
    ]
    if rng.random() < 0.3:
        fit["exclusions"] = [{"id": f"x{n}", "when": _about_person(rng), "why": WHY} for n in range(rng.choice([1, 2]))]
    if rng.random() < 0.4:
        fit["personas"] = [{"id": who, "when": _about_person(rng)} for who in rng.sample(PERSONAS, 2)]
    return fit


def _engagement(rng: Random) -> dict[str, Any]:
    engagement: dict[str, Any] = {}
    _maybe(rng, engagement, "floor", [0, -50, -5])
    _maybe(rng, engagement, "ceiling", [100, 100, 60])
    _maybe(rng, engagement, "half_life_days", [30, None, 10, 7])
    _maybe(rng, engagement, "groups", [{"email": {"cap": 20}}, {"web": {"cap": 15}, "email": {"cap": 7.5}}])
    if rng.random() < 0.6:
        engagement["machine"] = {"clicks": rng.choice([1, 2, 3]), "within_seconds": rng.choice([3, 10])}
    groups = list(engagement.get("groups", {}))
    engagement["signals"] = [_signal(rng, n, groups) for n in range(rng.choice([1, 2, 3, 5, 7, 7]))]
    return engagement


def _signal(rng: Random, number: int, groups: list[str]) -> dict[str, Any]:
    points = rng.choice([1, 3, 5, 10, 20, 25, 30, 50, 0.5, 2.25, 100, -1, -5, -10, -20, -50])
    signal: dict[str, Any] = {"id": f"s{number}", "kind": rng.choice(KINDS), "points": points, "why": WHY}
    if rng.random() < 0.3:
        signal["when"] = _about_event(rng)
    _maybe(rng, signal, "cap", [10, 20, 30, 50, 7.5], 0.3)
    _maybe(rng, signal, "per", ["event", "day", "asset"], 0.4)
    _maybe(rng, signal, "limit", [1, 2, 3, 10], 0.4)
    _maybe(rng, signal, "window_days", DAYS, 0.4)
    _maybe(rng, signal, "half_life_days", [None, None, 0.5, 1, 7, 10, 21, 30])
    if groups:
        _maybe(rng, signal, "group", groups)
    _maybe(rng, signal, "topic", TOPICS, 0.3)
    if rng.random() < 0.5:
        signal["journey"] = _journey(rng)
    return signal


def _journey(rng: Random) -> dict[str, str]:
    chosen = rng.sample(list(STEPS), rng.choice([1, 2, 3]))
    return {name: rng.choice(STEPS[name]) for name in chosen}


def _hand_raise(rng: Random, number: int) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": f"h{number}", "kind": rng.choice(["form_submitted", "form_submitted", "page_view"])}
    if rng.random() < 0.6:
        rule["when"] = _about_event(rng) if rng.random() < 0.3 else {"event": "form", "matches_any": ["*demo*"]}
    _maybe(rng, rule, "valid_days", [1, 3, 30, 60])
    _maybe(rng, rule, "topic", TOPICS, 0.3)
    if rng.random() < 0.5:
        rule["journey"] = _journey(rng)
    return {**rule, "why": WHY}


def _about_person(rng: Random, depth: int = 0) -> dict[str, Any]:
    return _nested(rng, depth, _about_person, _person_leaf)


def _about_event(rng: Random, depth: int = 0) -> dict[str, Any]:
    return _nested(rng, depth, _about_event, _event_leaf)


def _nested(rng: Random, depth: int, again: Any, leaf: Any) -> dict[str, Any]:
    if depth < 3 and rng.random() < 0.3:
        word = rng.choice(["all", "any", "not"])
        if word == "not":
            return {"not": again(rng, depth + 1)}
        return {word: [again(rng, depth + 1) for _ in range(rng.choice([1, 2, 3]))]}
    found: dict[str, Any] = leaf(rng)
    return found


def _person_leaf(rng: Random) -> dict[str, Any]:
    if rng.random() < 0.4:
        return rng.choice(LIKELY)
    name = rng.choice(list(TYPES))
    return {"attribute": name, **_operator(rng, TYPES[name], OPERANDS, GLOBS)}


def _event_leaf(rng: Random) -> dict[str, Any]:
    if rng.random() < 0.25:
        return _person_leaf(rng)
    if rng.random() < 0.15:
        return {"event": "count", **_operator(rng, "number", [], [])}
    if rng.random() < 0.15:
        return {"event": "occurred_at", **_operator(rng, "datetime", [], [])}
    operands = ["a1", "C1", "pricing", "email", "completed", "solicitar DEMO", "consultoria", "demo"]
    return {"event": rng.choice(EVENT_TEXTS), **_operator(rng, "text", operands, EVENT_GLOBS)}


def _operator(rng: Random, kind: str, texts: list[str], globs: list[str]) -> dict[str, Any]:
    if rng.random() < 0.12:
        return {rng.choice(["is_known", "is_unknown"]): True}
    match kind:
        case "text":
            return _text_operator(rng, texts, globs)
        case "number":
            return _number_operator(rng)
        case "boolean":
            return {rng.choice(["equals", "not_equals"]): rng.choice([True, False])}
        case "datetime":
            return {rng.choice(["older_than_days", "newer_than_days"]): rng.choice([*DAYS, 365])}
    return {"contains": rng.choice(["a", "CEO", "espana", "b"])}


def _text_operator(rng: Random, texts: list[str], globs: list[str]) -> dict[str, Any]:
    operator = rng.choice(["equals", "not_equals", "in", "not_in", "matches", "matches_any", "contains"])
    if operator in ("in", "not_in"):
        return {operator: rng.sample(texts, rng.choice([1, 2, 3]))}
    if operator == "matches_any":
        return {operator: rng.sample(globs, rng.choice([1, 2, 3]))}
    return {operator: rng.choice(globs if operator == "matches" else texts)}


def _number_operator(rng: Random) -> dict[str, Any]:
    numbers = [0, 1, 2, 5, 20, 50, 120, 1000, -12.5]
    operator = rng.choice(["equals", "not_equals", "in", "not_in", "over", "under", "at_least", "at_most", "between"])
    if operator in ("in", "not_in"):
        return {operator: rng.sample(numbers, 3)}
    if operator == "between":
        return {operator: sorted(rng.sample(numbers, 2))}
    return {operator: rng.choice(numbers)}


def _stages(rng: Random) -> dict[str, Any]:
    enter = rng.choice([5, 10, 20, 25, 50])
    mql: dict[str, Any] = {"enter": enter}
    _maybe(rng, mql, "exit", [enter / 2, enter, enter * 0.75])
    _maybe(rng, mql, "dwell_days", [0, 1, 3, 30])
    sql: dict[str, Any] = {}
    _maybe(rng, sql, "enter", [None, enter, enter * 1.5, enter + 1])
    _maybe(rng, sql, "on_hand_raise", [True, False], 0.3)
    _maybe(rng, sql, "on_accept", [True, False], 0.3)
    stages: dict[str, Any] = {"mql": mql}
    if sql:
        stages["sql"] = sql
    _maybe(rng, stages, "mnql_hand_raise", ["nurture", "review"])
    _maybe(rng, stages, "override_days", [0, 1, 7, 30])
    _maybe(rng, stages, "cool_off_days", [0, 1, 7, 30])
    return stages


def _handoff(rng: Random) -> dict[str, Any]:
    hours = rng.choice([["09:00", "18:00"], ["08:30", "14:15"], ["10:00", "11:00"], ["04:00", "23:59"]])
    zones = ["Europe/Madrid", "America/Mexico_City", "America/Santiago", "Asia/Kolkata", "UTC", "America/New_York"]
    week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    calendar = {
        "timezone": rng.choice(zones),
        "days": rng.choice([week[:5], week, ["sun"], ["mon", "wed"]]),
        "hours": hours,
        "holidays": rng.choice([[], [dt.date(2026, 3, 30)], [dt.date(2026, 12, 25), dt.date(2026, 10, 26)]]),
    }
    routing: dict[str, Any] = {"keep_owner": rng.choice([True, False])}
    if rng.random() < 0.5:
        owners = [["Ana"], ["Ana", "Luis"]]
        routing["territories"] = [{"when": _about_person(rng), "owners": rng.choice(owners)} for _ in range(2)]
    routing |= {"round_robin": ["Eva", "Juan"], "capacity_per_day": 15, "escalate_to": "Marta"}
    handoff: dict[str, Any] = {"calendar": calendar, "routing": routing, "task_fields": ["country", "job_title"]}
    if rng.random() < 0.7:
        handoff["mql"] = {"task": "review", "sla_hours": rng.choice([0.5, 1, 8, 24, 7.25]), "priority": "medium"}
        handoff["sql"] = {"task": "contact", "sla_hours": rng.choice([1, 2, 4, 40]), "priority": "high"}
    return handoff


def _nurture_row(rng: Random, number: int, journey: str) -> dict[str, Any]:
    pools = {"stage": STAGES, "journey": STEPS[journey], "topic": TOPICS, "persona": PERSONAS}
    keys = rng.sample(list(pools), rng.choice([1, 1, 2, 3]))
    row: dict[str, Any] = {"when": {key: rng.choice(pools[key]) for key in keys}}
    row |= {"track": f"track-{rng.choice([number, 0])}", "content": f"content-{rng.choice([number, 0])}"}
    _maybe(rng, row, "channel", ["email", "phone"], 0.4)
    return row
