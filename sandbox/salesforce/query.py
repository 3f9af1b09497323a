"""Serve SOQL: query, queryAll and the pages that follow."""

from __future__ import annotations

from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.errors import refused
from sandbox.salesforce.org import Org
from sandbox.salesforce.soql.answer import Request, answer_query, next_page
from sandbox.salesforce.soql.nodes import SoqlError

_FEWEST_ROWS = 200


def query(org: Org, call: Call) -> Answer:
    """GET query?q=…: deleted records and archived activities are left out."""
    return _answer(org, call, everything=False)


def query_all(org: Org, call: Call) -> Answer:
    """GET queryAll?q=…: nothing is left out."""
    return _answer(org, call, everything=True)


def _answer(org: Org, call: Call, *, everything: bool) -> Answer:
    text = call.one("q")
    if not text.strip():
        raise refused(400, "MALFORMED_QUERY", "A query string has to be specified")
    try:
        return Answer(200, answer_query(_request(org, call), text, everything=everything))
    except SoqlError as problem:
        raise refused(400, problem.code, problem.message) from problem


def more(org: Org, call: Call) -> Answer:
    """GET query/LOCATOR-2000: a later page."""
    try:
        return Answer(200, next_page(_request(org, call), call.params["locator"]))
    except SoqlError as problem:
        raise refused(400, problem.code, problem.message) from problem


def _request(org: Org, call: Call) -> Request:
    asked = call.option("Sforce-Query-Options", "batchSize")
    size = org.settings.page_size
    if asked.isdigit():
        size = min(size, max(int(asked), _FEWEST_ROWS))
    return Request(org, call.who, call.version, size)
