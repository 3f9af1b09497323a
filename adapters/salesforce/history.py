"""Read from field history who set a stage and when sales answered.

Source: Salesforce object reference, LeadHistory and ContactHistory, read 2026-11 (documented): only of fields that
are tracked; their values cannot be filtered, their field names can.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, TypeAlias

from adapters.salesforce import soql
from adapters.salesforce.api import PEOPLE
from adapters.salesforce.availability import Availability, refusal
from adapters.salesforce.failures import INVALID_FIELD
from adapters.salesforce.gateway import Gateway, Query, chunks, raise_what_ends_the_run
from adapters.salesforce.ids import PERSON_OBJECTS, PersonObject, history_of, person_object
from adapters.salesforce.needs import Needs
from adapters.salesforce.replies import Row, to_instant
from adapters.salesforce.schema import Schema
from connector.domain.text import fold
from connector.errors import CrmError
from connector.ports import Record, StageMark

NeedsHistory: TypeAlias = Callable[[Record], bool] | None
_ALIAS: Final = "CreatedBy.Alias"
_USER_TYPE: Final = "CreatedBy.UserType"
_KEYS: Final[dict[PersonObject, str]] = {"Lead": "LeadId", "Contact": "ContactId"}


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
    needs: Needs
    schema: Schema
    availability: Availability

    def add(self, records: dict[str, Record], wanted: Sequence[str], user_id: str | None) -> dict[str, CrmError]:
        """Replace records by ones that say who and when; return whose history could not be read."""
        failed: dict[str, CrmError] = {}
        pieces = [(sobject, piece) for sobject in PERSON_OBJECTS for piece in self._pieces(sobject, wanted)]
        answers = self.gateway.ask([self._query(*piece) for piece in pieces], "history")
        raise_what_ends_the_run([answer.error for answer in answers if answer.error])
        for (sobject, ids), answer in zip(pieces, answers, strict=True):
            if answer.error is None:
                self._apply(records, answer.rows, _KEYS[sobject], user_id)
            elif why := refusal(answer.error) or ("not_offered" if answer.error.code == INVALID_FIELD else None):
                self.availability.refuse(history_of(sobject), why)
            else:
                failed.update(dict.fromkeys(ids, answer.error))
        return failed

    def _pieces(self, sobject: PersonObject, wanted: Sequence[str]) -> list[Sequence[str]]:
        if self.availability.refuses(history_of(sobject)) or not self.needs.tracked:
            return []
        return chunks([record_id for record_id in wanted if person_object(record_id) == sobject], PEOPLE)

    def _query(self, sobject: PersonObject, ids: Sequence[str]) -> Query:
        key = _KEYS[sobject]
        name = history_of(sobject)
        fields = f"Field IN {soql.one_of(self.needs.tracked)}"
        who = self.schema.visible(name, (_ALIAS, _USER_TYPE))
        paths = ("Id", key, "Field", "NewValue", "CreatedDate", "CreatedById", *who)
        return Query(soql.select(paths, name, soql.ids_in(key, ids), fields))

    def _apply(self, records: dict[str, Record], rows: Sequence[Row], key: str, user_id: str | None) -> None:
        by_person: dict[str, list[Row]] = {}
        for row in rows:
            by_person.setdefault(row.get(key)[:15], []).append(row)
        for record_id, record in records.items():
            if found := by_person.get(record_id[:15]):
                records[record_id] = with_history(record, found, self.needs, user_id)


def with_history(record: Record, rows: Sequence[Row], needs: Needs, user_id: str | None) -> Record:
    """Add to a record what its history says; what it does not say stays as it was."""

    def mark(known: StageMark, field: str | None) -> StageMark:
        row = _that_set(rows, field, known.raw)
        if row is None:
            return known
        return replace(known, by=_author(row, user_id), at=to_instant(row.get("CreatedDate")) or known.at)

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


def _author(row: Row, user_id: str | None) -> Literal["puente", "person", "crm"]:
    """Tell our own changes, the platform's own and everybody else's: history knows users, not what they worked with.

    Source: Salesforce object reference, User, read 2026-11 (documented): flows without a user run as the user
    Automated Process, alias `autoproc`.
    """
    if user_id is not None and row.get("CreatedById")[:15] == user_id[:15]:
        return "puente"
    automatic = row.get(_USER_TYPE) == "AutomatedProcess" or row.get(_ALIAS) == "autoproc"
    return "crm" if automatic else "person"
