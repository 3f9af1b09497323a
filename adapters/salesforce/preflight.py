"""Hold the mapping against the organisation before anything is read or written."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from adapters.salesforce.availability import Availability
from adapters.salesforce.ids import PERSON_OBJECTS, PersonObject
from adapters.salesforce.layout import Layout
from adapters.salesforce.needs import Needs, company_path, person_path
from adapters.salesforce.schema import Schema
from adapters.salesforce.sources import FIELDS
from connector.domain.mapping import WELL_KNOWN, AttributeSource
from connector.errors import AccessError, MappingError
from connector.own_fields import FIELDS_BY_NAME
from connector.ports import FieldInfo

_OWN = frozenset(name.lower() for name in FIELDS_BY_NAME)


@dataclass(frozen=True, slots=True)
class Preflight:
    """Check what must be there, and report what is missing and may be."""

    needs: Needs
    layout: Layout
    schema: Schema
    availability: Availability

    def run(self) -> None:
        """Raise AccessError or MappingError; optional parts that are missing are only noted."""
        self.schema.load(self.layout.objects)
        present = [sobject for sobject in PERSON_OBJECTS if self.schema.object(sobject) is not None]
        for sobject in PERSON_OBJECTS:
            if sobject not in present:
                self.availability.refuse(sobject, self.schema.why_not(sobject))
        if not present:
            raise AccessError(
                "Puente's user may read neither leads nor contacts: assign the permission set", status=403
            )
        for sobject in present:
            self._check_written(sobject)
        self._check_task_key()
        self._check_attributes(present)
        self._check_counters(present)
        for stock in self.layout.stocks:
            self.layout.stock_paths(stock)

    def _check_written(self, sobject: PersonObject) -> None:
        found = self.schema.object(sobject)
        fields = found.fields if found else {}
        written = sorted(self.needs.write_fields)
        own = [name for name in written if is_own(name) and name not in fields]
        if own:
            raise MappingError(
                f"{sobject} lacks the fields {', '.join(own)}, or Puente's user may not see them — run `puente install`"
            )
        for name in written:
            if name not in fields:
                raise MappingError(f"write_back.{name}: {sobject} has no such field — {nearest(name, fields)}")
            if not fields[name].info.writable and name in self.needs.mapping.write_back:
                raise MappingError(
                    f"write_back.{name}: Puente's user may not edit this field of {sobject} — assign the permission "
                    "set, or write to another field"
                )

    def _check_task_key(self) -> None:
        key = self.needs.mapping.task_key
        if self.schema.object("Task") is None:
            self.availability.refuse("schema of Task", self.schema.why_not("Task"))
        elif not self.schema.has("Task", key):
            raise MappingError(f"tasks lack the field {key}, or Puente's user may not see it — run `puente install`")

    def _check_attributes(self, present: list[PersonObject]) -> None:
        for source in self.needs.attributes:
            missing = [field for field in source.fields if not self._is_somewhere(source, field, present)]
            for field in missing:
                if is_custom(field) and source.name not in WELL_KNOWN:
                    raise MappingError(
                        f"attributes.{source.name}: neither leads nor contacts have the field `{field}` — "
                        f"{nearest(field, self.fields())}"
                    )
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


def nearest(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"did you mean `{close[0]}`?" if close else "correct the mapping or create the field"
