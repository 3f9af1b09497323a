"""Ask a Salesforce organisation how it stands, reading only.

Source: Salesforce REST API guide, "Versions", "Limits", "Describe"; Tooling API guide, "ValidationRule", "CustomField";
object reference, User, Group, all read 2026-11 (documented). A field without permission is missing from a description
exactly as one that was never made: only the Tooling API, where it may be asked, tells them apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice, zip_longest
from typing import Final, Literal

from adapters.fanout import ends_the_run
from adapters.json_body import dig
from adapters.salesforce import soql
from adapters.salesforce.account import Account
from adapters.salesforce.availability import refusal
from adapters.salesforce.failures import ODD_ID
from adapters.salesforce.gateway import Gateway, Query, raise_what_ends_the_run
from adapters.salesforce.ids import PERSON_OBJECTS, QUEUE_PREFIX, PersonObject, parse_id
from adapters.salesforce.install_fields import TYPES, person_fields
from adapters.salesforce.layout import Layout
from adapters.salesforce.needs import company_path, person_path
from adapters.salesforce.preflight import Preflight, is_custom
from adapters.salesforce.record import person_ref
from adapters.salesforce.replies import Row, is_true, parse_page
from adapters.salesforce.schema import FieldDetail
from adapters.salesforce.sources import DEALS, FIELDS, STOCK_OF
from adapters.salesforce.task_form import DESCRIPTION, OWNER, PRIORITY, STATUS, SUBJECT
from connector.domain.mapping import AttributeSource, EventSource
from connector.errors import CrmError
from connector.health import Access, Allowance, OwnerState, OwnFieldState, VersionLife, WriteRule
from connector.own_fields import TASK_KEY_FIELD, OwnField
from connector.ports import FieldInfo, PersonRef

TASK: Final = "Task"
_SPRING_24: Final = 60
_RELEASED_IN: Final = (2, 6, 10)
_LEAST_YEARS: Final = 3
"""Source: Salesforce REST API guide, "API End-of-Life Policy" (documented): each version lives three years at least."""
_RIGHTS: Final[Mapping[str, tuple[str, ...]]] = {
    "Lead": ("updateable",),
    "Contact": ("updateable",),
    TASK: ("createable",),
}
_RIGHT_NAMES: Final[Mapping[str, str]] = {"updateable": "Edit", "createable": "Create"}
_FILLED_IN_TASKS: Final = (
    SUBJECT, DESCRIPTION, STATUS, PRIORITY, OWNER, "WhoId", "ActivityDate", "TaskSubtype", "IsReminderSet",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SalesforceHealth:
    """Be `connector.health.Health` for one organisation, over the connections and the memory of its adapter."""

    gateway: Gateway
    account: Account
    layout: Layout
    preflight: Preflight
    reserve_pct: float

    def access(self) -> Access:
        organization = self.account.organization_id()
        described = {sobject: self._describe(sobject) for sobject in _RIGHTS}
        lacking = [
            f"{sobject}: {_RIGHT_NAMES[right]}"
            for sobject, document in described.items()
            for right in (_RIGHTS[sobject] if document is not None else ())
            if dig(document, right) is not True
        ]
        unseen = [f"{sobject}: Read" for sobject, document in described.items() if document is None]
        if described[TASK] is None or not (described["Lead"] or described["Contact"]):
            return Access(organization, (*unseen, *lacking))
        return Access(organization, tuple(lacking), (*unseen, *self._hidden_standard_fields()))

    def _hidden_standard_fields(self) -> Iterator[str]:
        """Name the standard fields that the mapping uses and nothing shows our user: no installation grants those."""
        layout, schema = self.layout, self.layout.schema
        schema.load(layout.objects)
        present = [sobject for sobject in PERSON_OBJECTS if schema.object(sobject) is not None]
        names: list[str] = []
        for source in layout.needs.attributes:
            for paths in zip(*(layout.needs.paths_of(source, sobject) for sobject in present), strict=True):
                places = list(zip(present, paths, strict=True))
                if not any(schema.has(sobject, path) for sobject, path in places):
                    names += [f"{sobject}.{path}" for sobject, path in places]
        for stock in layout.stocks:
            wanted = (*stock.fields, *sorted(layout.needs.stock_fields(stock)))
            names += [f"{stock.sobject}.{path}" for path in wanted if not schema.has(stock.sobject, path)]
        return (f"{name}: Read" for name in dict.fromkeys(names) if not is_custom(name))

    def _describe(self, sobject: str) -> object:
        """Return an object's description; None when our user may not see it."""
        try:
            return self.gateway.http.send(self.gateway.api.describe(sobject))
        except CrmError as error:
            if refusal(error) is None or error.status == 401:
                raise
            return None

    def version_life(self) -> VersionLife:
        """Compare with the versions served; each lives three years at least, from the release it came with."""
        version = self.gateway.api.version
        listed = self.gateway.http.send(self.gateway.api.versions())
        served = [
            str(found) for item in (listed if isinstance(listed, list) else ()) if (found := dig(item, "version"))
        ]
        newest = max(served, key=_number, default=None)
        return VersionLife(version, not served or version in served, _least_end(_number(version)), newest)

    def allowances(self) -> Sequence[Allowance]:
        """Return the calls of the last 24 hours; a share of them is left to the customer's other integrations."""
        calls = dig(self.gateway.http.send(self.gateway.api.limits()), "DailyApiRequests")
        most, left = dig(calls, "Max"), dig(calls, "Remaining")
        if not isinstance(most, int) or not isinstance(left, int) or most <= 0:
            return ()
        return (Allowance("daily_calls", most - left, most, round(most * self.reserve_pct / 100)),)

    def own_fields(self) -> Sequence[OwnFieldState]:
        schema, needs = self.layout.schema, self.layout.needs
        schema.load([*PERSON_OBJECTS, TASK])
        own = {name: field for name, field in person_fields().items() if name in needs.write_fields}
        states = [
            _state(sobject, name, field, schema.detail(sobject, name))
            for sobject in PERSON_OBJECTS
            if schema.object(sobject) is not None
            for name, field in own.items()
        ]
        key = needs.mapping.task_key
        states.append(_state(TASK, key, TASK_KEY_FIELD, schema.detail(TASK, key)))
        made = self._made() if any(state.problem == "missing" for state in states) else frozenset()
        return [_hidden(state) if _is_made(state, made) else state for state in states]

    def _made(self) -> frozenset[tuple[str, str]]:
        """Return our fields as the organisation's set-up knows them; none when it may not be looked into."""
        query = "SELECT TableEnumOrId, DeveloperName FROM CustomField WHERE DeveloperName LIKE 'Puente%'"
        try:
            rows = parse_page(self.gateway.http.send(self.gateway.api.tooling_query(query))).rows
        except CrmError as error:
            raise_what_ends_the_run([error])
            return frozenset()
        return frozenset((row.get("TableEnumOrId"), f"{row.get('DeveloperName')}__c") for row in rows)

    def write_rules(self) -> Sequence[WriteRule]:
        """Return what is known for certain even where the set-up may not be looked into."""
        required = list(self._required_of_tasks())
        try:
            return (*required, *self._validation_rules())
        except CrmError as error:
            if not required or ends_the_run(error):
                raise
            return required

    def _required_of_tasks(self) -> Iterator[WriteRule]:
        """Yield what a new task must have, nobody fills by default, and Puente does not fill."""
        fields = dig(self._describe(TASK), "fields")
        filled = {*_FILLED_IN_TASKS, self.layout.needs.mapping.task_key}
        for item in fields if isinstance(fields, list) else ():
            required = dig(item, "nillable") is False and dig(item, "defaultedOnCreate") is False
            if required and dig(item, "createable") is True and dig(item, "name") not in filled:
                yield WriteRule(TASK, f"{dig(item, 'name')} (required)", certain=True)

    def _validation_rules(self) -> Iterator[WriteRule]:
        whose = "EntityDefinition.QualifiedApiName"
        theirs = f"{whose} IN {soql.one_of((*PERSON_OBJECTS, TASK))}"
        query = soql.select(("ValidationName", whose), "ValidationRule", "Active = true", theirs)
        document = self.gateway.http.send(self.gateway.api.tooling_query(query))
        for row in parse_page(document).rows:
            yield WriteRule(row.get(whose), row.get("ValidationName"))

    def owners(self, names: Sequence[str]) -> Mapping[str, OwnerState]:
        found = self._users(names) | self._queues(names)
        return {name: found.get(_key(name), "unknown") for name in names}

    def _users(self, names: Sequence[str]) -> dict[str, OwnerState]:
        emails = sorted(name.strip().lower() for name in names if "@" in name)
        wanted = [soql.ids_in("Id", [record_id]) for record_id in _ids(names) if not _is_queue(record_id)]
        if emails:
            wanted.append(soql.any_of(*(f"{field} IN {soql.one_of(emails)}" for field in ("Email", "Username"))))
        rows = self._rows(("Id", "Email", "Username", "IsActive"), "User", wanted)
        states: dict[str, OwnerState] = {}
        for row in sorted(rows, key=lambda row: is_true(row.get("IsActive"))):  # an active one of several wins
            state: OwnerState = "active" if is_true(row.get("IsActive")) else "inactive"
            states |= dict.fromkeys((row.id, row.get("Email").lower(), row.get("Username").lower()), state)
        return states

    def _queues(self, names: Sequence[str]) -> dict[str, OwnerState]:
        wanted = [soql.ids_in("Id", [record_id]) for record_id in _ids(names) if _is_queue(record_id)]
        return {row.id: "active" for row in self._rows(("Id",), "Group", wanted)}

    def _rows(self, fields: Sequence[str], sobject: str, conditions: Sequence[str]) -> list[Row]:
        """Ask once per condition: one id that only looks like one would have all of them refused."""
        queries = [Query(soql.select(fields, sobject, condition)) for condition in conditions]
        answers = self.gateway.ask(queries, "owners")
        for answer in answers:
            if answer.error is not None and answer.error.code not in ODD_ID:
                raise answer.error
        return [row for answer in answers for row in answer.rows]

    def sample(self, count: int) -> Sequence[PersonRef]:
        """Return leads and contacts by turns, as far as there are both."""
        self.layout.schema.load(self.layout.objects)
        present = [sobject for sobject in PERSON_OBJECTS if self.layout.schema.object(sobject) is not None]
        answers = self.gateway.ask([self._latest(sobject, count) for sobject in present], "sample")
        for answer in answers:
            if answer.error is not None:
                raise answer.error
        by_turns = chain.from_iterable(zip_longest(*(answer.rows for answer in answers)))
        return [person_ref(row.id) for row in islice((row for row in by_turns if row), count)]

    def _latest(self, sobject: PersonObject, count: int) -> Query:
        living = self.layout.living(sobject)
        newest = soql.select(("Id",), sobject, *living, order_by="LastModifiedDate", newest_first=True, limit=count)
        return Query(newest)

    def fields(self, of: Literal["person", "company"]) -> Mapping[str, FieldInfo]:
        if of == "person":
            return self.preflight.fields()
        found = self.layout.schema.object("Account")
        return {name: detail.info for name, detail in found.fields.items()} if found else {}

    def obstacle(self, entry: EventSource | AttributeSource) -> str | None:
        if isinstance(entry, AttributeSource):
            return self._attribute_obstacle(entry)
        if entry.source == FIELDS:
            names = [name for name in (entry.count, entry.at, *entry.where) if name]
            return None if all(self._somebody_has(name) for name in names) else "missing_field"
        return self._stock_obstacle(entry.source, entry.where)

    def _attribute_obstacle(self, source: AttributeSource) -> str | None:
        if source.source == "deals":
            return self._stock_obstacle(DEALS.name, ())
        company = source.source == "company"
        return None if all(self._somebody_has(field, company=company) for field in source.fields) else "missing_field"

    def _somebody_has(self, field: str, *, company: bool = False) -> bool:
        to_path = company_path if company else person_path
        schema = self.layout.schema
        present = [sobject for sobject in PERSON_OBJECTS if schema.object(sobject) is not None]
        return any(schema.has(sobject, to_path(field, sobject)) for sobject in present)

    def _stock_obstacle(self, source: str, where: Sequence[str] | Mapping[str, object]) -> str | None:
        """Say why records of a source cannot be read, or not be told apart: the fields of its conditions are hidden."""
        stock, schema = STOCK_OF[source], self.layout.schema
        refused = {item.source: item.why for item in self.layout.availability.report()}
        if stock.name in refused:
            return refused[stock.name]
        if schema.object(stock.sobject) is None:
            return schema.why_not(stock.sobject)
        paths = [stock.path(field) for field in where if not (stock is DEALS and field == "state")]
        return None if all(schema.has(stock.sobject, path) for path in paths) else "missing_field"


def _number(version: str) -> int:
    whole = version.partition(".")[0]
    return int(whole) if whole.isascii() and whole.isdigit() else 0


def _least_end(number: int) -> date | None:
    """Return until when a version lives at least: 60 came in spring 2024, and three come a year."""
    if number <= 0:
        return None
    years, season = divmod(number - _SPRING_24, len(_RELEASED_IN))
    return date(2024 + years + _LEAST_YEARS, _RELEASED_IN[season], 1)


def _state(sobject: str, name: str, field: OwnField, found: FieldDetail | None) -> OwnFieldState:
    if found is None:
        return OwnFieldState(sobject, name, "missing")
    expected = TYPES[field.kind][1]
    if found.info.type != expected:
        return OwnFieldState(sobject, name, "type", f"{found.info.type} ≠ {expected}")
    if not (found.createable if sobject == TASK else found.info.writable):
        return OwnFieldState(sobject, name, "read_only")
    if lacking := [value for value in field.options if value not in found.info.options]:
        return OwnFieldState(sobject, name, "options", ", ".join(lacking))
    return OwnFieldState(sobject, name)


def _is_made(state: OwnFieldState, made: frozenset[tuple[str, str]]) -> bool:
    table = "Activity" if state.object_type == TASK else state.object_type
    return state.problem == "missing" and (table, state.name) in made


def _hidden(state: OwnFieldState) -> OwnFieldState:
    return OwnFieldState(state.object_type, state.name, "hidden")


def _ids(names: Sequence[str]) -> list[str]:
    return [record_id for name in names if (record_id := parse_id(name))]


def _key(name: str) -> str:
    return parse_id(name) or name.strip().lower()


def _is_queue(record_id: str) -> bool:
    return record_id.startswith(QUEUE_PREFIX)
