"""Read Salesforce documents into values, forgiving everything that still has one meaning."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from adapters.exchange import Reply
from adapters.json_body import dig
from adapters.salesforce.failures import DUPLICATE, UNREADABLE, classify_body, classify_item
from adapters.salesforce.ids import ID, parse_id
from connector.errors import CrmError, UnavailableError

_ID_IN_TEXT: Final = re.compile(r"\b[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?$")
_WHOLE: Final = re.compile(r"\.0+$")
_SUCCESSES: Final = (200, 201, 202, 204)


@dataclass(frozen=True, slots=True)
class Row:
    """Hold one record: texts by field name, parents' fields under dotted names, child records by relationship."""

    fields: Mapping[str, str | None] = field(repr=False)
    children: Mapping[str, Page] = field(default_factory=dict, repr=False)

    def get(self, name: str) -> str:
        """Return a field's text; absent and null are ''."""
        return self.fields.get(name) or ""

    @property
    def id(self) -> str:
        return parse_id(self.get("Id")) or ""


@dataclass(frozen=True, slots=True)
class Page:
    """Hold one page of records and where the next one is."""

    rows: tuple[Row, ...] = ()
    next_url: str | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """Say what became of one record of a collection: its id, or an error; `holder` has a value we wanted."""

    id: str | None = None
    error: CrmError | None = None
    holder: str | None = None


def to_text(value: object) -> str | None:
    """Return a field's value as text, whatever JSON type it came in."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return None


def is_true(text: str | None) -> bool:
    return (text or "").strip().lower() == "true"


def parse_page(document: object) -> Page:
    """Read the answer of a query."""
    records = dig(document, "records")
    found = records if isinstance(records, list) else []
    following, total = dig(document, "nextRecordsUrl"), dig(document, "totalSize")
    return Page(
        tuple(parse_row(record) for record in found if isinstance(record, Mapping)),
        following if isinstance(following, str) and following and dig(document, "done") is not True else None,
        total if isinstance(total, int) and not isinstance(total, bool) else None,
    )


def is_whole_page(document: object, *, identified: bool) -> bool:
    """Say whether all of a query's page can be read: what is skipped over would count as not there.

    `identified`: every record was asked for its id.
    """
    records, following = dig(document, "records"), dig(document, "nextRecordsUrl")
    if records is None and not identified:
        return isinstance(dig(document, "totalSize"), int)  # a count lists nothing
    if not isinstance(records, list) or not all(_is_whole_record(record, identified) for record in records):
        return False
    return dig(document, "done") is not False or (isinstance(following, str) and following != "")


def _is_whole_record(record: object, identified: bool) -> bool:
    if not isinstance(record, Mapping) or (identified and parse_id(record.get("Id")) is None):
        return False
    children = (value for value in record.values() if isinstance(value, Mapping) and "records" in value)
    return all(is_whole_page(page, identified=False) for page in children)


def parse_row(record: Mapping[str, object]) -> Row:
    fields: dict[str, str | None] = {}
    children: dict[str, Page] = {}
    _read_into(record, "", fields, children)
    return Row(fields, children)


def _read_into(
    record: Mapping[str, object], prefix: str, fields: dict[str, str | None], children: dict[str, Page]
) -> None:
    for key, value in record.items():
        if key == "attributes":
            continue
        if not isinstance(value, Mapping):
            fields[f"{prefix}{key}"] = to_text(value)
        elif "records" in value:
            children[key] = parse_page(value)
        else:
            _read_into(value, f"{prefix}{key}.", fields, children)


def parse_composite(document: object, count: int) -> list[object | CrmError]:
    """Return the body or the error of each of `count` subrequests, in their order.

    A subrequest without an answer is an error like any other: nobody may be taken for somebody without a past.
    """
    answers = dig(document, "compositeResponse")
    by_reference = {
        str(answer.get("referenceId")): answer
        for answer in (answers if isinstance(answers, list) else ())
        if isinstance(answer, Mapping)
    }
    return [_parse_answer(by_reference.get(f"part{place}")) for place in range(count)]


def _parse_answer(answer: Mapping[str, object] | None) -> object | CrmError:
    if answer is None:
        return UnavailableError("Salesforce left a part of the request unanswered", code=UNREADABLE)
    status = answer.get("httpStatusCode")
    body = answer.get("body")
    if isinstance(status, int) and status in _SUCCESSES:
        return body
    return classify_body(body, status if isinstance(status, int) else 500, {})


def parse_saved(document: object, count: int) -> list[Saved]:
    """Return what became of each of `count` records, in their order."""
    items = document if isinstance(document, list) else dig(document, "results")
    results = items if isinstance(items, list) else []
    if len(results) != count:
        unclear = Saved(error=UnavailableError("Salesforce did not answer for every record", code=UNREADABLE))
        return [unclear] * count
    return [_parse_saved(item) for item in results]


def _parse_saved(item: object) -> Saved:
    if not isinstance(item, Mapping):
        return Saved(error=UnavailableError("Salesforce sent an unreadable result", code=UNREADABLE))
    record_id = parse_id(item.get("id"))
    if item.get("success") is True:
        return Saved(record_id)
    errors = item.get("errors")
    return Saved(record_id, classify_item(errors), _holder(errors))


def _holder(errors: object) -> str | None:
    """Return the id that Salesforce's message about a duplicate value ends with."""
    for error in errors if isinstance(errors, list) else ():
        if isinstance(error, Mapping) and error.get("statusCode") == DUPLICATE:
            found = _ID_IN_TEXT.search(str(error.get("message") or "").strip())
            return parse_id(found.group()) if found else None
    return None


def parse_csv(reply: Reply, numbers: frozenset[str] = frozenset()) -> Iterator[Row]:
    """Read one page of bulk results; quoted fields may hold line ends, and NUL bytes are dropped.

    `numbers` are the fields whose whole numbers are written as `42.0` here and as 42 in JSON. Raises UnavailableError
    for a row that is cut off, and for fewer rows than the reply says there are.
    """
    text = reply.body.decode("utf-8-sig", "replace").replace("\x00", "")
    rows = csv.reader(io.StringIO(text, newline=""))
    names = next(rows, [])
    read = 0
    for values in filter(None, rows):
        if len(values) != len(names):
            raise _cut_off()
        read += 1
        named = zip(names, values, strict=True)
        yield Row({name: (_WHOLE.sub("", text) if name in numbers else text) or None for name, text in named})
    stated = reply.headers.get("sforce-numberofrecords", "")
    if stated.isdecimal() and read < int(stated):
        raise _cut_off()


def _cut_off() -> UnavailableError:
    return UnavailableError("Salesforce sent the results of a bulk query cut off", code=UNREADABLE)


def locator_of(reply: Reply) -> str | None:
    """Return where the next page of bulk results starts.

    Source: Bulk API 2.0 guide, "Get Results for a Query Job", read 2026-11 (documented): the text `null` at the end.
    """
    locator = reply.headers.get("sforce-locator", "").strip()
    return None if locator in ("", "null") else locator


def identity_of(document: object) -> tuple[str | None, str | None]:
    """Return organisation and user of a token's identity URL, `…/id/ORGANISATION/USER`."""
    url = dig(document, "id")
    parts = url.rstrip("/").split("/")[-2:] if isinstance(url, str) else []
    if len(parts) != 2 or not all(ID.fullmatch(part) for part in parts):
        return None, None
    return parse_id(parts[0]), parse_id(parts[1])
