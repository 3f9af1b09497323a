"""Find the people whom calls, e-mails, meetings, notes, tasks and deals hang on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adapters.hubspot.gateway import Gateway, raise_if_ends_the_run
from adapters.hubspot.people import CONTACTS
from adapters.hubspot.record import person_ref
from connector.ports import PersonRef


class EngagedPeople:
    """Ask for the contacts of records: one call per object type and thousand records."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def people_of(self, engagements: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], Sequence[PersonRef]]:
        """Return the contacts of each record. Raises CrmError when any record's could not be read."""
        people: dict[tuple[str, str], Sequence[PersonRef]] = {one: [] for one in engagements}
        for object_type in dict.fromkeys(object_type for object_type, _ in engagements):
            ids = [object_id for kind, object_id in people if kind == object_type]
            links = self._gateway.associations([(CONTACTS, ids)], of=f"{object_type}s")[CONTACTS]
            for error in links.failed.values():
                raise_if_ends_the_run(error)
                raise error
            for object_id, contact_ids in links.to_ids.items():
                people[object_type, object_id] = [person_ref(contact_id) for contact_id in contact_ids]
        return people
