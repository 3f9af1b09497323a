"""Lay out decisions of the past: one row per person and period in which they did something, with what came of it.

A row is what could have been decided at the end of a period, as long as nobody in sales had the person. It was won when
a deal of theirs was won within the horizon; a row whose horizon is not over yet is left out: it is neither.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
import polars as pl

from connector.domain.model import FitRules, Model
from connector.domain.timeline import DAY_US, to_us
from connector.study.learning.card import Design
from connector.study.learning.fit_terms import fit_terms, match_criteria
from connector.study.learning.past import SALES_KINDS, Past, find_fates, remember_part
from connector.study.learning.signal_terms import count_signals, signal_terms
from connector.study.snapshot_part import People
from connector.study.snapshot_schema import PERSON, attribute_column
from connector.study.vector_engagement import sum_engagement
from connector.study.vector_events import Happened, lay_out
from connector.study.vector_profile import weigh_profiles
from connector.study.vector_raised import NONE, find_raised
from connector.study.vector_truth import Asker, Flags, Floats, Ints

PERIOD_DAYS: Final = 28
MOST_PERIODS: Final = 26
LEAST_HORIZON_DAYS: Final = 28
MOST_HORIZON_DAYS: Final = 120
_HORIZON_SHARE: Final = 0.8
_A_MONDAY: Final = datetime(1970, 1, 5, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Slice:
    """Hold the rows of one part at one instant; `who` are people of the part."""

    past: Past
    instant: datetime
    who: Ints


@dataclass(frozen=True, slots=True)
class Panel:
    """Hold the rows; those of one person are in the order of time.

    `person` tells people apart over all parts; `at_us` is when a row was decided. `handed_us` is when the person left
    marketing's hands, `won_us` when they were won; −1: never.
    """

    slices: tuple[Slice, ...]
    at_us: Ints
    person: Ints
    won: Flags
    handed_us: Ints
    won_us: Ints
    horizon_days: float

    @property
    def size(self) -> int:
        return len(self.won)

    @property
    def weeks(self) -> Ints:
        """Return the number of the week of every row."""
        weeks: Ints = self.at_us // (7 * DAY_US)
        return weeks

    def winners(self, rows: Ints | None = None) -> int:
        """Return how many people were won, over some rows or all."""
        chosen = slice(None) if rows is None else rows
        return len(np.unique(self.person[chosen][self.won[chosen]]))


def horizon_of(pasts: Iterable[Past]) -> float:
    """Return within how many days after they were first seen four of five winners were won, within limits."""
    lags: list[float] = []
    for past in pasts:
        first = past.events.group_by(PERSON).agg(pl.col("occurred_at").min().alias("first"))
        both = find_fates(past).drop_nulls("won_at").join(first, on=PERSON)
        lags += (both["won_at"] - both["first"]).dt.total_days().to_list()
    usual = float(np.quantile(lags, _HORIZON_SHARE)) if lags else LEAST_HORIZON_DAYS
    return min(max(usual, LEAST_HORIZON_DAYS), MOST_HORIZON_DAYS)


def remember_parts(
    parts: Iterable[People], dated: Collection[str], vouched: Collection[str], stages: Mapping[str, str]
) -> tuple[Past, ...]:
    return tuple(remember_part(part, dated, vouched, stages) for part in parts)


def lay_out_panel(pasts: tuple[Past, ...], now: datetime, period_days: int = PERIOD_DAYS) -> Panel:
    """Lay out the rows whose horizon is over by `now`, period by period."""
    horizon = horizon_of(pasts)
    instants = _instants_before(now - timedelta(days=horizon), period_days, MOST_PERIODS * PERIOD_DAYS // period_days)
    return lay_out_at(pasts, instants, period_days, horizon)


def lay_out_recent(pasts: tuple[Past, ...], now: datetime, periods: int) -> Panel:
    """Lay out the last periods up to now, whatever came of them: for counting how many a threshold lets through."""
    instants = [now - timedelta(days=PERIOD_DAYS * back) for back in reversed(range(periods))]
    return lay_out_at(pasts, instants, PERIOD_DAYS, 0.0)


def _instants_before(newest: datetime, period_days: int, count: int) -> list[datetime]:
    """Return the ends of the last periods, oldest first: Mondays at 00:00 UTC, whatever happened when."""
    period = timedelta(days=period_days)
    last = _A_MONDAY + (newest - _A_MONDAY) // period * period
    return [last - period * back for back in reversed(range(count))]


def lay_out_at(pasts: tuple[Past, ...], instants: list[datetime], period_days: int, horizon: float) -> Panel:
    """Lay out the rows of the periods that end at these instants, oldest first; a win counts for `horizon` days."""
    fates = [find_fates(past) for past in pasts]
    offsets = np.cumsum([0, *(past.size for past in pasts)])
    slices: list[Slice] = []
    columns: list[list[Ints]] = [[], [], [], []]
    for instant in instants:
        for past, fate, offset in zip(pasts, fates, offsets, strict=False):
            who = _active(past, fate, instant, period_days)
            if not len(who):
                continue
            slices.append(Slice(past, instant, who))
            handed, won = (_instants(fate, name)[who] for name in ("handed_at", "won_at"))
            for column, values in zip(columns, (np.full(len(who), to_us(instant)), offset + who, handed, won),
                                      strict=True):  # fmt: skip
                column.append(values)
    at_us, person, handed_us, won_us = (np.concatenate([np.empty(0, np.int64), *column]) for column in columns)
    is_won: Flags = (won_us > at_us) & (won_us <= at_us + round(horizon * DAY_US))
    return Panel(tuple(slices), at_us, person, is_won, handed_us, won_us, horizon)


def _instants(fates: pl.DataFrame, name: str) -> Ints:
    return fates[name].to_physical().fill_null(-1).to_numpy()


def _active(past: Past, fates: pl.DataFrame, instant: datetime, period_days: int) -> Ints:
    """Return who did something in the period and was still in marketing's hands at its end."""
    since = instant - timedelta(days=period_days)
    did = past.events.filter(
        (pl.col("occurred_at") > since)
        & (pl.col("occurred_at") <= instant)
        & ~pl.col("machine")
        & ~pl.col("kind").is_in(list(SALES_KINDS))
    )
    taken = fates.filter((pl.col("handed_at") <= instant) | (pl.col("won_at") <= instant))
    people = did.select(PERSON).unique().join(taken, on=PERSON, how="anti")
    return people[PERSON].sort().cast(pl.Int64).to_numpy()


@dataclass(frozen=True, slots=True)
class Scores:
    """Hold what a model says of every row. `fit_points` is the weight that matches; `open` says who is not unfit (where
    a criterion cannot be told for the past, undetermined counts as open); `raised` who asked directly."""

    fit_points: Floats
    engagement: Floats
    open: Flags
    raised: Flags

    @property
    def sums(self) -> Floats:
        return np.column_stack([self.fit_points, self.engagement])

    def reach(self, threshold: float) -> Flags:
        """Return who would be handed to sales at a threshold."""
        passed: Flags = self.open & (self.raised | (self.engagement >= threshold))
        return passed


def score_panel(panel: Panel, model: Model, *, lenient: bool) -> Scores:
    """Score every row with a model as of its instant. `lenient`: undetermined fit counts as open."""
    whole = sum(rule.weight for rule in model.fit.criteria)
    columns: list[tuple[Floats, Floats, Flags, Flags]] = []
    for one in panel.slices:
        asker, happened = _ask(one, model)
        profiles = weigh_profiles(model.fit, asker, one.past.size)
        summed = sum_engagement(model, happened, asker, one.past.size, None)
        raised = find_raised(model, happened, asker, one.past.size).rule != NONE
        is_open = (profiles.verdict == 1) | (lenient & (profiles.verdict == 2))
        points = (profiles.low * whole / 100, summed.score, is_open & ~profiles.excluded, raised)
        columns.append(tuple(values[one.who] for values in points))  # type: ignore[arg-type]
    if not columns:
        return Scores(np.empty(0), np.empty(0), np.empty(0, np.bool_), np.empty(0, np.bool_))
    return Scores(*(np.concatenate(part) for part in zip(*columns, strict=True)))


def fit_shares(panel: Panel, rules: FitRules, thresholds: Sequence[float]) -> Floats:
    """Return which share of the rows is not unfit, per threshold of the fit."""
    passed = np.zeros(len(thresholds))
    for one in panel.slices:
        people = one.past.at(one.instant)
        asker = Asker(people.table("people"), pl.DataFrame(), np.empty(0, dtype=np.int64), one.instant)
        for place, threshold in enumerate(thresholds):
            verdict = weigh_profiles(replace(rules, threshold=threshold), asker, one.past.size).verdict[one.who]
            passed[place] += (verdict != 0).sum()
    shares: Floats = passed / max(1, panel.size)
    return shares


def design_panel(panel: Panel, model: Model) -> Design:
    """Lay out criteria and signals of a model as columns."""
    terms = (*fit_terms(model.fit), *signal_terms(model))
    parts = [(np.empty((0, len(terms))), np.empty((0, len(model.fit.criteria))))]
    for one in panel.slices:
        asker, happened = _ask(one, model)
        fit = match_criteria(model.fit, asker, one.past.size)
        signals = count_signals(model, happened, asker, one.past.size)
        parts.append((np.hstack([fit.matches, signals])[one.who], fit.unknown[one.who]))
    return Design(terms, np.vstack([part[0] for part in parts]), np.vstack([part[1] for part in parts]))


def _ask(one: Slice, model: Model) -> tuple[Asker, Happened]:
    people = one.past.at(one.instant)
    happened = lay_out(people, model, to_us(one.instant))
    return Asker(people.table("people"), happened.frame, happened.owner, one.instant), happened


def counters_of(pasts: Iterable[Past], *models: Model) -> tuple[str, ...]:
    """Return the kinds some model counts of which counters were left out."""
    used = frozenset[str]().union(*(model.used_kinds for model in models))
    return tuple(sorted(used & frozenset[str]().union(*(past.counters for past in pasts))))


def column_of(panel: Panel, attribute: str) -> pl.Series:
    """Return an attribute row by row, as it was known at each row's instant."""
    name = attribute_column(attribute)
    parts = [one.past.attributes_at(one.instant)[name].gather(pl.Series(one.who)) for one in panel.slices]
    return pl.concat(parts)
