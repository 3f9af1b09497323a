"""Split rows for comparing by lot, where there is no clock."""

from __future__ import annotations

import numpy as np

from connector.study.vector_truth import Flags, Ints


def split_by_lot(rows: Ints, won: Flags, folds: int, rng: np.random.Generator) -> list[tuple[Ints, Ints]]:
    """Return folds with the same share of wins, drawn by lot."""
    fold = np.empty(len(rows), dtype=np.int64)
    for side in (True, False):
        members = np.flatnonzero(won[rows] == side)
        fold[rng.permutation(members)] = np.arange(len(members)) % folds
    return [(rows[fold != number], rows[fold == number]) for number in range(folds)]
