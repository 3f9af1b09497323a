"""Match events with rules once per person, so that any instant can be scored from the same matches."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from connector.domain.conditions import Condition, Truth
from connector.domain.model import HandRaise, MachineFilter, Model, Signal
from connector.domain.person import Event, Person, Timeline
from connector.domain.values import to_instant_text

DAY_US: Final = 86_400_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ONE_US: Final = timedelta(microseconds=1)


def to_us(instant: datetime) -> int:
    """Return an aware instant as whole microseconds since the epoch: exact, and fast to compare."""
    return (instant - _EPOCH) // _ONE_US


def from_us(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


def age_days_us(at_us: int, now_us: int) -> float:
    """Return exact seconds / 86,400 as a double, the same digits as by datetimes."""
    return (now_us - at_us) / 1_000_000 / 86_400


class Match(NamedTuple):
    """Hold an event of a rule's kind. `truth` is None where only the instant can tell.

    `collapse_key` is the UTC day or the asset it stands for; `dropped_us` the instant from which it counts as machine
    traffic; `times` the counter's number. A NamedTuple because one is made for every event and rule of every person.
    """

    event: Event
    at_us: int
    times: int
    truth: Truth | None
    collapse_key: str | int | None = None
    dropped_us: int | None = None

    def is_dropped(self, now_us: int) -> bool:
        return self.dropped_us is not None and self.dropped_us <= now_us


@dataclass(frozen=True, slots=True)
class Track:
    """Hold the matches of one signal, newest first, future ones included."""

    signal: Signal
    matches: Sequence[Match]
    person: Person

    def truth_at(self, match: Match, now_us: int) -> Truth:
        return match.truth or _truth_at(self.signal.when, self.person, match.event, now_us)


@dataclass(frozen=True, slots=True)
class RaiseTrack:
    """Hold the matches of one hand-raise, newest first, future ones included."""

    rule: HandRaise
    matches: Sequence[Match]
    person: Person

    def newest_live_us(self, now_us: int) -> int | None:
        """Return when the newest event that is still valid happened."""
        for match in self.matches:
            if match.at_us > now_us or match.is_dropped(now_us):
                continue
            if age_days_us(match.at_us, now_us) > self.rule.valid_days:
                return None
            truth = match.truth or _truth_at(self.rule.when, self.person, match.event, now_us)
            if truth is Truth.MATCHED:
                return match.at_us
        return None


@dataclass(frozen=True, slots=True)
class Matched:
    """Hold everything of a timeline that the rules of a model can look at; rules without a match are left out."""

    signals: tuple[Track, ...]
    hand_raises: tuple[RaiseTrack, ...]
    events: tuple[tuple[Event, int], ...]
    bursts: dict[str, int]

    def left_out_at(self, now_us: int) -> Iterator[tuple[Event, str]]:
        """Yield the events that no rule may count at an instant, with the reason."""
        for event, at_us in self.events:
            if at_us > now_us:
                yield event, "future"
            elif event.machine:
                yield event, "machine"
            elif self.bursts and (burst := _burst_of(event, self.bursts)) is not None and burst <= now_us:
                yield event, "burst"


def match_events(model: Model, person: Person, timeline: Timeline) -> Matched:
    """Match a timeline with every rule of a model; neither order nor repetition of events matters."""
    events = tuple((event, to_us(event.occurred_at)) for event in distinct_events(timeline.events))
    bursts = _find_bursts(events, model.engagement.machine)
    signals: dict[int, list[Match]] = {}
    raises: dict[int, list[Match]] = {}
    rules_of = _rules_by_kind(model)
    for event, at_us in events:
        if event.machine or event.kind not in rules_of:
            continue
        dropped_us = _burst_of(event, bursts) if bursts else None
        certain = Match(event, at_us, 1 if event.count is None else event.count, Truth.MATCHED, None, dropped_us)
        of_signals, of_raises = rules_of[event.kind]
        for position, signal in of_signals:
            if match := _match(signal, certain, person):
                signals.setdefault(position, []).append(_collapsible(match, signal.per))
        for position, raised in of_raises:
            if match := _match(raised, certain, person):
                raises.setdefault(position, []).append(match)
    rules = model.engagement.signals
    return Matched(
        tuple(Track(rules[position], signals[position], person) for position in sorted(signals)),
        tuple(RaiseTrack(model.hand_raises[position], raises[position], person) for position in sorted(raises)),
        events,
        bursts,
    )


_RulesOfKind: TypeAlias = tuple[list[tuple[int, Signal]], list[tuple[int, HandRaise]]]


@lru_cache(maxsize=32)
def _rules_by_kind(model: Model) -> Mapping[str, _RulesOfKind]:
    """Index a model's rules by the kind they look at, with their positions in the file."""
    index: dict[str, _RulesOfKind] = {}
    for position, signal in enumerate(model.engagement.signals):
        index.setdefault(signal.kind, ([], []))[0].append((position, signal))
    for position, raised in enumerate(model.hand_raises):
        index.setdefault(raised.kind, ([], []))[1].append((position, raised))
    return index


def _match(rule: Signal | HandRaise, certain: Match, person: Person) -> Match | None:
    """Return the match of a rule with an event, None when it can never count."""
    when = rule.when
    if when is None:
        return certain
    if when.is_timed:
        return certain._replace(truth=None)
    truth = when.decide(person, certain.event, certain.event.occurred_at)
    if truth is Truth.MATCHED:
        return certain
    return None if truth is Truth.NOT_MATCHED else certain._replace(truth=truth)


def _collapsible(match: Match, per: str) -> Match:
    if per == "event":
        return match
    key: str | int | None = match.at_us // DAY_US if per == "day" else match.event.asset or None
    return match._replace(collapse_key=key, times=1)


def distinct_events(events: Sequence[Event]) -> tuple[Event, ...]:
    """Keep one version of each event id, newest first, ties by id; a counter of 0 is no event.

    Of two versions the later counts, then the one whose canonical text is greater: never the order of arrival.
    """
    kept: dict[str, Event] = {}
    for event in events:
        rival = kept.get(event.id)
        if rival is None or _version(event) > _version(rival):
            kept[event.id] = event
    present = [event for event in kept.values() if event.count != 0]
    present.sort(key=lambda event: event.id)
    present.sort(key=lambda event: event.occurred_at, reverse=True)
    return tuple(present)


def _version(event: Event) -> tuple[datetime, str]:
    content = {name: getattr(event, name) for name in Event.__slots__ if getattr(event, name) not in (None, False)}
    content["occurred_at"] = to_instant_text(event.occurred_at)
    return event.occurred_at, json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _truth_at(when: Condition | None, person: Person, event: Event, now_us: int) -> Truth:
    return Truth.MATCHED if when is None else when.decide(person, event, from_us(now_us))


def _burst_of(event: Event, bursts: dict[str, int]) -> int | None:
    if event.kind not in ("email_open", "email_click") or event.campaign is None:
        return None
    return bursts.get(event.campaign)


def _find_bursts(events: Sequence[tuple[Event, int]], rule: MachineFilter | None) -> dict[str, int]:
    """Return, per campaign, the instant at which its clicks proved to be a link scanner's."""
    if rule is None:
        return {}
    delivered: dict[str, list[int]] = {}
    clicks: dict[str, list[int]] = {}
    for event, at_us in events:
        if event.campaign is None or event.machine:
            continue
        if event.kind == "email_delivered":
            delivered.setdefault(event.campaign, []).append(at_us)
        elif event.kind == "email_click":
            clicks.setdefault(event.campaign, []).append(at_us)
    bursts: dict[str, int] = {}
    for campaign, moments in delivered.items():
        for start in moments:
            within = sorted(
                at_us for at_us in clicks.get(campaign, ()) if 0 <= (at_us - start) / 1_000_000 <= rule.within_seconds
            )
            if len(within) >= rule.clicks:
                proof = within[rule.clicks - 1]
                bursts[campaign] = min(bursts.get(campaign, proof), proof)
    return bursts
