"""Say what went wrong in one clear line — what, where, what to do — and choose the exit code."""

from __future__ import annotations

import sqlite3
import traceback
from typing import TYPE_CHECKING, Final

import click

from connector.cli.help_page import refusal_in_spanish
from connector.cli.phrases import usage_text
from connector.errors import (
    AccessError,
    CrmError,
    GoneError,
    LockedError,
    PuenteError,
    RateLimitedError,
    RejectedError,
    UnavailableError,
    UsageError,
)
from connector.log import is_debugging

if TYPE_CHECKING:
    from connector.cli.session import Session

DONE: Final = 0
FAILED: Final = 1
USAGE: Final = 2
INTERRUPTED: Final = 130

_ADDRESS_OF: Final = {"hubspot": "PUENTE_HUBSPOT__BASE_URL", "salesforce": "PUENTE_SALESFORCE__INSTANCE_URL"}
_VERSION_OF: Final = {"hubspot": "PUENTE_HUBSPOT__API_VERSION", "salesforce": "PUENTE_SALESFORCE__API_VERSION"}
_OF_SALESFORCE: Final = {
    "crm_access": "crm_access_salesforce",
    "crm_daily_limit": "crm_daily_limit_salesforce",
    "crm_forbidden": "crm_forbidden_salesforce",
}


def report_failure(error: BaseException, session: Session) -> int:
    """Tell stderr and return the exit code. A traceback only when PUENTE_LOG=debug."""
    if is_debugging() and not isinstance(error, click.exceptions.Exit | click.ClickException):
        session.err.print("".join(traceback.format_exception(error)), soft_wrap=True)
    match error:
        case click.exceptions.Exit():
            return error.exit_code
        case click.Abort():
            session.tell("interrupted")
            return INTERRUPTED
        case click.ClickException():
            if session.locale == "es" and not isinstance(error, click.exceptions.NoArgsIsHelpError):
                session.err.print(refusal_in_spanish(error), soft_wrap=True)
            else:
                error.show()
            return error.exit_code
        case UsageError():
            session.err.print(usage_text(error, session.locale), soft_wrap=True)
            return USAGE
        case CrmError():
            session.err.print(describe_crm_error(error, session), soft_wrap=True)
        case PuenteError():
            session.err.print(str(error), soft_wrap=True)
        case sqlite3.Error():
            session.tell("broken_state", reason=str(error))
        case _:
            session.tell("unexpected", kind=type(error).__name__)
    return FAILED


def describe_crm_error(error: CrmError, session: Session) -> str:
    """Say a CRM's error with what to do about it, in the user's language; the CRM's own words follow."""
    match error:
        case UnavailableError(status=None):
            return _with_advice("crm_unreachable", error, session)
        case GoneError():
            # Single records that are gone never end a run: here a whole endpoint is not there.
            return _with_advice("crm_no_such_api", error, session)
        case _:
            return _with_advice(_advice(error), error, session)


def describe_parked(error: CrmError, session: Session) -> str:
    """Say why somebody was parked: the CRM was there for others, so nothing is wrong with its address."""
    return _with_advice(_advice(error), error, session)


def _with_advice(advice: str, error: CrmError, session: Session) -> str:
    asked = session.say("request_id", id=error.request_id) if error.request_id else ""
    if session.crm == "salesforce":
        advice = _OF_SALESFORCE.get(advice, advice)
    said = session.say(advice, host=session.host, address=_ADDRESS_OF[session.crm], version=_VERSION_OF[session.crm])
    return f"{said} [{error}{asked}]"


def _advice(error: CrmError) -> str:
    match error:
        case AccessError(status=403):
            return "crm_forbidden"
        case AccessError():
            return "crm_access"
        case RateLimitedError(scope="daily"):
            return "crm_daily_limit"
        case RateLimitedError():
            return "crm_burst_limit"
        case LockedError():
            return "crm_locked"
        case UnavailableError():
            return "crm_unavailable"
        case RejectedError():
            return "crm_rejected"
        case _:
            return "crm_failed"
