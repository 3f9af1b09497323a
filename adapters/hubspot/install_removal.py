"""Remove what Puente made in a HubSpot account: properties and their group, and on request the open tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Final

from adapters.hubspot.client import fetch_access_token
from adapters.hubspot.connection import HubSpotConnection
from adapters.hubspot.install import CONTACTS, GROUP_PART, TASKS, Catalogue, own_fields
from adapters.hubspot.install_fields import GROUP, is_ours
from adapters.hubspot.install_sdk import SdkSender
from adapters.hubspot.replies import parse_page, to_id
from adapters.hubspot.task_form import COMPLETED, STATUS
from adapters.installation import PartState, RemovalPlan
from connector.domain.phrase import phrase
from connector.errors import AccessError, CrmError, GoneError, RejectedError
from connector.own_fields import TASK_KEY_FIELD, OwnField

_BATCH: Final = 100
_ID: Final = "hs_object_id"
_LAST_PAGE: Final = 10_000


def open_removal(
    connection: HubSpotConnection,
    *,
    task_key: str = TASK_KEY_FIELD.name,
    on_refresh_token: Callable[[str], None] | None = None,
) -> HubSpotRemoval:
    """Log in for uninstalling, through the vendor's client."""
    sender = SdkSender(connection, fetch_access_token(connection, on_refresh_token))
    return HubSpotRemoval(Catalogue(sender, connection.api_version), task_key)


class HubSpotRemoval:
    """Find what bears our mark, and archive it. The app itself is removed where it was installed."""

    def __init__(self, catalogue: Catalogue, task_key: str) -> None:
        self._catalogue = catalogue
        self._task_key = task_key
        self._fields = own_fields(task_key)
        self._planned: RemovalPlan | None = None

    def plan(self) -> RemovalPlan:
        """Look for our properties, and count the records that hold a value in them."""
        parts = [*self._look(CONTACTS), *self._look_at_tasks()]
        has_key = any(part.owner == TASKS and part.name == self._task_key for part in parts)
        self._planned = RemovalPlan(tuple(parts), self._count_tasks() if has_key else None)
        return self._planned

    def apply(self, *, tasks: bool) -> tuple[PartState, ...]:
        """Delete tasks first, for their key finds them; a group goes after its properties."""
        plan = self._planned or self.plan()
        if tasks and plan.open_tasks:
            self._delete_tasks()
        return tuple(self._remove(part) if part.state == "installed" else part for part in plan.parts)

    def _look(self, object_type: str) -> Iterator[PartState]:
        present = self._catalogue.read(object_type)
        ours = dict[str, PartState]()
        for name, field in self._fields[object_type].items():
            if name in present:
                ours[name] = self._judge(object_type, name, field, present[name])
        yield from ours.values()
        if self._catalogue.has_group(object_type):
            kept = [
                name
                for name, found in present.items()
                if found.get("groupName") == GROUP and (name not in ours or ours[name].state != "installed")
            ]
            why = phrase("it holds other properties: {names}", names=", ".join(kept)) if kept else ""
            yield PartState(object_type, GROUP_PART, "foreign" if kept else "installed", why)

    def _look_at_tasks(self) -> list[PartState]:
        try:
            return list(self._look(TASKS))
        except (AccessError, GoneError, RejectedError) as error:
            if error.status == 401:
                raise
            return []

    def _judge(self, object_type: str, name: str, field: OwnField, found: Mapping[str, object]) -> PartState:
        if not is_ours(field, found):
            why = phrase("not made by Puente: its group, type or description is another")
            return PartState(object_type, name, "foreign", why)
        return PartState(object_type, name, "installed", records=self._count(object_type, _has(name)))

    def _count(self, object_type: str, *filters: Mapping[str, object]) -> int | None:
        """Count records; None where they may not be counted: that keeps nobody from uninstalling."""
        try:
            return parse_page(self._search(object_type, filters, 1)).total
        except CrmError as error:
            if error.status == 401:
                raise
            return None

    def _count_tasks(self) -> int | None:
        return self._count(TASKS, *self._open())

    def _open(self) -> tuple[Mapping[str, object], ...]:
        return _has(self._task_key), {"propertyName": STATUS, "operator": "NEQ", "value": COMPLETED}

    def _search(self, object_type: str, filters: tuple[Mapping[str, object], ...], limit: int) -> object:
        body = {
            "filterGroups": [{"filters": [dict(one) for one in filters]}],
            "properties": [_ID],
            "sorts": [{"propertyName": _ID, "direction": "ASCENDING"}],
            "limit": limit,
        }
        return self._catalogue.sender.send("POST", self._objects(object_type, "search"), body)

    def _objects(self, object_type: str, *parts: str) -> str:
        return self._catalogue.api.path("crm/objects", object_type, *parts)

    def _delete_tasks(self) -> None:
        """Put our open tasks into the recycle bin, page by page beyond the last one: a search ends at 10,000."""
        last: str | None = None
        for _ in range(_LAST_PAGE):
            beyond = ({"propertyName": _ID, "operator": "GT", "value": last},) if last else ()
            page = parse_page(self._search(TASKS, (*self._open(), *beyond), _BATCH))
            ids = [found for item in page.results if (found := to_id(item.get("id")))]
            if not ids or ids[-1] == last:
                return
            body = {"inputs": [{"id": task_id} for task_id in ids]}
            self._catalogue.sender.send("POST", self._objects(TASKS, "batch", "archive"), body)
            last = ids[-1]

    def _remove(self, part: PartState) -> PartState:
        is_group = part.name == GROUP_PART
        path = ("groups", GROUP) if is_group else (part.name,)
        with suppress(GoneError):  # somebody else, or a run that was stopped, may have removed it already
            self._catalogue.sender.send("DELETE", self._catalogue.path(part.owner, *path))
        return replace(part, state="removed")


def _has(name: str) -> Mapping[str, object]:
    return {"propertyName": name, "operator": "HAS_PROPERTY"}
