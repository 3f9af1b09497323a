"""Look where handed-over tasks stand, and mark the late ones nobody has begun with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from adapters.hubspot.closing import TaskCloser
from adapters.hubspot.gateway import Gateway
from adapters.hubspot.needs import OWNER
from adapters.hubspot.replies import CrmRecord
from adapters.hubspot.task_form import COMPLETED, NOT_STARTED, PRIORITY, STATUS, SUBJECT, with_mark
from adapters.hubspot.tasks import TASKS, TaskDesk
from adapters.hubspot.update import BatchUpdater
from connector.errors import RejectedError
from connector.ports import Escalation, PersonRef, TaskState

_HIGH: Final = "HIGH"


class TaskReview:
    """Find tasks by key on their contacts. What cannot be read or written is left out and asked for another time."""

    def __init__(self, gateway: Gateway, desk: TaskDesk, closer: TaskCloser, key_property: str) -> None:
        self._desk = desk
        self._closer = closer
        self._key_property = key_property
        self._updater = BatchUpdater(gateway, TASKS, "write_tasks")

    def states(self, tasks: Sequence[tuple[PersonRef, str]]) -> Mapping[str, TaskState]:
        return {key: state for key, (state, _) in self._look(tasks).items()}

    def escalate(self, escalations: Sequence[Escalation]) -> Mapping[str, TaskState]:
        """Mark waiting tasks, raise their priority and hand them to the new owner, unless HubSpot refuses them."""
        found = self._look([(one.ref, one.key) for one in escalations])
        marked: dict[str, tuple[Escalation, dict[str, str]]] = {}
        for one in escalations:
            state, task = found.get(one.key, (None, None))
            if state is not None and task is not None and state.state == "waiting":
                marked[task.id] = (one, {SUBJECT: with_mark(task.get(SUBJECT), one.mark), PRIORITY: _HIGH})
        with_owner = {i: {**changes, OWNER: one.owner} for i, (one, changes) in marked.items() if one.owner}
        updated = self._updater.run({**{i: changes for i, (_, changes) in marked.items()}, **with_owner})
        refused = [i for i, error in updated.failed.items() if isinstance(error, RejectedError) and i in with_owner]
        if refused:
            again = self._updater.run({i: marked[i][1] for i in refused})
            updated.failed = {i: e for i, e in updated.failed.items() if i not in refused} | again.failed
        failed_keys = {marked[i][0].key for i in updated.failed}
        return {key: state for key, (state, _) in found.items() if key not in failed_keys}

    def _look(self, tasks: Sequence[tuple[PersonRef, str]]) -> dict[str, tuple[TaskState, CrmRecord | None]]:
        shelf = self._desk.look({ref.object_id for ref, _ in tasks})
        found = {
            key: shelf.find(ref.object_id, key, self._key_property)
            for ref, key in tasks
            if ref.object_id not in shelf.failed
        }
        waiting = [task for task in found.values() if task is not None and _not_started(task)]
        untouched = self._closer.untouched(waiting)
        return {key: (_state(task, untouched), task) for key, task in found.items()}


def _not_started(task: CrmRecord) -> bool:
    return task.get(STATUS).upper() in (NOT_STARTED, "")


def _state(task: CrmRecord | None, untouched: set[str]) -> TaskState:
    if task is None:
        return TaskState("missing")
    owner = task.get(OWNER) or None
    if task.get(STATUS).upper() == COMPLETED:
        return TaskState("done", owner)
    return TaskState("waiting" if task.id in untouched else "begun", owner)
