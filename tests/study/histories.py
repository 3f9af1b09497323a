"""Make up a base whose outcomes follow known weights, as the tables of a part of a snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from connector.domain.model import Model
from connector.domain.model_file import parse_model
from connector.domain.person import ValueType
from connector.study.snapshot_schema import TABLES, Table, attribute_column, columns_of

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
ACTIVE_DAYS = 90
WEEKS = 16
PAST_DAYS = 560
HALF_LIFE_DAYS = 30.0
KINDS = {"page_view": 5.0, "email_click": 2.0, "content_download": 0.8, "webinar_attended": 0.4, "demo_trial": 0.3}
"""Events a person has on average, by kind."""
WORTH = {"page_view": 0.0, "email_click": 0.1, "content_download": 0.9, "webinar_attended": 0.2, "demo_trial": 1.5}
"""What an undecayed event adds to the log-odds of winning: nothing like the points of MODEL."""
TYPES: Mapping[str, ValueType] = {"country": "text", "industry": "text", "employees": "number"}
MODEL = """\
model: made-up
version: 1.0.0
fit:
  criteria:
    # What we believed in January.
    - {id: country, weight: 30, when: {attribute: country, in: [ES, MX]}}     # the home markets
    - id: industry
      weight: 30
      when: {attribute: industry, equals: software}
    - {id: size, weight: 40, when: {attribute: employees, at_least: 50}}
engagement:
  half_life_days: 30
  signals:
    - {id: page, kind: page_view, points: 8, cap: 40}     # agreed with sales
    - {id: click, kind: email_click, points: 5}
    - id: download
      kind: content_download
      points: 5                # nobody knows why
    - {id: webinar, kind: webinar_attended, points: 25}
    - {id: trial, kind: demo_trial, points: 10}
stages:
  mql: {enter: 40, exit: 30}
"""


@dataclass(frozen=True)
class History:
    """Hold the tables of one part of people."""

    tables: Mapping[Table, pl.DataFrame]
    attribute_types: Mapping[str, ValueType]

    def table(self, table: Table, columns: Sequence[str] | None = None) -> pl.DataFrame:
        frame = self.tables[table]
        return frame if columns is None else frame.select(columns)

    def with_attribute(self, name: str, values: Sequence[Any], kind: ValueType = "text") -> History:
        people = self.tables["people"].with_columns(pl.Series(attribute_column(name), values))
        kinds = {**self.attribute_types, name: kind}
        return replace(self, tables={**self.tables, "people": people}, attribute_types=kinds)

    @property
    def won(self) -> np.ndarray:
        won = self.tables["deals"].filter(pl.col("state") == "won")["person"].to_list()
        return np.isin(np.arange(self.tables["people"].height), won)


def read_model(text: str) -> Model:
    return parse_model(text, file="model.yaml", types=TYPES)


@dataclass(frozen=True)
class _Acts:
    """Hold what everybody does: whose, of which kind, how many days after they came."""

    who: np.ndarray
    kind: np.ndarray
    day: np.ndarray


def _act(rng: np.random.Generator, size: int) -> _Acts:
    intent = rng.lognormal(-0.3, 0.8, size)
    counts = [rng.poisson(mean * intent) for mean in KINDS.values()]
    who = np.concatenate([np.repeat(np.arange(size), count) for count in counts])
    kind = np.repeat(np.arange(len(KINDS)), [count.sum() for count in counts])
    return _Acts(who, kind, rng.uniform(0, ACTIVE_DAYS, len(who)))


def _win(rng: np.random.Generator, acts: _Acts, profile_odds: np.ndarray, noise: bool) -> np.ndarray:
    """Return on which day after they came each is won, by a chance that is drawn anew every week; NaN: never."""
    size, worth = len(profile_odds), np.array(list(WORTH.values()))
    day = np.full(size, np.nan)
    for week in range(1, WEEKS + 1):
        age = week * 7 - acts.day
        past = age >= 0
        decayed = worth[acts.kind[past]] * 2 ** (-age[past] / HALF_LIFE_DAYS)
        odds = profile_odds + np.bincount(acts.who[past], weights=decayed, minlength=size)
        chance = np.full(size, 0.012) if noise else 1 / (1 + np.exp(-odds))
        day[np.isnan(day) & (rng.random(size) < chance)] = week * 7
    return day


def make_history(size: int, seed: int, *, level: float = -5.6, noise: bool = False) -> History:
    """Make up `size` people of whom some are won, by a chance that follows their profile and what they did lately.

    `noise`: by the same chance for all. Winners go on acting after they are won: whoever looks at that, cheats.
    """
    rng = np.random.default_rng(seed)
    profile = {
        "country": [("ES", "MX", "DE", "US", None)[place] for place in rng.integers(0, 5, size)],
        "industry": [("software", "retail", "mining", None)[place] for place in rng.integers(0, 4, size)],
        "employees": [None if rng.random() < 0.2 else float(round(10 ** rng.uniform(0.5, 3.5))) for _ in range(size)],
    }
    came = [NOW - timedelta(days=float(days)) for days in rng.uniform(10, PAST_DAYS, size)]
    acts = _act(rng, size)
    won_day = _win(rng, acts, level + np.array([1.2 * (one == "software") for one in profile["industry"]]), noise)
    names = list(KINDS)
    events = [
        (int(who), names[kind], came[who] + timedelta(days=float(day)))
        for who, kind, day in zip(acts.who, acts.kind, acts.day, strict=True)
    ]
    won = {int(who): came[who] + timedelta(days=float(won_day[who])) for who in np.flatnonzero(~np.isnan(won_day))}
    events += [(who, "page_view", at + timedelta(days=15 + day)) for who, at in won.items() for day in range(9)]
    return History(_tables(size, profile, events, won), dict(TYPES))


def _tables(
    size: int, profile: Mapping[str, Sequence[Any]], events: Sequence[tuple[int, str, datetime]],
    won: Mapping[int, datetime],
) -> dict[Table, pl.DataFrame]:  # fmt: skip
    tables = {name: pl.DataFrame(schema=dict(columns_of(name, TYPES))) for name in TABLES}
    people = {"person": np.arange(size), "object_type": ["contact"] * size,
              "object_id": [str(number) for number in range(size)], "current": ["{}"] * size,
              **{attribute_column(name): values for name, values in profile.items()}}  # fmt: skip
    tables["people"] = fill(people, "people")
    rows = sorted((event for event in events if event[2] <= NOW), key=lambda one: (one[0], -one[2].timestamp()))
    tables["events"] = fill(
        {"person": [row[0] for row in rows], "id": [f"web:{place}" for place in range(len(rows))],
         "kind": [row[1] for row in rows], "occurred_at": [row[2] for row in rows], "machine": [False] * len(rows)},
        "events",
    )  # fmt: skip
    winners = [who for who, at in won.items() if at + timedelta(days=14) <= NOW]
    tables["deals"] = fill(
        {"person": winners, "id": [f"d{who}" for who in winners], "state": ["won"] * len(winners),
         "created_at": [won[who] + timedelta(hours=1) for who in winners],
         "closed_at": [won[who] + timedelta(days=14) for who in winners]},
        "deals",
    )  # fmt: skip
    return tables


def fill(columns: Mapping[str, Any], table: Table) -> pl.DataFrame:
    """Return a table with every column; what is not given is null."""
    wanted = columns_of(table, TYPES)
    size = len(columns["person"])
    whole = {name: columns.get(name, [None] * size) for name in wanted}
    return pl.DataFrame(whole, schema=dict(wanted))
