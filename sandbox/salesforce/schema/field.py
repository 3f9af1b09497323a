"""One field of an object."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

_SOAP_TYPES = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "double": "xsd:double",
    "currency": "xsd:double",
    "percent": "xsd:double",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "address": "urn:address",
}
_TEXT_BYTES = 3  # a character takes up to so many bytes
_MOST_FILTERABLE = 255
_UNGROUPED = frozenset(("datetime", "double", "currency", "percent", "combobox", "address"))


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a picklist."""

    value: str
    label: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class Field:
    """One field as the describe call knows it; `turned` names the abilities that differ from what the type says."""

    name: str
    label: str
    type: str
    length: int = 0
    precision: int = 0
    scale: int = 0
    digits: int = 0
    refers: tuple[str, ...] = ()
    relationship: str | None = None
    children: str | None = None
    compound: str | None = None
    extra: str | None = None
    default: str | None = None
    choices: tuple[Choice, ...] = ()
    custom: bool = False
    createable: bool = False
    updateable: bool = False
    nillable: bool = False
    defaulted: bool = False
    restricted: bool = False
    id_lookup: bool = False
    permissionable: bool = False
    name_field: bool = False
    polymorphic: bool = False
    by_distance: bool = False
    prefilter: bool = False
    cascade: bool = False
    external_id: bool = False
    unique: bool = False
    case_sensitive: bool = False
    history: bool = False
    turned: frozenset[str] = frozenset()
    help: str | None = None

    @property
    def soap_type(self) -> str:
        """Name the type as SOAP does."""
        return _SOAP_TYPES.get(self.type, "xsd:string")

    @property
    def byte_length(self) -> int:
        """Count the bytes a text of full length may take."""
        return self.length if self.type in ("id", "reference") else self.length * _TEXT_BYTES

    @property
    def stored(self) -> bool:
        """Tell whether it has a column; compound fields are put together from others."""
        return self.type != "address"

    @property
    def long_text(self) -> bool:
        """Tell whether it is too long to be filtered."""
        return self.type in ("textarea", "html") and self.length > _MOST_FILTERABLE

    @property
    def filterable(self) -> bool:
        """Tell whether WHERE may name it."""
        return (not self.long_text) != ("filterable" in self.turned)

    @property
    def sortable(self) -> bool:
        """Tell whether ORDER BY may name it."""
        return (not self.long_text and self.type not in ("address", "multipicklist")) != ("sortable" in self.turned)

    @property
    def groupable(self) -> bool:
        """Tell whether GROUP BY may name it."""
        able = not self.long_text and self.type not in _UNGROUPED and self.type != "multipicklist"
        return able != ("groupable" in self.turned)

    @property
    def aggregatable(self) -> bool:
        """Tell whether COUNT, MIN and the like may name it."""
        able = not self.long_text and self.type not in ("boolean", "address", "multipicklist")
        return able != ("aggregatable" in self.turned)

    @property
    def required(self) -> bool:
        """Tell whether a new record must bring a value."""
        return self.createable and not self.nillable and not self.defaulted

    def values(self) -> frozenset[str]:
        """List the active values of a picklist."""
        return frozenset(choice.value for choice in self.choices if choice.active)

    def to_json(self) -> dict[str, Any]:
        """Write the field down for the database."""
        return {**asdict(self), "turned": sorted(self.turned)}


def field_from_json(body: dict[str, Any]) -> Field:
    """Read a field back from the database."""
    values = {
        **body,
        "refers": tuple(body["refers"]),
        "choices": tuple(Choice(**one) for one in body["choices"]),
        "turned": frozenset(body["turned"]),
    }
    return Field(**values)
