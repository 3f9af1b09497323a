"""Ask questions whose answers can be read only in part: what cannot be read is never taken for nothing."""

from __future__ import annotations

from typing import Final

import httpx
import pytest

from adapters.budget import RateBudget
from adapters.fanout import Fanout
from adapters.http import HttpClient
from adapters.salesforce.api import SalesforceApi
from adapters.salesforce.failures import interpret
from adapters.salesforce.gateway import Answer, Gateway, Query
from connector.errors import UnavailableError
from tests.adapters.fake_time import FakeTime

LEADS: Final = Query("SELECT Id, Email FROM Lead")
COUNT: Final = Query("SELECT COUNT() FROM Lead")
ONE: Final = {"attributes": {"type": "Lead"}, "Id": "00Q5e000000ZZZZEA4"}
TWO: Final = {"attributes": {"type": "Lead"}, "Id": "00Q5e000000ZZZaEAO"}
WHOLE: Final = {"totalSize": 2, "done": True, "records": [ONE, TWO]}


def ask(query: Query, *bodies: object) -> tuple[Answer, int]:
    """Ask one query that is answered with one body after the other, the last one from then on."""
    time, waiting = FakeTime(), list(bodies)
    calls = []

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        body = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        part = {"referenceId": "part0", "httpStatusCode": 200, "httpHeaders": {}, "body": body}
        return httpx.Response(200, json={"compositeResponse": [part]})

    http = HttpClient(
        "https://crm.example",
        interpret,
        {"general": RateBudget(100, 1.0, clock=time.clock, sleep=time.sleep)},
        transport=httpx.MockTransport(answer),
    )
    fanout = Fanout(1)
    try:
        return Gateway(http, SalesforceApi("66.0"), fanout, sleep=time.sleep).ask([query], "people")[0], len(calls)
    finally:
        fanout.close()
        http.close()


@pytest.mark.parametrize(
    "odd",
    [
        None,
        [],
        {"totalSize": 2, "done": True},
        {"totalSize": 2, "done": True, "records": None},
        {"totalSize": 2, "done": True, "records": {}},
        {"totalSize": 2, "done": True, "records": [ONE, None]},
        {"totalSize": 2, "done": True, "records": [ONE, [TWO]]},
        {"totalSize": 2, "done": True, "records": [ONE, {**TWO, "Id": None}]},
        {"totalSize": 2, "done": True, "records": [ONE, {"attributes": {"type": "Lead"}}]},
        {"totalSize": 2, "done": False, "records": [ONE]},
        {"totalSize": 2, "done": False, "nextRecordsUrl": None, "records": [ONE]},
        {"totalSize": 2, "done": True, "records": [ONE, {**TWO, "CampaignMembers": {"records": [None]}}]},
    ],
    ids=str,
)
def test_a_page_is_never_a_shorter_answer(odd: object) -> None:
    answer, calls = ask(LEADS, odd, WHOLE)
    assert ([row.id for row in answer.rows], answer.error, calls) == ([ONE["Id"], TWO["Id"]], None, 2)
    assert isinstance(ask(LEADS, odd)[0].error, UnavailableError)


@pytest.mark.parametrize("counted", [{"totalSize": 7, "done": True}, {"totalSize": 7, "done": True, "records": []}])
def test_a_count_lists_nothing(counted: object) -> None:
    answer, calls = ask(COUNT, counted)
    assert (answer.total, answer.rows, answer.error, calls) == (7, [], None, 1)
