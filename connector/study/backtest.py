"""Let models decide the past again, week by week, knowing nothing that was not known then: what would have come of it?

Walk-forward: what points are worth is learnt from the weeks before each fold, with the horizon in between, so that no
outcome is used before it was known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Final

import numpy as np
import polars as pl

from connector.domain.model import Model
from connector.domain.person import ValueType
from connector.domain.timeline import DAY_US, from_us
from connector.study.backtest_measures import (
    Fold,
    Reliability,
    Segment,
    Verdict,
    by_segment,
    judge,
    measure_fold,
    reliability_of,
)
from connector.study.learning.card import learn_scale
from connector.study.learning.handoffs import choose_panel
from connector.study.learning.panel import Panel, Scores, column_of, counters_of, remember_parts, score_panel
from connector.study.needs import attributes_asked
from connector.study.snapshot_part import People
from connector.study.snapshot_schema import attribute_column
from connector.study.vector_truth import Ints

WEEK_DAYS: Final = 7
FOLDS: Final = 4
ENOUGH_WINNERS: Final = 10


@dataclass(frozen=True, slots=True)
class Candidate:
    """Hold a model to test, under the name it is shown by."""

    name: str
    model: Model


@dataclass(frozen=True, slots=True)
class Asked:
    """Hold what to look at. `known_before` are attributes taken as they are today; `segments` are attributes to tell
    results apart by; `per_week` is how many people sales can take, None: as many as the first model hands over."""

    known_before: frozenset[str] = frozenset()
    segments: tuple[str, ...] = ()
    per_week: float | None = None


@dataclass(frozen=True, slots=True)
class Tested:
    """Hold what one model would have done: as its file says (`verdict`), and as a ranking (`folds`, `reliability`)."""

    name: str
    verdict: Verdict
    folds: tuple[Fold, ...]
    reliability: tuple[Reliability, ...]
    segments: Mapping[str, tuple[Segment, ...]]


@dataclass(frozen=True, slots=True)
class Backtest:
    """Hold a whole test.

    `not_reconstructable` are attributes the models look at that cannot be told for the past, and were left out, as were
    `counters`: kinds of events of which only today's number is known. `per_week` is the capacity rankings were cut at.
    `segments_today` are attributes to tell results apart by that were taken as they are today.
    `at_handoff`: nobody was long enough in marketing's hands, so that each was decided once, when handed over.
    """

    rows: int
    people: int
    winners: int
    weeks: int
    horizon_days: float
    first_at: datetime | None
    last_at: datetime | None
    not_reconstructable: tuple[str, ...]
    assumed: tuple[str, ...]
    counters: tuple[str, ...]
    at_handoff: bool
    segments_today: tuple[str, ...]
    per_week: float
    tested: tuple[Tested, ...]

    @property
    def is_enough(self) -> bool:
        """Tell whether there are enough winners to say anything."""
        return self.winners >= ENOUGH_WINNERS


@dataclass(frozen=True, slots=True)
class Backtester:
    """Test models on the parts of a snapshot.

    `dated` are the fields whose history it keeps, `stages` says which stage a value of the CRM's stands for.
    """

    parts: Sequence[People]
    attribute_types: Mapping[str, ValueType]
    dated: frozenset[str]
    now: datetime
    asked: Asked = Asked()
    stages: Mapping[str, str] = field(default_factory=dict)

    def test(self, candidates: Sequence[Candidate]) -> Backtest:
        """Test the models, all on the same rows. The first is the one in force."""
        pasts = remember_parts(self.parts, self.dated, self.asked.known_before, self.stages)
        panel, at_handoff = choose_panel(pasts, self.now, WEEK_DAYS, ENOUGH_WINNERS)
        blind = self._blind(candidates)
        scored = [score_panel(panel, one.model, lenient=bool(blind)) for one in candidates]
        weeks = len(np.unique(panel.weeks))
        own = judge(panel, scored[0], candidates[0].model.stages.mql_enter)
        per_week = self.asked.per_week if self.asked.per_week is not None else own.tasks / max(1, weeks)
        tested = tuple(self._test(panel, one, scores, per_week) for one, scores in zip(candidates, scored, strict=True))
        ends = [from_us(int(at)) for at in panel.at_us]
        return Backtest(
            rows=panel.size,
            people=len(np.unique(panel.person)),
            winners=panel.winners(),
            weeks=weeks,
            horizon_days=panel.horizon_days,
            first_at=min(ends, default=None),
            last_at=max(ends, default=None),
            not_reconstructable=blind,
            assumed=tuple(sorted(self.asked.known_before - self._dated_names())),
            at_handoff=at_handoff,
            counters=counters_of(tuple(one.past for one in panel.slices) or pasts, *(one.model for one in candidates)),
            segments_today=tuple(name for name in self.asked.segments if name not in self._dated_names()),
            per_week=per_week,
            tested=tested,
        )

    def _test(self, panel: Panel, candidate: Candidate, scores: Scores, per_week: float) -> Tested:
        threshold = candidate.model.stages.mql_enter
        folds, seen, chances = [], [], []
        for learn, compare in walk_forward(panel):
            scale = learn_scale(scores.sums[learn], panel.won[learn])
            chance = scale.chance(scores.sums[compare])
            base = float(panel.won[learn].mean())
            folds.append(measure_fold(panel, compare, chance, base, per_week))
            seen.append(compare)
            chances.append(chance)
        reliability = reliability_of(np.concatenate(chances), panel.won[np.concatenate(seen)]) if seen else ()
        segments = {
            name: by_segment(panel, scores, threshold, self._segment(panel, name)) for name in self.asked.segments
        }
        verdict = judge(panel, scores, threshold)
        return Tested(candidate.name, verdict, tuple(folds), tuple(reliability), segments)

    def _segment(self, panel: Panel, name: str) -> pl.Series:
        """Return what to tell results apart by: nothing is decided with it, so that today's value will do."""
        if name in self._dated_names():
            return column_of(panel, name)
        today = [part.table("people", [attribute_column(name)])[attribute_column(name)] for part in self.parts]
        return pl.concat(today).gather(pl.Series(panel.person))

    def _blind(self, candidates: Sequence[Candidate]) -> tuple[str, ...]:
        """Return the attributes that some model looks at and nobody can tell for the past."""
        asked = frozenset[str]().union(*(attributes_asked(one.model) for one in candidates))
        return tuple(sorted(asked - self._dated_names() - self.asked.known_before))

    def _dated_names(self) -> frozenset[str]:
        return frozenset(name for name in self.attribute_types if attribute_column(name) in self.dated)


def walk_forward(panel: Panel, folds: int = FOLDS) -> Iterator[tuple[Ints, Ints]]:
    """Yield, fold by fold, the rows whose outcome was known when the fold began, and the rows of the fold."""
    periods = np.unique(panel.at_us)
    if len(periods) < 2 * folds:
        return
    marks = [*periods[np.arange(1, folds + 1) * len(periods) // (folds + 1)], periods[-1] + 1]
    horizon = round(panel.horizon_days * DAY_US)
    for begin, end in pairwise(marks):
        learn = np.flatnonzero(panel.at_us + horizon <= begin)
        compare = np.flatnonzero((panel.at_us >= begin) & (panel.at_us < end))
        if panel.winners(learn) >= ENOUGH_WINNERS and (~panel.won[learn]).any() and len(compare):
            yield learn, compare
