"""Leave the customer's other integrations their share of the day's calls."""

from __future__ import annotations

import pytest

from adapters.salesforce.budget import DailyReserve
from connector.errors import RateLimitedError
from tests.adapters.fake_time import FakeTime


def reserve(pct: float = 15.0) -> tuple[DailyReserve, FakeTime]:
    time = FakeTime()
    return DailyReserve(300, 10.0, pct, clock=time.clock, sleep=time.sleep), time


@pytest.mark.parametrize(
    ("header", "stops"),
    [
        ("api-usage=84/100", False),
        ("api-usage=85/100", True),
        ("api-usage=120/100; per-app-api-usage=1/250(appName=x)", True),
        ("per-app-api-usage=249/250(appName=x)", False),
        ("api-usage=18/5000; per-app-api-usage=17/250(appName=x)", False),
        ("nonsense", False),
        ("", False),
    ],
)
def test_the_reserve_is_kept(header: str, stops: bool) -> None:
    budget, _ = reserve()
    budget.acquire()
    budget.learn({"sforce-limit-info": header})
    if not stops:
        budget.acquire()
        return
    with pytest.raises(RateLimitedError, match="15 %") as caught:
        budget.acquire()
    assert caught.value.scope == "daily"
    assert caught.value.retry_after


def test_without_a_reserve_salesforce_itself_says_stop() -> None:
    budget, _ = reserve(0.0)
    budget.learn({"sforce-limit-info": "api-usage=99/100"})
    budget.acquire()


def test_after_a_quarter_of_an_hour_one_call_looks_again() -> None:
    budget, time = reserve()
    budget.learn({"sforce-limit-info": "api-usage=90/100"})
    with pytest.raises(RateLimitedError):
        budget.acquire()
    time.seconds += 900
    budget.acquire()
    with pytest.raises(RateLimitedError):
        budget.acquire()
    budget.learn({"sforce-limit-info": "api-usage=50/100"})
    budget.acquire()
