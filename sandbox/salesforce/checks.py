"""Check a record against the others: references, owners, unique values, duplicate and validation rules."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.salesforce.errors import RecordError, deleted
from sandbox.salesforce.org import Org
from sandbox.salesforce.schema import Field, SObject
from sandbox.salesforce.soql.nodes import SoqlError
from sandbox.salesforce.soql.parser import parse_query
from sandbox.salesforce.soql.planner import Planner
from sandbox.salesforce.store import Row, Value

_PEOPLE = ("Lead", "Contact")


def check_references(org: Org, kind: SObject, changes: Mapping[str, Value]) -> None:
    """Refuse ids of the wrong kind, of nothing, or of deleted records."""
    for name, value in changes.items():
        field = kind.field(name)
        if field.type == "reference" and value is not None:
            _check_reference(org, field, str(value))


def _check_reference(org: Org, field: Field, value: str) -> None:
    target = org.catalog.of_id(value)
    if target is None or target.name not in field.refers:
        message = f"{field.label}: id value of incorrect type: {value}"
        raise RecordError("FIELD_INTEGRITY_EXCEPTION", message, [field.name])
    found = org.store.find(target.name, value)
    if found is None:
        raise RecordError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [field.name])
    if found.get("IsDeleted"):
        raise deleted()


def check_owner(org: Org, kind: SObject, owner_id: str) -> None:
    """Refuse an owner who has left, and a queue that does not take such records."""
    if owner_id.startswith("005"):
        user = org.store.find("User", owner_id)
        if user is not None and not user["IsActive"]:
            message = f"operation performed with inactive user [{owner_id[:15]}] as owner of {kind.label.lower()}"
            raise RecordError("INACTIVE_OWNER_OR_USER", message, ["OwnerId"])
        return
    found = org.store.count("QueueSobject", '"QueueId" = ? AND "SobjectType" = ?', (owner_id, kind.name))
    if not found:
        raise RecordError("INVALID_OPERATION", "Queue not associated with this SObject type", ["OwnerId"])


def check_unique(org: Org, kind: SObject, row: Row, changes: Mapping[str, Value]) -> None:
    """Refuse a value that another record holds in a unique field."""
    for name, value in changes.items():
        field = kind.field(name)
        if not field.unique or value is None:
            continue
        holder = find_holder(org, kind, field, str(value), row["Id"])
        if holder is not None:
            message = f"duplicate value found: {name} duplicates value on record with id: {holder[:15]}"
            raise RecordError("DUPLICATE_VALUE", message, [])


def find_holder(org: Org, kind: SObject, field: Field, value: str, other_than: str) -> str | None:
    """Give the id of another record that holds a value of a unique field, archived ones included."""
    where = f'fold("{field.name}") = ? AND "Id" <> ?'
    if kind.has("IsDeleted") and not org.settings.unique_counts_deleted:
        where += ' AND "IsDeleted" = 0'
    for row in org.store.select(kind.name, where, (value.casefold(), other_than)):
        if not field.case_sensitive or row[field.name] == value:
            return str(row["Id"])
    return None


def check_duplicates(org: Org, kind: SObject, row: Row, *, allowed: bool) -> None:
    """Refuse a person who is there already, as the org's duplicate rules want; the caller may insist on an alert."""
    mode = org.settings.duplicate_rules
    if mode == "off" or kind.name not in _PEOPLE or not row.get("Email") or (mode == "alert" and allowed):
        return
    address = str(row["Email"]).casefold()
    for name in _PEOPLE:
        where = 'fold("Email") = ? AND "Id" <> ? AND "IsDeleted" = 0'
        where += ' AND "IsConverted" = 0' if name == "Lead" else ""
        if org.store.count(name, where, (address, row["Id"])):
            raise RecordError("DUPLICATES_DETECTED", "Use one of these records?", [])


def check_validation(org: Org, kind: SObject, record_id: str) -> None:
    """Refuse a saved record for which a validation rule of the org speaks up."""
    for rule in org.settings.validation_rules:
        if rule.object_type != kind.name:
            continue
        planner = Planner(org, org.administrator(), everything=True)
        try:
            parsed = parse_query(f"SELECT Id FROM {kind.name} WHERE {rule.error_when}")  # noqa: S608 - SOQL
            if parsed.where is None:
                continue
            sql, values = planner.condition(kind, parsed.where)
        except SoqlError as problem:
            raise RecordError("FIELD_CUSTOM_VALIDATION_EXCEPTION", f"{rule.error_when}: {problem}", []) from problem
        if org.store.connection.execute(sql, {**values, "id": record_id}).fetchone() is not None:
            fields = [rule.field] if rule.field else []
            raise RecordError("FIELD_CUSTOM_VALIDATION_EXCEPTION", rule.message, fields)
