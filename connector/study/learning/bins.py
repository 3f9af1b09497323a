"""Cut an attribute into few bins that tell wins from losses: fine ones first, merged while they look alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from connector.study.vector_truth import Flags, Floats, Ints

MOST_BINS: Final = 6
ENOUGH_ROWS: Final = 30
_FINE: Final = 30
_ALIKE: Final = 3.841
"""Chi-square with one degree of freedom at 5 %: neighbours below it are merged however many bins are left."""

_ONCE_IN_A_THOUSAND: Final = 3.0902


def cut_numbers(values: Floats, won: Flags, *, most: int = MOST_BINS, rows: int = ENOUGH_ROWS) -> Floats:
    """Return the inner edges of bins (a value belongs above an edge it reaches); unknown values are NaN.

    Thirty quantiles, merged pair by pair, the most alike first, down to `most`, and further while neighbours do not
    differ or hold fewer than `rows`.
    """
    known = ~np.isnan(values)
    if known.sum() < 2 * rows:
        return np.empty(0)
    edges = np.unique(np.quantile(values[known], np.linspace(0, 1, _FINE + 1)[1:-1], method="higher"))
    edges = edges[edges > values[known].min()]
    place = np.searchsorted(edges, values[known], side="right")
    total: Floats = np.bincount(place, minlength=len(edges) + 1).astype(np.float64)
    wins: Floats = np.bincount(place[won[known]], minlength=len(edges) + 1).astype(np.float64)
    while len(edges):
        unlike = _chi_square(wins, total)
        unlike[np.minimum(total[:-1], total[1:]) < rows] = -1.0
        alike = int(np.argmin(unlike))
        if len(edges) < most and unlike[alike] >= _ALIKE:
            break
        wins, total = _merge(wins, alike), _merge(total, alike)
        edges = np.delete(edges, alike)
    return edges


def _chi_square(wins: Floats, total: Floats) -> Floats:
    """Return how unlike each bin is its right neighbour."""
    rate = (wins[:-1] + wins[1:]) / np.maximum(total[:-1] + total[1:], 1.0)
    spread = rate * (1 - rate) * (1 / np.maximum(total[:-1], 1.0) + 1 / np.maximum(total[1:], 1.0))
    gap = wins[:-1] / np.maximum(total[:-1], 1.0) - wins[1:] / np.maximum(total[1:], 1.0)
    unlike: Floats = np.where(spread > 0, gap**2 / np.where(spread > 0, spread, 1.0), 0.0)
    return unlike


def _merge(counts: Floats, place: int) -> Floats:
    merged = np.delete(counts, place + 1)
    merged[place] += counts[place + 1]
    return merged


def frequent_values(values: Sequence[str | None], *, rows: int = ENOUGH_ROWS) -> list[str]:
    """Return the values that stand in at least so many rows, the most frequent first, ties alphabetical."""
    counts = Counter(value for value in values if value is not None)
    return [value for value, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])) if count >= rows]


def tells_wins(codes: Ints, won: Flags) -> bool:
    """Tell whether win rates differ between bins by more than chance explains once in a thousand times.

    The limit of chi-square is Wilson and Hilferty's approximation, good to the third digit.
    """
    total = np.bincount(codes)
    wins = np.bincount(codes[won], minlength=len(total))[total > 0]
    total = total[total > 0]
    freedom = len(total) - 1
    rate = won.mean()
    if not freedom or rate in (0.0, 1.0):
        return False
    chi_square = float(np.sum((wins - total * rate) ** 2 / (total * rate * (1 - rate))))
    part = 2 / (9 * freedom)
    limit = freedom * (1 - part + _ONCE_IN_A_THOUSAND * part**0.5) ** 3
    return bool(chi_square > limit)
