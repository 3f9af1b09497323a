"""Read people with everything that hangs on them, 200 in one call, and account for every one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from adapters.pieces import chunks, halves
from adapters.salesforce.api import PEOPLE
from adapters.salesforce.availability import Availability, refusal
from adapters.salesforce.evidence import Evidence, holder_of
from adapters.salesforce.failures import INVALID_FIELD, INVALID_TYPE
from adapters.salesforce.gateway import Answer, Gateway, is_too_large, raise_what_ends_the_run
from adapters.salesforce.ids import PERSON_OBJECTS, person_object
from adapters.salesforce.layout import Layout, Part
from adapters.salesforce.schema import Schema
from connector.errors import AccessError, CrmError, RejectedError, UnavailableError

_TOO_SLOW: Final = frozenset(("QUERY_TIMEOUT", "REQUEST_RUNNING_TOO_LONG"))
_MOST_SLOW: Final = 2
_REST_SECONDS: Final = 2.0
_MOST_ROUNDS: Final = 40
"""A query names one field it is refused for at a time, and 200 people are halved eight times."""


@dataclass(frozen=True, slots=True)
class PeopleReader:
    """Read people by id; a person of whom any part could not be read is failed, never half a person."""

    gateway: Gateway
    layout: Layout
    schema: Schema
    availability: Availability

    def read(self, ids: Iterable[str], now: datetime) -> Evidence:
        """Read leads and contacts, 200 per call, many calls side by side. Raises only what ends the run.

        Too large a question is halved, a hidden field left out, a missing object given up.
        """
        self.schema.load(self.layout.objects)
        total, slow = Evidence(), Counter[str]()
        pending = _pieces(list(dict.fromkeys(ids)))
        for _ in range(_MOST_ROUNDS):
            if not pending:
                return total
            pending = self._read_pieces(pending, now, total, slow)
        error = UnavailableError("Salesforce hides one field after the other")
        total.failed.update(dict.fromkeys((record_id for piece in pending for record_id in piece), error))
        return total

    def _read_pieces(
        self, pieces: Sequence[Sequence[str]], now: datetime, total: Evidence, slow: Counter[str]
    ) -> list[Sequence[str]]:
        """Ask for pieces once and book what is answered; return the pieces to ask for again."""
        parts_of = [self.layout.parts(piece, now) for piece in pieces]
        groups = [[part.query for part in parts] for parts in parts_of]
        answers_of = self.gateway.ask_side_by_side(groups, "people")
        raise_what_ends_the_run([answer.error for answers in answers_of for answer in answers if answer.error])
        again: list[Sequence[str]] = []
        for ids, parts, answers in zip(pieces, parts_of, answers_of, strict=True):
            error = next((answer.error for answer in answers if answer.error), None)
            if error is None:
                total.merge(_account(ids, parts, answers))
            elif self._adapt(parts, answers):
                again.append(ids)
            elif is_too_large(error, len(ids)):
                again += halves(ids)
            elif self._may_pass(ids, error, slow):
                again.append(ids)
            else:
                total.failed.update(dict.fromkeys(ids, error))
        return again

    def _may_pass(self, ids: Sequence[str], error: CrmError, slow: Counter[str]) -> bool:
        """Rest, and say whether one person's own question that took too long is worth asking again."""
        if error.code not in _TOO_SLOW or slow[ids[0]] >= _MOST_SLOW:
            return False
        slow[ids[0]] += 1
        self.gateway.rest(_REST_SECONDS * slow[ids[0]])
        return True

    def _adapt(self, parts: Sequence[Part], answers: Sequence[Answer]) -> bool:
        """Leave out what the organisation refuses to show; True when asking again may go better."""
        adapted = [self._adapt_one(part, answer.error) for part, answer in zip(parts, answers, strict=True)]
        return any(adapted)

    def _adapt_one(self, part: Part, error: CrmError | None) -> bool:
        if error is None:
            return False
        if isinstance(error, RejectedError) and error.code == INVALID_FIELD:
            lost = self.schema.lose(part.sobject, error, part.paths)
            for path in lost:
                self.availability.refuse(f"{part.sobject}.{path}", "missing_field")
            if lost:
                return True
        for stock in part.children:
            # A subquery is refused in the name of its own object.
            if error.code in (INVALID_FIELD, INVALID_TYPE):
                self.availability.refuse(stock.name, "not_offered")
                return True
        why = refusal(error) or ("not_offered" if error.code == INVALID_FIELD else None)
        if part.stock is None or why is None:
            return False
        self.availability.refuse(part.stock.name, why)
        return True


def _pieces(ids: Sequence[str]) -> list[Sequence[str]]:
    """Split people into pieces of 200, objects apart as long as that costs no piece more."""
    pieces: list[Sequence[str]] = []
    rest: list[str] = []
    for sobject in PERSON_OBJECTS:
        same = [record_id for record_id in ids if person_object(record_id) == sobject]
        full = len(same) // PEOPLE * PEOPLE
        pieces += chunks(same[:full], PEOPLE)
        rest += same[full:]
    if len(rest) <= PEOPLE:
        return pieces + ([rest] if rest else [])
    for sobject in PERSON_OBJECTS:
        pieces.append([record_id for record_id in rest if person_object(record_id) == sobject])
    return pieces


def _account(ids: Sequence[str], parts: Sequence[Part], answers: Sequence[Answer]) -> Evidence:
    """Book rows to people; whoever is not mentioned no longer exists."""
    evidence = Evidence()
    wanted = {record_id[:15]: record_id for record_id in ids}
    for part, answer in zip(parts, answers, strict=True):
        if part.stock is not None:
            for row in answer.rows:
                evidence.add(part.stock, row, wanted.get(holder_of(row, part.stock)[:15]))
            continue
        for row in answer.rows:
            evidence.add_person(row, wanted)
        for stock in part.children:
            for person_id, row in answer.children.get(stock.relationship or "", ()):
                evidence.add(stock, row, wanted.get(person_id[:15]))
    _account_for_missing(ids, {part.sobject for part in parts if part.stock is None}, evidence)
    return evidence


def _account_for_missing(ids: Sequence[str], asked: set[str], evidence: Evidence) -> None:
    known = evidence.people.keys() | evidence.gone.keys()
    for record_id in ids:
        if record_id in known:
            continue
        sobject = person_object(record_id)
        if sobject in asked:
            evidence.gone[record_id] = None
        else:
            evidence.fail(record_id, AccessError(f"Puente's user may not read {sobject} records", status=403))
