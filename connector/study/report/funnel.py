"""Count who reached which step, how many of them the next one, and how long it took: this period and the one before.

The period before is shown as it stood at its own end: both had the same time to go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from connector.domain.timeline import DAY_US, to_us
from connector.study.report.shares import Share, Span, share_of, span_of
from connector.study.report.trails import CUSTOMER, MQL, NEVER, OPPORTUNITY, SQL, STEPS, Trails, between
from connector.study.vector_truth import Flags

EVIDENCE_DAYS: Final = 364
_USUAL: Final = 0.8
_LEAST_DAYS, _MOST_DAYS, _UNTOLD_DAYS = 14.0, 120.0, 28.0


@dataclass(frozen=True, slots=True)
class Period:
    """Hold a stretch of time: after `since`, up to `until`."""

    since: datetime
    until: datetime

    @property
    def before(self) -> Period:
        """Return the stretch of the same length that ended when this one began."""
        return Period(self.since - (self.until - self.since), self.since)


@dataclass(frozen=True, slots=True)
class Step:
    """Count who reached a step in the period and in the one before."""

    stage: str
    count: int
    count_before: int


@dataclass(frozen=True, slots=True)
class Passage:
    """Say how many of those who reached a step in the period went on, and how many days those took who did in it.

    `is_running`: over the last year the passage usually took longer than half the period, which is how long people have
    had on average; its share is a count so far, not a rate.
    """

    origin: str
    target: str
    share: Share
    share_before: Share
    days: Span
    days_before: Span
    is_running: bool


@dataclass(frozen=True, slots=True)
class Funnel:
    """Hold steps and the passages between them; `undated` people are handed over since nobody knows when."""

    steps: tuple[Step, ...]
    passages: tuple[Passage, ...]
    undated: int


@dataclass(frozen=True, slots=True)
class Precision:
    """Say what became of handoffs: accepted of those sales answered in the period; won of those old enough to tell."""

    accepted: Share
    accepted_before: Share
    won: Share
    won_before: Share
    horizon_days: float
    won_unseen: Share
    """Of the last year's customers since the first handoff, those with a deal before anybody handed them over."""


def count_funnel(trails: Trails, period: Period) -> Funnel:
    """Count a period and the one before."""
    steps = tuple(
        Step(stage, *(int(between(trails.reached[place], one.since, one.until).sum()) for one in _both(period)))
        for place, stage in enumerate(STEPS)
    )
    passages = tuple(_passage(trails, place, period) for place in range(len(STEPS) - 1))
    return Funnel(steps, passages, int(trails.undated.sum()))


def _both(period: Period) -> tuple[Period, Period]:
    return period, period.before


def _passage(trails: Trails, place: int, period: Period) -> Passage:
    now, before = _both(period)
    year = Period(period.until - timedelta(days=EVIDENCE_DAYS), period.until)
    usual = _times(trails, place, year).median
    return Passage(
        STEPS[place],
        STEPS[place + 1],
        share=_went_on(trails, place, now),
        share_before=_went_on(trails, place, before),
        days=_times(trails, place, now),
        days_before=_times(trails, place, before),
        is_running=usual is not None and timedelta(days=usual) > (period.until - period.since) / 2,
    )


def _went_on(trails: Trails, place: int, period: Period) -> Share:
    began = between(trails.reached[place], period.since, period.until)
    return share_of(int((trails.reached[place + 1][began] <= to_us(period.until)).sum()), int(began.sum()))


def _times(trails: Trails, place: int, period: Period) -> Span:
    """Return how many days lay between two steps; who skipped the first has no time between them."""
    first, second = trails.entered[place], trails.reached[place + 1]
    through = between(second, period.since, period.until) & (first < second)
    return span_of((second[through] - first[through]) / DAY_US)


def outcome_days(trails: Trails) -> float:
    """Return within how many days after the handoff four of five customers were won, within limits."""
    handed, won = trails.reached[MQL], trails.reached[CUSTOMER]
    through = (won != NEVER) & (handed < won)
    if not through.any():
        return _UNTOLD_DAYS
    usual = float(np.quantile((won[through] - handed[through]) / DAY_US, _USUAL))
    return min(max(usual, _LEAST_DAYS), _MOST_DAYS)


def is_settled(trails: Trails, now: datetime, horizon_days: float) -> Flags:
    """Tell who was handed over in the last year, long enough ago to say whether they were won."""
    return between(trails.reached[MQL], now - timedelta(days=EVIDENCE_DAYS), now - timedelta(days=horizon_days))


def measure_precision(trails: Trails, period: Period) -> Precision:
    """Measure quality, not volume: what share of the handoffs was worth sales' time."""
    days = outcome_days(trails)
    return Precision(
        accepted=_accepted(trails, period),
        accepted_before=_accepted(trails, period.before),
        won=_won(trails, period.until, days),
        won_before=_won(trails, period.before.until, days),
        horizon_days=days,
        won_unseen=_unseen(trails, period.until),
    )


def _unseen(trails: Trails, now: datetime) -> Share:
    """Count whom only a deal handed over. Deals from before there were handoffs say nothing about the model."""
    deal = trails.entered[[OPPORTUNITY, CUSTOMER]].min(axis=0)
    began = trails.entered[[MQL, SQL]].min(initial=NEVER)
    customers = between(trails.reached[CUSTOMER], now - timedelta(days=EVIDENCE_DAYS), now) & (deal > began)
    return share_of(int((customers & (trails.reached[MQL] >= deal)).sum()), int(customers.sum()))


def _accepted(trails: Trails, period: Period) -> Share:
    answered = between(trails.answered, period.since, period.until)
    return share_of(int((trails.verdict[answered] > 0).sum()), int((trails.verdict[answered] != 0).sum()))


def _won(trails: Trails, now: datetime, horizon_days: float) -> Share:
    settled = is_settled(trails, now, horizon_days)
    return share_of(int((trails.reached[CUSTOMER][settled] <= to_us(now)).sum()), int(settled.sum()))
