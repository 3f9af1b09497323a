"""Keep flows with their versions: one active at most, which cannot be deleted.

Source: Salesforce Metadata API guide, "Flow" and "FlowDefinition", read 2026-11 (documented): a changed flow is a new
version; `activeVersionNumber` 0 deactivates; versions are deleted one by one, as NAME-1.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from sandbox.salesforce.metadata.fields import ComponentError
from sandbox.salesforce.metadata.package import NAMESPACE, Component, text_of
from sandbox.salesforce.org import Org

_PERMISSION = re.compile(r"\$Permission\.(\w+)")
_VERSION = re.compile(r"(.+)-(\d+)")


def apply_flow(org: Org, component: Component, content: ET.Element) -> tuple[bool, bool]:
    """Store a flow; tell whether it is new and whether anything changed."""
    _check_references(org, content)
    key = f"Flow:{component.full_name}"
    kept = org.store.get("component", key)
    text = ET.tostring(content, encoding="unicode")
    active = text_of(content, "status") == "Active"
    if kept is not None and kept["xml"] == text and (kept["active"] == kept["versions"][-1]) == active:
        return False, False
    versions = kept["versions"] if kept else []
    number = versions[-1] + 1 if versions else 1
    keeps_active = kept["active"] if kept else 0
    flow = {"xml": text, "versions": [*versions, number], "active": number if active else keeps_active}
    org.store.put("component", key, flow)
    return kept is None, True


def _check_references(org: Org, content: ET.Element) -> None:
    for action in content.findall(f"{{{NAMESPACE}}}actionCalls"):
        name = text_of(action, "actionName")
        is_message = text_of(action, "actionType") == "outboundMessage"
        if is_message and org.store.get("component", f"WorkflowOutboundMessage:{name}") is None:
            raise ComponentError(f"{text_of(action, 'name')} (Action) - We can't find an action named {name}")
    start = content.find(f"{{{NAMESPACE}}}start")
    formula = text_of(start, "filterFormula") if start is not None else ""
    for name in _PERMISSION.findall(formula):
        if org.store.get("component", f"CustomPermission:{name}") is None:
            raise ComponentError(f"The formula expression is invalid: Field $Permission.{name} does not exist")


def apply_definition(org: Org, component: Component, content: ET.Element) -> bool:
    """Activate a version, or none; tell whether that changed anything."""
    key = f"Flow:{component.full_name}"
    flow = org.store.get("component", key)
    if flow is None:
        raise ComponentError(f"no Flow named {component.full_name} found", "INVALID_CROSS_REFERENCE_KEY")
    number = int(text_of(content, "activeVersionNumber") or 0)
    if number and number not in flow["versions"]:
        raise ComponentError(f"activeVersionNumber: {number} does not exist")
    org.store.put("component", key, {**flow, "active": number})
    return bool(flow["active"] != number)


def delete_version(org: Org, full_name: str) -> None:
    """Delete one version; the flow goes with its last one."""
    found = _VERSION.fullmatch(full_name)
    key = f"Flow:{found[1]}" if found else ""
    flow = org.store.get("component", key) if found else None
    if found is None or flow is None or int(found[2]) not in flow["versions"]:
        raise ComponentError(f"No Flow named: {full_name} found", "INVALID_CROSS_REFERENCE_KEY")
    number = int(found[2])
    if flow["active"] == number:
        raise ComponentError("The flow version is active. Deactivate it before you delete it", "DELETE_FAILED")
    versions = [one for one in flow["versions"] if one != number]
    if versions:
        org.store.put("component", key, {**flow, "versions": versions})
    else:
        org.store.drop("component", key)


def flow_uses(org: Org, action: str) -> str | None:
    """Name a flow that calls an action."""
    for key, flow in org.store.all("component").items():
        if key.startswith("Flow:") and f">{action}<" in flow["xml"]:
            return key.partition(":")[2]
    return None
