"""Find everybody's live hand-raises and how far they are on each journey."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from connector.domain.model import JOURNEY_STEPS, JOURNEYS, HandRaise, Journey, Model, Signal
from connector.study.vector_events import Happened
from connector.study.vector_truth import Asker, Flags, Ints

NONE: Final = -1
NEVER: Final = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class RaisedHands:
    """Hold the hand-raise to name (its place in the file, NONE without), its newest event, and who has which live."""

    rule: Ints
    at_us: Ints
    live: tuple[Flags, ...]


def find_raised(model: Model, happened: Happened, asker: Asker, size: int) -> RaisedHands:
    """Return the live hand-raises: the newest event names one, then file order."""
    rule = np.full(size, NONE, dtype=np.int64)
    at_us = np.full(size, NEVER, dtype=np.int64)
    live = []
    for number, raised in enumerate(model.hand_raises):
        newest = newest_raised(raised, happened, asker, size)
        live.append(newest != NEVER)
        better = newest > at_us
        rule[better], at_us[better] = number, newest[better]
    return RaisedHands(rule, at_us, tuple(live))


def newest_raised(raised: HandRaise, happened: Happened, asker: Asker, size: int) -> Ints:
    """Return everybody's newest event that raises a hand and is valid still; NEVER without."""
    rows = happened.kinds[raised.kind]
    rows = rows[happened.age_days[rows] <= raised.valid_days]
    if raised.when is not None:
        rows = rows[asker.of_events(raised.when, rows) == 1]
    newest = np.full(size, NEVER, dtype=np.int64)
    np.maximum.at(newest, happened.owner[rows], happened.at_us[rows])
    return newest


def place_on_journeys(model: Model, live: Mapping[str, Flags], raised: RaisedHands, size: int) -> dict[Journey, Ints]:
    """Return everybody's furthest step with live evidence per journey: its place in JOURNEY_STEPS, NONE without."""
    evidence: list[tuple[Signal | HandRaise, Flags]] = [
        *((signal, live[signal.id]) for signal in model.engagement.signals),
        *zip(model.hand_raises, raised.live, strict=True),
    ]
    steps = {journey: np.full(size, NONE, dtype=np.int64) for journey in JOURNEYS}
    for rule, has in evidence:
        for journey, step in rule.journey.items():
            place = JOURNEY_STEPS[journey].index(step)
            steps[journey] = np.where(has, np.maximum(steps[journey], place), steps[journey])
    return steps
