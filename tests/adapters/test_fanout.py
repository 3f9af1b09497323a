"""Run calls side by side: outcomes in order, bounded, and no more calls once the run has ended."""

from __future__ import annotations

import threading

import pytest

from adapters.fanout import Fanout, ends_the_run
from connector.errors import AccessError, CrmError, GoneError, RateLimitedError, UnavailableError


def test_outcomes_come_in_the_order_of_the_items() -> None:
    def act(number: int) -> int:
        if number % 3 == 0:
            raise GoneError(str(number))
        return number * 2

    outcomes = Fanout(4).map(act, list(range(7)))
    assert [o if isinstance(o, int) else type(o) for o in outcomes] == [GoneError, 2, 4, GoneError, 8, 10, GoneError]


def test_no_more_run_side_by_side_than_there_are_workers() -> None:
    running, most, lock = [0], [0], threading.Lock()

    def act(_: int) -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        with lock:
            running[0] -= 1

    Fanout(3).map(act, list(range(200)))
    assert most[0] <= 3


def test_what_ends_the_run_is_not_asked_again() -> None:
    asked: list[int] = []

    def act(number: int) -> None:
        asked.append(number)
        raise AccessError("no", status=401)

    outcomes = Fanout(2).map(act, list(range(100)))
    assert len(asked) <= 4
    assert all(isinstance(outcome, AccessError) for outcome in outcomes)


def test_a_mistake_of_ours_is_not_taken_for_an_answer() -> None:
    with pytest.raises(ZeroDivisionError):
        Fanout(2).map(lambda number: 1 // number, [1, 0])


@pytest.mark.parametrize(
    ("error", "ends"),
    [
        (AccessError("", status=401), True),
        (AccessError("", status=530), True),
        (AccessError("", status=403), False),
        (RateLimitedError("", scope="daily"), True),
        (RateLimitedError("", scope="burst"), False),
        (UnavailableError(""), False),
    ],
)
def test_what_ends_a_run(error: CrmError, ends: bool) -> None:
    assert ends_the_run(error) is ends
