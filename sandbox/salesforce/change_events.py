"""Tell of changes as Change Data Capture does through Event Relay: EventBridge events in JSON.

Source: Salesforce, "Change Data Capture developer guide" and "Event Relay", read 2026-11 (documented): a header and the
values that changed, one event for records that changed alike in one transaction, compound names for parts of names and
addresses; a channel may leave out the changes of some users. AWS itself is not imitated: the events are posted to an
address instead of a bus.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.salesforce.org import ORGANIZATION_ID, Org, Ring
from sandbox.salesforce.store import Value
from sandbox.salesforce.wire import to_csv

ENTITIES = ("Lead", "Contact", "Task", "Event", "CampaignMember")
SOURCE = f"aws.partner/salesforce.com/{ORGANIZATION_ID}/0YL5e0000000001AAA"
_FIRST_COMMIT = 1_778_192_987_716_501_507
"""Greater than a float holds exactly, as they are."""
_COMPOUND = {name: f"Name.{name}" for name in ("FirstName", "LastName", "Salutation")}
_ADDRESS = ("Street", "City", "State", "PostalCode", "Country")


@dataclass(frozen=True, slots=True)
class ChangeEvent:
    """One event, as it is sent; sent again, it is the same."""

    records: int
    body: bytes


def build_events(org: Org, rings: Sequence[Ring]) -> list[ChangeEvent]:
    """Make the events of one transaction: records that changed alike share one."""
    key, alike = str(uuid.UUID(int=org.store.next_number("transaction"))), dict[str, list[Ring]]()
    values: dict[str, Mapping[str, Any]] = {}
    for ring in rings:
        if ring.kind in ENTITIES:
            told = _values(org, ring)
            same = json.dumps([ring.kind, ring.change, ring.user_id, told], sort_keys=True)
            values[same] = told
            if ring.record_id not in [one.record_id for one in alike.setdefault(same, [])]:
                alike[same].append(ring)
    return [
        _event(org, key, number, group, values[same]) for number, (same, group) in enumerate(alike.items(), start=1)
    ]


def _values(org: Org, ring: Ring) -> Mapping[str, Any]:
    """Return what an event tells of a record: what changed, or all of a new one; nothing of a deleted one."""
    if ring.change == "DELETE":
        return {}
    (row, *_) = [*org.store.find_many(ring.kind, "Id", [ring.record_id]), {}]
    kind = org.catalog.kind(ring.kind)
    names = ring.fields or tuple(name for name, value in row.items() if value is not None and name != "Id")
    return {
        field.name: _plain(field.type, row.get(field.name)) for name in names if (field := kind.find(name)) is not None
    }


def _event(org: Org, key: str, number: int, group: Sequence[Ring], values: Mapping[str, Any]) -> ChangeEvent:
    first, now = group[0], org.now_ms()
    is_update = first.change == "UPDATE"
    header = {
        "entityName": first.kind,
        "recordIds": [ring.record_id for ring in group],
        "changeType": first.change,
        "changeOrigin": "com/salesforce/api/rest/66.0",
        "transactionKey": key,
        "sequenceNumber": number,
        "commitTimestamp": now,
        "commitNumber": _FIRST_COMMIT + org.store.next_number("commit"),
        "commitUser": first.user_id,
        "nulledFields": [_long(name, first.kind) for name, value in values.items() if is_update and value is None],
        "diffFields": [],
        "changedFields": [_long(name, first.kind) for name in values] if is_update else [],
    }
    payload = {"ChangeEventHeader": header, **{name: value for name, value in values.items() if value is not None}}
    event = {
        "version": "0",
        "id": str(uuid.UUID(int=org.store.next_number("event"))),
        "detail-type": f"{first.kind}ChangeEvent",
        "source": SOURCE,
        "account": "123456789012",
        "time": datetime.fromtimestamp(now / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "region": "eu-west-1",
        "resources": [],
        "detail": {"payload": payload},
    }
    return ChangeEvent(len(group), json.dumps(event).encode())


def _long(name: str, kind: str) -> str:
    """Write a part of a name or an address with the field it is a part of."""
    if kind in ("Lead", "Contact") and name in _COMPOUND:
        return _COMPOUND[name]
    for part in _ADDRESS:
        if kind == "Lead" and name == part:
            return f"Address.{part}"
        if kind == "Contact" and name == f"Mailing{part}":
            return f"MailingAddress.{part}"
    return name


def _plain(type_: str, value: Value) -> object:
    if value is None:
        return None
    if type_ == "datetime":
        return to_csv(int(value))
    return bool(value) if type_ == "boolean" else value
