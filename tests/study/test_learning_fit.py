"""Hold what points are learnt with to independent implementations, and to what it promises."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score

from connector.study.learning.card import Design, Term, choose_tau, learn_points
from connector.study.learning.intervals import bootstrap_mean, wilson
from connector.study.learning.logistic import believe, fit_logistic, to_chance
from connector.study.learning.measures import hits_at, measure_auc, measure_lift, measure_pr_auc


def sample(size: int, weights: list[float], seed: int = 5) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    columns = rng.integers(0, 3, (size, len(weights))).astype(float)
    return columns, rng.random(size) < to_chance(columns @ np.array(weights) - 1.5)


def test_coefficients_are_those_of_scikit_learn() -> None:
    columns, won = sample(800, [0.9, -0.4, 0.0])
    ours = fit_logistic(columns, won, believe(np.zeros(3), np.full(3, 0.5)))
    theirs = LogisticRegression(C=0.25, tol=1e-10, max_iter=1_000).fit(columns, won)
    assert ours[0] == pytest.approx(theirs.intercept_[0], abs=1e-4)
    assert ours[1:] == pytest.approx(theirs.coef_[0], abs=1e-4)


def test_coefficients_stay_within_their_bounds_and_the_others_make_the_best_of_it() -> None:
    columns, won = sample(800, [0.9, -0.8, 0.3])
    low, high = np.array([-np.inf, 0.0, -np.inf]), np.array([0.2, np.inf, np.inf])
    bound = fit_logistic(columns, won, believe(np.zeros(3), np.full(3, 1.0), low, high))
    assert bound[1] == 0.2
    assert bound[2] == 0.0
    rest = columns[:, [0, 2]] * [1, 1]
    fixed = believe(np.array([0.2, 0.0]), np.array([0.0, 1.0]))
    assert bound[3] == pytest.approx(fit_logistic(rest, won, fixed)[2], abs=1e-5)


def test_separated_classes_end_somewhere() -> None:
    columns = np.array([[0.0]] * 20 + [[1.0]] * 20)
    learnt = fit_logistic(columns, columns[:, 0] > 0, believe(np.zeros(1), np.array([np.inf])))
    assert np.isfinite(learnt).all()


@pytest.mark.parametrize("seed", range(5))
def test_ranking_measures_are_those_of_scikit_learn_with_ties(seed: int) -> None:
    rng = np.random.default_rng(seed)
    score, won = rng.integers(0, 12, 300).astype(float), rng.random(300) < 0.3
    assert measure_auc(score, won) == pytest.approx(roc_auc_score(won, score))
    assert measure_pr_auc(score, won) == pytest.approx(average_precision_score(won, score))


def test_lift_of_knowing_nothing_is_one() -> None:
    won = np.arange(100) % 4 == 0
    assert measure_lift(np.zeros(100), won, 0.2) == pytest.approx(1.0)
    assert hits_at(np.zeros(100), won, 20) == pytest.approx(5.0)


def test_wilson_is_the_interval_of_the_textbook() -> None:
    # Agresti and Coull 1998, and any calculator: 15 of 50.
    found = wilson(15, 50)
    assert (round(found.low, 3), round(found.high, 3)) == (0.191, 0.438)
    nothing = wilson(0, 0)
    assert (nothing.low, nothing.high) == (0.0, 1.0)


def test_rows_of_one_person_do_not_make_an_interval_narrower() -> None:
    values = np.random.default_rng(1).normal(0.0, 1.0, 60)
    once = bootstrap_mean(values, np.arange(60))
    ten_times = bootstrap_mean(np.repeat(values, 10), np.repeat(np.arange(60), 10))
    assert ten_times.high - ten_times.low == pytest.approx(once.high - once.low, rel=0.15)


def made_design(points: list[float], columns: np.ndarray) -> Design:
    terms = tuple(Term(f"rule-{place}", "engagement", own, 1 if own > 0 else -1) for place, own in enumerate(points))
    return Design(terms, columns, np.empty((len(columns), 0)))


def test_points_are_whole_keep_their_sign_and_follow_the_evidence() -> None:
    columns, won = sample(4_000, [1.2, 0.0, -0.6, 0.6])
    card = learn_points(made_design([5, 25, 10, -5], columns), won, np.arange(4_000), 1.6)
    first, second, third, fourth = card.points.tolist()
    assert card.points.dtype == np.int64
    assert first > 5
    assert 1 <= second < 25
    assert third == 1
    assert fourth == -1


def test_a_rule_without_evidence_keeps_its_points() -> None:
    columns, won = sample(2_000, [1.2, 0.0])
    columns[20:, 1] = 0.0
    card = learn_points(made_design([10, 25], columns), won, np.arange(2_000), 0.4)
    assert card.points[1] == 25


def test_with_no_room_the_points_are_those_set_by_hand() -> None:
    columns, won = sample(500, [1.2, 0.0])
    assert learn_points(made_design([10, 25], columns), won, np.arange(500), 0.0).points.tolist() == [10, 25]


def test_with_twenty_wins_the_points_are_those_set_by_hand_however_good_others_look() -> None:
    columns, won = sample(4_000, [2.0, 0.0])
    few = np.sort(np.concatenate([np.flatnonzero(won)[:20], np.flatnonzero(~won)[:60]]))
    splits = [(few[::2], few[1::2]), (few[1::2], few[::2])]
    assert choose_tau(lambda _: made_design([1, 50], columns), won, splits) == 0.0
    many = np.arange(4_000)
    assert choose_tau(lambda _: made_design([1, 50], columns), won, [(many[::2], many[1::2])]) > 0.0
