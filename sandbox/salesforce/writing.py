"""Create, change and delete records, with everything that follows from it.

Every function here is to be called inside a transaction of its own: a refusal may come after the first row is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.salesforce import checks, consequences
from sandbox.salesforce.draft import check_kept, check_required, defaults, read_draft
from sandbox.salesforce.errors import RecordError, deleted
from sandbox.salesforce.org import Actor, Org, Ring
from sandbox.salesforce.schema import SObject
from sandbox.salesforce.store import Row, Value
from sandbox.salesforce.wire import to_date

_PERMISSIONS = ("PermissionSet", "PermissionSetAssignment", "FieldPermissions")
_STATUSES = (("Sent", True, False), ("Responded", False, True))


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """How to write: with the active assignment rule, in spite of duplicate alerts, without some fields."""

    assign: bool = False
    allow_duplicates: bool = True
    refused: frozenset[str] = frozenset()


PLAIN = WriteOptions()


def create_record(org: Org, actor: Actor, kind: SObject, raw: Mapping[str, Any], options: WriteOptions = PLAIN) -> str:
    """Create a record and give its id."""
    if "c" not in kind.flags:
        raise RecordError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", f"entity type cannot be inserted: {kind.label}", [])
    draft = read_draft(actor, kind, raw, creating=True, refused=options.refused)
    row: Row = {**defaults(kind), **draft, "Id": org.new_id(kind)}
    if kind.has("OwnerId") and row.get("OwnerId") is None:
        row["OwnerId"] = actor.user_id
    check_required(kind, row)
    _stamp(org, actor, kind, row, new=True)
    _check(org, kind, row, row, options)
    consequences.settle(org, kind.name, row, None)
    org.store.insert(kind.name, row)
    _after(org, actor, kind, row, None, options)
    return str(row["Id"])


def update_record(
    org: Org, actor: Actor, kind: SObject, record_id: str, raw: Mapping[str, Any], options: WriteOptions = PLAIN
) -> None:
    """Change a record; the modification stamps move even when no value does, as Salesforce's do."""
    old = find_living(org, kind, record_id)
    changes = read_draft(actor, kind, raw, creating=False, refused=options.refused)
    check_kept(kind, changes)
    row = {**old, **changes}
    _stamp(org, actor, kind, row, new=False)
    _check(org, kind, row, {name: value for name, value in changes.items() if old[name] != value}, options)
    consequences.settle(org, kind.name, row, old)
    moved = {name: value for name, value in row.items() if old[name] != value}
    if moved:
        org.store.update(kind.name, record_id, moved)
    _after(org, actor, kind, row, old, options)


def delete_record(org: Org, actor: Actor, kind: SObject, record_id: str) -> None:
    """Put a record and what depends on it into the recycle bin, or erase it where there is none."""
    if "d" not in kind.flags:
        raise RecordError("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", [])
    find_living(org, kind, record_id)
    _remove(org, actor, kind, record_id)
    for child, field in org.catalog.children_of(kind.name):
        if field.cascade:
            for row in org.store.find_many(child.name, field.name, (record_id,)):
                _remove(org, actor, child, str(row["Id"]))


def _remove(org: Org, actor: Actor, kind: SObject, record_id: str) -> None:
    if not kind.has("IsDeleted"):
        org.store.erase(kind.name, record_id)
        org.forget()
        return
    stamps: Row = {"IsDeleted": 1}
    _stamp(org, actor, kind, stamps, new=False)
    org.store.update(kind.name, record_id, stamps)
    org.rings.append(Ring(kind.name, record_id, actor.user_id, "DELETE"))


def find_living(org: Org, kind: SObject, record_id: str) -> Row:
    """Read a record; refuse one that never was or is deleted."""
    row = org.store.find(kind.name, record_id)
    if row is None:
        raise RecordError("NOT_FOUND", "The requested resource does not exist", None)
    if row.get("IsDeleted"):
        raise deleted()
    return row


def _stamp(org: Org, actor: Actor, kind: SObject, row: Row, *, new: bool) -> None:
    now = org.now_ms()
    stamps: dict[str, Value] = {"LastModifiedDate": now, "LastModifiedById": actor.user_id, "SystemModstamp": now}
    if new:
        stamps |= {"CreatedDate": now, "CreatedById": actor.user_id}
    row.update({name: value for name, value in stamps.items() if kind.has(name)})


def _check(org: Org, kind: SObject, row: Row, changes: Mapping[str, Value], options: WriteOptions) -> None:
    checks.check_references(org, kind, {name: value for name, value in changes.items() if kind.has(name)})
    if changes.get("OwnerId") is not None:
        checks.check_owner(org, kind, str(changes["OwnerId"]))
    checks.check_unique(org, kind, row, changes)
    checks.check_duplicates(org, kind, row, allowed=options.allow_duplicates)


def _after(org: Org, actor: Actor, kind: SObject, row: Row, old: Row | None, options: WriteOptions) -> None:
    if kind.name == "Lead" and options.assign and org.settings.auto_assign:
        _assign(org, row)
    if kind.name == "Campaign" and old is None:
        _add_member_statuses(org, actor, str(row["Id"]))
    if kind.is_activity and row.get("WhoId") and (kind.name == "Event" or row.get("IsClosed")):
        _note_activity(org, str(row["WhoId"]), str(row.get("ActivityDate") or to_date(org.now_ms())))
    if kind.name in ("Lead", "Contact") and old is not None:
        _write_history(org, actor, kind, row, old)
    if kind.name in _PERMISSIONS:
        org.forget()
    checks.check_validation(org, kind, str(row["Id"]))
    changed = () if old is None else _changed_fields(old, row)
    org.rings.append(Ring(kind.name, str(row["Id"]), actor.user_id, "UPDATE" if changed else "CREATE", changed))


def _changed_fields(old: Row, new: Row) -> tuple[str, ...]:
    """Name the fields that an update moved, the modification stamp last; what is made of other fields tells nothing."""
    quiet = {"SystemModstamp", "LastActivityDate", "LastModifiedDate", "IsEmailBounced"}
    quiet |= {"Name"} if "LastName" in new else set()
    moved = [name for name, value in new.items() if name not in quiet and old.get(name) != value]
    return (*moved, "LastModifiedDate")


def _assign(org: Org, row: Row) -> None:
    """Give a lead to the queue of the active assignment rule, and note that it happened."""
    queues = org.store.select("Group", '"DeveloperName" = ?', (org.settings.assignment_queue,))
    if not queues or row["OwnerId"] == queues[0]["Id"]:
        return
    queue_id = str(queues[0]["Id"])
    org.store.update("Lead", str(row["Id"]), {"OwnerId": queue_id})
    number = org.store.next_number("assignment")
    noted = {"id": row["Id"], "from": row["OwnerId"], "to": queue_id, "at_ms": org.now_ms()}
    org.store.put("assignment", f"{number:09d}", noted)
    row["OwnerId"] = queue_id


def _add_member_statuses(org: Org, actor: Actor, campaign_id: str) -> None:
    kind = org.catalog.kind("CampaignMemberStatus")
    for order, (label, default, responded) in enumerate(_STATUSES, 1):
        add_member_status(org, actor, kind, campaign_id, label, order, default=default, responded=responded)


def add_member_status(
    org: Org, actor: Actor, kind: SObject, campaign_id: str, label: str, order: int, *, default: bool, responded: bool
) -> None:
    """Give a campaign one more status its members can have."""
    row: Row = {
        "Id": org.new_id(kind),
        "IsDeleted": 0,
        "Label": label,
        "CampaignId": campaign_id,
        "SortOrder": order,
        "IsDefault": int(default),
        "HasResponded": int(responded),
    }
    _stamp(org, actor, kind, row, new=True)
    org.store.insert(kind.name, row)


def _note_activity(org: Org, who_id: str, day: str) -> None:
    """Note an event or a closed task. Source: Object reference, "Lead", read 2026-11 (documented): open ones do not."""
    target = org.catalog.of_id(who_id)
    person = org.store.find(target.name, who_id) if target else None
    if target is not None and person is not None and str(person.get("LastActivityDate") or "") < day:
        org.store.update(target.name, who_id, {"LastActivityDate": day})


def _write_history(org: Org, actor: Actor, kind: SObject, row: Row, old: Row) -> None:
    for field in kind.fields:
        before, after = old.get(field.name), row.get(field.name)
        if field.history and before != after:
            add_history(org, actor.user_id, kind, str(row["Id"]), field.name, (before, after), org.now_ms())


def add_history(
    org: Org, user_id: str, kind: SObject, record_id: str, name: str, values: tuple[Value, Value], at_ms: int
) -> None:
    """Add one row to the history of a lead or contact."""
    history = org.catalog.kind(f"{kind.name}History")
    row: Row = {
        "Id": org.new_id(history),
        "IsDeleted": 0,
        f"{kind.name}Id": record_id,
        "CreatedById": user_id,
        "CreatedDate": at_ms,
        "Field": name,
        "DataType": "Text",
        "OldValue": values[0],
        "NewValue": values[1],
    }
    org.store.insert(history.name, row)
