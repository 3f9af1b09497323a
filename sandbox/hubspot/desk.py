"""Answer one request: fault, address, caller, limits, handler, journal — in that order."""

from __future__ import annotations

import logging

from sandbox.clock import Clock
from sandbox.faults import FaultBook, FaultRule
from sandbox.hubspot import mishaps, oauth
from sandbox.hubspot.call import Answer, Call
from sandbox.hubspot.errors import ApiError, not_imitated, refusal
from sandbox.hubspot.portal import Portal
from sandbox.hubspot.routes import Endpoint, Router
from sandbox.hubspot.settings import PortalSettings, change_settings
from sandbox.hubspot.throttle import Throttle
from sandbox.hubspot.wire import to_iso
from sandbox.journal import Journal, JournalEntry

MOST_URL = 8_000
DROPPED = 0
_log = logging.getLogger(__name__)


class Desk:
    """Everything between a parsed HTTP request and its answer; no I/O but the database."""

    def __init__(self, portal: Portal, clock: Clock) -> None:
        self.portal = portal
        self.faults = FaultBook()
        self.journal = Journal(portal.store.connection)
        self.router = Router()
        self.throttle = Throttle(portal.settings.limits)
        self._clock = clock
        self._calls = 0
        portal.calls_today = lambda: self.throttle.daily.used(clock())

    def change(self, settings: PortalSettings) -> None:
        """Put new settings in force; limits that change begin with empty windows."""
        if settings.limits != self.portal.settings.limits:
            self.throttle = Throttle(settings.limits)
        self.portal.settings = settings

    def configure(self, changes: dict[str, object]) -> PortalSettings:
        """Change some settings by their JSON form."""
        self.change(change_settings(self.portal.settings, changes))
        return self.portal.settings

    def open(self, method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> Call:
        """Make a call of what came over the network."""
        self._calls += 1
        correlation_id = f"{self._calls:08x}-5a4d-4000-8000-000000000000"
        return Call(method, path, query, headers, body, self.portal.now_ms(), correlation_id)

    def answer(self, call: Call, rule: FaultRule | None) -> Answer | None:
        """Serve the call, or what a fault makes of it; None when the connection is to be dropped."""
        call.at_ms = self.portal.now_ms()
        call.fault = rule
        self._alter(rule, "before")
        found = self.router.find(call.method, call.path)
        if rule is not None and rule.answers and not rule.after_commit:
            answer = self._scripted(call, rule, Answer(200))
        else:
            answer = self._serve(call, found)
            if rule is not None and rule.answers:
                answer = self._scripted(call, rule, answer)
        self._alter(rule, "after")
        self._note(call, found[0] if found else None, answer, rule)
        return None if answer.status == DROPPED else answer

    def _serve(self, call: Call, found: tuple[Endpoint, str, dict[str, str]] | None) -> Answer:
        rate_headers: dict[str, str] = {}
        try:
            if len(call.path) + len(call.query_string) > MOST_URL:
                raise refusal(414, "URI_TOO_LONG", "The URL is too long")
            if found is None:
                raise not_imitated(call.method, call.path)
            endpoint, call.version, call.params = found
            rate_headers = self._admit(call, endpoint)
            with self.portal.transaction():
                answer = endpoint.handler(self.portal, call)
        except ApiError as problem:
            call.touched.clear()
            answer = mishaps.error_answer(problem, call.correlation_id)
        except Exception:  # noqa: BLE001 - an own mistake is a 500 with a log, never a dead server
            _log.exception("the sandbox failed at %s %s", call.method, call.path)
            call.touched.clear()
            answer = mishaps.error_answer(refusal(500, "INTERNAL_ERROR", "internal error"), call.correlation_id)
        return Answer(answer.status, answer.body, {**rate_headers, **answer.headers})

    def _admit(self, call: Call, endpoint: Endpoint) -> dict[str, str]:
        """Check token, limits and scopes; give the rate headers."""
        if endpoint.budget == "free":
            return {}
        call.grant = oauth.authenticate(self.portal, call)
        if call.fault is not None and call.fault.expire_token:
            oauth.expire_token(self.portal, call.grant)
            raise oauth.expired(call)
        rate_headers = self.throttle.admit(endpoint.budget, call.grant, self._clock())
        oauth.require_scopes(call.grant, endpoint.needed_scopes(call.params))
        return rate_headers

    def _scripted(self, call: Call, rule: FaultRule, true_answer: Answer) -> Answer:
        if rule.reset:
            return Answer(DROPPED)
        return mishaps.scripted_answer(rule, true_answer, call.correlation_id)

    def _alter(self, rule: FaultRule | None, when: str) -> None:
        if rule is None or rule.when != when:
            return
        try:
            with self.portal.transaction():
                mishaps.alter(self.portal, rule)
        except ApiError as problem:
            _log.warning("the fault for %s changed nothing: %s", rule.match, problem)

    def _note(self, call: Call, endpoint: Endpoint | None, answer: Answer, rule: FaultRule | None) -> None:
        agent = call.headers.get("user-agent", "")
        caller = " ".join(part for part in (call.grant.name if call.grant else "", agent) if part)
        self.journal.record(
            JournalEntry(
                at=to_iso(call.at_ms),
                method=call.method,
                path=call.path,
                query=call.query_string,
                endpoint=endpoint.name if endpoint else None,
                status=answer.status,
                caller=caller,
                touched=tuple(call.touched),
                fault=rule is not None,
            )
        )
