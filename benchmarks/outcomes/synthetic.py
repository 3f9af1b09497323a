"""Make up a history whose best possible ranking is known, and see how near the calibrated file comes to it.

Everybody is decided at an instant; what they did before decides, decayed, with their profile and chance, whether they
are won. The probability they are drawn by is the best score there can be: an AUC above it would prove a leak.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
import polars as pl

from connector.domain.model import Model
from connector.domain.model_file import parse_model
from connector.domain.person import ValueType
from connector.domain.timeline import to_us
from connector.study.calibrate_edits import edits_of
from connector.study.calibrate_learn import Learner, choose_half_life, split_inside
from connector.study.learning.card import learn_scale
from connector.study.learning.measures import Quality, measure
from connector.study.learning.model_text import edit_model
from connector.study.learning.panel import Panel, Slice, design_panel, score_panel
from connector.study.learning.past import Past
from connector.study.snapshot_schema import TABLES, attribute_column, columns_of
from connector.study.vector_truth import Floats
from outcomes.contenders import BESIDES
from outcomes.tables import Table

PEOPLE: Final = 12_000
COHORTS: Final = 24
HALF_LIFE_DAYS: Final = 21.0
NOW: Final = datetime(2026, 11, 22, tzinfo=UTC)
TYPES: Final[dict[str, ValueType]] = {"country": "text", "employees": "number"}
KINDS: Final = {
    "page_view": (6.0, 0.0),
    "email_click": (2.0, 0.45),
    "content_download": (0.7, 0.6),
    "webinar_attended": (0.4, 0.3),
    "demo_trial": (0.3, 1.6),
    "newsletter_unsubscribed": (0.2, -1.0),
}
"""Kind → how many a person has on average, and what an undecayed one adds to the log-odds; the first is a decoy."""
LEVEL: Final = -4.3
HAND: Final = """\
model: hand-set-synthetic
version: 1.0.0
fit:
  criteria:
    - {id: home-market, weight: 40, when: {attribute: country, in: [ES, MX]}}
    - {id: large-enough, weight: 20, when: {attribute: employees, at_least: 50}}
engagement:
  half_life_days: 30
  signals:
    - {id: page-view, kind: page_view, points: 3}
    - {id: e-mail-click, kind: email_click, points: 3}
    - {id: download, kind: content_download, points: 20}
    - {id: webinar, kind: webinar_attended, points: 25}
    - {id: trial, kind: demo_trial, points: 30}
    - {id: unsubscribed, kind: newsletter_unsubscribed, points: -20}
  floor: -1000
  ceiling: 1000
"""


@dataclass(frozen=True)
class Made:
    """Hold a panel with one row per person, oldest first, and the probability each was won with."""

    panel: Panel
    chance: Floats


def make_history(seed: int = 7) -> Made:
    """Make up the people of all cohorts; each cohort is decided at one instant."""
    rng = np.random.default_rng(seed)
    cohort = np.arange(PEOPLE) * COHORTS // PEOPLE
    instants = [NOW - timedelta(days=28 * (COHORTS - number)) for number in range(COHORTS)]
    country = np.array(["ES", "MX", "DE", "US"])[rng.integers(0, 4, PEOPLE)]
    employees = np.round(10 ** rng.uniform(0.5, 3.5, PEOPLE))
    odds = LEVEL + 0.9 * (country == "ES") + 0.9 * (country == "MX") + 0.8 * (employees >= 50)
    intent = rng.lognormal(-0.3, 0.8, PEOPLE)
    rows: list[pl.DataFrame] = []
    decided = np.array([to_us(instant) for instant in instants])[cohort]
    for kind, (mean, worth) in KINDS.items():
        who = np.repeat(np.arange(PEOPLE), rng.poisson(mean * intent))
        age = rng.uniform(0, 90, len(who))
        odds += worth * np.bincount(who, weights=2 ** (-age / HALF_LIFE_DAYS), minlength=PEOPLE)
        at = pl.Series(decided[who] - np.round(age * 86_400_000_000).astype(np.int64)).cast(pl.Datetime("us", "UTC"))
        rows.append(pl.DataFrame({"person": who, "kind": [kind] * len(who), "occurred_at": at}))
    chance = 1 / (1 + np.exp(-odds))
    won = rng.random(PEOPLE) < chance
    past = _keep(country, employees, pl.concat(rows))
    slices = tuple(Slice(past, instant, np.flatnonzero(cohort == number)) for number, instant in enumerate(instants))
    nobody = np.full(PEOPLE, -1)
    return Made(Panel(slices, decided, np.arange(PEOPLE), won, nobody, nobody, 28.0), chance)


def _keep(country: np.ndarray, employees: np.ndarray, events: pl.DataFrame) -> Past:
    tables = {name: pl.DataFrame(schema=dict(columns_of(name, TYPES))) for name in TABLES}
    profile = {attribute_column("country"): country, attribute_column("employees"): employees}
    people = pl.DataFrame({"person": np.arange(len(country)), **profile})
    events = events.sort("person", "occurred_at", descending=[False, True]).with_row_index("id")
    columns = (pl.col("person").cast(pl.UInt32), pl.col("id").cast(pl.String), pl.lit(False).alias("machine"))
    events = pl.concat([tables["events"], events.with_columns(columns)], how="diagonal")
    frame = pl.concat([tables["people"], people.with_columns(pl.col("person").cast(pl.UInt32))], how="diagonal")
    empty, known = tables["events"], frozenset(TYPES)
    return Past(frame, events, tables["history"], tables["deals"], TYPES, frozenset(), known, empty)


def compare_with_optimum() -> dict[str, Quality]:
    """Learn from the older four fifths; return how hand-set, calibrated and best score do on the rest."""
    made = make_history()
    panel, rows = made.panel, np.arange(PEOPLE)
    learn, others = rows[: PEOPLE * 4 // 5], rows[PEOPLE * 4 // 5 :]
    hand = parse_model(HAND, file="hand-set", types=TYPES)
    learner = Learner(panel, hand)
    splits = split_inside(panel, learn)
    half_life = choose_half_life(learner.half_life_losses(splits), 30.0)
    card, _ = learner.learn(half_life, learn, learner.choose_tau(half_life, splits))
    own = [False] * len(hand.engagement.signals)
    text = edit_model(HAND, edits_of(hand, card, half_life, own))
    base = float(panel.won[learn].mean())

    def of_file(content: str) -> Quality:
        sums = score_panel(panel, parse_model(content, file="file", types=TYPES), lenient=True).sums
        scale = learn_scale(sums[learn], panel.won[learn])
        return measure(scale.log_odds(sums[others]), scale.chance(sums[others]), panel.won[others], base)

    best = measure(made.chance[others], made.chance[others], panel.won[others], base)
    found = {"hand-set points": of_file(HAND), "calibrated file": of_file(text)}
    table = _to_table(made, hand)
    for name, score in BESIDES:
        scored = score(table, learn, others)
        found[name] = measure(scored.score, scored.chance, panel.won[others], base)
    return {**found, "the best there can be": best}


def _to_table(made: Made, hand: Model) -> Table:
    """Give those that know no timelines the profile and the decayed counts that the hand-set file sees."""
    counted = design_panel(made.panel, hand).columns[:, len(hand.fit.criteria) :]
    people = made.panel.slices[0].past.people.select(attribute_column(name) for name in TYPES)
    counts = pl.DataFrame({attribute_column(rule.kind): counted[:, place]
                           for place, rule in enumerate(hand.engagement.signals)})  # fmt: skip
    return Table("made up", pl.concat([people, counts], how="horizontal"), made.panel.won, TYPES, HAND, True)
