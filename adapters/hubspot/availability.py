"""Remember which optional sources this account refuses, and why, once for all threads."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from typing import Final

from adapters.hubspot.failures import MISSING_SCOPES, TIER, UNKNOWN_OBJECT_TYPE
from connector.errors import AccessError, CrmError, GoneError, RejectedError
from connector.ports import Unavailable

_log = logging.getLogger(__name__)
_NOT_OFFERED: Final = "not_offered"
_ENTERPRISE: Final = ("web_events",)
"""Source: HubSpot Events API specification, 2026-08 (documented): Enterprise of any hub."""


class Availability:
    """Hold what was refused, and what answered once: a later refusal of such a source is a failure like any other."""

    def __init__(self) -> None:
        self._refused: dict[str, str] = {}
        self._proven: set[str] = set()
        self._lock = threading.Lock()

    def refuse(self, source: str, why: str) -> None:
        with self._lock:
            if source not in self._refused:
                _log.warning("source unavailable: %s (%s)", source, why)
                self._refused[source] = why

    def prove(self, source: str) -> None:
        """Note that a source answered."""
        with self._lock:
            self._proven.add(source)

    def is_proven(self, source: str) -> bool:
        return source in self._proven

    def refuses(self, source: str) -> bool:
        return source in self._refused

    def refused(self) -> frozenset[str]:
        with self._lock:
            return frozenset(self._refused)

    def report(self) -> tuple[Unavailable, ...]:
        with self._lock:
            return tuple(Unavailable(source, why) for source, why in sorted(self._refused.items()))

    def accept_refusal(self, source: str, errors: Iterable[CrmError]) -> bool:
        """Book a source as unavailable when an error is HubSpot's refusal of the whole source, at its first answer."""
        if source in self._proven:
            return False
        why = next((why for error in errors if (why := refusal(source, error))), None)
        if why is not None:
            self.refuse(source, why)
        return why is not None


def refusal(source: str, error: CrmError) -> str | None:
    """Return why a whole source is refused (`tier`, `scope`, `not_offered`), or None for any other failure."""
    if isinstance(error, AccessError) and error.status == 403:
        if error.code == MISSING_SCOPES:
            return "scope"
        return "tier" if error.code == TIER or source in _ENTERPRISE else "scope"
    if isinstance(error, GoneError):
        return _NOT_OFFERED
    if isinstance(error, RejectedError) and (error.status in (405, 501) or error.code == UNKNOWN_OBJECT_TYPE):
        return _NOT_OFFERED
    return None
