"""Turn a crossing into one handoff episode: its key, when it is due in business hours, and whose it is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final, Literal, TypeAlias
from zoneinfo import ZoneInfo

from connector.domain.conditions import Truth, evaluate
from connector.domain.model import Calendar, Model, TaskRules
from connector.domain.person import HANDOFF_STAGES, Memory, Person, Stage
from connector.domain.stages import StageChoice

RoutingRule: TypeAlias = Literal["keep-owner", "territory", "round-robin"]
_MOST_DAYS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Route:
    """Say whose the handoff is; `owner` None means one of `pool` is chosen at write time by capacity."""

    rule: RoutingRule
    owner: str | None
    pool: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Handoff:
    """Hold one handoff episode. `key` is None for a person that is in no CRM (a case file)."""

    stage: Stage
    episode: int
    key: str | None
    rules: TaskRules
    route: Route
    due_at: datetime


def open_handoff(
    model: Model, person: Person, before: Memory, after: Memory, choice: StageChoice, now: datetime
) -> Handoff | None:
    """Open the episode of a decision whose stage becomes `mql` or `sql`; any other decision opens none."""
    if choice.stage == before.stage or choice.stage not in HANDOFF_STAGES:
        return None
    episode = after.episodes[choice.stage]
    rules = model.handoff.for_stage(choice.stage)
    return Handoff(
        stage=choice.stage,
        episode=episode,
        key=person_key(person, choice.stage, episode),
        rules=rules,
        route=find_route(model, person, now),
        due_at=due_at(model.handoff.calendar, now, rules.sla_hours),
    )


def person_key(person: Person, stage: Stage, episode: int) -> str | None:
    if person.crm is None or person.object_id is None:
        return None
    return handoff_key(person.crm, person.account or "", person.object_id, stage, episode)


def handoff_key(crm: str, account: str, object_id: str, stage: str, episode: int) -> str:
    """Return the stable key of an episode: 32 hex digits, the same on every retry, machine and day."""
    return hashlib.sha256(f"{crm}|{account}|{object_id}|{stage}|{episode}".encode()).hexdigest()[:32]


def find_route(model: Model, person: Person, now: datetime) -> Route:
    """Keep the record's owner, else the first territory that matches, else round-robin. Pure."""
    routing = model.handoff.routing
    owner = person.text("owner")
    if routing.keep_owner and owner:
        return Route("keep-owner", owner)
    for territory in routing.territories:
        if evaluate(territory.when, person, None, now) is Truth.MATCHED:
            alone = territory.owners[0] if len(territory.owners) == 1 else None
            return Route("territory", alone, territory.owners)
    return Route("round-robin", None, routing.round_robin)


def due_at(calendar: Calendar, start: datetime, hours: float) -> datetime:
    """Return when `hours` of open time have elapsed since `start`, in UTC.

    Outside hours the clock starts at the next opening; work that ends exactly at closing time is due then. Open time
    is elapsed time, so a change of clocks inside a working day lengthens or shortens it as it does for people.
    """
    remaining = timedelta(hours=hours)
    closes = start
    for opens, closes in _open_spans(calendar, start):
        begins = max(start, opens)
        if begins >= closes:
            continue
        if remaining <= closes - begins:
            return begins + remaining
        remaining -= closes - begins
    return closes


def open_hours(calendar: Calendar, start: datetime, end: datetime) -> float:
    """Return how many hours were open between two instants: what a promise in business hours is measured in."""
    elapsed = timedelta(0)
    for opens, closes in _open_spans(calendar, start):
        if opens >= end:
            break
        elapsed += max(timedelta(0), min(closes, end) - max(opens, start))
    return elapsed / timedelta(hours=1)


def _open_spans(calendar: Calendar, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the open spans from the day of `start` on, as UTC instants."""
    zone = ZoneInfo(calendar.timezone)
    today = start.astimezone(zone).date()
    for offset in range(_MOST_DAYS):
        day = today + timedelta(days=offset)
        if day.weekday() not in calendar.days or day in calendar.holidays:
            continue
        last_day, closes = (day + timedelta(days=1), time(0)) if calendar.closes is None else (day, calendar.closes)
        yield (
            datetime.combine(day, calendar.opens, zone).astimezone(UTC),
            datetime.combine(last_day, closes, zone).astimezone(UTC),
        )
