"""Ask Salesforce many questions at once and account for every answer: composites, their pages, their failures."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final, TypeAlias

from adapters.fanout import Fanout, ends_the_run
from adapters.http import HttpClient, NotSentError
from adapters.pieces import chunks
from adapters.salesforce.api import QUERIES_PER_COMPOSITE, SalesforceApi, Subrequest
from adapters.salesforce.failures import BAD_CURSOR, ODD_ID, TOO_LARGE, UNREADABLE
from adapters.salesforce.replies import Page, Row, is_whole_page, parse_composite, parse_page
from connector.errors import AccessError, CrmError, LockedError, RateLimitedError, UnavailableError

_ROUNDS: Final = 4
_FIRST_WAIT_SECONDS: Final = 0.5
_RESTARTS: Final = 3
"""A cursor lives for two days, but only so many of them for a user at once (documented)."""
_SMALLEST_FAILING_PIECE: Final = 100
"""A piece this small that still gets no answer at all fails for another reason than its size."""
_MOST_PAGES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Query:
    """Hold one query; `everything` asks for deleted and archived records, too."""

    soql: str = field(repr=False)
    everything: bool = False

    @property
    def identified(self) -> bool:
        """Say whether every record is asked for its id."""
        return self.soql.startswith(("SELECT Id,", "SELECT Id "))


@dataclass(slots=True)
class Answer:
    """Hold all rows of one query, all pages of it, or its error.

    `children` are the rows of its subqueries, by relationship, each with the id of its parent.
    """

    rows: list[Row] = field(default_factory=list)
    children: dict[str, list[tuple[str, Row]]] = field(default_factory=dict)
    total: int | None = None
    error: CrmError | None = None


@dataclass(frozen=True, slots=True)
class Aside:
    """Hold a query that travels with others to save a call, and who hears its answer."""

    query: Query
    learn: Callable[[Answer], None]


@dataclass(frozen=True, slots=True)
class _Errand:
    """Fetch one page for an answer: of its own rows, or of one parent's children."""

    url: str
    answer: Answer
    relationship: str | None = None
    parent_id: str = ""
    identified: bool = False


_Fetch: TypeAlias = Callable[[Sequence[Sequence[_Errand]], str], list[list[object | CrmError]]]


class Gateway:
    """Turn queries into accounted answers."""

    def __init__(
        self, http: HttpClient, api: SalesforceApi, fanout: Fanout, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.http = http
        self.api = api
        self.fanout = fanout
        self._sleep = sleep

    def rest(self, seconds: float) -> None:
        """Leave an organisation that is slow alone for a moment."""
        self._sleep(seconds)

    def ask(self, queries: Sequence[Query], purpose: str) -> list[Answer]:
        """Answer queries in as few calls as Salesforce permits, with all their pages.

        Raises what ends the run, and what keeps a whole call from being answered; the failure of one query is in its
        answer. A query whose cursor is gone is asked anew.
        """
        return self._ask(chunks(queries, QUERIES_PER_COMPOSITE), purpose, self._in_turn)

    def ask_side_by_side(self, groups: Sequence[Sequence[Query]], purpose: str) -> list[list[Answer]]:
        """Answer groups of at most five queries, a call per group and many at once; their further pages share calls.

        Raises only what ends the run: the failure of a call is in the answers of its queries.
        """
        answers = iter(self._ask(groups, purpose, self._at_once))
        return [list(islice(answers, len(group))) for group in groups]

    def _ask(self, groups: Sequence[Sequence[Query]], purpose: str, fetch: _Fetch) -> list[Answer]:
        queries = [query for group in groups for query in group]
        answers = self._ask_once(groups, purpose, fetch)
        for _ in range(_RESTARTS):
            lost = [place for place, answer in enumerate(answers) if answer.error and answer.error.code == BAD_CURSOR]
            if not lost:
                break
            anew = chunks([queries[place] for place in lost], QUERIES_PER_COMPOSITE)
            for place, answer in zip(lost, self._ask_once(anew, purpose, fetch), strict=True):
                answers[place] = answer
        return answers

    def _ask_once(self, groups: Sequence[Sequence[Query]], purpose: str, fetch: _Fetch) -> list[Answer]:
        batches: Sequence[Sequence[_Errand]] = [[self._first_errand(query) for query in group] for group in groups]
        answers = [errand.answer for batch in batches for errand in batch]
        for _ in range(_MOST_PAGES):
            if not batches:
                break
            bodies = fetch(batches, purpose)
            further = [_account(batch, of_batch) for batch, of_batch in zip(batches, bodies, strict=True)]
            batches = chunks([errand for errands in further for errand in errands], QUERIES_PER_COMPOSITE)
        return answers

    def _first_errand(self, query: Query) -> _Errand:
        url = self.api.query_url(query.soql, everything=query.everything)
        return _Errand(url, Answer(), identified=query.identified)

    def _in_turn(self, batches: Sequence[Sequence[_Errand]], purpose: str) -> list[list[object | CrmError]]:
        return [self._fetch(batch, purpose) for batch in batches]

    def _at_once(self, batches: Sequence[Sequence[_Errand]], purpose: str) -> list[list[object | CrmError]]:
        outcomes = self.fanout.map(lambda batch: self._fetch(batch, purpose), batches)
        raise_what_ends_the_run(outcomes)
        return [
            [outcome] * len(batch) if isinstance(outcome, CrmError) else outcome
            for batch, outcome in zip(batches, outcomes, strict=True)
        ]

    def _fetch(self, batch: Sequence[_Errand], purpose: str) -> list[object | CrmError]:
        """Fetch the pages of a batch in one composite; one that cannot be read whole is fetched again, too."""
        pages = [Subrequest("GET", errand.url) for errand in batch]
        return self.composite(
            pages, purpose, is_whole=lambda place, body: is_whole_page(body, identified=batch[place].identified)
        )

    def composite(
        self,
        subrequests: Sequence[Subrequest],
        purpose: str,
        *,
        repeatable: bool = True,
        is_whole: Callable[[int, object], bool] = lambda place, body: True,
    ) -> list[object | CrmError]:
        """Send subrequests as one call and return body or error of each; passing failures are tried again.

        Only what failed is sent again, and what is not whole. With `repeatable` False nothing is: a part may have
        been done.
        """
        outcomes: list[object | CrmError] = [UnavailableError("not asked")] * len(subrequests)
        pending = list(range(len(subrequests)))
        for number in range(_ROUNDS):
            if number:
                self._sleep(_FIRST_WAIT_SECONDS * 2**number)
            request = self.api.composite([subrequests[place] for place in pending], purpose, repeatable=repeatable)
            bodies = parse_composite(self.http.send(request), len(pending))
            for place, body in zip(pending, bodies, strict=True):
                outcomes[place] = body if isinstance(body, CrmError) or is_whole(place, body) else _illegible()
            raise_what_ends_the_run(bodies)
            pending = [place for place in pending if repeatable and _is_passing(outcomes[place])]
            if not pending:
                break
        return outcomes


def _account(batch: Sequence[_Errand], bodies: Sequence[object | CrmError]) -> list[_Errand]:
    """Add pages to their answers; return the errands for the pages after them."""
    further: list[_Errand] = []
    for errand, body in zip(batch, bodies, strict=True):
        if isinstance(body, CrmError):
            errand.answer.error = errand.answer.error or body
        else:
            further += _book(errand, parse_page(body))
    return [errand for errand in further if errand.answer.error is None]


def _book(errand: _Errand, page: Page) -> list[_Errand]:
    """Add a page to its answer; return what remains to be fetched."""
    further: list[_Errand] = []
    answer = errand.answer
    if errand.relationship is None:
        answer.rows += page.rows
        answer.total = page.total if answer.total is None else answer.total
        for row in page.rows:
            for relationship, children in row.children.items():
                further += _book(_Errand("", answer, relationship, row.id), children)
    else:
        known = answer.children.setdefault(errand.relationship, [])
        known += [(errand.parent_id, row) for row in page.rows]
    if page.next_url is not None and page.next_url != errand.url:
        further.append(replace(errand, url=page.next_url))
    return further


def _illegible() -> CrmError:
    return UnavailableError("Salesforce sent records that cannot be read", code=UNREADABLE)


def _is_passing(outcome: object | CrmError) -> bool:
    """Say whether asking the same again may help: not a question too large, and not a cursor that is gone."""
    if isinstance(outcome, RateLimitedError):
        return outcome.scope == "burst"
    return isinstance(outcome, LockedError | UnavailableError) and outcome.code not in (*TOO_LARGE, BAD_CURSOR)


def raise_what_ends_the_run(outcomes: Sequence[object | CrmError]) -> None:
    for outcome in outcomes:
        if isinstance(outcome, CrmError) and ends_the_run(outcome):
            raise outcome


def is_too_large(error: CrmError, size: int) -> bool:
    """Say whether a smaller piece may be answered where this one was not."""
    if size < 2 or isinstance(error, NotSentError | AccessError):
        return False
    if error.code in TOO_LARGE or error.code in ODD_ID or error.code == BAD_CURSOR:
        return True
    return isinstance(error, UnavailableError) and error.status is None and size > _SMALLEST_FAILING_PIECE
