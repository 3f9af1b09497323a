"""Which errors end a command how, and in which words."""

from __future__ import annotations

import sqlite3

import pytest

from adapters.salesforce.failures import classify_body
from connector.bootstrap import Root
from connector.cli.doctor_check import fail
from connector.cli.doctor_view import describe
from connector.cli.failures import describe_crm_error, report_failure
from connector.cli.session import Session
from connector.domain.model import Locale
from connector.errors import (
    AccessError,
    ConflictError,
    CrmError,
    DoorbellError,
    GoneError,
    LockedError,
    ModelError,
    Problem,
    RateLimitedError,
    RejectedError,
    UnavailableError,
    UsageError,
)

PROBLEMS = (Problem("m.yaml", 3, "fit.threshold", "too high — lower it"), Problem("m.yaml", 9, "nurture", "no list"))


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.setenv("PUENTE_LOCALE", "en")
    monkeypatch.delenv("PUENTE_LOG", raising=False)
    return Session(Root())


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (AccessError("refused", status=401), "does not accept the credentials"),
        (AccessError("refused", status=403), "give the app the scopes"),
        (RateLimitedError("slow", scope="daily"), "tomorrow"),
        (RateLimitedError("slow", scope="burst"), "wait a minute"),
        (LockedError("locked", status=423), "locked"),
        (UnavailableError("no answer"), "cannot be reached"),
        (UnavailableError("no answer", status=503), "could not answer"),
        (RejectedError("property x"), "refuses the request"),
        (GoneError("no such path"), "check PUENTE_HUBSPOT__BASE_URL and PUENTE_HUBSPOT__API_VERSION"),
        (ConflictError("twice"), "could not do it"),
    ],
)
def test_every_error_of_a_crm_says_what_to_do_and_keeps_the_crm_s_words(
    session: Session, error: CrmError, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert words in describe_crm_error(error, session)
    assert report_failure(error, session) == 1
    said = capsys.readouterr()
    assert str(error) in said.err
    assert said.out == ""


@pytest.mark.parametrize(
    ("locale", "words", "never"), [("en", "every hour", "tomorrow"), ("es", "hora a hora", "mañana")]
)
def test_salesforce_s_day_is_the_last_24_hours_and_never_tomorrow(
    session: Session, locale: Locale, words: str, never: str
) -> None:
    session.crm, session.locale = "salesforce", locale
    error = classify_body(
        [{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}], 403, {}
    )
    assert words in describe_crm_error(error, session)
    assert never not in describe_crm_error(error, session)
    what, then = describe(fail("limits", "daily_calls_none", left=0, most=5_000, reserve=750), session)
    assert "24" in what
    assert never not in what + then


def test_the_request_id_is_told_for_the_crm_s_support(session: Session) -> None:
    assert "request r-17" in describe_crm_error(UnavailableError("no", status=502, request_id="r-17"), session)


def test_every_problem_of_a_file_is_a_line(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    assert report_failure(ModelError(problems=PROBLEMS), session) == 2
    assert capsys.readouterr().err.splitlines() == [str(problem) for problem in PROBLEMS]


@pytest.mark.parametrize(("error", "code"), [(UsageError("x"), 2), (DoorbellError("x"), 1), (RuntimeError("x"), 1)])
def test_the_class_decides_the_exit_code(session: Session, error: Exception, code: int) -> None:
    assert report_failure(error, session) == code


def test_a_damaged_state_is_named_with_what_to_do(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    assert report_failure(sqlite3.DatabaseError("database disk image is malformed"), session) == 1
    told = capsys.readouterr().err
    assert told.startswith("PUENTE_STATE: ")
    assert "malformed" in told
    assert "backup" in told
    assert told.count("\n") == 1
