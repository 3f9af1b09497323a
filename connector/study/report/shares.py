"""Hold shares and times with how sure they are: Wilson's and Newcombe's intervals, and the bootstrap of a median."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Final

import numpy as np

from connector.study.learning.intervals import Z_95, Estimate, bootstrap, wilson
from connector.study.vector_truth import Floats, Ints

_LEAST_FOR_AN_INTERVAL: Final = 5
_DRAWS: Final = 400
_ALPHA: Final = 0.05


@dataclass(frozen=True, slots=True)
class Share:
    """Hold so many of so many, with the ends of Wilson's 95 % interval; `value` is None of nobody."""

    hits: int
    count: int
    value: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Span:
    """Hold times: how many, their median with its 95 % interval (None for a handful), and the slowest tenth."""

    count: int
    median: float | None = None
    low: float | None = None
    high: float | None = None
    p90: float | None = None


def share_of(hits: int, count: int) -> Share:
    """Return a share with its interval, which holds it: rounding may leave the end of one at 0 or 1 beside it."""
    found = wilson(hits, count)
    if not count:
        return Share(0, 0, None, found.low, found.high)
    return Share(int(hits), int(count), found.value, min(found.low, found.value), max(found.high, found.value))


def span_of(values: Floats) -> Span:
    """Return median and slowest tenth of some times, in their own unit."""
    if not len(values):
        return Span(0)
    median, p90 = (float(one) for one in np.quantile(values, (0.5, 0.9)))
    if len(values) < _LEAST_FOR_AN_INTERVAL:
        return Span(len(values), median, p90=p90)

    def middle(rows: Ints) -> float:
        return float(np.median(values[rows]))

    found = bootstrap(middle, np.arange(len(values)), _DRAWS)
    return Span(len(values), median, found.low, found.high, p90)


def z_for(comparisons: int) -> float:
    """Return how many standard errors a difference has to clear, so that chance is named once in twenty reports.

    A report compares many rules and channels at once; with plain 95 % intervals one of twenty would stand out by luck.
    """
    return NormalDist().inv_cdf(1 - _ALPHA / 2 / max(1, comparisons))


def compare_shares(one: Share, other: Share, z: float = Z_95) -> Estimate | None:
    """Return by how much `one` is above `other`, with Newcombe's interval; None when either counts nobody."""
    if one.value is None or other.value is None:
        return None
    first, second = (wilson(share.hits, share.count, z) for share in (one, other))
    gap = first.value - second.value
    low = gap - sqrt((first.value - first.low) ** 2 + (second.high - second.value) ** 2)
    high = gap + sqrt((first.high - first.value) ** 2 + (second.value - second.low) ** 2)
    return Estimate(gap, low, high)


def compare_within(pairs: Iterable[tuple[Share, Share]], z: float = Z_95) -> Estimate | None:
    """Return by how much the first of each pair is above the second within groups, weighed by Mantel and Haenszel.

    What only the mix of groups explains is not in it. Each variance is of a share with one more on either side, so that
    none is zero. None when no group has people on both sides.
    """
    whole = total = variance = 0.0
    for one, other in pairs:
        if one.value is None or other.value is None:
            continue
        weight = one.count * other.count / (one.count + other.count)
        whole += weight
        total += weight * (one.value - other.value)
        variance += weight**2 * (_variance(one) + _variance(other))
    if not whole:
        return None
    gap, half = total / whole, z * sqrt(variance) / whole
    return Estimate(gap, gap - half, gap + half)


def _variance(share: Share) -> float:
    mild = (share.hits + 1) / (share.count + 2)
    return mild * (1 - mild) / (share.count + 2)
