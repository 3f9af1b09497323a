"""Read the events of a verified HubSpot delivery as doorbells. Events nobody can use are passed over, not refused.

Imports nothing but the standard library: a receiver that only passes doorbells on must start at once.

Source: developers.hubspot.com, "Webhooks" guides, read 2025-01 and 2026-03 (documented): an array of up to a hundred
events of several portals and types; `contact.*` or `object.*` by the section the app subscribed in; a merge names
primary, merged and new record; a privacy deletion comes beside a deletion, in any order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from connector.errors import PayloadError
from connector.live.doorbell import Doorbell, Why, plausible

Event: TypeAlias = Mapping[str, Any]

CONTACT: Final = "contact"
TYPE_OF_ID: Final[Mapping[str, str]] = {
    "0-1": CONTACT, "0-3": "deal", "0-18": "communication", "0-27": "task", "0-46": "note", "0-47": "meeting",
    "0-48": "call", "0-49": "email",
}  # fmt: skip
"""Source: developers.hubspot.com, "Object type IDs", read 2025-01 (documented)."""
HANG_ON_PEOPLE: Final = frozenset(TYPE_OF_ID.values()) - {CONTACT}
_SPELLINGS: Final[Mapping[str, str]] = {"meeting_event": "meeting"}
_WHYS: Final[Mapping[str, Why]] = {
    "creation": "created", "propertychange": "changed", "deletion": "deleted", "restore": "restored",
    "merge": "merged", "associationchange": "associated", "privacydeletion": "privacy_deleted",
}  # fmt: skip
_ECHOES: Final = frozenset({"created", "changed", "associated"})
SPOKEN_BY_PEOPLE: Final = frozenset(
    {"lifecyclestage", "hs_lead_status", "puente_sales_verdict", "puente_reject_reason"}
)
"""Properties that are never taken for an echo: a card of our own app may set them for a person."""

_ID: Final = re.compile(r"[0-9]{1,20}", re.ASCII)


def parse_doorbells(raw: bytes, *, account: str | None, app_id: str | None, now: datetime) -> list[Doorbell]:
    """Read a delivery. Raises PayloadError when it is no JSON array.

    Events of another portal than `account` are passed over (None takes all), as are unknown types. What our own app
    changed is marked `ours`. Several events that say the same of one record become one doorbell, the newest.
    """
    newest: dict[tuple[object, ...], Doorbell] = {}
    for event in _events(raw):
        for bell in _bells(event, account, app_id, now):
            key = (bell.account, bell.object_type, bell.object_id, bell.why, bell.survivor, bell.ours)
            known = newest.get(key)
            if known is None or known.rang_at < bell.rang_at:
                newest[key] = bell
    return list(newest.values())


def _events(raw: bytes) -> Iterable[Event]:
    try:
        # Decoded here: `json` would also take UTF-16 and UTF-32, which HubSpot never sends.
        delivery = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise PayloadError(f"hubspot webhook: the body is no JSON ({type(error).__name__})") from None
    if not isinstance(delivery, list):
        raise PayloadError("hubspot webhook: the body is no JSON array of events")
    return [event for event in delivery if isinstance(event, dict)]


def _bells(event: Event, account: str | None, app_id: str | None, now: datetime) -> Iterator[Doorbell]:
    portal = _id(event.get("portalId"))
    kind, why = _kind_and_why(event)
    if portal is None or why is None or (account is not None and portal != account):
        return
    rang_at, ours = _rang_at(event.get("occurredAt"), now), why in _ECHOES and _is_ours(event, app_id)
    for object_type, object_id, survivor in _concerned(event, kind, why):
        if object_type == CONTACT:
            yield Doorbell("hubspot", portal, CONTACT, object_id, rang_at, why, survivor, ours=ours)
        elif object_type in HANG_ON_PEOPLE and why not in ("deleted", "privacy_deleted"):
            hangs = (object_type, object_id)
            yield Doorbell("hubspot", portal, *hangs, rang_at, "engagement", engagement=hangs, ours=ours)


def _kind_and_why(event: Event) -> tuple[str | None, Why | None]:
    """Tell what kind of record an event is about, from either form of its type."""
    subscription = event.get("subscriptionType")
    kind, _, verb = (subscription if isinstance(subscription, str) else "").lower().partition(".")
    if kind == "object":
        type_id = event.get("objectTypeId")
        return (TYPE_OF_ID.get(type_id) if isinstance(type_id, str) else None), _WHYS.get(verb)
    return _SPELLINGS.get(kind, kind), _WHYS.get(verb)


def _concerned(event: Event, kind: str | None, why: Why) -> Iterator[tuple[str, str, str | None]]:
    """Name the records an event is about: type, id and, for merged ones, the survivor."""
    if why == "associated":
        yield from _associated(event, kind)
    elif why == "merged" and kind == CONTACT:
        yield from _merged(event)
    elif kind is not None and (object_id := _id(event.get("objectId"))):
        yield kind, object_id, None


def _merged(event: Event) -> Iterator[tuple[str, str, str | None]]:
    merged = event.get("mergedObjectIds")
    losers = [_id(value) for value in merged] if isinstance(merged, list) else []
    primary = _id(event.get("primaryObjectId"))
    survivor = _id(event.get("newObjectId")) or primary or _id(event.get("objectId"))
    named = dict.fromkeys(loser for loser in (*losers, primary) if loser and loser != survivor)
    for loser in named:
        yield CONTACT, loser, survivor
    if not named and survivor:
        yield CONTACT, survivor, None


def _associated(event: Event, kind: str | None) -> Iterator[tuple[str, str, str | None]]:
    """Name the person of an association, on whichever side; without one, the record whose event it is.

    Source: as above (documented): `associationType` is like CONTACT_TO_COMPANY; the `object.*` form names the types
    of both sides by id (seen in payloads, not documented).
    """
    left, to, right = str(event.get("associationType")).lower().partition("_to_")
    kinds = (
        TYPE_OF_ID.get(str(event.get("fromObjectTypeId"))) or (left if to else kind),
        TYPE_OF_ID.get(str(event.get("toObjectTypeId"))) or right,
    )
    ids = (_id(event.get("fromObjectId")) or _id(event.get("objectId")), _id(event.get("toObjectId")))
    ends = [(end, object_id) for end, object_id in zip(kinds, ids, strict=True) if end and object_id]
    people = [(end, object_id) for end, object_id in ends if end == CONTACT]
    for end, object_id in people or ends[:1]:
        yield end, object_id, None


def _is_ours(event: Event, app_id: str | None) -> bool:
    """Tell our own write coming back. Source: payloads of production apps, read 2026-11 (measured by others)."""
    is_own_app = (
        app_id is not None and event.get("changeSource") == "INTEGRATION" and _is(event.get("sourceId"), app_id)
    )
    return is_own_app and event.get("propertyName") not in SPOKEN_BY_PEOPLE


def _is(value: object, text: str) -> bool:
    return isinstance(value, str | int) and str(value).strip() == text.strip()


def _id(value: object) -> str | None:
    """Read a record id, which comes as a number or as text."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    text = str(value).strip() if isinstance(value, str) or value < 10**20 else ""
    return text if _ID.fullmatch(text) else None


def _rang_at(value: object, now: datetime) -> datetime:
    """Read milliseconds. What cannot be read, or lies far ahead, counts as now: never as too old."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return now
    try:
        return plausible(datetime.fromtimestamp(float(value) / 1000, UTC), now)
    except (ValueError, OverflowError, OSError):
        return now
