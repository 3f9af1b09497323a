"""Decide which fields a user may see and change.

A custom field made through an API is visible to nobody until a permission set of the user grants it. Standard fields
are visible unless the sandbox's settings hide them; required and system fields cannot be hidden.

Source: Salesforce Metadata API guide, "FieldPermissions", read 2026-11 (documented).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.salesforce.schema import Field, SObject
from sandbox.salesforce.settings import OrgSettings
from sandbox.salesforce.store import Store

_GRANTS = """
SELECT p."Field", max(p."PermissionsRead"), max(p."PermissionsEdit") FROM "FieldPermissions" p
JOIN "PermissionSetAssignment" a ON a."PermissionSetId" = p."ParentId" WHERE a."AssigneeId" = ? GROUP BY p."Field"
"""


@dataclass(frozen=True, slots=True)
class Access:
    """What one user may see and change; `everything` is an administrator's."""

    grants: Mapping[str, tuple[bool, bool]]
    hidden: frozenset[str]
    read_only: frozenset[str]
    everything: bool = False

    def readable(self, kind: SObject, field: Field) -> bool:
        """Tell whether the field can be seen."""
        if self.everything or not field.permissionable:
            return True
        name = f"{kind.name}.{field.name}".lower()
        return name not in self.hidden and (not field.custom or self.grants.get(name, (False, False))[0])

    def editable(self, kind: SObject, field: Field) -> bool:
        """Tell whether the field can be changed, as far as permissions go."""
        if self.everything or not field.permissionable:
            return True
        name = f"{kind.name}.{field.name}".lower()
        granted = not field.custom or self.grants.get(name, (False, False))[1]
        return granted and name not in self.read_only and self.readable(kind, field)

    def visible(self, kind: SObject) -> list[Field]:
        """List the fields of an object that can be seen."""
        return [field for field in kind.fields if self.readable(kind, field)]


EVERYTHING = Access({}, frozenset(), frozenset(), everything=True)


def read_access(store: Store, settings: OrgSettings, user_id: str) -> Access:
    """Put together what the permission sets of a user grant."""
    rows = store.connection.execute(_GRANTS, (user_id,))
    return Access(
        {name.lower(): (bool(read), bool(edit)) for name, read, edit in rows},
        frozenset(name.lower() for name in settings.hidden_fields),
        frozenset(name.lower() for name in settings.read_only_fields),
    )
