"""Choose what is asked of which object: what the mapping wants, as far as this organisation shows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from adapters.salesforce import soql
from adapters.salesforce.api import QUERIES_PER_COMPOSITE
from adapters.salesforce.availability import Availability
from adapters.salesforce.gateway import Query
from adapters.salesforce.ids import PERSON_OBJECTS, PersonObject, person_object
from adapters.salesforce.needs import CONTACT_STATE, LEAD_STATE, Needs
from adapters.salesforce.schema import Schema
from adapters.salesforce.sources import CAMPAIGNS, DEALS, HISTORIES, TASKS, Stock

MACHINE_FIELDS: Final = ("Automated__c",)
"""Checkboxes of the organisation's own by which a tool marks what a proxy or scanner did."""
_STATE: Final[dict[PersonObject, tuple[str, ...]]] = {"Lead": LEAD_STATE, "Contact": CONTACT_STATE}
_DATES: Final = ("ActivityDate",)
_FEWEST_PER_SLICE: Final = 25
"""So few people's tasks fit one page."""


@dataclass(frozen=True, slots=True)
class Part:
    """Hold one query of a group of people, and what its rows are: people of an object, or records of a stock."""

    query: Query
    sobject: str
    paths: tuple[str, ...]
    stock: Stock | None = None
    children: tuple[Stock, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """Build the queries of one mapping for one organisation."""

    needs: Needs
    schema: Schema
    availability: Availability
    horizon_days: float | None = None

    @property
    def objects(self) -> tuple[str, ...]:
        """Return every object worth describing, so that one call describes them all."""
        names: list[str] = [*PERSON_OBJECTS, "Task"]
        if self.needs.tracked:
            names += [*(history.sobject for history in HISTORIES.values()), "User"]
        if self.needs.uses_company:
            names.append("Account")
        for stock in self.needs.stocks:
            names.append(stock.sobject)
            names += ["Campaign"] if stock is CAMPAIGNS else []
            names += [stock.prefix.rstrip(".")] if stock.prefix else []
        return tuple(dict.fromkeys(names))

    @property
    def stocks(self) -> tuple[Stock, ...]:
        """Return the kinds of records that were not refused yet."""
        return tuple(stock for stock in self._wanted_stocks() if not self.availability.refuses(stock.name))

    def _wanted_stocks(self) -> Iterable[Stock]:
        """Return the wanted kinds; without the field for the company's stages, opportunities stand in for it."""
        wanted = self.needs.stocks
        stands_in = self.needs.lifecycle_field is not None and self.lifecycle_field is None
        return (*wanted, DEALS) if stands_in and DEALS not in wanted else wanted

    @property
    def lifecycle_field(self) -> str | None:
        """Return the field of the company's own stages, when there is one and the organisation shows it."""
        field = self.needs.lifecycle_field
        if field is None:
            return None
        if any(self.schema.has(sobject, field) for sobject in PERSON_OBJECTS):
            return field
        self.availability.refuse(f"lifecycle {field}", "missing_field")
        return None

    def person_paths(self, sobject: PersonObject) -> list[str]:
        """Return the fields to read of a person, all of them visible."""
        wanted = sorted(self.needs.person_paths(sobject))
        return ["Id", *self.schema.visible(sobject, (*_STATE[sobject], *wanted))]

    def guard_paths(self, sobject: PersonObject) -> list[str]:
        wanted = sorted(self.needs.guarded(sobject))
        return ["Id", *self.schema.visible(sobject, (*_STATE[sobject], *wanted))]

    def stock_paths(self, stock: Stock) -> list[str]:
        """Return the fields to read of a kind of records; a field of the mapping's that is missing is reported."""
        named = sorted(self.needs.stock_fields(stock))
        for path in named:
            if not self.schema.has(stock.sobject, path):
                self.availability.refuse(f"{stock.sobject}.{path}", "missing_field")
        own = (*MACHINE_FIELDS, self.needs.mapping.task_key) if stock is TASKS else MACHINE_FIELDS
        visible = self.schema.visible(stock.sobject, dict.fromkeys((*stock.fields, *named, *own)))
        return ["Id", *visible]

    def parts(self, ids: Sequence[str], now: datetime) -> list[Part]:
        """Build the queries of up to 200 people: at most five, so that one call answers them.

        People of both objects need one query more for their names, so their memberships are asked for with them.
        Queries to spare go to the tasks, of which people have the most: each query has a page of its own.
        """
        groups = {sobject: [i for i in ids if person_object(i) == sobject] for sobject in PERSON_OBJECTS}
        present = [sobject for sobject in PERSON_OBJECTS if groups[sobject] and self.schema.object(sobject)]
        stocks = self.stocks
        nested = [stock for stock in stocks if stock is DEALS or (stock is CAMPAIGNS and len(present) > 1)]
        parts = [self._people(sobject, groups[sobject], nested) for sobject in present]
        beside = [stock for stock in stocks if stock not in nested]
        spare = QUERIES_PER_COMPOSITE - len(parts) - len(beside)
        for stock in beside:
            parts += [self._records(stock, some, now) for some in _slices(ids, 1 + spare if stock is TASKS else 1)]
        return parts

    def _people(self, sobject: PersonObject, ids: Sequence[str], nested: Iterable[Stock]) -> Part:
        children = tuple(stock for stock in nested if sobject in stock.keys)
        paths = self.person_paths(sobject)
        subqueries = [
            soql.select(self.stock_paths(stock), stock.relationship or "", *self._where(stock)) for stock in children
        ]
        query = soql.select(paths, sobject, soql.ids_in("Id", ids), children=subqueries)
        return Part(Query(query, everything=True), sobject, tuple(paths), children=children)

    def _records(self, stock: Stock, ids: Sequence[str], now: datetime) -> Part:
        by_key: dict[str, list[str]] = {}
        for sobject, key in stock.keys.items():
            by_key.setdefault(key, []).extend(i for i in ids if person_object(i) == sobject)
        keys = {key: same for key, same in by_key.items() if same}
        conditions = [soql.ids_in(key, same) for key, same in keys.items()]
        paths = [*self.stock_paths(stock), *keys]
        whose = conditions[0] if len(conditions) == 1 else soql.any_of(*conditions)
        query = soql.select(paths, stock.sobject, whose, *self._where(stock), self._since(stock, now))
        return Part(Query(query, everything=stock.everything), stock.sobject, tuple(paths), stock)

    def all_people(self, sobject: PersonObject) -> Part:
        """Build the query of all living people of an object, for a bulk job."""
        paths = self.person_paths(sobject)
        query = soql.select(paths, sobject, *self.living(sobject))
        return Part(Query(query, everything=True), sobject, tuple(paths))

    def all_records(self, stock: Stock, now: datetime) -> Part:
        """Build the query of a kind of records of all people, for a bulk job."""
        keys = list(dict.fromkeys(stock.keys.values()))
        whose = [f"{key} != null" for key in keys]
        paths = (*self.stock_paths(stock), *keys)
        anybody = soql.any_of(*whose) if len(whose) > 1 else whose[0]
        query = soql.select(paths, stock.sobject, anybody, *self._where(stock), self._since(stock, now))
        return Part(Query(query, everything=True), stock.sobject, paths, stock)

    def history(self, sobject: PersonObject, ids: Sequence[str]) -> Part:
        """Build the query of people's history, of the fields that matter."""
        stock = HISTORIES[sobject]
        return self._history(stock, soql.ids_in(stock.keys[sobject], ids))

    def past(self, sobject: PersonObject, ids: Sequence[str], fields: Sequence[str]) -> Part:
        """Build the query of all changes of some fields, with what they held before."""
        stock = HISTORIES[sobject]
        return self._history(stock, soql.ids_in(stock.keys[sobject], ids), fields, "OldValue")

    def all_history(self, sobject: PersonObject) -> Part:
        """Build the query of everybody's history, for a bulk job."""
        return self._history(HISTORIES[sobject], "")

    def _history(self, stock: Stock, whose: str, fields: Sequence[str] | None = None, *more: str) -> Part:
        which = f"Field IN {soql.one_of(fields or self.needs.tracked)}"
        shown = [path for path in stock.fields if "." not in path or self.schema.has(stock.sobject, path)]
        paths = ("Id", *stock.keys.values(), *shown, *more)
        return Part(Query(soql.select(paths, stock.sobject, whose, which)), stock.sobject, paths, stock)

    def living(self, sobject: PersonObject) -> tuple[str, ...]:
        """Return the conditions under which a record is a person: neither deleted nor converted."""
        return ("IsDeleted = false", "IsConverted = false") if sobject == "Lead" else ("IsDeleted = false",)

    def _where(self, stock: Stock) -> list[str]:
        return [condition for field, condition in stock.where if self.schema.has(stock.sobject, field)]

    def _since(self, stock: Stock, now: datetime) -> str:
        """Bound a kind of records by time, as far back as any rule counts; some records only have a day."""
        if self.horizon_days is None or not stock.times:
            return ""
        since = now - timedelta(days=self.horizon_days + 1)
        bounds = [
            f"{path} >= {soql.literal(since.date() if path in _DATES else since)}"
            for path in stock.times
            if self.schema.has(stock.sobject, path)
        ]
        return soql.any_of(*bounds) if bounds else ""


def _slices(ids: Sequence[str], most: int) -> list[Sequence[str]]:
    """Deal people to at most so many queries, evenly; few people need no more than one."""
    count = max(1, min(most, len(ids) // _FEWEST_PER_SLICE))
    return [ids[start::count] for start in range(count)]
