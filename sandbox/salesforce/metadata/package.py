"""Read the zip of a deployment: package.xml, the components it names, and what is to be deleted.

Source: Salesforce Metadata API guide, "Deploying and Retrieving Metadata", read 2026-11 (documented).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from xml.etree import ElementTree as ET

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
_MOST_BYTES = 400_000_000
FOLDERS = {
    "permissionsets": "PermissionSet",
    "customPermissions": "CustomPermission",
    "flows": "Flow",
    "flowDefinitions": "FlowDefinition",
    "namedCredentials": "NamedCredential",
    "externalCredentials": "ExternalCredential",
    "platformEventChannels": "PlatformEventChannel",
    "platformEventChannelMembers": "PlatformEventChannelMember",
    "eventRelays": "EventRelayConfig",
    "queues": "Queue",
    "externalClientApps": "ExternalClientApplication",
}
SUFFIXES = {
    "PermissionSet": "permissionset",
    "CustomPermission": "customPermission",
    "Flow": "flow",
    "FlowDefinition": "flowDefinition",
    "NamedCredential": "namedCredential",
    "ExternalCredential": "externalCredential",
    "PlatformEventChannel": "platformEventChannel",
    "PlatformEventChannelMember": "platformEventChannelMember",
    "EventRelayConfig": "eventRelay",
    "Queue": "queue",
    "ExternalClientApplication": "eca",
}
BUNDLES = {"LightningComponentBundle": "lwc"}
INSIDE_WORKFLOW = {
    "alerts": "WorkflowAlert",
    "outboundMessages": "WorkflowOutboundMessage",
    "fieldUpdates": "WorkflowFieldUpdate",
}
_HOLDERS = {"CustomField": "CustomObject"} | dict.fromkeys(INSIDE_WORKFLOW.values(), "Workflow")
"""Components that are also named by the file that holds them: all of a workflow, all fields of an object."""
_DESTRUCTIVE = ("destructiveChanges.xml", "destructiveChangesPre.xml", "destructiveChangesPost.xml")


class PackageError(ValueError):
    """A deployment that cannot even be read."""


@dataclass(frozen=True, slots=True)
class Component:
    """One thing to be deployed, or deleted when it has no content; a bundle also has its sources by file name."""

    type: str
    full_name: str
    file: str
    content: ET.Element | None = None
    sources: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Package:
    """What a zip holds, what package.xml names, and what is to go."""

    components: tuple[Component, ...]
    named: Mapping[str, frozenset[str]]
    deletions: tuple[Component, ...]

    def names(self, component: Component) -> bool:
        """Tell whether package.xml names a component: one by one, by a star, or by what holds it."""
        members = self.named.get(component.type, frozenset())
        if component.full_name in members or "*" in members:
            return True
        holder = _HOLDERS.get(component.type)
        return holder is not None and component.full_name.partition(".")[0] in self.named.get(holder, frozenset())

    def missing(self) -> Iterator[tuple[str, str]]:
        """Give what package.xml names and the zip lacks."""
        there = {(component.type, component.full_name) for component in self.components}
        for kind, members in self.named.items():
            for member in sorted(members):
                if member != "*" and kind not in _HOLDERS.values() and (kind, member) not in there:
                    yield kind, member


def read_package(content: bytes) -> Package:
    """Read a zip."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile as problem:
        raise PackageError("The zip file cannot be read") from problem
    with archive:
        if sum(entry.file_size for entry in archive.infolist()) > _MOST_BYTES:
            raise PackageError("The zip file is too large")
        manifest = next((name for name in archive.namelist() if PurePosixPath(name).name == "package.xml"), None)
        if manifest is None:
            raise PackageError("No package.xml found")
        root = PurePosixPath(manifest).parent
        files = {
            str(PurePosixPath(name).relative_to(root)): archive.read(name)
            for name in archive.namelist()
            if not name.endswith("/") and PurePosixPath(name).is_relative_to(root)
        }
    named = _members(files["package.xml"], "package.xml")
    components = (*(one for name in sorted(files) for one in _components(name, files[name])), *_bundles(files))
    deletions = tuple(
        Component(kind, member, name)
        for name in _DESTRUCTIVE
        if name in files
        for kind, members in _members(files[name], name).items()
        for member in sorted(members)
    )
    return Package(components, named, deletions)


def _parse(content: bytes, name: str) -> ET.Element:
    try:
        return ET.fromstring(content)  # noqa: S314 - local, and sized above
    except ET.ParseError as problem:
        raise PackageError(f"{name}: {problem}") from problem


def _members(content: bytes, name: str) -> dict[str, frozenset[str]]:
    """Read the types and members of a manifest."""
    found: dict[str, frozenset[str]] = {}
    for types in _parse(content, name).findall(f"{{{NAMESPACE}}}types"):
        kind = text_of(types, "name")
        members = [one.text or "" for one in types.findall(f"{{{NAMESPACE}}}members")]
        found[kind] = found.get(kind, frozenset()) | frozenset(members)
    return found


def _components(name: str, content: bytes) -> Iterator[Component]:
    path = PurePosixPath(name)
    folder = path.parts[0] if len(path.parts) > 1 else ""
    if folder == "objects" and path.suffix == ".object":
        for field in _parse(content, name).findall(f"{{{NAMESPACE}}}fields"):
            yield Component("CustomField", f"{path.stem}.{text_of(field, 'fullName')}", name, field)
    elif folder == "workflows" and path.suffix == ".workflow":
        root = _parse(content, name)
        for tag, kind in INSIDE_WORKFLOW.items():
            for one in root.findall(f"{{{NAMESPACE}}}{tag}"):
                yield Component(kind, f"{path.stem}.{text_of(one, 'fullName')}", name, one)
    elif folder in FOLDERS:
        yield Component(FOLDERS[folder], path.name.split(".")[0], name, _parse(content, name))


def _bundles(files: Mapping[str, bytes]) -> Iterator[Component]:
    """Read the folders that are one component each, told by the file that describes them."""
    for kind, folder in BUNDLES.items():
        found: dict[str, dict[str, str]] = {}
        for name, content in files.items():
            path = PurePosixPath(name)
            if path.parts[0] == folder and len(path.parts) == 3:
                found.setdefault(path.parts[1], {})[path.name] = content.decode("utf-8", "replace")
        for bundle, sources in found.items():
            described = f"{bundle}.js-meta.xml"
            if described not in sources or f"{bundle}.js" not in sources:
                raise PackageError(f"{folder}/{bundle}: {bundle}.js and {described} are needed")
            root = _parse(sources[described].encode(), described)
            yield Component(kind, bundle, f"{folder}/{bundle}/{described}", root, sources)


def text_of(element: ET.Element, name: str) -> str:
    """Give the text of a child element; "" when it is missing."""
    return (element.findtext(f"{{{NAMESPACE}}}{name}") or "").strip()
