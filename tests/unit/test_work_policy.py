"""What becomes of a doorbell that could not be answered, by the class of the error."""

from __future__ import annotations

import pytest

from connector.errors import (
    AccessError,
    CrmError,
    LockedError,
    MappingError,
    RateLimitedError,
    RejectedError,
    UnavailableError,
)
from connector.live.work_policy import Later, Park, WorkPolicy, backoff_seconds, judge


@pytest.mark.parametrize(
    ("error", "attempts", "wanted"),
    [
        (UnavailableError("down"), 1, Later(5)),
        (UnavailableError("down"), 3, Later(20)),
        (UnavailableError("down", retry_after=120), 1, Later(120)),
        (LockedError("busy"), 9, Later(900)),
        (RateLimitedError("burst", scope="burst", retry_after=7), 1, Later(7)),
        (RateLimitedError("daily", scope="daily"), 1, Later(900)),
        (RateLimitedError("daily", scope="daily", retry_after=40_000), 9, Later(40_000)),
        (RateLimitedError("daily", scope="daily", retry_after=10), 1, Later(300)),
        (AccessError("who are you", status=401), 1, Later(300)),
        (AccessError("who are you", status=401), 39, Later(3_600)),
        (AccessError("not this", status=403), 1, Later(5)),
        (MappingError("no such field"), 2, Later(600)),
        (RejectedError("never"), 1, Park("never")),
        (ZeroDivisionError("a value"), 1, Later(5)),
    ],
    ids=lambda value: value.__class__.__name__ if isinstance(value, Exception) else None,
)
def test_an_errors_class_says_what_to_do_next(error: Exception, attempts: int, wanted: Later | Park) -> None:
    assert judge(error, attempts, WorkPolicy(), "en") == wanted


@pytest.mark.parametrize(
    "error",
    [UnavailableError("nothing said of her"), LockedError("busy"), AccessError("no", status=403), CrmError("odd")],
)
def test_what_concerns_one_person_is_parked_after_the_last_attempt(error: Exception) -> None:
    verdict = judge(error, 10, WorkPolicy(), "es")
    assert isinstance(verdict, Park)
    assert "10 intentos" in verdict.reason


@pytest.mark.parametrize(
    "error",
    [AccessError("who are you", status=401), MappingError("no such field"), RateLimitedError("over", scope="daily")],
)
def test_what_concerns_everybody_is_waited_out_for_more_than_a_day(error: Exception) -> None:
    policy, waited = WorkPolicy(), 0.0
    for attempt in range(1, policy.most_deliveries):
        verdict = judge(error, attempt, policy, "en")
        assert isinstance(verdict, Later)
        waited += verdict.seconds
    assert waited > 24 * 3_600
    verdict = judge(error, policy.most_deliveries, policy, "en")
    assert isinstance(verdict, Park)
    assert f"{error} — 40 attempts" in verdict.reason


@pytest.mark.parametrize(
    "error", [UnavailableError("no connection", code="NO_CONNECTION"), UnavailableError("down", status=503)]
)
def test_a_crm_that_does_not_answer_is_waited_out_for_eight_hours_and_nobody_is_parked_before(error: Exception) -> None:
    policy = WorkPolicy()
    verdicts = [judge(error, attempt, policy, "en") for attempt in range(1, policy.most_deliveries)]
    assert sum(verdict.seconds for verdict in verdicts if isinstance(verdict, Later)) > 8 * 3_600
    assert all(isinstance(verdict, Later) for verdict in verdicts)
    assert isinstance(judge(error, policy.most_deliveries, policy, "en"), Park)


def test_values_never_reach_a_reason() -> None:
    verdict = judge(ValueError("ana@example.com"), 10, WorkPolicy(), "es")
    assert isinstance(verdict, Park)
    assert "ana" not in verdict.reason


def test_waiting_doubles_up_to_a_quarter_of_an_hour() -> None:
    assert [backoff_seconds(n) for n in (1, 2, 3, 8, 9, 5000)] == [5, 10, 20, 640, 900, 900]
