"""Hold caps to the engine's own sums, and to what was won."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from connector.study.calibrate_edits import edit_caps
from connector.study.calibrate_learn import Halves, split_inside
from connector.study.calibrate_shift import find_shift
from connector.study.learning.caps import choose_caps, sum_counts
from connector.study.learning.model_text import edit_model
from connector.study.learning.panel import Panel, design_panel, lay_out_panel, score_panel
from connector.study.learning.past import remember_part
from tests.study.histories import MODEL, NOW, TYPES, make_history, read_model

GROUPED = MODEL.replace(
    "  signals:\n", "  groups:\n    tried: {cap: 8}   # a guess\n    read: {cap: 90}\n  signals:\n"
).replace("kind: demo_trial, points: 10", "kind: demo_trial, points: 40, group: tried")


@lru_cache(maxsize=1)
def panel() -> Panel:
    return lay_out_panel((remember_part(make_history(2_500, 1), (), TYPES),), NOW)


@pytest.mark.parametrize("text", [MODEL, GROUPED], ids=["caps of signals", "caps of groups"])
def test_sums_are_those_of_the_engine(text: str) -> None:
    model = read_model(text)
    signals = tuple(replace(signal, cap=None) for signal in model.engagement.signals)
    uncapped = replace(model, engagement=replace(model.engagement, signals=signals))
    counts = design_panel(panel(), uncapped).columns[:, len(model.fit.criteria) :]
    summed = score_panel(panel(), model, lenient=True).engagement
    assert sum_counts(model.engagement, counts) == pytest.approx(summed, abs=1e-9)


def test_a_cap_that_hides_what_wins_is_raised_and_one_that_never_holds_stays() -> None:
    model = read_model(GROUPED)
    rules = choose_caps(panel(), model, split_inside(panel(), np.arange(panel().size)))
    assert rules.groups == {"tried": 16.0, "read": 90.0}
    edited = edit_model(GROUPED, list(edit_caps(model.engagement, rules)))
    assert "tried: {cap: 16}   # a guess" in edited
    assert read_model(edited).engagement == rules


def test_a_change_is_told_and_chance_is_none() -> None:
    scores = score_panel(panel(), read_model(MODEL), lenient=True)
    rows = np.random.default_rng(2).permutation(panel().size)
    still = find_shift(panel(), Halves(rows[::2], rows[1::2]), scores, ["country", "employees"])
    assert not still.wins_changed
    assert not still.score_changed
    assert still.attributes == ()
    high = scores.engagement > np.median(scores.engagement)
    moved = find_shift(panel(), Halves(np.flatnonzero(~high), np.flatnonzero(high)), scores, [])
    assert moved.wins_changed
    assert moved.score_changed
