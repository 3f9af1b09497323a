"""Apply decisions: compare, write the people, then see to the tasks; one receipt per write, whatever happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from adapters.locks import PersonLocks, apply_in_turns
from adapters.pieces import chunks
from adapters.salesforce.account import Account
from adapters.salesforce.api import COLLECTION, PEOPLE
from adapters.salesforce.closing import Closed, TaskReview
from adapters.salesforce.failures import BAD_REFERENCE
from adapters.salesforce.gateway import Gateway
from adapters.salesforce.guard import Guard
from adapters.salesforce.ids import person_object
from adapters.salesforce.layout import Layout
from adapters.salesforce.lengths import cut
from adapters.salesforce.needs import Needs
from adapters.salesforce.record import person_ref, to_json
from adapters.salesforce.replies import Row
from adapters.salesforce.schema import Schema
from adapters.salesforce.tasks import Order, TaskDesk
from adapters.salesforce.update import Change, CollectionUpdater
from connector.errors import CrmError, GoneError
from connector.ports import Receipt, Write


@dataclass(slots=True)
class _Progress:
    """Collect what became of the people of one turn: who is live and what tasks they have, who failed and how."""

    live: dict[str, Write] = field(default_factory=dict)
    tasks: dict[str, Row] = field(default_factory=dict)
    failed: dict[str, CrmError] = field(default_factory=dict)
    orders: Mapping[str, Order] = field(default_factory=dict)
    closed: Closed = field(default_factory=Closed)
    receipts: dict[str, Receipt] = field(default_factory=dict)

    def error(self, person_id: str) -> CrmError | None:
        order = self.orders.get(person_id)
        return self.failed.get(person_id) or (order.error if order else None) or self.closed.failed.get(person_id)

    def with_tasks(self) -> Iterator[str]:
        """Yield who still has a task to make or to close."""
        settled = self.failed.keys() | self.closed.failed.keys()
        return (one for one, write in self.live.items() if one not in settled and (write.task or write.closings))


@dataclass(frozen=True, slots=True)
class Writer:
    """Write decisions back. Safe to repeat: fields are absolute, tasks are keyed."""

    guard: Guard
    needs: Needs
    schema: Schema
    updater: CollectionUpdater
    desk: TaskDesk
    review: TaskReview
    locks: PersonLocks

    @classmethod
    def build(cls, gateway: Gateway, layout: Layout, account: Account, sleep: Callable[[float], None]) -> Writer:
        needs, schema = layout.needs, layout.schema
        guard = Guard(gateway, layout, needs)
        desk = TaskDesk(gateway, schema, guard, account, needs.mapping.task_key, sleep)
        updater = CollectionUpdater(gateway, "write_tasks", sleep)
        review = TaskReview(gateway, schema, guard, updater, desk.form, account.user_id)
        return cls(guard, needs, schema, CollectionUpdater(gateway, "write_people", sleep), desk, review, PersonLocks())

    def apply(self, writes: Sequence[Write]) -> list[Receipt]:
        """Return one receipt per write, in order. Raises only when Salesforce could not be asked at all."""
        self.schema.load(self.guard.layout.objects)
        return apply_in_turns(writes, self.locks, self._apply_turn)

    def _apply_turn(self, writes: Mapping[str, Write]) -> dict[str, Receipt]:
        """Compare and write the people, 200 at a time, then see to the tasks of all of them.

        A failure that ends the run leaves the rest undone; fields are absolute and tasks keyed, so a later run
        completes it.
        """
        progress = _Progress()
        for piece in chunks(list(writes), PEOPLE):
            self._write_people({person_id: writes[person_id] for person_id in piece}, progress)
        try:
            self._see_to_tasks(progress)
        except CrmError as error:
            progress.closed.failed.update(dict.fromkeys(progress.with_tasks(), error))
        receipts = {person_id: self._receipt(write, progress) for person_id, write in progress.live.items()}
        self._follow_gone(receipts)
        return {**receipts, **progress.receipts}

    def _write_people(self, writes: Mapping[str, Write], progress: _Progress) -> None:
        """Write the people of a piece who are as they were read. Raises what keeps the first from being compared."""
        drafts = [write.task for write in writes.values() if write.task]
        try:
            checked = self.guard.check(writes, self.desk.asides(drafts) if drafts else ())
        except CrmError as error:
            if not progress.live and not progress.receipts:
                raise
            progress.receipts |= {i: Receipt(write.record.ref, "parked", error=error) for i, write in writes.items()}
            return
        live = {person_id: writes[person_id] for person_id in checked.live}
        progress.live |= live
        progress.tasks |= checked.tasks
        progress.receipts |= checked.receipts
        try:
            changes = [change for write in live.values() if (change := self._change(write))]
            progress.failed |= self.updater.run(changes)
        except CrmError as error:
            progress.failed |= dict.fromkeys(live, error)
        if checked.tasks_error is not None:
            unsure = (person_id for person_id in progress.with_tasks() if person_id in live)
            progress.closed.failed.update(dict.fromkeys(list(unsure), checked.tasks_error))

    def _change(self, write: Write) -> Change | None:
        record_id = write.record.ref.object_id
        sobject = person_object(record_id) or "Lead"
        values: dict[str, object] = {
            name: self._fitting(sobject, name, to_json(new)) for name, (_, new) in write.fields.items()
        }
        if write.lifecycle is not None and self._takes_lifecycle(sobject) and self.needs.lifecycle_field:
            values[self.needs.lifecycle_field] = write.lifecycle
        return Change(sobject, record_id, values) if values else None

    def _fitting(self, sobject: str, name: str, value: object) -> object:
        """Cut a text to what its field holds: a refusal would keep the person's other fields from being written."""
        detail = self.schema.detail(sobject, name)
        if isinstance(value, str) and detail and detail.length and detail.info.type != "datetime":
            return cut(value, detail.length)
        return value

    def _takes_lifecycle(self, sobject: str) -> bool:
        field = self.needs.lifecycle_field
        detail = self.schema.detail(sobject, field) if field else None
        return detail is not None and detail.info.writable

    def _see_to_tasks(self, progress: _Progress) -> None:
        """Ensure and close tasks of people whose own part is in the CRM."""
        settled = {person_id: progress.live[person_id] for person_id in progress.with_tasks()}
        drafts = {person_id: write.task for person_id, write in settled.items() if write.task}
        closings = {person_id: write.closings for person_id, write in settled.items() if write.closings}
        planned = self.review.plan(closings, progress.tasks)
        along = [one.change for one in planned.values()][:COLLECTION]
        progress.orders, done = self.desk.ensure(drafts, progress.tasks, along) if drafts else ({}, set[str]())
        closed = self.review.close(planned, done)
        progress.closed.keys.update(closed.keys)
        progress.closed.failed.update(closed.failed)

    def _receipt(self, write: Write, progress: _Progress) -> Receipt:
        person_id, ref = write.record.ref.object_id, write.record.ref
        error = progress.error(person_id)
        order = progress.orders.get(person_id)
        unmoved = write.lifecycle is not None and not self._takes_lifecycle(person_object(person_id) or "Lead")
        return Receipt(
            ref,
            "written" if error is None else "parked",
            task_id=order.task_id if order else None,
            task_created=bool(order and order.created),
            closed=progress.closed.keys.get(person_id, ()),
            error=error,
            fields_written=person_id not in progress.failed,
            lifecycle_refused=unmoved,
        )

    def _follow_gone(self, receipts: dict[str, Receipt]) -> None:
        """Look for the survivors of people who vanished or were converted while they were written."""
        vanished = [person_id for person_id, receipt in receipts.items() if _is_vanished(receipt.error)]
        if not vanished:
            return
        try:
            now = self.guard.read_people(vanished)
        except CrmError:
            return
        for person_id, survivor in now.gone.items():
            ref = receipts[person_id].ref
            receipts[person_id] = Receipt(ref, "gone", survivor=person_ref(survivor) if survivor else None)


def _is_vanished(error: CrmError | None) -> bool:
    return isinstance(error, GoneError) or (error is not None and error.code == BAD_REFERENCE)
