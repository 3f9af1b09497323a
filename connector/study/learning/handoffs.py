"""Lay out what came of handoffs: one row per person whom a deal was made with and settled, as they were at that moment.

For bases whose people were never long in marketing's hands, such as an import of old leads: what is learnt then is who
of those handed over was won. People are shifted in time, so that all were handed over at one instant.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Final

import numpy as np
import polars as pl

from connector.domain.timeline import to_us
from connector.study.learning.panel import LEAST_HORIZON_DAYS, MOST_HORIZON_DAYS, Panel, Slice, lay_out_panel
from connector.study.learning.past import SALES_KINDS, Past, find_fates
from connector.study.snapshot_schema import PERSON
from connector.study.vector_truth import Floats

_MOST_MOVED: Final = 0.05
_USUAL: Final = 0.8


def lay_out_handoffs(pasts: tuple[Past, ...], now: datetime) -> Panel:
    """Lay out everybody with a deal won or lost, as of when sales or a deal took them."""
    kept = still_counters(pasts)
    slices, columns, offset = [], [], 0
    for past in pasts:
        fates = find_fates(past).with_columns(PERSON)
        over = past.deals.filter((pl.col("state") != "open") & (pl.col("closed_at") <= now))
        settled = over.group_by(PERSON).agg(pl.col("closed_at").max())
        rows = fates.join(settled, on=PERSON).drop_nulls("handed_at").sort(PERSON)
        who = rows[PERSON].cast(pl.Int64).to_numpy()
        if len(who):
            slices.append(Slice(at_handoff(past, fates, now, kept), now, who))
            won_us = rows["won_at"].to_physical().fill_null(-1).to_numpy()
            days = (rows["closed_at"] - rows["handed_at"]).dt.total_days().to_numpy()
            columns.append((rows["handed_at"].to_physical().to_numpy(), offset + who, won_us, days))
        offset += past.size
    none = (np.empty(0, np.int64),) * 4
    at_us, person, won_us, days = (np.concatenate(part) for part in zip(none, *columns, strict=True))
    return Panel(tuple(slices), at_us, person, won_us >= 0, at_us, won_us, _horizon(days))


def choose_panel(pasts: tuple[Past, ...], now: datetime, period_days: int, enough: int) -> tuple[Panel, bool]:
    """Return the rows by period; where these have too few winners, those by handoff, and True, if they have more
    and enough lost beside them."""
    by_period = lay_out_panel(pasts, now, period_days)
    if by_period.winners() >= enough:
        return by_period, False
    by_handoff = lay_out_handoffs(pasts, now)
    tells_more = by_handoff.winners() > by_period.winners() and int((~by_handoff.won).sum()) >= enough
    return (by_handoff, True) if tells_more else (by_period, False)


def _horizon(days: Floats) -> float:
    usual = float(np.quantile(days, _USUAL)) if len(days) else LEAST_HORIZON_DAYS
    return min(max(usual, LEAST_HORIZON_DAYS), MOST_HORIZON_DAYS)


def still_counters(pasts: tuple[Past, ...]) -> frozenset[str]:
    """Return the kinds of counters that hardly ever moved on after the handoff.

    The others are not there for those who went on, and these are those who were won: their absence tells.
    """
    moved = []
    for past in pasts:
        handed = find_fates(past).drop_nulls("handed_at").select(PERSON, "handed_at")
        both = past.counter_events.join(handed, on=PERSON)
        moved.append(both.select("kind", (pl.col("occurred_at") > pl.col("handed_at")).alias("moved")))
    if not moved:
        return frozenset()
    shares = pl.concat(moved).group_by("kind").agg(pl.col("moved").mean())
    return frozenset(shares.filter(pl.col("moved") <= _MOST_MOVED)["kind"].to_list())


def at_handoff(past: Past, fates: pl.DataFrame, now: datetime, counters: Collection[str]) -> Past:
    """Return a part whose people are as each was when handed over; the rest is as of today, and has no row."""
    instant = fates["handed_at"].fill_null(now)
    shift = to_us(now) - instant.to_physical()
    when = pl.DataFrame({PERSON: fates[PERSON], "until": instant, "shift": shift.cast(pl.Duration("us"))})
    both = pl.concat([past.events, past.counter_events.filter(pl.col("kind").is_in(list(counters)))])
    known = (
        both.sort(PERSON, "occurred_at", descending=[False, True], maintain_order=True)
        .join(when, on=PERSON, how="left", maintain_order="left")
        .filter((pl.col("occurred_at") <= pl.col("until")) & ~pl.col("kind").is_in(list(SALES_KINDS)))
        .with_columns(pl.col("occurred_at") + pl.col("shift"))
    )
    people = past.attributes_as_of(instant)
    moments = [name for name, kind in people.schema.items() if kind == pl.Datetime and name.startswith("attribute:")]
    people = people.with_columns(people[name] + when["shift"] for name in moments)
    return replace(
        past,
        people=people,
        events=known.select(both.columns),
        dated=frozenset(),
        vouched=frozenset(past.attribute_types),
        counters=past.counters - frozenset(counters),
    )
