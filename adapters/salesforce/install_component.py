"""Hold pieces of metadata and write them as XML. Pure.

Source: Salesforce Metadata API guide, "Sample package.xml" and "Metadata Types", read 2026-11 (documented): folders and
suffixes; a field stands in the file of its object and an outbound message in the file of its object's workflow; full
name first, then the order of the schema.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.sax.saxutils import escape

NAMESPACE: Final = "http://soap.sforce.com/2006/04/metadata"
FOLDERS: Final[Mapping[str, tuple[str, str]]] = {
    "CustomPermission": ("customPermissions", "customPermission"),
    "EventRelayConfig": ("eventRelays", "eventRelay"),
    "Flow": ("flows", "flow"),
    "FlowDefinition": ("flowDefinitions", "flowDefinition"),
    "NamedCredential": ("namedCredentials", "namedCredential"),
    "PermissionSet": ("permissionsets", "permissionset"),
    "PlatformEventChannel": ("platformEventChannels", "platformEventChannel"),
    "PlatformEventChannelMember": ("platformEventChannelMembers", "platformEventChannelMember"),
}
"""Type → folder and suffix of the file each component has for itself."""
NESTED: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "CustomField": ("objects", "object", "CustomObject", "fields"),
    "WorkflowOutboundMessage": ("workflows", "workflow", "Workflow", "outboundMessages"),
}
"""Type → folder and suffix of the owner's file, the file's root, and the element of one component in it."""
BUNDLE: Final = "LightningComponentBundle"
BUNDLE_FOLDER: Final = "lwc"

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Component:
    """Hold one piece of metadata: `content` is its inner XML without the full name; a bundle has `sources` instead."""

    type: str
    full_name: str
    content: str = field(default="", repr=False)
    sources: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def key(self) -> Key:
        return self.type, self.full_name

    @property
    def owner(self) -> str:
        """Return the object a nested component belongs to; "" for others."""
        return self.full_name.partition(".")[0] if self.type in NESTED else ""

    @property
    def name(self) -> str:
        return self.full_name.partition(".")[2] if self.type in NESTED else self.full_name


def element(name: str, value: str) -> str:
    return f"<{name}>{escape(value)}</{name}>"


def elements(values: Mapping[str, str]) -> str:
    return "".join(element(name, value) for name, value in values.items())


def nested(tag: str, values: Mapping[str, str]) -> str:
    return f"<{tag}>{elements(values)}</{tag}>"


def document(kind: str, content: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{kind} xmlns="{NAMESPACE}">\n{content}</{kind}>\n'


def manifest(keys: Iterable[Key], api_version: str) -> str:
    """Write a package.xml, or the list of what is to be deleted."""
    members: dict[str, list[str]] = {}
    for kind, full_name in keys:
        members.setdefault(kind, []).append(full_name)
    types = "".join(_types(kind, members[kind]) for kind in sorted(members))
    return document("Package", f"{types}{element('version', api_version)}\n")


def _types(kind: str, names: list[str]) -> str:
    return f"<types>{''.join(element('members', name) for name in sorted(names))}{element('name', kind)}</types>\n"
