"""Take turns over people with whoever else shares the ledger.

A run over the base reads people before it knows who they are. So it holds them after reading, and reads those again
who were decided meanwhile; those whom somebody else holds are left until they are free. Nobody waits while holding.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Collection, Container, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from connector.live.clock import Clock
from connector.live.ledger import Ledger
from connector.ports import PersonRef

HOLD_SECONDS: Final = 600.0
"""How long a wave of a thousand people may take, and how long a killed run holds them up."""
REST_SECONDS: Final = 3.0
BETWEEN_READING_AND_WRITING: Final = timedelta(seconds=60)
"""Who was decided so shortly before our reading began may have been written after it."""
MOST_TRIES: Final = round(1.2 * HOLD_SECONDS / REST_SECONDS)
"""So often a person who is held by others is asked for: a little longer than a killed run can hold anybody."""


class Turns(Protocol):
    """Say whom one may work on now."""

    def hold(
        self, refs: Collection[PersonRef], read_at: datetime | None = None
    ) -> AbstractContextManager[Container[PersonRef]]:
        """Hold people for as long as the block lasts, and give those who are ours.

        With `read_at`, when they were read already, those decided about then or later are not: read them again.
        """

    def rest(self) -> None:
        """Wait a while before asking again."""


class _Everybody:
    def __contains__(self, ref: object) -> bool:
        return True


class NoTurns:
    """Work on anybody: the caller holds the people, or nobody else is at work."""

    def hold(
        self, refs: Collection[PersonRef], read_at: datetime | None = None
    ) -> AbstractContextManager[Container[PersonRef]]:
        return nullcontext(_Everybody())

    def rest(self) -> None:
        """Return at once: nobody is waited for."""


@dataclass(frozen=True, slots=True)
class SharedTurns:
    """Take turns through the leases of a ledger that workers on other machines use, too."""

    ledger: Ledger
    clock: Clock
    sleep: Callable[[float], None] = time.sleep

    @contextmanager
    def hold(self, refs: Collection[PersonRef], read_at: datetime | None = None) -> Iterator[Container[PersonRef]]:
        owner = uuid.uuid4().hex
        held = self.ledger.leases.acquire(refs, owner, self.clock(), HOLD_SECONDS)
        try:
            yield held - (self._decided_since(list(held), read_at - BETWEEN_READING_AND_WRITING) if read_at else set())
        finally:
            self.ledger.leases.release(held, owner)

    def rest(self) -> None:
        self.sleep(REST_SECONDS)

    def _decided_since(self, refs: Sequence[PersonRef], since: datetime) -> set[PersonRef]:
        known = self.ledger.recall(refs)
        return {ref for ref, one in known.items() if one.decided_at is not None and one.decided_at > since}
