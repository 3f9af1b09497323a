"""Read from field history who set a stage and when sales answered.

Source: Salesforce object reference, LeadHistory and ContactHistory, read 2026-11 (documented): only of fields that
are tracked; their values cannot be filtered, their field names can.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, TypeAlias

from adapters.pieces import chunks
from adapters.raw_values import to_instant
from adapters.salesforce.api import PEOPLE
from adapters.salesforce.availability import Availability, refusal
from adapters.salesforce.evidence import Evidence, holder_of
from adapters.salesforce.failures import INVALID_FIELD
from adapters.salesforce.gateway import Gateway, raise_what_ends_the_run
from adapters.salesforce.ids import PERSON_OBJECTS, PersonObject, person_object
from adapters.salesforce.layout import Layout
from adapters.salesforce.needs import Needs
from adapters.salesforce.replies import Row
from adapters.salesforce.sources import HISTORIES
from connector.domain.text import fold
from connector.errors import CrmError
from connector.ports import Record, StageMark

NeedsHistory: TypeAlias = Callable[[Record], bool] | None
_ALIAS: Final = "CreatedBy.Alias"
_USER_TYPE: Final = "CreatedBy.UserType"


def wants_history(record: Record, needs: Needs, asked: NeedsHistory) -> bool:
    """Say whether only the history can tell who moved this person and when, or when sales answered."""
    return record.verdict is not None or _is_undated(record, needs) or (asked is not None and asked(record))


def _is_undated(record: Record, needs: Needs) -> bool:
    """Say whether a stage of the company's is there whose date decides: no stage of ours yet, or another one."""
    lifecycle = record.lifecycle
    if needs.lifecycle_field is None or lifecycle.raw is None or lifecycle.at is not None:
        return False
    held = needs.mapping.stages.get(record.own.stage) if record.own.stage else None
    return record.own.stage != lifecycle.stage and fold(held or "") != fold(lifecycle.raw)


@dataclass(frozen=True, slots=True)
class HistoryReader:
    """Add what the histories say to records that need it, 200 of an object per query, five queries per call."""

    gateway: Gateway
    layout: Layout
    availability: Availability

    def add(
        self, records: dict[str, Record], wanted: Sequence[str], evidence: Evidence, user_id: str | None
    ) -> dict[str, CrmError]:
        """Replace records by ones that say who and when; return whose history could not be read."""
        failed = self._read(wanted, evidence)
        for record_id in wanted:
            sobject = person_object(record_id)
            rows = evidence.of(record_id, HISTORIES[sobject]) if sobject else []
            if rows:
                records[record_id] = with_history(records[record_id], rows, self.layout.needs, user_id)
        return failed

    def _read(self, wanted: Sequence[str], evidence: Evidence) -> dict[str, CrmError]:
        """Ask for the histories that are not here yet."""
        pieces = [(sobject, piece) for sobject in PERSON_OBJECTS for piece in self._pieces(sobject, wanted, evidence)]
        answers = self.gateway.ask([self.layout.history(*piece).query for piece in pieces], "history")
        raise_what_ends_the_run([answer.error for answer in answers if answer.error])
        by_start = {record_id[:15]: record_id for record_id in wanted}
        failed: dict[str, CrmError] = {}
        for (sobject, ids), answer in zip(pieces, answers, strict=True):
            stock, error = HISTORIES[sobject], answer.error
            if error is None:
                for row in answer.rows:
                    evidence.add(stock, row, by_start.get(holder_of(row, stock)[:15]))
            elif why := refusal(error) or ("not_offered" if error.code == INVALID_FIELD else None):
                self.availability.refuse(stock.name, why)
            else:
                failed.update(dict.fromkeys(ids, error))
        return failed

    def _pieces(self, sobject: PersonObject, wanted: Sequence[str], evidence: Evidence) -> list[Sequence[str]]:
        name = HISTORIES[sobject].name
        if name in evidence.complete or self.availability.refuses(name) or not self.layout.needs.tracked:
            return []
        return chunks([record_id for record_id in wanted if person_object(record_id) == sobject], PEOPLE)


def with_history(record: Record, rows: Sequence[Row], needs: Needs, user_id: str | None) -> Record:
    """Add to a record what its history says; what it does not say stays as it was."""

    def mark(known: StageMark, field: str | None) -> StageMark:
        row = _that_set(rows, field, known.raw)
        if row is None:
            return known
        return replace(known, by=author_of(row, user_id), at=to_instant(row.get("CreatedDate")) or known.at)

    verdict = _that_set(rows, needs.mapping.sales_verdict, record.verdict)
    return replace(
        record,
        own=mark(record.own, needs.own_stage),
        lifecycle=mark(record.lifecycle, needs.lifecycle_field),
        verdict_at=to_instant(verdict.get("CreatedDate")) if verdict else record.verdict_at,
    )


def _that_set(rows: Sequence[Row], field: str | None, raw: str | None) -> Row | None:
    """Return the change that brought the present value: the oldest of the newest run of equal values."""
    if not field or not raw:
        return None
    changes = [row for row in rows if row.get("Field").lower() == field.lower()]
    found = None
    for row in sorted(changes, key=_moment, reverse=True):
        if fold(row.get("NewValue")) != fold(raw):
            break
        found = row
    return found


def _moment(row: Row) -> tuple[float, str]:
    at: datetime | None = to_instant(row.get("CreatedDate"))
    return (at.timestamp() if at else 0.0, row.id)


def author_of(row: Row, user_id: str | None) -> Literal["puente", "person", "crm"]:
    """Tell our own changes, the platform's own and everybody else's: history knows users, not what they worked with.

    Source: Salesforce object reference, User, read 2026-11 (documented): flows without a user run as the user
    Automated Process, alias `autoproc`.
    """
    if user_id is not None and row.get("CreatedById")[:15] == user_id[:15]:
        return "puente"
    automatic = row.get(_USER_TYPE) == "AutomatedProcess" or row.get(_ALIAS) == "autoproc"
    return "crm" if automatic else "person"
