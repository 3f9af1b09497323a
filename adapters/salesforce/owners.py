"""Find the users behind the owners a model names: ids pass, e-mail addresses are looked up."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from typing import Final

from adapters.salesforce import soql
from adapters.salesforce.gateway import Answer, Aside, Gateway, Query, raise_what_ends_the_run
from adapters.salesforce.ids import QUEUE_PREFIX, USER_PREFIX, parse_id

_FIELDS: Final = ("Id", "Email", "Username", "IsActive")


class Owners:
    """Resolve owners once per process; an owner nobody is found for, or who left, cannot own a task."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._lock = threading.Lock()
        self._by_email: dict[str, str | None] = {}
        self._met: set[str] = set()
        self._refused: set[str] = set()

    def learn(self, owners: Sequence[str | None]) -> None:
        """Look up the addresses among owners, in one call. Raises CrmError when they cannot be looked up."""
        for aside in self.asides(owners) if self._unknown_emails(owners) else ():
            answer = self._gateway.ask([aside.query], "owners")[0]
            if answer.error is not None:
                raise_what_ends_the_run([answer.error])
                raise answer.error
            aside.learn(answer)

    def asides(self, owners: Sequence[str | None]) -> list[Aside]:
        """Return the question for the owners not looked up yet: who has an address, and who is no longer active."""
        emails, ids = self._unknown_emails(owners), self._unknown_ids(owners)
        if not emails and not ids:
            return []
        whose = [f"{field} IN {soql.one_of(emails)}" for field in ("Email", "Username") if emails]
        whose += [soql.ids_in("Id", ids)] if ids else []
        query = soql.select(_FIELDS, "User", soql.any_of(*whose), order_by="CreatedDate")
        return [Aside(Query(query), partial(self._hear, emails, ids))]

    def _unknown_emails(self, owners: Sequence[str | None]) -> list[str]:
        named = {owner.strip().lower() for owner in owners if owner and "@" in owner}
        with self._lock:
            return sorted(named - self._by_email.keys())

    def _unknown_ids(self, owners: Sequence[str | None]) -> list[str]:
        ids = {found for owner in owners if (found := parse_id(owner)) and found.startswith(USER_PREFIX)}
        with self._lock:
            return sorted(ids - self._met)

    def _hear(self, emails: Sequence[str], ids: Sequence[str], answer: Answer) -> None:
        if answer.error is not None:
            return
        found: dict[str, str] = {}
        left = {row.id for row in answer.rows if row.get("IsActive") == "false"}
        for row in answer.rows:
            for address in (row.get("Email"), row.get("Username")) if row.id not in left else ():
                found.setdefault(address.lower(), row.id)
        with self._lock:
            self._by_email.update({email: found.get(email) for email in emails})
            self._met.update(ids)
            self._refused |= left

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
