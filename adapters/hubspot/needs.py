"""Work out, from the mapping and what the model uses, which properties and sources have to be read. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from connector.domain.mapping import WELL_KNOWN, AttributeSource, EventSource
from connector.domain.mapping import Mapping as FieldMapping

ENGAGEMENTS: Final[Mapping[str, str]] = {
    "emails": "email",
    "calls": "call",
    "meetings": "meeting",
    "notes": "note",
    "communications": "communication",
}
"""Source (and object type) → prefix of its event ids."""
FORM_PROPERTY: Final = "hs_calculated_form_submissions"
CONVERSIONS: Final = (
    ("recent_conversion_date", "recent_conversion_event_name"),
    ("first_conversion_date", "first_conversion_event_name"),
)
LIFECYCLE: Final = "lifecyclestage"
STANDARD_LIFECYCLE: Final = (
    "subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer", "evangelist",
    "other",
)  # fmt: skip
"""HubSpot's own stages in order. Source: HubSpot contacts guide, read 2026-04 (documented)."""
OWNER: Final = "hubspot_owner_id"
OWN_STAGE: Final = "puente_stage"
OWN_STAGE_AT: Final = "puente_stage_at"
MERGED: Final = "hs_merged_object_ids"
COMPANY_ID: Final = "associatedcompanyid"
MACHINE_FIELDS: Final = ("filteredEvent", "hs_filtered_event", "hs_is_bot", "is_bot", "machine")


@dataclass(frozen=True)
class Needs:
    """Hold a mapping with what of it a model uses."""

    mapping: FieldMapping
    used_kinds: frozenset[str]
    used_attributes: frozenset[str]

    @cached_property
    def sources(self) -> frozenset[str]:
        """Return the sources with at least one entry of a used kind."""
        return frozenset(entry.source for entry in self.mapping.events if entry.kind in self.used_kinds)

    @cached_property
    def attributes(self) -> tuple[AttributeSource, ...]:
        """Return the used attributes, and the well-known ones that cost no further call."""
        return tuple(
            source
            for name, source in self.mapping.attributes.items()
            if name in self.used_attributes or (name in WELL_KNOWN and source.source == "person")
        )

    def entries(self, source: str, unavailable: Iterable[str] = ()) -> tuple[EventSource, ...]:
        """Return the entries of a source in file order, without the stand-ins of sources that are there."""
        refused = set(unavailable)
        mapped = {entry.source for entry in self.mapping.events}
        return tuple(
            entry
            for entry in self.mapping.events
            if entry.source == source
            and (entry.fallback_for is None or entry.fallback_for in refused or entry.fallback_for not in mapped)
        )

    @cached_property
    def probed(self) -> frozenset[str]:
        """Return the sources whose availability matters: used ones, and those that used stand-ins wait for."""
        waited_for = {e.fallback_for for e in self.mapping.events if e.kind in self.used_kinds and e.fallback_for}
        mapped = {entry.source for entry in self.mapping.events}
        return self.sources | (waited_for & mapped)

    def fields_of(self, source: str) -> frozenset[str]:
        """Return the fields the entries of a source look at."""
        entries = [entry for entry in self.mapping.events if entry.source == source]
        fields = {name for entry in entries for name in (*entry.where, *entry.set.values())}
        return frozenset(fields | {name for entry in entries for name in (entry.count, entry.at) if name})

    @cached_property
    def uses_company(self) -> bool:
        return any(source.source == "company" for source in self.attributes)

    @cached_property
    def uses_deals(self) -> bool:
        return any(source.source == "deals" for source in self.attributes)

    @cached_property
    def company_properties(self) -> tuple[str, ...]:
        names = {name for source in self.attributes if source.source == "company" for name in source.fields}
        return tuple(sorted(names))

    @cached_property
    def attribute_properties(self) -> frozenset[str]:
        """Return the contact properties behind the used attributes."""
        return frozenset(name for source in self.attributes if source.source == "person" for name in source.fields)

    @cached_property
    def write_properties(self) -> frozenset[str]:
        """Return the properties a decision may change, with those where sales answers."""
        return frozenset({*self.mapping.write_back, self.mapping.sales_verdict, self.mapping.reject_reason})

    @cached_property
    def guard_properties(self) -> tuple[str, ...]:
        """Return what must still be as it was read when we write."""
        fixed = {LIFECYCLE, OWN_STAGE, OWNER, MERGED}
        return tuple(sorted(fixed | self.write_properties | self.attribute_properties))

    @cached_property
    def lifecycle_values(self) -> tuple[str, ...]:
        mapped = (value for value in self.mapping.stages.values() if value)
        return tuple(dict.fromkeys((*STANDARD_LIFECYCLE, *mapped)))

    @cached_property
    def person_properties(self) -> tuple[str, ...]:
        """Return every contact property a decision needs, in a stable order."""
        names = {*self.guard_properties, OWN_STAGE_AT}
        for value in self.lifecycle_values:
            names |= {f"hs_lifecyclestage_{value}_date", f"hs_v2_date_entered_{value}"}
        if "counters" in self.sources:
            names |= self.fields_of("counters")
        if "form_submissions" in self.probed:
            names |= {FORM_PROPERTY, *(name for pair in CONVERSIONS for name in pair)}
        if self.uses_company:
            names.add(COMPANY_ID)
        return tuple(sorted(names))

    def engagement_properties(self, source: str) -> tuple[str, ...]:
        return tuple(sorted(self.fields_of(source) | {"hs_timestamp"}))
