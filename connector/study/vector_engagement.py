"""Sum what everybody of a part has done: the same points, added in the same order, as `domain.engagement`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl

from connector.domain.journey import TIE_SHARE
from connector.domain.model import EngagementRules, Model, Signal
from connector.domain.timeline import DAY_US
from connector.study.decided import LINES
from connector.study.vector_events import Happened
from connector.study.vector_truth import Asker, Flags, Floats, Ints

_NO_TOPIC: Final = -1


@dataclass(frozen=True, slots=True)
class Hits:
    """Hold the events a signal counts, in order: their rows and their points after decay."""

    rows: Ints
    points: Floats


@dataclass(slots=True)
class Lines:
    """Collect contributions by rule; `frame` brings them into the order of the domain."""

    frames: list[pl.DataFrame] = field(default_factory=list)

    def add(self, rule: str, kind: str, people: Flags, points: Floats) -> None:
        """Add one line for each of `people`. Lines are added in the order in which the domain lists them."""
        who = np.flatnonzero(people)
        position = len(self.frames)
        columns = {
            "person": pl.Series(who, dtype=pl.UInt32),
            "position": pl.repeat(position, len(who), dtype=pl.UInt32, eager=True),
            "rule": pl.repeat(rule, len(who), dtype=pl.String, eager=True),
            "kind": pl.repeat(kind, len(who), dtype=pl.String, eager=True),
            "points": pl.Series(points[who], dtype=pl.Float64),
        }
        self.frames.append(pl.DataFrame(columns))

    def frame(self) -> pl.DataFrame:
        empty = pl.DataFrame(schema=dict(LINES))
        return pl.concat([empty, *self.frames]).sort("person", "position")


@dataclass(frozen=True, slots=True)
class Summed:
    """Hold everybody's score; `live` says per signal who has an event it counts; `topics` the main topic."""

    score: Floats
    live: Mapping[str, Flags]
    topics: list[str | None]


def sum_engagement(model: Model, happened: Happened, asker: Asker, size: int, lines: Lines | None) -> Summed:
    """Sum signals, caps, groups, floor and ceiling for `size` people; `lines` collects the contributions."""
    groups: dict[str | None, Floats] = {}
    members: dict[str | None, Flags] = {}
    live: dict[str, Flags] = {}
    topics = _TopicSums(happened, asker, size)
    for signal in model.engagement.signals:
        hits = count_hits(signal, happened, asker)
        who = happened.owner[hits.rows]
        raw = _sums(who, hits.points, size)
        has = live[signal.id] = np.bincount(who, minlength=size) > 0
        kept = raw if signal.cap is None else _clip(raw, signal.cap)
        if lines is not None:
            lines.add(signal.id, "signal", has, raw)
            lines.add(signal.id, "cap", has & (kept != raw), kept - raw)
        groups[signal.group] = groups.get(signal.group, np.zeros(size)) + kept
        members[signal.group] = members.get(signal.group, np.zeros(size, dtype=np.bool_)) | has
        topics.add(signal, hits)
    return Summed(_sum_groups(model.engagement, groups, members, lines, size), live, topics.main())


def count_hits(signal: Signal, happened: Happened, asker: Asker) -> Hits:
    """Return what a signal counts: collapse, then window, then limit; newest first."""
    rows = happened.kinds[signal.kind]
    if signal.when is not None:
        rows = rows[asker.of_events(signal.when, rows) == 1]
    times = happened.times[rows]
    if signal.per != "event":
        rows = _collapse(signal, rows, happened, asker)
        times = np.ones(len(rows))
    if signal.window_days is not None:
        inside = happened.age_days[rows] <= signal.window_days
        rows, times = rows[inside], times[inside]
    if signal.limit is not None:
        rows, times = _limit(signal.limit, rows, times, happened.owner)
    points: Floats = signal.points * times
    if signal.half_life_days is not None:
        points = points * halve(happened.age_days[rows] / signal.half_life_days)
    return Hits(rows, points)


def _sums(numbers: Ints, points: Floats, size: int) -> Floats:
    """Add points by number, one after the other in their order, as a loop would."""
    return np.bincount(numbers, weights=points, minlength=size).astype(np.float64, copy=False)


def halve(half_lives: Floats) -> Floats:
    """Return what is left after so many half-lives, by Python's own power: others differ in the last digit."""
    return np.array([2.0**elapsed for elapsed in (-half_lives).tolist()], dtype=np.float64)


def _collapse(signal: Signal, rows: Ints, happened: Happened, asker: Asker) -> Ints:
    """Keep the newest event of each UTC day or asset of a person; one without an asset stands for itself."""
    owner = happened.owner[rows]
    if signal.per == "day":
        day = happened.at_us[rows] // DAY_US
        again = np.zeros(len(rows), dtype=np.bool_)
        again[1:] = (owner[1:] == owner[:-1]) & (day[1:] == day[:-1])
        return rows[~again]
    coded = asker.coded("event", "asset")
    assert coded is not None  # noqa: S101 - laid out with every part
    named = np.array([bool(value) for value in coded.values], dtype=np.bool_)
    code = coded.codes[rows]
    own_number = len(coded.values) + np.arange(len(rows))
    span = len(coded.values) + len(rows)
    key = owner * span + np.where(named[code] if len(named) else False, code, own_number)
    _, firsts = np.unique(key, return_index=True)
    return rows[np.sort(firsts)]


def _limit(limit: int, rows: Ints, times: Floats, owner: Ints) -> tuple[Ints, Floats]:
    """Keep at most `limit` events of a person, newest first; a counter counts as many as are left."""
    if not len(rows):
        return rows, times
    who = owner[rows]
    counted = np.minimum(times, limit).astype(np.int64)
    before = np.cumsum(counted) - counted
    starts = np.concatenate(([True], who[1:] != who[:-1]))
    before -= before[np.flatnonzero(starts)][np.cumsum(starts) - 1]
    within = before < limit
    return rows[within], np.minimum(counted, limit - before)[within].astype(np.float64)


def _sum_groups(
    rules: EngagementRules,
    groups: Mapping[str | None, Floats],
    members: Mapping[str | None, Flags],
    lines: Lines | None,
    size: int,
) -> Floats:
    """Add groups in file order, ungrouped signals last, then clip."""
    total = np.zeros(size)
    for group, cap in rules.groups.items():
        if group not in groups:
            continue
        kept = groups[group] if cap is None else _clip(groups[group], cap)
        if lines is not None:
            lines.add(group, "group_cap", members[group] & (kept != groups[group]), kept - groups[group])
        total = total + kept
    total = total + groups.get(None, np.zeros(size))
    below, above = total < rules.floor, total > rules.ceiling
    if lines is not None:
        lines.add("floor", "clip", below, rules.floor - total)
        lines.add("ceiling", "clip", above & ~below, rules.ceiling - total)
    return np.where(below, rules.floor, np.where(above, rules.ceiling, total))


def _clip(points: Floats, cap: float) -> Floats:
    return np.maximum(-cap, np.minimum(cap, points))


class _TopicSums:
    """Collect the positive points of every person's topics, signal by signal, as the domain adds them."""

    def __init__(self, happened: Happened, asker: Asker, size: int) -> None:
        self._happened, self._asker, self._size = happened, asker, size
        self._names: list[str] = []
        self._numbers: dict[str, int] = {}
        self._of_event: Ints | None = None
        self._who: list[Ints] = []
        self._topic: list[Ints] = []
        self._points: list[Floats] = []

    def add(self, signal: Signal, hits: Hits) -> None:
        if signal.points <= 0 or not len(hits.rows):
            return
        if signal.topic:
            topic = np.full(len(hits.rows), self._number(signal.topic), dtype=np.int64)
        else:
            topic = self._topics_of_events()[hits.rows]
        has = topic != _NO_TOPIC
        self._who.append(self._happened.owner[hits.rows][has])
        self._topic.append(topic[has])
        self._points.append(hits.points[has])

    def _number(self, topic: str) -> int:
        if topic not in self._numbers:
            self._numbers[topic] = len(self._names)
            self._names.append(topic)
        return self._numbers[topic]

    def _topics_of_events(self) -> Ints:
        if self._of_event is None:
            coded = self._asker.coded("event", "topic")
            assert coded is not None  # noqa: S101 - laid out with every part
            numbers = [self._number(value) if value else _NO_TOPIC for value in coded.values]
            self._of_event = np.array(numbers, dtype=np.int64)[coded.codes]
        return self._of_event

    def main(self) -> list[str | None]:
        """Return everybody's topic with the most points, ties alphabetical, None without topics."""
        main: list[str | None] = [None] * self._size
        if not self._who:
            return main
        who, topic = np.concatenate(self._who), np.concatenate(self._topic)
        order = sorted(self._names)
        place = np.array([order.index(name) for name in self._names], dtype=np.int64)
        pairs, inverse = np.unique(who * len(order) + place[topic], return_inverse=True)
        sums = _sums(inverse, np.concatenate(self._points), len(pairs))
        owner, name = pairs // len(order), pairs % len(order)
        most = np.full(self._size, -np.inf)
        np.maximum.at(most, owner, sums)
        leads = most[owner] - sums <= most[owner] * TIE_SHARE
        for person, number in zip(owner[leads][::-1].tolist(), name[leads][::-1].tolist(), strict=True):
            main[person] = order[number]
        return main
