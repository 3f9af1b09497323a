"""Answer the calls on property definitions and their groups.

Source: developers.hubspot.com, properties guide, read 2026-04-13 (documented); whether tasks accept a unique property
is unknown, hence a setting.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sandbox.hubspot.batch import batch_answer
from sandbox.hubspot.call import Answer, Call, optional_number, optional_text, required_text
from sandbox.hubspot.errors import ApiError, bad_json, conflict, invalid, item_error, not_found
from sandbox.hubspot.object_types import TASKS, ObjectType
from sandbox.hubspot.portal import Portal, object_type_of
from sandbox.hubspot.schema import Definition, Option
from sandbox.hubspot.wire import to_iso

MOST_INPUTS = 100
MOST_CUSTOM = 1_000
MOST_UNIQUE = 10
_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
_FIELD_TYPES = {
    "string": {"text", "textarea", "html", "phonenumber", "file"},
    "number": {"number", "calculation_equation"},
    "enumeration": {"select", "radio", "checkbox", "booleancheckbox"},
    "bool": {"booleancheckbox"},
    "date": {"date"},
    "datetime": {"date"},
}


def to_json(definition: Definition) -> dict[str, Any]:
    """Form a property definition."""
    return {
        "name": definition.name,
        "label": definition.label,
        "type": definition.type,
        "fieldType": definition.field_type,
        "description": definition.description,
        "groupName": definition.group,
        "options": [_option_json(option) for option in definition.options],
        "displayOrder": definition.display_order,
        "calculated": definition.calculated,
        "externalOptions": definition.external_options,
        "hasUniqueValue": definition.unique and not definition.hubspot_defined,
        "hidden": definition.hidden,
        "hubspotDefined": definition.hubspot_defined,
        "formField": definition.form_field,
        "archived": False,
        "createdAt": definition.created_at,
        "updatedAt": definition.updated_at,
        "modificationMetadata": {
            "archivable": not definition.hubspot_defined,
            "readOnlyDefinition": definition.hubspot_defined,
            "readOnlyValue": definition.read_only,
            "readOnlyOptions": definition.hubspot_defined and not definition.options,
        },
    }


def _option_json(option: Option) -> dict[str, Any]:
    return {
        "label": option.label,
        "value": option.value,
        "displayOrder": option.display_order,
        "hidden": option.hidden,
        "description": option.description,
    }


def list_properties(portal: Portal, call: Call) -> Answer:
    """GET /crm/properties/{objectType}: all definitions."""
    kind = object_type_of(call)
    listed = [] if call.flag("archived") else portal.schema.definitions(kind.name).values()
    return Answer(200, {"results": [to_json(definition) for definition in listed]})


def get_property(portal: Portal, call: Call) -> Answer:
    """GET /crm/properties/{objectType}/{propertyName}: one definition."""
    return Answer(200, to_json(_find(portal, object_type_of(call), call.params["propertyName"])))


def _find(portal: Portal, kind: ObjectType, name: str) -> Definition:
    definition = portal.schema.definitions(kind.name).get(name)
    if definition is None:
        raise not_found(f'Property "{name}" does not exist', context={"name": [name]})
    return definition


def create_property(portal: Portal, call: Call) -> Answer:
    """POST /crm/properties/{objectType}: one new definition; 409 when the name is taken."""
    kind = object_type_of(call)
    definition = _create(portal, call, kind, call.document())
    return Answer(portal.settings.created_status, to_json(definition))


def _create(portal: Portal, call: Call, kind: ObjectType, body: Mapping[str, Any]) -> Definition:
    definition = parse_definition(portal, kind, body, to_iso(call.at_ms))
    existing = portal.schema.definitions(kind.name)
    if definition.name in existing:
        raise conflict(
            f"A property named '{definition.name}' already exists.",
            subCategory="Properties.PROPERTY_EXISTS",
            context={"name": [definition.name]},
        )
    custom = [one for one in existing.values() if not one.hubspot_defined]
    if len(custom) >= MOST_CUSTOM:
        raise invalid(f"The limit of {MOST_CUSTOM} custom properties has been reached")
    if definition.unique and sum(one.unique for one in custom) >= MOST_UNIQUE:
        raise invalid(f"The limit of {MOST_UNIQUE} unique properties has been reached")
    portal.schema.put(kind.name, definition)
    call.touched.append(f"property:{kind.name}.{definition.name}")
    return definition


def parse_definition(portal: Portal, kind: ObjectType, body: Mapping[str, Any], now: str) -> Definition:
    """Read a definition from its JSON form; 400 for anything HubSpot refuses."""
    name, label, group = (required_text(body, key) for key in ("name", "label", "groupName"))
    type_name, field_type = required_text(body, "type"), required_text(body, "fieldType")
    if not _NAME.fullmatch(name):
        raise invalid(f"Property name {name} is not valid: lowercase letters, digits and underscores, first a letter")
    if type_name not in _FIELD_TYPES or field_type not in _FIELD_TYPES[type_name]:
        raise invalid(f"fieldType {field_type} does not fit type {type_name}")
    if group not in portal.schema.groups(kind.name):
        raise invalid(f"Property group {group} does not exist", context={"groupName": [group]})
    unique = body.get("hasUniqueValue") is True
    if unique and kind is TASKS and not portal.settings.unique_on_tasks:
        raise invalid("Unique properties are not supported for object type 0-27")
    if unique and type_name not in ("string", "number"):
        raise invalid("Only text and number properties can have unique values")
    options = _parse_options(body.get("options"))
    if type_name == "enumeration" and not options and body.get("externalOptions") is not True:
        raise invalid(f"Property {name} of type enumeration needs options")
    return Definition(
        name=name,
        label=label,
        type=type_name,
        field_type=field_type,
        group=group,
        options=options,
        unique=unique,
        hidden=body.get("hidden") is True,
        form_field=body.get("formField") is True,
        external_options=body.get("externalOptions") is True,
        hubspot_defined=False,
        description=str(body.get("description") or ""),
        display_order=optional_number(body, "displayOrder", -1),
        created_at=now,
        updated_at=now,
    )


def _parse_options(raw: object) -> tuple[Option, ...]:
    if raw is None:
        return ()
    if not isinstance(raw, list) or not all(isinstance(one, dict) for one in raw):
        raise bad_json("`options` must be a list of objects")
    found = [
        Option(
            required_text(one, "value"),
            required_text(one, "label"),
            optional_number(one, "displayOrder", order),
            one.get("hidden") is True,
            str(one.get("description") or ""),
        )
        for order, one in enumerate(raw)
    ]
    for what, names in (("values", [o.value for o in found]), ("labels", [o.label for o in found])):
        if len(set(names)) != len(names):
            raise invalid(f"Property options must have distinct {what}")
    return tuple(found)


def update_property(portal: Portal, call: Call) -> Answer:
    """PATCH /crm/properties/{objectType}/{propertyName}: change a definition, but not its name or uniqueness."""
    kind = object_type_of(call)
    definition = _find(portal, kind, call.params["propertyName"])
    body = call.document()
    if definition.hubspot_defined and set(body) - {"options", "label", "description"}:
        raise invalid(f"Property {definition.name} is defined by HubSpot and cannot be changed")
    merged = {**to_json(definition), **body, "name": definition.name, "hasUniqueValue": definition.unique}
    changed = replace(
        parse_definition(portal, kind, {**merged, "externalOptions": definition.external_options}, to_iso(call.at_ms)),
        unique=definition.unique,
        created_at=definition.created_at,
        hubspot_defined=definition.hubspot_defined,
        read_only=definition.read_only,
        calculated=definition.calculated,
    )
    portal.schema.put(kind.name, changed)
    call.touched.append(f"property:{kind.name}.{definition.name}")
    return Answer(200, to_json(changed))


def archive_property(portal: Portal, call: Call) -> Answer:
    """DELETE /crm/properties/{objectType}/{propertyName}: remove a custom definition."""
    kind = object_type_of(call)
    definition = _find(portal, kind, call.params["propertyName"])
    _archive(portal, call, kind, definition)
    return Answer(204)


def _archive(portal: Portal, call: Call, kind: ObjectType, definition: Definition) -> None:
    if definition.hubspot_defined:
        raise invalid(f"Property {definition.name} is defined by HubSpot and cannot be archived")
    portal.schema.drop(kind.name, definition.name)
    portal.store.forget_property(kind.name, definition.name)
    call.touched.append(f"property:{kind.name}.{definition.name}")


def batch_create(portal: Portal, call: Call) -> Answer:
    """POST …/batch/create: many new definitions; 409 as a whole when a name is taken."""
    kind = object_type_of(call)
    results = [to_json(_create(portal, call, kind, body)) for body in call.inputs(MOST_INPUTS)]
    return batch_answer(call, results, [], portal.settings.created_status)


def batch_read(portal: Portal, call: Call) -> Answer:
    """POST …/batch/read: many definitions by name."""
    kind = object_type_of(call)
    results, errors = [], []
    for item in call.inputs(MOST_INPUTS):
        try:
            results.append(to_json(_find(portal, kind, required_text(item, "name"))))
        except ApiError as refusal:
            if refusal.status != 404:
                raise
            errors.append(item_error("OBJECT_NOT_FOUND", refusal.body["message"], refusal.body["context"]))
    return batch_answer(call, results, errors)


def batch_archive(portal: Portal, call: Call) -> Answer:
    """POST …/batch/archive: remove many custom definitions; unknown names are passed over."""
    kind = object_type_of(call)
    for item in call.inputs(MOST_INPUTS):
        definition = portal.schema.definitions(kind.name).get(required_text(item, "name"))
        if definition is not None:
            _archive(portal, call, kind, definition)
    return Answer(204)


def list_groups(portal: Portal, call: Call) -> Answer:
    """GET /crm/properties/{objectType}/groups: all groups."""
    return Answer(200, {"results": list(portal.schema.groups(object_type_of(call).name).values())})


def get_group(portal: Portal, call: Call) -> Answer:
    """GET /crm/properties/{objectType}/groups/{groupName}: one group."""
    group = portal.schema.groups(object_type_of(call).name).get(call.params["groupName"])
    if group is None:
        raise not_found(f"Property group {call.params['groupName']} does not exist")
    return Answer(200, group)


def create_group(portal: Portal, call: Call) -> Answer:
    """POST /crm/properties/{objectType}/groups: one new group; 409 when the name is taken."""
    kind, body = object_type_of(call), call.document()
    name, label = required_text(body, "name"), required_text(body, "label")
    if name in portal.schema.groups(kind.name):
        raise conflict(f"Property group '{name}' already exists.", subCategory="Properties.GROUP_EXISTS")
    group = {"name": name, "label": label, "displayOrder": optional_number(body, "displayOrder", -1), "archived": False}
    portal.schema.put_group(kind.name, group)
    call.touched.append(f"group:{kind.name}.{name}")
    return Answer(portal.settings.created_status, group)


def update_group(portal: Portal, call: Call) -> Answer:
    """PATCH /crm/properties/{objectType}/groups/{groupName}: change label or order."""
    kind, body = object_type_of(call), call.document()
    group = portal.schema.groups(kind.name).get(call.params["groupName"])
    if group is None:
        raise not_found(f"Property group {call.params['groupName']} does not exist")
    label = optional_text(body, "label") or group["label"]
    group = {**group, "label": label, "displayOrder": optional_number(body, "displayOrder", group["displayOrder"])}
    portal.schema.put_group(kind.name, group)
    return Answer(200, group)


def archive_group(portal: Portal, call: Call) -> Answer:
    """DELETE /crm/properties/{objectType}/groups/{groupName}: remove an empty custom group."""
    kind, name = object_type_of(call), call.params["groupName"]
    if any(definition.group == name for definition in portal.schema.definitions(kind.name).values()):
        raise invalid(f"Property group {name} still has properties")
    portal.schema.drop_group(kind.name, name)
    call.touched.append(f"group:{kind.name}.{name}")
    return Answer(204)
