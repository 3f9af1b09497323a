"""Say how sales kept its side of the bargain: who was handed over when, touched when, and who is in nobody's hands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

import numpy as np
import polars as pl

from connector.domain.handoff import due_at, open_hours
from connector.domain.model import HandoffRules
from connector.domain.person import HANDOFF_STAGES
from connector.ports import PersonRef
from connector.study.learning.past import Past
from connector.study.report.funnel import Period
from connector.study.report.shares import Share, Span, share_of, span_of
from connector.study.report.trails import stage_entries
from connector.study.snapshot_schema import PERSON

TOUCHES: Final = frozenset({"call", "meeting", "note", "sales_accepted", "sales_rejected", "deal_created"})
"""Kinds of events by which sales shows that it has begun; sales' answer and a deal count beside them."""
_BEGUN: Final = ("begun", "done")
_MOST_DAYS: Final = 366
_MARKS: Final = [PERSON, "stage", "at", "by", "ended_at"]


@dataclass(frozen=True, slots=True)
class Handover:
    """Hold one handoff: when it was due, when somebody began, when the person left the stage (None: never).

    `task` is that of the last handoff (None: there is none), `is_owned` whether somebody has it; `owner` has it, or the
    record. `is_last` tells whether this handoff is the person's present one.
    """

    ref: PersonRef
    stage: str
    at: datetime
    due_at: datetime
    touched_at: datetime | None
    ended_at: datetime | None
    task: str | None
    owner: str | None
    is_owned: bool
    is_last: bool

    @property
    def lacks(self) -> Literal["task", "owner"] | None:
        """Return what is missing for somebody to have it: `puente queue orphans` asks the CRM the same."""
        if self.task is None:
            return "task"
        return None if self.is_owned else "owner"

    @property
    def is_open(self) -> bool:
        return self.is_last and self.ended_at is None

    @property
    def was_touched(self) -> bool:
        """Tell whether somebody began, be it on an unknown day."""
        return self.touched_at is not None or (self.is_last and self.task in _BEGUN)

    def is_judged(self, now: datetime) -> bool:
        """Tell whether it can be said that the promise was kept or broken: a day is known, or it is over."""
        if self.touched_at is not None:
            return True
        return self.due_at <= now and not self.was_withdrawn and not self.was_touched

    @property
    def was_withdrawn(self) -> bool:
        """Tell whether they were taken back untouched, before it was due."""
        return not self.was_touched and self.ended_at is not None and self.ended_at <= self.due_at

    @property
    def was_kept(self) -> bool:
        return self.touched_at is not None and self.touched_at <= self.due_at


@dataclass(frozen=True, slots=True)
class Waiting:
    """Name one person sales has to see to. `days` since they were handed over; `lacks` is what an orphan misses."""

    object_type: str
    object_id: str
    stage: str
    owner: str | None
    days: float
    lacks: Literal["task", "owner"] | None


@dataclass(frozen=True, slots=True)
class Service:
    """Say how handoffs were served; hours are business hours, of those touched. `late` wait beyond the time allowed.

    `orphans` have no task or no owner, and nobody began; they are not called late as well. Of the `handed`, those that
    `kept` counts can be judged; `pending` still have time, `withdrawn` were taken back before it was over, `undated`
    were begun with on an unknown day. `untouched` have not been begun with.
    """

    handed: int
    handed_before: int
    kept: Share
    kept_before: Share
    hours: Span
    hours_before: Span
    pending: int
    withdrawn: int
    undated: int
    untouched: int
    tasks_known: bool
    late: tuple[Waiting, ...]
    orphans: tuple[Waiting, ...]

    @property
    def late_by_owner(self) -> Mapping[str | None, int]:
        """Count who is late by owner, most first."""
        owners = [one.owner for one in self.late]
        return dict(sorted(((owner, owners.count(owner)) for owner in set(owners)), key=lambda one: -one[1]))


def read_handovers(
    past: Past, tasks: pl.DataFrame, stages: Mapping[str, str], rules: HandoffRules, now: datetime
) -> Iterator[Handover]:
    """Yield the handoffs of the last year in one part. A stage somebody set by hand promises nothing."""
    entered = _own_entries(past, stages, now)
    since = now - timedelta(days=_MOST_DAYS)
    wanted = entered.filter(
        pl.col("stage").is_in(list(HANDOFF_STAGES)) & (pl.col("at") > since) & (pl.col("by") != "person")
    )
    touches = _touches(past, now)
    task_of = {row[0]: (row[1], row[2]) for row in tasks.select(PERSON, "state", "owner").iter_rows()}
    names = past.people.select("object_type", "object_id").rows()
    owners = past.people["attribute:owner"].to_list() if "attribute:owner" in past.people.columns else None
    for person, stage, at, _, ended_at in wanted.select(_MARKS).iter_rows():
        task, owner = task_of.get(person, (None, None))
        until = ended_at or now
        first = next((touch for touch in touches.get(person, ()) if at <= touch <= until), None)
        yield Handover(
            ref=PersonRef(*names[person]),
            stage=stage,
            at=at,
            due_at=due_at(rules.calendar, at, rules.for_stage(stage).sla_hours),
            touched_at=first,
            ended_at=ended_at,
            task=None if task == "missing" else task,
            owner=owner or (owners[person] if owners else None),
            is_owned=owner is not None,
            is_last=ended_at is None,
        )


def _own_entries(past: Past, stages: Mapping[str, str], now: datetime) -> pl.DataFrame:
    """Return when anybody entered a stage of ours, and left it; writing the same stage again is no entrance."""
    own = stage_entries(past, stages, now).filter(pl.col("mark") == "own").drop_nulls("at")
    changed = own.filter(pl.col("stage").ne_missing(pl.col("stage").shift(1).over(PERSON)))
    return changed.with_columns(pl.col("at").shift(-1).over(PERSON).alias("ended_at"), pl.col("by").fill_null("puente"))


def _touches(past: Past, now: datetime) -> Mapping[int, Sequence[datetime]]:
    """Return when sales did something with somebody, oldest first."""
    did = past.events.filter(pl.col("kind").is_in(list(TOUCHES))).select(PERSON, pl.col("occurred_at").alias("at"))
    answered = past.people.select(PERSON, pl.col("verdict_at").alias("at"))
    written = past.history.filter((pl.col("field") == "verdict") & pl.col("value").is_not_null()).select(PERSON, "at")
    deals = past.deals.select(PERSON, pl.col("created_at").alias("at"))
    every = pl.concat([did, answered, written, deals]).filter(pl.col("at") <= now).sort("at")
    return dict(every.group_by(PERSON).agg("at").iter_rows())


def measure_service(
    handovers: Iterable[Handover], rules: HandoffRules, period: Period, *, tasks_known: bool
) -> Service:
    """Measure a period and the one before; who waits is said as of the end of the period.

    Where the mapping keeps no key of handoffs, tasks are not known, and nobody is called an orphan.
    """
    every = list(handovers)
    now, before = period.until, period.before
    inside = [one for one in every if period.since < one.at <= now]
    earlier = [_as_of(one, before.until) for one in every if before.since < one.at <= before.until]
    orphans = [one for one in every if tasks_known and _is_orphan(one)]
    late = [one for one in every if one.is_open and not one.was_touched and one.due_at <= now and one not in orphans]
    kept, undated = _kept(inside, now), sum(one.was_touched and one.touched_at is None for one in inside)
    withdrawn = sum(one.was_withdrawn for one in inside)
    return Service(
        handed=len(inside),
        handed_before=len(earlier),
        kept=kept,
        kept_before=_kept(earlier, before.until),
        hours=_hours(inside, rules),
        hours_before=_hours(earlier, rules),
        pending=len(inside) - kept.count - undated - withdrawn,
        withdrawn=withdrawn,
        undated=undated,
        untouched=sum(not one.was_touched and not one.was_withdrawn for one in inside),
        tasks_known=tasks_known,
        late=_waiting(late, now),
        orphans=_waiting(orphans, now),
    )


def _as_of(handover: Handover, instant: datetime) -> Handover:
    """Return a handoff as it stood at an instant; what became of its task since is not known for then."""
    touched, ended = (at if at and at <= instant else None for at in (handover.touched_at, handover.ended_at))
    is_last = handover.is_last and handover.touched_at is None
    return replace(handover, touched_at=touched, ended_at=ended, is_last=is_last)


def _kept(handovers: Sequence[Handover], now: datetime) -> Share:
    judged = [one for one in handovers if one.is_judged(now)]
    return share_of(sum(one.was_kept for one in judged), len(judged))


def _hours(handovers: Sequence[Handover], rules: HandoffRules) -> Span:
    hours = [open_hours(rules.calendar, one.at, one.touched_at) for one in handovers if one.touched_at]
    return span_of(np.array(hours, dtype=np.float64))


def _is_orphan(one: Handover) -> bool:
    """Tell a handoff that is in nobody's hands."""
    return one.is_open and not one.was_touched and one.lacks is not None


def _waiting(handovers: Iterable[Handover], now: datetime) -> tuple[Waiting, ...]:
    """Return people, those who wait longest first."""
    ordered = sorted(handovers, key=lambda one: (one.at, one.ref))
    return tuple(
        Waiting(
            one.ref.object_type, one.ref.object_id, one.stage, one.owner, (now - one.at) / timedelta(days=1), one.lacks
        )
        for one in ordered
    )
