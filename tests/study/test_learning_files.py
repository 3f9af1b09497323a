"""Propose criteria and change files: what is cut is what the file says, and nothing else of it changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from difflib import ndiff
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.domain.model import Model
from connector.domain.model_file import parse_model
from connector.study.calibrate_edits import edit_half_lives, edit_thresholds
from connector.study.learning.bins import MOST_BINS, cut_numbers
from connector.study.learning.model_text import Edit, edit_model
from connector.study.learning.proposed import cut_attribute, to_criteria
from connector.study.learning.signal_terms import with_half_life
from connector.study.snapshot_schema import attribute_column
from connector.study.vector_truth import Asker
from tests.study.histories import MODEL, TYPES, read_model

PACKAGED = Path(__file__).parents[2] / "mappings" / "model.yaml"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
BARE = "model: bare\nversion: 1.0.0\nfit: {criteria: [{id: a, weight: 1, when: {attribute: country, equals: ES}}]}\n"


def test_few_bins_find_the_steps_of_the_win_rate() -> None:
    rng = np.random.default_rng(3)
    values = rng.uniform(0, 100, 6_000)
    won = rng.random(6_000) < np.where(values < 20, 0.05, np.where(values < 70, 0.3, 0.6))
    edges = cut_numbers(values, won)
    assert len(edges) < MOST_BINS
    assert min(abs(edges - 20)) < 4
    assert min(abs(edges - 70)) < 4


def test_a_small_sample_is_cut_too() -> None:
    rng = np.random.default_rng(3)
    values = rng.uniform(0, 100, 400)
    edges = cut_numbers(values, rng.random(400) < np.where(values < 50, 0.1, 0.6))
    assert len(edges)
    assert min(abs(edges - 50)) < 10


def test_no_edge_is_larger_than_a_model_file_takes() -> None:
    rng = np.random.default_rng(3)
    values = 10 ** rng.uniform(0, 300, 2_000)
    assert not len(cut_numbers(values, rng.random(2_000) < np.where(values < 1e200, 0.1, 0.6)))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(0, 10_000), st.booleans())
def test_the_criteria_of_a_file_are_the_bins_that_were_learnt(seed: int, numeric: bool) -> None:
    rng = np.random.default_rng(seed)
    if numeric:
        drawn = rng.choice([np.nan, -3.5, 0.0, 1.0, 2.0, 10.0, 250.0, 1e6], 500)
        column = pl.Series([None if np.isnan(one) else float(one) for one in drawn], dtype=pl.Float64)
    else:
        texts = [None, "ES", "es ", "España", "no", "1", "a: b", "x, y", "rare"]
        column = pl.Series([texts[place] for place in rng.integers(0, len(texts), 500)])
    won = rng.random(500) < 0.3
    cut = cut_attribute("seen", column, won, np.arange(500))
    points = rng.integers(-20, 20, len(cut.bins)).tolist()
    types = {**TYPES, "seen": "number" if numeric else "text"}
    criteria = [replace(one, id=f"bin-{place}") for place, one in enumerate(to_criteria(cut, points))]
    text = edit_model(MODEL, [], criteria)
    model = parse_model(text, file="model.yaml", types=types)
    people = pl.DataFrame({attribute_column("seen"): column})
    asker = Asker(people, pl.DataFrame(), np.empty(0, dtype=np.int64), NOW)
    weighed = sum(rule.weight * (asker.of_people(rule.when) == 1) for rule in model.fit.criteria[3:])
    least = min(own for own, filled in zip(points, cut.filled, strict=True) if filled)
    assert (np.array(points)[cut.codes(column)] - least == weighed).all()


@pytest.mark.parametrize("text", [PACKAGED.read_text("utf-8"), MODEL], ids=["packaged", "flow and block"])
def test_only_the_numbers_change(text: str) -> None:
    edited = edit_model(text, [Edit(("fit", "criteria", 0, "weight"), 7.0), Edit(("stages", "mql", "enter"), 12.5)])
    changed = [line for line in ndiff(text.splitlines(), edited.splitlines()) if line[0] in "+-"]
    assert len(changed) == 4
    assert text.count("#") == edited.count("#")


def parse(text: str) -> Model:
    return parse_model(text, file="model.yaml", types=TYPES)


@pytest.mark.parametrize(
    "engagement",
    [
        "engagement: {signals: [{id: p, kind: page_view, points: 5}]}\n",
        "engagement:\n  signals:\n    - id: p\n      kind: page_view\n      points: 5\n",
        "engagement:\n  floor: 0  # never below\n  signals:\n  - {id: p, kind: page_view, points: 5}\n",
    ],
)
@pytest.mark.parametrize(
    "stages", ["", "stages: {}\n", "stages:\n  mql:\n    enter: 30\n", "stages: {sql: {enter: 90}}\n"]
)
def test_keys_that_are_not_there_are_written_where_they_belong(engagement: str, stages: str) -> None:
    text = BARE + engagement + stages
    model = parse(text)
    edits = [*edit_half_lives(model, 14.0, [False]), *edit_thresholds(model, 20.0)]
    edited = parse(edit_model(text, edits))
    assert edited.engagement == with_half_life(model, 14.0).engagement
    assert edited.stages == replace(model.stages, mql_enter=20.0, mql_exit=15.0)


def test_a_new_criterion_keeps_the_comments_around_it() -> None:
    column = pl.Series(["ES"] * 100 + [None] * 100)
    cut = cut_attribute("country", column, np.arange(200) % 3 == 0, np.arange(200))
    edited = edit_model(MODEL, [], to_criteria(cut, [0, 9, 0]))
    assert "# What we believed in January." in edited
    assert read_model(edited).fit.criteria[-1].weight == 9
