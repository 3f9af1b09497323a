"""Say what of a person a plan depends on: whoever changes that is skipped when it is applied."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from connector.domain.model import Model
from connector.live.planned import Watch
from connector.study.needs import attributes_asked

_ALWAYS_WATCHED: Final = ("owner", "persona")


def build_watch(model: Model, attributes: Iterable[str], since: datetime | None) -> Watch:
    """Say what of a person a model's decisions and routing depend on, as far as it is known (`attributes`)."""
    named = {*attributes_asked(model), *_ALWAYS_WATCHED}
    kept = tuple(sorted(name for name in attributes if name in named))
    return Watch(kept, tuple(sorted(model.used_kinds)), since)


def watched_since(horizon_days: float | None, now: datetime, longest: timedelta) -> datetime | None:
    """Return from when on events are watched: one that may fall out of sight while the plan waits is not."""
    return None if horizon_days is None else now - timedelta(days=horizon_days) + longest
