"""Work out, from a mapping and what a model uses of it, which sources and attributes have to be read. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from connector.domain.mapping import WELL_KNOWN, AttributeSource, EventSource
from connector.domain.mapping import Mapping as FieldMapping


@dataclass(frozen=True)
class Usage:
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
    def write_fields(self) -> frozenset[str]:
        """Return the fields a decision may change, with those where sales answers."""
        return frozenset({*self.mapping.write_back, self.mapping.sales_verdict, self.mapping.reject_reason})
