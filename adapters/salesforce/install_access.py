"""Describe what our user may do, what sales may, and a permission by which flows recognise our user. Pure.

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
SALES_PERMISSION_SET: Final = "Puente_Sales"
"""For people: without it they see none of our fields, and with ours their changes would ring no doorbell."""
PERMISSION_SETS: Final = (PERMISSION_SET, SALES_PERMISSION_SET)
CUSTOM_PERMISSION: Final = "Puente_Integration"
_FILLED_IN_BY_SALES: Final = ("puente_sales_verdict", "puente_reject_reason")


def build_access(task_key: str) -> list[Component]:
    return [
        Component("CustomPermission", CUSTOM_PERMISSION, _custom_permission()),
        Component("PermissionSet", PERMISSION_SET, _permission_set(task_key)),
        Component("PermissionSet", SALES_PERMISSION_SET, _sales_permission_set()),
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


def _sales_permission_set() -> str:
    """Let people read what was decided and answer it; which records they see is not ours to say."""
    granted = {
        f"{sobject}.{name}": field.name in _FILLED_IN_BY_SALES
        for sobject in PERSON_OBJECTS
        for name, field in person_fields().items()
    }
    return "\n".join(
        [
            element("description", with_mark("Lets sales read Puente's fields and fill in their verdict.")),
            *(_field(name, edit=edit) for name, edit in sorted(granted.items())),
            elements({"hasActivationRequired": "false", "label": "Puente sales"}),
            "",
        ]
    )


def _field(name: str, *, edit: bool = True) -> str:
    return nested("fieldPermissions", {"editable": "true" if edit else "false", "field": name, "readable": "true"})


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
