"""Hold what an organisation refuses of change event channels and of the Event Relay.

Source: Change Data Capture guide, "Allocations"; Event Relay guide; Metadata API guide, "PlatformEventChannelMember",
"EventRelayConfig", read 2026-11 (documented): five entities without the add-on; what a member selects, and where a
relay leads, cannot be changed; a relay is made stopped.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from sandbox.salesforce.metadata.fields import ComponentError
from sandbox.salesforce.metadata.package import Component, text_of
from sandbox.salesforce.org import Org

MOST_ENTITIES = 5
_FIXED = {
    "PlatformEventChannel": ("channelType",),
    "PlatformEventChannelMember": ("eventChannel", "selectedEntity"),
    "EventRelayConfig": ("destinationResourceName", "eventChannel"),
}


def check_change(org: Org, component: Component, content: ET.Element, before: str | None) -> None:
    """Refuse what cannot be made, or cannot be changed any more."""
    old = ET.fromstring(before) if before else None  # noqa: S314 - what this sandbox stored
    for tag in _FIXED.get(component.type, ()):
        if old is not None and text_of(old, tag) != text_of(content, tag):
            raise ComponentError(f"{tag}: cannot be changed", "FIELD_NOT_UPDATABLE")
    if component.type == "PlatformEventChannelMember":
        _require(org, "PlatformEventChannel", text_of(content, "eventChannel"))
        _check_allocation(org, component, text_of(content, "selectedEntity"))
    if component.type == "EventRelayConfig":
        _check_relay(org, content, is_new=old is None)


def _check_allocation(org: Org, component: Component, entity: str) -> None:
    key = f"{component.type}:{component.full_name}"
    selected = {
        text_of(ET.fromstring(one["xml"]), "selectedEntity")  # noqa: S314
        for name, one in org.store.all("component").items()
        if name.startswith(f"{component.type}:") and name != key
    }
    if len(selected | {entity}) > MOST_ENTITIES:
        raise ComponentError("Your org has exceeded its limit of selected entities", "LIMIT_EXCEEDED")


def _check_relay(org: Org, content: ET.Element, *, is_new: bool) -> None:
    _require(org, "PlatformEventChannel", text_of(content, "eventChannel"))
    destination = text_of(content, "destinationResourceName").removeprefix("callout:")
    _require(org, "NamedCredential", destination)
    if is_new and text_of(content, "state") not in ("", "STOP"):
        raise ComponentError("state: an event relay can only be created with the state STOP")


def _require(org: Org, kind: str, name: str) -> None:
    if org.store.get("component", f"{kind}:{name}") is None:
        raise ComponentError(f"no {kind} named {name} found", "INVALID_CROSS_REFERENCE_KEY")


def check_deletion(component: Component, content: ET.Element) -> None:
    """Refuse to delete a relay that runs."""
    if component.type == "EventRelayConfig" and text_of(content, "state") in ("RUN", "PAUSE"):
        raise ComponentError("The event relay must be stopped before it is deleted", "DELETE_FAILED")
