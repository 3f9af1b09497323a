"""Tell records: in pages with cursors, in the words and the order of an organisation's habits."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tests.contract.other_salesforce.catalogue import NUMBERS
from tests.contract.other_salesforce.org import Item, Org
from tests.contract.other_salesforce.query import Column, Found, columns_of, read, select
from tests.contract.other_salesforce.replies import Json, Reply, refuse
from tests.contract.other_salesforce.values import Kept, tell_moment


@dataclass
class Cursors:
    """Hold what is left of answers that did not fit a page; a cursor may be lost."""

    rest: dict[str, tuple[list[Json], int]] = field(default_factory=dict)
    made: int = 0
    lost: bool = False

    def keep(self, records: list[Json], total: int) -> str:
        self.made += 1
        key = f"01g7Q0000{self.made:06d}QAU-{total - len(records)}"
        self.rest[key] = (records, total)
        return key


def first_page(org: Org, cursors: Cursors, found: Found, version: str, *, everything: bool) -> Reply:
    """Answer a query with its first page."""
    if found.counts:
        return Reply(200, {"totalSize": len(found.items), "done": True, "records": []})
    teller = Teller(org, cursors, version, everything=everything)
    records = [teller.record(item, found) for item in found.items]
    return Reply(200, teller.page(records, len(records), org.habits.page))


def next_page(org: Org, cursors: Cursors, key: str, version: str) -> Reply:
    if cursors.lost or key not in cursors.rest:
        raise refuse(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
    records, total = cursors.rest[key]
    teller = Teller(org, cursors, version, everything=False)
    return Reply(200, teller.page(records, total, org.habits.page))


@dataclass(frozen=True)
class Teller:
    """Write records as JSON."""

    org: Org
    cursors: Cursors
    version: str
    everything: bool

    def page(self, records: list[Json], total: int, size: int) -> Json:
        shown, rest = records[:size], records[size:]
        body: Json = {"totalSize": total, "done": not rest, "records": shown}
        if rest:
            path = self.org.habits.cursor_path
            body["nextRecordsUrl"] = f"/services/data/{self.version}/{path}/{self.cursors.keep(rest, total)}"
        return self._reordered(body)

    def record(self, item: Item, found: Found) -> Json:
        told = self._with_columns(item, found.columns)
        for name, key, query in found.children:
            described = self.org.described(query.source)
            mine = [one for one in select(self.org, described, query, everything=self.everything)
                    if one.values.get(key) == item.id]  # fmt: skip
            columns = columns_of(self.org, query)
            rows = [self._with_columns(one, columns) for one in mine]
            told[name] = self.page(rows, len(rows), self.org.habits.child_page) if rows else None
        return self._reordered(told)

    def _with_columns(self, item: Item, columns: tuple[Column, ...]) -> Json:
        told: Json = {"attributes": self._attributes(item)}
        for column in columns:
            here, at = told, item
            for key in column.parents:
                following = self.org.find(str(at.values.get(key))) if at.values.get(key) else None
                relation = self.org.objects[at.sobject].fields[key].relation or key
                if following is None:
                    here.setdefault(relation, None)
                    break
                here = here.setdefault(relation, self._parent(following))
                at = following
            else:
                self._put(here, column.field, at)
        return self._reordered(told)

    def _parent(self, item: Item) -> Json:
        return {"attributes": self._attributes(item)} if self.org.habits.parents_have_attributes else {}

    def _put(self, here: Json, name: str, item: Item) -> None:
        value = self._value(item, name, read(self.org, item, Column((), name)))
        if value is not None or self.org.habits.nulls == "null":
            here[name] = value

    def _value(self, item: Item, name: str, value: Kept) -> Any:
        described = self.org.objects[item.sobject].fields.get(name)
        if isinstance(value, datetime):
            return tell_moment(value, self.org.habits.instants)
        if isinstance(value, date):
            return value.isoformat()
        if described is not None and described.kind in ("id", "reference") and isinstance(value, str):
            return value if self.org.habits.long_ids else value[:15]
        if described is not None and described.kind in NUMBERS and isinstance(value, float | int):
            whole = self.org.habits.whole_numbers == "42" and float(value).is_integer()
            return int(value) if whole else float(value)
        return value

    def _attributes(self, item: Item) -> Json:
        url = f"/services/data/{self.version}/sobjects/{item.sobject}/{item.id}"
        more = {"referenceId": item.id, "deprecated": False} if self.org.habits.chatty else {}
        return {"type": item.sobject, "url": url, **more}

    def _reordered(self, told: Json) -> Json:
        if self.org.habits.chatty:
            told = {**told, "@serverTime": 17, "extra": {"nested": {"why": None}}}
        if not self.org.habits.shuffled:
            return told
        names = list(told)
        random.Random(len(names)).shuffle(names)
        return {name: told[name] for name in names}
