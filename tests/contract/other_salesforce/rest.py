"""The REST endpoints, and composites of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from tests.contract.other_salesforce import query, records, telling
from tests.contract.other_salesforce.bulk import Jobs
from tests.contract.other_salesforce.describing import describe
from tests.contract.other_salesforce.mischief import Mischief
from tests.contract.other_salesforce.org import Org
from tests.contract.other_salesforce.replies import Json, RefusalError, Reply, Request, error, refuse
from tests.contract.other_salesforce.telling import Cursors

Route = Callable[["Rest", Request, dict[str, str]], Reply]
LONGEST_LINE: Final = 16_384
MOST_PARTS: Final = 25
MOST_QUERIES: Final = 5
_T: Final = r"(?P<t>\w+)"
_ROUTES: list[tuple[re.Pattern[str], Route]] = []


@dataclass
class Rest:
    """Answer the calls of a session that is good."""

    org: Org
    mischief: Mischief
    cursors: Cursors = field(default_factory=Cursors)
    jobs: Jobs = field(default_factory=Jobs)

    def answer(self, request: Request) -> Reply:
        if not request.nested and len(request.path) + sum(len(v) for vs in request.query.values() for v in vs) > (
            LONGEST_LINE
        ):
            return error(414, "URI_TOO_LONG", "URI Too Long")
        try:
            return self._route(request)
        except RefusalError as refusal:
            return refusal.reply

    def _route(self, request: Request) -> Reply:
        versioned = re.fullmatch(r"/services/data/v(?P<v>\d+\.0)(?P<rest>/.*)", request.path)
        if versioned is None:
            raise refuse(404, "NOT_FOUND", "The requested resource does not exist")
        if float(versioned["v"]) <= 30:
            raise refuse(410, "UNSUPPORTED_API_VERSION", "The requested API version is no longer available")
        line = f"{request.method} {versioned['rest'].rstrip('/')}"
        for pattern, route in _ROUTES:
            found = pattern.fullmatch(line)
            if found:
                named = {name: unquote(value) for name, value in found.groupdict().items() if value}
                return route(self, request, {**named, "v": f"v{versioned['v']}"})
        raise refuse(404, "NOT_FOUND", f"The requested resource does not exist: {line}")


def _serve(pattern: str, route: Route) -> None:
    _ROUTES.append((re.compile(pattern), route))


def _query(rest: Rest, request: Request, named: dict[str, str]) -> Reply:
    everything = named["how"] == "queryAll"
    found = query.run(rest.org, request.one("q") or "", everything=everything)
    return telling.first_page(rest.org, rest.cursors, found, named["v"], everything=everything)


def _composite(rest: Rest, request: Request, named: dict[str, str]) -> Reply:
    """Answer every part for itself; the whole is a 200 whatever became of the parts."""
    parts = request.body.get("compositeRequest") if isinstance(request.body, dict) else None
    if not isinstance(parts, list) or not parts:
        raise refuse(400, "REQUIRED_FIELD_MISSING", "compositeRequest is required")
    references = [part.get("referenceId") for part in parts]
    if len(parts) > MOST_PARTS or len(set(references)) != len(references):
        raise refuse(400, "LIMIT_EXCEEDED", "too many subrequests, or a reference that is used twice")
    if sum(is_heavy(part["url"]) for part in parts) > MOST_QUERIES:
        raise refuse(400, "LIMIT_EXCEEDED", f"cannot have more than {MOST_QUERIES} query or collection subrequests")
    answers: list[Json] = []
    for part in parts:
        inner = request.part(part["method"], part["url"], part.get("body"), part.get("httpHeaders") or {})
        mishap = rest.mischief.mishap(f"part {describe_call(inner)}")
        reply = mishap.reply() if mishap is not None else rest.answer(inner)
        answers.append({"body": reply.body, "httpHeaders": {}, "httpStatusCode": reply.status,
                        "referenceId": part["referenceId"]})  # fmt: skip
    if rest.org.habits.shuffled:
        answers.reverse()
    return Reply(200, {"compositeResponse": answers})


def is_heavy(url: str) -> bool:
    return re.search(r"/(query|queryAll|composite/sobjects)\b", url.partition("?")[0]) is not None


_serve(r"GET /(?P<how>query|queryAll)", _query)
_serve(
    r"GET /(query|queryAll)/(?P<key>[\w-]+)",
    lambda rest, _, named: telling.next_page(rest.org, rest.cursors, named["key"], named["v"]),
)
_serve(r"POST /composite", _composite)
_serve(r"PATCH /composite/sobjects", lambda rest, request, _: records.update_many(rest.org, request))
_serve(r"POST /composite/sobjects", lambda rest, request, _: records.insert_many(rest.org, request))
_serve(
    rf"PATCH /composite/sobjects/{_T}/(?P<key>\w+)",
    lambda rest, request, named: records.upsert_many(rest.org, request, named["t"], named["key"]),
)
_serve(rf"GET /sobjects/{_T}/describe", lambda rest, _, named: Reply(200, describe(rest.org, named["t"])))
_serve(rf"POST /sobjects/{_T}", lambda rest, request, named: records.insert_one(rest.org, request, named["t"]))
_serve(
    rf"PATCH /sobjects/{_T}/(?P<id>\w{{15}}|\w{{18}})",
    lambda rest, request, named: records.update_one(rest.org, request, named["t"], named["id"]),
)
_serve(
    rf"PATCH /sobjects/{_T}/(?P<key>\w+__c)/(?P<value>[^/]+)",
    lambda rest, request, named: records.upsert_one(rest.org, request, named["t"], named["key"], named["value"]),
)
_serve(r"POST /jobs/query", lambda rest, request, _: rest.jobs.create(rest.org, request))
_serve(r"GET /jobs/query/(?P<id>\w+)", lambda rest, _, named: rest.jobs.look(rest.org, named["id"]))
_serve(r"DELETE /jobs/query/(?P<id>\w+)", lambda rest, _, named: rest.jobs.abort(named["id"]))
_serve(r"GET /jobs/query/(?P<id>\w+)/results", lambda rest, request, named: rest.jobs.results(request, named["id"]))


def describe_call(request: Request) -> str:
    """Say in one line what a call is about, for those who want to strike it."""
    tail = re.sub(r"^/services/(data/v[\d.]+/)?", "", request.path)
    if tail == "composite":
        parts = (
            request.part(one["method"], one["url"], one.get("body"), {}) for one in request.body["compositeRequest"]
        )
        return f"composite[{' | '.join(describe_call(part) for part in parts)}]"
    if tail in ("query", "queryAll"):
        return f"{tail} {_subject(request.one('q') or '')}"
    if tail == "composite/sobjects":
        names = (one["attributes"]["type"] for one in request.body["records"])
        return f"{'update' if request.method == 'PATCH' else 'insert'} {'+'.join(dict.fromkeys(names))}"
    found = re.fullmatch(r"sobjects/(\w+)/describe", tail)
    return f"describe {found[1]}" if found else f"{request.method} {tail}"


def _subject(soql: str) -> str:
    outer = re.sub(r"\(SELECT[^()]*(\([^()]*\)[^()]*)*\)", "", soql)
    found = re.search(r"SELECT (COUNT)?.*?FROM (\w+)(?: WHERE \(*(\w+))?", outer)
    if found is None:
        return "nothing"
    return f"{'count of ' if found[1] else ''}{found[2]} by {found[3] or 'nothing'}"
