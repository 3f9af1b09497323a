"""Compare people with what was read of them, just before they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from adapters.hubspot.needs import LIFECYCLE, OWN_STAGE, OWNER, Needs
from adapters.hubspot.people import PeopleReader
from adapters.hubspot.record import person_ref
from adapters.hubspot.replies import CrmRecord
from adapters.raw_values import is_same
from connector.errors import UnavailableError
from connector.ports import Receipt, Write


@dataclass(slots=True)
class Checked:
    """Hold the people who may be written, as they are now, and the receipts of those who may not."""

    live: dict[str, CrmRecord] = field(default_factory=dict)
    receipts: dict[str, Receipt] = field(default_factory=dict)


def check(writes: Mapping[str, Write], people: PeopleReader, needs: Needs) -> Checked:
    """Read the people again; whoever was moved, deleted or merged meanwhile is not written."""
    now = people.read_properties(writes, needs.guard_properties, purpose="guard")
    checked = Checked()
    for contact_id, write in writes.items():
        fresh = now.contacts.get(contact_id)
        ref = write.record.ref
        if contact_id in now.gone:
            survivor = now.gone[contact_id]
            checked.receipts[contact_id] = Receipt(ref, "gone", survivor=person_ref(survivor) if survivor else None)
        elif fresh is None:
            error = now.failed.get(contact_id) or UnavailableError("HubSpot did not answer for this contact")
            checked.receipts[contact_id] = Receipt(ref, "parked", error=error)
        elif was_moved(write, fresh, needs):
            checked.receipts[contact_id] = Receipt(ref, "moved")
        else:
            checked.live[contact_id] = fresh
    return checked


def was_moved(write: Write, fresh: CrmRecord, needs: Needs) -> bool:
    """Say whether anything the decision stood on, or is about to overwrite, is not what was read."""
    before = write.record.guard
    if not isinstance(before, Mapping):
        return False
    watched: Sequence[str] = (
        LIFECYCLE,
        OWN_STAGE,
        needs.mapping.sales_verdict,
        needs.mapping.reject_reason,
        *write.fields,
        *needs.attribute_properties,
        *((OWNER,) if write.task else ()),
    )
    return not all(is_same(before.get(name) or "", fresh.get(name)) for name in watched if name in before)
