"""Work out which fields of a lead and of a contact a decision needs. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Final

from adapters.salesforce.ids import PersonObject
from adapters.salesforce.sources import CAMPAIGNS, DEALS, FIELDS, STOCK_OF, STOCKS, Stock
from adapters.usage import Usage
from connector.domain.mapping import AttributeSource

OWNER: Final = "OwnerId"
MODIFIED_BY: Final = "LastModifiedById"
CONVERTED_TO: Final = "ConvertedContactId"
MERGED_INTO: Final = "MasterRecordId"
LEAD_STATE: Final = ("IsDeleted", MERGED_INTO, "IsConverted", CONVERTED_TO)
CONTACT_STATE: Final = ("IsDeleted", MERGED_INTO)
OPPORTUNITIES: Final = "opportunities"
_CONTACT_NAMES: Final[Mapping[str, str]] = {
    name: f"Mailing{name}" for name in ("Street", "City", "State", "PostalCode", "Country", "StateCode", "CountryCode")
}
"""A contact keeps under `Mailing…` what a lead keeps as its one address (documented)."""
_LEAD_NAMES: Final[Mapping[str, str]] = {
    **{contact: lead for lead, contact in _CONTACT_NAMES.items()},
}
_LEAD_COMPANY: Final[Mapping[str, str]] = {
    "Name": "Company",
    **{
        f"Billing{name}": name
        for name in ("Street", "City", "State", "PostalCode", "Country", "StateCode", "CountryCode")
    },
}
"""A lead has no account yet: it carries its company in fields of its own (documented)."""


def person_path(field: str, sobject: PersonObject) -> str:
    """Return what a person's field is called on a lead, or on a contact."""
    names = _LEAD_NAMES if sobject == "Lead" else _CONTACT_NAMES
    return names.get(field, field)


def company_path(field: str, sobject: PersonObject) -> str:
    """Return where a person's company keeps a field: on the account, or on the lead itself."""
    return _LEAD_COMPANY.get(field, field) if sobject == "Lead" else f"Account.{field}"


class Needs(Usage):
    """Hold a mapping with what of it a model uses, in Salesforce's words."""

    def paths_of(self, source: AttributeSource, sobject: PersonObject) -> tuple[str, ...]:
        """Return the fields behind an attribute, on one kind of person."""
        to_path = company_path if source.source == "company" else person_path
        return tuple(to_path(field, sobject) for field in source.fields)

    def attribute_paths(self, sobject: PersonObject) -> frozenset[str]:
        return frozenset(path for source in self.attributes for path in self.paths_of(source, sobject))

    def counter_paths(self) -> frozenset[str]:
        return self.fields_of(FIELDS) if FIELDS in self.sources else frozenset()

    @cached_property
    def own_stage(self) -> str | None:
        return self._written("stage")

    @cached_property
    def own_stage_at(self) -> str | None:
        return self._written("stage_at")

    @cached_property
    def tracked(self) -> tuple[str, ...]:
        """Return the fields whose history says who set a stage, or when sales answered."""
        fields = (self.own_stage, self.lifecycle_field, self.mapping.sales_verdict)
        return tuple(dict.fromkeys(field for field in fields if field))

    @cached_property
    def own_model(self) -> str | None:
        return self._written("model")

    def _written(self, path: str) -> str | None:
        return next((field for field, part in self.mapping.write_back.items() if part == path), None)

    @property
    def lifecycle_field(self) -> str | None:
        """Return the field that holds the CRM's own stage, if the mapping names one."""
        return self.mapping.lifecycle if self.mapping.lifecycle != OPPORTUNITIES else None

    @property
    def derives_lifecycle(self) -> bool:
        return self.mapping.lifecycle == OPPORTUNITIES

    @cached_property
    def stocks(self) -> tuple[Stock, ...]:
        """Return the kinds of records to read beside the people."""
        wanted = {STOCK_OF[source].name for source in self.probed if source in STOCK_OF}
        if self.uses_deals or self.derives_lifecycle:
            wanted.add(DEALS.name)
        return tuple(stock for stock in STOCKS if stock.name in wanted)

    def stock_fields(self, stock: Stock) -> frozenset[str]:
        """Return the paths that the mapping's entries look at in a kind of records."""
        sources = [source for source, found in STOCK_OF.items() if found is stock and source in self.probed]
        named = {stock.path(field) for source in sources for field in self.fields_of(source)}
        if stock is DEALS:
            named -= {f"{DEALS.prefix}state"}
        if stock is CAMPAIGNS:
            named.discard("state")
        return frozenset(named)

    def guarded(self, sobject: PersonObject) -> frozenset[str]:
        """Return what must still be as it was read when we write."""
        lifecycle = {self.lifecycle_field} if self.lifecycle_field else set()
        return frozenset({OWNER, *lifecycle, *self.write_fields, *self.attribute_paths(sobject)})

    def person_paths(self, sobject: PersonObject) -> frozenset[str]:
        """Return every field of a person that a decision needs."""
        counters = {person_path(field, sobject) for field in self.counter_paths()}
        return frozenset({MODIFIED_BY, *self.guarded(sobject), *counters})
