"""Model files: what they become, what may be left out, and what their hash follows."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest

from connector.domain.conditions import OPERATORS, All, Any, Not, Test
from connector.domain.model import Calendar, HandoffRules, MachineFilter, Model, NurtureRow, Routing, StagePolicy, Why
from connector.domain.model_file import parse_model
from connector.domain.person import VALUE_TYPES, ValueType
from connector.errors import ModelError

SAMPLES = Path(__file__).parent.parent / "samples"
TYPES: dict[str, ValueType] = {
    "country": "text",
    "job_title": "text",
    "employees": "number",
    "opted_out": "boolean",
    "last_won_at": "datetime",
    "interests": "list",
}
SHORTEST = """
model: shortest
version: "1"
fit: {criteria: [{id: a, weight: 1, when: {attribute: country, equals: ES}}]}
engagement: {signals: [{id: b, kind: page_view, points: 1}]}
"""


def parse(text: str) -> Model:
    return parse_model(text, file="model.yaml", types=TYPES)


@pytest.fixture(scope="module")
def full() -> Model:
    return parse((SAMPLES / "full-model.yaml").read_text(encoding="utf-8"))


def test_the_shortest_model_has_the_documented_defaults() -> None:
    model = parse(SHORTEST)
    assert (model.journey, model.hand_raises, model.nurture) == ("aida", (), ())
    assert (model.fit.threshold, model.fit.min_completeness) == (50, 0.5)
    assert (model.fit.exclusions, model.fit.personas) == ((), ())
    engagement, signal = model.engagement, model.engagement.signals[0]
    assert (engagement.floor, engagement.ceiling, engagement.groups, engagement.machine) == (0, 100, {}, None)
    assert (signal.half_life_days, signal.per, signal.cap, signal.limit, signal.window_days) == (
        30,
        "event",
        *[None] * 3,
    )
    assert signal.why == Why("b", "b"), "a rule without a reason shows its id"
    assert model.stages == StagePolicy(50, 37.5, 0, None, on_hand_raise=True, on_accept=True)
    assert (model.stages.override_days, model.stages.cool_off_days, model.stages.mnql_hand_raise) == (30, 30, "nurture")
    assert (model.handoff.mql.sla_hours, model.handoff.sql.sla_hours) == (24, 4)
    assert model.handoff == HandoffRules()


def test_every_key_of_a_full_model_arrives(full: Model) -> None:
    assert (full.name, full.version, full.journey) == ("full", "2.5", "wheel")
    assert (full.fit.threshold, full.fit.min_completeness) == (60, 0.4)
    assert [(c.id, c.weight) for c in full.fit.criteria] == [("country", 20.5), ("size", 25), ("interests", 5)]
    assert full.fit.personas[0].when == Test("attribute", "job_title", "matches", "*ceo*", "text")
    engagement = full.engagement
    assert (engagement.floor, engagement.ceiling, engagement.machine) == (-20, 120, MachineFilter(4, 12.5))
    assert list(engagement.groups.items()) == [("web", 30), ("email", None)]
    assert [signal.half_life_days for signal in engagement.signals] == [21, None, 45]
    pricing = engagement.signals[0]
    assert (pricing.cap, pricing.per, pricing.limit, pricing.window_days, pricing.group) == (30, "day", 5, 90, "web")
    assert pricing.journey == {"aida": "desire", "wheel": "option_evaluation", "inbound": "convert"}
    assert (full.hand_raises[0].valid_days, full.hand_raises[0].journey) == (14, {"wheel": "decision"})
    assert full.stages == StagePolicy(40, 20, 2, 90, False, False, "review", 10, 20)
    assert (full.handoff.mql.task, full.handoff.sql.sla_hours, full.handoff.sql.priority) == ("check", 1.5, "medium")
    assert full.handoff.task_fields == ("country", "employees")
    assert full.nurture[0] == NurtureRow("offer", "call", "phone", "lead", "decision", "pricing", "boss")
    assert full.nurture[1] == NurtureRow(None, "welcome")


def test_a_reason_in_one_language_serves_both(full: Model) -> None:
    assert [criterion.why for criterion in full.fit.criteria] == [
        Why("País objetivo", "Target country"),
        Why("Size in range", "Size in range"),
        Why("interests", "interests"),
    ]
    assert full.hand_raises[0].why == Why("Demo", "Demo")


def test_conditions_carry_the_types_of_the_mapping(full: Model) -> None:
    country, size, interests = (criterion.when for criterion in full.fit.criteria)
    assert country == Not(Test("attribute", "country", "not_in", ("ES", "NO"), "text"))
    assert size == All((
        Test("attribute", "employees", "over", 9.0, "number"),
        Test("attribute", "employees", "at_most", 1000.0, "number"),
    ))  # fmt: skip
    assert interests == Any((
        Test("attribute", "interests", "contains", "crm", "list"),
        Test("attribute", "last_won_at", "newer_than_days", 365.5, "datetime"),
    ))  # fmt: skip


def test_the_working_day_may_end_at_midnight(full: Model) -> None:
    assert full.handoff.calendar == Calendar(
        "America/Mexico_City", frozenset({0, 5}), time(8, 30), None, frozenset({date(2026, 12, 25)})
    )
    assert full.handoff.routing == Routing(False, full.handoff.routing.territories, ("3",), 15, "4")
    assert full.handoff.routing.territories[0].owners == ("1", "2")


OPERANDS = {
    "equals": "ES", "not_equals": "ES", "in": "[ES]", "not_in": "[ES]", "matches": '"a*"', "matches_any": '["a*"]',
    "contains": "a", "over": "1", "under": "1", "at_least": "1", "at_most": "1", "between": "[1, 2]",
    "older_than_days": "1", "newer_than_days": "1", "is_known": "true", "is_unknown": "true",
}  # fmt: skip
BY_TYPE = {
    ("number", "equals"): "1", ("number", "not_equals"): "1", ("number", "in"): "[1]", ("number", "not_in"): "[1]",
    ("boolean", "equals"): "true", ("boolean", "not_equals"): "false",
}  # fmt: skip


@pytest.mark.parametrize("operator", OPERANDS)
@pytest.mark.parametrize("value_type", VALUE_TYPES)
def test_an_operator_is_taken_for_the_types_it_fits_and_refused_for_the_others(
    value_type: ValueType, operator: str
) -> None:
    operand = BY_TYPE.get((value_type, operator), OPERANDS[operator])
    text = SHORTEST.replace("equals: ES", f"{operator}: {operand}")
    types: dict[str, ValueType] = {"country": value_type}
    if operator in OPERATORS[value_type]:
        when = parse_model(text, file="m", types=types).fit.criteria[0].when
        assert isinstance(when, Test)
        assert (when.operator, when.value_type) == (operator, value_type)
    else:
        with pytest.raises(ModelError, match=f"does not fit `country`, which is of type {value_type}"):
            parse_model(text, file="m", types=types)


def test_without_a_mapping_names_and_types_are_not_checked() -> None:
    text = SHORTEST.replace("{attribute: country, equals: ES}", "{attribute: anything, at_least: 3}")
    when = parse_model(text, file="m", types=None).fit.criteria[0].when
    assert when == Test("attribute", "anything", "at_least", 3.0, "number")


RESPELLED = """
# The same model, spelled otherwise.
engagement:
    "signals":
    -   points: 1.0
        kind: 'page_view'
        id: b
        half_life_days: 30
        why: b
version: '1'
stages: {mql: {exit: 37.5, enter: 50.00}, sql: {enter: null}}
fit:
  threshold: 5.0e+1
  criteria: [{when: {equals: "ES", attribute: country}, weight: 1, id: a, why: {en: a, es: a}}]
model: shortest
nurture: []
"""


def test_the_hash_follows_the_content_and_not_its_spelling() -> None:
    model = parse(SHORTEST)
    assert len(model.hash) == 64
    assert parse(RESPELLED).hash == model.hash
    assert parse_model(SHORTEST, file="elsewhere.yaml", types=None).hash == model.hash


def test_the_order_of_the_groups_is_content() -> None:
    text = SHORTEST.replace("engagement: {", "engagement: {groups: {x: {cap: 1}, y: {cap: 2}}, ")
    other = text.replace("x: {cap: 1}, y: {cap: 2}", "y: {cap: 2}, x: {cap: 1}")
    assert parse(text).hash != parse(other).hash


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('version: "2.5"', 'version: "2.6"'),
        ("journey: wheel\n", "journey: wheel \n"),
        ("weight: 20.5", "weight: 20.6"),
        ('[ES, "NO"]', '["NO", ES]'),
        ("{es: Precios, en: Prices}", "{es: Precios, en: Pricing}"),
        ("over: 9", "at_least: 9"),
        ("half_life_days: null, ", ""),
        ("cap: 30\n", "cap: 31\n"),
        ("priority: low", "priority: high"),
        ("2026-12-25", "2026-12-24"),
        ("[mon, sat]", "[sat, mon]"),
        ('owners: ["1", "2"]', 'owners: ["2", "1"]'),
        ("{content: welcome}", "{content: hello}"),
    ],
)
def test_a_change_of_meaning_changes_the_hash_and_a_change_of_spelling_does_not(
    full: Model, old: str, new: str
) -> None:
    text = (SAMPLES / "full-model.yaml").read_text(encoding="utf-8")
    assert old in text
    same_meaning = old in ("journey: wheel\n", "[mon, sat]")
    assert (parse(text.replace(old, new)).hash == full.hash) is same_meaning


def test_a_model_can_be_moved_to_another_place_of_the_same_file() -> None:
    blocks = SHORTEST.strip().split("\n")
    assert parse("\n".join(reversed(blocks))).hash == parse(SHORTEST).hash


def test_thresholds_may_be_equal() -> None:
    model = parse(SHORTEST + "stages: {mql: {enter: 40, exit: 40}, sql: {enter: 40}}\n")
    assert (model.stages.mql_enter, model.stages.mql_exit, model.stages.sql_enter) == (40, 40, 40)


def test_the_exit_is_three_quarters_of_the_entry_unless_it_is_given() -> None:
    assert parse(SHORTEST + "stages: {mql: {enter: 60}}\n").stages.mql_exit == 45


def test_empty_lists_and_maps_are_allowed_where_nothing_is_needed() -> None:
    text = SHORTEST + "hand_raises: []\nnurture: []\nstages: {}\nhandoff: {}\n"
    text = text.replace("engagement: {", "engagement: {groups: {}, ").replace("fit: {", "fit: {exclusions: [], ")
    assert parse(text).hash == parse(SHORTEST).hash
