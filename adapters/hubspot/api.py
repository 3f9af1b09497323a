"""Build HubSpot requests: pure, without I/O and without credentials.

Source: HubSpot public API specification collection, snapshot 2026-08-21 (documented): paths, bodies, batch sizes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from adapters.exchange import Request

BATCH: Final = 100
"""Records per object batch."""
HISTORY_BATCH: Final = 50
"""Records per batch when property histories are asked for (hubspot-api-python issue 143)."""
ASSOCIATION_BATCH: Final = 1_000
MEMBERSHIP_BATCH: Final = 100
SEARCH_PAGE: Final = 200
LONGEST_QUERY: Final = 6_000
"""Characters of a query string; HubSpot and the proxies before it refuse long ones with 414 at about 8,000."""
HEAVY_READ_SECONDS: Final = 90.0
TASK_TO_CONTACT: Final = 204
"""Association type task → contact. Source: HubSpot associations guide, read 2026-04 (documented)."""

_LEGACY: Final[Mapping[str, str]] = {
    "crm/objects": "crm/v3/objects",
    "crm/associations": "crm/v4/associations",
    "crm/properties": "crm/v3/properties",
    "crm/lists": "crm/v3/lists",
    "crm/owners": "crm/v3/owners",
    "crm/limits": "crm/v3/limits",
    "crm/property-validations": "crm/v3/property-validations",
    "events/event-occurrences": "events/v3/events",
    "marketing/marketing-events": "marketing/v3/marketing-events",
    "account-info": "account-info/v3",
    "oauth": "oauth/v1",
}


@dataclass(frozen=True, slots=True)
class HubSpotApi:
    """Build requests for one API version: a dated one, or `v3` for the undated paths HubSpot still answers."""

    version: str

    def path(self, family: str, *parts: str) -> str:
        """Return the path of a family of endpoints, each further part quoted."""
        root = _LEGACY[family] if self.version.startswith("v") else f"{family}/{self.version}"
        return "/".join(("", root, *(quote(part, safe="") for part in parts)))

    def list_page(self, object_type: str, properties: Sequence[str], after: str | None) -> Request:
        return Request(
            "GET",
            self.path("crm/objects", object_type),
            purpose=object_type,
            params=_without_none({"limit": str(BATCH), "after": after, "properties": ",".join(properties) or None}),
            read_timeout_seconds=HEAVY_READ_SECONDS,
        )

    def get(self, object_type: str, object_id: str, properties: Sequence[str]) -> Request:
        return Request(
            "GET",
            self.path("crm/objects", object_type, object_id),
            purpose=object_type,
            params={"properties": ",".join(properties)},
        )

    def batch_read(
        self,
        object_type: str,
        ids: Iterable[str],
        properties: Sequence[str],
        *,
        purpose: str,
        history: Sequence[str] = (),
        id_property: str | None = None,
    ) -> Request:
        body: dict[str, object] = {"inputs": [{"id": i} for i in ids], "properties": list(properties)}
        if history:
            body["propertiesWithHistory"] = list(history)
        if id_property:
            body["idProperty"] = id_property
        return Request(
            "POST",
            self.path("crm/objects", object_type, "batch", "read"),
            purpose=purpose,
            json=body,
            read_timeout_seconds=HEAVY_READ_SECONDS,
        )

    def batch_update(self, object_type: str, changes: Mapping[str, Mapping[str, str]], *, purpose: str) -> Request:
        """Build absolute updates by record id; the trace ids make HubSpot answer item by item (207)."""
        inputs = [
            {"id": object_id, "properties": dict(properties), "objectWriteTraceId": object_id}
            for object_id, properties in changes.items()
        ]
        return Request(
            "POST",
            self.path("crm/objects", object_type, "batch", "update"),
            purpose=purpose,
            json={"inputs": inputs},
            read_timeout_seconds=HEAVY_READ_SECONDS,
        )

    def create_tasks(self, tasks: Mapping[str, tuple[str, Mapping[str, str]]]) -> Request:
        """Build one create of many tasks: key → (contact id, properties). Not repeatable after an unclear answer."""
        inputs = [
            {
                "properties": dict(properties),
                "objectWriteTraceId": key,
                "associations": [
                    {
                        "to": {"id": contact_id},
                        "types": [
                            {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": TASK_TO_CONTACT},
                        ],
                    }
                ],
            }
            for key, (contact_id, properties) in tasks.items()
        ]
        return Request(
            "POST",
            self.path("crm/objects", "tasks", "batch", "create"),
            purpose="write_tasks",
            json={"inputs": inputs},
            repeatable=False,
            read_timeout_seconds=HEAVY_READ_SECONDS,
        )

    def associations(self, to_type: str, cursors: Mapping[str, str | None], *, of: str = "contacts") -> Request:
        """Build a read of the associations of records, each from its own cursor (None = from the start)."""
        inputs = [_without_none({"id": object_id, "after": after}) for object_id, after in cursors.items()]
        return Request(
            "POST",
            self.path("crm/associations", of, to_type, "batch", "read"),
            purpose="associations",
            budget="associations",
            json={"inputs": inputs},
            read_timeout_seconds=HEAVY_READ_SECONDS,
        )

    def search(
        self,
        filter_groups: Sequence[Sequence[Mapping[str, object]]],
        *,
        purpose: str,
        properties: Sequence[str] = ("hs_object_id",),
        limit: int = SEARCH_PAGE,
        sort_by_id: bool = False,
    ) -> Request:
        body: dict[str, object] = {
            "filterGroups": [{"filters": [dict(item) for item in group]} for group in filter_groups],
            "properties": list(properties),
            "limit": limit,
        }
        if sort_by_id:
            body["sorts"] = [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]
        path = self.path("crm/objects", "contacts", "search")
        return Request("POST", path, purpose=purpose, budget="search", json=body)

    def memberships(self, ids: Iterable[str]) -> Request:
        return Request(
            "POST",
            self.path("crm/lists", "records", "memberships", "batch", "read"),
            purpose="lists",
            json={"inputs": [{"objectTypeId": "0-1", "recordId": object_id} for object_id in ids]},
        )

    def lists(self, offset: int) -> Request:
        body = {"query": "", "offset": offset, "count": 500}
        return Request("POST", self.path("crm/lists", "search"), purpose="lists", json=body)

    def forms(self, after: str | None, *, dated: bool = False) -> Request:
        """Build one page of form names; HubSpot has given them no general dated path yet."""
        path = f"/marketing/forms/{self.version}-beta" if dated else "/marketing/v3/forms"
        return Request("GET", path, purpose="forms", params=_without_none({"limit": "100", "after": after}))

    def event_occurrences(self, contact_id: str, occurred_after: str | None, after: str | None) -> Request:
        params = _without_none(
            {
                "objectType": "contact",
                "objectId": contact_id,
                "limit": "100",
                "occurredAfter": occurred_after,
                "after": after,
            }
        )
        return Request("GET", self.path("events/event-occurrences"), purpose="web_events", params=params)

    def marketing_events(self, after: str | None) -> Request:
        params = _without_none({"limit": "100", "after": after})
        return Request("GET", self.path("marketing/marketing-events"), purpose="marketing_events", params=params)

    def participations(self, *of: str, after: str | None) -> Request:
        """Build a breakdown of participations: of an event (its id), or of a contact (`contacts`, its id)."""
        path = self.path("marketing/marketing-events", "participations", *of, "breakdown")
        params = _without_none({"limit": "100", "after": after})
        return Request("GET", path, purpose="marketing_events", params=params)

    def properties(self, object_type: str, *name: str) -> Request:
        """Build a read of all properties of an object type, or of one by name."""
        return Request("GET", self.path("crm/properties", object_type, *name), purpose="schema")

    def owners(self, after: str | None, *, archived: bool = False) -> Request:
        params = _without_none({"limit": "100", "after": after, "archived": "true" if archived else None})
        return Request("GET", self.path("crm/owners"), purpose="owners", params=params)

    def account(self) -> Request:
        return Request("GET", self.path("account-info", "details"), purpose="account")

    def daily_usage(self) -> Request:
        return Request("GET", self.path("account-info", "api-usage", "daily", "private-apps"), purpose="account")

    def property_limits(self) -> Request:
        return Request("GET", self.path("crm/limits", "custom-properties"), purpose="account")

    def validation_rules(self, object_type_id: str) -> Request:
        return Request("GET", self.path("crm/property-validations", object_type_id), purpose="schema")

    def recent_contacts(self, count: int) -> Request:
        """Build a search for the contacts that changed last."""
        body = {
            "filterGroups": [],
            "sorts": [{"propertyName": "lastmodifieddate", "direction": "DESCENDING"}],
            "properties": ["hs_object_id"],
            "limit": count,
        }
        path = self.path("crm/objects", "contacts", "search")
        return Request("POST", path, purpose="sample", budget="search", json=body)

    def introspect(self, form: Mapping[str, str]) -> Request:
        return Request("POST", self.path("oauth", "token", "introspect"), purpose="token", form=form, authorized=False)

    def token(self, form: Mapping[str, str]) -> Request:
        return Request("POST", self.path("oauth", "token"), purpose="token", form=form, authorized=False)


def fits_in_query(properties: Sequence[str]) -> bool:
    """Say whether a property list may travel in a URL."""
    return len(urlencode({"properties": ",".join(properties)}, safe=",")) <= LONGEST_QUERY


def _without_none(values: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value is not None}
