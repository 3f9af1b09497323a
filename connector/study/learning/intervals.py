"""Say how sure a number is: Wilson's interval for shares, the bootstrap for what is summed over people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from connector.study.vector_truth import Floats, Ints

Z_95: Final = 1.959964
Z_90_ONE_SIDED: Final = 1.281552
DRAWS: Final = 1_000
_SEED: Final = 20_261


@dataclass(frozen=True, slots=True)
class Estimate:
    """Hold a number with the ends of its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def is_positive(self) -> bool:
        """Tell whether the interval excludes zero, on the right side."""
        return self.low > 0


def wilson(hits: float, count: float, z: float = Z_95) -> Estimate:
    """Return a share with Wilson's interval; NaN with 0 and 1 as ends when nothing was counted."""
    if not count:
        return Estimate(float("nan"), 0.0, 1.0)
    share = hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * np.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return Estimate(share, max(0.0, float(middle - half)), min(1.0, float(middle + half)))


def bootstrap(measure: Callable[[Ints], float], groups: Ints, draws: int = DRAWS) -> Estimate:
    """Return a measure of rows with its interval from drawing whole groups: rows of one person are not independent.

    `measure` gets the rows, drawn ones as often as they were drawn. Draws on which it is not defined are left out.
    """
    rng = np.random.default_rng(_SEED)
    order = np.argsort(groups, kind="stable")
    _, starts, sizes = np.unique(groups[order], return_index=True, return_counts=True)
    found = []
    for _ in range(draws):
        drawn = rng.integers(0, len(starts), len(starts))
        length = sizes[drawn]
        within = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
        found.append(measure(order[np.repeat(starts[drawn], length) + within]))
    low, high = _ends([one for one in found if np.isfinite(one)])
    return Estimate(measure(np.arange(len(groups))), low, high)


def bootstrap_mean(values: Floats, groups: Ints, draws: int = DRAWS) -> Estimate:
    """Return the mean of rows with its interval, drawing whole groups."""
    _, place = np.unique(groups, return_inverse=True)
    sums, sizes = np.bincount(place, weights=values), np.bincount(place)
    rng = np.random.default_rng(_SEED)
    found = []
    for _ in range(draws):
        drawn = rng.integers(0, len(sums), len(sums))
        found.append(float(sums[drawn].sum() / sizes[drawn].sum()))
    return Estimate(float(values.mean()), *_ends(found))


def _ends(found: list[float]) -> tuple[float, float]:
    if not found:
        return float("-inf"), float("inf")
    low, high = np.quantile(found, (0.025, 0.975))
    return float(low), float(high)
