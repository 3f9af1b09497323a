"""Close review tasks that no longer make sense, unless somebody has begun to work on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from adapters.hubspot.gateway import Gateway, ReadJob
from adapters.hubspot.history import is_by_hand
from adapters.hubspot.needs import OWNER
from adapters.hubspot.replies import CrmRecord
from adapters.hubspot.task_form import BODY, CHANGED_AT, COMPLETED, CREATED_AT, NOT_STARTED, STATUS, with_reason
from adapters.hubspot.tasks import TASKS, Shelf
from adapters.hubspot.update import BatchUpdater
from adapters.raw_values import to_instant
from connector.errors import CrmError
from connector.ports import TaskClosing

_SETTLING_SECONDS: Final = 60.0
"""HubSpot itself may touch a task right after its creation."""
_WATCHED: Final = (STATUS, OWNER, BODY, "hs_task_subject", "hs_timestamp", "hs_task_priority")


@dataclass(slots=True)
class Closed:
    """Say which keys were closed per contact, and for whom closing failed."""

    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    failed: dict[str, CrmError] = field(default_factory=dict)


class TaskCloser:
    """Complete untouched tasks by key, with the reason added to their text."""

    def __init__(self, gateway: Gateway, key_property: str) -> None:
        self._gateway = gateway
        self._key_property = key_property
        self._updater = BatchUpdater(gateway, TASKS, "write_tasks")

    def close(self, closings: Mapping[str, Sequence[TaskClosing]], shelf: Shelf) -> Closed:
        """Close what is found untouched; a task that is not there, done or begun is left as it is."""
        closed = Closed(failed={contact_id: e for contact_id, e in shelf.failed.items() if contact_id in closings})
        found: dict[str, tuple[str, TaskClosing, CrmRecord]] = {}
        for contact_id, wanted in closings.items():
            for closing in wanted:
                task = shelf.find(contact_id, closing.key, self._key_property)
                if task is not None and task.get(STATUS).upper() in (NOT_STARTED, ""):
                    found[task.id] = (contact_id, closing, task)
        unread: dict[str, CrmError] = {}
        untouched = self.untouched([task for _, _, task in found.values()], unread)
        closed.failed.update({found[task_id][0]: error for task_id, error in unread.items()})
        changes = {
            task_id: {STATUS: COMPLETED, BODY: with_reason(task.get(BODY), closing.reason)}
            for task_id, (_, closing, task) in found.items()
            if task_id in untouched
        }
        updated = self._updater.run(changes)
        for task_id in changes:
            contact_id, closing, _ = found[task_id]
            if task_id in updated.failed:
                closed.failed[contact_id] = updated.failed[task_id]
            else:
                closed.keys[contact_id] = (*closed.keys.get(contact_id, ()), closing.key)
        return closed

    def untouched(self, tasks: Sequence[CrmRecord], unread: dict[str, CrmError] | None = None) -> set[str]:
        """Return the tasks nobody has worked on: never changed, or changed by no hand as far as the history shows.

        `unread` collects the tasks whose history could not be read: nobody can say of them.
        """
        quiet = {task.id for task in tasks if _never_changed(task)}
        changed = [task.id for task in tasks if task.id not in quiet]
        if changed:
            job = ReadJob(TASKS, changed, (STATUS,), "read_tasks", history=_WATCHED)
            read = self._gateway.read([job])[0]
            if unread is not None:
                unread.update(read.failed)
            for task_id, task in read.records.items():
                versions = [version for name in _WATCHED for version in task.history.get(name, ())]
                if versions and not any(is_by_hand(version) for version in versions):
                    quiet.add(task_id)
        return quiet


def _never_changed(task: CrmRecord) -> bool:
    created_at, changed_at = to_instant(task.get(CREATED_AT)), to_instant(task.get(CHANGED_AT))
    if created_at is None or changed_at is None:
        return True
    return abs((changed_at - created_at).total_seconds()) <= _SETTLING_SECONDS
