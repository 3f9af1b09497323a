"""Apply decisions: compare, write the person, then see to the tasks; one receipt per write, whatever happens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from adapters.hubspot.closing import Closed, TaskCloser
from adapters.hubspot.guard import Checked, check
from adapters.hubspot.lifecycle import PeopleUpdated, PeopleUpdater
from adapters.hubspot.needs import LIFECYCLE, MERGED, Needs
from adapters.hubspot.owners import Owners
from adapters.hubspot.people import PeopleReader
from adapters.hubspot.record import format_field, person_ref
from adapters.hubspot.tasks import Order, TaskDesk
from adapters.locks import PersonLocks, apply_in_turns
from connector.errors import CrmError, GoneError, RejectedError
from connector.ports import Receipt, Write


@dataclass(slots=True)
class _Progress:
    """Collect what became of the people of one turn."""

    updated: PeopleUpdated = field(default_factory=PeopleUpdated)
    orders: Mapping[str, Order] = field(default_factory=dict)
    closed: Closed = field(default_factory=Closed)

    def error(self, contact_id: str) -> CrmError | None:
        order = self.orders.get(contact_id)
        return (
            self.updated.failed.get(contact_id)
            or (order.error if order else None)
            or self.closed.failed.get(contact_id)
        )


@dataclass(frozen=True, slots=True)
class Writer:
    """Write decisions back. Safe to repeat: fields are absolute, tasks are keyed, moves are compared."""

    people: PeopleReader
    needs: Needs
    updater: PeopleUpdater
    desk: TaskDesk
    closer: TaskCloser
    owners: Owners
    locks: PersonLocks

    def apply(self, writes: Sequence[Write]) -> list[Receipt]:
        """Return one receipt per write, in order. Raises only when HubSpot could not be asked at all."""
        return apply_in_turns(writes, self.locks, self._apply_turn)

    def _apply_turn(self, writes: Mapping[str, Write]) -> dict[str, Receipt]:
        checked = check(writes, self.people, self.needs)
        live = {contact_id: writes[contact_id] for contact_id in checked.live}
        progress = _Progress()
        # A failure that ends the run leaves the rest undone; fields are absolute and tasks keyed, so a later run
        # completes it.
        try:
            self._write_people(live, checked, progress)
        except CrmError as error:
            progress.updated.failed.update(dict.fromkeys(live, error))
        try:
            self._see_to_tasks(live, progress)
        except CrmError as error:
            with_tasks = (contact_id for contact_id, write in live.items() if write.task or write.closings)
            progress.closed.failed.update(dict.fromkeys(with_tasks, error))
        receipts = {contact_id: _receipt(write, progress) for contact_id, write in live.items()}
        self._follow_gone(receipts)
        return {**receipts, **checked.receipts}

    def _write_people(self, live: Mapping[str, Write], checked: Checked, progress: _Progress) -> None:
        changes = {contact_id: changed for contact_id, write in live.items() if (changed := _changes(write))}
        progress.updated = self.updater.run(changes, checked.live)

    def _see_to_tasks(self, live: Mapping[str, Write], progress: _Progress) -> None:
        """Ensure and close tasks of people whose own part is in the CRM, and whom nobody else has moved."""
        settled = {
            contact_id: write
            for contact_id, write in live.items()
            if contact_id not in progress.updated.failed and progress.updated.moves.get(contact_id) != "moved"
        }
        drafts = {contact_id: write.task for contact_id, write in settled.items() if write.task}
        closings = {contact_id: write.closings for contact_id, write in settled.items() if write.closings}
        if not drafts and not closings:
            return
        shelf = self.desk.look(drafts.keys() | closings.keys())
        progress.orders = self.desk.ensure(self.owners.assign(drafts), shelf)
        progress.closed = self.closer.close(closings, shelf)

    def _follow_gone(self, receipts: dict[str, Receipt]) -> None:
        """Look for the survivors of people who vanished while they were written.

        HubSpot says of a task for somebody deleted only that it is not valid.
        """
        vanished = [i for i, receipt in receipts.items() if isinstance(receipt.error, GoneError | RejectedError)]
        if not vanished:
            return
        try:
            now = self.people.read_properties(vanished, (MERGED,), purpose="guard")
        except CrmError:
            return
        for contact_id, survivor in now.gone.items():
            ref = receipts[contact_id].ref
            receipts[contact_id] = Receipt(ref, "gone", survivor=person_ref(survivor) if survivor else None)


def _changes(write: Write) -> dict[str, str]:
    changes = {name: format_field(new) for name, (_, new) in write.fields.items()}
    if write.lifecycle is not None:
        changes[LIFECYCLE] = write.lifecycle
    return changes


def _receipt(write: Write, progress: _Progress) -> Receipt:
    contact_id, ref = write.record.ref.object_id, write.record.ref
    move = progress.updated.moves.get(contact_id)
    error = progress.error(contact_id)
    order = progress.orders.get(contact_id)
    if error is None and move == "moved":
        return Receipt(ref, "moved")
    return Receipt(
        ref,
        "written" if error is None else "parked",
        task_id=order.task_id if order else None,
        task_created=bool(order and order.created),
        closed=progress.closed.keys.get(contact_id, ()),
        error=error,
        fields_written=contact_id not in progress.updated.failed,
        lifecycle_refused=move == "refused",
    )
