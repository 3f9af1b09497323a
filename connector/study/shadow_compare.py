"""Add up what a candidate model decided beside the live one: who differs and why, which tasks there were. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from connector.domain.model import Locale, Model
from connector.forecast import Forecast
from connector.live.planned import Prints
from connector.live.shadowed import Shadowed, ShadowTask
from connector.ports import PersonRef
from connector.study.plan import Line, Totals
from connector.study.plan_story import Tasks
from connector.study.plan_totals import NOBODY, Sums
from connector.study.shadow_story import tell_looks

_NOTHING_TO_APPLY = Prints("", "", "", "")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Hold what was stored for one pair of models, added up.

    `totals` counts people by their stage under the live model and under the candidate, with the candidate's tasks;
    `live_tasks` are those of the live model; `taken_over` counts the candidate's tasks at the first decision of each
    person. `since` and `until` are the first and the last decision; `set_aside` counts people whose comparison is of
    other models.
    """

    totals: Totals
    live_tasks: Tasks
    taken_over: int
    people: int
    decisions: int
    since: datetime
    until: datetime
    set_aside: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Hold the two models that are compared."""

    live: Model
    candidate: Model

    def is_of(self, shadowed: Shadowed) -> bool:
        return (shadowed.live_model, shadowed.candidate_model) == (self.live.hash, self.candidate.hash)


def compare_shadow(
    stored: Iterable[tuple[PersonRef, Shadowed]], pair: Pair, locale: Locale
) -> tuple[Comparison | None, int]:
    """Add up the comparisons of one pair of models; None when there are none, and how many there are of others."""
    sums, ours, set_aside = Sums({}), [], 0
    for ref, shadowed in stored:
        if not pair.is_of(shadowed):
            set_aside += 1
            continue
        ours.append(shadowed)
        sums.count(shadowed.live.stage, shadowed.candidate.stage)
        if shadowed.differs:
            sums.add(_line(ref, shadowed, locale))
    if not ours:
        return None, set_aside
    zone, capacity = ZoneInfo(pair.live.handoff.calendar.timezone), pair.candidate.handoff.routing.capacity_per_day
    totals = sums.finish(pair.live, pair.candidate, locale, Forecast({}, 0.0))
    found = Comparison(
        totals=replace(totals, tasks=_lay_out([task for one in ours for task in one.candidate_tasks], zone, capacity)),
        live_tasks=_lay_out([task for one in ours for task in one.live_tasks], zone, None),
        taken_over=sum(task.at == one.since for one in ours for task in one.candidate_tasks),
        people=len(ours),
        decisions=sum(one.decisions for one in ours),
        since=min(one.since for one in ours),
        until=max(one.decided_at for one in ours),
        set_aside=set_aside,
    )
    return found, set_aside


def _line(ref: PersonRef, shadowed: Shadowed, locale: Locale) -> Line:
    live, candidate = shadowed.live, shadowed.candidate
    return Line(
        ref=ref,
        stage_from=live.stage,
        stage_to=candidate.stage,
        prints=_NOTHING_TO_APPLY,
        rule=candidate.rule,
        causes=shadowed.causes,
        points=shadowed.points,
        engagement=(live.engagement, candidate.engagement),
        fit=(live.fit_pct, candidate.fit_pct),
        reasons=tell_looks(shadowed, locale),
    )


def _lay_out(tasks: Sequence[ShadowTask], zone: ZoneInfo, capacity: int | None) -> Mapping[str, Mapping[str, int]]:
    """Count tasks by owner and day; where reps take turns, the least loaded of the day would have got it."""
    load: dict[str, Counter[str]] = defaultdict(Counter)
    for task in sorted(tasks, key=lambda task: (task.at, task.key)):
        day = task.at.astimezone(zone).date().isoformat()
        free = [rep for rep in task.pool if capacity is None or load[rep][day] < capacity]
        turn = min(free, key=lambda rep: (load[rep][day], task.pool.index(rep)), default=None)
        load[task.owner or turn or NOBODY][day] += 1
    return {owner: dict(sorted(days.items())) for owner, days in sorted(load.items()) if days}
