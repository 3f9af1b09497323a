"""Learn from bases whose people were handed over as soon as they came, such as an import of old leads."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from connector.files import load_mapping
from connector.study.calibrate_edits import edits_of
from connector.study.calibrate_learn import Learner
from connector.study.learning.fit_file import new_criteria
from connector.study.learning.handoffs import choose_panel, lay_out_handoffs, still_counters
from connector.study.learning.model_text import edit_model
from connector.study.learning.panel import design_panel, score_panel
from connector.study.learning.past import Past, find_fates, remember_part
from connector.study.snapshot_schema import attribute_column
from tests.study.histories import MODEL, NOW, TYPES, History, fill, make_history, read_model

SIZE = 400


def imported(*, moved: float = 0.0) -> History:
    """Make up leads that came, acted and got a deal at one instant each; `moved`: so many came back after it."""
    rng = np.random.default_rng(8)
    came = [NOW - timedelta(days=40 + number / 4) for number in range(SIZE)]
    industry = [("software", "retail", None)[place] for place in rng.integers(0, 3, SIZE)]
    won = [rng.random() < (0.6 if one == "software" else 0.2) for one in industry]
    back = rng.random(SIZE) < moved
    people = {
        "person": np.arange(SIZE), "object_type": ["contact"] * SIZE, "object_id": [str(n) for n in range(SIZE)],
        "current": ["{}"] * SIZE, attribute_column("industry"): industry, attribute_column("country"): ["ES"] * SIZE,
        attribute_column("employees"): [10.0] * SIZE,
    }  # fmt: skip
    events = {
        "person": np.repeat(np.arange(SIZE), 2), "id": ["counter:views", "web:1"] * SIZE,
        "kind": ["page_view", "demo_trial"] * SIZE,
        "occurred_at": [day + timedelta(days=int(late) * (place == 0))
                        for day, late in zip(came, back, strict=True) for place in (0, 1)],
        "count": [3.0, None] * SIZE, "machine": [False] * 2 * SIZE,
    }  # fmt: skip
    deals = {
        "person": np.arange(SIZE), "id": [f"d{n}" for n in range(SIZE)],
        "state": ["won" if one else "lost" for one in won], "created_at": came,
        "closed_at": [day + timedelta(days=21) for day in came],
    }  # fmt: skip
    tables = dict(make_history(1, 1).tables)
    tables |= {"people": fill(people, "people"), "events": fill(events, "events"), "deals": fill(deals, "deals")}
    return History(tables, dict(TYPES))


def past_of(history: History) -> Past:
    return remember_part(history, (), TYPES)


def test_leads_that_were_handed_over_at_once_are_looked_at_as_they_were_then() -> None:
    past = past_of(imported())
    panel, at_handoff = choose_panel((past,), NOW, 28, 50)
    assert at_handoff
    assert panel.size == SIZE
    assert panel.winners() == past.deals.filter(pl.col("state") == "won").height
    scores = score_panel(panel, read_model(MODEL), lenient=True)
    assert set(scores.engagement) == {3 * 8.0 + 10.0}


def test_an_open_deal_is_neither_won_nor_lost() -> None:
    history = imported()
    deals = history.tables["deals"].with_columns(
        pl.when(pl.col("person") < 100).then(pl.lit("open")).otherwise(pl.col("state")).alias("state")
    )
    past = past_of(replace(history, tables={**history.tables, "deals": deals}))
    assert lay_out_handoffs((past,), NOW).size == SIZE - 100


@pytest.mark.parametrize(("moved", "kept"), [(0.01, {"page_view"}), (0.4, set())])
def test_a_counter_that_moved_on_after_the_handoff_is_left_out(moved: float, kept: set[str]) -> None:
    assert still_counters((past_of(imported(moved=moved)),)) == kept


def test_what_happened_after_the_handoff_is_not_known_at_it() -> None:
    history = imported()
    later = history.tables["deals"].select("person", pl.col("created_at") + pl.duration(days=1))
    more = fill(
        {"person": later["person"].to_list(), "id": ["web:2"] * SIZE, "kind": ["demo_trial"] * SIZE,
         "occurred_at": later["created_at"].to_list(), "machine": [False] * SIZE},
        "events",
    )  # fmt: skip
    both = pl.concat([history.tables["events"], more]).sort(["person", "occurred_at"], descending=[False, True])
    meddled = replace(history, tables={**history.tables, "events": both})
    before, after = (lay_out_handoffs((past_of(one),), NOW) for one in (history, meddled))
    assert (design_panel(before, read_model(MODEL)).columns == design_panel(after, read_model(MODEL)).columns).all()


def test_the_file_weighs_people_as_the_points_that_were_learnt() -> None:
    panel = lay_out_handoffs((past_of(imported()),), NOW)
    hand = MODEL.replace("equals: software", "equals: mining")
    model = read_model(hand)
    learner = Learner(panel, model, ("industry",))
    card, cuts = learner.learn(30.0, np.arange(SIZE), 0.8)
    own = [False] * len(model.engagement.signals)
    text = edit_model(hand, edits_of(model, card, 30.0, own), new_criteria(model.fit, card, cuts))
    assert "industry-" in text
    columns = learner.design(30.0, cuts)
    weighed = score_panel(panel, read_model(text), lenient=True).fit_points
    assert np.ptp(weighed - card.axis_scores(columns)[:, 0]) == pytest.approx(0, abs=1e-6)


def test_a_handoff_is_dated_by_the_crms_own_name_of_the_stage() -> None:
    day = NOW - timedelta(days=90)
    history = {
        "person": [0, 0, 1],
        "field": ["lifecycle_stage", "lifecycle_stage", "lifecycle_stage"],
        "value": ["lead", "marketingqualifiedlead", "lead"],
        "at": [day - timedelta(days=9), day, day],
    }
    nobody_sold = {"person": [], "id": [], "state": [], "created_at": [], "closed_at": []}
    leads = imported()
    tables = leads.tables | {"history": fill(history, "history"), "deals": fill(nobody_sold, "deals")}
    stages = load_mapping(None, "hubspot").stages_by_value
    past = remember_part(replace(leads, tables=tables), (), TYPES, stages)
    assert find_fates(past)["handed_at"][:3].to_list() == [day, None, None]
