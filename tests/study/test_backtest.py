"""Hold the backtest to its law: what happens after an instant never changes what is decided at it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from random import Random

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.domain.decision import qualify
from connector.domain.person import Event, Person, Timeline
from connector.domain.timeline import to_us
from connector.study.backtest import Asked, Backtester, Candidate, walk_forward
from connector.study.learning.panel import lay_out_at, lay_out_panel, score_panel
from connector.study.learning.past import Past, remember_part
from connector.study.snapshot_schema import PERSON, attribute_column
from tests.study.histories import MODEL, NOW, TYPES, History, fill, make_history, read_model

VOUCHED = frozenset(TYPES)


@lru_cache(maxsize=2)
def history(size: int = 1_200, seed: int = 5) -> History:
    return make_history(size, seed)


def past_of(tables: History, vouched: frozenset[str] = VOUCHED) -> Past:
    return remember_part(tables, (), vouched)


def decisions(tables: History, instant: datetime) -> dict[int, tuple[float, float, bool]]:
    """Return what is decided about everybody at one instant, by person."""
    panel = lay_out_at((past_of(tables),), [instant], 7, 30.0)
    scores = score_panel(panel, read_model(MODEL), lenient=True)
    columns = zip(scores.fit_points.tolist(), scores.engagement.tolist(), scores.reach(40.0).tolist(), strict=True)
    return dict(zip(panel.person.tolist(), columns, strict=True))


def meddle(tables: History, instant: datetime, seed: int) -> History:
    """Remove, move and add events after an instant, and close or make deals after it."""
    rng, after_us = Random(seed), to_us(instant)
    events, deals = tables.tables["events"], tables.tables["deals"]
    later = (events["occurred_at"].to_physical() > after_us).to_numpy()
    kept = events.filter(pl.Series([not late or rng.random() < 0.5 for late in later]))
    shift = pl.duration(days=rng.randint(1, 40))
    moved = pl.when(pl.col("occurred_at").to_physical() > after_us).then(pl.col("occurred_at") + shift)
    kept = kept.with_columns(moved.otherwise(pl.col("occurred_at")).alias("occurred_at"))
    some = [rng.randrange(tables.tables["people"].height) for _ in range(30)]
    fresh = fill(
        {"person": some, "id": [f"new:{n}" for n in range(30)],
         "kind": [rng.choice(["demo_trial", "page_view"]) for _ in some],
         "occurred_at": [instant + timedelta(seconds=rng.randint(1, 9_000_000)) for _ in some],
         "machine": [False] * 30},
        "events",
    )  # fmt: skip
    both = pl.concat([kept, fresh]).sort([PERSON, "occurred_at"], descending=[False, True], maintain_order=True)
    open_later = deals["created_at"].to_physical() > after_us
    deals = deals.filter(~open_later | pl.Series([rng.random() < 0.5 for _ in range(deals.height)], dtype=pl.Boolean))
    return replace(tables, tables={**tables.tables, "events": both, "deals": deals})


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 10_000))
def test_what_happens_after_an_instant_never_changes_what_is_decided_at_it(seed: int) -> None:
    tables = history(300)
    instant = NOW - timedelta(days=Random(seed).uniform(20, 400))
    before = decisions(tables, instant)
    assert before
    assert decisions(meddle(tables, instant, seed), instant) == before


def test_a_decision_of_the_past_is_the_one_the_domain_would_have_made() -> None:
    tables, model = history(), read_model(MODEL)
    panel = lay_out_panel((past_of(tables),), NOW, 7)
    scores = score_panel(panel, model, lenient=True)
    people, events = tables.tables["people"], tables.tables["events"]
    for row in Random(1).sample(range(panel.size), 40):
        who, instant = int(panel.person[row]), pl.Series([panel.at_us[row]]).cast(pl.Datetime("us", "UTC"))[0]
        known = events.filter((pl.col(PERSON) == who) & (pl.col("occurred_at") <= instant))
        attributes = {name: people[attribute_column(name)][who] for name in TYPES}
        person = Person({name: value for name, value in attributes.items() if value is not None})
        timeline = Timeline(tuple(Event(one["id"], one["kind"], one["occurred_at"]) for one in known.to_dicts()))
        decided = qualify(person, timeline, model, instant, review=False)
        assert decided.engagement.score == scores.engagement[row]
        assert (decided.fit.verdict != "unfit") == scores.open[row]


def test_an_attribute_is_what_its_history_says_and_unknown_where_there_is_none() -> None:
    tables = history()
    day = NOW - timedelta(days=200)
    changes = {
        "person": [0, 0, 1, 2],
        "field": [attribute_column("country")] * 4,
        "value": ["DE", "ES", "MX", None],
        "at": [day, day + timedelta(days=10), None, day],
    }
    tables = replace(tables, tables={**tables.tables, "history": fill(changes, "history")})
    past = remember_part(tables, {attribute_column("country")}, {"employees"})
    shown = past.attributes_at(day + timedelta(days=5))
    assert shown[attribute_column("country")][:4].to_list() == ["DE", "MX", None, None]
    assert past.attributes_at(day + timedelta(days=10))[attribute_column("country")][0] == "ES"
    assert past.attributes_at(day - timedelta(days=1))[attribute_column("country")][0] is None
    assert shown[attribute_column("industry")].null_count() == shown.height
    assert shown[attribute_column("employees")].equals(tables.tables["people"][attribute_column("employees")])


def test_counters_are_left_out_and_named() -> None:
    tables = history()
    events = tables.tables["events"].with_columns(
        pl.when(pl.col("kind") == "email_click").then(pl.lit("counter:last_click")).otherwise(pl.col("id")).alias("id")
    )
    past = past_of(replace(tables, tables={**tables.tables, "events": events}))
    assert past.counters == {"email_click"}
    assert "email_click" not in past.events["kind"].to_list()


def test_nothing_is_learnt_from_before_its_outcome_was_known() -> None:
    panel = lay_out_panel((past_of(history()),), NOW, 7)
    folds = list(walk_forward(panel))
    assert folds
    for learn, compare in folds:
        horizon = panel.horizon_days * 86_400_000_000
        assert panel.at_us[learn].max() + horizon <= panel.at_us[compare].min()


def test_each_person_is_one_task_and_found_are_those_handed_over_before_they_were_won() -> None:
    tables = history()
    eager = read_model(MODEL.replace("enter: 40, exit: 30", "enter: 1, exit: 1"))
    shy = read_model(MODEL.replace("enter: 40, exit: 30", "enter: 99, exit: 90"))
    found = Backtester([tables], TYPES, frozenset(), NOW, Asked()).test(
        [Candidate("eager", eager), Candidate("shy", shy)]
    )
    one, other = (tested.verdict for tested in found.tested)
    assert found.not_reconstructable == ("country", "employees", "industry")
    assert one.tasks <= found.people
    assert one.found.value > 0.9
    assert one.lead_days is not None
    assert one.lead_days[0] >= 0
    assert other.tasks < one.tasks
    assert other.found.value < one.found.value


def test_a_better_model_is_seen_to_be_better() -> None:
    text = MODEL.replace("kind: page_view, points: 8, cap: 40", "kind: page_view, points: 1, cap: 5")
    text = (
        text.replace("points: 25", "points: 5")
        .replace("points: 10}", "points: 40}")
        .replace("points: 5  ", "points: 20  ")
    )
    asked = Asked(VOUCHED, ("country",))
    tester = Backtester([make_history(2_500, 1)], TYPES, frozenset(), NOW, asked)
    found = tester.test([Candidate("now", read_model(MODEL)), Candidate("better", read_model(text))])
    present, candidate = found.tested
    assert np.mean([fold.auc.value for fold in candidate.folds]) > np.mean([fold.auc.value for fold in present.folds])
    assert {segment.value for segment in present.segments["country"]} == {"ES", "MX", "DE", "US", None}
    assert sum(one.rows for one in present.reliability) == sum(fold.rows for fold in present.folds)
