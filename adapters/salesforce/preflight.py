"""Hold the mapping against the organisation before anything is read or written."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from adapters.salesforce.availability import Availability
from adapters.salesforce.ids import PERSON_OBJECTS, PersonObject
from adapters.salesforce.layout import Layout
from adapters.salesforce.needs import Needs, company_path, person_path
from adapters.salesforce.schema import FieldDetail, Schema
from adapters.salesforce.sources import FIELDS
from adapters.salesforce.task_form import DESCRIPTION, SUBJECT
from connector.domain.mapping import WELL_KNOWN, AttributeSource
from connector.domain.phrase import Phrase, phrase
from connector.errors import AccessError, MappingError
from connector.own_fields import FIELDS_BY_NAME
from connector.ports import FieldInfo

_OWN = frozenset(name.lower() for name in FIELDS_BY_NAME)
_ESSENTIAL_TASK_FIELDS: Final = (SUBJECT, DESCRIPTION, "WhoId", "ActivityDate")
"""Without one of them a task says nothing, to nobody, or for no day."""


@dataclass(frozen=True, slots=True)
class Preflight:
    """Check what must be there, and report what is missing and may be."""

    needs: Needs
    layout: Layout
    schema: Schema
    availability: Availability

    def run(self, *, dry_run: bool = False) -> Sequence[str]:
        """Raise AccessError or MappingError; optional parts that are missing are only noted.

        With `dry_run` our own fields may be missing: their names are returned.
        """
        self.schema.load(self.layout.objects)
        present = [sobject for sobject in PERSON_OBJECTS if self.schema.object(sobject) is not None]
        for sobject in PERSON_OBJECTS:
            if sobject not in present:
                self.availability.refuse(sobject, self.schema.why_not(sobject))
        if not present:
            raise AccessError(
                "Puente's user may read neither leads nor contacts: assign the permission set", status=403
            )
        missing = {sobject: self._missing_own(sobject) for sobject in present}
        for sobject, names in missing.items():
            if names and not dry_run:
                raise MappingError(
                    phrase(
                        "{object} lacks the fields {names}, or Puente's user may not see them — run `puente install`",
                        object=sobject, names=", ".join(names),
                    )
                )  # fmt: skip
            self._check_written(sobject)
        task_key = self._missing_task_key()
        if task_key and not dry_run:
            raise MappingError(
                phrase(
                    "tasks lack the field {field}, or Puente's user may not see it — run `puente install`",
                    field=self.needs.mapping.task_key,
                )
            )
        self._check_task_fields()
        self._check_attributes(present)
        self._check_counters(present)
        for stock in self.layout.stocks:
            self.layout.stock_paths(stock)
        return [*dict.fromkeys(name for names in missing.values() for name in names), *task_key]

    def _missing_own(self, sobject: PersonObject) -> Sequence[str]:
        fields = self._fields_of(sobject)
        return [name for name in sorted(self.needs.write_fields) if is_own(name) and name not in fields]

    def _fields_of(self, sobject: PersonObject) -> Mapping[str, FieldDetail]:
        found = self.schema.object(sobject)
        return found.fields if found else {}

    def _check_written(self, sobject: PersonObject) -> None:
        fields = self._fields_of(sobject)
        for name in sorted(self.needs.write_fields):
            if name not in fields and not is_own(name):
                raise MappingError(
                    phrase(
                        "write_back.{name}: {object} has no such field — {advice}",
                        name=name, object=sobject, advice=nearest(name, fields),
                    )
                )  # fmt: skip
            if name in fields and not fields[name].info.writable and name in self.needs.mapping.write_back:
                raise MappingError(
                    phrase(
                        "write_back.{name}: Puente's user may not edit this field of {object} — assign the permission "
                        "set, or write to another field",
                        name=name, object=sobject,
                    )
                )  # fmt: skip

    def _missing_task_key(self) -> Sequence[str]:
        key = self.needs.mapping.task_key
        if self.schema.is_closed("Task"):
            raise MappingError(
                phrase(
                    "Puente's user may not see tasks, by which sales hear of handoffs — in Setup, grant it the "
                    "permission Access Activities, in its profile or a permission set"
                )
            )
        if self.schema.object("Task") is None:
            self.availability.refuse("schema of Task", self.schema.why_not("Task"))
            return ()
        return () if self.schema.has("Task", key) else (key,)

    def _check_task_fields(self) -> None:
        found = self.schema.object("Task")
        details = {name: found.fields.get(name) for name in _ESSENTIAL_TASK_FIELDS} if found else {}
        if closed := [name for name, detail in details.items() if detail is None or not detail.createable]:
            text = (
                f"Puente's user may not fill in {', '.join(closed)} of tasks: grant it permission to edit these fields"
            )
            raise AccessError(text, status=403)

    def _check_attributes(self, present: list[PersonObject]) -> None:
        for source in self.needs.attributes:
            missing = [field for field in source.fields if not self._is_somewhere(source, field, present)]
            for field in missing:
                if is_custom(field) and source.name not in WELL_KNOWN:
                    raise MappingError(
                        phrase(
                            "attributes.{attribute}: neither leads nor contacts have the field `{field}`, or Puente's "
                            "user may not see it — {advice}",
                            attribute=source.name, field=field, advice=nearest(field, self.fields()),
                        )
                    )  # fmt: skip
                self.availability.refuse(f"attribute {source.name}", "missing_field")

    def _is_somewhere(self, source: AttributeSource, field: str, present: list[PersonObject]) -> bool:
        to_path = company_path if source.source == "company" else person_path
        return any(self.schema.has(sobject, to_path(field, sobject)) for sobject in present)

    def _check_counters(self, present: list[PersonObject]) -> None:
        for field in sorted(self.needs.counter_paths()):
            if not any(self.schema.has(sobject, person_path(field, sobject)) for sobject in present):
                self.availability.refuse(f"{FIELDS}.{field}", "missing_field")

    def fields(self) -> Mapping[str, FieldInfo]:
        """Return the fields of a person by name: of a lead, of a contact, and what one is called on the other."""
        self.schema.load(self.layout.objects)
        known: dict[str, FieldInfo] = {}
        for sobject in PERSON_OBJECTS:
            found = self.schema.object(sobject)
            for name, detail in found.fields.items() if found else ():
                known.setdefault(name, detail.info)
        return known


def is_own(name: str) -> bool:
    """Say whether a field is one of those `puente install` makes."""
    return name.lower().removesuffix("__c") in _OWN


def is_custom(field: str) -> bool:
    return field.lower().endswith("__c")


def nearest(name: str, known: Iterable[str]) -> Phrase:
    close = difflib.get_close_matches(name, [other for other in known if not is_own(other)], n=1, cutoff=0.5)
    if close:
        return phrase("did you mean `{name}`?", name=close[0])
    return phrase("correct the mapping or create the field")
