"""Draw the plots of a plan as inline SVG: bars, columns over days, the flow between stages. Colours are in the CSS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

WIDTH: Final = 720
_LABEL: Final = 310
_ROW: Final = 28
_BAR: Final = 16
_VALUE: Final = 70


@dataclass(frozen=True, slots=True)
class Bar:
    """Name one bar; `text` is its value as it is read, `tone` the CSS class of its colour."""

    label: str
    value: float
    text: str
    tone: str = "main"


@dataclass(frozen=True, slots=True)
class Flow:
    """Say how many go from a place on the left to one on the right."""

    before: str
    after: str
    count: int
    text: str
    tone: str = "main"


def draw_bars(bars: Sequence[Bar], title: str) -> str:
    """Draw one horizontal bar a row, labelled on the left, its value after its end."""
    largest = max((bar.value for bar in bars), default=0) or 1
    room = WIDTH - _LABEL - _VALUE
    rows = []
    for place, bar in enumerate(bars):
        top = place * _ROW
        length = max(2.0, room * bar.value / largest) if bar.value else 0.0
        rows.append(
            f'<text class="label" x="{_LABEL - 10}" y="{top + 18}" text-anchor="end">{escape(_cut(bar.label))}</text>'
            f'<rect class="{bar.tone}" x="{_LABEL}" y="{top + 6}" width="{length:.1f}" height="{_BAR}" rx="3"/>'
            f'<text class="value" x="{_LABEL + length + 8:.1f}" y="{top + 18}">{escape(bar.text)}</text>'
        )
    return _svg("".join(rows), max(1, len(bars)) * _ROW, title)


def draw_columns(bars: Sequence[Bar], title: str) -> str:
    """Draw one column a day; with many days only some are labelled."""
    height, floor = 220, 180
    largest = max((bar.value for bar in bars), default=0) or 1
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
    return _svg("".join(parts), height, title)


def draw_flows(flows: Sequence[Flow], stages: Sequence[str], title: str) -> str:
    """Draw who leaves which stage and arrives where: bands as wide as the people in them."""
    gap, tall = 26, min(240, 60 + 45 * len(flows))
    total = sum(flow.count for flow in flows) or 1
    lefts = _places(
        [stage for stage in stages if any(flow.before == stage for flow in flows)], flows, 0, gap, tall, total
    )
    rights = _places(
        [stage for stage in stages if any(flow.after == stage for flow in flows)], flows, 1, gap, tall, total
    )
    parts, used = [], dict.fromkeys([*(("l", s) for s in lefts), *(("r", s) for s in rights)], 0.0)
    order = {stage: place for place, stage in enumerate(stages)}
    for flow in sorted(flows, key=lambda flow: (order[flow.before], order[flow.after])):
        thick = max(1.5, tall * flow.count / total)
        start = lefts[flow.before][0] + used["l", flow.before]
        end = rights[flow.after][0] + used["r", flow.after]
        used["l", flow.before] += thick
        used["r", flow.after] += thick
        parts.append(_band(start, end, thick, flow))
    parts += [_node(stage, top, size, 150, "end") for stage, (top, size) in lefts.items()]
    parts += [_node(stage, top, size, WIDTH - 158, "start") for stage, (top, size) in rights.items()]
    bottom = max(top + size for top, size in (*lefts.values(), *rights.values(), (0.0, 1.0)))
    return _svg("".join(parts), round(bottom + 16), title)


def _places(
    stages: Sequence[str], flows: Sequence[Flow], side: int, gap: int, tall: int, total: int
) -> Mapping[str, tuple[float, float]]:
    """Return top and height of every stage on one side."""
    places, top = {}, 8.0
    for stage in stages:
        here = [flow.count for flow in flows if (flow.before, flow.after)[side] == stage]
        size = sum(max(1.5, tall * count / total) for count in here)
        places[stage] = (top, size)
        top += size + gap
    return places


def _band(start: float, end: float, thick: float, flow: Flow) -> str:
    left, right = 158, WIDTH - 158
    middle, low_start, low_end = (left + right) / 2, start + thick, end + thick
    path = (
        f"M{left},{start:.1f} C{middle},{start:.1f} {middle},{end:.1f} {right},{end:.1f}"
        f" L{right},{low_end:.1f} C{middle},{low_end:.1f} {middle},{low_start:.1f} {left},{low_start:.1f} Z"
    )
    return f'<path class="band {flow.tone}" d="{path}"><title>{escape(flow.text)}</title></path>'


def _node(stage: str, top: float, size: float, x: int, anchor: str) -> str:
    text_x = x - 8 if anchor == "end" else x + 16
    return (
        f'<rect class="node" x="{x}" y="{top:.1f}" width="8" height="{max(2.0, size):.1f}" rx="2"/>'
        f'<text class="label" x="{text_x}" y="{top + size / 2 + 4:.1f}" text-anchor="{anchor}">{escape(stage)}</text>'
    )


def _cut(text: str, most: int = 42) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _svg(content: str, height: int, title: str) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title, quote=True)}">'
        f"<title>{escape(title)}</title>{content}</svg>"
    )
