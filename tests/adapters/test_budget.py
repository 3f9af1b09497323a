"""Keep requests inside rolling limits, on a clock that only sleeping moves."""

from __future__ import annotations

from collections import deque

import pytest

from adapters.budget import RateBudget
from connector.errors import RateLimitedError
from tests.adapters.fake_time import FakeTime


def build(limit: int, interval: float = 10.0) -> tuple[RateBudget, FakeTime]:
    time = FakeTime()
    return RateBudget(limit, interval, clock=time.clock, sleep=time.sleep), time


def spend(budget: RateBudget, time: FakeTime, count: int) -> list[float]:
    moments = []
    for _ in range(count):
        budget.acquire()
        moments.append(time.seconds)
    return moments


def most_in_a_window(moments: list[float], seconds: float) -> int:
    window: deque[float] = deque()
    most = 0
    for moment in moments:
        window.append(moment)
        while window[0] <= moment - seconds:
            window.popleft()
        most = max(most, len(window))
    return most


@pytest.mark.parametrize(("limit", "interval"), [(190, 10.0), (100, 10.0), (5, 1.0), (1, 1.0)])
def test_no_window_ever_holds_more_than_the_limit(limit: int, interval: float) -> None:
    budget, time = build(limit, interval)
    assert most_in_a_window(spend(budget, time, limit * 7 + 3), interval) == limit


def test_at_least_nine_tenths_of_the_permitted_rate_are_used() -> None:
    budget, time = build(190)
    moments = spend(budget, time, 190 * 50)
    assert 190 * 50 / (moments[-1] - moments[0]) >= 0.9 * 19


def test_headers_that_permit_less_lower_the_limit_and_ones_that_permit_more_do_not_raise_it() -> None:
    budget, _ = build(190)
    budget.learn({"x-hubspot-ratelimit-max": "100", "x-hubspot-ratelimit-interval-milliseconds": "10000"})
    assert budget.limit == 100
    budget.learn({"x-hubspot-ratelimit-max": "250"})
    assert budget.limit == 190


def test_an_interval_of_another_length_is_learned() -> None:
    budget, time = build(10)
    budget.learn({"x-hubspot-ratelimit-max": "10", "x-hubspot-ratelimit-interval-milliseconds": "1000"})
    moments = spend(budget, time, 30)
    assert moments[-1] - moments[0] < 3


@pytest.mark.parametrize("headers", [{}, {"x-hubspot-ratelimit-max": ""}, {"x-hubspot-ratelimit-max": "many"}])
def test_absent_or_odd_headers_change_nothing(headers: dict[str, str]) -> None:
    budget, _ = build(190)
    budget.learn(headers)
    assert budget.limit == 190


def test_a_refusal_pauses_everybody_for_as_long_as_it_says() -> None:
    budget, time = build(190)
    budget.refused(7.0)
    budget.acquire()
    assert time.seconds == pytest.approx(1_007.0)


def test_refusals_without_a_word_are_waited_out_longer_and_longer() -> None:
    budget, time = build(190)
    waits = []
    for _ in range(6):
        before = time.seconds
        budget.refused(None)
        budget.acquire()
        waits.append(time.seconds - before)
    assert waits == pytest.approx([1, 2, 4, 8, 10, 10])


def test_refusals_of_one_window_lower_the_limit_once_and_quiet_windows_give_it_back() -> None:
    budget, time = build(100)
    for _ in range(12):
        budget.refused(1.0)
    assert budget.limit == 75
    for _ in range(5):
        time.sleep(11)
        budget.acquire()
    assert budget.limit == 100


def test_an_allowance_somebody_else_has_spent_is_not_pressed() -> None:
    budget, time = build(190)
    budget.acquire()
    budget.learn({"x-hubspot-ratelimit-max": "190", "x-hubspot-ratelimit-remaining": "0"})
    budget.acquire()
    assert time.naps == [pytest.approx(1.0)]


def test_where_headers_told_the_limit_a_refusal_pauses_and_lowers_nothing() -> None:
    budget, time = build(190)
    budget.learn({"x-hubspot-ratelimit-max": "150"})
    budget.refused(1.0)
    budget.acquire()
    assert budget.limit == 150
    assert time.seconds == pytest.approx(1_001.0)


def test_refusals_now_and_then_do_not_starve_the_client() -> None:
    budget, time = build(100)
    for _ in range(50):
        budget.refused(1.0)
        time.sleep(11)
    assert budget.limit >= 25


def test_refusals_on_their_way_when_the_pause_began_do_not_lengthen_it() -> None:
    budget, time = build(190)
    for _ in range(12):
        budget.refused(None)
    budget.acquire()
    assert time.seconds == pytest.approx(1_001.0)


def test_a_request_that_passed_makes_the_next_refusal_a_new_one() -> None:
    budget, time = build(190)
    for _ in range(5):
        before = time.seconds
        budget.refused(None)
        budget.acquire()
        assert time.seconds - before == pytest.approx(1.0)
        budget.passed()


def test_a_reserve_leaves_a_share_of_every_window_to_others_also_of_what_headers_permit() -> None:
    time = FakeTime()
    budget = RateBudget(200, 10.0, clock=time.clock, sleep=time.sleep, reserve_pct=25.0)
    assert most_in_a_window(spend(budget, time, 500), 10.0) == 150
    budget.learn({"x-hubspot-ratelimit-max": "100"})
    assert budget.limit == 75


def test_a_reserve_of_the_day_stops_before_it_is_touched() -> None:
    time = FakeTime()
    budget = RateBudget(200, 10.0, clock=time.clock, sleep=time.sleep, reserve_pct=25.0)
    budget.learn({"x-hubspot-ratelimit-daily": "1000", "x-hubspot-ratelimit-daily-remaining": "250"})
    budget.acquire()
    budget.learn({"x-hubspot-ratelimit-daily": "1000", "x-hubspot-ratelimit-daily-remaining": "249"})
    with pytest.raises(RateLimitedError, match="other integrations"):
        budget.acquire()
