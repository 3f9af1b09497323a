"""Add up what a person has done."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from .conditions import MATCHED, Facts, evaluate
from .defaults import ceiling, floor, groups, half_life_days, hand_raises, signals, valid_days
from .exact import Exact, exact
from .timeline import Event
from .values import DAY, as_written

Term = Callable[[float, int, int, float | None], Any]


def double_term(points: float, count: int, age: int, half_life: float | None) -> float:
    """Return points · count · 2^(−age/half-life) in doubles."""
    if half_life is None:
        return float(points * count)
    return float(points * count * 2.0 ** (-(age / DAY) / half_life))


def exact_term(points: float, count: int, age: int, half_life: float | None) -> Exact:
    exponent = Fraction(0) if half_life is None else -Fraction(age, DAY) / as_written(half_life)
    return Exact.power(as_written(points) * count, exponent)


@dataclass(frozen=True)
class Counted:
    """A signal and the events it counts at one instant, newest first, each with its multiplicity."""

    signal: dict[str, Any]
    half_life: float | None
    events: list[tuple[Event, int]]

    def terms(self, now: int, term: Term) -> list[tuple[Event, Any]]:
        points = self.signal["points"]
        return [(event, term(points, count, now - event.at, self.half_life)) for event, count in self.events]


@dataclass(frozen=True)
class Score:
    """The engagement and the lines that add up to it."""

    value: Any
    lines: list[dict[str, Any]]


def counted_signals(model: dict[str, Any], events: list[Event], facts: Facts) -> list[Counted]:
    """Return, in file order, every signal that counts at least one of `events` (newest first)."""
    found = []
    for signal in signals(model):
        chosen = _chosen(signal, [event for event in events if matches(signal, event, facts)], facts.now)
        if chosen:
            found.append(Counted(signal, half_life_days(model, signal), chosen))
    return found


def matches(rule: dict[str, Any], event: Event, facts: Facts) -> bool:
    if event.kind != rule["kind"]:
        return False
    return evaluate(rule.get("when"), replace(facts, event=event.raw)) == MATCHED


def _chosen(signal: dict[str, Any], events: list[Event], now: int) -> list[tuple[Event, int]]:
    per = signal.get("per", "event")
    window, limit = signal.get("window_days"), signal.get("limit")
    chosen: list[tuple[Event, int]] = []
    taken, seen = 0, set()
    for event in events:
        place = _place(per, event)
        if place in seen:
            continue
        seen.add(place)
        if window is not None and now - event.at > as_written(window) * DAY:
            continue
        count = 1 if event.count is None or per != "event" else event.count
        count = count if limit is None else min(count, limit - taken)
        if count > 0:
            chosen.append((event, count))
            taken += count
    return chosen


def _place(per: str, event: Event) -> tuple[str, Any]:
    """Name what the event stands for: itself, its UTC day or its asset."""
    if per == "day":
        return ("day", event.day)
    if per == "asset" and event.text("asset") is not None:
        return ("asset", event.text("asset"))
    return ("event", event.id)


def total(model: dict[str, Any], counted: list[Counted], now: int, term: Term) -> Score:
    """Sum signals under their caps, groups under theirs, and clip: every step a line of its own."""
    lines: list[dict[str, Any]] = []
    parts: dict[str | None, Any] = {}
    for item in counted:
        signal = item.signal
        raw = _sum([value for _, value in item.terms(now, term)])
        kept = _clip(raw, signal.get("cap"))
        ids = [event.id for event, _ in item.events]
        lines.append(_line(signal["id"], "signal", raw, ids, any(event.count is not None for event, _ in item.events)))
        lines += [_line(signal["id"], "cap", kept - raw)] if kept is not raw else []
        group = signal.get("group")
        parts[group] = parts[group] + kept if group in parts else kept
    grand: Any = 0.0
    for name, rule in groups(model).items():
        if name in parts:
            kept = _clip(parts[name], rule.get("cap"))
            lines += [_line(name, "group_cap", kept - parts[name])] if kept is not parts[name] else []
            grand = grand + kept
    grand = grand + parts.get(None, 0.0)
    return _clipped(model, grand, lines)


def _clipped(model: dict[str, Any], grand: Any, lines: list[dict[str, Any]]) -> Score:
    low, high = floor(model), ceiling(model)
    if grand < low:
        return Score(_at(grand, low), [*lines, _line("floor", "clip", -(grand - low))])
    if grand > high:
        return Score(_at(grand, high), [*lines, _line("ceiling", "clip", -(grand - high))])
    return Score(grand, lines)


def _sum(values: list[Any]) -> Any:
    result = values[0]
    for value in values[1:]:
        result = result + value
    return result


def _clip(value: Any, cap: float | None) -> Any:
    """Bound the value on both sides; the very same object comes back when the cap does not bind."""
    if cap is None:
        return value
    if value > cap:
        return _at(value, cap)
    if value < -cap:
        return _at(value, -cap)
    return value


def _at(like: Any, bound: float) -> Any:
    """Return the bound in the arithmetic of `like`."""
    return exact(bound) if isinstance(like, Exact) else float(bound)


def _line(
    rule: str, kind: str, points: Any, events: list[str] | None = None, from_counter: bool = False
) -> dict[str, Any]:
    return {"rule": rule, "kind": kind, "points": points, "events": events or [], "from_counter": from_counter}


@dataclass(frozen=True)
class HandRaise:
    """A live hand-raise: its rule and the newest event of it."""

    rule: dict[str, Any]
    at: int


def live_hand_raises(model: dict[str, Any], events: list[Event], facts: Facts) -> list[HandRaise]:
    """Return the valid hand-raises, the one with the newest event first, then file order."""
    live = []
    for rule in hand_raises(model):
        times = [event.at for event in events if matches(rule, event, facts)]
        if times and facts.now - max(times) <= as_written(valid_days(rule)) * DAY:
            live.append(HandRaise(rule, max(times)))
    return sorted(live, key=lambda item: -item.at)
