"""Remember which sources and fields this organisation does not give us, and why, once for all threads."""

from __future__ import annotations

import logging
import threading

from adapters.salesforce.failures import INVALID_TYPE
from connector.errors import AccessError, CrmError, GoneError
from connector.ports import Unavailable

_log = logging.getLogger(__name__)


class Availability:
    """Hold what is not there. A field is named `object.field`, in the words of the mapping."""

    def __init__(self) -> None:
        self._refused: dict[str, str] = {}
        self._lock = threading.Lock()

    def refuse(self, source: str, why: str) -> None:
        with self._lock:
            if source not in self._refused:
                _log.warning("source unavailable: %s (%s)", source, why)
                self._refused[source] = why

    def refuses(self, source: str) -> bool:
        return source in self._refused

    def refused(self) -> frozenset[str]:
        with self._lock:
            return frozenset(self._refused)

    def report(self) -> tuple[Unavailable, ...]:
        with self._lock:
            return tuple(Unavailable(source, why) for source, why in sorted(self._refused.items()))


def refusal(error: CrmError) -> str | None:
    """Return why a whole object is refused (`permission`, `not_offered`), or None for any other failure.

    Source: Salesforce SOQL reference, read 2026-11 (documented): an object the user may not read does not exist for
    them, so INVALID_TYPE says either.
    """
    if isinstance(error, AccessError) and error.status == 403:
        return "permission"
    if isinstance(error, GoneError) or error.code == INVALID_TYPE:
        return "not_offered"
    return None
