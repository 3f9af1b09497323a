"""Know what the organisation shows of its objects: describe once, forget a field that turns out to be hidden."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from adapters.fanout import ends_the_run
from adapters.json_body import dig
from adapters.pieces import chunks
from adapters.salesforce import soql
from adapters.salesforce.api import SUBREQUESTS, Subrequest
from adapters.salesforce.availability import refusal
from adapters.salesforce.gateway import Gateway, Query
from connector.errors import CrmError, RejectedError
from connector.ports import FieldInfo

_ANYBODY: Final = ("Name", "Email", "FirstName", "LastName", "Id", "Username", "Alias", "Type")
"""What can be asked of a parent that may be of several objects (documented: the Name object)."""


_NUMBERS: Final = ("double", "int", "currency", "percent", "long")


@dataclass(frozen=True, slots=True)
class FieldDetail:
    """Describe one field as the caller may use it."""

    info: FieldInfo
    createable: bool = False
    filterable: bool = True
    unique: bool = False
    length: int = 0
    default_option: str | None = None


@dataclass(frozen=True, slots=True)
class ObjectDetail:
    """Describe one object: visible fields by name, and the objects its references lead to."""

    name: str
    fields: Mapping[str, FieldDetail] = field(default_factory=dict)
    parents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Schema:
    """Describe objects once per process, all that are asked for together in one call.

    Fields without permission are missing from a description exactly as fields that were never made.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._lock = threading.RLock()
        self._objects: dict[str, ObjectDetail | None] = {}
        self._why_not: dict[str, str] = {}
        self._lost: set[tuple[str, str]] = set()

    def load(self, names: Iterable[str]) -> None:
        """Describe objects that are not known yet. Raises CrmError when an answer could not be had."""
        with self._lock:
            unknown = [name for name in dict.fromkeys(names) if name not in self._objects]
            for piece in chunks(unknown, SUBREQUESTS):
                self._describe(piece)

    def _describe(self, names: Iterable[str]) -> None:
        wanted = list(names)
        urls = [Subrequest("GET", self._gateway.api.describe_url(name)) for name in wanted]
        for name, body in zip(wanted, self._gateway.composite(urls, "schema"), strict=True):
            self._objects[name] = self._read(name, body)

    def _read(self, name: str, body: object | CrmError) -> ObjectDetail | None:
        """Read a description; one refused inside a composite is asked for by itself before it counts as missing."""
        try:
            document = self._gateway.http.send(self._gateway.api.describe(name)) if isinstance(body, CrmError) else body
        except CrmError as error:
            why = refusal(error)
            if why is None or ends_the_run(error):
                raise
            self._why_not[name] = why
            return None
        return parse_object(name, document)

    def object(self, name: str) -> ObjectDetail | None:
        """Return an object, or None when this organisation or our user does not have it."""
        if name not in self._objects:
            self.load([name])
        return self._objects[name]

    def is_closed(self, name: str) -> bool:
        """Say whether an object is not there for our user at all: neither described nor answered for."""
        if self.object(name) is not None:
            return False
        (answer,) = self._gateway.ask([Query(soql.select(("Id",), name, limit=1))], "schema")
        return answer.error is not None and refusal(answer.error) is not None

    def why_not(self, name: str) -> str:
        return self._why_not.get(name, "not_offered")

    def has(self, sobject: str, path: str) -> bool:
        """Say whether a field, or a parent's field under a dotted path, can be read."""
        if (sobject, path) in self._lost:
            return False
        found = self.object(sobject)
        relationship, dot, rest = path.partition(".")
        if found is None:
            # Nobody described it: a standard field is asked for, and the query's answer decides.
            return not path.lower().endswith("__c")
        if not dot:
            return path in found.fields
        parents = found.parents.get(relationship) or ((relationship,) if f"{relationship}Id" in found.fields else ())
        if len(parents) > 1:
            return rest in _ANYBODY
        return bool(parents) and self.has(parents[0], rest)

    def visible(self, sobject: str, paths: Iterable[str]) -> list[str]:
        return [path for path in paths if self.has(sobject, path)]

    def detail(self, sobject: str, name: str) -> FieldDetail | None:
        found = self.object(sobject)
        return found.fields.get(name) if found else None

    def numbers(self, sobject: str, paths: Iterable[str]) -> frozenset[str]:
        """Return which of an object's own fields hold numbers."""
        details = ((path, self.detail(sobject, path)) for path in paths)
        return frozenset(path for path, detail in details if detail and detail.info.type in _NUMBERS)

    def lose(self, sobject: str, error: RejectedError, asked: Iterable[str]) -> list[str]:
        """Forget the fields a query was refused for; return which of the asked paths they are.

        Salesforce names the last part of a path, or its relationship.
        """
        named = {part for name in error.fields for part in (name, name.rpartition(".")[2])}
        lost = [path for path in asked if path in named or named & set(path.split("."))]
        with self._lock:
            self._lost |= {(sobject, path) for path in lost}
        return lost


def parse_object(name: str, document: object) -> ObjectDetail:
    """Read a describe document."""
    items = dig(document, "fields")
    fields: dict[str, FieldDetail] = {}
    parents: dict[str, tuple[str, ...]] = {}
    for item in items if isinstance(items, list) else ():
        if not isinstance(item, Mapping) or not isinstance(item.get("name"), str):
            continue
        fields[item["name"]] = _parse_field(item)
        targets = item.get("referenceTo")
        if isinstance(item.get("relationshipName"), str) and isinstance(targets, list):
            parents[item["relationshipName"]] = tuple(str(target) for target in targets)
    return ObjectDetail(name, fields, parents)


def _parse_field(item: Mapping[str, object]) -> FieldDetail:
    choices = item.get("picklistValues")
    active = [
        choice
        for choice in (choices if isinstance(choices, list) else ())
        if isinstance(choice, Mapping) and choice.get("active") is not False and isinstance(choice.get("value"), str)
    ]
    return FieldDetail(
        info=FieldInfo(
            name=str(item["name"]),
            label=str(item.get("label") or ""),
            type=str(item.get("type") or ""),
            options=tuple(str(choice["value"]) for choice in active),
            writable=item.get("updateable") is not False,
        ),
        createable=item.get("createable") is not False,
        filterable=item.get("filterable") is not False,
        unique=item.get("unique") is True,
        length=length if isinstance(length := item.get("length"), int) else 0,
        default_option=next((str(c["value"]) for c in active if c.get("defaultValue") is True), None),
    )
