"""Keep one task per handoff key: look for it, create it, and look again whenever an answer was unclear."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from adapters.http import TIMEOUT, NotSentError
from adapters.hubspot.api import BATCH
from adapters.hubspot.failures import NO_SUCH_PROPERTY
from adapters.hubspot.gateway import Gateway, ReadJob, named_ids
from adapters.hubspot.needs import OWNER
from adapters.hubspot.replies import Batch, CrmRecord, parse_batch
from adapters.hubspot.task_form import BODY, CHANGED_AT, CREATED_AT, STATUS, SUBJECT, has_key, task_properties
from adapters.pieces import chunks, halves
from connector.errors import ConflictError, CrmError, GoneError, RejectedError, RetryableError, UnavailableError
from connector.ports import TaskDraft

TASKS: Final = "tasks"
_ROUNDS: Final = 3
_LOOK_AGAIN_SECONDS: Final = (0.0, 1.0, 4.0)
"""An association may show a moment after its task; a task is created anew only after the last look."""
_LOOK_AGAIN_AFTER_TIMEOUT_SECONDS: Final = (0.0, 2.0, 10.0)
"""What took too long may still be at work."""
_TIMEOUT_STATUSES: Final = (408, 504, 524)


@dataclass(slots=True)
class Shelf:
    """Hold the tasks found on contacts; a contact in `failed` could not be looked at."""

    tasks: dict[str, list[CrmRecord]] = field(default_factory=dict)
    failed: dict[str, CrmError] = field(default_factory=dict)

    def find(self, contact_id: str, key: str, key_property: str) -> CrmRecord | None:
        """Return the task of a key, the oldest if there are several."""
        found = [task for task in self.tasks.get(contact_id, ()) if has_key(task, key, key_property)]
        return min(found, key=lambda task: (len(task.id), task.id), default=None)


@dataclass(slots=True)
class Order:
    """Follow one task through its creation. It ends with a `task_id` or an `error`.

    `refused_owners` is shared by the tasks of one call, so that a deactivated user is met once.
    """

    contact_id: str
    draft: TaskDraft
    owners: list[str | None]
    refused_owners: set[str]
    tried_owner: str | None = None
    tried_property: bool = False
    task_id: str | None = None
    sent: bool = False
    created: bool = False
    error: CrmError | None = None
    unclear: CrmError | None = None

    @classmethod
    def of(cls, contact_id: str, draft: TaskDraft, refused_owners: set[str]) -> Order:
        owners = dict.fromkeys((draft.owner or None, draft.fallback_owner or None, None))
        return cls(contact_id, draft, list(owners), refused_owners)

    @property
    def key(self) -> str:
        return self.draft.key

    @property
    def open(self) -> bool:
        return self.task_id is None and self.error is None


class TaskDesk:
    """Ensure tasks.

    HubSpot documents no repeatable create. Where tasks have our key as a unique property, HubSpot itself refuses a
    second one. Elsewhere two processes that create the same task within the same instant, neither seeing the other's
    yet, can both succeed: who calls keeps one person to one worker at a time.
    """

    def __init__(self, gateway: Gateway, key_property: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._gateway = gateway
        self._key_property = key_property
        self._has_key_property = True
        self._sleep = sleep

    def without_key_property(self) -> None:
        """Keep the key in the body alone: the portal has no property for it."""
        self._has_key_property = False

    def look(self, contact_ids: Iterable[str]) -> Shelf:
        """Read the tasks of contacts. Associations and reads by id are current; search is not and is never used."""
        links = self._gateway.associations([(TASKS, list(contact_ids))])[TASKS]
        ids = sorted({task_id for linked in links.to_ids.values() for task_id in linked})
        properties = (self._key_property, SUBJECT, BODY, STATUS, OWNER, CREATED_AT, CHANGED_AT)
        found = self._gateway.read([ReadJob(TASKS, ids, properties, "read_tasks")])[0]
        shelf = Shelf(failed=dict(links.failed))
        for contact_id, linked in links.to_ids.items():
            shelf.tasks[contact_id] = [found.records[task_id] for task_id in linked if task_id in found.records]
            unread = next((found.failed[task_id] for task_id in linked if task_id in found.failed), None)
            if unread is not None:
                shelf.failed[contact_id] = unread
        return shelf

    def ensure(self, drafts: Mapping[str, TaskDraft], shelf: Shelf) -> dict[str, Order]:
        """Make sure that each contact has the task of its draft, given the tasks found on them."""
        refused_owners: set[str] = set()
        orders = {contact_id: Order.of(contact_id, draft, refused_owners) for contact_id, draft in drafts.items()}
        self._match(orders.values(), shelf)
        for order in orders.values():
            if order.open and order.contact_id in shelf.failed:
                order.error = shelf.failed[order.contact_id]
        for turn in range(_ROUNDS):
            pending = [order for order in orders.values() if order.open]
            if not pending:
                break
            # In the last turn each task travels alone, so that an error without a name has one.
            self._send_all(pending, BATCH if turn < _ROUNDS - 1 else 1)
            self._settle([order for order in pending if order.open])
        for order in orders.values():
            if order.open:
                order.error = order.unclear or UnavailableError("HubSpot did not say what became of the task")
        return orders

    def _match(self, orders: Iterable[Order], shelf: Shelf) -> None:
        """Book the tasks found; one found after an unclear create is taken for ours, one found before it is not."""
        for order in orders:
            task = shelf.find(order.contact_id, order.key, self._key_property)
            if task is not None:
                order.task_id, order.error = task.id, None
                order.created = order.sent and not isinstance(order.unclear, ConflictError)

    def _settle(self, unclear: Sequence[Order]) -> None:
        """Look for tasks whose creation got no clear answer; what cannot be looked for is not created again."""
        for seconds in _pauses(unclear):
            waiting = [order for order in unclear if order.open]
            if not waiting:
                return
            if seconds:
                self._sleep(seconds)
            shelf = self.look([order.contact_id for order in waiting])
            self._match(waiting, shelf)
        for order in unclear:
            if order.open and order.contact_id in shelf.failed:
                order.error = shelf.failed[order.contact_id]
            elif order.open and isinstance(order.unclear, ConflictError):
                self._find_by_property(order)

    def _find_by_property(self, order: Order) -> None:
        """Find a task that HubSpot says exists although it does not hang on this contact."""
        api = self._gateway.api
        request = api.batch_read(TASKS, [order.key], (BODY,), purpose="read_tasks", id_property=self._key_property)
        try:
            found = next(parse_batch(self._gateway.send(request)).records(), None)
        except CrmError as error:
            order.error = error
            return
        if found is None:
            order.error = order.unclear
        else:
            order.task_id, order.created = found.id, False

    def _send_all(self, orders: Sequence[Order], size: int) -> None:
        pieces = chunks(orders, size)
        outcomes = self._gateway.fanout.map(self._send_piece, pieces)
        for piece, outcome in zip(pieces, outcomes, strict=True):
            for order in piece if isinstance(outcome, CrmError) else ():
                if order.open:
                    order.error = outcome

    def _send_piece(self, orders: Sequence[Order]) -> None:
        """Create tasks once. Refusals are clean and handled here; anything else leaves the orders unclear."""
        key_property = self._key_property if self._has_key_property else None
        wanted: dict[str, tuple[str, dict[str, str]]] = {}
        for order in orders:
            order.sent, order.tried_property = True, key_property is not None
            order.tried_owner = next(owner for owner in order.owners if owner not in order.refused_owners)
            wanted[order.key] = (order.contact_id, task_properties(order.draft, order.tried_owner, key_property))
        try:
            batch = parse_batch(self._gateway.send(self._gateway.api.create_tasks(wanted)))
        except (RejectedError, GoneError, ConflictError) as error:
            if _refuses(error):
                self._on_refusal(orders, error)
            else:
                _leave_unclear(orders, error)
        except UnavailableError as error:
            _leave_unclear(orders, error)
        else:
            self._account(batch, {order.key: order for order in orders})

    def _account(self, batch: Batch, by_key: Mapping[str, Order]) -> None:
        """Book what was created; send refused ones again in another form; who is not mentioned stays unclear."""
        for record in batch.records():
            created = self._order_of(record, by_key)
            if created is not None:
                created.task_id, created.created = record.id, True
        again: list[Order] = []
        for item in batch.errors:
            refused = [by_key[key] for key in named_ids(item, list(by_key)) if by_key[key].open]
            again += [order for order in refused if self._may_be_sent_again(order, item.error)]
        if again:
            self._send_piece(again)

    def _may_be_sent_again(self, order: Order, error: CrmError) -> bool:
        """Book one refused order; True when another form of it may pass."""
        if isinstance(error, RetryableError | ConflictError):
            order.unclear = error
            return False
        if self._drop_key_property(order, error) or self._next_owner(order, error):
            return True
        order.error = error
        return False

    def _on_refusal(self, orders: Sequence[Order], error: CrmError) -> None:
        """Handle a whole request refused: in another form, in halves, and in the end order by order."""
        if self._drop_key_property(orders[0], error):
            self._send_piece(orders)
        elif len(orders) > 1:
            for half in halves(orders):
                self._send_piece(half)
        elif self._may_be_sent_again(orders[0], error):
            self._send_piece(orders)

    def _drop_key_property(self, order: Order, error: CrmError) -> bool:
        """Go on without the key's property when the portal has none; a key that exists already is another matter."""
        if error.code != NO_SUCH_PROPERTY or not isinstance(error, RejectedError) or not order.tried_property:
            return False
        if error.fields and self._key_property not in error.fields:
            return False
        self._has_key_property = False
        return True

    def _next_owner(self, order: Order, error: CrmError) -> bool:
        """Try the next owner when HubSpot refuses one (deactivated users) or does not say what it refuses."""
        if not isinstance(error, RejectedError) or (error.fields and OWNER not in error.fields):
            return False
        if order.tried_owner is None:
            return False
        if OWNER in error.fields:
            order.refused_owners.add(order.tried_owner)
        order.owners.remove(order.tried_owner)
        return True

    def _order_of(self, record: CrmRecord, by_key: Mapping[str, Order]) -> Order | None:
        """Tell which order a created task belongs to."""
        if record.trace_id in by_key:
            return by_key[str(record.trace_id)]
        return next((order for key, order in by_key.items() if has_key(record, key, self._key_property)), None)


def _refuses(error: CrmError) -> bool:
    """Say whether nothing was done for sure: a redirection says where to go on, not what it left undone."""
    return error.status is None or error.status >= 400


def _leave_unclear(orders: Sequence[Order], error: CrmError) -> None:
    for order in orders:
        order.unclear = error
        order.error = error if isinstance(error, NotSentError) else None


def _pauses(unclear: Sequence[Order]) -> tuple[float, ...]:
    errors = [order.unclear for order in unclear if order.unclear is not None]
    late = any(error.code == TIMEOUT or error.status in _TIMEOUT_STATUSES for error in errors)
    return _LOOK_AGAIN_AFTER_TIMEOUT_SECONDS if late else _LOOK_AGAIN_SECONDS
