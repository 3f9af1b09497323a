"""Compare today's scores with those at the end of the period before: has the base moved under the thresholds?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias

import numpy as np

from connector.domain.model import Model
from connector.domain.timeline import to_us
from connector.study.learning.past import Past
from connector.study.report.funnel import Period
from connector.study.report.trails import CAME, Trails, between
from connector.study.vector_engagement import sum_engagement
from connector.study.vector_events import lay_out
from connector.study.vector_profile import weigh_profiles
from connector.study.vector_truth import Asker, Flags, Floats, Ints

Word: TypeAlias = Literal["stable", "shifting", "changed", "few"]
BANDS: Final = 10
_LEAST_PEOPLE: Final = 50
_LEAST_POINTS: Final = 1.0
_SHIFTING, _CHANGED = 0.1, 0.25
"""Where the usual reading of a population stability index draws its lines."""
_SURE: Final = 0.95
_DRAWS: Final = 400
_SEED: Final = 20_261
_SMALLEST: Final = 0.0005


@dataclass(frozen=True, slots=True)
class Drift:
    """Hold two distributions over the same bands, and what the index of their difference means.

    `edges` has one more than the bands. `noise` is what the index reaches by chance alone in one of twenty cases: with
    few people a large index says nothing.
    """

    edges: tuple[float, ...]
    before: tuple[int, ...]
    now: tuple[int, ...]
    psi: float | None
    noise: float | None
    word: Word


@dataclass(frozen=True, slots=True)
class Scores:
    """Hold the drift of engagement over those who have a point, and of fit over those who came in each period.

    `idle` have less than a point; `over` at least those of an MQL.
    """

    engagement: Drift
    fit: Drift
    idle_before: int
    idle_now: int
    over_before: int
    over_now: int
    threshold: float


def score_at(past: Past, model: Model, instant: datetime) -> tuple[Floats, Floats]:
    """Return everybody's engagement and fit (NaN: nothing known) as of an instant; counters are not among it."""
    people = past.at(instant)
    happened = lay_out(people, model, to_us(instant))
    asker = Asker(past.people, happened.frame, happened.owner, instant)
    summed = sum_engagement(model, happened, asker, past.size, None)
    return summed.score, weigh_profiles(model.fit, asker, past.size).pct


def compare_scores(
    trails: Trails, now: tuple[Floats, Floats], before: tuple[Floats, Floats], model: Model, period: Period
) -> Scores:  # fmt: skip
    """Compare the points of those who were there already with today's, and newcomers' fit with that of earlier ones."""
    came = trails.reached[CAME]
    here, were_here = came <= to_us(period.until), came <= to_us(period.since)
    points = np.linspace(model.engagement.floor, model.engagement.ceiling, BANDS + 1)
    fresh, fresher = (between(came, one.since, one.until) for one in (period.before, period))
    enter = model.stages.mql_enter
    earlier, today = before[0][were_here], now[0][here]
    return Scores(
        engagement=compare(earlier[earlier >= _LEAST_POINTS], today[today >= _LEAST_POINTS], points),
        fit=compare(_known(now[1], fresh), _known(now[1], fresher), np.linspace(0, 100, BANDS + 1)),
        idle_before=int((earlier < _LEAST_POINTS).sum()),
        idle_now=int((today < _LEAST_POINTS).sum()),
        over_before=int((earlier >= enter).sum()),
        over_now=int((today >= enter).sum()),
        threshold=enter,
    )


def _known(values: Floats, who: Flags) -> Floats:
    some = values[who]
    return some[~np.isnan(some)]


def compare(before: Floats, now: Floats, edges: Floats) -> Drift:
    """Compare two samples over bands of equal width; what lies outside counts to the outermost."""
    counts = [np.histogram(np.clip(values, edges[0], edges[-1]), edges)[0] for values in (before, now)]
    bands = tuple(float(edge) for edge in edges)
    one, other = (tuple(int(number) for number in count) for count in counts)
    if min(len(before), len(now)) < _LEAST_PEOPLE:
        return Drift(bands, one, other, None, None, "few")
    used = (counts[0] + counts[1]) > 0
    psi = measure_psi(counts[0][used], counts[1][used])
    noise = _by_chance(counts[0][used], counts[1][used])
    return Drift(bands, one, other, psi, noise, _word(psi, noise))


def measure_psi(before: Ints, now: Ints) -> float:
    """Return the population stability index; an empty band counts as next to nothing, not as nothing."""
    one, other = (np.maximum(counts / counts.sum(), _SMALLEST) for counts in (before, now))
    return float(np.sum((other - one) * np.log(other / one)))


def _word(psi: float, noise: float) -> Word:
    if psi < _SHIFTING or psi <= noise:
        return "stable"
    return "changed" if psi >= _CHANGED else "shifting"


def _by_chance(before: Ints, now: Ints) -> float:
    """Return what the index stays under in 95 of 100 draws of both samples from one and the same distribution."""
    rng = np.random.default_rng(_SEED)
    shares = (before + now) / (before + now).sum()
    drawn = zip(*(rng.multinomial(counts.sum(), shares, _DRAWS) for counts in (before, now)), strict=True)
    return float(np.quantile([measure_psi(one, other) for one, other in drawn], _SURE))


def join_scores(parts: Sequence[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    """Put the scores of several parts one after the other."""
    engagement, fit = (np.concatenate([np.empty(0), *column]) for column in zip(*parts, strict=True))
    return engagement, fit
