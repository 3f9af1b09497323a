"""List people: all of them, the changed ones, how many there are, and who has an e-mail address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from adapters.salesforce import soql
from adapters.salesforce.evidence import holder_of
from adapters.salesforce.gateway import Answer, Gateway, Query, raise_what_ends_the_run
from adapters.salesforce.ids import PERSON_OBJECTS, PersonObject, parse_id, person_object
from adapters.salesforce.layout import Layout
from adapters.salesforce.schema import Schema
from adapters.salesforce.soql import LONGEST_LITERAL

_PAGE: Final = 2_000
_LATE: Final = timedelta(minutes=10)
"""A change is stamped before it is committed: one that took long shows up behind the newest ones (seen by others)."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Ask for ids of living people."""

    gateway: Gateway
    layout: Layout
    schema: Schema

    def objects(self) -> list[PersonObject]:
        """Return the kinds of people this organisation shows us."""
        self.schema.load(self.layout.objects)
        return [sobject for sobject in PERSON_OBJECTS if self.schema.object(sobject) is not None]

    def all_ids(self) -> Iterator[str]:
        """Yield every living person's id, by id order: no cursor that could end, and no page read twice."""
        for sobject in self.objects():
            last = ""
            while True:
                after = f"Id > {soql.literal(last)}" if last else ""
                query = soql.select(("Id",), sobject, *self.layout.living(sobject), after, order_by="Id", limit=_PAGE)
                rows = self._answer(Query(query), "list").rows
                ids = [row.id for row in rows if row.id and row.id != last]
                yield from ids
                if len(rows) < _PAGE or not ids:
                    break
                last = ids[-1]

    def count(self) -> int | None:
        """Count living people in one call; None when Salesforce does not tell."""
        queries = [Query(soql.count(sobject, *self.layout.living(sobject))) for sobject in self.objects()]
        answers = self.gateway.ask(queries, "count")
        raise_what_ends_the_run([answer.error for answer in answers if answer.error])
        if any(answer.total is None for answer in answers):
            return None
        return sum(answer.total or 0 for answer in answers)

    def changed_ids(self, since: datetime) -> Iterator[str]:
        """Yield the ids of people who changed, or something about whom was recorded, since an instant."""
        changed = f"SystemModstamp >= {soql.literal(since - _LATE)}"
        objects = self.objects()
        queries = [Query(soql.select(("Id",), sobject, *self.layout.living(sobject), changed)) for sobject in objects]
        stocks = [stock for stock in self.layout.stocks if self.schema.has(stock.sobject, "SystemModstamp")]
        for stock in stocks:
            keys = list(dict.fromkeys(stock.keys.values()))
            query = soql.select(("Id", *keys), stock.sobject, changed)
            queries.append(Query(query, everything=stock.everything))
        answers = self.gateway.ask(queries, "changed")
        raise_first(answers)
        seen: set[str] = set()
        for number, answer in enumerate(answers):
            for row in answer.rows:
                found = row.id if number < len(objects) else holder_of(row, stocks[number - len(objects)])
                if found and found not in seen and person_object(found):
                    seen.add(found)
                    yield found

    def find(self, email: str) -> str | None:
        """Find a person by e-mail: a contact before a lead, the one that changed last before others."""
        wanted = email.strip()
        if not wanted or len(wanted) > LONGEST_LITERAL:
            return None
        objects = sorted(self.objects())  # contacts first
        queries = [
            Query(
                soql.select(
                    ("Id",), sobject, f"Email = {soql.literal(wanted)}", *self.layout.living(sobject),
                    order_by="LastModifiedDate", limit=_PAGE,
                )
            )
            for sobject in objects
        ]  # fmt: skip
        answers = self.gateway.ask(queries, "find")
        raise_first(answers)
        found = [parse_id(answer.rows[-1].id) for answer in answers if answer.rows]
        return found[0] if found else None

    def _answer(self, query: Query, purpose: str) -> Answer:
        answer = self.gateway.ask([query], purpose)[0]
        raise_first([answer])
        return answer


def raise_first(answers: list[Answer]) -> None:
    """Raise the first failure: half a list is none."""
    errors = [answer.error for answer in answers if answer.error is not None]
    raise_what_ends_the_run(errors)
    for error in errors:
        raise error
