"""Look at a sandbox from its back office: what its CRM holds now, and which requests it was sent."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

import orjson

from connector.domain.person import UNKNOWN
from connector.domain.values import parse_instant

_TIMEOUT_SECONDS: Final = 30.0
_SALESFORCE_TASK_KEY: Final = "Puente_Task_Key__c"


@dataclass(frozen=True, slots=True)
class SeenTask:
    """Hold a task as the CRM has it. `owner` is a name, None when nobody has it."""

    subject: str
    due_at: datetime | None
    owner: str | None


class ReadTasks(Protocol):
    """Read one CRM's tasks out of the whole state of its sandbox."""

    def __call__(self, state: Mapping[str, Any], /) -> Iterator[SeenTask]: ...


@dataclass(frozen=True, slots=True)
class BackOffice:
    """Ask the sandbox's own control pages; they are not part of the imitated API."""

    url: str
    read_tasks: ReadTasks

    def tasks(self) -> Sequence[SeenTask]:
        """Return the tasks in the CRM, the first due first."""
        tasks = self.read_tasks(self._get("state"))
        return sorted(tasks, key=lambda task: (task.due_at is None, task.due_at))

    def last_request(self) -> int:
        return int(self._get("journal")["last"])

    def writes_since(self, request: int) -> int:
        """Count the requests after one that changed anything in the CRM."""
        entries = self._get(f"journal?since={request}")["entries"]
        return sum(bool(entry["touched"]) for entry in entries)

    def _get(self, page: str) -> Any:
        # Straight to this machine, whatever proxy the environment names for the outside.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{self.url}/_sandbox/{page}", timeout=_TIMEOUT_SECONDS) as answer:
            return orjson.loads(answer.read())


def back_office(crm: str, url: str) -> BackOffice:
    return BackOffice(url, _salesforce_tasks if crm == "salesforce" else _hubspot_tasks)


def _hubspot_tasks(state: Mapping[str, Any], /) -> Iterator[SeenTask]:
    owners = {owner["id"]: f"{owner['firstName']} {owner['lastName']}" for owner in state["owners"]}
    for task in (task["properties"] for task in state["tasks"] if not task["archived"]):
        owner = task.get("hubspot_owner_id") or None
        yield SeenTask(
            subject=task.get("hs_task_subject") or "",
            due_at=_instant(task.get("hs_timestamp")),
            owner=owners.get(owner, owner) if owner else None,
        )


def _salesforce_tasks(state: Mapping[str, Any], /) -> Iterator[SeenTask]:
    """Yield our tasks, not the activities the past is made of. A due date is a day: the reminder has the moment."""
    owners = {user["id"]: user["properties"]["Name"] for user in state["users"]}
    nobody = state["integration_user"]
    alive = (task["properties"] for task in state["tasks"] if not task["archived"])
    for task in (task for task in alive if task.get(_SALESFORCE_TASK_KEY)):
        owner = task["OwnerId"]
        yield SeenTask(
            subject=task.get("Subject") or "",
            due_at=_instant(task.get("ReminderDateTime") or task.get("ActivityDate")),
            owner=None if owner == nobody else owners.get(owner, owner),
        )


def _instant(raw: object) -> datetime | None:
    instant = parse_instant(raw)
    return None if instant is UNKNOWN else instant
