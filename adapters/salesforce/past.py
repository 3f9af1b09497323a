"""Read what fields of leads and contacts held when, as far as the organisation tracks them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from adapters.past import Attributes, RawChange, replay
from adapters.pieces import chunks
from adapters.raw_values import to_instant
from adapters.salesforce.api import PEOPLE
from adapters.salesforce.availability import Availability, refusal
from adapters.salesforce.evidence import holder_of
from adapters.salesforce.failures import INVALID_FIELD
from adapters.salesforce.gateway import Gateway, raise_what_ends_the_run
from adapters.salesforce.history import author_of
from adapters.salesforce.ids import PERSON_OBJECTS, PersonObject, person_object
from adapters.salesforce.layout import Layout
from adapters.salesforce.needs import OWNER
from adapters.salesforce.replies import Row
from adapters.salesforce.sources import HISTORIES
from connector.ports import FieldChange, Histories, PersonRef

_CREATED: Final = "created"
"""What the platform books when a record is made: no field's change."""


@dataclass(frozen=True, slots=True)
class PastReader:
    """Read histories, 200 people of an object per query. A field counts as tracked once a change of it was seen.

    Owners are left out: their history has names beside ids, and one cannot tell which is which.
    """

    gateway: Gateway
    layout: Layout
    availability: Availability
    user_id: Callable[[], str | None]

    def read(self, refs: Sequence[PersonRef]) -> Histories:
        """Read what is kept of these people; whose history cannot be read has none."""
        by_start = {ref.object_id[:15]: ref for ref in refs}
        changes: dict[PersonRef, list[FieldChange]] = {}
        for sobject in PERSON_OBJECTS:
            ids = [ref.object_id for ref in refs if person_object(ref.object_id) == sobject]
            for holder, rows in self._rows(sobject, ids).items():
                if ref := by_start.get(holder[:15]):
                    changes[ref] = self._changes(sobject, rows)
        return Histories(changes, frozenset(change.field for one in changes.values() for change in one))

    def _attributes(self, sobject: PersonObject) -> Attributes:
        needs = self.layout.needs
        paths = [(source, needs.paths_of(source, sobject)) for source in needs.attributes if source.source == "person"]
        return [one for one in paths if one[1] and not any("." in field or field == OWNER for field in one[1])]

    def _own(self) -> Mapping[str, str]:
        needs = self.layout.needs
        named = {needs.own_stage: "own_stage", needs.lifecycle_field: "lifecycle_stage"}
        return {field: name for field, name in named.items() if field} | {needs.mapping.sales_verdict: "verdict"}

    def _rows(self, sobject: PersonObject, ids: Sequence[str]) -> Mapping[str, list[Row]]:
        stock = HISTORIES[sobject]
        if not ids or self.availability.refuses(stock.name):
            return {}
        fields = sorted({*self._own(), *(field for _, paths in self._attributes(sobject) for field in paths)})
        queries = [self.layout.past(sobject, piece, fields).query for piece in chunks(ids, PEOPLE)]
        answers = self.gateway.ask(queries, "past")
        errors = [answer.error for answer in answers if answer.error]
        raise_what_ends_the_run(errors)
        for error in errors:
            if why := refusal(error) or ("not_offered" if error.code == INVALID_FIELD else None):
                self.availability.refuse(stock.name, why)
        found: dict[str, list[Row]] = {}
        for answer in answers:
            for row in answer.rows:
                found.setdefault(holder_of(row, stock), []).append(row)
        return found

    def _changes(self, sobject: PersonObject, rows: Sequence[Row]) -> list[FieldChange]:
        attributes, own = self._attributes(sobject), self._own()
        spelled = {name.lower(): name for name in (*own, *(name for _, fields in attributes for name in fields))}
        return replay(_raw_changes(rows, spelled, self.user_id()), attributes, own)


def _raw_changes(rows: Sequence[Row], spelled: Mapping[str, str], user_id: str | None) -> Iterator[RawChange]:
    """Yield the changes of fields, and what each held before its first one."""
    known: set[str] = set()
    for row in sorted(rows, key=lambda row: (row.get("CreatedDate"), row.id)):
        name = spelled.get(row.get("Field").lower())
        if name is None or row.get("Field") == _CREATED:
            continue
        if name not in known:
            yield RawChange(name, row.get("OldValue"), None, None)
        known.add(name)
        yield RawChange(name, row.get("NewValue"), to_instant(row.get("CreatedDate")), author_of(row, user_id))
