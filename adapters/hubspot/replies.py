"""Read HubSpot documents into values, forgiving everything that still has one meaning.

Ids come as numbers or text, properties as text, null, or not at all, times as ISO text or epoch milliseconds,
successes under any 2xx status. A part that cannot be read is left out; who asked for it accounts for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from adapters.hubspot.failures import classify_body
from adapters.json_body import dig
from adapters.raw_values import to_instant
from connector.errors import CrmError, GoneError

_NO_ASSOCIATIONS: Final = "NO_ASSOCIATIONS_FOUND"
_POSITION: Final = re.compile(r"inputs\[(\d+)\]")
_MISSING_CATEGORIES: Final = ("OBJECT_NOT_FOUND", "NOT_FOUND")
_STATUS_OF_CATEGORY: Final = {"VALIDATION_ERROR": 400, "INVALID_OBJECT_IDS": 404, "FORBIDDEN": 403}
_ID_KEYS: Final = ("ids", "id", "objectId", "objectIds", "fromObjectId", "objectWriteTraceId", "recordId")


@dataclass(frozen=True, slots=True)
class Version:
    """Hold one version of a property's history."""

    value: str
    at: datetime | None
    source_type: str
    source_id: str
    user_id: str | None


@dataclass(frozen=True, slots=True)
class CrmRecord:
    """Hold one record of any object type. Property values are text or None."""

    id: str
    properties: Mapping[str, str | None] = field(repr=False)
    history: Mapping[str, tuple[Version, ...]] = field(default_factory=dict, repr=False)
    trace_id: str | None = None

    def get(self, name: str) -> str:
        """Return a property's text; absent, null and empty are all ''."""
        return self.properties.get(name) or ""

    @property
    def merged_ids(self) -> frozenset[str]:
        return frozenset(re.split(r"[;,\s]+", self.get("hs_merged_object_ids"))) - {""}


@dataclass(frozen=True, slots=True)
class ItemError:
    """Hold one error of a batch: which ids or input positions it is about, when it says so."""

    error: CrmError
    ids: frozenset[str] = frozenset()
    positions: frozenset[int] = frozenset()
    no_associations: bool = False

    @property
    def missing(self) -> bool:
        return isinstance(self.error, GoneError)


@dataclass(frozen=True, slots=True)
class Batch:
    """Hold what a batch call answered."""

    results: tuple[Mapping[str, object], ...]
    errors: tuple[ItemError, ...]

    def records(self) -> Iterator[CrmRecord]:
        return (record for item in self.results if (record := parse_record(item)))

    def unattributed(self) -> bool:
        """Say whether some error does not tell which item it is about."""
        return any(not (item.ids or item.positions or item.no_associations) for item in self.errors)


@dataclass(frozen=True, slots=True)
class Page:
    """Hold one page and where the next one starts."""

    results: tuple[Mapping[str, object], ...]
    after: str | None = None
    total: int | None = None


def parse_batch(document: object) -> Batch:
    errors = document.get("errors") if isinstance(document, Mapping) else None
    items = errors if isinstance(errors, list) else []
    return Batch(_results(document), tuple(_parse_item_error(item) for item in items if isinstance(item, Mapping)))


def parse_page(document: object) -> Page:
    total = document.get("total") if isinstance(document, Mapping) else None
    known = total if isinstance(total, int) and not isinstance(total, bool) else None
    return Page(_results(document), parse_after(document), known)


def parse_after(document: object) -> str | None:
    """Return the cursor of the next page, '' and null being none."""
    return to_id(dig(document, "paging", "next", "after"))


def loses_cursor(document: object) -> bool:
    """Say whether a next page is announced without a cursor that leads to it."""
    paging, following = dig(document, "paging"), dig(document, "paging", "next")
    if any(part is not None and not isinstance(part, Mapping) for part in (paging, following)):
        return True
    cursor = following.get("after", following or None) if isinstance(following, Mapping) else None
    return cursor not in (None, "") and to_id(cursor) is None


def is_whole(document: object, is_sound: Callable[[Mapping[str, object]], bool]) -> bool:
    """Say whether everything a reply lists can be read: what is skipped over would count as not there."""
    items = document if isinstance(document, list) else dig(document, "results")
    if items is not None and not isinstance(items, list):
        return False
    sound = all(isinstance(item, Mapping) and is_sound(item) for item in items or ())
    return sound and not loses_cursor(document)


def is_named(item: Mapping[str, object]) -> bool:
    """Say whether an item tells which record it is."""
    return parse_record(item) is not None


def is_record(item: Mapping[str, object]) -> bool:
    """Say whether an item is a record with its values: without them, everything about it would count as unknown."""
    return is_named(item) and isinstance(item.get("properties"), Mapping)


def is_linked(item: Mapping[str, object]) -> bool:
    """Say whether an item names a record and all that it is linked to."""
    targets = item.get("to")
    if to_id(dig(item, "from", "id")) is None or loses_cursor(item):
        return False
    return targets is None or (isinstance(targets, list) and len(linked_ids(item)) == len(targets))


def linked_ids(item: Mapping[str, object]) -> list[str]:
    """Return the ids an association item names."""
    targets = item.get("to")
    named = (
        to_id(dig(one, "toObjectId")) or to_id(dig(one, "id")) for one in (targets if isinstance(targets, list) else ())
    )
    return [object_id for object_id in named if object_id is not None]


def to_id(value: object) -> str | None:
    """Return an id as text; HubSpot sends `toObjectId` as a number and every other id as text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.strip() or None if isinstance(value, str) else None


def to_text(value: object) -> str | None:
    """Return a property value as HubSpot's text form, whatever JSON type it came in."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(to_id(value) or value)
    if isinstance(value, list):
        return ";".join(part for item in value if (part := to_text(item)))
    inner = value.get("value") if isinstance(value, Mapping) else None
    return None if isinstance(inner, Mapping) else to_text(inner)


def parse_record(item: Mapping[str, object]) -> CrmRecord | None:
    """Read a record; None without an id."""
    object_id = to_id(item.get("id")) or to_id(dig(item, "properties", "hs_object_id"))
    if object_id is None:
        return None
    properties = item.get("properties")
    history = item.get("propertiesWithHistory")
    return CrmRecord(
        object_id,
        {str(k): to_text(v) for k, v in properties.items()} if isinstance(properties, Mapping) else {},
        {str(k): _parse_versions(v) for k, v in history.items()} if isinstance(history, Mapping) else {},
        to_id(item.get("objectWriteTraceId")),
    )


def _parse_versions(versions: object) -> tuple[Version, ...]:
    """Return a history newest first; versions without a readable time last."""
    read = [
        Version(
            to_text(item.get("value")) or "",
            to_instant(item.get("timestamp")),
            str(item.get("sourceType") or "").upper(),
            str(to_id(item.get("sourceId")) or ""),
            to_id(item.get("updatedByUserId")),
        )
        for item in (versions if isinstance(versions, list) else ())
        if isinstance(item, Mapping)
    ]
    return tuple(sorted(read, key=lambda version: version.at.timestamp() if version.at else 0.0, reverse=True))


def _results(document: object) -> tuple[Mapping[str, object], ...]:
    items = document if isinstance(document, list) else dig(document, "results")
    return tuple(item for item in items if isinstance(item, Mapping)) if isinstance(items, list) else ()


def _parse_item_error(item: Mapping[str, object]) -> ItemError:
    category = str(item.get("category") or "")
    marks = f"{item.get('subCategory')} {category} {item.get('message')}"
    context = item.get("context")
    ids: set[str] = set()
    for key in _ID_KEYS:
        for holder in (context, item):
            ids.update(_ids(holder.get(key)) if isinstance(holder, Mapping) else ())
    positions = frozenset(int(found) for found in _POSITION.findall(f"{item.get('in')} {context}"))
    return ItemError(_item_error(item, category), frozenset(ids), positions, _NO_ASSOCIATIONS in marks)


def _item_error(item: Mapping[str, object], category: str) -> CrmError:
    if category in _MISSING_CATEGORIES:
        return GoneError("HubSpot does not have it", code=category)
    status = to_id(item.get("status"))
    code = int(status) if status and status.isdigit() else _STATUS_OF_CATEGORY.get(category, 500)
    return classify_body(item, code, {})


def _ids(values: object) -> Iterator[str]:
    for value in values if isinstance(values, Sequence) and not isinstance(values, str) else [values]:
        if identity := to_id(value):
            yield identity
