"""Write records: history, stamps, unique values, modification dates and the webhook events that follow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.hubspot.call import Source
from sandbox.hubspot.errors import ApiError, Problem, conflict, invalid_values, missing_required
from sandbox.hubspot.lifecycle import STAGE, settle_stage, stage_stamps
from sandbox.hubspot.object_types import CONTACTS, DEALS, TASKS, ObjectType
from sandbox.hubspot.portal import Portal
from sandbox.hubspot.store import Change, Record
from sandbox.hubspot.wire import to_iso

_UNSTORED = ("hs_object_id",)


def create_record(
    portal: Portal,
    kind: ObjectType,
    values: Mapping[str, str],
    source: Source,
    at_ms: int,
    record_id: int | None = None,
) -> Record:
    """Create a record from checked values; 400 when a required one is missing, 409 when a unique one is taken."""
    absent = [name for name in kind.required if not values.get(name)]
    if absent:
        raise missing_required(kind.label, absent)
    _check_unique(portal, kind, values, None)
    record = Record(kind.name, record_id or portal.store.new_record_id(kind.name), {}, at_ms, at_ms)
    record.properties["hs_object_id"] = str(record.id)
    record.properties["hs_object_source_label"] = source.type
    if kind is CONTACTS:
        record.properties["hs_all_contact_vids"] = str(record.id)
        ring(portal, "creation", record.id, source, at_ms, changeFlag="CREATED")
    apply_values(portal, kind, record, {kind.created: to_iso(at_ms), **values}, source, at_ms)
    return record


def update_record(
    portal: Portal, kind: ObjectType, record: Record, values: Mapping[str, str], source: Source, at_ms: int
) -> Record:
    """Change a record by checked values; 409 when a unique one is taken by another."""
    _check_unique(portal, kind, values, record.id)
    apply_values(portal, kind, record, values, source, at_ms)
    return record


def apply_values(
    portal: Portal, kind: ObjectType, record: Record, values: Mapping[str, str], source: Source, at_ms: int
) -> None:
    """Write values without asking whether they are allowed; "" clears. Nothing is touched when nothing changes."""
    changed = {
        name: value
        for name, value in _with_consequences(portal, kind, record, values, at_ms).items()
        if value != record.properties.get(name, "")
    }
    if changed:
        record.updated_ms = max(at_ms, record.updated_ms)
        changed[kind.modified] = to_iso(record.updated_ms)
    _move_unique(portal, kind, record, changed)
    for name, value in changed.items():
        _put(record, name, value)
    portal.store.save(record)
    portal.store.remember(
        kind.name,
        record.id,
        [
            Change(name, value, at_ms, source.type, source.id, source.label, source.user_id)
            for name, value in changed.items()
        ],
    )
    if kind is CONTACTS:
        _ring_changes(portal, record.id, changed, source, at_ms)


def _put(record: Record, name: str, value: str) -> None:
    if value == "":
        record.properties.pop(name, None)
    else:
        record.properties[name] = value


def _with_consequences(
    portal: Portal, kind: ObjectType, record: Record, values: Mapping[str, str], at_ms: int
) -> dict[str, str]:
    full = dict(values)
    definitions = portal.schema.definitions(kind.name)
    for name, value in values.items():
        definition = definitions.get(name)
        if definition and definition.field_type == "checkbox" and value.startswith(";"):
            full[name] = _appended(record.properties.get(name, ""), value)
    if kind is CONTACTS:
        full.update(_contact_consequences(portal, record, full, at_ms))
    if kind is DEALS and "dealstage" in full:
        full.update(closed_flags(full["dealstage"]))
    if kind is TASKS and "hs_task_status" in full:
        full["hs_task_completion_date"] = to_iso(at_ms) if full["hs_task_status"] == "COMPLETED" else ""
    return full


def _contact_consequences(portal: Portal, record: Record, values: Mapping[str, str], at_ms: int) -> dict[str, str]:
    extra: dict[str, str] = {}
    if STAGE in values:
        definition = portal.schema.definitions(CONTACTS.name)[STAGE]
        old = record.properties.get(STAGE, "")
        extra[STAGE] = settle_stage(definition, old, values[STAGE])
        extra.update(stage_stamps(definition, old, extra[STAGE], at_ms))
    if "email" in values:
        extra["hs_email_domain"] = values["email"].rpartition("@")[2]
    if "hubspot_owner_id" in values:
        extra["hubspot_owner_assigneddate"] = to_iso(at_ms) if values["hubspot_owner_id"] else ""
    return extra


def closed_flags(stage: str) -> dict[str, str]:
    """Give the calculated flags that follow from a deal's stage."""
    won, lost = stage == "closedwon", stage == "closedlost"
    return {
        "hs_is_closed": str(won or lost).lower(),
        "hs_is_closed_won": str(won).lower(),
        "hs_is_closed_lost": str(lost).lower(),
    }


def _appended(old: str, addition: str) -> str:
    parts = [part for part in old.split(";") if part]
    parts += [part for part in addition.split(";") if part and part not in parts]
    return ";".join(parts)


def _unique_names(portal: Portal, kind: ObjectType) -> list[str]:
    return [name for name, definition in portal.schema.definitions(kind.name).items() if definition.unique]


def _check_unique(portal: Portal, kind: ObjectType, values: Mapping[str, str], record_id: int | None) -> None:
    for name in _unique_names(portal, kind):
        holder = portal.store.owner_of(kind.name, name, values[name]) if values.get(name) else None
        if holder is not None and holder != record_id:
            raise _taken(portal, name, holder)


def _taken(portal: Portal, name: str, holder: int) -> ApiError:
    if name == "email":
        return conflict(f"Contact already exists. Existing ID: {holder}")
    problem = Problem(name, "CONFLICTING_UNIQUE_VALUE", f"{holder} already has that value.")
    refused = invalid_values([problem], portal.settings.portal_id)
    if portal.settings.duplicate_status == 400:
        return refused
    return conflict(str(refused.body["message"]), portal.settings.duplicate_status, errors=refused.body["errors"])


def _move_unique(portal: Portal, kind: ObjectType, record: Record, changed: Mapping[str, str]) -> None:
    for name in _unique_names(portal, kind):
        if name not in changed:
            continue
        if name in record.properties:
            portal.store.release(kind.name, name, record.properties[name])
        if changed[name]:
            portal.store.claim(kind.name, name, changed[name], record.id)


def archive_record(portal: Portal, kind: ObjectType, record: Record, source: Source, at_ms: int) -> None:
    """Put a record into the recycle bin; its associations stay for a restore but are no longer shown."""
    record.archived_ms = at_ms
    portal.store.save(record)
    portal.store.release_all(kind.name, record.id)
    if kind is CONTACTS:
        ring(portal, "deletion", record.id, source, at_ms, changeFlag="DELETED")


# Webhook events. Source: developers.hubspot.com webhooks guide (documented); some calculated properties are excluded.
_SILENT = frozenset(("num_unique_conversion_events", "hs_lastmodifieddate", "lastmodifieddate"))


def ring(portal: Portal, what: str, object_id: int, source: Source, at_ms: int, **extra: Any) -> None:
    """Note one contact event for the webhooks."""
    portal.rings.append(
        {
            "subscriptionType": f"contact.{what}",
            "objectId": object_id,
            "occurredAt": at_ms,
            "changeSource": source.type,
            "sourceId": source.id or "",
            **extra,
        }
    )


def _ring_changes(portal: Portal, object_id: int, changed: Mapping[str, str], source: Source, at_ms: int) -> None:
    for name, value in changed.items():
        if name not in _SILENT and name not in _UNSTORED:
            ring(
                portal,
                "propertyChange",
                object_id,
                source,
                at_ms,
                propertyName=name,
                propertyValue=value,
                isSensitive=False,
            )
