"""Look at a sandbox from its back office: what its CRM holds now, and which requests it was sent."""

from __future__ import annotations

import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from connector.domain.person import UNKNOWN
from connector.domain.values import parse_instant

_TIMEOUT_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class SeenTask:
    """Hold a task as the CRM has it. `owner` is a name, None when nobody has it."""

    subject: str
    due_at: datetime | None
    owner: str | None


@dataclass(frozen=True, slots=True)
class BackOffice:
    """Ask the sandbox's own control pages; they are not part of the imitated API."""

    url: str

    def tasks(self) -> Sequence[SeenTask]:
        """Return the tasks in the CRM, the first due first."""
        state = self._get("state")
        owners = {owner["id"]: f"{owner['firstName']} {owner['lastName']}" for owner in state["owners"]}
        tasks = [_read_task(task["properties"], owners) for task in state["tasks"] if not task["archived"]]
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


def _read_task(properties: Mapping[str, Any], owners: Mapping[str, str]) -> SeenTask:
    due_at = parse_instant(properties.get("hs_timestamp"))
    owner = properties.get("hubspot_owner_id") or None
    return SeenTask(
        subject=properties.get("hs_task_subject") or "",
        due_at=None if due_at is UNKNOWN else due_at,
        owner=owners.get(owner, owner) if owner else None,
    )
