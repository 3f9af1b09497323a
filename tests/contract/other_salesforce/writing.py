"""Writes through the API: what a record of a collection may set, and what it is told when it may not."""

from __future__ import annotations

from typing import Literal

from tests.contract.other_salesforce import ids
from tests.contract.other_salesforce.catalogue import Field
from tests.contract.other_salesforce.org import Attempt, Item, Org
from tests.contract.other_salesforce.replies import ItemError, Json
from tests.contract.other_salesforce.values import Kept, accept

Verb = Literal["insert", "update"]


def insert(org: Org, sobject: str, sent: Json) -> Item:
    """Create a record as our user."""
    values = _accept(org, sobject, sent, "insert")
    for described in org.objects[sobject].fields.values():
        if described.required and not values.get(described.name):
            raise ItemError(
                "REQUIRED_FIELD_MISSING", f"Required fields are missing: [{described.name}]", [described.name]
            )
    _check_references(org, values)
    _check_unique(org, sobject, values, None)
    _obey(org, Attempt("insert", sobject, "", values))
    now = org.clock().replace(microsecond=0)
    stamped: dict[str, Kept] = {
        "CreatedDate": now, "LastModifiedDate": now, "SystemModstamp": now, "CreatedById": org.user,
        "LastModifiedById": org.user, "IsDeleted": False,
    }  # fmt: skip
    owner = {} if values.get("OwnerId") or "OwnerId" not in org.objects[sobject].fields else {"OwnerId": org.user}
    org.writes[f"insert {sobject}"] += 1
    return org.create(sobject, {**stamped, **_defaults(org, sobject), **values, **owner})


def _defaults(org: Org, sobject: str) -> dict[str, Kept]:
    return {one.name: one.default for one in org.objects[sobject].fields.values() if one.default is not None}


def update(org: Org, sobject: str, raw_id: object, sent: Json, *, assigns: bool) -> Item:
    """Change a record as our user. With `assigns` a lead goes to whom the assignment rule names."""
    record_id = ids.read(raw_id)
    if raw_id in (None, ""):
        raise ItemError("MISSING_ARGUMENT", "Id not specified in an update call")
    if record_id is None or org.kind_of(record_id) != sobject:
        raise ItemError("MALFORMED_ID", f"{sobject} ID: id value of incorrect type: {raw_id}", ["Id"])
    item = org.find(record_id)
    if item is None:
        raise ItemError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    if item.deleted:
        raise ItemError("ENTITY_IS_DELETED", "entity is deleted")
    if item.values.get("IsConverted") is True:
        raise ItemError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
    values = _accept(org, sobject, sent, "update")
    _check_references(org, values)
    _check_unique(org, sobject, values, item)
    _obey(org, Attempt("update", sobject, record_id, values))
    if assigns and sobject == "Lead":
        org.oddities.append("a lead was written without Sforce-Auto-Assign: FALSE")
        values["OwnerId"] = org.reps[1]
    if all(item.values.get(name) == value for name, value in values.items()):
        org.writes["empty updates"] += 1
    org.change(item, values, org.user)
    org.writes[f"update {sobject}"] += 1
    return item


def _accept(org: Org, sobject: str, sent: Json, verb: Verb) -> dict[str, Kept]:
    fields = org.described(sobject).fields
    known = {name.lower(): one for name, one in fields.items()}
    values: dict[str, Kept] = {}
    forbidden: list[str] = []
    for name, value in sent.items():
        if name.lower() in ("id", "attributes"):
            continue
        described = known.get(name.lower())
        if described is None:
            raise ItemError("INVALID_FIELD", f"No such column '{name}' on sobject of type {sobject}")
        if not _is_writable(org, sobject, described, verb):
            forbidden.append(described.name)
            continue
        values[described.name] = accept(described, value, trims=org.habits.trims_text)
    if forbidden:
        message = (
            f"Unable to create/update fields: {', '.join(forbidden)}. Please check the security settings of this "
            "field and verify that it is read/write for your profile or permission set."
        )
        raise ItemError("INVALID_FIELD_FOR_INSERT_UPDATE", message, forbidden)
    return values


def _is_writable(org: Org, sobject: str, described: Field, verb: Verb) -> bool:
    if (sobject, described.name) in org.read_only:
        return False
    if described.name == "TaskSubtype":
        return verb == "insert"
    return described.createable if verb == "insert" else described.writable


def _check_references(org: Org, values: dict[str, Kept]) -> None:
    for name in ("WhoId", "OwnerId"):
        wanted = values.get(name)
        if not isinstance(wanted, str):
            continue
        item = org.find(wanted)
        if item is None:
            raise ItemError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [name])
        if item.deleted:
            raise ItemError("ENTITY_IS_DELETED", "entity is deleted")
        if item.values.get("IsConverted") is True:
            raise ItemError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
        if name == "OwnerId" and item.values.get("IsActive") is False:
            message = f"operation performed with inactive user [{wanted}] as owner of the record"
            raise ItemError("INACTIVE_OWNER_OR_USER", message)


def _check_unique(org: Org, sobject: str, values: dict[str, Kept], item: Item | None) -> None:
    for name, value in values.items():
        if not org.objects[sobject].fields[name].unique or value is None:
            continue
        holder = org.holder_of_key(value)
        if holder is not None and holder is not item:
            held_by = holder.id if org.habits.duplicate_names_holder else "<unknown>"
            message = f"duplicate value found: {name} duplicates value on record with id: {held_by}"
            raise ItemError("DUPLICATE_VALUE", message)


def _obey(org: Org, attempt: Attempt) -> None:
    for rule in org.rules:
        rule(attempt)
