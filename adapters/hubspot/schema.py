"""Know the account: its id, its properties, and whether they carry what the mapping asks for."""

from __future__ import annotations

import difflib
import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from adapters.hubspot.availability import Availability, refusal
from adapters.hubspot.gateway import Gateway, raise_if_ends_the_run
from adapters.hubspot.linked import COMPANIES
from adapters.hubspot.needs import FORM_PROPERTY, LIFECYCLE, STANDARD_LIFECYCLE, Needs
from adapters.hubspot.people import CONTACTS
from adapters.hubspot.replies import parse_page, to_id, to_text
from adapters.json_body import dig
from connector.domain.mapping import AttributeSource
from connector.domain.phrase import Phrase, phrase
from connector.errors import CrmError, MappingError
from connector.own_fields import FIELDS_BY_NAME
from connector.ports import FieldInfo

UNKNOWN_ACCOUNT: Final = "unknown"
_STANDARD: Final = frozenset(
    (
        "address", "annualrevenue", "associatedcompanyid", "city", "closedate", "company", "company_size", "country",
        "createdate", "currentlyinworkflow", "date_of_birth", "days_to_close", "degree", "description", "domain",
        "email", "engagements_last_meeting_booked", "fax", "field_of_study", "first_conversion_date",
        "first_conversion_event_name", "first_deal_created_date", "firstname", "founded_year", "gender",
        "graduation_date", "hubspot_owner_assigneddate", "hubspot_owner_id", "hubspot_team_id", "industry",
        "is_public", "job_function", "jobtitle", "lastmodifieddate", "lastname", "lifecyclestage", "marital_status",
        "message", "military_status", "mobilephone", "name", "notes_last_contacted", "notes_last_updated",
        "notes_next_activity_date", "num_associated_contacts", "num_associated_deals", "num_contacted_notes",
        "num_conversion_events", "num_notes", "num_unique_conversion_events", "numberofemployees", "numemployees",
        "phone", "recent_conversion_date", "recent_conversion_event_name", "recent_deal_amount",
        "recent_deal_close_date", "relationship_status", "salutation", "school", "seniority", "start_date", "state",
        "timezone", "total_revenue", "twitterhandle", "type", "webinareventlastupdated", "website", "work_email",
        "zip",
    )
)  # fmt: skip
"""Standard property names without the prefix `hs_`. Source: property listing of a real portal, read 2026-11."""


class Schema:
    """Read the account's own description once, and hold the mapping against it."""

    def __init__(self, gateway: Gateway, needs: Needs, availability: Availability) -> None:
        self._gateway = gateway
        self._needs = needs
        self._availability = availability
        self._lock = threading.RLock()
        self._account: str | None = None
        self._fields: dict[str, Mapping[str, FieldInfo]] = {}

    def account(self) -> str:
        """Return the portal id; a stable text when the account does not tell it."""
        with self._lock:
            if self._account is None:
                self._account = self._read_account()
            return self._account

    def _read_account(self) -> str:
        try:
            document = self._gateway.send(self._gateway.api.account())
        except CrmError as error:
            why = refusal("account", error)
            if why is None:
                raise
            self._availability.refuse("account", why)
            return UNKNOWN_ACCOUNT
        portal_id = to_id(dig(document, "portalId")) or to_id(dig(document, "portal_id"))
        if portal_id is None:
            self._availability.refuse("account", "missing_portal_id")
        return portal_id or UNKNOWN_ACCOUNT

    def fields(self, object_type: str = CONTACTS) -> Mapping[str, FieldInfo]:
        """Return the properties of an object type by name, read once."""
        with self._lock:
            if object_type not in self._fields:
                page = parse_page(self._gateway.send(self._gateway.api.properties(object_type)))
                infos = (parse_field(item) for item in page.results)
                self._fields[object_type] = {info.name: info for info in infos if info.name}
            return self._fields[object_type]

    def lifecycle_order(self) -> Sequence[str]:
        """Return the lifecycle stages in the portal's order; HubSpot's own when it does not tell."""
        try:
            stages = self.fields().get(LIFECYCLE)
        except CrmError as error:
            raise_if_ends_the_run(error)
            return STANDARD_LIFECYCLE
        return stages.options if stages and stages.options else STANDARD_LIFECYCLE

    def preflight(self, *, dry_run: bool = False) -> Sequence[str]:
        """Hold the mapping against the portal's properties. Raises AccessError, MappingError.

        With `dry_run` our own properties may be missing: their names are returned.
        """
        contacts = self._fields_or_none(CONTACTS)
        if not contacts:
            return ()
        missing = self._missing_own(contacts)
        if missing and not dry_run:
            raise MappingError(
                phrase("HubSpot lacks the properties {names} — run `puente install`", names=", ".join(missing))
            )
        self._check_written(contacts)
        self._check_attributes(contacts, "person")
        self._check_sources(contacts)
        if self._needs.uses_company and (companies := self._fields_or_none(COMPANIES)):
            self._check_attributes(companies, "company")
        return missing

    def task_key_exists(self) -> bool | None:
        """Say whether tasks have our key's property; None when the account does not tell."""
        tasks = self._fields_or_none("tasks")
        return self._needs.mapping.task_key in tasks if tasks else None

    def _fields_or_none(self, object_type: str) -> Mapping[str, FieldInfo] | None:
        try:
            return self.fields(object_type)
        except CrmError as error:
            why = refusal("schema", error)
            if why is None or (object_type == CONTACTS and error.status == 403):
                raise
            self._availability.refuse(f"schema of {object_type}", why)
            return None

    def _missing_own(self, contacts: Mapping[str, FieldInfo]) -> Sequence[str]:
        written = sorted(self._needs.write_properties)
        return [name for name in written if name in FIELDS_BY_NAME and name not in contacts]

    def _check_written(self, contacts: Mapping[str, FieldInfo]) -> None:
        for name in sorted(self._needs.write_properties):
            if name not in contacts and name not in FIELDS_BY_NAME:
                advice = _nearest(name, contacts)
                raise MappingError(
                    phrase(
                        "write_back.{name}: HubSpot has no such contact property — {advice}", name=name, advice=advice
                    )
                )
            if name in contacts and not contacts[name].writable:
                raise MappingError(
                    phrase("write_back.{name}: HubSpot keeps this property to itself — write to another one", name=name)
                )

    def _check_attributes(self, fields: Mapping[str, FieldInfo], owner: str) -> None:
        for source in self._needs.attributes:
            for name in _missing(source, fields) if source.source == owner else ():
                if _is_standard(name):
                    self._availability.refuse(f"attribute {source.name}", "missing_property")
                else:
                    advice = _nearest(name, fields)
                    raise MappingError(
                        phrase(
                            "attributes.{attribute}: HubSpot has no property `{name}` ({owner}) — {advice}",
                            attribute=source.name, name=name, owner=owner, advice=advice,
                        )
                    )  # fmt: skip

    def has_form_submissions(self) -> bool:
        """Say whether the property is there: it is hidden, so a list without it proves nothing."""
        if FORM_PROPERTY in self.fields():
            return True
        try:
            self._gateway.send(self._gateway.api.properties(CONTACTS, FORM_PROPERTY))
        except CrmError as error:
            raise_if_ends_the_run(error)
            return refusal("schema", error) is None
        return True

    def _check_sources(self, contacts: Mapping[str, FieldInfo]) -> None:
        if "form_submissions" in self._needs.probed and not self.has_form_submissions():
            self._availability.refuse("form_submissions", "missing_property")
        for entry in self._needs.entries("counters", self._availability.refused()):
            for name in (entry.count, entry.at):
                if not name or name in contacts or entry.kind not in self._needs.used_kinds:
                    continue
                if not _is_standard(name):
                    advice = _nearest(name, contacts)
                    raise MappingError(
                        phrase(
                            "events ({kind}): HubSpot has no contact property `{name}` — {advice}",
                            kind=entry.kind, name=name, advice=advice,
                        )
                    )  # fmt: skip
                self._availability.refuse(f"counter {name}", "missing_property")


def _missing(source: AttributeSource, fields: Mapping[str, FieldInfo]) -> Sequence[str]:
    return [name for name in source.fields if name not in fields]


def _is_standard(name: str) -> bool:
    return name.startswith("hs_") or name in _STANDARD


def _nearest(name: str, known: Iterable[str]) -> Phrase:
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    if close:
        return phrase("did you mean `{name}`?", name=close[0])
    return phrase("correct the mapping or create the property")


def parse_field(item: Mapping[str, object]) -> FieldInfo:
    options = item.get("options")
    values = [option for option in options if isinstance(option, Mapping)] if isinstance(options, list) else []
    values.sort(key=lambda option: order if isinstance(order := option.get("displayOrder"), int) else 0)
    return FieldInfo(
        name=to_text(item.get("name")) or "",
        label=to_text(item.get("label")) or "",
        type=to_text(item.get("type")) or "",
        options=tuple(value for option in values if (value := to_text(option.get("value")))),
        writable=dig(item, "modificationMetadata", "readOnlyValue") is not True,
    )
