"""Remove what Puente made in a Salesforce organisation: doorbells first, fields last, nothing of anybody else's.

Source: Salesforce Metadata API guide, "Deleting Components from an Organization", "Flow" and "FlowDefinition", read
2026-11 (documented): an active version of a flow cannot be deleted, versions are deleted one by one as NAME-1; a
deleted field is kept for 15 days in Setup, with its values.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from adapters.exchange import Request
from adapters.installation import PartState, RemovalPlan
from adapters.pieces import chunks
from adapters.salesforce import soql
from adapters.salesforce.api import COLLECTION
from adapters.salesforce.gateway import Query
from adapters.salesforce.ids import PERSON_OBJECTS
from adapters.salesforce.install import Organization
from adapters.salesforce.install_access import PERMISSION_SETS
from adapters.salesforce.install_comparison import Found, is_ours, text_of
from adapters.salesforce.install_component import BUNDLE, Component, Key, element
from adapters.salesforce.install_doorbells import FLOW, RELAY, Doorbells, build_doorbells
from adapters.salesforce.install_fields import ACTIVITY, CUSTOM_FIELD
from adapters.salesforce.install_package import (
    PackageOptions,
    build_components,
    build_deletion,
    build_files,
    zip_package,
)
from adapters.salesforce.replies import parse_page, parse_saved
from connector.domain.phrase import phrase
from connector.errors import GoneError, RejectedError

_STAGES: Final = (
    (FLOW, RELAY, "PlatformEventChannelMember"),
    ("WorkflowOutboundMessage", "PlatformEventChannel", "NamedCredential", BUNDLE),
    ("PermissionSet", "CustomPermission", CUSTOM_FIELD),
)
"""What is deleted together, in this order: nothing goes before what refers to it."""
_ANY_RELAY: Final = ("", "")


@dataclass(slots=True)
class SalesforceRemoval:
    """Hold an organisation against everything an installation may have made."""

    organization: Organization
    task_key: str
    _found: dict[Key, Found] = field(default_factory=dict)
    _planned: RemovalPlan | None = None

    def plan(self) -> RemovalPlan:
        """Retrieve what has our names, tell what is ours, and count the records that hold values."""
        components = self._all_components()
        self._found = self.organization.retrieve(components)
        parts = [self._judge(one, self._found[one.key]) for one in components if one.key in self._found]
        counted = self._counts([part for part in parts if part.state == "installed"])
        parts = [replace(part, records=counted.get((part.owner, part.name))) for part in parts]
        open_tasks = self._open_tasks()
        self._planned = RemovalPlan(tuple(parts), len(open_tasks) if open_tasks is not None else None)
        return self._planned

    def apply(self, *, tasks: bool) -> tuple[PartState, ...]:
        """Delete tasks while their key can be seen; then component by component, each stage all or nothing."""
        plan = self._planned or self.plan()
        installed = {(part.owner, part.name) for part in plan.removable}
        ours = [one for one in self._all_components() if (one.owner or one.type, one.name) in installed]
        if tasks:
            self._delete(self._open_tasks() or [])
        self._silence([one for one in ours if one.type in (FLOW, RELAY)])
        for types in _STAGES:
            if "PermissionSet" in types:
                self._unassign()
            keys = list(self._keys([one for one in ours if one.type in types]))
            if keys:
                self._deploy(build_deletion(keys, self.organization.api_version))
        return tuple(replace(part, state="removed") if part.state == "installed" else part for part in plan.parts)

    def _all_components(self) -> list[Component]:
        """Return whatever any way of installing makes, each component once."""
        version = self.organization.api_version
        rings = [
            *build_doorbells(Doorbells("outbound"), version),
            *build_doorbells(Doorbells("cdc", relay_to=_ANY_RELAY), version),
        ]
        return [*build_components(PackageOptions(version, "en", self.task_key)), *rings]

    def _judge(self, component: Component, found: Found) -> PartState:
        owner = component.owner or component.type
        if not is_ours(component, found):
            why = phrase("not made by Puente: its type or description is another")
            return PartState(owner, component.name, "foreign", why)
        return PartState(owner, component.name, "installed")

    def _counts(self, parts: Sequence[PartState]) -> dict[tuple[str, str], int | None]:
        """Count values field by field; a long text cannot be asked for, and what we may not see is not counted."""
        faces: dict[str, str] = {**{sobject: sobject for sobject in PERSON_OBJECTS}, ACTIVITY: "Task"}
        fields = [(part.owner, part.name) for part in parts if part.owner in faces]
        queries = [Query(soql.count(faces[owner], f"{soql.name(name)} != null")) for owner, name in fields]
        answers = self.organization.gateway.ask(queries, "uninstall")
        return {place: None if answer.error else answer.total for place, answer in zip(fields, answers, strict=True)}

    def _open_tasks(self) -> list[str] | None:
        """Return the ids of our tasks that nobody completed; None when the key cannot be asked for."""
        where = (f"{soql.name(self.task_key)} != null", "IsClosed = false")
        try:
            return self.organization.ids(soql.select(("Id",), "Task", *where))
        except RejectedError:
            return None

    def _delete(self, ids: Sequence[str]) -> None:
        """Put records into the recycle bin; one that is gone already is done."""
        gateway = self.organization.gateway
        for piece in chunks(ids, COLLECTION):
            path = f"/services/data/v{gateway.api.version}/composite/sobjects?ids={','.join(piece)}&allOrNone=false"
            request = Request("DELETE", path, purpose="uninstall", repeatable=True)
            saved = parse_saved(gateway.http.send(request), len(piece))
            errors = [one.error for one in saved if one.error and not isinstance(one.error, GoneError)]
            if errors:
                raise errors[0]

    def _silence(self, ringing: Sequence[Component]) -> None:
        """Deactivate flows, whichever version is the active one, and stop the relay: what runs is not deleted."""
        wanted = [
            Component("FlowDefinition", one.full_name, element("activeVersionNumber", "0"))
            for one in ringing
            if one.type == FLOW
        ]
        wanted += [
            Component(RELAY, one.full_name, _stopped(self._found[one.key]))
            for one in ringing
            if one.type == RELAY and text_of(self._found[one.key], "state") not in ("", "STOP")
        ]
        if wanted:
            self._deploy(build_files(wanted, self.organization.api_version))

    def _keys(self, components: Sequence[Component]) -> Iterator[Key]:
        """Name what is deleted; of a flow every version."""
        flows = [one.full_name for one in components if one.type == FLOW]
        if flows:
            yield from self._versions(flows)
        yield from (one.key for one in components if one.type != FLOW)

    def _versions(self, flows: Sequence[str]) -> Iterator[Key]:
        paths = ("Id", "VersionNumber", "Definition.DeveloperName")
        query = soql.select(paths, "Flow", f"Definition.DeveloperName IN {soql.one_of(flows)}")
        gateway = self.organization.gateway
        document = gateway.http.send(gateway.api.tooling_query(query))
        for row in parse_page(document).rows:
            yield FLOW, f"{row.get('Definition.DeveloperName')}-{row.get('VersionNumber')}"

    def _unassign(self) -> None:
        """Take the permission sets from whoever has them: an assigned one is not deleted."""
        where = f"PermissionSet.Name IN {soql.one_of(PERMISSION_SETS)}"
        self._delete(self.organization.ids(soql.select(("Id",), "PermissionSetAssignment", where)))

    def _deploy(self, files: dict[str, str]) -> None:
        self.organization.deployer.deploy(zip_package(files))


def _stopped(found: Found) -> str:
    tags = ("destinationResourceName", "eventChannel", "label", "relayOption")
    kept = "".join(element(tag, text) for tag in tags if (text := text_of(found, tag)))
    return kept + element("state", "STOP")
