"""Give every test the log lines as Python delivers them, and properties the same examples on any machine."""

from __future__ import annotations

import logging

import pytest
from hypothesis import HealthCheck, settings

from connector.log import OURS

# How long an example takes says more about the machine than about the code, and a run whose examples are its own
# proves nothing about the next one. New examples are sought on purpose: pytest --hypothesis-profile=explore.
settings.register_profile(
    "any machine", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", deadline=None, max_examples=1_000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.fixture(autouse=True)
def unconfigured_logging() -> None:
    """Undo `configure_logging`: its handler keeps a stream that ended with another test and hides records from root."""
    for name in OURS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.NOTSET)
