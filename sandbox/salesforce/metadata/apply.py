"""Put one component into the org, or take it out."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree as ET

from sandbox.salesforce.errors import RecordError
from sandbox.salesforce.metadata.channels import check_change, check_deletion
from sandbox.salesforce.metadata.fields import ComponentError, build_field
from sandbox.salesforce.metadata.flows import apply_definition, apply_flow, delete_version, flow_uses
from sandbox.salesforce.metadata.package import NAMESPACE, Component, text_of
from sandbox.salesforce.org import Org
from sandbox.salesforce.schema import CUSTOM_OWNERS
from sandbox.salesforce.store import Row
from sandbox.salesforce.writing import create_record


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of a component."""

    created: bool = False
    changed: bool = False
    deleted: bool = False


def apply(org: Org, component: Component) -> Applied:
    """Create or change what a component describes; raise ComponentError when it is refused."""
    if component.content is None:
        return _delete(org, component)
    if component.type == "CustomField":
        return _apply_field(org, component, component.content)
    if component.type == "PermissionSet":
        applied = _apply_permission_set(org, component.full_name, component.content)
        _keep_source(org, component, component.content)
        return applied
    if component.type == "Flow":
        return Applied(*apply_flow(org, component, component.content))
    if component.type == "FlowDefinition":
        return Applied(changed=apply_definition(org, component, component.content))
    return _apply_other(org, component, component.content)


def _apply_other(org: Org, component: Component, content: ET.Element) -> Applied:
    key = f"{component.type}:{component.full_name}"
    kept = org.store.get("component", key)
    check_change(org, component, content, kept["xml"] if kept else None)
    new = {"xml": ET.tostring(content, encoding="unicode"), "sources": dict(component.sources)}
    org.store.put("component", key, new)
    return Applied(created=kept is None, changed=kept != new)


def _keep_source(org: Org, component: Component, content: ET.Element) -> None:
    """Keep the text of what lives on in other forms, to give it back when it is retrieved."""
    text = ET.tostring(content, encoding="unicode")
    org.store.put("source", f"{component.type}:{component.full_name}", {"xml": text})


def _owner(org: Org, full_name: str) -> tuple[str, str]:
    """Split a field's full name and check its object: fields of tasks and events belong to Activity."""
    owner, _, name = full_name.partition(".")
    if any(owner in faces for faces in CUSTOM_OWNERS.values()):
        raise ComponentError(f"Entity Enumeration Or ID: bad value for restricted picklist field: {owner}")
    if owner not in CUSTOM_OWNERS and org.catalog.find(owner) is None:
        raise ComponentError(f"no CustomObject named {owner} found", "INVALID_CROSS_REFERENCE_KEY")
    return owner, name


def _apply_field(org: Org, component: Component, content: ET.Element) -> Applied:
    owner, name = _owner(org, component.full_name)
    field = build_field(content)
    old = org.catalog.custom_fields(owner).get(name)
    if old is not None and old.type != field.type:
        raise ComponentError(f"Cannot change the type of {component.full_name} from {old.type} to {field.type}")
    created = org.catalog.put_field(owner, field)
    if created:
        # The id a field has in the Tooling API.
        org.store.put("field_id", component.full_name, {"number": org.store.next_number("field")})
    _keep_source(org, component, content)
    return Applied(created=created, changed=old != field)


def _apply_permission_set(org: Org, name: str, content: ET.Element) -> Applied:
    """Replace what a permission set grants: a deployment overwrites the whole of it."""
    label = text_of(content, "label")
    if not label:
        raise ComponentError("Required field is missing: label")
    grants = {
        text_of(one, "field"): (text_of(one, "readable") == "true", text_of(one, "editable") == "true")
        for one in content.findall(f"{{{NAMESPACE}}}fieldPermissions")
    }
    for field in grants:
        _check_granted(org, field)
    for permission in content.findall(f"{{{NAMESPACE}}}customPermissions"):
        granted = text_of(permission, "name")
        if org.store.get("component", f"CustomPermission:{granted}") is None:
            problem = f"In field: customPermission - no CustomPermission named {granted} found"
            raise ComponentError(problem, "INVALID_CROSS_REFERENCE_KEY")
    found = org.store.select("PermissionSet", '"Name" = ?', (name,))
    set_id = str(found[0]["Id"]) if found else _create(org, "PermissionSet", {"Name": name, "Label": label})
    before = {
        row["Field"]: (bool(row["PermissionsRead"]), bool(row["PermissionsEdit"]))
        for row in org.store.find_many("FieldPermissions", "ParentId", (set_id,))
    }
    if before != grants:
        org.store.connection.execute('DELETE FROM "FieldPermissions" WHERE "ParentId" = ?', (set_id,))
        for field, (readable, editable) in grants.items():
            row: Row = {"ParentId": set_id, "SobjectType": field.partition(".")[0], "Field": field}
            _create(org, "FieldPermissions", {**row, "PermissionsRead": readable, "PermissionsEdit": editable})
    org.forget()
    return Applied(created=not found, changed=before != grants)


def _check_granted(org: Org, full_name: str) -> None:
    owner, _, name = full_name.partition(".")
    kind = org.catalog.find(owner)
    field = kind.find(name) if kind else None
    if field is None:
        raise ComponentError(f"In field: field - no CustomField named {full_name} found", "INVALID_CROSS_REFERENCE_KEY")
    if not field.permissionable:
        raise ComponentError(f"You cannot deploy to a required field: {full_name}")


def _create(org: Org, kind: str, values: Row) -> str:
    try:
        return create_record(org, org.administrator(), org.catalog.kind(kind), values)
    except RecordError as problem:
        raise ComponentError(problem.refusal.message, problem.refusal.code) from problem


def _delete(org: Org, component: Component) -> Applied:
    if component.type == "CustomField":
        owner, name = _owner(org, component.full_name)
        if name not in org.catalog.custom_fields(owner):
            message = "This custom field does not exist or is not accessible"
            raise ComponentError(message, "INVALID_CROSS_REFERENCE_KEY")
        org.catalog.drop_field(owner, name)
        faces = [f"{face}.{name}" for face in CUSTOM_OWNERS.get(owner, (owner,))]
        marks = ",".join("?" * len(faces))
        org.store.connection.execute(f'DELETE FROM "FieldPermissions" WHERE "Field" IN ({marks})', faces)  # noqa: S608
    elif component.type == "PermissionSet":
        _delete_permission_set(org, component.full_name)
    elif component.type == "Flow":
        delete_version(org, component.full_name)
    else:
        _delete_other(org, component)
    org.forget()
    return Applied(changed=True, deleted=True)


def _delete_other(org: Org, component: Component) -> None:
    key = f"{component.type}:{component.full_name}"
    kept = org.store.get("component", key)
    if kept is None:
        raise ComponentError(f"No {component.type} named: {component.full_name} found", "INVALID_CROSS_REFERENCE_KEY")
    check_deletion(component, ET.fromstring(kept["xml"]))  # noqa: S314 - what this sandbox stored
    flow = flow_uses(org, component.full_name) if component.type == "WorkflowOutboundMessage" else None
    if flow is not None:
        raise ComponentError(
            f"This outbound message is referenced elsewhere in salesforce.com: {flow}", "DELETE_FAILED"
        )
    org.store.drop("component", key)


def _delete_permission_set(org: Org, name: str) -> None:
    found = org.store.select("PermissionSet", '"Name" = ?', (name,))
    if not found:
        raise ComponentError(f"No PermissionSet named: {name} found", "INVALID_CROSS_REFERENCE_KEY")
    set_id = found[0]["Id"]
    org.store.connection.execute('DELETE FROM "FieldPermissions" WHERE "ParentId" = ?', (set_id,))
    org.store.connection.execute('DELETE FROM "PermissionSetAssignment" WHERE "PermissionSetId" = ?', (set_id,))
    org.store.erase("PermissionSet", set_id)
