"""Keep the names behind ids that records only point at: forms, lists, marketing events."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Final, Generic, TypeVar

from adapters.hubspot.availability import Availability, refusal
from adapters.hubspot.gateway import Gateway
from adapters.hubspot.replies import to_id, to_text
from adapters.json_body import dig
from connector.domain.values import parse_number
from connector.errors import CrmError

FORMS: Final = "forms"
LISTS: Final = "lists"
_FRESH_SECONDS: Final = 300.0
_MOST_PAGES: Final = 200
V = TypeVar("V")


class NameBook(Generic[V]):
    """Load a table once and share it; an id it has not met loads it again at once, one it lacks every five minutes."""

    def __init__(self, load: Callable[[], Mapping[str, V]], clock: Callable[[], float]) -> None:
        self._load = load
        self._clock = clock
        self._lock = threading.Lock()
        self._known: Mapping[str, V] = {}
        self._nameless: set[str] = set()
        self._loaded_at: float | None = None

    def look_up(self, ids: Iterable[str]) -> Mapping[str, V]:
        """Return the table, as fresh as these ids need it. Raises CrmError when it cannot be loaded."""
        with self._lock:
            unknown = set(ids) - self._known.keys()
            stale = self._loaded_at is None or self._clock() - self._loaded_at >= _FRESH_SECONDS
            if self._loaded_at is None or (unknown and stale) or unknown - self._nameless:
                self._known = self._load()
                self._loaded_at = self._clock()
                self._nameless = unknown - self._known.keys()
            return self._known


def load_form_names(gateway: Gateway, availability: Availability) -> Mapping[str, str]:
    """Load form id → name from the undated path or the dated beta; without either, forms stay nameless."""
    reasons: list[str] = []
    for dated in (False, True):
        try:
            return _load_form_names(gateway, dated)
        except CrmError as error:
            why = refusal(FORMS, error)
            if why is None:
                raise
            reasons.append(why)
    availability.refuse(FORMS, reasons[0])
    return {}


def _load_form_names(gateway: Gateway, dated: bool) -> Mapping[str, str]:
    pages = gateway.pages(lambda after: gateway.api.forms(after, dated=dated))
    return {
        form_id: name
        for page in pages
        for item in page.results
        if (form_id := to_id(item.get("id")) or to_id(item.get("guid"))) and (name := to_text(item.get("name")))
    }


def load_list_names(gateway: Gateway, availability: Availability) -> Mapping[str, str]:
    """Load list id → name; an account that does not tell the names cannot supply lists at all."""
    try:
        return _load_list_names(gateway)
    except CrmError as error:
        why = refusal(LISTS, error)
        if why is None:
            raise
        availability.refuse(LISTS, why)
        return {}


def _load_list_names(gateway: Gateway) -> Mapping[str, str]:
    names: dict[str, str] = {}
    offset = 0
    for _ in range(_MOST_PAGES):
        document = gateway.send(gateway.api.lists(offset))
        items = dig(document, "lists") or dig(document, "results")
        found = items if isinstance(items, list) else []
        for item in found:
            list_id, name = to_id(dig(item, "listId")), to_text(dig(item, "name"))
            if list_id and name:
                names[list_id] = name
        stated = dig(document, "offset")
        following = stated if isinstance(stated, int) and stated > offset else offset + len(found)
        if dig(document, "hasMore") is not True or following <= offset:
            break
        offset = following
    return names


class MarketingEvent:
    """Describe one marketing event: its type, and how many calls reading all its participations takes."""

    __slots__ = ("calls", "type")

    def __init__(self, item: Mapping[str, object]) -> None:
        self.type = to_text(item.get("eventType")) or ""
        counted = (parse_number(item.get(name)) for name in ("registrants", "attendees", "cancellations", "noShows"))
        people = sum(number for number in counted if isinstance(number, float))
        self.calls = max(1, -(-int(people) // 100))


def load_marketing_events(gateway: Gateway) -> Mapping[str, MarketingEvent]:
    return {
        event_id: MarketingEvent(item)
        for page in gateway.pages(gateway.api.marketing_events)
        for item in page.results
        if (event_id := to_id(item.get("objectId")) or to_id(item.get("id")))
    }
