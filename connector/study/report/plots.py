"""Draw the report's own plots as inline SVG: the funnel, shares with their intervals, two distributions.

What differs in colour differs in form or place, too; colours are in the CSS.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from connector.study.svg import WIDTH, cut_label, wrap_svg

_LABEL: Final = 280
_VALUE: Final = 174
_LONGEST_LABEL: Final = 36
_ROW: Final = 30
_STEP: Final = 78
_DWARFS: Final = 2.5
SIGNS: Final = {"good": "▲", "back": "▼"}
"""Beside the colour of a share that differs significantly: colour alone is not seen by all."""
_ROOM: Final = WIDTH - _LABEL - _VALUE
_TICKS: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25)


@dataclass(frozen=True, slots=True)
class FunnelBar:
    """Hold one step: its counts now and before as they are drawn and read, and what is said of who went on."""

    label: str
    count: int
    count_before: int
    text: str
    text_before: str
    passage: str | None


@dataclass(frozen=True, slots=True)
class Dot:
    """Hold one share with the ends of its interval; `other` is a second one to compare with, `text` what is read.

    `suffix` follows the label, which is shortened rather than it.
    """

    label: str
    value: float
    low: float
    high: float
    text: str
    tone: str = "main"
    other: float | None = None
    suffix: str = ""


def draw_funnel(bars: Sequence[FunnelBar], title: str) -> str:
    """Draw a bar per step, the period before as a thin one below, and between steps who went on."""
    largest = max((max(bar.count, bar.count_before) for bar in bars), default=0) or 1
    rows = []
    for place, bar in enumerate(bars):
        top = place * _STEP
        now, before = (max(1.5, _ROOM * count / largest) for count in (bar.count, bar.count_before))
        rows.append(
            f'<text class="label strong" x="{_LABEL - 12}" y="{top + 20}" text-anchor="end">{escape(bar.label)}</text>'
            f'<rect class="main" x="{_LABEL}" y="{top + 4}" width="{now:.1f}" height="22" rx="3"/>'
            f'<rect class="second" x="{_LABEL}" y="{top + 30}" width="{before:.1f}" height="6" rx="2"/>'
            f'<text class="label strong" x="{_LABEL + now + 10:.1f}" y="{top + 20}">{escape(bar.text)}</text>'
            f'<text class="value" x="{_LABEL + before + 10:.1f}" y="{top + 38}">{escape(bar.text_before)}</text>'
        )
        if bar.passage:
            rows.append(f'<text class="value" x="{_LABEL}" y="{top + 62}">↓ {escape(bar.passage)}</text>')
    return wrap_svg("".join(rows), max(1, len(bars)) * _STEP - 34, title)


def draw_shares(
    dots: Sequence[Dot], title: str, write: Callable[[float], str], reference: tuple[float, str], limit: float
) -> str:
    """Draw a dot with its interval a row, over an axis up to `limit`; `reference` is a line with its name."""
    share, mark = reference
    top, x = 22, _at(share, limit)
    height = top + len(dots) * _ROW
    parts = _axis(limit, top, height, write)
    parts.append(f'<line class="reference" x1="{x:.1f}" x2="{x:.1f}" y1="{top - 4}" y2="{height}"/>')
    parts.append(f'<text class="value" x="{x:.1f}" y="12" text-anchor="middle">{escape(mark)}</text>')
    parts += [_dot(dot, top + place * _ROW + _ROW / 2, limit) for place, dot in enumerate(dots)]
    return wrap_svg("".join(parts), height + 24, title)


def find_limit(dots: Sequence[Dot], reference: float) -> float:
    """Return where an axis ends that has everything on it; plots to be compared share it."""
    others = ((dot.other or 0) * 1.1 for dot in dots)
    return min(1.0, max([0.05, reference * 1.2, *(dot.high for dot in dots), *others]))


def _axis(limit: float, top: int, height: int, write: Callable[[float], str]) -> list[str]:
    step = next((tick for tick in _TICKS if limit / tick <= 6), _TICKS[-1])
    parts = []
    for number in range(int(limit / step + 1e-9) + 1):
        x, text = _at(number * step, limit), escape(write(number * step))
        parts.append(
            f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{height}"/>'
            f'<text class="value" x="{x:.1f}" y="{height + 17}" text-anchor="middle">{text}</text>'
        )
    return parts


def _at(share: float, limit: float) -> float:
    return _LABEL + _ROOM * min(share, limit) / limit


def _dot(dot: Dot, middle: float, limit: float) -> str:
    low, value, high = (_at(share, limit) for share in (dot.low, dot.value, dot.high))
    label = escape(cut_label(dot.label, _LONGEST_LABEL - len(dot.suffix)) + dot.suffix)
    other, sign = "", f' <tspan class="{dot.tone}">{SIGNS[dot.tone]}</tspan>' if dot.tone in SIGNS else ""
    if dot.other is not None:
        x = _at(dot.other, limit)
        other = f'<path class="node" d="M{x:.1f},{middle - 6} l6,6 l-6,6 l-6,-6 Z"/>'
    return (
        f'<text class="label" x="{_LABEL - 12}" y="{middle + 4}" text-anchor="end">{label}</text>'
        f'<rect class="{dot.tone} band" x="{low:.1f}" y="{middle - 2}" width="{max(1.0, high - low):.1f}" height="4"/>'
        f'{other}<circle class="{dot.tone}" cx="{value:.1f}" cy="{middle}" r="6"/>'
        f'<text class="value" x="{WIDTH - _VALUE + 14}" y="{middle + 4}">{escape(dot.text)}{sign}</text>'
    )


@dataclass(frozen=True, slots=True)
class Band:
    """Hold one band of points: people now and when the period began, as drawn and as read."""

    label: str
    now: int
    before: int
    text: str
    text_before: str


def draw_distributions(bands: Sequence[Band], threshold: tuple[float, str], title: str, axis: str) -> str:
    """Draw two distributions side by side: outlined before, filled now; `threshold` is a place from 0 to 1, named.

    A band that would dwarf all others is cut, which a gap in its bars shows; its numbers stand above them.
    """
    floor, tall = 190, 136
    largest = _scale(bands)
    step = (WIDTH - 40) / max(1, len(bands))
    parts = [
        f'<line class="axis" x1="20" x2="{WIDTH - 20}" y1="{floor}" y2="{floor}"/>',
        f'<text class="value" x="20" y="12">{escape(axis)}</text>',
    ]
    for place, band in enumerate(bands):
        left = 20 + place * step
        columns = ((band.before, band.text_before, 0.08, "outlined"), (band.now, band.text, 0.52, "main"))
        for count, text, shift, tone in columns:
            height = tall * min(count / largest, 1.0)
            parts.append(_column(left + shift * step, step * 0.40, (floor, height), tone, text, count > largest))
        middle = left + step / 2
        parts.append(
            f'<text class="value" x="{middle:.1f}" y="{floor + 18}" text-anchor="middle">{escape(band.label)}</text>'
        )
    share, name = threshold
    x = 20 + (WIDTH - 40) * share
    anchor, shift = ("start", 6) if share < 2 / 3 else ("end", -6)
    parts.append(f'<line class="reference" x1="{x:.1f}" x2="{x:.1f}" y1="2" y2="{floor}"/>')
    parts.append(f'<text class="label" x="{x + shift:.1f}" y="12" text-anchor="{anchor}">{escape(name)}</text>')
    return wrap_svg("".join(parts), floor + 28, title)


def _scale(bands: Sequence[Band]) -> float:
    """Return how many people the full height is: of the tallest band, or of the second when the first dwarfs it."""
    tallest, second, *_ = [*sorted((max(band.now, band.before) for band in bands), reverse=True), 0, 0]
    return max(1.0, tallest if tallest <= _DWARFS * second or not second else second * 1.25)


def _column(left: float, width: float, rises: tuple[int, float], tone: str, text: str, is_cut: bool) -> str:
    floor, height = rises
    top, middle = floor - height, left + width / 2
    gap = f'<rect class="gap" x="{left - 2:.1f}" y="{top + 14:.1f}" width="{width + 4:.1f}" height="5"/>'
    return (
        f'<rect class="{tone}" x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" rx="2"/>'
        f"{gap if is_cut else ''}"
        f'<text class="value small" x="{middle:.1f}" y="{top - 4:.1f}" text-anchor="middle">{escape(text)}</text>'
    )
