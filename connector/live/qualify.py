"""Fetch, decide, plan the write, apply, remember: the one use case behind the command line and every function.

Read it top to bottom. Everything it needs is passed in; what it decides is pure and lives in `connector.domain`.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

from connector.domain.decision import Decision, qualify
from connector.domain.mapping import Mapping as FieldMapping
from connector.domain.model import Locale, Model
from connector.errors import CrmError
from connector.live.clock import Clock
from connector.live.errands import Errand, Parked
from connector.live.handover import Handover, plan_handover
from connector.live.ledger import Ledger
from connector.live.merges import hand_over, take_over
from connector.live.plan_write import FieldPlan, plan_fields
from connector.live.recall import Remembered, needs_history, recall
from connector.live.shadow import LiveDecision, Shadow
from connector.live.turns import MOST_TRIES, NoTurns, Turns
from connector.ports import Crm, Fetched, FieldValue, PersonRef, Receipt, Record, Write

MOST_ROUNDS: Final = 6
"""How often a person who is edited while we work is read again, and how far merges are followed, before parking."""

MISSING_AT_ONCE: Final = 1_000
"""How many people whom a reading of the whole base did not meet are asked for together."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Say what became of one person.

    `reason` is set for parked ones, with the CRM's `error` where there is one, and for those a gate has held back
    (`skipped`); `survivor` for merged ones. A parked one's `changes` are those that were written before it was.
    `task_unassigned`: the task has no owner. `tasks_closed` counts review tasks that were overtaken. A planned outcome
    says both of what would be done.
    """

    ref: PersonRef
    outcome: Literal["written", "unchanged", "gone", "parked", "planned", "skipped"]
    decision: Decision | None = None
    changes: Mapping[str, tuple[FieldValue, FieldValue]] = field(default_factory=dict)
    task_created: bool = False
    task_id: str | None = None
    task_unassigned: bool = False
    tasks_closed: int = 0
    reason: str | None = None
    survivor: PersonRef | None = None
    error: CrmError | None = None


Gate: TypeAlias = Callable[[Record, Decision, FieldPlan], str | None]
"""Say why somebody just read and decided is not to be written after all; None lets them pass."""


@dataclass(frozen=True, slots=True)
class _Case:
    """Hold one person between deciding and remembering; `refused` says why a gate has held them back."""

    record: Record
    remembered: Remembered | None
    decision: Decision
    plan: FieldPlan
    handover: Handover
    refused: str | None = None

    @property
    def write(self) -> Write | None:
        if not self.plan and not self.handover:
            return None
        return Write(self.record, self.plan.fields, self.plan.lifecycle, self.handover.draft, self.handover.closings)


@dataclass(frozen=True, slots=True)
class Qualifier:
    """Qualify people of one account with one model. `dry_run` decides and plans, and writes nothing anywhere.

    A `gate` is asked about everybody between deciding and writing; whom it holds back is skipped, and nothing is noted.
    A `shadow` follows every decision that is done, in our own state alone.
    """

    crm: Crm
    ledger: Ledger
    model: Model
    mapping: FieldMapping
    locale: Locale
    clock: Clock
    dry_run: bool = False
    turns: Turns = field(default_factory=NoTurns)
    gate: Gate | None = None
    shadow: Shadow | None = None

    def qualify(self, refs: Sequence[PersonRef]) -> Iterator[Outcome]:
        """Qualify the people named, each once."""
        began_at, wanted = self.clock(), list(dict.fromkeys(refs))
        yield from told_once(self._qualify_wave(self._fetch(wanted), began_at))

    def qualify_all(self, changed_since: datetime | None = None) -> Iterator[Outcome]:
        """Qualify the whole base, or what changed since an instant, reading one wave ahead of the writing.

        Whoever is remembered and was not met in the whole base is asked for by id: who is gone is forgotten.
        """
        met: set[PersonRef] = set()
        for outcome in told_once(self._qualify_listed(changed_since)):
            met.add(outcome.ref)
            yield outcome
        missing = [] if changed_since else [ref for ref in self.ledger.known() if ref not in met]
        for start in range(0, len(missing), MISSING_AT_ONCE):
            yield from self.qualify(missing[start : start + MISSING_AT_ONCE])

    def _qualify_listed(self, changed_since: datetime | None) -> Iterator[Outcome]:
        waves = self.crm.fetch_all(now=self.clock(), changed_since=changed_since, needs_history=self._needs_history)
        for fetched, began_at in read_ahead(waves, self.clock):
            yield from self._qualify_wave(fetched, began_at)

    def _fetch(self, refs: Sequence[PersonRef]) -> Fetched:
        return self.crm.fetch(refs, now=self.clock(), needs_history=self._needs_history)

    def _needs_history(self, record: Record) -> bool:
        remembered = self.ledger.recall([record.ref]).get(record.ref)
        return needs_history(record, remembered, self.model.stages.override_days, self.clock())

    def _qualify_wave(self, fetched: Fetched, fetched_at: datetime) -> Iterator[Outcome]:
        """Qualify one wave; whom somebody else is at work on follows when their turn has come."""
        with self.turns.hold([record.ref for record in fetched.records], fetched_at) as held:
            mine = tuple(record for record in fetched.records if record.ref in held)
            others = [record.ref for record in fetched.records if record.ref not in held]
            left = yield from self._qualify_held(replace(fetched, records=mine), fetched_at, held)
        yield from self._qualify_later([*others, *left])

    def _qualify_later(self, refs: Sequence[PersonRef]) -> Iterator[Outcome]:
        """Hold people first and read them then, until each had a turn or patience ends."""
        left = list(dict.fromkeys(refs))
        for attempt in range(MOST_TRIES):
            if not left:
                return
            if attempt:
                self.turns.rest()
            began_at = self.clock()
            with self.turns.hold(left) as held:
                mine = [ref for ref in left if ref in held]
                others = [ref for ref in left if ref not in held]
                more = (yield from self._qualify_held(self._fetch(mine), began_at, held)) if mine else []
            left = list(dict.fromkeys([*others, *more]))
        yield from self._park(dict.fromkeys(left, _HELD[self.locale]))

    def _qualify_held(
        self, fetched: Fetched, fetched_at: datetime, held: Container[PersonRef]
    ) -> Generator[Outcome, None, list[PersonRef]]:
        """Qualify people who are ours; whoever changed while we worked, or survived a merge, is read and decided again.

        Returns the survivors who are not ours.
        """
        left: list[PersonRef] = []
        for _ in range(MOST_ROUNDS):
            outcomes, again = self._decide_and_apply(fetched, fetched_at)
            yield from outcomes
            left += [ref for ref in again if ref not in held]
            again = [ref for ref in again if ref in held]
            if not again:
                return left
            fetched_at = self.clock()
            fetched = self._fetch(again)
        yield from self._park(dict.fromkeys(again, _KEEPS_CHANGING[self.locale]))
        return left

    def _decide_and_apply(self, fetched: Fetched, fetched_at: datetime) -> tuple[list[Outcome], list[PersonRef]]:
        outcomes = list(self._park(fetched.failed))
        decided = self._decide(fetched.records)
        cases = [case for case in decided if case.refused is None]
        outcomes += [
            Outcome(case.record.ref, "skipped", case.decision, reason=case.refused) for case in decided if case.refused
        ]
        writes = [write for case in cases if (write := case.write)]
        if self.dry_run:
            planned = [self._planned(case) for case in cases]
            return [*outcomes, *self._gone(fetched.gone), *planned], [ref for ref in fetched.gone.values() if ref]
        self._note(cases)
        receipts = {receipt.ref: receipt for receipt in (self.crm.apply(writes) if writes else ())}
        outcomes += self._remember(cases, receipts, fetched_at)
        gone = {ref: receipt.survivor for ref, receipt in receipts.items() if receipt.outcome == "gone"}
        outcomes += self._gone({**fetched.gone, **gone})
        moved = [ref for ref, receipt in receipts.items() if receipt.outcome == "moved"]
        survivors = [ref for ref in (*fetched.gone.values(), *gone.values()) if ref is not None]
        return outcomes, list(dict.fromkeys([*moved, *survivors]))

    def _note(self, cases: Sequence[_Case]) -> None:
        """Note what is about to be done before anything is sent, so that a kill at any moment loses nothing."""
        self.ledger.begin(errand for case in cases for errand in case.handover.begun)
        self.ledger.remember(
            {
                case.record.ref: replace(case.remembered or Remembered(), intended=case.decision.after)
                for case in cases
                if case.decision.stage != case.record.own.stage
            }
        )

    def _decide(self, records: Sequence[Record]) -> list[_Case]:
        known, now = take_over(self.ledger, records, dry_run=self.dry_run), self.clock()
        errands = self.ledger.errands([record.ref for record in records])
        return [self._decide_one(record, known.get(record.ref), errands.get(record.ref, ()), now) for record in records]

    def _decide_one(
        self, record: Record, remembered: Remembered | None, errands: Sequence[Errand], now: datetime
    ) -> _Case:
        key_field = self.mapping.handoff_key_field
        memory = recall(record, remembered, now, key_field)
        decision = qualify(record.person, record.timeline, self.model, now, memory)
        plan = plan_fields(record, record.timeline, decision, self.mapping, self.locale, remembered)
        if self.gate and (refused := self.gate(record, decision, plan)):
            return _Case(record, remembered, decision, FieldPlan({}, None), Handover(), refused)
        assign = None if self.dry_run else self.ledger.assign
        handover = plan_handover(record, decision, remembered, errands, assign, self.locale, key_field)
        return _Case(record, remembered, decision, plan, handover)

    def _remember(
        self, cases: Sequence[_Case], receipts: Mapping[PersonRef, Receipt], fetched_at: datetime
    ) -> list[Outcome]:
        """Record what is now true, and forget errands that are done."""
        # Doorbells are dated by the CRM's clock; where ours is ahead, they would seem to lie before this reading.
        read_at = fetched_at - max(self.crm.clock_lead() or timedelta(), timedelta())
        settled = [case for case in cases if _is_settled(receipts.get(case.record.ref))]
        self.ledger.remember(
            {case.record.ref: _to_remember(case, receipts.get(case.record.ref), read_at) for case in settled}
        )
        self.ledger.finish(errand for case in settled for errand in (*case.handover.begun, *case.handover.over))
        self.ledger.unpark(case.record.ref for case in settled)
        if self.shadow:
            self.shadow.follow([LiveDecision(case.record, case.decision, case.handover.draft) for case in settled])
        parked = {ref: receipt.error or "?" for ref, receipt in receipts.items() if receipt.outcome == "parked"}
        left = {case.record.ref: self._half_done(case, receipts.get(case.record.ref)) for case in cases}
        return [
            *(self._settled(case, receipts.get(case.record.ref)) for case in settled),
            *self._park(parked, left),
        ]

    def _half_done(self, case: _Case, receipt: Receipt | None) -> Outcome:
        """Say what was decided about somebody who is parked, and what of it is in the CRM all the same."""
        if receipt is None:
            return Outcome(case.record.ref, "parked", case.decision)
        return Outcome(
            case.record.ref,
            "parked",
            case.decision,
            self._changes(case) if receipt.fields_written else {},
            task_created=receipt.task_created,
            task_id=receipt.task_id,
            tasks_closed=len(receipt.closed),
        )

    def _settled(self, case: _Case, receipt: Receipt | None) -> Outcome:
        if receipt is None:
            return Outcome(case.record.ref, "unchanged", case.decision)
        return Outcome(
            case.record.ref,
            "written",
            case.decision,
            self._changes(case),
            task_created=receipt.task_created,
            task_id=receipt.task_id,
            task_unassigned=receipt.task_created and case.handover.is_unassigned,
            tasks_closed=len(receipt.closed),
        )

    def _planned(self, case: _Case) -> Outcome:
        if case.write is None:
            return Outcome(case.record.ref, "unchanged", case.decision)
        handoff = case.decision.handoff
        takes_turn = handoff is not None and bool(handoff.route.pool)
        return Outcome(
            case.record.ref,
            "planned",
            case.decision,
            self._changes(case),
            task_unassigned=case.handover.is_unassigned and not takes_turn,
            tasks_closed=len(case.handover.closings),
        )

    def _changes(self, case: _Case) -> Mapping[str, tuple[FieldValue, FieldValue]]:
        """Return every field that changes, the CRM's own stage field included."""
        if case.plan.lifecycle is None or self.crm.lifecycle_field is None:
            return case.plan.fields
        return {**case.plan.fields, self.crm.lifecycle_field: (case.record.lifecycle.raw, case.plan.lifecycle)}

    def _gone(self, gone: Mapping[PersonRef, PersonRef | None]) -> list[Outcome]:
        """Forget people who were deleted; what was known of merged ones goes to their survivor."""
        for loser, survivor in () if self.dry_run else gone.items():
            if survivor is None or not hand_over(self.ledger, loser, survivor):
                self.ledger.forget([loser])
        return [Outcome(ref, "gone", survivor=survivor) for ref, survivor in gone.items()]

    def _park(
        self, reasons: Mapping[PersonRef, CrmError | str], left: Mapping[PersonRef, Outcome] | None = None
    ) -> Iterator[Outcome]:
        if not self.dry_run and reasons:
            now = self.clock()
            self.ledger.park(Parked(ref, str(reason), now) for ref, reason in reasons.items())
        for ref, reason in reasons.items():
            error = reason if isinstance(reason, CrmError) else None
            yield replace((left or {}).get(ref) or Outcome(ref, "parked"), reason=str(reason), error=error)


_HELD: Final[Mapping[Locale, str]] = {
    "es": "otro proceso lo tiene retenido — vuelva a ejecutar `puente qualify` con su identificador",
    "en": "another process holds this person — run `puente qualify` with the id again",
}
_KEEPS_CHANGING: Final[Mapping[Locale, str]] = {
    "es": "alguien lo está editando sin parar — vuelva a ejecutar `puente qualify` con su identificador",
    "en": "somebody keeps editing this person — run `puente qualify` with the id again",
}


def _is_settled(receipt: Receipt | None) -> bool:
    return receipt is None or receipt.outcome == "written"


def _to_remember(case: _Case, receipt: Receipt | None, fetched_at: datetime) -> Remembered:
    decision = case.decision
    return Remembered(
        memory=decision.after,
        decided_at=decision.decided_at,
        fetched_at=fetched_at,
        next_review_at=decision.next_review_at,
        refused_lifecycle=_refused_lifecycle(case, receipt),
        review_keys=_review_keys(case),
    )


def _review_keys(case: _Case) -> tuple[str, ...]:
    """Return the keys of review tasks that are not over: those known and the one just opened; none past the MQL."""
    if case.decision.stage != "mql":
        return ()
    known, opened = case.remembered.review_keys if case.remembered else (), case.decision.handoff
    return tuple(dict.fromkeys((*known, *((opened.key,) if opened and opened.key else ()))))


def _refused_lifecycle(case: _Case, receipt: Receipt | None) -> str | None:
    """Return the move the CRM would not take: asked for again once the stage changes, not at every run."""
    if receipt and receipt.lifecycle_refused:
        return case.plan.lifecycle
    stays = case.plan.lifecycle is None and case.decision.stage == case.decision.before.stage
    return case.remembered.refused_lifecycle if stays and case.remembered else None


def told_once(outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
    """Leave out a second look at somebody, such as a merge's survivor, that changed nothing."""
    told: set[PersonRef] = set()
    for outcome in outcomes:
        if outcome.ref not in told or outcome.outcome != "unchanged":
            yield outcome
        told.add(outcome.ref)


def read_ahead(waves: Iterator[Fetched], clock: Clock) -> Iterator[tuple[Fetched, datetime]]:
    """Read the next wave while the present one is decided and written. Errors come out where they belong.

    Each wave comes with an instant before its reading began: that of the wave before it, because one page of people
    may be shared by two waves.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="read-ahead") as reader:
        earlier = began_at = clock()
        pending = reader.submit(next, waves, None)
        while (fetched := pending.result()) is not None:
            read_from, earlier, began_at = earlier, began_at, clock()
            pending = reader.submit(next, waves, None)
            yield fetched, read_from
