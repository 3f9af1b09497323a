"""Open a handoff: who takes it, and when it is due in open hours."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from .conditions import MATCHED, Facts, evaluate
from .defaults import sla_hours, task_kind
from .values import MICROSECONDS, as_written, iso, microseconds, moment, read_instant, read_text

WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def open_handoff(model: dict[str, Any], stage: str, episode: int, facts: Facts) -> dict[str, Any]:
    routing, named = route(model, facts)
    return {
        "kind": task_kind(model, stage),
        "owner": named,
        "routing": routing,
        "due_at": iso(due(model["handoff"]["calendar"], sla_hours(model, stage), facts.now)),
        "episode": episode,
    }


def route(model: dict[str, Any], facts: Facts) -> tuple[str | None, str | None]:
    """Return the routing rule, and the owner it names by itself."""
    rules = model["handoff"].get("routing") or {}
    owner = read_text(facts.person.get("owner")) if "owner" in facts.types else None
    if rules.get("keep_owner") and owner is not None:
        return "keep-owner", owner
    for territory in rules.get("territories") or []:
        if evaluate(territory["when"], facts) == MATCHED:
            owners = territory["owners"]
            return "territory", owners[0] if len(owners) == 1 else None
    return ("round-robin" if rules.get("round_robin") else None), None


def due(calendar: dict[str, Any], hours: float, start: int) -> int:
    """Return the instant at which so many open hours have passed since `start`, walking day by day."""
    zone = ZoneInfo(calendar["timezone"])
    left = as_written(hours) * 3600 * MICROSECONDS
    day = moment(start).astimezone(zone).date() - dt.timedelta(days=1)
    while True:
        opening, closing = (_clock(day, text, zone) for text in calendar["hours"])
        begin = max(opening, start)
        if is_open(calendar, day) and begin < closing:
            if left <= closing - begin:
                return begin + int(left)
            left -= closing - begin
        day += dt.timedelta(days=1)


def is_open(calendar: dict[str, Any], day: dt.date) -> bool:
    holidays = [read_instant(holiday) for holiday in calendar.get("holidays") or []]
    return WEEK[day.weekday()] in calendar["days"] and read_instant(day) not in holidays


def _clock(day: dt.date, text: str, zone: ZoneInfo) -> int:
    hour, minute = (int(part) for part in text.split(":"))
    return microseconds(dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone))
