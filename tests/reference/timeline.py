"""Reduce a raw timeline to the events that count at one instant."""

import json
from dataclasses import dataclass
from typing import Any

from .defaults import engagement
from .values import DAY, MICROSECONDS, iso, read_boolean, read_instant, read_number, read_text


@dataclass(frozen=True)
class Event:
    """One event with a readable time."""

    id: str
    at: int
    raw: dict[str, Any]

    @property
    def kind(self) -> str:
        return str(self.raw["kind"])

    @property
    def count(self) -> int | None:
        """Return how many events a counter stands for; None for a single event."""
        number = read_number(self.raw.get("count"))
        return int(number) if number is not None and number >= 0 and number == int(number) else None

    def text(self, name: str) -> str | None:
        return read_text(self.raw.get(name))

    @property
    def flagged(self) -> bool:
        return read_boolean(self.raw.get("machine")) is True

    @property
    def day(self) -> int:
        return self.at // DAY


def dated(timeline: list[dict[str, Any]]) -> list[Event]:
    """Return one version of every event whose time can be read: the latest, then the greatest JSON text."""
    versions: dict[str, Event] = {}
    for raw in timeline:
        at = read_instant(raw.get("occurred_at"))
        if at is None:
            continue
        event = Event(str(raw["id"]), at, raw)
        rival = versions.get(event.id)
        if rival is None or (event.at, canonical(event)) > (rival.at, canonical(rival)):
            versions[event.id] = event
    return list(versions.values())


def canonical(event: Event) -> str:
    """Return the event's JSON with sorted keys, no blanks, no escapes, and nothing that is absent or plainly no."""
    body = {key: value for key, value in event.raw.items() if value is not None and value is not False}
    body["occurred_at"] = iso(event.at)
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def counting(model: dict[str, Any], events: list[Event], now: int) -> list[Event]:
    """Return what has happened by `now` and was done by a human, newest first, ties by id."""
    happened = [event for event in events if event.at <= now and not event.flagged and event.count != 0]
    bursts = burst_campaigns(model, happened)
    human = [e for e in happened if not (e.kind in ("email_open", "email_click") and e.text("campaign") in bursts)]
    return sorted(human, key=lambda event: (-event.at, event.id))


def burst_campaigns(model: dict[str, Any], events: list[Event]) -> set[str | None]:
    """Return the campaigns of which so many links were clicked within seconds of a delivery."""
    rule = engagement(model).get("machine")
    if not rule:
        return set()
    found: set[str | None] = set()
    for delivery in (e for e in events if e.kind == "email_delivered" and e.text("campaign") is not None):
        campaign = delivery.text("campaign")
        clicks = [e for e in events if e.kind == "email_click" and e.text("campaign") == campaign]
        quick = [e for e in clicks if 0 <= e.at - delivery.at <= rule["within_seconds"] * MICROSECONDS]
        if len(quick) >= rule["clicks"]:
            found.add(campaign)
    return found
