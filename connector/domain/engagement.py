"""Sum what a person has done: a pure function of timeline, model and instant, additive to the last point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from connector.domain.model import Model, Signal
from connector.domain.timeline import Match, Track, age_days_us

LineKind: TypeAlias = Literal["signal", "cap", "group_cap", "clip"]


@dataclass(frozen=True, slots=True)
class Contribution:
    """Hold one line of the sum, unrounded. `rule` is a signal, a group, `floor` or `ceiling`."""

    rule: str
    kind: LineKind
    points: float
    events: tuple[str, ...] = ()
    from_counter: bool = False


@dataclass(frozen=True, slots=True)
class NotCounted:
    """Name an event that earned nothing, and why.

    `why`: `machine`, `burst`, `future`, `unknown`, `collapsed`, `window`, `limit`, `no_time`, `bad_count`; `rule` is
    None when it concerns every rule.
    """

    event: str
    rule: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Counted:
    """Hold one event as a signal counted it: `times` of a counter, points after decay."""

    match: Match
    times: int
    points: float


@dataclass(frozen=True, slots=True)
class Engagement:
    """Hold the score, its lines, what was left out, and what each signal counted (newest first)."""

    score: float
    contributions: tuple[Contribution, ...]
    not_counted: tuple[NotCounted, ...]
    counted: Mapping[str, tuple[Counted, ...]]


def score_tracks(
    model: Model, tracks: Sequence[Track], now_us: int, not_counted: list[NotCounted] | None = None
) -> Engagement:
    """Sum tracks as of an instant; `not_counted` collects what was left out, None spares the work."""
    counted = {track.signal.id: tuple(count_track(track, now_us, not_counted)) for track in tracks}
    lines: list[Contribution] = []
    capped: dict[str, float] = {}
    for track in tracks:
        signal = track.signal
        if hits := counted[signal.id]:
            raw = 0.0
            for hit in hits:
                raw += hit.points
            lines.append(_signal_line(signal, hits, raw))
            capped[signal.id] = _clip(raw, signal.cap)
            if capped[signal.id] != raw:
                lines.append(Contribution(signal.id, "cap", capped[signal.id] - raw))
    score = _sum_groups(model, capped, lines)
    return Engagement(score, tuple(lines), tuple(not_counted or ()), counted)


def count_track(track: Track, now_us: int, not_counted: list[NotCounted] | None = None) -> Iterator[Counted]:
    """Yield what a signal counts at an instant, newest first: collapse, then window, then limit."""
    signal, remaining = track.signal, track.signal.limit
    seen: set[str | int] = set()
    for match in track.matches:
        if match.at_us > now_us or match.is_dropped(now_us):
            continue
        age = age_days_us(match.at_us, now_us)
        why = _why_not(match, signal, seen, age, remaining, track.truth(match, now_us))
        if why:
            if not_counted is not None and why != "not_matched":
                not_counted.append(NotCounted(match.event.id, signal.id, why))
            continue
        times = match.times if remaining is None else min(match.times, remaining)
        remaining = None if remaining is None else remaining - times
        yield Counted(match, times, signal.points * times * decay(age, signal.half_life_days))


def _why_not(
    match: Match, signal: Signal, seen: set[str | int], age: float, remaining: int | None, truth: str
) -> str | None:
    if truth != "matched":
        return truth
    if match.collapse_key is not None:
        if match.collapse_key in seen:
            return "collapsed"
        seen.add(match.collapse_key)
    if signal.window_days is not None and age > signal.window_days:
        return "window"
    return "limit" if remaining == 0 else None


def decay(age_days: float, half_life_days: float | None) -> float:
    """Return the share of points left after `age_days`."""
    return 1.0 if half_life_days is None else 2.0 ** (-(age_days / half_life_days))


def _signal_line(signal: Signal, hits: Sequence[Counted], raw: float) -> Contribution:
    events = tuple(hit.match.event.id for hit in hits)
    return Contribution(signal.id, "signal", raw, events, any(hit.match.event.count is not None for hit in hits))


def _sum_groups(model: Model, capped: Mapping[str, float], lines: list[Contribution]) -> float:
    """Add groups in file order, ungrouped signals last, then clip; append the lines that doing so takes."""
    rules, total = model.engagement, 0.0
    for group, cap in (*rules.groups.items(), (None, None)):
        raw = 0.0
        for signal in rules.signals:
            if signal.group == group and signal.id in capped:
                raw += capped[signal.id]
        kept = _clip(raw, cap)
        if group is not None and kept != raw:
            lines.append(Contribution(group, "group_cap", kept - raw))
        total += kept
    if total < rules.floor:
        lines.append(Contribution("floor", "clip", rules.floor - total))
        return rules.floor
    if total > rules.ceiling:
        lines.append(Contribution("ceiling", "clip", rules.ceiling - total))
        return rules.ceiling
    return total


def _clip(points: float, cap: float | None) -> float:
    return points if cap is None else max(-cap, min(cap, points))
