"""Decide one person at one instant, as plainly as the rules are written."""

import datetime as dt
from typing import Any

from . import defaults
from .engagement import double_term
from .handoff import open_handoff
from .review import next_review
from .timeline import dated
from .values import iso, microseconds, shown
from .view import Case, View, look


def decide(
    model: dict[str, Any],
    types: dict[str, str],
    person: dict[str, Any],
    timeline: list[dict[str, Any]],
    memory: dict[str, Any] | None,
    now: dt.datetime,
) -> dict[str, Any]:
    """Return the decision in its JSON keys, and under `memory` what the next decision starts from."""
    case, instant = Case(model, types, person, dated(timeline)), microseconds(now)
    view = look(case, memory, instant, double_term)
    left = remember(memory, view, instant)
    review = next_review(case, left, instant)
    return {
        "stage": view.stage,
        "stage_before": (memory or {}).get("stage"),
        "fit": view.fit.shown,
        "exclusions": view.fit.shown["exclusions"],
        "engagement": shown(view.score.value),
        "grade": grade(model, view.fit.pct, view.score.value),
        "hand_raise": view.hand_raise,
        "contributions": view.score.lines,
        "journey": view.journey,
        "nurture_track": view.nurture.get("track"),
        "next_content": view.nurture.get("content"),
        "next_channel": view.nurture.get("channel"),
        "next_review_at": None if review is None else iso(review),
        "handoff": _handoff(case, memory, left, view.stage, instant),
        "decided_at": iso(instant),
        "memory": left,
    }


def remember(memory: dict[str, Any] | None, view: View, now: int) -> dict[str, Any]:
    """Return the memory this decision leaves: the same unless the stage changed."""
    before = dict(memory or {})
    if before.get("stage") == view.stage:
        return before
    episodes = dict(before.get("episodes") or {})
    if view.stage in ("mql", "sql"):
        episodes[view.stage] = episodes.get(view.stage, 0) + 1
    return {**before, "stage": view.stage, "set_by": view.set_by, "set_at": iso(now), "episodes": episodes}


def _handoff(
    case: Case, before: dict[str, Any] | None, left: dict[str, Any], stage: str, now: int
) -> dict[str, Any] | None:
    if stage not in ("mql", "sql") or (before or {}).get("stage") == stage:
        return None
    return open_handoff(case.model, stage, left["episodes"][stage], case.facts(now))


def grade(model: dict[str, Any], pct: float | None, engagement: float) -> str:
    cut = defaults.threshold(model)
    letter = "C"
    if pct is not None:
        letter = next((name for name, bar in (("A", (cut + 100) / 2), ("B", cut), ("C", cut / 2)) if pct >= bar), "D")
    if engagement >= defaults.mql_enter(model):
        return letter + "1"
    if engagement >= defaults.mql_exit(model):
        return letter + "2"
    return letter + ("3" if engagement > 0 else "4")
