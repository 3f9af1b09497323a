"""Draw the flow between stages as inline SVG: bands as wide as the people in them. Colours are in the CSS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from connector.study.svg import WIDTH, wrap_svg


@dataclass(frozen=True, slots=True)
class Flow:
    """Say how many go from a place on the left to one on the right."""

    before: str
    after: str
    count: int
    text: str
    tone: str = "main"


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
    return wrap_svg("".join(parts), round(bottom + 16), title)


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
