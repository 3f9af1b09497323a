"""One object type of the org."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sandbox.salesforce.schema.field import Field


@dataclass(frozen=True, slots=True)
class SObject:
    """One object with its fields in the order describe gives them.

    Letters in `flags`: c createable, u updateable, d deletable, m mergeable, f feeds, o most recently used,
    h searchable, y search layouts, l page layouts, t triggers, v can be undeleted, r replicateable.
    """

    name: str
    label: str
    plural: str
    prefix: str
    flags: str
    fields: tuple[Field, ...]
    _by_name: dict[str, Field] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {one.name.lower(): one for one in self.fields})

    def find(self, name: str) -> Field | None:
        """Find a field; Salesforce ignores the case of its name."""
        return self._by_name.get(name.lower())

    def field(self, name: str) -> Field:
        """Give a field that is known to exist."""
        return self._by_name[name.lower()]

    def has(self, name: str) -> bool:
        """Tell whether there is such a field."""
        return name.lower() in self._by_name

    def by_relationship(self, name: str) -> Field | None:
        """Find the reference field whose relationship has this name."""
        wanted = name.lower()
        return next((one for one in self.fields if one.relationship and one.relationship.lower() == wanted), None)

    def references(self) -> Iterator[Field]:
        """Give the reference fields."""
        return (one for one in self.fields if one.type == "reference")

    def with_fields(self, fields: tuple[Field, ...]) -> SObject:
        """Give the object with other fields."""
        return replace(self, fields=fields)

    @property
    def is_activity(self) -> bool:
        """Tell whether it is one of the two faces of Activity."""
        return self.name in ("Task", "Event")
