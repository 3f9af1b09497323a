"""Propose which field of a CRM holds which attribute, by name, label and type, and say how sure that is. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from connector.domain.mapping import AttributeOwner, AttributeSource
from connector.domain.person import ValueType
from connector.domain.text import fold
from connector.ports import FieldInfo

Certainty: TypeAlias = Literal["sure", "guess", "none"]
Why: TypeAlias = Literal["named", "label", "several", "label_part", "type_differs", "nothing"]

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "company": ("empresa", "nombre de la empresa", "razón social", "compañía", "company name", "account name"),
    "job_title": ("cargo", "puesto", "puesto de trabajo", "título del puesto", "job title", "title", "position"),
    "country": ("país", "país/región", "código de país", "country", "country/region", "country code"),
    "city": ("ciudad", "localidad", "city", "town"),
    "language": ("idioma", "idioma preferido", "lengua", "language", "preferred language"),
    "source": ("origen", "fuente", "fuente original", "origen del lead", "lead source", "original source"),
    "persona": ("persona", "buyer persona", "perfil de comprador", "persona type"),
    "owner": ("propietario", "responsable", "propietario del contacto", "owner", "contact owner", "lead owner"),
    "email": ("correo", "correo electrónico", "email", "e-mail", "email address"),
    "bounced": ("motivo del rebote", "rebote", "bounce reason", "email bounced reason", "hard bounce reason"),
    "bad_address": ("correo no válido", "dirección incorrecta", "invalid email address", "email bounced"),
    "opted_out": ("baja de correos", "no desea correos", "opted out of email", "email opt out", "unsubscribed"),
    "employees": (
        "empleados", "número de empleados", "n.º de empleados", "plantilla", "tamaño de la empresa", "employees",
        "number of employees", "employee count", "company size",
    ),
    "industry": ("sector", "industria", "ramo", "industry", "industry sector"),
}  # fmt: skip
"""What people call the attributes of the packaged model, in Spanish and English; any other goes by its own name."""

_TEXTS: Final = (
    "string", "enumeration", "phone_number", "picklist", "textarea", "email", "phone", "url", "reference", "combobox",
    "id",
)  # fmt: skip
_HELD_AS: Final[Mapping[ValueType, frozenset[str]]] = {
    "text": frozenset(_TEXTS),
    "number": frozenset(("number", "double", "int", "long", "currency", "percent")),
    "boolean": frozenset(("bool", "boolean", "enumeration")),
    "datetime": frozenset(("datetime", "date")),
    "list": frozenset(("enumeration", "multipicklist")),
}
"""Type of an attribute → the types of fields, in either CRM's words, that can hold it."""
_OWN: Final = "puente"
_SHORTEST_PART: Final = 4


@dataclass(frozen=True, slots=True)
class Proposal:
    """Say which field holds an attribute; `packaged` is what the packaged mapping names, `also` what else it may be."""

    attribute: str
    owner: AttributeOwner
    packaged: str
    certainty: Certainty
    why: Why
    field: str | None = None
    label: str = ""
    also: tuple[str, ...] = ()

    @property
    def changes(self) -> bool:
        """Say whether the packaged mapping has to be changed for it."""
        return self.certainty == "sure" and self.field != self.packaged


def propose(
    attributes: Iterable[AttributeSource], fields: Mapping[AttributeOwner, Mapping[str, FieldInfo]]
) -> list[Proposal]:
    """Return a proposal for every attribute that is read from a field, in the order of the mapping.

    Attributes of a kind of record that could not be described (no entry in `fields`) are left out.
    """
    return [
        _propose(source, fields[source.source]) for source in attributes if source.fields and source.source in fields
    ]


def _propose(source: AttributeSource, fields: Mapping[str, FieldInfo]) -> Proposal:
    found = [fields[name] for name in source.fields if name in fields]
    fits = [info for info in found if info.type in _HELD_AS[source.type]]
    packaged = "+".join(source.fields)
    if len(fits) == len(source.fields):
        return Proposal(source.name, source.source, packaged, "sure", "named", packaged, fits[0].label)
    searched = _search(source, fields) if len(source.fields) == 1 else None
    if searched is not None:
        return searched
    why: Why = "type_differs" if found else "nothing"
    return Proposal(source.name, source.source, packaged, "none", why, found[0].name if found else None)


def _search(source: AttributeSource, fields: Mapping[str, FieldInfo]) -> Proposal | None:
    """Look for a field that is called like the attribute: one such field is sure, several or a part of it a guess."""
    names = {_plain(name) for name in (source.name, *NAMES.get(source.name, ()))}
    held = _HELD_AS[source.type]
    possible = [info for info in fields.values() if info.type in held and not info.name.lower().startswith(_OWN)]
    exact = [info for info in possible if {_plain(info.name), _plain(info.label)} & names]
    if len(exact) == 1:
        return _proposal(source, "sure", "label", exact)
    if exact:
        return _proposal(source, "guess", "several", sorted(exact, key=lambda info: info.name))
    part = sorted(_likeness(possible, names), key=lambda pair: (-pair[0], pair[1].name))
    return _proposal(source, "guess", "label_part", [info for _, info in part]) if part else None


def _proposal(source: AttributeSource, certainty: Certainty, why: Why, found: list[FieldInfo]) -> Proposal:
    best, *rest = found
    also = tuple(info.name for info in rest[:2])
    return Proposal(source.name, source.source, source.fields[0], certainty, why, best.name, best.label, also)


def _likeness(possible: Iterable[FieldInfo], names: set[str]) -> Iterator[tuple[float, FieldInfo]]:
    """Yield the fields whose label holds one of the names as whole words, with how much of it that is."""
    for info in possible:
        label = _plain(info.label)
        within = [name for name in names if len(name) >= _SHORTEST_PART and f" {name} " in f" {label} "]
        if within:
            yield max(difflib.SequenceMatcher(None, name, label).ratio() for name in within), info


def _plain(text: str) -> str:
    """Reduce a name or a label to its words: `Job_Title__c`, `jobTitle` and «Job title» are one."""
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", re.sub(r"__c$", "", text))
    return " ".join(re.sub(r"[^\w]|_", " ", fold(split)).split())
