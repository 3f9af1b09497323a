"""Merge records, and delete a person for good.

Source: developers.hubspot.com, contacts guide, read 2026-04-13 (documented); what reads of a merged-away id answer is
measured by others.
"""

from __future__ import annotations

from sandbox.hubspot.call import Answer, Call, Source, optional_text, required_text
from sandbox.hubspot.errors import invalid, not_found
from sandbox.hubspot.links import living
from sandbox.hubspot.object_types import CONTACTS, ObjectType
from sandbox.hubspot.objects import find_record
from sandbox.hubspot.portal import Portal, object_type_of
from sandbox.hubspot.reading import to_json
from sandbox.hubspot.store import Record
from sandbox.hubspot.writing import apply_values, ring

_FORMS = "hs_calculated_form_submissions"
_MOST_SUBMISSIONS = 800
_KEPT = ("hs_object_id", "createdate", "hs_createdate", "lifecyclestage", "hs_merged_object_ids", "email")


def merge_objects(portal: Portal, call: Call) -> Answer:
    """POST …/merge: one record takes over another."""
    kind = object_type_of(call)
    body = call.document()
    primary = living(portal, kind, required_text(body, "primaryObjectId"))
    other = living(portal, kind, required_text(body, "objectIdToMerge"))
    merge_records(portal, kind, primary, other, portal.integration(call), call.at_ms)
    call.touched += [f"{kind.name}:{primary.id}", f"{kind.name}:{other.id}"]
    return Answer(200, to_json(portal, kind, primary))


def merge_records(portal: Portal, kind: ObjectType, primary: Record, other: Record, source: Source, at_ms: int) -> None:
    """Move what the other record has to the primary one, which keeps its own values, and leave a pointer behind."""
    if primary.id == other.id:
        raise invalid("Cannot merge a record with itself")
    moved = {
        name: value for name, value in other.properties.items() if name not in _KEPT and name not in primary.properties
    }
    merged_ids = [primary.properties.get("hs_merged_object_ids", ""), str(other.id)]
    merged_ids.append(other.properties.get("hs_merged_object_ids", ""))
    moved["hs_merged_object_ids"] = ";".join(part for part in merged_ids if part)
    if other.properties.get(_FORMS):
        moved |= _joined_forms(primary, other)
    other.merged_into, other.updated_ms = primary.id, at_ms
    portal.store.release_all(kind.name, other.id)
    portal.store.save(other)
    _move_belongings(portal, kind, primary.id, other.id)
    apply_values(portal, kind, primary, moved, source, at_ms)
    if kind is CONTACTS:
        _keep_address(portal, primary, other, source, at_ms)
        ring(
            portal,
            "merge",
            primary.id,
            source,
            at_ms,
            primaryObjectId=primary.id,
            mergedObjectIds=[other.id],
            newObjectId=primary.id,
            numberOfPropertiesMoved=len(moved) - 1,
        )


def _joined_forms(primary: Record, other: Record) -> dict[str, str]:
    """Calculate the forms anew: what both records sent in is what the survivor sent in."""
    texts = (record.properties.get(_FORMS, "") for record in (primary, other))
    entries = [entry for text in texts for entry in text.split(";") if entry]
    entries.sort(key=lambda entry: int(entry.rpartition(":")[2]))
    counts = (int(record.properties.get("num_conversion_events", "0")) for record in (primary, other))
    return {
        _FORMS: ";".join(entries[-_MOST_SUBMISSIONS:]),
        "num_conversion_events": str(sum(counts)),
        "num_unique_conversion_events": str(len({entry.partition(":")[0] for entry in entries})),
    }


def _keep_address(portal: Portal, primary: Record, other: Record, source: Source, at_ms: int) -> None:
    """Make the other's e-mail a secondary one of the survivor, by which it is still found."""
    address = other.properties.get("email")
    if not address:
        return
    if "email" not in primary.properties:
        apply_values(portal, CONTACTS, primary, {"email": address}, source, at_ms)
        return
    listed = [*filter(None, primary.properties.get("hs_additional_emails", "").split(";")), address]
    apply_values(portal, CONTACTS, primary, {"hs_additional_emails": ";".join(listed)}, source, at_ms)
    portal.store.claim(CONTACTS.name, "email", address, primary.id)


def _move_belongings(portal: Portal, kind: ObjectType, primary_id: int, other_id: int) -> None:
    execute = portal.store.connection.execute
    for end in ("from", "to"):
        execute(
            f"UPDATE OR REPLACE associations SET {end}_id = ? WHERE {end}_type = ? AND {end}_id = ?",  # noqa: S608
            (primary_id, kind.name, other_id),
        )
    if kind is not CONTACTS:
        return
    execute("UPDATE OR IGNORE memberships SET record_id = ? WHERE record_id = ?", (primary_id, other_id))
    for table in ("participations", "occurrences"):
        execute(f"UPDATE {table} SET contact_id = ? WHERE contact_id = ?", (primary_id, other_id))  # noqa: S608


def gdpr_delete(portal: Portal, call: Call) -> Answer:
    """POST /crm/objects/contacts/gdpr-delete: erase a person without trace."""
    body = call.document()
    record = find_record(portal, CONTACTS, required_text(body, "objectId"), optional_text(body, "idProperty"))
    if record.merged_into is not None:
        raise not_found()
    source = portal.integration(call)
    ring(portal, "deletion", record.id, source, call.at_ms, changeFlag="DELETED")
    ring(portal, "privacyDeletion", record.id, source, call.at_ms)
    erase_contact(portal, record.id)
    call.touched.append(f"contacts:{record.id}")
    return Answer(204)


def erase_contact(portal: Portal, record_id: int) -> None:
    """Remove a contact and everything that is only about it."""
    portal.store.erase(CONTACTS.name, record_id)
    portal.store.connection.execute("DELETE FROM memberships WHERE record_id = ?", (record_id,))
    for table in ("participations", "occurrences"):
        portal.store.connection.execute(f"DELETE FROM {table} WHERE contact_id = ?", (record_id,))  # noqa: S608
