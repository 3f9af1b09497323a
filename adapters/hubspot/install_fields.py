"""Describe our own properties in HubSpot's words, labelled in the user's language. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from adapters.installation import MARK, State, with_mark
from adapters.own_labels import Locale, field_label, option_label
from connector.domain.phrase import phrase
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
        "description": with_mark(field.description_en),
        "type": property_type,
        "fieldType": field_type,
        "formField": False,
    }
    if field.options:
        body["options"] = [_option(value, place, locale) for place, value in enumerate(field.options)]
    if unique:
        body["hasUniqueValue"] = True
    return body


def compare(field: OwnField, found: Mapping[str, object]) -> tuple[State, str]:
    """Say how an existing property differs from ours in what we write; another type is a conflict."""
    if found.get("type") != hubspot_type(field):
        actual, expected = found.get("type"), hubspot_type(field)
        return "conflict", phrase("type {actual}, expected {expected}", actual=actual, expected=expected)
    if lacking := _lacking(field, found):
        return "outdated", phrase("lacks the options {options}", options=", ".join(lacking))
    return "exists", ""


def added_options(field: OwnField, found: Mapping[str, object], locale: Locale) -> list[object]:
    """Return the options a property has, followed by those of ours that it lacks."""
    present = found.get("options")
    kept: list[object] = list(present) if isinstance(present, list) else []
    lacking = _lacking(field, found)
    return kept + [_option(value, len(kept) + place, locale) for place, value in enumerate(lacking)]


def is_ours(field: OwnField, found: Mapping[str, object]) -> bool:
    """Say whether we made a property: by its group, its type, and the mark in its description."""
    marked = MARK in str(found.get("description") or "")
    return marked and found.get("groupName") == GROUP and found.get("type") == hubspot_type(field)


def _lacking(field: OwnField, found: Mapping[str, object]) -> list[str]:
    options = found.get("options")
    values = {o.get("value") for o in options if isinstance(o, Mapping)} if isinstance(options, list) else set()
    return [value for value in field.options if value not in values]


def _option(value: str, place: int, locale: Locale) -> dict[str, object]:
    return {"label": option_label(value, locale), "value": value, "displayOrder": place, "hidden": False}
