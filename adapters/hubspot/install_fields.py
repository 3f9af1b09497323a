"""Describe our own properties in HubSpot's words, labelled in the user's language. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from adapters.own_labels import Locale, field_label, option_label
from connector.own_fields import OwnField

GROUP: Final = "puente"
GROUP_LABEL: Final = "Puente"

_TYPES: Final[Mapping[str, tuple[str, str]]] = {
    "choice": ("enumeration", "select"),
    "text": ("string", "text"),
    "long_text": ("string", "textarea"),
    "number": ("number", "number"),
    "datetime": ("datetime", "date"),
}
"""Own kind → HubSpot's type and fieldType. Source: HubSpot properties guide, read 2026-04 (documented)."""


def hubspot_type(field: OwnField) -> str:
    return _TYPES[field.kind][0]


def property_body(field: OwnField, name: str, locale: Locale, *, unique: bool = False) -> dict[str, object]:
    """Build the body that creates a property; `name` may be the mapping's own."""
    property_type, field_type = _TYPES[field.kind]
    body: dict[str, object] = {
        "groupName": GROUP,
        "name": name,
        "label": field_label(field, locale),
        "description": field.description_en,
        "type": property_type,
        "fieldType": field_type,
        "formField": False,
    }
    if field.options:
        body["options"] = [
            {"label": option_label(value, locale), "value": value, "displayOrder": place, "hidden": False}
            for place, value in enumerate(field.options)
        ]
    if unique:
        body["hasUniqueValue"] = True
    return body


def difference(field: OwnField, found: Mapping[str, object]) -> str | None:
    """Say how an existing property differs from ours in what we write; None when it will do."""
    if found.get("type") != hubspot_type(field):
        return f"type {found.get('type')}, expected {hubspot_type(field)}"
    options = found.get("options")
    values = {o.get("value") for o in options if isinstance(o, Mapping)} if isinstance(options, list) else set()
    lacking = [value for value in field.options if value not in values]
    return f"lacks the options {', '.join(lacking)}" if lacking else None
