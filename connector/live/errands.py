"""Name what was begun and not yet finished, and who could not be helped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from connector.ports import PersonRef, TaskClosing, TaskDraft


@dataclass(frozen=True, slots=True)
class Errand:
    """Hold one thing begun for a person and not yet known to be finished: a task to ensure, or one to close."""

    ref: PersonRef
    key: str
    what: Literal["open", "close"]
    stage: str
    draft: TaskDraft | None = None
    reason: str | None = None

    @property
    def closing(self) -> TaskClosing:
        return TaskClosing(self.key, self.reason or "")


@dataclass(frozen=True, slots=True)
class Parked:
    """Hold a person who could not be decided or written, and why, in words an ops manager can act on."""

    ref: PersonRef
    reason: str
    parked_at: datetime
