"""Describe what our user may do: one permission set, and a permission by which flows recognise our user. Pure.

Source: Salesforce Metadata API guide, "PermissionSet" and "CustomPermission", read 2026-11 (documented): a field made
through an API is visible to nobody until a permission set grants it; a field of Activity is granted on Task and Event.
"""

from __future__ import annotations

from typing import Final

from adapters.installation import with_mark
from adapters.salesforce.ids import PERSON_OBJECTS
from adapters.salesforce.install_component import Component, element, elements, nested
from adapters.salesforce.install_fields import person_fields

PERMISSION_SET: Final = "Puente"
CUSTOM_PERMISSION: Final = "Puente_Integration"


def build_access(task_key: str) -> list[Component]:
    return [
        Component("CustomPermission", CUSTOM_PERMISSION, _custom_permission()),
        Component("PermissionSet", PERMISSION_SET, _permission_set(task_key)),
    ]


def _custom_permission() -> str:
    description = with_mark("Whoever has it rings no doorbell: Puente's own writes must not call Puente.")
    return elements({"description": description, "isLicensed": "false", "label": "Puente integration"})


def _permission_set(task_key: str) -> str:
    granted = [f"{sobject}.{name}" for sobject in PERSON_OBJECTS for name in person_fields()]
    granted += [f"Event.{task_key}", f"Task.{task_key}"]
    description = with_mark("Lets the integration user read people and write Puente's fields and tasks.")
    return "\n".join(
        [
            nested("customPermissions", {"enabled": "true", "name": CUSTOM_PERMISSION}),
            element("description", description),
            *(_field(name) for name in sorted(granted)),
            elements({"hasActivationRequired": "false", "label": PERMISSION_SET}),
            *(_object(sobject, edit=sobject != "Account") for sobject in ("Account", "Contact", "Lead")),
            nested("userPermissions", {"enabled": "true", "name": "EditTask"}),
            "",
        ]
    )


def _field(name: str) -> str:
    return nested("fieldPermissions", {"editable": "true", "field": name, "readable": "true"})


def _object(sobject: str, *, edit: bool) -> str:
    return nested(
        "objectPermissions",
        {
            "allowCreate": "false",
            "allowDelete": "false",
            "allowEdit": "true" if edit else "false",
            "allowRead": "true",
            "modifyAllRecords": "false",
            "object": sobject,
            "viewAllRecords": "true",
        },
    )
