"""List every imitated endpoint once: method, addresses, scope, budget and handler.

A family is the beginning of an address in all its spellings: the dated ones and those of the older versions, so that
clients of either generation find the same endpoint.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from sandbox.hubspot import (
    account,
    associations,
    batch,
    events,
    lists,
    marketing,
    merge,
    oauth,
    objects,
    properties,
    scores,
    search,
)
from sandbox.hubspot.call import Answer, Call
from sandbox.hubspot.object_types import find_object_type
from sandbox.hubspot.portal import Portal

DATED = ("2026-03", "2026-09")
BETA = ("2026-09", "2027-03")
Handler = Callable[[Portal, Call], Answer]
Budget = Literal["general", "search", "associations", "free"]

_DATED_AND = {
    "objects": ("/crm/objects/{}", "/crm/v3/objects"),
    "linked objects": ("/crm/objects/{}", "/crm/v4/objects"),
    "associations": ("/crm/associations/{}", "/crm/v4/associations"),
    "properties": ("/crm/properties/{}", "/crm/v3/properties"),
    "validations": ("/crm/property-validations/{}", "/crm/v3/property-validations"),
    "owners": ("/crm/owners/{}", "/crm/v3/owners"),
    "lists": ("/crm/lists/{}", "/crm/v3/lists"),
    "pipelines": ("/crm/pipelines/{}", "/crm/v3/pipelines"),
    "limits": ("/crm/limits/{}", "/crm/v3/limits"),
    "account": ("/account-info/{}", "/account-info/v3"),
    "oauth": ("/oauth/{}", "/oauth/v1"),
    "events": ("/events/event-occurrences/{}", "/events/v3/events"),
    "marketing events": ("/marketing/marketing-events/{}", "/marketing/v3/marketing-events"),
    "forms": ("/marketing/v3/forms",),
    "lead scoring": ("/marketing/lead-scoring/{}-beta",),
    "legacy tokens": ("/oauth/v1/access-tokens",),
}
_READ, _WRITE = "crm.objects.{objectType}.read", "crm.objects.{objectType}.write"
_SEE, _DEFINE = "crm.schemas.{objectType}.read", "crm.schemas.{objectType}.write"
_BOTH_READ = "crm.objects.{fromObjectType}.read crm.objects.{toObjectType}.read"
_BOTH_WRITE = "crm.objects.{fromObjectType}.write crm.objects.{toObjectType}.write"
_FROM_TO = "/{fromObjectType}/{toObjectType}"
_LINK = "/{fromObjectType}/{fromObjectId}/associations"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One imitated endpoint; `rest` is what follows the family's address."""

    method: str
    family: str
    rest: str
    handler: Handler
    scopes: str = ""
    budget: Budget = "general"
    versions: tuple[str, ...] = DATED

    @property
    def name(self) -> str:
        """Name the endpoint by method and first address."""
        return f"{self.method} {_DATED_AND[self.family][0].format('{version}')}{self.rest}"

    def addresses(self) -> Iterator[tuple[str, str]]:
        """Give every (address, version) the endpoint answers at."""
        for address in _DATED_AND[self.family]:
            if "{}" not in address:
                yield (
                    address + self.rest,
                    next(part for part in address.split("/") if part[:1] == "v" and part[1:].isdigit()),
                )
                continue
            for version in self.versions:
                yield address.format(version) + self.rest, version

    def needed_scopes(self, params: dict[str, str]) -> tuple[str, ...]:
        """Give the scopes a call needs, which depend on the object types in its address."""
        kinds = {
            name: find_object_type(value)
            for name, value in params.items()
            if "ObjectType" in name or name == "objectType"
        }
        filled = self.scopes.format_map({name: kind.scope if kind else "contacts" for name, kind in kinds.items()})
        return tuple(dict.fromkeys(filled.split()))


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("GET", "objects", "/{objectType}", objects.list_records, _READ),
    Endpoint("POST", "objects", "/{objectType}", objects.create_object, _WRITE),
    Endpoint("GET", "objects", "/{objectType}/{objectId}", objects.get_record, _READ),
    Endpoint("PATCH", "objects", "/{objectType}/{objectId}", objects.update_object, _WRITE),
    Endpoint("DELETE", "objects", "/{objectType}/{objectId}", objects.archive_object, _WRITE),
    Endpoint("POST", "objects", "/{objectType}/batch/read", batch.batch_read, _READ),
    Endpoint("POST", "objects", "/{objectType}/batch/create", batch.batch_create, _WRITE),
    Endpoint("POST", "objects", "/{objectType}/batch/update", batch.batch_update, _WRITE),
    Endpoint("POST", "objects", "/{objectType}/batch/upsert", batch.batch_upsert, _WRITE),
    Endpoint("POST", "objects", "/{objectType}/batch/archive", batch.batch_archive, _WRITE),
    Endpoint("POST", "objects", "/{objectType}/search", search.search_objects, _READ, "search"),
    Endpoint("POST", "objects", "/{objectType}/merge", merge.merge_objects, _WRITE),
    Endpoint("POST", "objects", "/contacts/gdpr-delete", merge.gdpr_delete, "crm.objects.contacts.write"),
    Endpoint(
        "PUT",
        "linked objects",
        _LINK + "/default/{toObjectType}/{toObjectId}",
        associations.put_default,
        _BOTH_WRITE,
        "associations",
    ),
    Endpoint(
        "PUT",
        "linked objects",
        _LINK + "/{toObjectType}/{toObjectId}",
        associations.put_labels,
        _BOTH_WRITE,
        "associations",
    ),
    Endpoint(
        "DELETE",
        "linked objects",
        _LINK + "/{toObjectType}/{toObjectId}",
        associations.delete_pair,
        _BOTH_WRITE,
        "associations",
    ),
    Endpoint(
        "GET",
        "linked objects",
        _LINK + "/{toObjectType}",
        associations.list_associations,
        _BOTH_READ,
        "associations",
        ("2026-03",),
    ),
    Endpoint(
        "POST", "associations", _FROM_TO + "/batch/read", associations.read_associations, _BOTH_READ, "associations"
    ),
    Endpoint(
        "POST",
        "associations",
        _FROM_TO + "/batch/create",
        associations.create_associations,
        _BOTH_WRITE,
        "associations",
    ),
    Endpoint(
        "POST",
        "associations",
        _FROM_TO + "/batch/associate/default",
        associations.associate_default,
        _BOTH_WRITE,
        "associations",
    ),
    Endpoint(
        "POST",
        "associations",
        _FROM_TO + "/batch/archive",
        associations.archive_associations,
        _BOTH_WRITE,
        "associations",
    ),
    Endpoint(
        "POST",
        "associations",
        _FROM_TO + "/batch/labels/archive",
        associations.archive_labels,
        _BOTH_WRITE,
        "associations",
    ),
    Endpoint("GET", "associations", _FROM_TO + "/labels", associations.list_labels, _BOTH_READ, "associations"),
    Endpoint("GET", "properties", "/{objectType}", properties.list_properties, _SEE),
    Endpoint("POST", "properties", "/{objectType}", properties.create_property, _DEFINE),
    Endpoint("GET", "properties", "/{objectType}/{propertyName}", properties.get_property, _SEE),
    Endpoint("PATCH", "properties", "/{objectType}/{propertyName}", properties.update_property, _DEFINE),
    Endpoint("DELETE", "properties", "/{objectType}/{propertyName}", properties.archive_property, _DEFINE),
    Endpoint("POST", "properties", "/{objectType}/batch/create", properties.batch_create, _DEFINE),
    Endpoint("POST", "properties", "/{objectType}/batch/read", properties.batch_read, _SEE),
    Endpoint("POST", "properties", "/{objectType}/batch/archive", properties.batch_archive, _DEFINE),
    Endpoint("GET", "properties", "/{objectType}/groups", properties.list_groups, _SEE),
    Endpoint("POST", "properties", "/{objectType}/groups", properties.create_group, _DEFINE),
    Endpoint("GET", "properties", "/{objectType}/groups/{groupName}", properties.get_group, _SEE),
    Endpoint("PATCH", "properties", "/{objectType}/groups/{groupName}", properties.update_group, _DEFINE),
    Endpoint("DELETE", "properties", "/{objectType}/groups/{groupName}", properties.archive_group, _DEFINE),
    Endpoint("GET", "validations", "/{objectTypeId}", account.list_validation_rules, "crm.schemas.contacts.read"),
    Endpoint("GET", "owners", "", account.list_owners, "crm.objects.owners.read"),
    Endpoint("GET", "owners", "/{ownerId}", account.get_owner, "crm.objects.owners.read"),
    Endpoint("GET", "lists", "", lists.list_lists, "crm.lists.read"),
    Endpoint("POST", "lists", "", lists.create_list, "crm.lists.write"),
    Endpoint("POST", "lists", "/search", lists.search_lists, "crm.lists.read"),
    Endpoint("GET", "lists", "/{listId}", lists.get_list, "crm.lists.read"),
    Endpoint("DELETE", "lists", "/{listId}", lists.delete_list, "crm.lists.write"),
    Endpoint("GET", "lists", "/{listId}/memberships", lists.list_memberships, "crm.lists.read"),
    Endpoint("PUT", "lists", "/{listId}/memberships/add", lists.add_members, "crm.lists.write"),
    Endpoint("PUT", "lists", "/{listId}/memberships/remove", lists.remove_members, "crm.lists.write"),
    Endpoint("PUT", "lists", "/{listId}/memberships/add-and-remove", lists.add_and_remove_members, "crm.lists.write"),
    Endpoint(
        "GET", "lists", "/records/{objectTypeId}/{recordId}/memberships", lists.get_record_memberships, "crm.lists.read"
    ),
    Endpoint("POST", "lists", "/records/memberships/batch/read", lists.batch_read_memberships, "crm.lists.read"),
    Endpoint("GET", "pipelines", "/{objectType}", account.list_pipelines, _READ),
    Endpoint("GET", "pipelines", "/{objectType}/{pipelineId}", account.get_pipeline, _READ),
    Endpoint("GET", "pipelines", "/{objectType}/{pipelineId}/stages", account.list_stages, _READ),
    Endpoint("GET", "limits", "/custom-properties", account.get_custom_property_limits),
    Endpoint("GET", "account", "/details", account.get_details),
    Endpoint("GET", "account", "/api-usage/daily/private-apps", account.get_usage),
    Endpoint("POST", "oauth", "/token", oauth.create_token, "", "free"),
    Endpoint("POST", "oauth", "/token/introspect", oauth.introspect_token, "", "free"),
    Endpoint("POST", "oauth", "/token/revoke", oauth.revoke_token, "", "free"),
    Endpoint("GET", "legacy tokens", "/{token}", oauth.get_access_token, "", "free"),
    Endpoint("GET", "events", "", events.list_occurrences),
    Endpoint("GET", "events", "/event-types", events.list_event_types),
    Endpoint("GET", "marketing events", "", marketing.list_events, marketing.SCOPE),
    Endpoint("GET", "marketing events", "/{objectId}", marketing.get_event, marketing.SCOPE),
    Endpoint(
        "GET",
        "marketing events",
        "/participations/contacts/{contactIdentifier}/breakdown",
        marketing.contact_breakdown,
        marketing.SCOPE,
    ),
    Endpoint(
        "GET",
        "marketing events",
        "/participations/{marketingEventId}/breakdown",
        marketing.event_breakdown,
        marketing.SCOPE,
    ),
    Endpoint("GET", "forms", "", marketing.list_forms, "forms"),
    Endpoint("GET", "forms", "/{formId}", marketing.get_form, "forms"),
    Endpoint("GET", "lead scoring", "/scores", scores.list_scores, scores.SCOPE, versions=BETA),
    Endpoint("GET", "lead scoring", "/scores/{scoreId}", scores.get_score, scores.SCOPE, versions=BETA),
    Endpoint("GET", "lead scoring", "/score-values/object-history", scores.get_history, scores.SCOPE, versions=BETA),
)


@dataclass(slots=True)
class _Node:
    children: dict[str, _Node] = field(default_factory=dict)
    parameter: _Node | None = None
    targets: dict[str, tuple[Endpoint, str, tuple[str, ...]]] = field(default_factory=dict)


class Router:
    """Find the endpoint of an address, fixed segments before named ones."""

    def __init__(self, endpoints: tuple[Endpoint, ...] = ENDPOINTS) -> None:
        self._root = _Node()
        for endpoint in endpoints:
            for address, version in endpoint.addresses():
                self._add(endpoint, address, version)

    def _add(self, endpoint: Endpoint, address: str, version: str) -> None:
        node = self._root
        names = []
        for segment in address.strip("/").split("/"):
            if segment.startswith("{"):
                names.append(segment[1:-1])
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.children.setdefault(segment, _Node())
        node.targets[endpoint.method] = (endpoint, version, tuple(names))

    def find(self, method: str, path: str) -> tuple[Endpoint, str, dict[str, str]] | None:
        """Give endpoint, API version and the named segments; None when nothing is imitated there."""
        segments = path.strip("/").split("/")
        found = _walk(self._root, method, segments, ())
        if found is None:
            return None
        (endpoint, version, names), values = found
        return endpoint, version, dict(zip(names, values, strict=True))


def _walk(
    node: _Node, method: str, segments: list[str], values: tuple[str, ...]
) -> tuple[tuple[Endpoint, str, tuple[str, ...]], tuple[str, ...]] | None:
    if not segments:
        target = node.targets.get(method)
        return (target, values) if target else None
    child = node.children.get(segments[0])
    if child is not None:
        found = _walk(child, method, segments[1:], values)
        if found is not None:
            return found
    if node.parameter is None or not segments[0]:
        return None
    return _walk(node.parameter, method, segments[1:], (*values, segments[0]))
