"""Give every test the same surroundings on any machine: environment, examples of properties, log lines."""

from __future__ import annotations

import logging
import os

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


def pytest_configure() -> None:
    """Take away what a machine's own environment would change, for this process and for those it starts."""
    for name in [name for name in os.environ if name.startswith("PUENTE_") and name != "PUENTE_LIVE"]:
        del os.environ[name]
    # No server of a test is behind a proxy; the vendors' clients would ask one for the way to this very machine.
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"


@pytest.fixture(autouse=True)
def unconfigured_logging() -> None:
    """Undo `configure_logging`: its handler keeps a stream that ended with another test and hides records from root."""
    for name in OURS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.NOTSET)
