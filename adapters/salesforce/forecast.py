"""Predict the calls that qualifying known people takes on Salesforce. Pure."""

from __future__ import annotations

from math import ceil
from typing import Final

from connector.forecast import Forecast, Load

_BATCH: Final = 200
"""People of one composite read, and records of one composite write."""
_PAGE: Final = 2_000
_QUERIES: Final = 5
"""Queries of one composite request."""
_SECONDS_PER_CALL: Final = 0.5
"""An assumption: Salesforce limits calls by the day, not by the second."""


def forecast_calls(load: Load) -> Forecast:
    """Add up the calls by what they are for, and about how long they take."""
    if not load.people:
        return Forecast({}, 0.0)
    further_pages = max(0, ceil(sum(load.records.values()) / _PAGE) - ceil(load.people / _BATCH))
    calls = {
        "token": 1,
        "schema": 1,
        "people": ceil(load.people / _BATCH) + ceil(further_pages / _QUERIES),
        "history": ceil(load.histories / _BATCH),
        "guard": ceil(load.writes / _BATCH),
        "write_people": ceil(load.writes / _BATCH),
        "write_tasks": ceil(load.with_task / _BATCH),
    }
    wanted = {purpose: count for purpose, count in calls.items() if count}
    return Forecast(wanted, sum(wanted.values()) * _SECONDS_PER_CALL)
