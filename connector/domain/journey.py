"""Place a person on the three journeys and look up what to send next; views, never inputs of the score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from connector.domain.engagement import Counted
from connector.domain.model import JOURNEY_STEPS, JOURNEYS, HandRaise, Journey, Model, NurtureRow, Signal
from connector.domain.person import Stage
from connector.domain.text import fold

TIE_SHARE: Final = 1e-12


@dataclass(frozen=True, slots=True)
class JourneyStep:
    """Hold the furthest step with live evidence on one journey, and the rules that are that evidence."""

    step: str | None
    evidence: tuple[str, ...] = ()


def place_on_journeys(rules: Iterable[Signal | HandRaise]) -> Mapping[Journey, JourneyStep]:
    """Return the furthest step per journey among rules with live evidence (given in file order)."""
    live = tuple(rules)
    return {journey: _furthest(journey, live) for journey in JOURNEYS}


def _furthest(journey: Journey, live: Sequence[Signal | HandRaise]) -> JourneyStep:
    order = JOURNEY_STEPS[journey]
    steps = [rule.journey[journey] for rule in live if journey in rule.journey]
    if not steps:
        return JourneyStep(None)
    furthest = max(steps, key=order.index)
    return JourneyStep(furthest, tuple(rule.id for rule in live if rule.journey.get(journey) == furthest))


def topic_points(signals: Iterable[Signal], counted: Mapping[str, Sequence[Counted]]) -> Mapping[str, float]:
    """Sum the positive decayed points of each topic before caps; a signal's topic goes before its event's."""
    points: dict[str, float] = {}
    for signal in signals:
        if signal.points <= 0:
            continue
        for hit in counted.get(signal.id, ()):
            if topic := signal.topic or hit.match.event.topic:
                points[topic] = points.get(topic, 0.0) + hit.points
    return points


def main_topic(points: Mapping[str, float]) -> str | None:
    """Return the topic with the most points, ties alphabetical.

    Sums that differ by less than the rounding of doubles are a tie, so that the order of adding never decides.
    """
    if not points:
        return None
    most = max(points.values())
    return min(topic for topic, sum_ in points.items() if most - sum_ <= most * TIE_SHARE)


def find_nurture(
    model: Model, stage: Stage, step: str | None, topic: str | None, persona: str | None
) -> NurtureRow | None:
    """Return the first row whose keys all agree."""
    return next((row for row in model.nurture if _agrees(row, stage, step, topic, persona)), None)


def _agrees(row: NurtureRow, stage: Stage, step: str | None, topic: str | None, persona: str | None) -> bool:
    return (
        row.stage in (None, stage)
        and row.journey in (None, step)
        and (row.topic is None or (topic is not None and fold(row.topic) == fold(topic)))
        and (row.persona is None or (persona is not None and fold(row.persona) == fold(persona)))
    )
