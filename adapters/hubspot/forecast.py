"""Predict the calls that qualifying known people takes on HubSpot. Pure; derived in docs/explanation/call-floor.md."""

from __future__ import annotations

from math import ceil
from typing import Final

from adapters.hubspot.needs import ENGAGEMENTS, Needs
from connector.forecast import Forecast, Load

_ONCE: Final = 4
"""Properties of people, tasks and stages, and the account: asked once per run."""
_WAVE: Final = 1_000
_BATCH: Final = 100
_HISTORY_BATCH: Final = 50
_WEB: Final = "web"
_MARKETING: Final = "marketing_event"


def forecast_calls(load: Load, needs: Needs, rate_per_10s: float) -> Forecast:
    """Add up the calls by what they are for, and the seconds they take at the permitted rate."""
    if not load.people:
        return Forecast({}, 0.0)
    calls = {
        "schema": _ONCE,
        "contacts": ceil(load.people / _BATCH),
        **_linked(load, needs),
        **_optional(load, needs),
        "history": ceil(load.histories / _HISTORY_BATCH),
        "guard": ceil(load.writes / _BATCH),
        "write_people": ceil(load.writes / _BATCH),
        "tasks": ceil(load.with_task / _WAVE) + ceil(load.created / _BATCH),
    }
    wanted = {purpose: count for purpose, count in calls.items() if count}
    return Forecast(wanted, sum(wanted.values()) * 10 / rate_per_10s)


def _linked(load: Load, needs: Needs) -> dict[str, int]:
    """Count what is read of records that hang on people: the links by kind, and each record once."""
    kinds = [kind for kind in ENGAGEMENTS if kind in needs.probed and kind not in load.refused]
    waves = ceil(load.people / _WAVE)
    records = {kind: ceil(load.records.get(ENGAGEMENTS[kind], 0) / _BATCH) for kind in kinds}
    return {
        "associations": (len(kinds) + needs.uses_deals) * waves,
        "engagements": sum(records.values()),
        "deals": ceil(load.records.get("deal", 0) / _BATCH) if needs.uses_deals else 0,
        "companies": ceil(load.companies / _BATCH) if needs.uses_company else 0,
    }


def _optional(load: Load, needs: Needs) -> dict[str, int]:
    """Count the sources an account may lack; one it lacks costs the probe."""
    return {
        "forms": int("form_submissions" in needs.probed),
        "lists": ceil(load.people / _BATCH) if "lists" in needs.probed else 0,
        "web_events": _web_events(load) if "web_events" in needs.probed else 0,
        "marketing_events": 1 + _participations(load) if "marketing_events" in needs.probed else 0,
    }


def _web_events(load: Load) -> int:
    """Count at least a page per person: the one source without a batch."""
    if "web_events" in load.refused:
        return 1
    pages, events = load.pages.get(_WEB, 0), load.records.get(_WEB, 0)
    return max(load.people, pages) if events else load.people


def _participations(load: Load) -> int:
    """Count the cheaper way: by person, or all pages of all events."""
    if "marketing_events" in load.refused:
        return 0
    return min(load.people, load.shared.get(_MARKETING, 0))
