"""Know the org's objects and fields: the standard ones from the CSV tables beside this file, and the custom ones.

Letters in the `flags` column of a field's table: c createable, u updateable, n nillable, d defaulted on create,
r restricted picklist, i id lookup, p subject to field-level security, N the name field, P points to several objects,
q distance queries, s search prefilter, k children go when the parent goes, x external id, U unique, C case-sensitive,
h its history is kept.
F, T, G and A turn around what the type says about filtering, sorting, grouping and aggregating.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from sandbox.salesforce.schema.field import Choice, Field
from sandbox.salesforce.schema.kind import SObject

__all__ = ["CUSTOM_OWNERS", "Choice", "Field", "SObject", "builtin_kinds", "customer_fields"]

CUSTOM_OWNERS = {"Activity": ("Task", "Event")}
"""Objects whose custom fields belong to others: a field of Activity is a field of Task and of Event."""

_FLAGS = {
    "c": "createable",
    "u": "updateable",
    "n": "nillable",
    "d": "defaulted",
    "r": "restricted",
    "i": "id_lookup",
    "p": "permissionable",
    "N": "name_field",
    "P": "polymorphic",
    "q": "by_distance",
    "s": "prefilter",
    "k": "cascade",
    "x": "external_id",
    "U": "unique",
    "C": "case_sensitive",
    "h": "history",
}
_TURNED = {"F": "filterable", "T": "sortable", "G": "groupable", "A": "aggregatable"}


@cache
def builtin_kinds() -> Mapping[str, SObject]:
    """Read the standard objects with their standard fields."""
    return {row["name"]: _kind(row) for row in _rows("objects")}


@cache
def customer_fields() -> tuple[tuple[str, Field], ...]:
    """Read the custom fields the imitated company had before anybody installed anything, each with its object."""
    return tuple((row["object"], _field(row, custom=True)) for row in _rows("customer"))


def _kind(row: Mapping[str, str]) -> SObject:
    flags = row["flags"]
    fields = tuple(_field(one) for one in _rows(row["name"]))
    return SObject(row["name"], row["label"], row["plural"], row["prefix"], flags, fields)


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files(__package__).joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines())


def _field(row: Mapping[str, str], *, custom: bool = False) -> Field:
    flags = row["flags"]
    length, precision, scale, digits = _size(row["type"], row["size"])
    found = Field(
        name=row["name"],
        label=row["label"],
        type=row["type"],
        length=length,
        precision=precision,
        scale=scale,
        digits=digits,
        refers=tuple(row["refers"].split()),
        relationship=row["relationship"] or None,
        children=row["children"] or None,
        compound=row["compound"] or None,
        extra=row["extra"] or None,
        default=row["default"] or None,
        choices=tuple(_choice(one) for one in row["values"].split(";") if one),
        custom=custom,
        turned=frozenset(_TURNED[letter] for letter in flags if letter in _TURNED),
    )
    chosen: dict[str, Any] = {_FLAGS[letter]: True for letter in flags if letter in _FLAGS}
    return replace(found, **chosen)


def _choice(text: str) -> Choice:
    value, _, label = text.partition("=")
    return Choice(value, label or value)


def _size(kind: str, size: str) -> tuple[int, int, int, int]:
    """Read length, precision, scale and digits from the one column that says them."""
    if kind in ("id", "reference"):
        return 18, 0, 0, 0
    if kind in ("double", "currency", "percent"):
        precision, _, scale = size.partition(".")
        return 0, int(precision or 18), int(scale or 0), 0
    if kind == "int":
        return 0, 0, 0, int(size)
    return int(size or 0), 0, 0, 0
