"""A CRM in memory: the smallest thing that keeps the promises of `connector.ports.Crm`, with accidents on request."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connector.domain.person import Person, Stage, Timeline
from connector.errors import CrmError, RejectedError, UnavailableError
from connector.ports import (
    Deal,
    Escalation,
    Fetched,
    FieldChange,
    FieldInfo,
    FieldValue,
    Histories,
    PersonRef,
    Receipt,
    Record,
    StageMark,
    TaskDraft,
    TaskState,
    Unavailable,
    Write,
)

STAGE_OF = {"marketingqualifiedlead": "mql", "salesqualifiedlead": "sql", "lead": "lead", "customer": "customer"}


@dataclass
class Held:
    """Hold what the CRM knows of one person."""

    attributes: Mapping[str, str] = field(default_factory=dict)
    timeline: Timeline = field(default_factory=Timeline)
    fields: dict[str, FieldValue] = field(default_factory=dict)
    lifecycle: str | None = None
    lifecycle_at: datetime | None = None
    stage_by: str | None = None
    verdict: tuple[str, str | None, datetime] | None = None
    merged: tuple[str, ...] = ()


@dataclass
class FakeCrm:
    """Keep people and tasks in dictionaries; `accidents` happen just before `apply` writes, and may ask to return."""

    people: dict[str, Held] = field(default_factory=dict)
    tasks: dict[str, tuple[str, TaskDraft]] = field(default_factory=dict)
    closed: list[str] = field(default_factory=list)
    merged: dict[str, str] = field(default_factory=dict)
    rejects: set[str] = field(default_factory=set)
    tasks_refused: bool = False
    broken: set[str] = field(default_factory=set)
    accidents: list[Callable[[FakeCrm], None]] = field(default_factory=list)
    returning_accidents: list[Callable[[FakeCrm], None]] = field(default_factory=list)
    engagements: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    engagement_errors: list[CrmError] = field(default_factory=list)
    states: dict[str, TaskState] = field(default_factory=dict)
    past: dict[str, list[FieldChange]] = field(default_factory=dict)
    escalated: list[Escalation] = field(default_factory=list)
    dies_after: str | None = None
    keeps_lifecycle: bool = False
    writes: int = 0
    lead: timedelta | None = None
    name: str = "hubspot"
    lifecycle_field: str | None = "lifecyclestage"

    def account(self) -> str:
        return "62515"

    def preflight(self, *, dry_run: bool = False) -> tuple[str, ...]:
        return ()

    def count(self) -> int | None:
        return len(self.people)

    def find(self, email: str) -> PersonRef | None:
        return next((ref(id_) for id_, held in self.people.items() if held.attributes.get("email") == email), None)

    def unavailable(self) -> tuple[Unavailable, ...]:
        return ()

    def calls(self) -> Mapping[str, int]:
        return {"write": self.writes}

    def clock_lead(self) -> timedelta | None:
        return self.lead

    def outcomes(self, refs: Sequence[PersonRef]) -> Mapping[PersonRef, Sequence[Deal]]:
        return dict.fromkeys(refs, ())

    def histories(self, refs: Sequence[PersonRef]) -> Histories:
        found = {one: self.past[one.object_id] for one in refs if one.object_id in self.past}
        return Histories(found, frozenset(change.field for changes in found.values() for change in changes))

    def schema(self) -> Mapping[str, FieldInfo]:
        return {}

    def fetch(
        self, refs: Sequence[PersonRef], *, now: datetime, needs_history: Callable[[Record], bool] | None = None
    ) -> Fetched:
        gone = {
            one: ref(self.merged[one.object_id]) if one.object_id in self.merged else None
            for one in refs
            if one.object_id not in self.people
        }
        failed: dict[PersonRef, CrmError] = {
            one: UnavailableError("the timeline could not be read") for one in refs if one.object_id in self.broken
        }
        present = [one for one in refs if one not in gone and one not in failed]
        return Fetched(tuple(self._record(one) for one in present), gone, failed)

    def fetch_all(
        self,
        *,
        now: datetime,
        changed_since: datetime | None = None,
        needs_history: Callable[[Record], bool] | None = None,
        skip: Collection[PersonRef] = frozenset(),
    ) -> Iterator[Fetched]:
        ids = sorted(id_ for id_ in self.people if ref(id_) not in skip)
        for start in range(0, len(ids), 2):
            yield self.fetch([ref(id_) for id_ in ids[start : start + 2]], now=now)

    def everybody(self) -> Iterator[PersonRef]:
        return (ref(id_) for id_ in sorted(self.people))

    def people_of(self, engagements: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], Sequence[PersonRef]]:
        if self.engagement_errors:
            raise self.engagement_errors.pop(0)
        return {one: [ref(id_) for id_ in self.engagements.get(one, ())] for one in engagements}

    def task_states(self, tasks: Sequence[tuple[PersonRef, str]]) -> Mapping[str, TaskState]:
        return {key: self.states.get(key, TaskState("missing")) for _, key in tasks}

    def escalate(self, escalations: Sequence[Escalation]) -> Mapping[str, TaskState]:
        found = {one.key: self.states.get(one.key, TaskState("missing")) for one in escalations}
        self.escalated += [one for one in escalations if found[one.key].state == "waiting"]
        return found

    def _record(self, one: PersonRef) -> Record:
        held = self.people[one.object_id]
        own_stage, own_at = held.fields.get("puente_stage"), held.fields.get("puente_stage_at")
        verdict = held.verdict
        return Record(
            ref=one,
            person=Person(dict(held.attributes), "hubspot", "62515", "contact", one.object_id),
            timeline=held.timeline,
            own=StageMark(own_stage, own_at if isinstance(own_at, datetime) else None, held.stage_by),  # type: ignore[arg-type]
            lifecycle=StageMark(_stage(held.lifecycle), held.lifecycle_at, None, held.lifecycle),
            current=dict(held.fields),
            verdict=verdict[0] if verdict else None,  # type: ignore[arg-type]
            verdict_reason=verdict[1] if verdict else None,
            verdict_at=verdict[2] if verdict else None,
            guard=(own_stage, held.lifecycle),
            merged=tuple(ref(loser) for loser in held.merged),
        )

    def apply(self, writes: Sequence[Write]) -> list[Receipt]:
        due, self.accidents, self.returning_accidents = [*self.accidents, *self.returning_accidents], [], []
        for accident in due:
            accident(self)
        return [self._apply_one(write) for write in writes]

    def _apply_one(self, write: Write) -> Receipt:
        one = write.record.ref
        if one.object_id not in self.people:
            survivor = self.merged.get(one.object_id)
            return Receipt(one, "gone", survivor=ref(survivor) if survivor else None)
        held = self.people[one.object_id]
        if write.record.guard != (held.fields.get("puente_stage"), held.lifecycle):
            return Receipt(one, "moved")
        if one.object_id in self.rejects:
            return Receipt(one, "parked", error=RejectedError("puente_stage: the portal's rule 'X' refused it"))
        self.writes += 1
        held.fields.update({name: new for name, (_, new) in write.fields.items()})
        refused = write.lifecycle is not None and self.keeps_lifecycle
        held.lifecycle = held.lifecycle if refused else write.lifecycle or held.lifecycle
        if self.dies_after == "person":
            raise KeyboardInterrupt
        if write.task and self.tasks_refused:
            return Receipt(one, "parked", error=RejectedError("Task: a rule refused it"), fields_written=True)
        created = write.task is not None and write.task.key not in self.tasks
        if write.task and created:
            self.tasks[write.task.key] = (one.object_id, write.task)
        if self.dies_after == "task":
            raise KeyboardInterrupt
        self.closed += [closing.key for closing in write.closings]
        task_id = write.task.key if write.task else None
        return Receipt(one, "written", task_id=task_id, task_created=created, lifecycle_refused=refused)


def ref(object_id: str) -> PersonRef:
    return PersonRef("contact", object_id)


def _stage(lifecycle: str | None) -> Stage | None:
    return STAGE_OF.get(lifecycle or "")  # type: ignore[return-value]
