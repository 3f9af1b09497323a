"""Say who a rule had fired for when sales got them, and for how many people it fired lately: point in time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

import numpy as np
import polars as pl

from connector.domain.conditions import Condition
from connector.domain.model import HandRaise, Model, Signal
from connector.domain.timeline import to_us
from connector.study.learning.handoffs import at_handoff
from connector.study.learning.past import Past
from connector.study.report.funnel import Period
from connector.study.report.trails import MQL, NEVER, Trails
from connector.study.snapshot_part import People
from connector.study.snapshot_schema import INSTANT, PERSON
from connector.study.vector_engagement import count_hits
from connector.study.vector_events import Happened, lay_out
from connector.study.vector_raised import NEVER as NOT_RAISED
from connector.study.vector_raised import newest_raised
from connector.study.vector_truth import Asker, Flags, Truths

RuleKind: TypeAlias = Literal["signal", "criterion", "hand_raise"]
RuleKey: TypeAlias = tuple[RuleKind, str]
"""Kind and id: ids are unique among rules of one kind only."""


@dataclass(frozen=True, slots=True)
class Fired:
    """Count, per rule, events and people of the period and of all time."""

    events: int
    people: int
    ever: int

    def __add__(self, other: Fired) -> Fired:
        return Fired(self.events + other.events, self.people + other.people, self.ever + other.ever)


def fired_at_handoff(
    past: Past, trails: Trails, model: Model, counters: Collection[str], now: datetime
) -> Mapping[RuleKey, Truths]:
    """Return per rule whether it held of each person when they were handed over: 1, −1, or 0 for not known.

    Events after the handoff are not there, and points of a window count as of then; who was never handed over is
    shown as of now. Attributes without a history are as of today. `counters` are those that hardly move afterwards.
    """
    instants = pl.Series(np.where(trails.reached[MQL] == NEVER, to_us(now), trails.reached[MQL]))
    fates = pl.DataFrame({PERSON: past.people[PERSON], "handed_at": instants.cast(INSTANT)})
    people = at_handoff(past, fates, now, counters).at(now)
    asker, happened = _ask(people, model, now)
    found: dict[RuleKey, Truths] = {}
    for signal in model.engagement.signals:
        rows = count_hits(signal, happened, asker).rows
        found["signal", signal.id] = _truths(np.isin(np.arange(past.size), happened.owner[rows]))
    for raised in model.hand_raises:
        found["hand_raise", raised.id] = _truths(newest_raised(raised, happened, asker, past.size) != NOT_RAISED)
    for criterion in model.fit.criteria:
        found["criterion", criterion.id] = asker.of_people(criterion.when)
    return found


def _truths(flags: Flags) -> Truths:
    return np.where(flags, 1, -1).astype(np.int8)


def _ask(people: People, model: Model, now: datetime) -> tuple[Asker, Happened]:
    happened = lay_out(people, model, to_us(now))
    return Asker(people.table("people"), happened.frame, happened.owner, now), happened


def count_firings(people: People, model: Model, period: Period) -> Mapping[RuleKey, Fired]:
    """Count for how many people each rule fires: by events of the period, and by everything the snapshot holds."""
    asker, happened = _ask(people, model, period.until)
    found: dict[RuleKey, Fired] = {}
    for signal in model.engagement.signals:
        found["signal", signal.id] = _count(signal, happened, asker, period)
    for raised in model.hand_raises:
        found["hand_raise", raised.id] = _count(raised, happened, asker, period)
    for criterion in model.fit.criteria:
        found["criterion", criterion.id] = _count_matches(criterion.when, asker)
    return found


def _count(rule: Signal | HandRaise, happened: Happened, asker: Asker, period: Period) -> Fired:
    rows = happened.kinds[rule.kind]
    if rule.when is not None:
        rows = rows[asker.of_events(rule.when, rows) == 1]
    lately = rows[happened.at_us[rows] > to_us(period.since)]
    return Fired(len(lately), len(np.unique(happened.owner[lately])), len(np.unique(happened.owner[rows])))


def _count_matches(when: Condition, asker: Asker) -> Fired:
    matched = int((asker.of_people(when) == 1).sum())
    return Fired(matched, matched, matched)
