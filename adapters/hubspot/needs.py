"""Work out, from the mapping and what the model uses, which properties and sources have to be read. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from adapters.usage import Usage

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
class Needs(Usage):
    """Hold a mapping with what of it a model uses, in HubSpot's words."""

    @cached_property
    def company_properties(self) -> tuple[str, ...]:
        names = {name for source in self.attributes if source.source == "company" for name in source.fields}
        return tuple(sorted(names))

    @cached_property
    def attribute_properties(self) -> frozenset[str]:
        """Return the contact properties behind the used attributes."""
        return frozenset(name for source in self.attributes if source.source == "person" for name in source.fields)

    @property
    def write_properties(self) -> frozenset[str]:
        """Return the properties a decision may change, with those where sales answers."""
        return self.write_fields

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
