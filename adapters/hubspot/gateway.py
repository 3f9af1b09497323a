"""Read and account: every id asked for comes back as found, missing or failed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from adapters.exchange import Request
from adapters.fanout import Fanout, ends_the_run
from adapters.http import HttpClient, NotSentError
from adapters.hubspot.api import ASSOCIATION_BATCH, BATCH, HISTORY_BATCH, HubSpotApi
from adapters.hubspot.failures import BLOCKED, UNKNOWN_OBJECT_TYPE, UNREADABLE
from adapters.hubspot.replies import (
    Batch,
    CrmRecord,
    ItemError,
    Page,
    is_linked,
    is_named,
    is_record,
    is_whole,
    linked_ids,
    parse_after,
    parse_batch,
    parse_page,
    parse_record,
    to_id,
)
from adapters.json_body import dig
from adapters.pieces import chunks, halves
from connector.errors import CrmError, GoneError, RejectedError, RetryableError, UnavailableError

_ROUNDS: Final = 3
_NOT_DONE: Final = ("PENDING", "PROCESSING", "CANCELED")
"""What a batch may say of itself instead of COMPLETE. Source: HubSpot's public API specification, read 2026-11."""
_SMALLEST_FAILING_PIECE: Final = 100
"""A piece this small that still gets no answer fails for another reason than its size."""
_LONGEST_PAGING: Final = 10_000


@dataclass(slots=True)
class Found:
    """Account for the ids of a batch read. `strays` are records HubSpot sent in place of ids asked for."""

    records: dict[str, CrmRecord] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    failed: dict[str, CrmError] = field(default_factory=dict)
    strays: list[CrmRecord] = field(default_factory=list)

    def merge(self, other: Found) -> None:
        self.records.update(other.records)
        self.missing |= other.missing
        self.failed.update(other.failed)
        self.strays += other.strays


@dataclass(frozen=True, slots=True)
class ReadJob:
    """Ask for records of one object type by id."""

    object_type: str
    ids: Iterable[str]
    properties: Sequence[str]
    purpose: str
    history: Sequence[str] = ()

    @property
    def size(self) -> int:
        return HISTORY_BATCH if self.history else BATCH

    def build(self, api: HubSpotApi, ids: Sequence[str]) -> Request:
        return api.batch_read(self.object_type, ids, self.properties, purpose=self.purpose, history=self.history)


@dataclass(slots=True)
class Links:
    """Account for an association read: linked ids per id asked for, and the ids that could not be read."""

    to_ids: dict[str, list[str]] = field(default_factory=dict)
    failed: dict[str, CrmError] = field(default_factory=dict)

    def merge(self, other: Links) -> None:
        for object_id, linked in other.to_ids.items():
            self.to_ids[object_id] = list(dict.fromkeys([*self.to_ids.get(object_id, ()), *linked]))
        self.failed.update(other.failed)


class Gateway:
    """Turn requests into accounted answers, many side by side."""

    def __init__(self, http: HttpClient, api: HubSpotApi, fanout: Fanout) -> None:
        self.http = http
        self.api = api
        self.fanout = fanout

    def send(self, request: Request) -> object:
        return self.http.send(request)

    def pages(self, build: Callable[[str | None], Request], *, start: str | None = None) -> Iterator[Page]:
        """Follow a paging cursor to its end; a cursor that repeats itself ends it too."""
        after, seen = start, set[str]()
        for _ in range(_LONGEST_PAGING):
            page = parse_page(self._send_until(_is_list, build(after)))
            yield page
            if page.after is None or page.after in seen:
                return
            seen.add(page.after)
            after = page.after

    def whole_page(self, request: Request, is_sound: Callable[[Mapping[str, object]], bool] = is_named) -> Page:
        """Return a page of records; one that cannot be read whole is asked for again, never taken for a shorter one."""
        return parse_page(self._send_until(lambda found: _is_list(found) and is_whole(found, is_sound), request))

    def _send_until(self, is_answer: Callable[[object], bool], request: Request) -> object:
        """Send until the reply is an answer at all. Raises UnavailableError when none comes."""
        for _ in range(_ROUNDS):
            document = self.send(request)
            if is_answer(document):
                return document
        raise UnavailableError("HubSpot's answer cannot be read", code=UNREADABLE)

    def read(self, jobs: Sequence[ReadJob]) -> list[Found]:
        """Read records by id, all jobs side by side, in as few calls as HubSpot permits.

        Raises only what ends the run; every other failure is booked to its ids.
        """
        found = [Found() for _ in jobs]
        pieces = [
            (book, job, piece)
            for book, job in zip(found, jobs, strict=True)
            for piece in chunks(list(dict.fromkeys(job.ids)), job.size)
        ]
        outcomes = self.fanout.map(lambda task: self._read_piece(task[1], task[2]), pieces)
        for (book, _, piece), outcome in zip(pieces, outcomes, strict=True):
            if isinstance(outcome, CrmError):
                raise_if_ends_the_run(outcome)
                outcome = Found(failed=dict.fromkeys(piece, outcome))
            book.merge(outcome)
        return found

    def _read_piece(self, job: ReadJob, ids: Sequence[str]) -> Found:
        """Read one piece, repeating what HubSpot left unsaid, and halving what it refuses as a whole."""
        found, pending = Found(), list(ids)
        for _ in range(_ROUNDS):
            if not pending:
                break
            try:
                document = self._send_until(_is_batch, job.build(self.api, pending))
            except (RejectedError, GoneError) as error:
                if not (about_some_items(error) or (isinstance(error, GoneError) and job.object_type == "contacts")):
                    raise
                if len(pending) == 1:
                    self._book_refusal(pending[0], error, found)
                    return found
                for half in halves(pending):
                    found.merge(self._read_piece(job, half))
                return found
            pending = _account(document, pending, found)
        for object_id in pending:
            found.failed[object_id] = UnavailableError("HubSpot answered neither with the record nor with a reason")
        return found

    @staticmethod
    def _book_refusal(object_id: str, error: CrmError, found: Found) -> None:
        if isinstance(error, GoneError):
            found.missing.add(object_id)
        else:
            found.failed[object_id] = error

    def associations(self, jobs: Sequence[tuple[str, Sequence[str]]], *, of: str = "contacts") -> dict[str, Links]:
        """Read what records are linked to: `jobs` are (object type, ids of `of`). Raises only what ends the run."""
        pieces = [(to, piece) for to, ids in jobs for piece in chunks(list(dict.fromkeys(ids)), ASSOCIATION_BATCH)]
        links: dict[str, Links] = {to: Links() for to, _ in jobs}
        outcomes = self.fanout.map(lambda job: self._links_of_piece(*job, of), pieces)
        for (to, piece), outcome in zip(pieces, outcomes, strict=True):
            if isinstance(outcome, CrmError):
                raise_if_ends_the_run(outcome)
                outcome = Links(failed=dict.fromkeys(piece, outcome))
            links[to].merge(outcome)
        return links

    def _links_of_piece(self, to: str, ids: Sequence[str], of: str) -> Links:
        try:
            return self._follow_links(to, ids, of)
        except CrmError as error:
            if not _worth_halving(error, len(ids)):
                raise
        links = Links()
        for half in halves(ids):
            try:
                links.merge(self._links_of_piece(to, half, of))
            except CrmError as error:
                if ends_the_run(error):
                    raise
                links.failed.update(dict.fromkeys(half, error))
        return links

    def _follow_links(self, to: str, ids: Sequence[str], of: str) -> Links:
        """Page through the links of many records at once, each by its own cursor."""
        links = Links({object_id: [] for object_id in ids})
        cursors: dict[str, str | None] = dict.fromkeys(ids)
        seen: set[tuple[str, str]] = set()
        doubts = 0
        while cursors:
            document = self._send_until(_is_batch, self.api.associations(to, cursors, of=of))
            batch = parse_batch(document)
            unsure = batch.unattributed() or not is_whole(document, is_linked)
            answered = {str(to_id(dig(item, "from", "id"))): item for item in batch.results if is_linked(item)}
            failed = _failed_items(batch, list(cursors))
            links.failed.update(failed)
            following: dict[str, str | None] = {}
            for object_id, item in answered.items():
                if object_id not in cursors:
                    continue
                links.merge(Links({object_id: linked_ids(item)}))
                after = parse_after(item)
                if after is not None and (object_id, after) not in seen:
                    seen.add((object_id, after))
                    following[object_id] = after
            if unsure and doubts < _ROUNDS:
                # Some input failed without a name, or was answered illegibly: whoever was not answered is asked again.
                doubts += 1
                following |= {i: cursor for i, cursor in cursors.items() if i not in answered and i not in failed}
            elif unsure:
                silent = [i for i in cursors if i not in answered and i not in failed]
                links.failed.update(dict.fromkeys(silent, UnavailableError("HubSpot left associations unanswered")))
            cursors = following
        return links


def _is_batch(document: object) -> bool:
    """Say whether a reply accounts for something, if only for nothing."""
    lists = (isinstance(dig(document, key), list) for key in ("results", "errors"))
    return isinstance(document, list) or (any(lists) and dig(document, "status") not in _NOT_DONE)


def _is_list(document: object) -> bool:
    """Say whether a reply lists something, if only nothing, and tells of no failure beside it."""
    if isinstance(document, list):
        return True
    return isinstance(dig(document, "results"), list) and _is_batch(document) and not dig(document, "errors")


def _account(document: object, pending: Sequence[str], found: Found) -> list[str]:
    """Book the answers of one round into `found`; return the ids to ask for again."""
    batch, wanted = parse_batch(document), set(pending)
    for record in (parse_record(item) for item in batch.results if is_record(item)):
        if record is None:
            continue
        if record.id in wanted:
            found.records[record.id] = record
        else:
            found.strays.append(record)
    again: list[str] = []
    spoken_of: set[str] = set()
    for item in batch.errors:
        named = named_ids(item, pending) - found.records.keys()
        spoken_of |= named
        if item.missing:
            found.missing |= named
        elif isinstance(item.error, RetryableError):
            again += sorted(named)
        else:
            found.failed.update(dict.fromkeys(named, item.error))
    silent = [i for i in pending if i not in found.records and i not in spoken_of]
    if not is_whole(document, is_record):
        return again + silent
    if len(pending) > 1 and batch.unattributed() and not all(item.missing for item in batch.errors):
        return again + silent
    # Documented and seen: ids that are missing, archived or merged away may be dropped without a word.
    found.missing.update(silent)
    return again


def named_ids(item: ItemError, inputs: Sequence[str]) -> set[str]:
    """Return which of the inputs an item error is about, by id, by position, or because there is no other."""
    if len(inputs) == 1:
        return set(inputs)
    return {i for i in inputs if i in item.ids} | {inputs[p] for p in item.positions if p < len(inputs)}


def _failed_items(batch: Batch, inputs: Sequence[str]) -> dict[str, CrmError]:
    """Return the inputs whose links could not be read; no links at all, or a contact gone by now, is an answer."""
    return {
        object_id: item.error
        for item in batch.errors
        if not item.no_associations and not item.missing
        for object_id in named_ids(item, inputs)
    }


def about_some_items(error: CrmError) -> bool:
    """Say whether a refusal may concern single items: then halves are tried, and in the end single items."""
    if isinstance(error, GoneError):
        return error.code is not None and "OBJECT_NOT_FOUND" in error.code
    if isinstance(error, UnavailableError):
        return error.code == BLOCKED  # a firewall may dislike one person's text
    return error.status not in (405, 501) and error.code != UNKNOWN_OBJECT_TYPE


def _worth_halving(error: CrmError, size: int) -> bool:
    if isinstance(error, RejectedError):
        return size > 1 and about_some_items(error)
    return (
        isinstance(error, UnavailableError) and not isinstance(error, NotSentError) and (size > _SMALLEST_FAILING_PIECE)
    )


def raise_if_ends_the_run(error: CrmError) -> None:
    if ends_the_run(error):
        raise error
