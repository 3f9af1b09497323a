"""Know which properties exist: HubSpot's own from the CSV tables beside this file, and the portal's custom ones."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any

from sandbox.hubspot.store import Store

BORN = "2020-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of an enumeration."""

    value: str
    label: str
    display_order: int = 0
    hidden: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """One property of an object type."""

    name: str
    label: str
    type: str
    field_type: str
    group: str
    options: tuple[Option, ...] = ()
    read_only: bool = False
    calculated: bool = False
    hidden: bool = False
    unique: bool = False
    external_options: bool = False
    hubspot_defined: bool = True
    description: str = ""
    display_order: int = -1
    form_field: bool = False
    created_at: str = BORN
    updated_at: str = BORN
    extra: Mapping[str, Any] = field(default_factory=dict)

    def values(self) -> set[str]:
        """List the values an enumeration allows."""
        return {option.value for option in self.options}


@cache
def builtin_definitions(object_type: str) -> dict[str, Definition]:
    """Read HubSpot's own properties of an object type."""
    text = files(__package__).joinpath(f"{object_type}.csv").read_text(encoding="utf-8")
    return {row["name"]: _definition(row) for row in csv.DictReader(text.splitlines())}


def _definition(row: Mapping[str, str]) -> Definition:
    choices = [choice.partition("=") for choice in row["options"].split(";") if choice]
    flags = row["flags"]
    return Definition(
        name=row["name"],
        label=row["label"],
        type=row["type"],
        field_type=row["field_type"],
        group=row["group"],
        options=tuple(Option(value, label, order) for order, (value, _, label) in enumerate(choices)),
        read_only="r" in flags,
        calculated="c" in flags,
        hidden="h" in flags,
        unique="u" in flags,
        external_options="x" in flags,
    )


class Schema:
    """The properties and groups of one portal, cached until the database changes under it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._cache: dict[str, dict[str, Definition]] = {}

    def definitions(self, object_type: str) -> dict[str, Definition]:
        """Give the properties of an object type by name."""
        if object_type not in self._cache:
            custom = [_from_json(body) for body in self._store.all(f"property:{object_type}")]
            self._cache[object_type] = {**builtin_definitions(object_type), **{one.name: one for one in custom}}
        return self._cache[object_type]

    def put(self, object_type: str, definition: Definition) -> None:
        """Create or change a property."""
        self._store.put(f"property:{object_type}", definition.name, asdict(definition))
        self._cache.pop(object_type, None)

    def drop(self, object_type: str, name: str) -> None:
        """Remove a custom property."""
        self._store.drop(f"property:{object_type}", name)
        self._cache.pop(object_type, None)

    def allow(self, object_type: str, name: str, value: str) -> None:
        """Add an option to an enumeration when it lacks it, as a portal's administrator would."""
        definition = self.definitions(object_type)[name]
        if value in definition.values():
            return
        option = Option(value, value, len(definition.options))
        self.put(object_type, replace(definition, options=(*definition.options, option)))

    def forget(self) -> None:
        """Drop the cache, after a transaction was taken back."""
        self._cache.clear()

    def groups(self, object_type: str) -> dict[str, dict[str, Any]]:
        """Give the property groups of an object type by name."""
        own = {one["name"]: one for one in self._store.all(f"group:{object_type}")}
        builtin = sorted({definition.group for definition in builtin_definitions(object_type).values()})
        listed = {
            name: {"name": name, "label": name.replace("_", " ").capitalize(), "displayOrder": order, "archived": False}
            for order, name in enumerate(builtin)
        }
        return {**listed, **own}

    def put_group(self, object_type: str, group: Mapping[str, Any]) -> None:
        """Create or change a group."""
        self._store.put(f"group:{object_type}", group["name"], group)

    def drop_group(self, object_type: str, name: str) -> None:
        """Remove a custom group."""
        self._store.drop(f"group:{object_type}", name)


def _from_json(body: dict[str, Any]) -> Definition:
    options = tuple(Option(**option) for option in body.pop("options"))
    return Definition(**body, options=options)
