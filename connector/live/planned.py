"""Let through whom a plan speaks of and who is still as it found them; say of the others what has changed.

What a plan expects of somebody travels with the line, or with the doorbell that stands for it: the stages, and short
digests of what the decision looked at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Literal, Protocol, TypeAlias

import orjson

from connector.domain.decision import Decision
from connector.domain.person import UNKNOWN, Event, Stage
from connector.domain.timeline import distinct_events, to_us
from connector.domain.values import parse_instant, to_instant_text
from connector.errors import PayloadError
from connector.live.plan_write import FieldPlan
from connector.ports import PersonRef, Record

Skip: TypeAlias = Literal["not_planned", "stage", "profile", "decided", "activity", "decision", "gone", "merged"]
"""Why somebody is not written: not in the plan; somebody changed the stage or sales answered; the profile was edited;
Puente decided anew; something happened; the decision has become another; deleted; merged into somebody."""
_DIGEST_BYTES: Final = 6


@dataclass(frozen=True, slots=True)
class Watch:
    """Say what of a person has to be as it was planned: these attributes, and events of these kinds from `since` on.

    `since` None watches the whole past.
    """

    attributes: tuple[str, ...]
    kinds: tuple[str, ...]
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Prints:
    """Hold what a person looked like when planned, as short digests: enough to see what somebody has changed since."""

    stage: str
    profile: str
    fields: str
    events: str


class Expected(Protocol):
    """Say what a plan expects of one person."""

    @property
    def stage_from(self) -> Stage | None: ...
    @property
    def stage_to(self) -> Stage: ...
    @property
    def prints(self) -> Prints: ...


@dataclass(frozen=True, slots=True)
class Planned:
    """Hold what a plan expects of one person, and the hashes of the model and the mapping it was made with."""

    model_hash: str
    mapping_hash: str
    watch: Watch
    stage_from: Stage | None
    stage_to: Stage
    prints: Prints


@dataclass(frozen=True, slots=True)
class PlanGate:
    """Compare people as read just now with what is expected of them.

    `begun` are those whom a run that was cut off may have written in part: of them only the decision is compared, once
    the CRM shows the planned stage, because what differs is our own work.
    """

    lines: Mapping[PersonRef, Expected]
    begun: Collection[PersonRef]
    watch: Watch

    def __call__(self, record: Record, decision: Decision, plan: FieldPlan) -> Skip | None:
        line = self.lines.get(record.ref)
        if line is None:
            return "not_planned"
        is_there = record.own.stage == line.stage_to == decision.stage
        if is_there and (not plan or record.ref in self.begun):
            return None
        if changed := _changed(take_prints(record, self.watch), line.prints):
            return changed
        as_planned = (decision.before.stage, decision.stage) == (line.stage_from, line.stage_to)
        return None if as_planned else "decision"


@dataclass(frozen=True, slots=True)
class PlannedGate:
    """Be the gate of a worker: it knows what each person's doorbell carries, and lets everybody else pass."""

    planned: Mapping[PersonRef, Planned]
    begun: Collection[PersonRef]

    def __call__(self, record: Record, decision: Decision, plan: FieldPlan) -> Skip | None:
        one = self.planned.get(record.ref)
        return None if one is None else PlanGate(self.planned, self.begun, one.watch)(record, decision, plan)


def _changed(now: Prints, then: Prints) -> Skip | None:
    if now.stage != then.stage:
        return "stage"
    if now.profile != then.profile:
        return "profile"
    if now.fields != then.fields:
        return "decided"
    return "activity" if now.events != then.events else None


def take_prints(record: Record, watch: Watch) -> Prints:
    """Return the digests of a person as read."""
    events = [event for event in distinct_events(record.timeline.events) if _is_watched(event, watch)]
    newest = max((to_us(event.occurred_at) for event in events), default=0)
    return build_prints(record, watch, summarize(len(events), newest, sum(event.count or 0 for event in events)))


def _is_watched(event: Event, watch: Watch) -> bool:
    return event.kind in watch.kinds and (watch.since is None or event.occurred_at >= watch.since)


def summarize(count: int, newest_us: int, counted: int) -> str:
    """Write what is compared of somebody's events: how many, the newest, and what counters say."""
    return f"{count}.{newest_us}.{counted}"


def build_prints(record: Record, watch: Watch, events: str) -> Prints:
    """Return the digests of a person whose events were summarized elsewhere."""
    attributes = record.person.attributes
    own, lifecycle = record.own, record.lifecycle
    return Prints(
        stage=_digest([own.stage, own.raw, lifecycle.raw, record.verdict, record.verdict_reason]),
        profile=_digest([_plain(attributes.get(name)) for name in watch.attributes]),
        fields=_digest({name: _plain(value) for name, value in record.current.items()}),
        events=events,
    )


def _plain(value: object) -> object:
    """Write alike what is the same, whether it comes from a CRM or from a snapshot."""
    if isinstance(value, str):
        return value
    if value is None or value is UNKNOWN:
        return None
    if isinstance(value, datetime):
        return to_instant_text(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    return list(value) if isinstance(value, tuple) else value


def _digest(content: list[object] | Mapping[str, object]) -> str:
    text = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(text, digest_size=_DIGEST_BYTES).hexdigest()


def planned_to_text(planned: Planned) -> str:
    """Write what a doorbell carries for a line of a plan."""
    return orjson.dumps(asdict(planned), option=orjson.OPT_UTC_Z).decode()


def planned_from_text(text: str) -> Planned:
    """Read what a doorbell carries. Raises PayloadError when it is nothing of ours."""
    try:
        document: dict[str, Any] = orjson.loads(text)
        watch = watch_from_json(document.pop("watch"))
        return Planned(watch=watch, prints=Prints(**document.pop("prints")), **document)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise PayloadError("what a doorbell of a plan carries cannot be read") from None


def watch_from_json(document: Mapping[str, Any]) -> Watch:
    """Read what is watched. Raises KeyError or TypeError when it is something else."""
    since = None if document["since"] is None else parse_instant(document["since"])
    if since is not None and not isinstance(since, datetime):
        raise TypeError("since")
    return Watch(tuple(document["attributes"]), tuple(document["kinds"]), since)
