"""Give every test the log lines as Python delivers them, whatever an earlier test of the same process configured."""

from __future__ import annotations

import logging

import pytest

from connector.log import OURS


@pytest.fixture(autouse=True)
def unconfigured_logging() -> None:
    """Undo `configure_logging`: its handler keeps a stream that ended with another test and hides records from root."""
    for name in OURS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.NOTSET)
