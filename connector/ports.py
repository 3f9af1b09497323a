"""Say what the core asks of a CRM, in the core's own words. Each adapter implements `Crm`; nothing here does I/O."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from connector.domain.person import Person, SalesVerdict, Stage, Timeline
from connector.errors import CrmError

if TYPE_CHECKING:
    from connector.health import Health

FieldValue: TypeAlias = str | float | datetime | None
"""A value of one of our own fields: text, number, aware UTC instant, or None for empty."""


@dataclass(frozen=True, slots=True, order=True)
class PersonRef:
    """Name one person in the CRM (`object_type` is `contact` or `lead`)."""

    object_type: str
    object_id: str


@dataclass(frozen=True, slots=True)
class StageMark:
    """Say what one stage field of the CRM holds, since when, and who put it there.

    `by` is None when the CRM's history could not tell; `puente` when our own application wrote it; `person` for an
    edit by hand; `crm` for imports, workflows, other integrations and the CRM's own movers (deal created, won).
    `raw` is the CRM's own value: with `stage` None it is a stage of the customer's that the mapping does not know.
    """

    stage: Stage | None
    at: datetime | None = None
    by: Literal["puente", "person", "crm"] | None = None
    raw: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """Hold one person as read: the decision's inputs and the present values of the fields we may write.

    `own` is our stage field, `lifecycle` the CRM's. `current` has a key for every write-back field of the mapping and
    for the sales answers. `verdict` may lack a trustworthy date: `verdict_at` None then.
    `guard` is opaque to the core: the adapter compares it with a fresh reading just before it writes. `merged` names
    the records that became this one, `inherited` the keys of tasks that came with them and that nobody has completed,
    where reading people shows their tasks.
    """

    ref: PersonRef
    person: Person
    timeline: Timeline
    own: StageMark
    lifecycle: StageMark
    current: Mapping[str, FieldValue]
    verdict: Literal["accepted", "rejected"] | None = None
    verdict_reason: str | None = None
    verdict_at: datetime | None = None
    guard: object = None
    merged: tuple[PersonRef, ...] = ()
    inherited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Name a source this account cannot supply, and why (`tier`, `scope`, `missing_property`, `not_imitated` …)."""

    source: str
    why: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """Account for every person asked for: read, gone (with the survivor of a merge, when known), or failed."""

    records: tuple[Record, ...] = ()
    gone: Mapping[PersonRef, PersonRef | None] = field(default_factory=dict)
    failed: Mapping[PersonRef, CrmError] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TaskDraft:
    """Describe the one task of a handoff episode. `body` is plain text; the adapter escapes it for its CRM.

    `owner` None leaves the task unassigned; `fallback_owner` is tried when the CRM refuses the owner as inactive.
    """

    key: str
    kind: str
    subject: str
    body: str
    due_at: datetime
    priority: Literal["low", "medium", "high"]
    owner: str | None = None
    fallback_owner: str | None = None


@dataclass(frozen=True, slots=True)
class TaskClosing:
    """Ask for the untouched task with `key` to be completed, with the reason added."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Escalation:
    """Ask for the task with `key` to be marked as late, when nobody has begun with it.

    `mark` goes before the subject, once; `owner` takes the task over, None leaves it where it is.
    """

    ref: PersonRef
    key: str
    mark: str
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class TaskState:
    """Say where a task stands: `waiting` (nobody has begun), `begun`, `done`, or `missing`; and whose it is."""

    state: Literal["waiting", "begun", "done", "missing"]
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Write:
    """Hold everything one decision changes: fields with old and new value, lifecycle move, task to ensure or close.

    `lifecycle` is the CRM's raw value to move forward to; None leaves it. A `Write` with nothing in it is not built.
    """

    record: Record
    fields: Mapping[str, tuple[FieldValue, FieldValue]] = field(default_factory=dict)
    lifecycle: str | None = None
    task: TaskDraft | None = None
    closings: tuple[TaskClosing, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """Say what became of one `Write`.

    `written`: all of it is in the CRM (`task_id` of the task made or found; `task_created` only when made now).
    `moved`: somebody changed the person between our reading and our writing; no task was made: read again. Nothing was
    written, but where only the CRM's answer told of the change: then our own fields were.
    `gone`: deleted, or merged into `survivor`. `parked`: `error` says why and needs a person or a later try;
    `fields_written` when only the task failed.
    `lifecycle_refused`: all was written but the lifecycle move, which the CRM silently did not take.
    """

    ref: PersonRef
    outcome: Literal["written", "moved", "gone", "parked"]
    task_id: str | None = None
    task_created: bool = False
    closed: tuple[str, ...] = ()
    survivor: PersonRef | None = None
    error: CrmError | None = None
    fields_written: bool = False
    lifecycle_refused: bool = False


@dataclass(frozen=True, slots=True)
class FieldChange:
    """Say that a field held `value` from an instant on (None: from the beginning), and who put it there.

    `field` is `attribute:` and the mapping's name, with the value as text of its declared type; or `own_stage`,
    `lifecycle_stage` or `verdict`, with the CRM's own value. `value` None is empty or unreadable.
    """

    field: str
    value: str | None
    at: datetime | None
    by: Literal["puente", "person", "crm"] | None = None


@dataclass(frozen=True, slots=True)
class Histories:
    """Hold changes by person, oldest first; `fields` are those whose history this account is known to keep."""

    changes: Mapping[PersonRef, Sequence[FieldChange]] = field(default_factory=dict)
    fields: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """Describe one field of the CRM's own schema. `type` is the CRM's word for it."""

    name: str
    label: str
    type: str
    options: tuple[str, ...] = ()
    writable: bool = True


class Crm(Protocol):
    """Read people, write decisions. Every method may raise CrmError when the whole call failed for good."""

    name: str

    @property
    def lifecycle_field(self) -> str | None:
        """Return the name of the CRM's own stage field; None where it has none."""

    def account(self) -> str:
        """Return the id of the account (HubSpot portal, Salesforce organisation)."""

    def preflight(self, *, dry_run: bool = False) -> Sequence[str]:
        """Check that the credentials work and the fields we write exist. Raises AccessError, MappingError.

        With `dry_run` the fields that `puente install` makes may be missing: they are returned, and nothing is written.
        """

    def fetch(
        self, refs: Sequence[PersonRef], *, now: datetime, needs_history: Callable[[Record], bool] | None = None
    ) -> Fetched:
        """Read people with their timelines, in the fewest calls, accounting for every one of `refs`.

        `needs_history` tells for whom the CRM's own history must say who set the stage; it costs calls.
        """

    def fetch_all(
        self,
        *,
        now: datetime,
        changed_since: datetime | None = None,
        needs_history: Callable[[Record], bool] | None = None,
        skip: Collection[PersonRef] = frozenset(),
    ) -> Iterator[Fetched]:
        """Read the whole base (or what changed since an instant) in waves of up to a thousand people.

        Those to `skip` were read before a run was cut off: they are left out, and cost no call of their own.
        """

    def everybody(self) -> Iterator[PersonRef]:
        """List who there is and nothing about them: the cheapest way to see who is gone."""

    def count(self) -> int | None:
        """Return how many people there are, for a progress bar; None when the CRM does not tell cheaply."""

    def find(self, email: str) -> PersonRef | None:
        """Find a person by primary or secondary e-mail."""

    def apply(self, writes: Sequence[Write]) -> list[Receipt]:
        """Write; one receipt per write, in order. Safe to repeat: fields are absolute, tasks are keyed."""

    def people_of(self, engagements: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], Sequence[PersonRef]]:
        """Return whose engagements (calls, e-mails, tasks, deals …) these are, by object type and id.

        One without people has an empty list. Raises CrmError when any could not be read.
        """

    def task_states(self, tasks: Sequence[tuple[PersonRef, str]]) -> Mapping[str, TaskState]:
        """Return where tasks stand, by key; what could not be read is left out."""

    def escalate(self, escalations: Sequence[Escalation]) -> Mapping[str, TaskState]:
        """Mark the late tasks nobody has begun with, and say by key where each stood; what failed is left out."""

    def unavailable(self) -> tuple[Unavailable, ...]:
        """Return the sources the model wants and this account refused so far."""

    def calls(self) -> Mapping[str, int]:
        """Return how many requests were sent so far, by what they were for."""

    def clock_lead(self) -> timedelta | None:
        """Return how far our clock is ahead of the CRM's (negative: behind), never less than it is; None: untold."""

    def outcomes(self, refs: Sequence[PersonRef]) -> Mapping[PersonRef, Sequence[Deal]]:
        """Read the deals of people, for the attributes `from: deals` and for learning."""

    def histories(self, refs: Sequence[PersonRef]) -> Histories:
        """Read what fields held when, and who put it there, as far as the CRM keeps it; it costs calls."""

    def schema(self) -> Mapping[str, FieldInfo]:
        """Return the CRM's own fields of a person, by name."""

    def health(self) -> Health:
        """Return who answers questions about this account's fitness."""


@dataclass(frozen=True, slots=True)
class Deal:
    """Hold one deal: `state` open, won or lost."""

    id: str
    state: Literal["open", "won", "lost"]
    created_at: datetime | None
    closed_at: datetime | None
    amount: float | None


__all__ = [
    "Crm", "Deal", "Escalation", "Fetched", "FieldChange", "FieldInfo", "FieldValue", "Histories", "PersonRef",
    "Receipt", "Record", "SalesVerdict", "StageMark", "TaskClosing", "TaskDraft", "TaskState", "Unavailable", "Write",
]  # fmt: skip
