"""Follow channels from lead to won: which bring leads, and which really convert."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from connector.study.report.funnel import EVIDENCE_DAYS, Period, is_settled
from connector.study.report.rules import LEAST_JUDGED
from connector.study.report.shares import Share, compare_shares, share_of, z_for
from connector.study.report.trails import CAME, CUSTOMER, MQL, NEVER, SQL, Trails, between
from connector.study.vector_truth import Flags

_MOST_CHANNELS: Final = 12


@dataclass(frozen=True, slots=True)
class Channel:
    """Hold one channel over a year; `name` None is blank, and "" the small ones together.

    `mql` of the people who came, `sql` of the MQLs; `won` of the handoffs old enough to tell, `won_others` the same of
    the other channels. `handed` are the handoffs of the period. `standing`: better, worse, or neither surely.
    """

    name: str | None
    leads: int
    mql: Share
    sql: Share
    won: Share
    won_others: Share
    handed: int
    standing: str


def measure_channels(trails: Trails, period: Period, horizon_days: float) -> tuple[Channel, ...]:
    """Measure every channel, those with most leads first; beyond a dozen they are put together."""
    now = period.until
    names = _names(trails, now)
    settled = is_settled(trails, now, horizon_days)
    every = dict.fromkeys(names)
    z = z_for(len(every))
    found = [_measure(name, np.array([one == name for one in names]), trails, period, settled, z) for name in every]
    return tuple(sorted(found, key=lambda one: (one.name == "", one.name is None, -one.leads, one.name or "")))


def _names(trails: Trails, now: datetime) -> list[str | None]:
    came = between(trails.reached[CAME], now - timedelta(days=EVIDENCE_DAYS), now)
    counts: dict[str | None, int] = {}
    for name, counted in zip(trails.channel, came.tolist(), strict=True):
        counts[name] = counts.get(name, 0) + counted
    kept = set(sorted(counts, key=lambda name: (-counts[name], name or ""))[:_MOST_CHANNELS])
    return [name if name in kept else "" for name in trails.channel]


def _measure(
    name: str | None, of_channel: Flags, trails: Trails, period: Period, settled: Flags, z: float
) -> Channel:  # fmt: skip
    now = period.until
    came = between(trails.reached[CAME], now - timedelta(days=EVIDENCE_DAYS), now) & of_channel
    mql = came & (trails.reached[MQL] != NEVER)
    sql = mql & (trails.reached[SQL] != NEVER)
    won, others = (_won(trails, settled & some) for some in (of_channel, ~of_channel))
    gap = compare_shares(won, others, z)
    few = min(won.count, others.count) < LEAST_JUDGED
    sure = gap is not None and not few and not gap.low <= 0 <= gap.high
    return Channel(
        name=name,
        leads=int(came.sum()),
        mql=share_of(int(mql.sum()), int(came.sum())),
        sql=share_of(int(sql.sum()), int(mql.sum())),
        won=won,
        won_others=others,
        handed=int((between(trails.reached[MQL], period.since, now) & of_channel).sum()),
        standing=("few" if few else "untold") if not sure or gap is None else "better" if gap.value > 0 else "worse",
    )


def _won(trails: Trails, who: Flags) -> Share:
    return share_of(int((trails.reached[CUSTOMER][who] != NEVER).sum()), int(who.sum()))
