"""Wake exactly the people whose decision may change by time alone, and see to tasks nobody begins with.

Nothing here reads the base: the ledger knows when each decision can change next, and which tasks are open.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal, TypeAlias

from connector.domain.model import Locale
from connector.live.clock import Clock
from connector.live.doorbell import Doorbell
from connector.live.handoffs import OpenHandoff
from connector.live.ledger import Ledger
from connector.live.queue import Queue
from connector.ports import Crm, Escalation, TaskState

Lack: TypeAlias = Literal["task", "owner"]
RING_AGAIN: Final = timedelta(minutes=15)
"""When somebody was rung for and not decided since, the doorbell is waiting, parked or lost: it is rung again."""
MARKS: Final[Mapping[Locale, str]] = {"es": "[Vencida]", "en": "[Overdue]"}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Orphan:
    """Hold a handoff that is in nobody's hands: its task is gone, or has no owner."""

    handoff: OpenHandoff
    lacks: Lack


@dataclass(frozen=True, slots=True)
class Review:
    """Look after one account as time passes. Safe to run at any time, as often as one likes."""

    crm: Crm
    account: str
    ledger: Ledger
    queue: Queue
    locale: Locale
    clock: Clock
    escalate_to: str | None = None

    def ring_due(self, limit: int) -> int:
        """Ring for people whose time has come; return how many. Nobody is rung for twice within a quarter of an hour.

        The doorbells are durable before anybody is postponed: a kill in between rings twice, never not at all.
        """
        now = self.clock()
        due = self.ledger.due(now, limit)
        self.queue.put(
            [Doorbell(self.crm.name, self.account, ref.object_type, ref.object_id, now, "review_due") for ref in due]
        )
        self.ledger.postpone(due, now + RING_AGAIN)
        if due:
            _log.info("review due=%d", len(due))
        return len(due)

    def escalate_late(self, limit: int) -> int:
        """Mark tasks nobody began with in time and hand them to the escalation owner, once; return how many.

        A task that was begun, done or removed is watched no longer. Raises CrmError when the CRM cannot be asked.
        """
        late = self._still_handed_over(self.ledger.handoffs.late(self.clock(), limit))
        if not late:
            return 0
        mark = MARKS[self.locale]
        states = self.crm.escalate([Escalation(one.ref, one.key, mark, self.escalate_to) for one in late])
        waiting = _keys(late, states, "waiting")
        self.ledger.handoffs.escalate(waiting)
        self.ledger.handoffs.close(_keys(late, states, "begun", "done"))
        # A task that is gone stays watched, as an orphan: the person is still in sales' hands, on paper.
        self.ledger.handoffs.escalate(_keys(late, states, "missing"))
        _log.info("escalated tasks=%d of late=%d", len(waiting), len(late))
        return len(waiting)

    def find_orphans(self) -> list[Orphan]:
        """List MQLs and SQLs whose task is gone or nobody's. Raises CrmError when the CRM cannot be asked."""
        watched = self._still_handed_over(self.ledger.handoffs.watched())
        if not watched:
            return []
        states = self.crm.task_states([(one.ref, one.key) for one in watched])
        self.ledger.handoffs.close(_keys(watched, states, "done"))
        found = [
            Orphan(one, lack) for one in watched if one.key in states and (lack := _lack(states[one.key])) is not None
        ]
        if found:
            _log.warning("handoffs in nobody's hands: orphans=%d", len(found))
        return found

    def _still_handed_over(self, handoffs: Sequence[OpenHandoff]) -> list[OpenHandoff]:
        """Keep the handoffs of people who are in that stage still; the others are watched no longer."""
        known = self.ledger.recall([one.ref for one in handoffs])
        kept = [one for one in handoffs if one.ref in known and known[one.ref].memory.stage == one.stage]
        self.ledger.handoffs.close([one.key for one in handoffs if one not in kept])
        return kept


def _lack(state: TaskState) -> Lack | None:
    if state.state == "missing":
        return "task"
    return "owner" if state.owner is None and state.state != "done" else None


def _keys(handoffs: Sequence[OpenHandoff], states: Mapping[str, TaskState], *wanted: str) -> list[str]:
    return [one.key for one in handoffs if one.key in states and states[one.key].state in wanted]
