"""Give every test the log lines as Python delivers them, and properties all the time a busy machine takes."""

from __future__ import annotations

import logging

import pytest
from hypothesis import settings

from connector.log import OURS

# How long an example takes says more about the machine than about the code.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


@pytest.fixture(autouse=True)
def unconfigured_logging() -> None:
    """Undo `configure_logging`: its handler keeps a stream that ended with another test and hides records from root."""
    for name in OURS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.NOTSET)
