"""Read Change Data Capture events that EventBridge delivers, through Event Relay or through AppFlow.

Imports nothing but the standard library: a receiver that only passes doorbells on must start at once.

Source: Change Data Capture guide and EventRelayFeedback reference, read 2026-11 (documented): an event may concern
several records; a GAP event has no fields; GAP_OVERFLOW names no record. Event Relay wraps the event in `payload`
and names the organisation in the source, AppFlow does neither (measured by others).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from adapters.salesforce.ids import parse_id, person_object
from adapters.salesforce.webhook import HANG_ON_PEOPLE, PERSON_TYPES, parse_instant, verify_organization
from connector.errors import PayloadError
from connector.live.doorbell import Doorbell, Why

_WHYS: Final[Mapping[str, Why]] = {
    "CREATE": "created", "UPDATE": "changed", "UNDELETE": "restored", "GAP_CREATE": "gap", "GAP_UPDATE": "gap",
    "GAP_DELETE": "gap", "GAP_UNDELETE": "gap", "GAP_OVERFLOW": "gap_overflow",
    # The loser of a merge is deleted, too, and only reading it again tells of its survivor.
    "DELETE": "gap",
}  # fmt: skip
_GONE: Final = frozenset({"DELETE", "GAP_DELETE"})
_OWN_PREFIX: Final = "Puente_"
_SPOKEN_BY_PEOPLE: Final = frozenset({"Puente_Sales_Verdict__c", "Puente_Reject_Reason__c"})
_TOUCHED_BY_EVERY_WRITE: Final = frozenset({"LastModifiedDate", "LastModifiedById", "SystemModstamp"})
_PERSON_FIELDS: Final = ("WhoId", "LeadId", "ContactId")
_RELAY: Final = "aws.partner/salesforce.com/"


def parse_doorbells(event: object, *, organization_id: str, own_user_id: str | None, now: datetime) -> list[Doorbell]:
    """Read one EventBridge event. Raises PayloadError when it is no change event, SignatureError for another
    organisation. What only our own user wrote into our own fields is marked `ours`.
    """
    envelope = _map(event)
    detail = _map(envelope.get("detail"))
    payload = _map(detail.get("payload")) or detail
    header = _map(payload.get("ChangeEventHeader"))
    if not header:
        raise PayloadError("salesforce change event: no ChangeEventHeader")
    account = _account(envelope, organization_id)
    return list(dict.fromkeys(_bells(header, payload, account, own_user_id, now)))


def _account(envelope: Mapping[str, Any], organization_id: str) -> str:
    source = envelope.get("source")
    if isinstance(source, str) and source.startswith(_RELAY):
        return verify_organization(source.removeprefix(_RELAY).partition("/")[0], organization_id)
    return verify_organization(organization_id, organization_id)


def _bells(
    header: Mapping[str, Any], payload: Mapping[str, Any], account: str, own_user_id: str | None, now: datetime
) -> Iterator[Doorbell]:
    entity, change = str(header.get("entityName")), str(header.get("changeType"))
    person, kind = PERSON_TYPES.get(entity), HANG_ON_PEOPLE.get(entity)
    # A kind of change that is not known yet is read again: a call too many, never a change lost.
    why = _WHYS.get(change, "gap")
    rang_at, ours = parse_instant(header.get("commitTimestamp"), now), _is_ours(header, own_user_id)
    if why == "gap_overflow":
        if object_type := person or kind:
            yield Doorbell("salesforce", account, object_type, "", rang_at, why)
        return
    if person:
        for record_id in _ids(header):
            yield Doorbell("salesforce", account, person, record_id, rang_at, why, ours=ours)
        return
    people = [found for name in _PERSON_FIELDS if (found := parse_id(payload.get(name))) and person_object(found)]
    for found in people:
        object_type = PERSON_TYPES[str(person_object(found))]
        yield Doorbell("salesforce", account, object_type, found, rang_at, "associated", ours=ours)
    if kind and not people and change not in _GONE:
        for record_id in _ids(header):
            hangs = (kind, record_id)
            yield Doorbell("salesforce", account, *hangs, rang_at, "engagement", engagement=hangs, ours=ours)


def _is_ours(header: Mapping[str, Any], own_user_id: str | None) -> bool:
    """Tell our own write coming back: our user, and nothing but our fields or a record our user made."""
    user = parse_id(header.get("commitUser"))
    if own_user_id is None or user is None or user != parse_id(own_user_id):
        return False
    if header.get("changeType") == "CREATE":
        return header.get("entityName") == "Task"
    return header.get("changeType") == "UPDATE" and _are_ours(header.get("changedFields"))


def _are_ours(changed: object) -> bool:
    if not isinstance(changed, list) or not changed:
        return False
    names = {str(name) for name in changed} - _TOUCHED_BY_EVERY_WRITE
    return all(name.startswith(_OWN_PREFIX) and name not in _SPOKEN_BY_PEOPLE for name in names)


def _ids(header: Mapping[str, Any]) -> Collection[str]:
    found = header.get("recordIds")
    return dict.fromkeys(
        record_id for value in (found if isinstance(found, list) else [found]) if (record_id := parse_id(value))
    )


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
