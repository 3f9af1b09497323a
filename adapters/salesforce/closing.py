"""Close review tasks that no longer make sense, tell where tasks stand, and mark late ones."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from adapters.fanout import ends_the_run
from adapters.salesforce import soql
from adapters.salesforce.gateway import Gateway, Query
from adapters.salesforce.guard import Guard
from adapters.salesforce.replies import Row
from adapters.salesforce.schema import Schema
from adapters.salesforce.task_form import (
    DESCRIPTION,
    OWNER,
    PRIORITY,
    STATUS,
    SUBJECT,
    TaskForm,
    is_untouched,
    state_of_task,
    with_mark,
    with_reason,
)
from adapters.salesforce.update import Change, CollectionUpdater
from connector.errors import CrmError, RejectedError
from connector.ports import Escalation, PersonRef, TaskClosing, TaskState

_COMPLETED = "Completed"


@dataclass(slots=True)
class Closed:
    """Say which keys were closed per person, and for whom closing failed."""

    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    failed: dict[str, CrmError] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Planned:
    """Hold the closing of one task."""

    person_id: str
    key: str
    change: Change


@dataclass(frozen=True, slots=True)
class TaskReview:
    """Work on tasks found by key. A task that is done or begun is left as it is."""

    gateway: Gateway
    schema: Schema
    guard: Guard
    updater: CollectionUpdater
    form: Callable[[], TaskForm]
    user_id: Callable[[], str | None]

    def plan(self, closings: Mapping[str, Sequence[TaskClosing]], found: Mapping[str, Row]) -> dict[str, Planned]:
        """Choose the untouched tasks to complete, by id; the reason is added to their text."""
        wanted = [
            (person_id, closing, task)
            for person_id, many in closings.items()
            for closing in many
            if (task := found.get(closing.key)) is not None
        ]
        if not wanted:
            return {}
        form, user_id = self.form(), self.user_id()
        untouched = [one for one in wanted if is_untouched(one[2], form, user_id)]
        done = self._closed_status() if untouched else _COMPLETED
        return {
            task.id: Planned(
                person_id,
                closing.key,
                Change("Task", task.id, {STATUS: done, **_reasoned(task, closing.reason)}),
            )
            for person_id, closing, task in untouched
        }

    def close(self, planned: Mapping[str, Planned], done: Collection[str]) -> Closed:
        """Complete what is planned and not done yet."""
        closed = Closed()
        failed = self.updater.run([one.change for task_id, one in planned.items() if task_id not in done])
        for task_id, one in planned.items():
            if task_id in failed:
                closed.failed[one.person_id] = failed[task_id]
            else:
                closed.keys[one.person_id] = (*closed.keys.get(one.person_id, ()), one.key)
        return closed

    def _closed_status(self) -> str:
        """Return a status that closes a task: the standard one, else what the organisation calls closed."""
        detail = self.schema.detail("Task", STATUS)
        options = detail.info.options if detail else ()
        if not options or _COMPLETED in options:
            return _COMPLETED
        query = soql.select(("Id", "ApiName", "MasterLabel"), "TaskStatus", "IsClosed = true", order_by="SortOrder")
        rows = self.gateway.ask([Query(query)], "read_tasks")[0].rows
        names = [row.get("ApiName") or row.get("MasterLabel") for row in rows]
        return next((name for name in names if name in options), _COMPLETED)

    def states(self, tasks: Sequence[tuple[PersonRef, str]]) -> Mapping[str, TaskState]:
        """Return where tasks stand, by key; empty when they cannot be read."""
        found = self._find([key for _, key in tasks])
        if found is None:
            return {}
        form, user_id = self.form(), self.user_id()
        return {key: state_of_task(found.get(key), form, user_id) for _, key in tasks}

    def escalate(self, escalations: Sequence[Escalation]) -> Mapping[str, TaskState]:
        """Mark waiting tasks, raise their priority, and hand them to the new owner unless Salesforce refuses them."""
        found = self._find([one.key for one in escalations])
        if found is None:
            return {}
        form, user_id = self.form(), self.user_id()
        states = {one.key: state_of_task(found.get(one.key), form, user_id) for one in escalations}
        late = [one for one in escalations if states[one.key].state == "waiting"]
        by_task = {found[one.key].id: one for one in late}
        marked = {i: self._marked(found[one.key], one, form) for i, one in by_task.items()}
        owned = {i: {**values, OWNER: one.owner} for i, values in marked.items() if (one := by_task[i]).owner}
        failed = self._update({**marked, **owned})
        again = {i: marked[i] for i, error in failed.items() if i in owned and isinstance(error, RejectedError)}
        failed = {i: e for i, e in failed.items() if i not in again} | self._update(again)
        failed_keys = {by_task[i].key for i in failed}
        return {key: state for key, state in states.items() if key not in failed_keys}

    def _marked(self, task: Row, escalation: Escalation, form: TaskForm) -> dict[str, object]:
        priority = form.high_priority()
        return {
            SUBJECT: with_mark(task.get(SUBJECT), escalation.mark),
            **({PRIORITY: priority} if priority else {}),
        }

    def _update(self, values: Mapping[str, Mapping[str, object]]) -> dict[str, CrmError]:
        return self.updater.run([Change("Task", task_id, changes) for task_id, changes in values.items()])

    def _find(self, keys: Sequence[str]) -> dict[str, Row] | None:
        try:
            return self.guard.find_tasks(keys) if keys else {}
        except CrmError as error:
            if ends_the_run(error):
                raise
            return None


def _reasoned(task: Row, reason: str) -> dict[str, object]:
    """Return the description with the reason of a closing; nothing when there is no room for it."""
    before = task.get(DESCRIPTION)
    after = with_reason(before, reason)
    return {} if after == before else {DESCRIPTION: after}
