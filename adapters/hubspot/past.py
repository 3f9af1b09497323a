"""Read what contact properties held when: HubSpot keeps every version of every one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from adapters.hubspot.availability import Availability
from adapters.hubspot.gateway import Gateway, ReadJob, raise_if_ends_the_run
from adapters.hubspot.history import author_of
from adapters.hubspot.needs import LIFECYCLE, OWN_STAGE, Needs
from adapters.hubspot.people import CONTACTS
from adapters.hubspot.replies import CrmRecord
from adapters.past import Attributes, RawChange, replay
from connector.ports import FieldChange, Histories, PersonRef

_HISTORY: Final = "history"
_PAST: Final = "past"


@dataclass(frozen=True)
class PastReader:
    """Read histories, 50 contacts a call. Those of companies and deals are other records' and are left out."""

    gateway: Gateway
    needs: Needs
    availability: Availability
    app_id: str | None

    @cached_property
    def _attributes(self) -> Attributes:
        return [(source, source.fields) for source in self.needs.attributes if source.source == "person"]

    @cached_property
    def _own(self) -> Mapping[str, str]:
        return {OWN_STAGE: "own_stage", LIFECYCLE: "lifecycle_stage", self.needs.mapping.sales_verdict: "verdict"}

    def read(self, refs: Sequence[PersonRef]) -> Histories:
        """Read what is kept of these people; whose history cannot be read has none."""
        if not refs or self.availability.refuses(_HISTORY):
            return Histories()
        names = tuple(sorted({*self._own, *(name for _, fields in self._attributes for name in fields)}))
        ids = [ref.object_id for ref in refs]
        found = self.gateway.read([ReadJob(CONTACTS, ids, names, _PAST, history=names)])[0]
        if self.availability.accept_refusal(_HISTORY, found.failed.values()):
            return Histories()
        for error in found.failed.values():
            raise_if_ends_the_run(error)
        changes = {ref: self._changes(found.records[ref.object_id]) for ref in refs if ref.object_id in found.records}
        fields = {*self._own.values(), *(f"attribute:{source.name}" for source, _ in self._attributes)}
        return Histories(changes, frozenset(fields))

    def _changes(self, contact: CrmRecord) -> list[FieldChange]:
        raw = [
            RawChange(name, version.value, version.at, author_of(version, self.app_id))
            for name, versions in contact.history.items()
            for version in reversed(versions)
        ]
        return replay(raw, self._attributes, self._own)
