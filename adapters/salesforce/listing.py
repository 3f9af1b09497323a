"""List people: all of them, the changed ones, how many there are, and who has an e-mail address."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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
_FRESH_SECONDS: Final = 60.0
"""How long what was read to count may serve as the beginning of a list."""
_LATE: Final = timedelta(minutes=10)
"""A change is stamped before it is committed: one that took long shows up behind the newest ones (seen by others)."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Hold how many people there are, None when Salesforce does not tell, and the first page of each object's ids."""

    total: int | None
    first: Mapping[PersonObject, Answer]
    read_at: float


class Listing:
    """Ask for ids of living people."""

    def __init__(self, gateway: Gateway, layout: Layout, schema: Schema, clock: Callable[[], float]) -> None:
        self.gateway = gateway
        self.layout = layout
        self.schema = schema
        self._clock = clock
        self._opening: Opening | None = None

    def objects(self) -> list[PersonObject]:
        """Return the kinds of people this organisation shows us."""
        self.schema.load(self.layout.objects)
        return [sobject for sobject in PERSON_OBJECTS if self.schema.object(sobject) is not None]

    def count(self) -> int | None:
        """Count living people in one call; None when Salesforce does not tell. What it reads serves the next `open`."""
        self._opening = self._read_opening()
        return self._opening.total

    def open(self) -> Opening:
        """Return the beginning of a list: the one that was just counted, or a new one."""
        opening, self._opening = self._opening, None
        if opening is None or self._clock() - opening.read_at > _FRESH_SECONDS:
            return self._read_opening()
        return opening

    def _read_opening(self) -> Opening:
        """Count, and read the first ids, in one call."""
        read_at, objects = self._clock(), self.objects()
        counts = [Query(soql.count(sobject, *self.layout.living(sobject))) for sobject in objects]
        answers = self.gateway.ask([*counts, *(self._page(sobject, "") for sobject in objects)], "list")
        raise_what_ends_the_run([answer.error for answer in answers if answer.error])
        totals = [answer.total for answer in answers[: len(objects)]]
        known = [total for total in totals if total is not None]
        first = dict(zip(objects, answers[len(objects) :], strict=True))
        return Opening(sum(known) if len(known) == len(totals) else None, first, read_at)

    def all_ids(self, opening: Opening) -> Iterator[str]:
        """Yield every living person's id, by id order: no cursor that could end, and no page read twice."""
        for sobject, answer in opening.first.items():
            last = ""
            while True:
                raise_first([answer])
                ids = [row.id for row in answer.rows if row.id and row.id != last]
                yield from ids
                if len(answer.rows) < _PAGE or not ids:
                    break
                last = ids[-1]
                answer = self.gateway.ask([self._page(sobject, last)], "list")[0]

    def _page(self, sobject: PersonObject, last: str) -> Query:
        after = f"Id > {soql.literal(last)}" if last else ""
        return Query(soql.select(("Id",), sobject, *self.layout.living(sobject), after, order_by="Id", limit=_PAGE))

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


def raise_first(answers: Sequence[Answer]) -> None:
    """Raise the first failure: half a list is none."""
    errors = [answer.error for answer in answers if answer.error is not None]
    raise_what_ends_the_run(errors)
    for error in errors:
        raise error
