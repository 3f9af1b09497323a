"""Hold what a door answers, and ring doorbells on: the part all doors share."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from connector.errors import DoorbellError, PayloadError, SignatureError
from connector.live.doorbell import Doorbell

Put: TypeAlias = Callable[[Sequence[Doorbell]], None]
"""Store doorbells durably, or raise."""

STATUS_TOO_LARGE: Final = 413
STATUS_QUEUE_REFUSED: Final = 500
_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold one HTTP answer."""

    status: int
    body: str = ""
    content_type: str | None = None


def status_of(error: DoorbellError) -> int:
    """Say what a refusal is called in HTTP."""
    return {SignatureError: 401, PayloadError: 400}.get(type(error), 400)


def ring(door: str, put: Put, doorbells: Sequence[Doorbell]) -> bool:
    """Queue what is not our own echo; False when the queue refused, and the sender must try again."""
    heard = [bell for bell in doorbells if not bell.ours]
    try:
        if heard:
            put(heard)
    except Exception as error:  # noqa: BLE001 - whatever the queue raised, the answer must not be "received"
        code = getattr(error, "code", None) or getattr(error, "sqlite_errorname", None) or type(error).__name__
        _LOG.error("%s: the queue refused %d doorbells: %s", door, len(heard), code)
        return False
    if not doorbells:
        _LOG.info("%s: nothing in it for this account", door)
        return True
    _LOG.info("%s: %d doorbells queued, %d of our own dropped", door, len(heard), len(doorbells) - len(heard))
    return True


def log_refusal(door: str, status: int, size: int) -> None:
    """Leave one line of a refusal: the door, the status, the size of the body, and no value of it."""
    _LOG.warning("%s: refused with %d, %d bytes", door, status, size)
