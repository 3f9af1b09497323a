"""Tell the whole state of the org as plain JSON, for tests and for the page."""

from __future__ import annotations

from typing import Any

from sandbox.salesforce.org import ADMINISTRATOR_ID, INTEGRATION_ID, ORGANIZATION_ID, Org
from sandbox.salesforce.schema import SObject
from sandbox.salesforce.store import Row
from sandbox.salesforce.values import format_value
from sandbox.salesforce.wire import to_rest


def org_state(org: Org) -> dict[str, Any]:
    """Give people, open and new tasks, accounts, deals, users, and counts of everything.

    The finished activities of a base are only counted: they are its history, not its state.
    """
    catalog = org.catalog
    return {
        "crm": "salesforce",
        "organization_id": ORGANIZATION_ID,
        "counts": {
            kind.name: org.store.count(kind.name, '"IsDeleted" = 0' if kind.has("IsDeleted") else "1")
            for kind in catalog.kinds().values()
        },
        "people": [
            {**_plain(catalog.kind(name), row), "object_type": name}
            for name in ("Lead", "Contact")
            for row in org.store.select(name)
        ],
        "tasks": [
            {**_plain(catalog.kind("Task"), row), "who": row["WhoId"]}
            for row in org.store.select("Task", '"IsClosed" = 0 OR "CreatedById" = ?', (INTEGRATION_ID,))
        ],
        "accounts": [_plain(catalog.kind("Account"), row) for row in org.store.select("Account")],
        "opportunities": [_plain(catalog.kind("Opportunity"), row) for row in org.store.select("Opportunity")],
        "users": [_plain(catalog.kind("User"), row) for row in org.store.select("User")],
        "queues": [_plain(catalog.kind("Group"), row) for row in org.store.select("Group", "\"Type\" = 'Queue'")],
        "integration_user": INTEGRATION_ID,
        "administrator": ADMINISTRATOR_ID,
        "custom_fields": _custom_fields(org),
        "permission_sets": [row["Name"] for row in org.store.select("PermissionSet")],
        "components": sorted(org.store.all("component")),
        "assignments": list(org.store.all("assignment").values()),
    }


def _plain(kind: SObject, row: Row) -> dict[str, Any]:
    shown = {
        field.name: format_value(field, row[field.name])
        for field in kind.fields
        if field.stored and row[field.name] is not None
    }
    return {
        "id": row["Id"],
        "properties": shown,
        "archived": bool(row.get("IsDeleted")),
        "merged_into": row.get("MasterRecordId"),
        "updated_at": to_rest(int(row.get("LastModifiedDate") or 0)),
    }


def _custom_fields(org: Org) -> list[str]:
    return sorted(
        f"{kind.name}.{field.name}" for kind in org.catalog.kinds().values() for field in kind.fields if field.custom
    )
