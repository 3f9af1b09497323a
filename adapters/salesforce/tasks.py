"""Keep one task per handoff key: insert where the key is absent, and look again whenever an answer was unclear.

Source: Salesforce object reference, Task, and REST API guide, read 2026-11 (documented): a unique field of Activity
refuses a second task with a key, whoever inserts it. An upsert by the key would overwrite what a rep has changed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from adapters.fanout import ends_the_run
from adapters.http import NotSentError
from adapters.pieces import chunks, halves
from adapters.salesforce.account import Account
from adapters.salesforce.api import COLLECTION
from adapters.salesforce.failures import OWNER_REFUSALS
from adapters.salesforce.gateway import Aside, Gateway
from adapters.salesforce.guard import Guard
from adapters.salesforce.owners import Owners
from adapters.salesforce.replies import Row, Saved, parse_saved
from adapters.salesforce.schema import ObjectDetail, Schema
from adapters.salesforce.task_form import OWNER, TaskForm
from adapters.salesforce.update import Change
from connector.errors import ConflictError, CrmError, GoneError, RejectedError, RetryableError, UnavailableError
from connector.ports import TaskDraft

_ROUNDS: Final = 5
_FIRST_WAIT_SECONDS: Final = 0.5
_MAYBE_OWNER: Final = frozenset(
    (*OWNER_REFUSALS, "FIELD_INTEGRITY_EXCEPTION", "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "MALFORMED_ID")
)


@dataclass(slots=True)
class Order:
    """Follow one task through its creation. It ends with a `task_id` or an `error`.

    `sent` means that a task may exist of which we have not heard; `unclear` is why we have not.
    """

    person_id: str
    draft: TaskDraft
    owners: list[str | None]
    task_id: str | None = None
    created: bool = False
    sent: bool = False
    error: CrmError | None = None
    unclear: CrmError | None = None

    @property
    def open(self) -> bool:
        return self.task_id is None and self.error is None


class TaskDesk:
    """Ensure tasks by key."""

    def __init__(
        self,
        gateway: Gateway,
        schema: Schema,
        guard: Guard,
        account: Account,
        key_field: str,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._gateway = gateway
        self._schema = schema
        self._guard = guard
        self._account = account
        self._key_field = key_field
        self._sleep = sleep
        self._owners = Owners(gateway)

    def form(self) -> TaskForm:
        """Return how tasks are written here."""
        return TaskForm(self._schema.object("Task") or ObjectDetail("Task"), self._key_field, self._account.time_zone())

    def asides(self, drafts: Iterable[TaskDraft]) -> list[Aside]:
        """Return what must be known to make these tasks and is not known yet."""
        owners = [owner for draft in drafts for owner in (draft.owner, draft.fallback_owner)]
        return [*self._account.asides(), *self._owners.asides(owners)]

    def ensure(
        self, drafts: Mapping[str, TaskDraft], found: Mapping[str, Row], along: Sequence[Change] = ()
    ) -> tuple[dict[str, Order], set[str]]:
        """Make sure that each person has the task of its draft, given the tasks found by key.

        `along` are changes of other tasks that may travel in the same call; the ids of those done come back.
        """
        done: set[str] = set()
        missing = [draft for draft in drafts.values() if draft.key not in found]
        self._owners.learn([owner for draft in missing for owner in (draft.owner, draft.fallback_owner)])
        orders = {person_id: self._order(person_id, draft) for person_id, draft in drafts.items()}
        self._match(list(orders.values()), found)
        form = self.form() if missing else None
        for number in range(_ROUNDS):
            pending = [order for order in orders.values() if order.open]
            if not pending or form is None:
                break
            if number:
                self._sleep(_FIRST_WAIT_SECONDS * 2**number)
            for piece in chunks(pending, COLLECTION):
                done |= self._send(piece, form, () if number or done else along)
            self._settle([order for order in pending if order.open and order.sent])
        for order in orders.values():
            if order.open:
                order.error = order.unclear or UnavailableError("Salesforce did not say what became of the task")
        return orders, done

    def _order(self, person_id: str, draft: TaskDraft) -> Order:
        owners = [self._owners.resolve(draft.owner), self._owners.resolve(draft.fallback_owner)]
        return Order(person_id, draft, [*dict.fromkeys(owner for owner in owners if owner), None])

    def _match(self, orders: Sequence[Order], found: Mapping[str, Row]) -> None:
        """Book the tasks found; one found after an unclear insert is ours, one found before it is not."""
        for order in orders:
            task = found.get(order.draft.key)
            if task is not None and order.task_id is None:
                order.task_id, order.created, order.error = task.id, order.sent, None

    def _settle(self, unclear: Sequence[Order]) -> None:
        """Look for tasks whose insertion got no clear answer; queries see what is committed at once."""
        if not unclear:
            return
        try:
            self._match(unclear, self._guard.find_tasks([order.draft.key for order in unclear]))
        except CrmError as error:
            if ends_the_run(error):
                raise
            for order in unclear:
                order.error = error  # what cannot be looked for is not inserted again

    def _send(self, orders: Sequence[Order], form: TaskForm, along: Sequence[Change] = ()) -> set[str]:
        """Insert tasks in one call; return which of the changes that went along are done."""
        records = [form.build(order.draft, order.person_id, order.owners[0]) for order in orders]
        try:
            document, done = self._deliver(records, along)
        except (RejectedError, GoneError) as error:
            self._on_refusal(orders, form, error)
            return set()
        except CrmError as error:
            for order in orders:
                order.unclear, order.sent = error, True
                order.error = error if ends_the_run(error) or isinstance(error, NotSentError) else None
            if ends_the_run(error):
                raise
            return set()
        results = parse_saved(document, len(orders))
        again = [order for order, saved in zip(orders, results, strict=True) if self._book(order, saved)]
        if again:
            self._send(again, form)
        return done

    def _deliver(self, records: Sequence[Mapping[str, object]], along: Sequence[Change]) -> tuple[object, set[str]]:
        api = self._gateway.api
        if not along:
            request = api.direct(api.create(records), "write_tasks", repeatable=False)
            return self._gateway.http.send(request), set()
        parts = [api.create(records), api.update([change.to_json() for change in along])]
        created, changed = self._gateway.composite(parts, "write_tasks", repeatable=False)
        if isinstance(created, CrmError):
            raise created
        saved = [] if isinstance(changed, CrmError) else parse_saved(changed, len(along))
        return created, {change.id for change, one in zip(along, saved, strict=False) if one.error is None}

    def _on_refusal(self, orders: Sequence[Order], form: TaskForm, error: CrmError) -> None:
        """Find out, half by half, whom a refusal of the whole call is about."""
        if len(orders) == 1:
            orders[0].error = error
            return
        for half in halves(orders):
            self._send(half, form)

    def _book(self, order: Order, saved: Saved) -> bool:
        """Book what became of one task; True when it may pass at once with another owner."""
        error = saved.error
        if error is None:
            order.task_id, order.created = saved.id, True
        elif isinstance(error, ConflictError):
            # The key exists: somebody was faster, or an answer of ours was lost on its way.
            order.task_id, order.created = saved.holder, order.sent
            order.sent, order.unclear = True, error
        elif isinstance(error, RetryableError):
            order.unclear, order.sent = error, True
        elif self._next_owner(order, error):
            return True
        else:
            order.error = error
        return False

    def _next_owner(self, order: Order, error: CrmError) -> bool:
        """Give the task to the next owner, in the end to the user we run as, when this one is not accepted."""
        owner = order.owners[0]
        if owner is None or error.code not in _MAYBE_OWNER:
            return False
        fields = error.fields if isinstance(error, RejectedError) else ()
        if fields and OWNER not in fields:
            return False
        if error.code == "INACTIVE_OWNER_OR_USER" or OWNER in fields:
            self._owners.refuse(owner)
        order.owners.pop(0)
        return True
