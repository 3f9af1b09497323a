"""Lay out the events of a part for counting: whose, when, how old, how many, and which of them count at an instant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from connector.domain.conditions import tests_of
from connector.domain.model import MachineFilter, Model
from connector.study.snapshot_part import People
from connector.study.snapshot_schema import PERSON
from connector.study.vector_truth import Flags, Floats, Ints

_EXACT: Final = 2**53
"""Up to here a whole number is a double, so that dividing it rounds once, as Python's own division does."""
_ALWAYS: Final = (PERSON, "kind", "occurred_at", "count", "machine")


@dataclass(frozen=True, slots=True)
class Happened:
    """Hold a part's events by column, in the order in which points are added.

    `age_days` is exact, negative for what is yet to come; `times` is a counter's number, else 1; `kinds` maps a kind
    to those of its events that count at the instant: neither of a machine, nor of a burst, nor in the future.
    """

    frame: pl.DataFrame
    owner: Ints
    at_us: Ints
    age_days: Floats
    times: Floats
    kinds: dict[str, Ints]


def lay_out(people: People, model: Model, now_us: int) -> Happened:
    """Read what the rules of a model look at."""
    frame = people.table("events", _columns(model))
    owner = frame[PERSON].cast(pl.Int64).to_numpy()
    at_us = frame["occurred_at"].to_physical().to_numpy()
    counts = (at_us <= now_us) & ~frame["machine"].to_numpy()
    if model.engagement.machine is not None:
        counts &= ~find_bursts(frame, model.engagement.machine, now_us)
    times = frame["count"].fill_null(1.0).to_numpy()
    kind = frame["kind"]
    kinds = {name: np.flatnonzero((kind == name).to_numpy() & counts) for name in model.used_kinds}
    return Happened(frame, owner, at_us, ages_in_days(at_us, now_us), times, kinds)


def _columns(model: Model) -> list[str]:
    """Return the columns of events a model looks at."""
    whens = [signal.when for signal in model.engagement.signals] + [raised.when for raised in model.hand_raises]
    tested = [test.name for when in whens for test in tests_of(when) if test.subject == "event"]
    return list(dict.fromkeys([*_ALWAYS, "asset", "campaign", "topic", *tested]))


def ages_in_days(at_us: Ints, now_us: int) -> Floats:
    """Return exact seconds / 86,400 as doubles, the same digits as the domain's."""
    elapsed = now_us - at_us
    days: Floats = elapsed / 1_000_000 / 86_400
    for row in np.flatnonzero(np.abs(elapsed) >= _EXACT):
        days[row] = int(elapsed[row]) / 1_000_000 / 86_400
    return days


def find_bursts(frame: pl.DataFrame, rule: MachineFilter, now_us: int) -> Flags:
    """Tell which opens and clicks belong to an e-mail whose clicks had proved to be a link scanner's by `now`."""
    named = frame.lazy().with_row_index("row").filter(pl.col("campaign").is_not_null())
    whose = [PERSON, "campaign"]
    at = pl.col("occurred_at").to_physical()
    real = named.filter(~pl.col("machine"))
    delivered = real.filter(pl.col("kind") == "email_delivered").select(*whose, "row", at.alias("delivered"))
    clicked = real.filter(pl.col("kind") == "email_click").select(*whose, at.alias("clicked"))
    delay = pl.col("clicked") - pl.col("delivered")
    proofs = (
        delivered.join(clicked, on=whose)
        .filter((delay >= 0) & (delay / 1_000_000 <= rule.within_seconds))
        .group_by(*whose, "row")
        .agg(pl.col("clicked").sort())
        .filter(pl.col("clicked").list.len() >= rule.clicks)
        .with_columns(pl.col("clicked").list.get(rule.clicks - 1))
        .filter(pl.col("clicked") <= now_us)
    )
    dropped = (
        named.filter(pl.col("kind").is_in(["email_open", "email_click"]))
        .join(proofs.select(whose).unique(), on=whose, how="semi")
        .select("row")
        .collect()
    )
    flags = np.zeros(frame.height, dtype=np.bool_)
    flags[dropped["row"].to_numpy()] = True
    return flags
