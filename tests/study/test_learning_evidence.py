"""Hold learning to silence: attributes that tell nothing of who is won get no criteria."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from connector.study.learning.evidence import newest_of_each, tell_wins

SIZE = 1_200


def noise(rng: np.random.Generator) -> dict[str, pl.Series]:
    numbers = {f"number_{place}": pl.Series(rng.normal(size=SIZE)) for place in range(8)}
    words = np.array(["red", "green", "blue", "white"])
    texts = {f"text_{place}": pl.Series(words[rng.integers(0, 4, SIZE)]) for place in range(8)}
    return {**numbers, **texts}


@pytest.mark.parametrize("seed", range(5))
def test_of_attributes_that_were_drawn_by_lot_hardly_any_seems_to_tell(seed: int) -> None:
    rng = np.random.default_rng(seed)
    told = tell_wins(noise(rng), np.empty((SIZE, 0)), rng.random(SIZE) < 0.1, np.arange(SIZE))
    assert len(told) <= 1


@pytest.mark.parametrize("seed", range(5))
def test_what_tells_is_found_among_what_does_not(seed: int) -> None:
    rng = np.random.default_rng(seed)
    columns = noise(rng)
    odds = -2.5 + 1.2 * columns["number_3"].to_numpy() + 1.5 * (columns["text_1"] == "blue").to_numpy()
    told = tell_wins(columns, np.empty((SIZE, 0)), rng.random(SIZE) < 1 / (1 + np.exp(-odds)), np.arange(SIZE))
    assert {"number_3", "text_1"} <= set(told)
    assert len(told) <= 3


def test_what_the_file_says_already_is_nothing_new() -> None:
    rng = np.random.default_rng(4)
    value = rng.random(SIZE) < 0.5
    columns = {"asked": pl.Series(np.where(value, "yes", "no"))}
    won = rng.random(SIZE) < np.where(value, 0.4, 0.1)
    assert tell_wins(columns, np.empty((SIZE, 0)), won, np.arange(SIZE)) == ["asked"]
    assert tell_wins(columns, value[:, None].astype(float), won, np.arange(SIZE)) == []


def test_with_hardly_a_win_nothing_tells() -> None:
    columns = {"asked": pl.Series(["yes"] * 9 + ["no"] * (SIZE - 9))}
    assert tell_wins(columns, np.empty((SIZE, 0)), np.arange(SIZE) < 9, np.arange(SIZE)) == []


def test_everybody_is_asked_once_by_their_newest_row() -> None:
    assert newest_of_each(np.array([1, 2, 1, 3, 2]), np.arange(4)).tolist() == [1, 2, 3]
