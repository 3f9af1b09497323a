"""Turn task drafts into Salesforce's tasks, and read where found ones stand. Pure.

Source: Salesforce object reference, Task, read 2026-11 (documented): a due *date*, 255 characters of subject, 32,000
of description; the values of Status and Priority belong to the organisation; a Lead as `WhoId` forbids a `WhatId`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adapters.raw_values import format_instant, to_instant, without_controls
from adapters.salesforce.lengths import cut, length
from adapters.salesforce.replies import Row, is_true
from adapters.salesforce.schema import FieldDetail, ObjectDetail
from connector.ports import TaskDraft, TaskState

SUBJECT: Final = "Subject"
DESCRIPTION: Final = "Description"
STATUS: Final = "Status"
PRIORITY: Final = "Priority"
OWNER: Final = "OwnerId"
TASK_FIELDS: Final = (
    SUBJECT, DESCRIPTION, STATUS, "IsClosed", PRIORITY, OWNER, "IsDeleted", "CreatedDate", "LastModifiedDate",
    "LastModifiedById", "WhoId",
)  # fmt: skip
LONGEST_SUBJECT: Final = 255
LONGEST_DESCRIPTION: Final = 32_000
_PRIORITIES: Final[Mapping[str, str]] = {"low": "Low", "medium": "Normal", "high": "High"}
_CALLS: Final = ("contact", "call")
_SETTLING_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class TaskForm:
    """Build tasks in the words of one organisation. `time_zone` says which day a due moment falls on."""

    task: ObjectDetail
    key_field: str
    time_zone: str | None

    def build(self, draft: TaskDraft, person_id: str, owner: str | None) -> dict[str, object]:
        """Build a new task; fields and values that the organisation does not know are left out."""
        wanted: dict[str, object] = {
            PRIORITY: self._option(PRIORITY, _PRIORITIES[draft.priority]),
            STATUS: self._option(STATUS, "Not Started"),
            "TaskSubtype": self._option("TaskSubtype", "Call" if draft.kind in _CALLS else "Task"),
            "IsReminderSet": True,
            "ReminderDateTime": format_instant(draft.due_at),
        }
        known = {name: value for name, value in wanted.items() if value is not None and self._takes(name)}
        if "ReminderDateTime" not in known or "IsReminderSet" not in known:
            known = {name: value for name, value in known.items() if "Reminder" not in name}
        return {
            "attributes": {"type": "Task"},
            SUBJECT: cut(" ".join(without_controls(draft.subject).split()), LONGEST_SUBJECT),
            DESCRIPTION: cut(without_controls(draft.body), LONGEST_DESCRIPTION),
            "WhoId": person_id,
            "ActivityDate": self._day(draft.due_at),
            self.key_field: draft.key,
            **known,
            **({OWNER: owner} if owner else {}),
        }

    def high_priority(self) -> str | None:
        return self._option(PRIORITY, _PRIORITIES["high"])

    def is_untouched_status(self, status: str) -> bool:
        return status in ("", self._option(STATUS, "Not Started"))

    def _detail(self, name: str) -> FieldDetail | None:
        return self.task.fields.get(name)

    def _takes(self, name: str) -> bool:
        detail = self._detail(name)
        return detail is not None and detail.createable

    def _option(self, name: str, wanted: str) -> str | None:
        """Return a value the organisation knows: the wanted one, its default, or its first."""
        detail = self._detail(name)
        options = detail.info.options if detail else ()
        if detail is None or not options or wanted in options:
            return wanted
        return detail.default_option or options[0]

    def _day(self, due_at: datetime) -> str:
        try:
            zone = ZoneInfo(self.time_zone) if self.time_zone else UTC
        except (ZoneInfoNotFoundError, ValueError):
            zone = UTC
        return due_at.astimezone(zone).date().isoformat()


def with_reason(description: str, reason: str) -> str:
    """Add the reason of a closing to a description, once, as far as there is room; what stands there is never cut."""
    addition = without_controls(reason)
    kept = description.rstrip()
    room = LONGEST_DESCRIPTION - length(kept) - 2
    if addition in description or room <= 0:
        return description
    return f"{kept}\n\n{cut(addition, room)}"


def with_mark(subject: str, mark: str) -> str:
    """Put a mark before a subject, once."""
    return subject if subject.startswith(mark) else cut(f"{mark} {subject}", LONGEST_SUBJECT)


def is_untouched(task: Row, form: TaskForm, user_id: str | None) -> bool:
    """Say whether nobody has worked on a task: open as it was made, and changed by nobody but us."""
    if (
        is_true(task.get("IsClosed"))
        or is_true(task.get("IsDeleted"))
        or not form.is_untouched_status(task.get(STATUS))
    ):
        return False
    if user_id is not None and task.get("LastModifiedById"):
        return task.get("LastModifiedById")[:15] == user_id[:15]
    created_at, changed_at = to_instant(task.get("CreatedDate")), to_instant(task.get("LastModifiedDate"))
    if created_at is None or changed_at is None:
        return True
    return abs((changed_at - created_at).total_seconds()) <= _SETTLING_SECONDS


def state_of_task(task: Row | None, form: TaskForm, user_id: str | None) -> TaskState:
    """Say where a task stands; a deleted one is missing."""
    if task is None or is_true(task.get("IsDeleted")):
        return TaskState("missing")
    owner = task.get(OWNER) or None
    if is_true(task.get("IsClosed")):
        return TaskState("done", owner)
    return TaskState("waiting" if is_untouched(task, form, user_id) else "begun", owner)
