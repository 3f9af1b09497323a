"""Bound decayed sums over an interval: each half-life is netted first, so that what cancels does not blur."""

from fractions import Fraction
from typing import Any

from .defaults import ceiling, floor, groups
from .engagement import Counted
from .exact import Exact, exact
from .timeline import Event
from .values import DAY, as_written

Decayed = tuple[Fraction, int]  # points, and the instant from which they decay


class Band:
    """A sum of decaying points between two instants, plus what is only known to lie between two numbers."""

    def __init__(self, start: int, end: int) -> None:
        self.start, self.end = start, end
        self.parts: dict[float | None, list[Decayed]] = {}
        self.low, self.high = Exact(), Exact()

    def add(self, half_life: float | None, points: Fraction, at: int) -> None:
        self.parts.setdefault(half_life, []).append((points, at))

    def minus(self, other: "Band") -> "Band":
        result = self.copy()
        for half_life, parts in other.parts.items():
            for points, at in parts:
                result.add(half_life, -points, at)
        result.low, result.high = self.low - other.high, self.high - other.low
        return result

    def plus(self, other: "Band") -> "Band":
        result = self.copy()
        for half_life, parts in other.parts.items():
            for points, at in parts:
                result.add(half_life, points, at)
        result.low, result.high = self.low + other.low, self.high + other.high
        return result

    def copy(self) -> "Band":
        result = Band(self.start, self.end)
        result.parts = {half_life: list(parts) for half_life, parts in self.parts.items()}
        result.low, result.high = self.low, self.high
        return result

    def bounds(self) -> tuple[Exact, Exact]:
        """Return numbers that the sum neither falls under nor exceeds: each netted half-life moves towards zero."""
        low, high = self.low, self.high
        for half_life, parts in self.parts.items():
            first = _at(parts, half_life, self.start)
            last = _at(parts, half_life, self.end)
            shrinking = first.sign() >= 0
            low = low + (last if shrinking else first)
            high = high + (first if shrinking else last)
        return low, high

    def clipped(self, low: float, high: float) -> "Band":
        """Return the band clipped, exactly where the clip surely binds or surely does not."""
        least, most = self.bounds()
        if least >= low and most <= high:
            return self
        result = Band(self.start, self.end)
        result.low = max(min(least, exact(high)), exact(low))
        result.high = max(min(most, exact(high)), exact(low))
        return result


def _at(parts: list[Decayed], half_life: float | None, instant: int) -> Exact:
    total = Exact()
    for points, since in parts:
        exponent = Fraction(0) if half_life is None else -Fraction(instant - since, DAY) / as_written(half_life)
        total = total + Exact.power(points, exponent)
    return total


def _signal_band(item: Counted, start: int, end: int) -> Band:
    band = Band(start, end)
    for event, count in item.events:
        band.add(item.half_life, as_written(item.signal["points"]) * count, event.at)
    return band


def score_band(model: dict[str, Any], counted: list[Counted], start: int, end: int) -> Band:
    """Bound the engagement of unchanging events."""
    parts: dict[str | None, Band] = {None: Band(start, end)}
    for item in counted:
        band, cap = _signal_band(item, start, end), item.signal.get("cap")
        band = band if cap is None else band.clipped(-cap, cap)
        group = item.signal.get("group")
        parts[group] = parts[group].plus(band) if group in parts else band
    grand = parts.pop(None)
    for group, band in parts.items():
        cap = groups(model)[str(group)].get("cap")
        grand = grand.plus(band if cap is None else band.clipped(-cap, cap))
    return grand.clipped(floor(model), ceiling(model))


def topic_bands(counted: list[Counted], start: int, end: int) -> dict[str, Band]:
    """Bound the positive points of each topic."""
    bands: dict[str, Band] = {}
    for item in (item for item in counted if item.signal["points"] > 0):
        for event, count in item.events:
            topic = _topic(item, event)
            if topic is not None:
                band = bands.setdefault(topic, Band(start, end))
                band.add(item.half_life, as_written(item.signal["points"]) * count, event.at)
    return bands


def _topic(item: Counted, event: Event) -> str | None:
    return item.signal.get("topic") or event.text("topic")
