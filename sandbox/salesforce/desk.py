"""Answer one request: fault, address, caller, limits, handler, journal — in that order."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace

from sandbox.clock import Clock
from sandbox.faults import FaultBook, FaultRule
from sandbox.journal import Journal, JournalEntry
from sandbox.limits import DailyCount, RollingWindow
from sandbox.salesforce import mishaps, oauth
from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.errors import (
    ApiError,
    limit_exceeded,
    method_not_allowed,
    not_imitated,
    refused,
    session_expired,
)
from sandbox.salesforce.org import Org
from sandbox.salesforce.routes import Endpoint, Router
from sandbox.salesforce.settings import OrgSettings, change_settings
from sandbox.salesforce.versions import check_version
from sandbox.salesforce.wire import to_csv

MOST_URL = 16_384
DROPPED = 0
_HOUR_SECONDS = 3600.0
_log = logging.getLogger(__name__)


class Desk:
    """Everything between a parsed HTTP request and its answer; no I/O but the database."""

    def __init__(self, org: Org, clock: Clock) -> None:
        self.org = org
        self.faults = FaultBook()
        self.journal = Journal(org.store.connection)
        self._router = Router()
        self._clock = clock
        self.start_counting()
        org.perform = self.perform
        org.calls_today = lambda: self._daily.used(clock())

    def start_counting(self) -> None:
        """Begin calls and logins anew."""
        self._daily = DailyCount(self.org.settings.daily_calls)
        self._logins = RollingWindow(self.org.settings.most_logins_per_hour, _HOUR_SECONDS)

    def change(self, settings: OrgSettings) -> None:
        """Put new settings in force; allowances that change begin anew."""
        old = self.org.settings
        self.org.settings = settings
        self.org.forget()
        if (old.daily_calls, old.most_logins_per_hour) != (settings.daily_calls, settings.most_logins_per_hour):
            self.start_counting()

    def configure(self, changes: dict[str, object]) -> OrgSettings:
        """Change some settings by their JSON form."""
        self.change(change_settings(self.org.settings, changes))
        return self.org.settings

    def answer(self, call: Call, rule: FaultRule | None) -> Answer | None:
        """Serve the call, or what a fault makes of it; None when the connection is to be dropped."""
        call.fault = rule
        self._alter(rule, "before")
        found = self._router.find(call.method, call.path)
        if rule is not None and rule.answers and not rule.after_commit:
            answer = _scripted(rule, Answer(200))
        else:
            answer = self._serve(call, found)
            if rule is not None and rule.answers:
                answer = _scripted(rule, answer)
        self._alter(rule, "after")
        self._note(call, found[0] if found else None, answer, rule)
        return None if answer.status == DROPPED else answer

    def perform(self, call: Call) -> Answer:
        """Serve a request that came inside another; raise ApiError when it is refused.

        Faults see it as "<GET> /path?query", so that a rule for whole requests never hits it.
        """
        found = self._router.find(call.method, call.path)
        if found is None:
            raise refused(404, "NOT_FOUND", "The requested resource does not exist")
        rule = self.faults.take(f"<{call.method}>", f"{call.path}?{call.one('q')}")
        if rule is not None:
            call.fault = rule
            if rule.answers:
                scripted = mishaps.scripted_answer(rule, Answer(200))
                raise ApiError(scripted.status, scripted.body)
        if call.inside == "batch" and not self._daily.take(self._clock()):
            raise limit_exceeded()
        endpoint, call.params = found
        check_version(call.version)
        with self.org.transaction():
            return endpoint.handler(self.org, call)

    def _serve(self, call: Call, found: tuple[Endpoint, dict[str, str]] | None) -> Answer:
        try:
            endpoint, call.params = found or self._nowhere(call)
            if len(call.path) + len(call.query_string) + _size_of(call.headers) > MOST_URL:
                raise ApiError(414, "<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>")
            if "version" in call.params:
                check_version(call.version)
            if endpoint.session:
                self._admit(call)
            elif endpoint.address.endswith("/token") and not self._logins.take(self._clock()):
                raise ApiError(400, {"error": "invalid_grant", "error_description": "login rate exceeded"})
            with self.org.transaction():
                answer = endpoint.handler(self.org, call)
        except ApiError as problem:
            call.touched.clear()
            answer = Answer(problem.status, problem.body, problem.headers)
        except Exception:  # noqa: BLE001 - an own mistake is a 500 with a log, never a dead server
            _log.exception("the sandbox failed at %s %s", call.method, call.path)
            call.touched.clear()
            answer = Answer(500, refused(500, "UNKNOWN_EXCEPTION", "An unexpected error occurred.").body)
        return self._with_usage(call, answer)

    def _nowhere(self, call: Call) -> tuple[Endpoint, dict[str, str]]:
        allowed = self._router.methods(call.path)
        raise method_not_allowed(call.method, allowed) if allowed else not_imitated(call.method, call.path)

    def _admit(self, call: Call) -> None:
        """Check token and daily allowance."""
        token = oauth.bearer_token(call)
        user_id = oauth.authenticate(self.org, token)
        if call.fault is not None and call.fault.expire_token:
            oauth.expire(self.org, token)
            raise session_expired()
        call.actor = self.org.user(user_id)
        if not self._daily.take(self._clock()):
            raise limit_exceeded("DAILY")

    def _with_usage(self, call: Call, answer: Answer) -> Answer:
        if call.actor is None or not call.path.startswith("/services/data"):
            return answer
        used, most = self._daily.used(self._clock()), self.org.settings.daily_calls
        usage = {"Sforce-Limit-Info": f"api-usage={used}/{most}"} if most else {}
        return replace(answer, headers={**usage, **answer.headers})

    def _alter(self, rule: FaultRule | None, when: str) -> None:
        if rule is None or rule.when != when:
            return
        try:
            with self.org.transaction():
                mishaps.alter(self.org, rule)
        except ApiError as problem:
            _log.warning("the fault for %s changed nothing: %s", rule.match, problem)

    def _note(self, call: Call, endpoint: Endpoint | None, answer: Answer, rule: FaultRule | None) -> None:
        self.journal.record(
            JournalEntry(
                at=to_csv(int(self._clock() * 1000)),
                method=call.method,
                path=call.path,
                query=call.query_string,
                endpoint=endpoint.name if endpoint else None,
                status=answer.status,
                caller=" ".join(part for part in (call.actor.user_id if call.actor else "", _agent(call)) if part),
                touched=tuple(call.touched),
                fault=rule is not None,
            )
        )


def _agent(call: Call) -> str:
    return call.header("user-agent")


def _size_of(headers: Mapping[str, str]) -> int:
    return sum(len(key) + len(value) for key, value in headers.items())


def _scripted(rule: FaultRule, true_answer: Answer) -> Answer:
    return Answer(DROPPED) if rule.reset else mishaps.scripted_answer(rule, true_answer)
