"""Split rows for comparing: forward in time where there is a clock, by lot where there is none."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from connector.study.vector_truth import Flags, Ints


def split_forward(rows: Ints, shares: tuple[float, ...] = (0.6, 0.8)) -> list[tuple[Ints, Ints]]:
    """Return expanding splits of rows that are in the order of time: learn up to a share, compare on the next."""
    ends = [round(share * len(rows)) for share in (*shares, 1.0)]
    return [(rows[:begin], rows[begin:end]) for begin, end in pairwise(ends)]


def split_by_lot(rows: Ints, won: Flags, folds: int, rng: np.random.Generator) -> list[tuple[Ints, Ints]]:
    """Return folds with the same share of wins, drawn by lot."""
    fold = np.empty(len(rows), dtype=np.int64)
    for side in (True, False):
        members = np.flatnonzero(won[rows] == side)
        fold[rng.permutation(members)] = np.arange(len(members)) % folds
    return [(rows[fold != number], rows[fold == number]) for number in range(folds)]
