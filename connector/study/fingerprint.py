"""Take short digests of what a decision looked at, so that whoever changed since is seen when a plan is applied."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

import orjson

from connector.domain.model import Model
from connector.domain.person import UNKNOWN, Event
from connector.domain.timeline import distinct_events, to_us
from connector.domain.values import to_instant_text
from connector.ports import Record
from connector.study.needs import attributes_asked
from connector.study.plan import Prints, Watch

_DIGEST_BYTES: Final = 6
_ALWAYS_WATCHED: Final = ("owner", "persona")


def build_watch(model: Model, attributes: Iterable[str], since: datetime | None) -> Watch:
    """Say what of a person a model's decisions and routing depend on, as far as it is known (`attributes`)."""
    named = {*attributes_asked(model), *_ALWAYS_WATCHED}
    kept = tuple(sorted(name for name in attributes if name in named))
    return Watch(kept, tuple(sorted(model.used_kinds)), since)


def watched_since(horizon_days: float | None, now: datetime, longest: timedelta) -> datetime | None:
    """Return from when on events are watched: one that may fall out of sight while the plan waits is not."""
    return None if horizon_days is None else now - timedelta(days=horizon_days) + longest


def take_prints(record: Record, watch: Watch) -> Prints:
    """Return the digests of a person as read."""
    events = [event for event in distinct_events(record.timeline.events) if is_watched(event, watch)]
    newest = max((to_us(event.occurred_at) for event in events), default=0)
    return build_prints(record, watch, summarize(len(events), newest, sum(event.count or 0 for event in events)))


def is_watched(event: Event, watch: Watch) -> bool:
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
