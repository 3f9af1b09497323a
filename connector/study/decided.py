"""Hold what a model decides about the people of one part, as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from connector.study.snapshot_schema import INSTANT, PERSON, Columns

DECIDED: Final[Columns] = {
    PERSON: pl.UInt32,
    "stage_before": pl.String,
    "stage": pl.String,
    "rule": pl.String,  # the stage rule that decided
    "opens_handoff": pl.Boolean,
    "fit_verdict": pl.String,
    "fit_pct": pl.Float64,  # null when nothing is known
    "fit_low": pl.Float64,
    "fit_high": pl.Float64,
    "completeness": pl.Float64,  # a share 0-1
    "exclusions": pl.List(pl.String),
    "persona": pl.String,
    "engagement": pl.Float64,  # unrounded
    "grade": pl.String,
    "hand_raise": pl.String,
    "raised_at": INSTANT,
    "aida": pl.String,
    "wheel": pl.String,
    "inbound": pl.String,
    "topic": pl.String,
    "nurture_track": pl.String,
    "next_content": pl.String,
    "next_channel": pl.String,
}
"""One row per person of the part, in the order of its people; numbers are those of the domain, to the last digit."""

LINES: Final[Columns] = {
    PERSON: pl.UInt32,
    "position": pl.UInt32,
    "rule": pl.String,
    "kind": pl.String,  # signal, cap, group_cap, clip
    "points": pl.Float64,
}
"""The contributions: by person, then `position`; those of one person add up to their engagement."""


@dataclass(frozen=True, slots=True)
class Decided:
    """Hold the decisions about one part; `lines` is empty when nobody asked for the contributions."""

    people: pl.DataFrame
    lines: pl.DataFrame
