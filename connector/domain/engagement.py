"""Sum what a person has done: a pure function of timeline, model and instant, additive to the last point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from connector.domain.conditions import Truth
from connector.domain.model import Model, Signal
from connector.domain.timeline import Match, Track

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


class Counted(NamedTuple):
    """Hold one event as a signal counted it: `times` of a counter, points after decay."""

    match: Match
    times: int
    points: float


@dataclass(frozen=True, slots=True)
class Engagement:
    """Hold the score, its lines, what was left out, and what each signal with matches counted (newest first)."""

    score: float
    contributions: tuple[Contribution, ...]
    not_counted: tuple[NotCounted, ...]
    counted: Mapping[str, Sequence[Counted]]


def score_tracks(
    model: Model, tracks: Sequence[Track], now_us: int, not_counted: list[NotCounted] | None = None
) -> Engagement:
    """Sum tracks as of an instant; `not_counted` collects what was left out, None spares the work."""
    counted = {track.signal.id: count_track(track, now_us, not_counted) for track in tracks}
    lines: list[Contribution] = []
    capped: list[tuple[Signal, float]] = []
    for track in tracks:
        signal = track.signal
        if hits := counted[signal.id]:
            raw = 0.0
            for hit in hits:
                raw += hit.points
            lines.append(_signal_line(signal, hits, raw))
            kept = _clip(raw, signal.cap)
            capped.append((signal, kept))
            if kept != raw:
                lines.append(Contribution(signal.id, "cap", kept - raw))
    score = _sum_groups(model, capped, lines)
    return Engagement(score, tuple(lines), tuple(not_counted or ()), counted)


def count_track(track: Track, now_us: int, not_counted: list[NotCounted] | None = None) -> list[Counted]:
    """Return what a signal counts at an instant, newest first: collapse, then window, then limit."""
    signal, remaining = track.signal, track.signal.limit
    window, half_life, points = signal.window_days, signal.half_life_days, signal.points
    counted: list[Counted] = []
    seen: set[str | int] = set()
    for match in track.matches:
        if match.at_us > now_us or (match.dropped_us is not None and match.dropped_us <= now_us):
            continue
        truth = match.truth or track.truth_at(match, now_us)
        age = (now_us - match.at_us) / 1_000_000 / 86_400
        if truth is not Truth.MATCHED:
            why = truth.value
        elif match.collapse_key is not None and match.collapse_key in seen:
            why = "collapsed"
        elif window is not None and age > window:
            why = "window"
        elif remaining == 0:
            why = "limit"
        else:
            times = match.times if remaining is None or match.times <= remaining else remaining
            remaining = None if remaining is None else remaining - times
            left = 1.0 if half_life is None else 2.0 ** (-(age / half_life))
            counted.append(Counted(match, times, points * times * left))
            why = ""
        if match.collapse_key is not None and truth is Truth.MATCHED:
            seen.add(match.collapse_key)
        if why and not_counted is not None and why != "not_matched":
            not_counted.append(NotCounted(match.event.id, signal.id, why))
    return counted


def _signal_line(signal: Signal, hits: Sequence[Counted], raw: float) -> Contribution:
    events = tuple(hit.match.event.id for hit in hits)
    return Contribution(signal.id, "signal", raw, events, any(hit.match.event.count is not None for hit in hits))


def _sum_groups(model: Model, capped: Sequence[tuple[Signal, float]], lines: list[Contribution]) -> float:
    """Add groups in file order, ungrouped signals last, then clip; append the lines that doing so takes."""
    rules, total = model.engagement, 0.0
    groups: dict[str | None, float] = {}
    for signal, points in capped:
        groups[signal.group] = groups.get(signal.group, 0.0) + points
    for group, cap in rules.groups.items():
        if group in groups:
            kept = _clip(groups[group], cap)
            if kept != groups[group]:
                lines.append(Contribution(group, "group_cap", kept - groups[group]))
            total += kept
    total += groups.get(None, 0.0)
    if total < rules.floor:
        lines.append(Contribution("floor", "clip", rules.floor - total))
        return rules.floor
    if total > rules.ceiling:
        lines.append(Contribution("ceiling", "clip", rules.ceiling - total))
        return rules.ceiling
    return total


def _clip(points: float, cap: float | None) -> float:
    return points if cap is None else max(-cap, min(cap, points))
