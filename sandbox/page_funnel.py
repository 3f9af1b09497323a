"""Draw how many people are in each stage, as one small SVG picture."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from sandbox.page_text import escape
from sandbox.page_words import FUNNEL, Words

# At this width the picture is shown one to one on a telephone, so that its text stays legible.
_WIDTH = 360
_ROW = 40
_BAR = 26
_LABEL = 88
_COUNT = 52


def draw_funnel(counts: Mapping[str, int], words: Words) -> str:
    """Draw one centred bar per stage of the funnel, with the flow between them shaded."""
    bars = [(stage, counts.get(stage, 0)) for stage in FUNNEL]
    most = max((count for _, count in bars), default=0) or 1
    room = _WIDTH - _LABEL - _COUNT
    widths = [max(room * count / most, 3.0 if count else 0.0) for _, count in bars]
    middle = _LABEL + room / 2
    flows = (_flow(row, middle, upper, lower) for row, (upper, lower) in enumerate(pairwise(widths)))
    rows = (_bar(row, stage, count, middle, widths[row], words) for row, (stage, count) in enumerate(bars))
    said = ", ".join(f"{words.stage(stage)}: {count}" for stage, count in bars)
    return (
        f'<svg class="funnel" viewBox="0 0 {_WIDTH} {_ROW * len(bars)}" role="img" aria-label="{escape(said)}">'
        f"{''.join(flows)}{''.join(rows)}</svg>"
    )


def _bar(row: int, stage: str, count: int, middle: float, width: float, words: Words) -> str:
    """Draw one stage: its name, its bar, its count."""
    top = row * _ROW + (_ROW - _BAR) / 2
    baseline = row * _ROW + _ROW / 2 + 5
    left = middle - width / 2
    return (
        f'<text x="0" y="{baseline:.0f}">{escape(words.stage(stage))}</text>'
        f'<rect class="s-{stage}" x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{_BAR}" rx="4"/>'
        f'<text class="count" x="{_WIDTH}" y="{baseline:.0f}" text-anchor="end">{words.number(count)}</text>'
    )


def _flow(row: int, middle: float, upper: float, lower: float) -> str:
    """Shade the way from one bar to the next."""
    top = row * _ROW + (_ROW + _BAR) / 2
    bottom = (row + 1) * _ROW + (_ROW - _BAR) / 2
    corners = (
        (middle - upper / 2, top),
        (middle + upper / 2, top),
        (middle + lower / 2, bottom),
        (middle - lower / 2, bottom),
    )
    return f'<polygon points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in corners)}"/>'
