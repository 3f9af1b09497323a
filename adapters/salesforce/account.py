"""Know which organisation this is, and who we are in it."""

from __future__ import annotations

import threading
from typing import Final

from adapters.fanout import ends_the_run
from adapters.json_body import dig
from adapters.salesforce import soql
from adapters.salesforce.availability import Availability
from adapters.salesforce.gateway import Answer, Aside, Gateway, Query
from adapters.salesforce.ids import parse_id
from adapters.salesforce.token import SessionToken
from connector.errors import CrmError

UNKNOWN_ACCOUNT: Final = "unknown"
_TIME_ZONE: Final = Query(soql.select(("Id", "TimeZoneSidKey"), "Organization", limit=1))


class Account:
    """Ask once, in the cheapest way that answers: the login said it, else the user's own page, else a query."""

    def __init__(self, gateway: Gateway, token: SessionToken, availability: Availability, username: str | None) -> None:
        self._gateway = gateway
        self._token = token
        self._availability = availability
        self._username = username
        self._lock = threading.Lock()
        self._asked = False
        self._time_zone: str | None = None

    def organization_id(self) -> str:
        """Return the organisation's id of 18 characters; a stable text when nothing tells it."""
        with self._lock:
            self._ask()
            return self._token.organization_id or UNKNOWN_ACCOUNT

    def user_id(self) -> str | None:
        """Return the id of the user we run as, None when nothing tells it."""
        with self._lock:
            self._ask()
            return self._token.user_id

    def time_zone(self) -> str | None:
        """Return the name of the organisation's time zone: on which day a moment falls."""
        with self._lock:
            if self._time_zone is None:
                answer = self._gateway.ask([_TIME_ZONE], "account")[0]
                self._time_zone = _time_zone_in(answer)
            return self._time_zone or None

    def asides(self) -> list[Aside]:
        """Return the question for the time zone, unless it is answered."""
        return [] if self._time_zone is not None else [Aside(_TIME_ZONE, self._learn_time_zone)]

    def _learn_time_zone(self, answer: Answer) -> None:
        if answer.error is None:
            with self._lock:
                self._time_zone = _time_zone_in(answer)

    def _ask(self) -> None:
        self._token.header()
        if self._asked or (self._token.organization_id and self._token.user_id):
            return
        self._ask_userinfo()
        if not (self._token.organization_id and self._token.user_id):
            self._ask_records()
        if self._token.organization_id is None:
            self._availability.refuse("account", "missing_organization_id")
        self._asked = True

    def _ask_userinfo(self) -> None:
        try:
            document = self._gateway.http.send(self._gateway.api.userinfo())
        except CrmError as error:
            if ends_the_run(error):
                raise
            return
        token = self._token
        token.organization_id = token.organization_id or parse_id(dig(document, "organization_id"))
        token.user_id = token.user_id or parse_id(dig(document, "user_id"))

    def _ask_records(self) -> None:
        queries = [Query(soql.select(("Id",), "Organization", limit=1))]
        if self._username:
            mine = f"Username = {soql.literal(self._username)}"
            queries.append(Query(soql.select(("Id",), "User", mine, limit=1)))
        answers = self._gateway.ask(queries, "account")
        found = [next((row.id for row in answer.rows if row.id), None) for answer in answers]
        self._token.organization_id = self._token.organization_id or found[0]
        if len(found) > 1:
            self._token.user_id = self._token.user_id or found[1]


def _time_zone_in(answer: Answer) -> str:
    return next((row.get("TimeZoneSidKey") for row in answer.rows), "")
