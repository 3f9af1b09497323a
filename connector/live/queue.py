"""Keep doorbells until somebody has answered them: the port. Delivery is at least once, in no particular order.

Imports only the standard library and our errors: a receiver that only passes doorbells on must start at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol

from connector.live.doorbell import Doorbell


@dataclass(frozen=True, slots=True)
class Ticket:
    """Hold one delivery of a doorbell.

    `receipt` is good for this delivery only; `attempts` counts deliveries, this one included.
    """

    doorbell: Doorbell
    receipt: str
    attempts: int
    enqueued_at: datetime


@dataclass(frozen=True, slots=True)
class ParkedDoorbell:
    """Hold a doorbell that waits for a person, and why, in words an ops manager can act on."""

    id: str
    doorbell: Doorbell
    reason: str
    parked_at: datetime


UNREADABLE: Final = Doorbell("unknown", "", "", "", datetime(1970, 1, 1, tzinfo=UTC), "manual")
"""What a parked item that cannot be read is shown as."""


@dataclass(frozen=True, slots=True)
class QueueStatus:
    """Say how much waits (what is being worked on included), since when, and what is parked."""

    depth: int
    oldest_age_seconds: float | None
    parked: tuple[ParkedDoorbell, ...] = ()


class Queue(Protocol):
    """Keep doorbells. A doorbell taken and not settled within its visibility time is given out again."""

    def close(self) -> None:
        """Give back what was opened."""

    def put(self, doorbells: Sequence[Doorbell]) -> None:
        """Store doorbells; they are durable when this returns. Raises when any could not be stored."""

    def take(self, limit: int, visibility_seconds: float) -> list[Ticket]:
        """Give out up to `limit` doorbells, hidden from other takers for the visibility time."""

    def done(self, tickets: Sequence[Ticket]) -> None:
        """Forget doorbells that were answered. A receipt that is no longer good changes nothing."""

    def later(self, tickets: Sequence[Ticket], delay_seconds: float) -> None:
        """Give doorbells out again, not before the delay has passed."""

    def park(self, ticket: Ticket, reason: str) -> None:
        """Set a doorbell aside for a person to look at."""

    def status(self) -> QueueStatus:
        """Count what waits and list what is parked, oldest first."""

    def redrive(self, ids: Sequence[str] | None = None) -> int:
        """Put parked doorbells back (all for None), their attempts counted anew; return how many."""

    def discard(self, ids: Sequence[str]) -> int:
        """Forget parked doorbells for good; return how many."""
