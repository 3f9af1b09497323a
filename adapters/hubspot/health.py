"""Ask a HubSpot account how it stands, reading only.

Source: HubSpot public API specification collection, snapshot 2026-08-21 (documented): account information, limits,
property validations, owners, token introspection; developer changelog 2026-08-11 (documented): administrators' rules
hold for API writes from version 2026-09 on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final, Literal

from adapters.hubspot.api import HubSpotApi
from adapters.hubspot.availability import Availability, refusal
from adapters.hubspot.connection import HubSpotConnection
from adapters.hubspot.gateway import Gateway, raise_if_ends_the_run
from adapters.hubspot.install_fields import hubspot_type
from adapters.hubspot.linked import COMPANIES, DEALS
from adapters.hubspot.needs import LIFECYCLE, Needs
from adapters.hubspot.people import CONTACTS
from adapters.hubspot.record import person_ref
from adapters.hubspot.replies import parse_page, to_id, to_text
from adapters.hubspot.schema import Schema
from adapters.hubspot.task_form import BODY, PRIORITY, STATUS, SUBJECT
from adapters.json_body import dig
from connector.domain.mapping import AttributeSource, EventSource
from connector.errors import CrmError
from connector.health import Access, Allowance, OwnerState, OwnFieldState, VersionLife, WriteRule
from connector.own_fields import FIELDS_BY_NAME, TASK_KEY_FIELD, OwnField
from connector.ports import FieldInfo, PersonRef

TASKS: Final = "tasks"
_CONTACT_TYPE: Final = "0-1"
_TASK_TYPE: Final = "0-27"
_SUPPORTED_MONTHS: Final = 18
"""Source: HubSpot developer changelog, read 2026-11 (documented): a dated version is supported about 18 months."""
_RULES_SINCE: Final = "2026-09"
_NEEDED_SCOPES: Final = ("crm.objects.contacts.read", "crm.objects.contacts.write", "crm.schemas.contacts.read")
_USEFUL_SCOPES: Final = ("crm.schemas.contacts.write", "crm.objects.owners.read")
"""For `puente install`, and for owners that the model names by their address."""
_SCOPE_OF_SOURCE: Final[Mapping[str, str]] = {
    "form_submissions": "forms",
    "emails": "sales-email-read",
    "lists": "crm.lists.read",
    "marketing_events": "crm.objects.marketing_events.read",
}
_FILLED_IN_TASKS: Final = ("hs_timestamp", SUBJECT, BODY, STATUS, PRIORITY, "hs_task_type")


@dataclass(frozen=True, slots=True)
class HubSpotHealth:
    """Be `connector.health.Health` for one account, over the connections and the memory of its adapter."""

    connection: HubSpotConnection
    gateway: Gateway
    schema: Schema
    needs: Needs
    availability: Availability

    @property
    def api(self) -> HubSpotApi:
        return self.gateway.api

    def access(self) -> Access:
        account = self.schema.account()
        held = self._scopes()
        if held is None:
            return Access(account, tuple(self._lacking_by_trial()), told=False)
        optional = (*_USEFUL_SCOPES, *self._optional_scopes())
        return Access(
            account,
            tuple(scope for scope in _NEEDED_SCOPES if scope not in held),
            tuple(scope for scope in optional if scope not in held),
        )

    def _scopes(self) -> frozenset[str] | None:
        """Return the scopes of the token, None when HubSpot does not tell them.

        The specification calls the field `token`, the guide `access_token` (unsure): both are sent.
        """
        authorizer = self.gateway.http.authorizer
        token = authorizer.header().removeprefix("Bearer ") if authorizer else ""
        form = {"token": token, "access_token": token, "token_type_hint": "access_token"}
        if self.connection.client_id and self.connection.client_secret:
            form |= {"client_id": self.connection.client_id, "client_secret": self.connection.client_secret}
        try:
            document = self.gateway.send(self.api.introspect(form))
        except CrmError:
            return None
        scopes = dig(document, "scopes")
        if dig(document, "active") is not True or not isinstance(scopes, list):
            return None
        return frozenset(str(scope) for scope in scopes)

    def _optional_scopes(self) -> Iterator[str]:
        if self.needs.uses_company:
            yield "crm.objects.companies.read"
        if self.needs.uses_deals:
            yield "crm.objects.deals.read"
        yield from (scope for source, scope in _SCOPE_OF_SOURCE.items() if source in self.needs.probed)

    def _lacking_by_trial(self) -> Iterator[str]:
        """Yield the reading scopes without which the two reads Puente begins with are refused.

        Where one of them fails otherwise, nothing would work: it may not even be HubSpot that answers.
        """
        trials = {
            "crm.objects.contacts.read": self.api.list_page(CONTACTS, (), None),
            "crm.schemas.contacts.read": self.api.properties(CONTACTS, LIFECYCLE),
        }
        for scope, request in trials.items():
            try:
                self.gateway.send(request)
            except CrmError as error:
                if error.status != 403:
                    raise
                yield scope

    def version_life(self) -> VersionLife:
        year, month = (int(part) for part in self.api.version.split("-")[:2])
        years, months = divmod(month - 1 + _SUPPORTED_MONTHS, 12)
        return VersionLife(self.api.version, ends_on=date(year + years, months + 1, 1))

    def allowances(self) -> Sequence[Allowance]:
        return (*self._daily_calls(), *self._custom_properties())

    def _daily_calls(self) -> Iterator[Allowance]:
        """Yield the day's calls; those of an OAuth app have no daily limit (documented)."""
        if self.connection.refresh_token:
            return
        page = parse_page(self.gateway.send(self.api.daily_usage()))
        for item in page.results:
            used, most = item.get("currentUsage"), item.get("usageLimit")
            if isinstance(used, int) and isinstance(most, int) and most > 0:
                yield Allowance("daily_calls", used, most)

    def _custom_properties(self) -> Iterator[Allowance]:
        """Yield how many properties are left; where HubSpot does not tell, installing will."""
        try:
            rows = dig(self.gateway.send(self.api.property_limits()), "byObjectType")
        except CrmError as error:
            raise_if_ends_the_run(error)
            return
        for row in rows if isinstance(rows, list) else ():
            used, most = dig(row, "usage"), dig(row, "limit")
            if dig(row, "objectTypeId") == _CONTACT_TYPE and isinstance(used, int) and isinstance(most, int):
                yield Allowance("custom_fields", used, most)

    def own_fields(self) -> Sequence[OwnFieldState]:
        contacts = self.schema.fields(CONTACTS)
        own = {name: FIELDS_BY_NAME[name] for name in sorted(self.needs.write_properties) if name in FIELDS_BY_NAME}
        states = [_state(CONTACTS, name, field, contacts.get(name)) for name, field in own.items()]
        key = self.needs.mapping.task_key
        if found := self._task_fields().get(key):
            # Without the property the key stands in the task's text: only a wrong one is worth a word.
            states.append(_state(TASKS, key, TASK_KEY_FIELD, found))
        return states

    def _task_fields(self) -> Mapping[str, FieldInfo]:
        try:
            return self.schema.fields(TASKS)
        except CrmError as error:
            raise_if_ends_the_run(error)
            return {}

    def write_rules(self) -> Sequence[WriteRule]:
        if self.api.version < _RULES_SINCE:
            return ()
        written = {*self.needs.write_properties, LIFECYCLE}
        filled = {*_FILLED_IN_TASKS, self.needs.mapping.task_key}
        contacts = [
            WriteRule(CONTACTS, f"{name} ({kind})") for name, kind in self._rules(_CONTACT_TYPE) if name in written
        ]
        tasks = [
            WriteRule(TASKS, f"{name} ({kind})", certain=name not in filled)
            for name, kind in self._rules(_TASK_TYPE)
            if name in filled or kind == "REQUIRED"
        ]
        return (*contacts, *tasks)

    def _rules(self, object_type_id: str) -> Iterator[tuple[str, str]]:
        for item in parse_page(self.gateway.send(self.api.validation_rules(object_type_id))).results:
            rules = item.get("propertyValidationRules")
            for rule in rules if isinstance(rules, list) else ():
                yield to_text(item.get("propertyName")) or "?", to_text(dig(rule, "ruleType")) or "?"

    def owners(self, names: Sequence[str]) -> Mapping[str, OwnerState]:
        active, inactive = (self._owner_names(archived=archived) for archived in (False, True))
        return {name: _owner_state(name.strip().casefold(), active, inactive) for name in names}

    def _owner_names(self, *, archived: bool) -> frozenset[str]:
        pages = self.gateway.pages(lambda after: self.api.owners(after, archived=archived))
        items = [item for page in pages for item in page.results]
        names = [name for item in items for name in (to_id(item.get("id")), to_text(item.get("email"))) if name]
        return frozenset(name.casefold() for name in names)

    def sample(self, count: int) -> Sequence[PersonRef]:
        """Return the contacts that changed last; where searching is refused, the first ones of the list."""
        try:
            page = parse_page(self.gateway.send(self.api.recent_contacts(count)))
        except CrmError as error:
            raise_if_ends_the_run(error)
            page = parse_page(self.gateway.send(self.api.list_page(CONTACTS, (), None)))
        found = (contact_id for item in page.results if (contact_id := to_id(item.get("id"))))
        return [person_ref(contact_id) for contact_id in islice(found, count)]

    def fields(self, of: Literal["person", "company"]) -> Mapping[str, FieldInfo]:
        return self.schema.fields(CONTACTS if of == "person" else COMPANIES)

    def obstacle(self, entry: EventSource | AttributeSource) -> str | None:
        if isinstance(entry, AttributeSource):
            return self._attribute_obstacle(entry)
        if self.availability.refuses(entry.source):
            return self._why(entry.source)
        if entry.source == "form_submissions" and not self.schema.has_form_submissions():
            return "missing_property"
        if entry.source != "counters":
            return None
        names = [name for name in (entry.count, entry.at, *entry.where) if name]
        return None if self._has(CONTACTS, names) else "missing_property"

    def _attribute_obstacle(self, source: AttributeSource) -> str | None:
        if source.source == "deals":
            return self._why(DEALS)
        object_type = CONTACTS if source.source == "person" else COMPANIES
        if object_type == COMPANIES and (why := self._why(COMPANIES)):
            return why
        try:
            return None if self._has(object_type, source.fields) else "missing_property"
        except CrmError as error:
            raise_if_ends_the_run(error)
            return refusal(object_type, error) or "not_offered"

    def _has(self, object_type: str, names: Sequence[str]) -> bool:
        fields = self.schema.fields(object_type)
        return all(name in fields for name in names)

    def _why(self, source: str) -> str | None:
        return next((item.why for item in self.availability.report() if item.source == source), None)


def _state(object_type: str, name: str, field: OwnField, found: FieldInfo | None) -> OwnFieldState:
    if found is None:
        return OwnFieldState(object_type, name, "missing")
    if found.type != hubspot_type(field):
        return OwnFieldState(object_type, name, "type", f"{found.type} ≠ {hubspot_type(field)}")
    if not found.writable:
        return OwnFieldState(object_type, name, "read_only")
    if lacking := [value for value in field.options if value not in found.options]:
        return OwnFieldState(object_type, name, "options", ", ".join(lacking))
    return OwnFieldState(object_type, name)


def _owner_state(name: str, active: frozenset[str], inactive: frozenset[str]) -> OwnerState:
    if name in active:
        return "active"
    return "inactive" if name in inactive else "unknown"
