"""Find the users behind the owners a model names: ids pass, e-mail addresses are looked up."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from functools import partial

from adapters.salesforce import soql
from adapters.salesforce.gateway import Answer, Aside, Gateway, Query, raise_what_ends_the_run
from adapters.salesforce.ids import QUEUE_PREFIX, USER_PREFIX, parse_id


class Owners:
    """Resolve owners once per process; an owner nobody is found for cannot own a task."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._lock = threading.Lock()
        self._by_email: dict[str, str | None] = {}
        self._refused: set[str] = set()

    def learn(self, owners: Iterable[str | None]) -> None:
        """Look up the addresses among owners, in one call. Raises CrmError when they cannot be looked up."""
        for aside in self.asides(owners):
            answer = self._gateway.ask([aside.query], "owners")[0]
            if answer.error is not None:
                raise_what_ends_the_run([answer.error])
                raise answer.error
            aside.learn(answer)

    def asides(self, owners: Iterable[str | None]) -> list[Aside]:
        """Return the question for the addresses among owners that were not looked up yet."""
        named = {owner.strip().lower() for owner in owners if owner and "@" in owner}
        with self._lock:
            emails = sorted(named - self._by_email.keys())
        if not emails:
            return []
        listed = soql.one_of(emails)
        where = (soql.any_of(f"Email IN {listed}", f"Username IN {listed}"), "IsActive = true")
        query = soql.select(("Id", "Email", "Username"), "User", *where, order_by="CreatedDate")
        return [Aside(Query(query), partial(self._learn_from, emails))]

    def _learn_from(self, emails: Sequence[str], answer: Answer) -> None:
        if answer.error is not None:
            return
        found: dict[str, str] = {}
        for row in answer.rows:
            for address in (row.get("Email"), row.get("Username")):
                found.setdefault(address.lower(), row.id)
        with self._lock:
            self._by_email.update({email: found.get(email) for email in emails})

    def resolve(self, owner: str | None) -> str | None:
        """Return the id of a user or queue, None for nobody that could own a task."""
        if not owner:
            return None
        if "@" in owner:
            found = self._by_email.get(owner.strip().lower())
        else:
            record_id = parse_id(owner)
            found = record_id if record_id and record_id.startswith((USER_PREFIX, QUEUE_PREFIX)) else None
        return None if found in self._refused else found

    def refuse(self, owner_id: str) -> None:
        """Remember an owner whom Salesforce does not accept."""
        self._refused.add(owner_id)
