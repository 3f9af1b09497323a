"""Turn a lead or contact into the core's record: typed attributes, stage marks, present values. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from adapters.attributes import measure_deals, read_attribute
from adapters.own_values import parse_company_stage, parse_field, parse_reject_reason, parse_stage, parse_verdict
from adapters.raw_values import format_instant, to_instant
from adapters.salesforce.evidence import Evidence
from adapters.salesforce.ids import USER_PREFIX, PersonObject, person_object
from adapters.salesforce.layout import MACHINE_FIELDS
from adapters.salesforce.needs import MODIFIED_BY, OWNER, Needs, person_path
from adapters.salesforce.replies import Row
from adapters.salesforce.sources import (
    DEALS,
    EMAILS,
    FIELDS,
    OPPORTUNITY_PREFIX,
    STOCK_OF,
    TASKS,
    records_of,
    state_of,
    without_logged_emails,
)
from adapters.timeline import TimelineBuilder
from connector.domain.person import UNKNOWN, Person, Stage, Timeline, Value
from connector.domain.values import parse_number
from connector.ports import Deal, FieldValue, PersonRef, Record, StageMark

_PLACEHOLDERS: Final = ("[not provided]", "[[Unknown]]")
"""What importing tools write where Salesforce requires a last name or a company and nobody gave one."""


def person_ref(record_id: str) -> PersonRef:
    """Name a person by the id of a lead or a contact."""
    return PersonRef("contact" if person_object(record_id) == "Contact" else "lead", record_id)


@dataclass(frozen=True, slots=True)
class RecordBuilder:
    """Build records of one organisation.

    `user_id` is who we are there, when known; `lifecycle_field` the company's own stage, None when the stage follows
    from opportunities.
    """

    needs: Needs
    account: str
    user_id: str | None
    stocks: frozenset[str]
    refused: frozenset[str]
    lifecycle_field: str | None

    def build(self, record_id: str, evidence: Evidence) -> Record:
        mapping = self.needs.mapping
        row = evidence.people[record_id]
        sobject: PersonObject = person_object(record_id) or "Lead"
        deals = self._deals(record_id, sobject, evidence)
        own = parse_stage(row.get(self.needs.own_stage or ""))
        return Record(
            ref=person_ref(record_id),
            person=Person(
                attributes=self._attributes(row, sobject, deals),
                crm="salesforce",
                account=self.account,
                object_type=person_ref(record_id).object_type,
                object_id=record_id,
            ),
            timeline=self._timeline(record_id, sobject, evidence),
            own=self._own_mark(row, own),
            lifecycle=self._lifecycle_mark(row, own, deals),
            current={name: parse_field(name, row.get(name), mapping) for name in sorted(self.needs.write_fields)},
            verdict=parse_verdict(row.get(mapping.sales_verdict)),
            verdict_reason=parse_reject_reason(row.get(mapping.reject_reason)),
            guard=build_guard(row, self.needs.guarded(sobject)),
        )

    def _attributes(self, row: Row, sobject: PersonObject, deals: Sequence[Deal] | None) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for source in self.needs.attributes:
            if source.source == "deals":
                found[source.name] = measure_deals(source.measure, deals)
            else:
                texts = [self._text(row, path) for path in self.needs.paths_of(source, sobject)]
                found[source.name] = read_attribute(source, texts)
        return found

    def _text(self, row: Row, path: str) -> str:
        """Return a field's text; a placeholder is none, and what waits in a queue or is ours has no owner yet."""
        text = row.get(path)
        if path == OWNER and not (text.startswith(USER_PREFIX) and text[:15] != (self.user_id or "")[:15]):
            return ""
        return "" if text in _PLACEHOLDERS else text

    def _timeline(self, record_id: str, sobject: PersonObject, evidence: Evidence) -> Timeline:
        builder = TimelineBuilder(self.needs.used_kinds, MACHINE_FIELDS)
        for source in sorted(self.needs.sources - self.refused):
            entries = self.needs.entries(source, self.refused)
            if source == FIELDS:
                row = evidence.people[record_id]
                named = self.needs.counter_paths()
                builder.add_counters({name: row.get(person_path(name, sobject)) for name in named}, entries)
            elif source in STOCK_OF:
                builder.add(records_of(source, self._rows(record_id, source, evidence)), entries)
        return builder.build()

    def _rows(self, record_id: str, source: str, evidence: Evidence) -> list[Row]:
        stock = STOCK_OF[source]
        rows = evidence.of(record_id, stock)
        if stock is not TASKS:
            return rows
        others = [row for row in rows if not row.get(self.needs.mapping.task_key)]  # our own tasks are no events
        return without_logged_emails(others, evidence.of(record_id, EMAILS))

    def _deals(self, record_id: str, sobject: PersonObject, evidence: Evidence) -> list[Deal] | None:
        """Return the deals, none for a lead; None when they were not asked for or cannot be read here."""
        if DEALS.name not in self.stocks:
            return None
        return deals_of(evidence.of(record_id, DEALS)) if sobject in DEALS.keys else []

    def _own_mark(self, row: Row, own: Stage | None) -> StageMark:
        """Read our own stage. Who set it tells the last change, and a stage without a model was never ours."""
        raw = row.get(self.needs.own_stage or "") or None
        model = self.needs.own_model
        by: Literal["puente", "person"] | None = None
        if raw and self.user_id is not None and row.get(MODIFIED_BY)[:15] == self.user_id[:15]:
            by = "puente"
        elif raw and model is not None and not row.get(model):
            by = "person"
        return StageMark(own, to_instant(row.get(self.needs.own_stage_at or "")), by, raw)

    def _lifecycle_mark(self, row: Row, own: Stage | None, deals: Sequence[Deal] | None) -> StageMark:
        if self.lifecycle_field is not None:
            raw = row.get(self.lifecycle_field)
            return StageMark(parse_company_stage(raw, self.needs.mapping, own, parse_stage(raw)), raw=raw or None)
        return stage_of_deals(deals or ()) if self.needs.mapping.lifecycle else StageMark(None)


def stage_of_deals(deals: Iterable[Deal]) -> StageMark:
    """Derive the stage that opportunities mean: a won one makes a customer, an open one an opportunity."""
    won = [deal for deal in deals if deal.state == "won"]
    if won:
        return StageMark("customer", min((d.closed_at for d in won if d.closed_at), default=None), "crm")
    running = [deal for deal in deals if deal.state == "open"]
    if running:
        return StageMark("opportunity", min((d.created_at for d in running if d.created_at), default=None), "crm")
    return StageMark(None)


def deals_of(rows: Iterable[Row]) -> list[Deal]:
    """Read the opportunities behind contact roles; two roles in one opportunity are one deal."""
    found: dict[str, Deal] = {}
    for row in rows:
        deal_id = row.get("OpportunityId")
        state = state_of(row)
        amount = parse_number(row.get(f"{OPPORTUNITY_PREFIX}Amount"))
        closed_at = to_instant(row.get(f"{OPPORTUNITY_PREFIX}CloseDate")) if state != "open" else None
        found[deal_id] = Deal(
            id=deal_id,
            state="won" if state == "won" else "lost" if state == "lost" else "open",
            created_at=to_instant(row.get(f"{OPPORTUNITY_PREFIX}CreatedDate")),
            closed_at=closed_at,
            amount=None if amount is UNKNOWN else amount,
        )
    return list(found.values())


def build_guard(row: Row, fields: Iterable[str]) -> Mapping[str, str]:
    return {name: row.get(name) for name in fields}


def to_json(value: FieldValue) -> str | float | None:
    """Write a field's value as Salesforce takes it: null clears, instants in UTC with milliseconds."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    return float(value)
