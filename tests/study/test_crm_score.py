"""Translate a CRM's own score: the same points where it can be said, and a reason wherever it cannot."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from connector.domain.conditions import Test
from connector.domain.mapping import AttributeSource, EventSource
from connector.domain.mapping import Mapping as FieldMapping
from connector.domain.mapping_file import parse_mapping
from connector.domain.model import Model
from connector.domain.model_file import parse_model
from connector.domain.person import Event, Person, Timeline, Value
from connector.domain.text import fold
from connector.files import read_mapping_text, read_model_text
from connector.ports import FieldInfo, PersonRef
from connector.study.crm_score.definition import (
    AllOf,
    Bounds,
    Category,
    Decay,
    Group,
    Happening,
    Level,
    NoEquivalent,
    Output,
    Part,
    PropertyTest,
    Rule,
    Score,
    Table,
    Times,
)
from connector.study.crm_score.page import Page, add_attributes
from connector.study.crm_score.parity import Comparer, Pair, Parity, rank_agreement
from connector.study.crm_score.translate import Translation, extend_mapping, translate

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
PACKAGED = read_model_text(None).text
SMALL = """
model: small
version: "1"
fit:
  criteria:
    - {id: known, weight: 1, when: {attribute: country, is_known: true}}
engagement:
  signals:
    - {id: view, kind: page_view, points: 1}
"""
MAPPING = FieldMapping(
    crm="hubspot",
    attributes={
        "country": AttributeSource("country", "text", fields=("country_code",)),
        "sector": AttributeSource(
            "sector", "text", fields=("industry",), values={"SOFT": "software", "NET": "software"}
        ),
        "employees": AttributeSource("employees", "number", "company", ("numberofemployees",)),
    },
    events=(
        EventSource("page_view", "web_events", {"url": "hs_url"}, event_type="e_visited_page"),
        EventSource("content_download", "form_submissions", {"form": "form_name"}, {"form_name": ("descarga*",)}),
        EventSource("webinar_registered", "form_submissions", {"form": "form_name"}, {"form_name": ("*webinar*",)}),
        EventSource("form_submitted", "form_submissions", {"form": "form_name"}),
        EventSource("webinar_registered", "marketing_events", {"asset": "event_name"}),
        EventSource("email_open", "counters", count="opens", at="last_open"),
    ),
)
FIELDS = {
    "person": {
        "seniority": FieldInfo("seniority", "Seniority", "enumeration", ("junior", "senior")),
        "hs_visits": FieldInfo("hs_visits", "Visits", "number"),
        "agreed": FieldInfo("agreed", "Agreed", "enumeration", ("true", "false")),
    }
}  # fmt: skip


def score(*parts: Part, category: Category = "fit", **more: Any) -> Score:
    """Return a score of one group with a rule for every part."""
    rules = tuple(Rule(position, (part,)) for position, part in enumerate(parts, start=1))
    outputs = (Output("their_score", frozenset((category,))),)
    given_group = {name: more.pop(name) for name in ("most", "least", "decay") if name in more}
    return Score("1", "Score", (Group("Group", category, rules, **given_group),), outputs=outputs, **more)


def translated(one: Score, *, may_add: bool = True) -> Translation:
    return translate([one], MAPPING, FIELDS, may_add=may_add)  # type: ignore[arg-type]


def written(translation: Translation, text: str = SMALL) -> Model:
    """Return the model of the written page: what is written must be sound."""
    present = MAPPING if text == SMALL else extend_mapping(packaged(), list(MAPPING.attributes.values()))
    mapping = extend_mapping(present, translation.added)
    lender = parse_model(text, file="lender.yaml", types=mapping.attribute_types)
    page = Page(text, lender, "en").write(translation, ["A head."])
    return parse_model(page, file="page.yaml", types=mapping.attribute_types)


def packaged() -> FieldMapping:
    return parse_mapping(read_mapping_text(None, "hubspot").text, file="hubspot.yaml", crm="hubspot")


def points_of(translation: Translation, person: dict[str, Value], *events: Event) -> float:
    """Return the points of somebody by the written model, on the axis of the score."""
    category = next(iter(translation.scores[0].categories))
    comparer = Comparer(translation, written(translation), NOW)
    return comparer.compare(Somebody(person, events), None, frozenset((category,))).ours


class Somebody:
    """Be a person as read."""

    def __init__(self, attributes: dict[str, Value], events: tuple[Event, ...] = ()) -> None:
        self.ref = PersonRef("contact", "1")
        self.person = Person(attributes)
        self.timeline = Timeline(events)


def is_in(*values: str, negated: bool = False) -> PropertyTest:
    return PropertyTest("country_code", "in", values, negated=negated)


def whys(translation: Translation) -> list[str]:
    return [gap.why for gap in translation.gaps]


def test_points_that_exclude_each_other_become_steps_that_add_up() -> None:
    found = translated(score(Table((Level(is_in("ES"), 30.0), Level(is_in("MX"), 20.0), Level(is_in("PE"), 20.0)))))
    assert found.fit is not None
    assert [(rule.points, rule.when) for rule in found.fit.criteria] == [
        (10.0, {"attribute": "country", "in": ["ES"]}),
        (20.0, {"attribute": "country", "in": ["ES", "MX", "PE"]}),
    ]
    assert [points_of(found, {"country": c}) for c in ("ES", "MX", "PE", "FR")] == [30.0, 20.0, 20.0, 0.0]
    assert points_of(found, {}) == 0.0
    assert found.gaps == ()


def test_points_taken_away_are_points_not_given_and_an_empty_property_loses_none() -> None:
    found = translated(score(Table((Level(is_in("ES"), 20.0), Level(is_in("FR"), -10.0)))))
    assert found.fit is not None
    assert found.fit.base == -10.0
    assert [points_of(found, person) for person in ({"country": "ES"}, {"country": "FR"}, {"country": "IT"}, {})] == [
        20.0, -10.0, 0.0, 0.0,
    ]  # fmt: skip


LEVELS = st.lists(st.integers(-40, 40), min_size=1, max_size=5)
COUNTRIES = ("ES", "MX", "PE", "CL", "AR")


@given(levels=LEVELS, otherwise=st.integers(-20, 20), country=st.sampled_from((*COUNTRIES, "FR")))
def test_a_table_gives_everybody_the_points_it_gave(levels: list[int], otherwise: int, country: str) -> None:
    """Add a second rule, so that no single value takes away as much as all else gives."""
    table = Table(
        tuple(Level(is_in(name), float(points)) for name, points in zip(COUNTRIES, levels, strict=False)), otherwise
    )
    size = PropertyTest("numberofemployees", "at_least", 10.0, owner="company")
    found = translated(score(table, Table((Level(size, 200.0),))))
    told = dict(zip(COUNTRIES, levels, strict=False)).get(country, otherwise)
    assert points_of(found, {"country": country, "employees": 20.0}) == pytest.approx(told + 200)


def test_what_takes_away_as_much_as_all_else_gives_is_an_exclusion() -> None:
    found = translated(score(Table((Level(is_in("ES"), 50.0),)), Table((Level(is_in("XX"), -50.0),))))
    assert found.fit is not None
    assert [(rule.id, rule.points) for rule in found.fit.exclusions] == [("not-country", -50.0)]
    assert whys(found) == ["excluded"]
    assert written(found).fit.exclusions[-1].id == "not-country"
    assert points_of(found, {"country": "XX"}) == -50.0


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (is_in("ES", negated=True), {"not": {"attribute": "country", "in": ["ES"]}}),
        (
            PropertyTest("country_code", "in", ("ES",), or_blank=True),
            {"any": [{"attribute": "country", "in": ["ES"]}, {"attribute": "country", "is_unknown": True}]},
        ),
        (PropertyTest("country_code", "is_unknown", True), {"attribute": "country", "is_unknown": True}),
        (PropertyTest("industry", "in", ("SOFT", "NET")), {"attribute": "sector", "in": ["software"]}),
        (PropertyTest("agreed", "in", ("true",)), {"attribute": "agreed", "equals": True}),
        (PropertyTest("hs_visits", "in", ("1", "2")), {"attribute": "visits", "in": [1.0, 2.0]}),
        (
            AllOf((is_in("ES"), PropertyTest("numberofemployees", "over", 5.0, owner="company"))),
            {"all": [{"attribute": "country", "in": ["ES"]}, {"attribute": "employees", "over": 5.0}]},
        ),
    ],
)
def test_conditions_are_said_with_the_mapping_s_own_attributes(when: Any, expected: dict[str, Any]) -> None:
    found = translated(score(Table((Level(when, 5.0),))))
    assert found.fit is not None
    assert found.fit.criteria[0].when == expected
    assert written(found).fit.criteria


@pytest.mark.parametrize(
    ("part", "why", "detail"),
    [
        (Table((Level(PropertyTest("nowhere", "is_known", True), 5.0),)), "no_property", "nowhere"),
        (Table((Level(PropertyTest("country_code", "over", 5.0), 5.0),)), "type", "country"),
        (Table((Level(NoEquivalent("history", "EVER"), 5.0),)), "history", "EVER"),
        (NoEquivalent("segment", "3", 5.0), "segment", "3"),
    ],
)
def test_what_cannot_be_said_of_somebody_is_left_out_with_the_reason(part: Part, why: str, detail: str) -> None:
    found = translated(score(part, Table((Level(is_in("ES"), 5.0),))))
    assert [(gap.why, gap.detail, gap.points, gap.where.rule, gap.is_left_out) for gap in found.gaps] == [
        (why, detail, 5.0, 1, True)
    ]
    assert found.fit is not None
    assert len(found.fit.criteria) == 1


def test_a_property_the_mapping_lacks_is_added_only_where_a_mapping_is_to_be_written() -> None:
    one = score(Table((Level(PropertyTest("seniority", "in", ("senior",)), 5.0),)), Table((Level(is_in("ES"), 5.0),)))
    kept = translated(one, may_add=False)
    assert [(gap.why, gap.detail) for gap in kept.gaps] == [
        ("unmapped", "seniority: {property: seniority, type: text}")
    ]
    added = translated(one)
    assert [source.name for source in added.added] == ["seniority"]
    text = add_attributes(read_mapping_text(None, "hubspot").text, added.added)
    read = parse_mapping(text, file="hubspot.yaml", crm="hubspot")
    assert read.attributes["seniority"] == AttributeSource("seniority", "text", fields=("seniority",))
    assert text.startswith("# Where HubSpot keeps the evidence")


def test_values_the_mapping_cannot_tell_apart_are_told() -> None:
    found = translated(score(Table((Level(PropertyTest("industry", "in", ("SOFT",)), 5.0),))))
    assert [(gap.why, gap.detail, gap.is_left_out) for gap in found.gaps] == [("values_joined", "sector", False)]


def event(kind: str, days_ago: float = 0.0, **more: Any) -> Event:
    return Event(f"{kind}:{days_ago}:{more}", kind, NOW - timedelta(days=days_ago), **more)


def test_events_become_signals_with_their_limits_windows_and_decay() -> None:
    prices = PropertyTest("hs_url", "matches_any", ("*/prices*",))
    one = score(
        Happening("page_view", 10.0, when=prices), Happening("page_view", 1.0),
        category="engagement", most=25.0, decay=Decay(30.0, 25.0),
    )  # fmt: skip
    found = translated(one)
    assert found.engagement is not None
    first = found.engagement.signals[0]
    assert (first.when, first.half_life_days, first.window_days, first.group) == (
        {"event": "url", "matches_any": ["*/prices*"]}, 60.0, 120.0, "group",
    )  # fmt: skip
    assert found.engagement.caps == {"group": 25.0}
    assert whys(found) == ["decay"]
    views = [event("page_view", days, url="https://x.example/prices") for days in (0.0, 60.0, 121.0)]
    assert points_of(found, {}, *views) == pytest.approx(11 + 5.5)


def test_forms_are_whatever_the_mapping_makes_of_them() -> None:
    found = translated(score(Happening(None, 15.0, "form_submissions"), category="engagement"))
    assert found.engagement is not None
    assert {signal.kind: signal.when for signal in found.engagement.signals} == {
        "content_download": None,
        "webinar_registered": {"event": "form", "is_known": True},
        "form_submitted": None,
    }
    named = PropertyTest("form_name", "in", ("Descarga: guía", "Contacto"))
    some = translated(score(Happening(None, 15.0, "form_submissions", named), category="engagement"))
    assert some.engagement is not None
    assert [signal.kind for signal in some.engagement.signals] == ["content_download", "form_submitted"]
    assert (
        points_of(some, {}, event("content_download", form="descarga: GUÍA"), event("form_submitted", form="x")) == 15
    )


@pytest.mark.parametrize(
    ("times", "points", "limit", "why"),
    [
        ((Times(1, 10.0),), 10.0, 1, []),
        ((Times(1, 5.0), Times(2, 10.0), Times(3, 15.0)), 5.0, 3, []),
        ((Times(3, 15.0),), 5.0, 3, ["frequency"]),
        ((Times(1, 5.0), Times(10, 20.0)), 2.0, 10, ["frequency"]),
    ],
)
def test_points_by_how_often_are_points_for_each_where_that_is_the_same(
    times: tuple[Times, ...], points: float, limit: int, why: list[str]
) -> None:
    found = translated(score(Happening("page_view", 0.0, times=times), category="engagement"))
    assert found.engagement is not None
    assert [(signal.points, signal.limit) for signal in found.engagement.signals] == [(points, limit)]
    assert whys(found) == why


@pytest.mark.parametrize(
    ("test", "expected", "why"),
    [
        (PropertyTest("opens", "at_least", 5.0), (2.0, 5, None), ["counter"]),
        (PropertyTest("opens", "is_known", True), (10.0, 1, None), []),
        (PropertyTest("last_open", "newer_than_days", 7.0), (10.0, 1, 7.0), []),
        (PropertyTest("hs_visits", "over", 3.0), None, ["engagement_property"]),
        (PropertyTest("opens", "under", 5.0), None, ["engagement_property"]),
    ],
)
def test_points_for_a_counter_are_points_for_what_it_counts(test: PropertyTest, expected: Any, why: list[str]) -> None:
    found = translated(score(Table((Level(test, 10.0),)), category="engagement"))
    told = found.engagement and [(one.points, one.limit, one.window_days) for one in found.engagement.signals]
    assert told == (None if expected is None else [expected])
    assert whys(found) == why


@pytest.mark.parametrize(
    ("happening", "why"),
    [
        (Happening("meeting", 5.0), "kind_unmapped"),
        (Happening("page_view", 5.0, when=PropertyTest("hs_referrer", "in", ("x",))), "event_property"),
        (Happening("email_open", 5.0, when=NoEquivalent("date", "X")), "date"),
    ],
)
def test_events_nobody_reads_are_left_out_with_the_reason(happening: Happening, why: str) -> None:
    found = translated(score(happening, category="engagement"))
    assert (found.engagement, whys(found)) == (None, [why])


def test_labels_become_thresholds() -> None:
    of_fit = (Bounds(frozenset(("fit",)), (-10.0, 15.0, 25.0)),)
    fit = translated(score(Table((Level(is_in("ES"), 30.0), Level(is_in("FR"), -10.0))), bounds=of_fit))
    assert fit.fit is not None
    assert fit.fit.threshold_pct == 62.5
    assert fit.hands_from(fit.outputs[0]) == 25.0
    of_engagement = (Bounds(frozenset(("engagement",)), (0.0, 20.0, 40.0)),)
    active = translated(score(Happening("page_view", 5.0), category="engagement", bounds=of_engagement))
    model = written(active)
    assert (model.stages.mql_enter, model.stages.mql_exit) == (40.0, 30.0)
    assert model.fit.threshold == written(fit).fit.threshold - 12.5 == 50.0


def test_a_page_keeps_what_the_score_says_nothing_of_and_all_its_comments() -> None:
    found = translated(score(Table((Level(is_in("ES"), 30.0),))))
    lender = parse_model(PACKAGED, file="model.yaml", types=packaged().attribute_types)
    page = Page(PACKAGED, lender, "es").write(found, ["Una cabecera."])
    assert page.startswith("# Una cabecera.\n\n# What")
    assert "    # Score › Group › regla 1\n    - id: country\n      weight: 30\n" in page
    after = page[page.index("engagement:") :]
    assert after == PACKAGED[PACKAGED.index("engagement:") :]


@pytest.mark.parametrize("category", ["fit", "engagement"])
def test_a_model_in_one_line_is_written_in_one_line(category: Category) -> None:
    flow = yaml.safe_dump(yaml.safe_load(PACKAGED), default_flow_style=True, width=10**9, sort_keys=False)
    part: Part = Table((Level(is_in("ES"), 30.0),)) if category == "fit" else Happening("page_view", 3.0)
    model = written(translated(score(part, category=category)), flow)
    assert len(model.fit.criteria if category == "fit" else model.engagement.signals) == 1


@given(value=st.text(min_size=1, max_size=20).filter(str.strip), name=st.text(max_size=20))
def test_whatever_the_crm_s_texts_hold_the_page_can_be_read(value: str, name: str) -> None:
    one = score(Table((Level(PropertyTest("country_code", "in", (value,)), 5.0),)))
    found = translated(replace(one, name=name, groups=tuple(replace(group, name=name) for group in one.groups)))
    when = written(found).fit.criteria[0].when
    assert isinstance(when, Test)
    assert when.operand == (value,) or fold(str(when.operand)) == fold(str((value,)))


def test_points_that_make_an_sql_are_never_fewer_than_those_of_an_mql() -> None:
    text = PACKAGED.replace("sql: {enter: null", "sql: {enter: 60")
    bounds = (Bounds(frozenset(("engagement",)), (0.0, 80.0)),)
    found = translated(score(Happening("page_view", 5.0), category="engagement", bounds=bounds))
    stages = written(found, text).stages
    assert (stages.mql_enter, stages.sql_enter) == (80.0, 80.0)


def test_ranks_agree_as_spearman_says_with_ties_sharing_their_rank() -> None:
    found = rank_agreement([1.0, 2.0, 3.0, 4.0, 5.0], [2.0, 1.0, 4.0, 3.0, 5.0])
    assert found is not None
    assert found.value == pytest.approx(0.8)
    assert found.low < 0.8 < found.high
    tied = rank_agreement([1.0, 1.0, 2.0, 3.0], [10.0, 20.0, 30.0, 40.0])
    assert tied is not None
    assert tied.value == pytest.approx(0.9486832980505138)
    assert rank_agreement([1.0, 1.0, 1.0, 1.0], [1.0, 2.0, 3.0, 4.0]) is None
    assert rank_agreement([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]) is None


def test_who_changes_hands_is_told_at_the_same_points() -> None:
    pairs = tuple(
        Pair(PersonRef("contact", str(number)), theirs, ours)
        for number, (theirs, ours) in enumerate([(50.0, 50.0), (None, 45.0), (41.0, 39.0), (10.0, 10.2)])
    )
    parity = Parity("their_score", pairs, 40.0)
    assert ([pair.ref.object_id for pair in parity.gained], [pair.ref.object_id for pair in parity.lost]) == (
        ["1"],
        ["2"],
    )
    assert (parity.both_count, parity.blank_count, parity.same_count) == (1, 1, 2)
    assert [pair.ref.object_id for pair in parity.biggest(5)] == ["1", "2"]
    assert Parity("their_score", pairs, None).hands(pairs[0]) is None
