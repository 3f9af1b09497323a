"""Draw bars and columns as inline SVG for pages that load nothing. Colours are in the page's CSS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

WIDTH: Final = 720
_LABEL: Final = 310
_ROW: Final = 28
_BAR: Final = 16
_VALUE: Final = 70
_OF_A_LETTER: Final = 7.9


@dataclass(frozen=True, slots=True)
class Bar:
    """Name one bar; `text` is its value as it is read, `tone` the CSS class of its colour."""

    label: str
    value: float
    text: str
    tone: str = "main"


def draw_bars(bars: Sequence[Bar], title: str, *, label_room: int = _LABEL, value_room: int = _VALUE) -> str:
    """Draw one horizontal bar a row, labelled on the left, its value after its end."""
    largest = max((bar.value for bar in bars), default=0) or 1
    room = WIDTH - label_room - value_room
    rows = []
    for place, bar in enumerate(bars):
        top = place * _ROW
        length = max(2.0, room * bar.value / largest) if bar.value else 0.0
        label = escape(cut_label(bar.label, round(label_room / _OF_A_LETTER)))
        rows.append(
            f'<text class="label" x="{label_room - 10}" y="{top + 18}" text-anchor="end">{label}</text>'
            f'<rect class="{bar.tone}" x="{label_room}" y="{top + 6}" width="{length:.1f}" height="{_BAR}" rx="3"/>'
            f'<text class="value" x="{label_room + length + 8:.1f}" y="{top + 18}">{escape(bar.text)}</text>'
        )
    return wrap_svg("".join(rows), max(1, len(bars)) * _ROW, title)


def draw_columns(bars: Sequence[Bar], title: str, largest: float | None = None) -> str:
    """Draw one column a day; with many days only some are labelled. Plots to be compared share their `largest`."""
    height, floor = 220, 180
    largest = largest or max((bar.value for bar in bars), default=0) or 1
    step = WIDTH / max(1, len(bars))
    width = min(48.0, step * 0.7)
    every = max(1, -(-len(bars) // 9))
    parts = [f'<line class="axis" x1="0" x2="{WIDTH}" y1="{floor}" y2="{floor}"/>']
    for place, bar in enumerate(bars):
        middle, tall = step * (place + 0.5), 150 * bar.value / largest
        parts.append(
            f'<rect class="{bar.tone}" x="{middle - width / 2:.1f}" y="{floor - tall:.1f}" width="{width:.1f}"'
            f' height="{tall:.1f}" rx="3"><title>{escape(f"{bar.label}: {bar.text}")}</title></rect>'
        )
        if place % every == 0:
            parts.append(
                f'<text class="value" x="{middle:.1f}" y="{floor - tall - 6:.1f}" text-anchor="middle">'
                f"{escape(bar.text)}</text>"
                f'<text class="label" x="{middle:.1f}" y="{floor + 20}" text-anchor="middle">{escape(bar.label)}</text>'
            )
    return wrap_svg("".join(parts), height, title)


def cut_label(text: str, most: int) -> str:
    """Shorten a label that would not fit beside its bar."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def wrap_svg(content: str, height: int, title: str) -> str:
    """Return a plot with its name for who cannot see it."""
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title, quote=True)}">'
        f"<title>{escape(title)}</title>{content}</svg>"
    )
