"""Answer doorbells: collapse them by person, drop what a later reading has seen, qualify, and settle every one.

Why dropping is safe: a person's `fetched_at` is when a reading began whose decision was written and remembered. What
rang before that, by more than the CRM's reading lag, was already there to be read. Doorbells are dated by the CRM's
clock, readings by ours: a reading is dated back by as much as the CRM's answers show ours to be ahead, and a clock
that is behind dates readings too early by itself. Both mistakes cost a reading and lose no doorbell.
"""

from __future__ import annotations

import logging
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from connector.errors import CrmError, PayloadError, UnavailableError, UsageError
from connector.live.doorbell import Doorbell
from connector.live.ledger import Ledger
from connector.live.merges import hand_over
from connector.live.planned import Planned, PlannedGate, planned_from_text
from connector.live.qualify import Outcome, Qualifier
from connector.live.queue import Queue, Ticket
from connector.live.work_policy import (
    Later,
    Park,
    Verdict,
    WorkPolicy,
    busy_seconds,
    fought_over,
    judge,
    not_as_planned,
    other_model,
    too_often,
    unreconciled,
)
from connector.ports import PersonRef

Callers: TypeAlias = Mapping[PersonRef, Sequence[Ticket]]
Turn: TypeAlias = Callable[[], AbstractContextManager[None]]
PEOPLE: Final = frozenset({"contact", "lead"})

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class WorkReport:
    """Account for the doorbells of one piece of work: each is done, later, or parked.

    `people` were asked to be qualified, `written` is how many of them changed in the CRM; `stale` doorbells were
    answered before they came. `unanswered` counts the others by the class of the error.
    """

    done: list[Ticket] = field(default_factory=list)
    later: list[tuple[Ticket, float]] = field(default_factory=list)
    parked: list[tuple[Ticket, str]] = field(default_factory=list)
    stale: int = 0
    people: int = 0
    written: int = 0
    unanswered: Counter[str] = field(default_factory=Counter)

    @property
    def taken(self) -> int:
        return len(self.done) + len(self.later) + len(self.parked)

    def settle(self, queue: Queue) -> None:
        """Tell the queue."""
        queue.done(self.done)
        for delay in sorted({delay for _, delay in self.later}):
            queue.later([ticket for ticket, wanted in self.later if wanted == delay], delay)
        for ticket, reason in self.parked:
            queue.park(ticket, reason)


@dataclass(frozen=True, slots=True)
class Worker:
    """Answer doorbells of one account. Any number of workers may share a queue and a ledger."""

    crm: str
    account: str
    qualifier: Qualifier
    policy: WorkPolicy = field(default_factory=WorkPolicy)

    @property
    def ledger(self) -> Ledger:
        return self.qualifier.ledger

    def run_once(self, queue: Queue, limit: int, turn: Turn = nullcontext) -> WorkReport:
        """Take some doorbells, and, if there are any, answer and settle them while `turn` is held."""
        tickets = queue.take(limit, self.policy.lease_seconds)
        if not tickets:
            return WorkReport()
        with turn():
            report = self.work(tickets)
            report.settle(queue)
        return report

    def work(self, tickets: Sequence[Ticket]) -> WorkReport:
        """Answer doorbells that were taken from a queue; the caller settles them. Raises nothing of the CRM's."""
        report = WorkReport()
        verdicts: dict[str, Verdict] = {}
        callers = self._callers(tickets, verdicts, report)
        owner = uuid.uuid4().hex
        fresh = self._drop_stale(callers, report)
        held = self.ledger.leases.acquire(fresh.keys(), owner, self.qualifier.clock(), self.policy.lease_seconds)
        try:
            for ref in fresh.keys() - held:
                for ticket in fresh[ref]:
                    _add(verdicts, [ticket], Later(busy_seconds(ticket.attempts, self.policy)))
            # Somebody else may have answered while we waited for our turn.
            self._answer(self._drop_stale({ref: fresh[ref] for ref in held}, report), verdicts, report)
        finally:
            self.ledger.leases.release(held, owner)
        _account(tickets, verdicts, report)
        for error, count in report.unanswered.items():
            _log.warning("not answered doorbells=%d error=%s", count, error)
        _log.info(
            "work taken=%d stale=%d people=%d written=%d later=%d parked=%d",
            report.taken, report.stale, report.people, report.written, len(report.later), len(report.parked),
        )  # fmt: skip
        return report

    def _callers(
        self, tickets: Sequence[Ticket], verdicts: dict[str, Verdict], report: WorkReport
    ) -> dict[PersonRef, list[Ticket]]:
        """Collapse doorbells by the person they are about."""
        callers: dict[PersonRef, list[Ticket]] = {}
        engaged: list[Ticket] = []
        for ticket in tickets:
            bell = ticket.doorbell
            if bell.ours or (bell.crm, bell.account) != (self.crm, self.account):
                continue
            if ticket.attempts > self.policy.most_deliveries:
                verdicts[ticket.receipt] = Park(too_often(ticket.attempts, self.qualifier.locale))
            elif bell.planned is not None and self._planned(bell) is None:
                verdicts[ticket.receipt] = Park(other_model(self.qualifier.locale))
            elif bell.engagement is not None:
                engaged.append(ticket)
            elif bell.why == "gap_overflow":
                self._reconcile(ticket, verdicts, report)
            elif bell.object_type in PEOPLE:
                callers.setdefault(_person(bell), []).append(ticket)
        for ref, engaged_tickets in self._engaged(engaged, verdicts, report).items():
            callers.setdefault(ref, []).extend(engaged_tickets)
        return callers

    def _planned(self, bell: Doorbell) -> Planned | None:
        """Return what a doorbell expects of its person; None when it is of no plan, or other rules are in force."""
        try:
            planned = planned_from_text(bell.planned) if bell.planned is not None else None
        except PayloadError:
            return None
        in_force = (self.qualifier.model.hash, self.qualifier.mapping.hash)
        return planned if planned and (planned.model_hash, planned.mapping_hash) == in_force else None

    def _gate(self, callers: Callers) -> PlannedGate:
        """Hold back whom a plan does not describe any more. Who rang for another reason, too, is decided anyway."""
        planned: dict[PersonRef, Planned] = {}
        for ref, tickets in callers.items():
            expected = [self._planned(ticket.doorbell) for ticket in tickets]
            if (one := expected[-1]) is not None and None not in expected:
                planned[ref] = one
        return PlannedGate(planned, frozenset(self.ledger.errands(list(planned))))

    def _engaged(
        self, tickets: Sequence[Ticket], verdicts: dict[str, Verdict], report: WorkReport
    ) -> dict[PersonRef, list[Ticket]]:
        """Find the people whose engagements rang."""
        wanted = {ticket.doorbell.engagement: None for ticket in tickets if ticket.doorbell.engagement}
        found: dict[PersonRef, list[Ticket]] = {}
        if not wanted:
            return found
        try:
            people = self.qualifier.crm.people_of(list(wanted))
        except CrmError as error:
            self._judge(tickets, error, verdicts, report)
            return found
        for ticket in tickets:
            for ref in people.get(ticket.doorbell.engagement or ("", ""), ()):
                found.setdefault(ref, []).append(ticket)
        return found

    def _reconcile(self, ticket: Ticket, verdicts: dict[str, Verdict], report: WorkReport) -> None:
        """Qualify whoever changed since the CRM stopped telling us whom; what takes longer than we live is parked."""
        since = ticket.doorbell.rang_at - timedelta(seconds=self.policy.read_lag_seconds)
        if ticket.attempts > self.policy.most_reconciliations:
            _add(verdicts, [ticket], Park(unreconciled(since, self.qualifier.locale)))
            return
        try:
            parked = sum(outcome.outcome == "parked" for outcome in self.qualifier.qualify_all(since))
        except CrmError as error:
            self._judge([ticket], error, verdicts, report)
        else:
            _log.warning("reconciled after a gap, parked=%d", parked)

    def _drop_stale(self, callers: Callers, report: WorkReport) -> dict[PersonRef, list[Ticket]]:
        """Keep the doorbells that no finished reading can have seen."""
        known = self.ledger.recall(list(callers))
        lag = timedelta(seconds=self.policy.read_lag_seconds)
        fresh: dict[PersonRef, list[Ticket]] = {}
        for ref, tickets in callers.items():
            read_at = known[ref].fetched_at if ref in known else None
            kept = [one for one in tickets if read_at is None or self._is_news(one.doorbell, read_at - lag)]
            report.stale += len(tickets) - len(kept)
            if kept:
                fresh[ref] = kept
        return fresh

    def _is_news(self, bell: Doorbell, seen_until: datetime) -> bool:
        """Say whether there is something to do: unread, to be erased, or to be joined with what we know."""
        if bell.rang_at > seen_until or _erases(bell):
            return True
        loser = PersonRef(bell.object_type, bell.object_id)
        return bell.survivor is not None and bell.survivor != bell.object_id and loser in self.ledger.recall([loser])

    def _answer(self, callers: Callers, verdicts: dict[str, Verdict], report: WorkReport) -> None:
        """Erase, join and qualify people whom we hold."""
        erased = [ref for ref, tickets in callers.items() if any(_erases(one.doorbell) for one in tickets)]
        self.ledger.forget(erased)
        self._join(callers)
        wanted = {ref: tickets for ref, tickets in callers.items() if ref not in erased}
        for ref, writes in self._fought_over(wanted).items():
            _add(verdicts, wanted.pop(ref), Park(fought_over(writes, self.policy, self.qualifier.locale)))
        report.people += len(wanted)
        written: list[PersonRef] = []
        for ref, result in self._qualify(list(wanted), self._gate(wanted)):
            if isinstance(result, Exception):
                self._judge(wanted.get(ref, ()), result, verdicts, report)
            elif result.outcome == "skipped":
                _add(verdicts, wanted.get(ref, ()), Park(not_as_planned(result.reason or "", self.qualifier.locale)))
            elif result.outcome == "parked":
                error = result.error or CrmError(result.reason or "?")
                self._judge(wanted.get(ref, ()), error, verdicts, report)
            elif result.outcome == "written" and result.ref == ref:
                written.append(ref)
        report.written += len(written)
        self.ledger.count_writes(written, self.qualifier.clock())

    def _join(self, callers: Callers) -> None:
        """Hand what is known of merged people to their survivors; the CRM itself may not tell who survived."""
        for ref, tickets in callers.items():
            losers = {PersonRef(ref.object_type, one.doorbell.object_id) for one in tickets if one.doorbell.survivor}
            for loser in sorted(losers - {ref}):
                hand_over(self.ledger, loser, ref)

    def _fought_over(self, refs: Collection[PersonRef]) -> dict[PersonRef, int]:
        since = self.qualifier.clock() - timedelta(minutes=self.policy.breaker_minutes)
        counts = self.ledger.writes_since(list(refs), since)
        return {ref: count for ref, count in counts.items() if count >= self.policy.breaker_writes}

    def _qualify(self, refs: Sequence[PersonRef], gate: PlannedGate) -> Iterator[tuple[PersonRef, Outcome | Exception]]:
        """Qualify people and account for each; one whom our own code cannot bear does not spoil the others' work."""
        left = dict.fromkeys(refs)
        into: dict[PersonRef, list[PersonRef]] = {}
        try:
            for outcome in replace(self.qualifier, gate=gate).qualify(refs) if refs else ():
                if outcome.survivor is not None:
                    into.setdefault(outcome.survivor, []).append(outcome.ref)
                    continue
                for ref in _with_losers(outcome.ref, into):
                    left.pop(ref, None)
                    yield ref, outcome
            for ref in left:
                yield ref, UnavailableError("the CRM answered neither with the person nor with a reason")
        except (CrmError, UsageError) as error:
            for ref in left:
                yield ref, error
        except Exception as error:  # noqa: BLE001 - what nobody foresaw is parked in the end, with everything else done
            _log.exception("unexpected while qualifying people=%d", len(left))
            if len(refs) == 1:
                yield refs[0], error
            else:
                for ref in left:
                    yield from self._qualify([ref], gate)

    def _judge(
        self, tickets: Sequence[Ticket], error: Exception, verdicts: dict[str, Verdict], report: WorkReport
    ) -> None:
        report.unanswered[type(error).__name__] += len(tickets)
        for ticket in tickets:
            _add(verdicts, [ticket], judge(error, ticket.attempts, self.policy, self.qualifier.locale))


def _with_losers(ref: PersonRef, into: dict[PersonRef, list[PersonRef]]) -> Iterator[PersonRef]:
    """Name a person and all who were merged into them, one after the other."""
    yield ref
    for loser in into.pop(ref, ()):
        yield from _with_losers(loser, into)


def _person(bell: Doorbell) -> PersonRef:
    return PersonRef(bell.object_type, bell.survivor or bell.object_id)


def _erases(bell: Doorbell) -> bool:
    return bell.why == "privacy_deleted"


def _add(verdicts: dict[str, Verdict], tickets: Sequence[Ticket], new: Verdict) -> None:
    """Record verdicts. A doorbell about several people waits for all of them before anybody has to look at it."""
    for ticket in tickets:
        present = verdicts.get(ticket.receipt)
        if isinstance(present, Later) and isinstance(new, Later):
            verdicts[ticket.receipt] = Later(max(present.seconds, new.seconds))
        elif not isinstance(present, Later):
            verdicts[ticket.receipt] = new


def _account(tickets: Sequence[Ticket], verdicts: Mapping[str, Verdict], report: WorkReport) -> None:
    for ticket in tickets:
        match verdicts.get(ticket.receipt):
            case Later(seconds):
                report.later.append((ticket, seconds))
            case Park(reason):
                report.parked.append((ticket, reason))
            case None:
                report.done.append(ticket)
