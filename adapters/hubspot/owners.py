"""Find the HubSpot owners behind the e-mail addresses a model names: one model serves two CRMs, ids serve one."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace

from adapters.hubspot.gateway import Gateway
from adapters.hubspot.replies import to_id, to_text
from connector.errors import CrmError
from connector.ports import TaskDraft


class Owners:
    """Resolve owners, read once per process and only when a draft names an address.

    An address nobody active has, or one HubSpot does not let us look up, leaves the task to the fallback owner, then
    unassigned: a task without an owner can be found, a task never made cannot.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._lock = threading.Lock()
        self._ids: Mapping[str, str] | None = None

    def assign(self, drafts: Mapping[str, TaskDraft]) -> dict[str, TaskDraft]:
        """Return the drafts with owners as ids."""
        return {contact_id: self._assign_one(draft) for contact_id, draft in drafts.items()}

    def _assign_one(self, draft: TaskDraft) -> TaskDraft:
        owner, fallback = self._resolve(draft.owner), self._resolve(draft.fallback_owner)
        return replace(draft, owner=owner or (fallback if draft.owner else None), fallback_owner=fallback)

    def _resolve(self, owner: str | None) -> str | None:
        if owner is None or "@" not in owner:
            return owner
        return self._by_email().get(owner.strip().casefold())

    def _by_email(self) -> Mapping[str, str]:
        with self._lock:
            if self._ids is None:
                try:
                    self._ids = self._load()
                except CrmError:
                    self._ids = {}
            return self._ids

    def _load(self) -> Mapping[str, str]:
        """Source: HubSpot owners guide, read 2026-04 (documented): owners are not users; inactive ones are left out."""
        return {
            email.casefold(): owner_id
            for page in self._gateway.pages(self._gateway.api.owners)
            for item in page.results
            if (owner_id := to_id(item.get("id"))) and (email := to_text(item.get("email")))
        }
