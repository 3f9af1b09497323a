"""Hold calibration to its promises: leaks refused by name, no proposal without evidence, no number out of nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import lru_cache

import numpy as np
import polars as pl
import pytest

from connector.domain.model import Model
from connector.domain.model_file import parse_model
from connector.study.calibrate import Calibration, Calibrator, Wanted
from connector.study.learning.leaks import find_leaks
from connector.study.learning.panel import Scores
from connector.study.learning.past import remember_part
from connector.study.learning.thresholds import threshold_for_precision, threshold_for_volume
from connector.study.snapshot_schema import attribute_column
from tests.study.histories import MODEL, NOW, TYPES, History, fill, make_history

PLAIN = Wanted()


@lru_cache(maxsize=4)
def history(size: int = 2_500, seed: int = 1, *, noise: bool = False) -> History:
    return make_history(size, seed, noise=noise)


def calibrate(past: History, text: str = MODEL, wanted: Wanted = PLAIN) -> Calibration:
    def parse(edited: str) -> Model:
        return parse_model(edited, file="model.yaml", types=past.attribute_types)

    return Calibrator([past], past.attribute_types, frozenset(), text, parse, NOW, wanted).calibrate()


def leaks_of(past: History, known: frozenset[str] = frozenset()) -> dict[str, str]:
    found = find_leaks((remember_part(past, (), past.attribute_types),), known)
    return {leak.attribute: leak.why for leak in found}


def test_what_is_proposed_follows_what_was_won() -> None:
    found = calibrate(history())
    assert found.text is not None, found.refusal
    after = parse_model(found.text, file="model.yaml", types=TYPES)
    points = {signal.id: signal.points for signal in after.engagement.signals}
    weights = {rule.id: rule.weight for rule in after.fit.criteria}
    assert points["trial"] > 10
    assert points["download"] > 5
    assert max(weights, key=lambda name: weights[name]) == "industry"
    assert all(points == int(points) and points > 0 for points in [*points.values(), *weights.values()])
    assert found.comparison is not None
    assert found.comparison.gain.low > 0


def test_as_many_people_have_the_points_as_today_unless_sales_says_otherwise() -> None:
    found = calibrate(history())
    assert found.per_week is not None
    before, after = found.per_week
    assert after == pytest.approx(before, rel=0.25)
    less = calibrate(history(), wanted=Wanted(per_week=before / 3))
    assert less.per_week is not None
    assert less.per_week[1] <= before / 3


@pytest.mark.parametrize("seed", [2, 11, 12])
def test_of_pure_noise_nothing_is_proposed(seed: int) -> None:
    found = calibrate(history(2_000, seed, noise=True))
    assert found.text is None
    assert found.refusal is not None
    assert found.refusal.why in ("no_gain", "nothing_to_learn")


@pytest.mark.parametrize("seed", range(6))
def test_of_noise_in_few_people_no_criterion_is_made_either(seed: int) -> None:
    found = calibrate(make_history(900, seed, noise=True), wanted=Wanted(new_criteria=True))
    assert found.text is None
    assert found.criteria == ()


def test_thirty_winners_are_too_few_and_twenty_more_are_asked_for() -> None:
    past = history()
    keep = past.tables["deals"].head(30)
    few = replace(past, tables={**past.tables, "deals": keep})
    refusal = calibrate(few).refusal
    assert refusal is not None
    assert refusal.why == "few_wins"
    assert refusal.need == 50
    assert 0 < refusal.have <= 30


def test_planted_leaks_are_refused_by_name() -> None:
    past, rng = history(), np.random.default_rng(9)
    won = past.won
    known = [one if one else None for one in np.where(won | (rng.random(len(won)) < 0.02), "yes", "")]
    past = past.with_attribute("lead_quality", ["high"] * len(won))
    past = past.with_attribute("course", ["later" if one else "none" for one in won])
    past = past.with_attribute("occupation", known)
    past = past.with_attribute("eye_colour", [("brown", "blue", None)[place] for place in rng.integers(0, 3, len(won))])
    assert leaks_of(past) == {"lead_quality": "name", "course": "too_good", "occupation": "too_good"}
    assert "course" not in leaks_of(past, frozenset({"course"}))


def test_blanks_that_tell_the_outcome_are_a_leak() -> None:
    past, rng = history(), np.random.default_rng(9)
    filled = rng.random(len(past.won)) < np.where(past.won, 0.8, 0.4)
    past = past.with_attribute("occupation", ["student" if one else None for one in filled])
    assert leaks_of(past) == {"occupation": "blank"}


def test_blanks_are_no_leak_where_those_without_a_value_are_won_like_those_with_another() -> None:
    past, rng = history(), np.random.default_rng(9)
    likely = rng.random(len(past.won)) < np.where(past.won, 0.6, 0.2)
    other = np.where(rng.random(len(past.won)) < 0.5, "student", "")
    jobs = [one or None for one in np.where(likely, "manager", other)]
    assert leaks_of(past.with_attribute("occupation", jobs)) == {}


def test_what_was_filled_in_after_the_handoff_is_a_leak() -> None:
    past = history().with_attribute("need", ["courses"] * history().tables["people"].height)
    deals = past.tables["deals"]
    changes = {
        "person": deals["person"].to_list(),
        "field": [attribute_column("need")] * deals.height,
        "value": ["courses"] * deals.height,
        "at": [at + timedelta(days=3) for at in deals["created_at"]],
    }
    past = replace(past, tables={**past.tables, "history": fill(changes, "history")})
    assert leaks_of(past) == {"need": "written_later"}


def test_a_leaked_attribute_gets_no_points_even_where_the_model_looks_at_it() -> None:
    past = history()
    past = past.with_attribute("verdict_code", ["good" if one else "bad" for one in past.won])
    text = MODEL.replace(
        "engagement:\n", "    - {id: code, weight: 20, when: {attribute: verdict_code, equals: good}}\nengagement:\n", 1
    )
    found = calibrate(past, text, Wanted(new_criteria=True))
    assert "verdict_code" in {leak.attribute for leak in found.evidence.leaks}
    assert not any(change.rule == "code" for change in found.changes)
    assert not any(criterion.attribute == "verdict_code" for criterion in found.criteria)


def test_what_sales_does_itself_is_never_learnt_from() -> None:
    past = history()
    winners = past.tables["deals"]
    calls = fill(
        {"person": winners["person"].to_list(), "id": [f"call:{n}" for n in range(winners.height)],
         "kind": ["call"] * winners.height, "occurred_at": [at - timedelta(days=10) for at in winners["created_at"]],
         "machine": [False] * winners.height},
        "events",
    )  # fmt: skip
    events = pl.concat([past.tables["events"], calls]).sort(["person", "occurred_at"], descending=[False, True])
    past = replace(past, tables={**past.tables, "events": events})
    text = MODEL.replace("    - {id: webinar,", "    - {id: called, kind: call, points: 4}\n    - {id: webinar,")
    found = calibrate(past, text)
    assert found.text is not None, found.refusal
    assert not any(change.rule == "called" for change in found.changes)


def scores_of(points: list[float]) -> Scores:
    size = len(points)
    return Scores(np.zeros(size), np.array(points), np.ones(size, dtype=bool), np.zeros(size, dtype=bool))


def test_a_threshold_lets_no_more_through_than_sales_can_call_and_cuts_no_tie_in_two() -> None:
    scores = scores_of([50, 40, 40, 40, 30, 20])
    assert threshold_for_volume(scores, 1, 1) == 41
    assert threshold_for_volume(scores, 1, 3) == 41
    assert threshold_for_volume(scores, 1, 4) == 31
    assert threshold_for_volume(scores, 2, 2) == 31
    assert threshold_for_volume(scores, 1, 100) == 1


def test_a_precision_counts_by_its_lower_bound_and_needs_thirty_people() -> None:
    points = [float(score) for score in range(1, 101) for _ in range(10)]
    won = np.array([score > 80 for score in points])
    threshold = threshold_for_precision(scores_of(points), won, 0.5)
    assert threshold is not None
    assert 60 < threshold < 80
    assert threshold_for_precision(scores_of(points[:20]), won[:20], 0.1) is None
