"""Collect what Salesforce says about a group of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from adapters.salesforce.ids import parse_id
from adapters.salesforce.needs import CONVERTED_TO, MERGED_INTO
from adapters.salesforce.replies import Row, is_true
from adapters.salesforce.sources import Stock
from connector.errors import CrmError


@dataclass(slots=True)
class Evidence:
    """Account for the ids asked for: people with their rows, gone ones with their survivor, failed ones.

    `complete` names the stocks of which everybody's rows are here although nobody asks for them by person.
    """

    people: dict[str, Row] = field(default_factory=dict)
    rows: dict[str, dict[str, list[Row]]] = field(default_factory=dict)
    gone: dict[str, str | None] = field(default_factory=dict)
    failed: dict[str, CrmError] = field(default_factory=dict)
    complete: frozenset[str] = frozenset()

    def merge(self, other: Evidence) -> None:
        self.people.update(other.people)
        self.gone.update(other.gone)
        self.failed.update(other.failed)
        for stock, by_person in other.rows.items():
            mine = self.rows.setdefault(stock, {})
            for person_id, rows in by_person.items():
                mine.setdefault(person_id, []).extend(rows)

    def add(self, stock: Stock, row: Row, person_id: str | None) -> None:
        """Book a record to a person; one of nobody we asked for is left out."""
        if person_id is not None:
            self.rows.setdefault(stock.name, {}).setdefault(person_id, []).append(row)

    def of(self, person_id: str, stock: Stock) -> list[Row]:
        return self.rows.get(stock.name, {}).get(person_id, [])

    def add_person(self, row: Row, wanted: Mapping[str, str]) -> None:
        """Book a lead or contact as a person, or as gone to somebody else.

        `wanted` finds the id that was asked for by its first 15 characters, which alone name a record.
        """
        asked = wanted.get(row.id[:15])
        if asked is None:
            return
        if is_true(row.get("IsConverted")) and (contact := parse_id(row.get(CONVERTED_TO))):
            self.gone[asked] = contact
        elif is_true(row.get("IsDeleted")):
            self.gone[asked] = parse_id(row.get(MERGED_INTO))
        else:
            self.people[asked] = row

    def fail(self, person_id: str, error: CrmError) -> None:
        self.failed.setdefault(person_id, error)


def holder_of(row: Row, stock: Stock) -> str:
    """Return the id of the person a record points to, or ''."""
    return next((found for key in stock.keys.values() if (found := parse_id(row.get(key)))), "")
