"""Cut an attribute into few bins that tell wins from losses: fine ones first, merged while they look alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from connector.domain.yaml_readers import LARGEST
from connector.study.vector_truth import Flags, Floats

MOST_BINS: Final = 6
ENOUGH_ROWS: Final = 30
_FINE: Final = 30
_ALIKE: Final = 3.841
"""Chi-square with one degree of freedom at 5 %: neighbours below it are merged however many bins are left."""


def cut_numbers(values: Floats, won: Flags, *, most: int = MOST_BINS, rows: int = ENOUGH_ROWS) -> Floats:
    """Return the inner edges of bins (a value belongs above an edge it reaches); unknown values are NaN.

    Thirty quantiles, or as many as hold `rows` each, merged pair by pair, the most alike first, down to `most`, and
    further while neighbours do not differ; a bin of fewer than `rows` joins the neighbour it is more like. No edge is
    larger than what a model file takes.
    """
    known = ~np.isnan(values)
    if known.sum() < 2 * rows:
        return np.empty(0)
    fine = min(_FINE, int(known.sum()) // rows)
    edges = np.unique(np.quantile(values[known], np.linspace(0, 1, fine + 1)[1:-1], method="higher"))
    edges = edges[(edges > values[known].min()) & (np.abs(edges) <= LARGEST)]
    place = np.searchsorted(edges, values[known], side="right")
    total: Floats = np.bincount(place, minlength=len(edges) + 1).astype(np.float64)
    wins: Floats = np.bincount(place[won[known]], minlength=len(edges) + 1).astype(np.float64)
    while len(edges):
        unlike = _chi_square(wins, total)
        small = int(np.argmin(total))
        if total[small] < rows:
            beside = [edge for edge in (small - 1, small) if 0 <= edge < len(edges)]
            alike = min(beside, key=unlike.__getitem__)
        else:
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
