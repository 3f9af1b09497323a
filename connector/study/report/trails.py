"""Follow everybody from the first sign of them to a deal won: when each step was first reached, and what sales said.

A step counts as reached when a later one was: who asks for a demo is an SQL without ever having been an MQL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

import numpy as np
import polars as pl

from connector.domain.timeline import to_us
from connector.study.learning.past import Past
from connector.study.snapshot_schema import PERSON, attribute_column
from connector.study.vector_truth import Flags, Ints

NEVER: Final = np.iinfo(np.int64).max
STEPS: Final = ("came", "mql", "sql", "opportunity", "customer")
CAME, MQL, SQL, OPPORTUNITY, CUSTOMER = range(len(STEPS))
_STAGE_STEPS: Final = {
    "mql": MQL, "sql": SQL, "opportunity": OPPORTUNITY, "customer": CUSTOMER, "evangelist": CUSTOMER,
}  # fmt: skip
_MARKS: Final = ("own", "lifecycle")


@dataclass(frozen=True, slots=True)
class Trails:
    """Hold people by row, their type and id in `refs`. `verdict` is 1 accepted, −1 rejected, 0 not answered.

    `entered` and `reached` have a row per step with instants in microseconds, or NEVER. `undated` are those handed over
    on an unknown day.
    """

    refs: Sequence[tuple[str, str]]
    channel: Sequence[str | None]
    owner: Sequence[str | None]
    reason: Sequence[str | None]
    entered: Ints
    reached: Ints
    verdict: Ints
    answered: Ints
    undated: Flags

    @property
    def size(self) -> int:
        return len(self.verdict)


def join_trails(parts: Sequence[Trails]) -> Trails:
    """Put the people of several parts one after the other."""
    joined: dict[str, Any] = {}
    for one in fields(Trails):
        pieces = [getattr(part, one.name) for part in parts]
        is_array = one.name in ("entered", "reached", "verdict", "answered", "undated")
        joined[one.name] = np.concatenate(pieces, axis=-1) if is_array else [x for piece in pieces for x in piece]
    return Trails(**joined)


def read_trails(past: Past, stages: Mapping[str, str], channel: str | None, now: datetime) -> Trails:
    """Read the trails of one part. `stages` says which stage a value of the CRM's own stage field stands for."""
    people, size = past.people, past.size
    entries = stage_entries(past, stages, now)
    answers = _answers(past, now)
    entered = np.full((len(STEPS), size), NEVER, dtype=np.int64)
    for stage, step in _STAGE_STEPS.items():
        _note_first(entered[step], entries.filter(pl.col("stage") == stage))
    _note_deals(entered, past, now)
    reached = np.minimum.accumulate(entered[::-1])[::-1].copy()
    verdict = _verdicts(people)
    reached[MQL] = np.minimum(reached[MQL], answers)
    reached[SQL] = np.minimum(reached[SQL], np.where(verdict > 0, answers, NEVER))
    _note_coming(entered[CAME], past, now)
    reached[CAME] = entered[CAME] = np.minimum(entered[CAME], reached[MQL])
    known = np.isin(np.arange(size), entries.filter(pl.col("stage").is_in(list(_STAGE_STEPS)))[PERSON].to_numpy())
    return Trails(
        refs=people.select("object_type", "object_id").rows(),
        channel=_texts(people, channel),
        owner=_texts(people, "owner"),
        reason=people["verdict_reason"].to_list(),
        entered=entered,
        reached=reached,
        verdict=verdict,
        answered=answers,
        undated=(known | (verdict != 0)) & (reached[MQL] == NEVER),
    )


def stage_entries(past: Past, stages: Mapping[str, str], now: datetime) -> pl.DataFrame:
    """Return every stage anybody is known to have entered: person, mark, stage, at (null: unknown), by; in order."""
    told = [
        past.history.filter(pl.col("field") == f"{mark}_stage").select(
            PERSON,
            pl.lit(mark).alias("mark"),
            pl.col("value").replace_strict(dict(stages), default=None, return_dtype=pl.String).alias("stage"),
            "at",
            "by",
        )
        for mark in _MARKS
    ]
    present = [
        past.people.select(
            PERSON,
            pl.lit(mark).alias("mark"),
            pl.col(f"{mark}_stage").alias("stage"),
            pl.col(f"{mark}_at").alias("at"),
            pl.col(f"{mark}_by").alias("by"),
        )
        .drop_nulls("stage")
        .join(past_marks, on=[PERSON, "stage"], how="anti")
        for mark, past_marks in zip(_MARKS, told, strict=True)
    ]
    both = pl.concat([*told, *present]).filter(pl.col("at").is_null() | (pl.col("at") <= now))
    return both.sort(PERSON, "mark", "at", nulls_last=False, maintain_order=True)


def _note_first(column: Ints, frame: pl.DataFrame, at: str = "at") -> None:
    """Lower each person's instant to the first one in a frame."""
    dated = frame.drop_nulls(at)
    np.minimum.at(column, dated[PERSON].cast(pl.Int64).to_numpy(), dated[at].to_physical().to_numpy())


def _note_deals(entered: Ints, past: Past, now: datetime) -> None:
    """Note when deals were made and won; one without a day of closing was won when it was made."""
    closed = pl.when(pl.col("state") != "open").then(pl.col("closed_at"))
    deals = past.deals.with_columns(pl.min_horizontal("created_at", closed).alias("made"))
    _note_first(entered[OPPORTUNITY], deals.filter(pl.col("made") <= now), "made")
    won = deals.filter(pl.col("state") == "won").with_columns(pl.coalesce("closed_at", "created_at").alias("won"))
    _note_first(entered[CUSTOMER], won.filter(pl.col("won") <= now), "won")


def _note_coming(came: Ints, past: Past, now: datetime) -> None:
    for frame, at in ((past.events, "occurred_at"), (past.counter_events, "occurred_at"), (past.history, "at")):
        _note_first(came, frame.filter(pl.col(at) <= now), at)


def _verdicts(people: pl.DataFrame) -> Ints:
    verdict: Ints = people["verdict"].replace_strict({"accepted": 1, "rejected": -1}, default=0).to_numpy()
    return verdict.astype(np.int64)


def _answers(past: Past, now: datetime) -> Ints:
    """Return when sales gave the answer that stands: its own day, else when the CRM saw it written."""
    answers = np.full(past.size, NEVER, dtype=np.int64)
    written = past.history.filter((pl.col("field") == "verdict") & pl.col("value").is_not_null())
    seen = written.group_by(PERSON).agg(pl.col("at").max().alias("seen"))
    answered = (
        past.people.drop_nulls("verdict")
        .join(seen, on=PERSON, how="left")
        .select(PERSON, pl.coalesce("verdict_at", "seen").alias("at"))
    )
    _note_first(answers, answered.filter(pl.col("at") <= now))
    return answers


def _texts(people: pl.DataFrame, attribute: str | None) -> list[str | None]:
    """Return an attribute as text; nothing of one that is not kept."""
    column = attribute_column(attribute or "")
    if column not in people.columns:
        return [None] * people.height
    kind = people.schema[column]
    if kind == pl.List:
        return people[column].list.join(", ").to_list()
    return people[column].cast(pl.String).to_list()


def between(instants: Ints, since: datetime, until: datetime) -> Flags:
    """Tell which instants are after `since` and not after `until`."""
    inside: Flags = (instants > to_us(since)) & (instants <= to_us(until))
    return inside
