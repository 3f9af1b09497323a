"""Draw the report's own plots as inline SVG: the funnel, shares with their intervals, two distributions.

What differs in colour differs in form or place, too; colours are in the CSS.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from connector.study.svg import WIDTH, cut_label, wrap_svg

_LABEL: Final = 236
_VALUE: Final = 174
_LONGEST_LABEL: Final = 30
_ROW: Final = 30
_STEP: Final = 70
_ROOM: Final = WIDTH - _LABEL - _VALUE
_TICKS: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25)


@dataclass(frozen=True, slots=True)
class FunnelBar:
    """Hold one step: its counts now and before as they are drawn and read, and what is said of who went on."""

    label: str
    count: int
    count_before: int
    text: str
    passage: str | None


@dataclass(frozen=True, slots=True)
class Dot:
    """Hold one share with the ends of its interval; `other` is a second one to compare with, `text` what is read."""

    label: str
    value: float
    low: float
    high: float
    text: str
    tone: str = "main"
    other: float | None = None


def draw_funnel(bars: Sequence[FunnelBar], title: str) -> str:
    """Draw a bar per step, the period before as a thin one below, and between steps who went on."""
    largest = max((max(bar.count, bar.count_before) for bar in bars), default=0) or 1
    rows = []
    for place, bar in enumerate(bars):
        top = place * _STEP
        label, text = escape(bar.label), escape(bar.text)
        now, before = (_ROOM * count / largest for count in (bar.count, bar.count_before))
        rows.append(
            f'<text class="label strong" x="{_LABEL - 12}" y="{top + 20}" text-anchor="end">{label}</text>'
            f'<rect class="main" x="{_LABEL}" y="{top + 4}" width="{max(1.5, now):.1f}" height="22" rx="3"/>'
            f'<rect class="second" x="{_LABEL}" y="{top + 28}" width="{max(1.5, before):.1f}" height="6" rx="2"/>'
            f'<text class="label strong" x="{_LABEL + max(now, before) + 10:.1f}" y="{top + 21}">{text}</text>'
        )
        if bar.passage:
            rows.append(f'<text class="value" x="{_LABEL}" y="{top + 54}">↓ {escape(bar.passage)}</text>')
    return wrap_svg("".join(rows), max(1, len(bars)) * _STEP - 30, title)


def draw_shares(
    dots: Sequence[Dot], title: str, write: Callable[[float], str], reference: float | None = None, mark: str = ""
) -> str:  # fmt: skip
    """Draw a dot with its interval a row; intervals that leave the axis end in an arrow. `mark` names the reference."""
    limit = _limit(dots, reference)
    top = 22 if mark else 6
    height = top + len(dots) * _ROW
    parts = _axis(limit, top, height, write)
    if reference is not None:
        x = _at(reference, limit)
        parts.append(f'<line class="reference" x1="{x:.1f}" x2="{x:.1f}" y1="{top - 4}" y2="{height}"/>')
        parts.append(f'<text class="value" x="{x:.1f}" y="12" text-anchor="middle">{escape(mark)}</text>')
    parts += [_dot(dot, top + place * _ROW + _ROW / 2, limit) for place, dot in enumerate(dots)]
    return wrap_svg("".join(parts), height + 24, title)


def _limit(dots: Sequence[Dot], reference: float | None) -> float:
    """Return where the axis ends: all shares are on it, and all intervals but the few that would dwarf the rest."""
    highs = sorted(dot.high for dot in dots)
    ends = [dot.value * 1.1 for dot in dots] + [dot.other * 1.1 for dot in dots if dot.other is not None]
    usual = highs[(3 * len(highs) - 1) // 4] if highs else 0.0
    kept = [high for high in highs if high <= 2 * usual]
    return min(1.0, max([0.05, (reference or 0.0) * 1.2, *ends, *kept]))


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
    label, beyond = escape(cut_label(dot.label, _LONGEST_LABEL)), dot.high > limit
    arrow = f'<path class="{dot.tone}" d="M{high:.1f},{middle - 5} l8,5 l-8,5 Z"/>' if beyond else ""
    other = ""
    if dot.other is not None:
        x = _at(dot.other, limit)
        other = f'<path class="node" d="M{x:.1f},{middle - 6} l6,6 l-6,6 l-6,-6 Z"/>'
    return (
        f'<text class="label" x="{_LABEL - 12}" y="{middle + 4}" text-anchor="end">{label}</text>'
        f'<rect class="{dot.tone} band" x="{low:.1f}" y="{middle - 2}" width="{max(1.0, high - low):.1f}" height="4"/>'
        f'{arrow}{other}<circle class="{dot.tone}" cx="{value:.1f}" cy="{middle}" r="6"/>'
        f'<text class="value" x="{WIDTH - _VALUE + 14}" y="{middle + 4}">{escape(dot.text)}</text>'
    )


def draw_distributions(
    now: Sequence[float], before: Sequence[float], edges: Sequence[float], threshold: tuple[float, str], title: str
) -> str:
    """Draw two distributions over the same bands, in shares: filled now, outlined before; `threshold` with its name."""
    floor, tall = 176, 140
    largest = max([*now, *before, 0.01])
    step = (WIDTH - 40) / max(1, len(now))
    parts = [f'<line class="axis" x1="20" x2="{WIDTH - 20}" y1="{floor}" y2="{floor}"/>']
    for place, (one, other) in enumerate(zip(now, before, strict=True)):
        left = 20 + place * step
        for share, shift, tone in ((other, 0.14, "outlined"), (one, 0.50, "main")):
            height = tall * share / largest
            parts.append(
                f'<rect class="{tone}" x="{left + shift * step:.1f}" y="{floor - height:.1f}" width="{step * 0.34:.1f}"'
                f' height="{height:.1f}" rx="2"/>'
            )
    parts += [
        f'<text class="value" x="{20 + place * step:.1f}" y="{floor + 18}" text-anchor="middle">{edge:g}</text>'
        for place, edge in enumerate(edges)
    ]
    x = 20 + (WIDTH - 40) * (threshold[0] - edges[0]) / ((edges[-1] - edges[0]) or 1)
    parts.append(f'<line class="reference" x1="{x:.1f}" x2="{x:.1f}" y1="16" y2="{floor}"/>')
    anchor = "start" if x < WIDTH * 2 / 3 else "end"
    shift = 6 if anchor == "start" else -6
    parts.append(f'<text class="label" x="{x + shift:.1f}" y="24" text-anchor="{anchor}">{escape(threshold[1])}</text>')
    return wrap_svg("".join(parts), floor + 28, title)
