"""Move HubSpot's own lifecycle stage forward, and compare what came back with what was sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from adapters.hubspot.gateway import Gateway, ReadJob
from adapters.hubspot.needs import LIFECYCLE, STANDARD_LIFECYCLE
from adapters.hubspot.people import CONTACTS
from adapters.hubspot.replies import CrmRecord
from adapters.hubspot.update import BatchUpdater
from connector.domain.text import fold
from connector.errors import CrmError

Move: TypeAlias = Literal["taken", "refused", "moved"]
"""`refused`: HubSpot kept the stage it had. `moved`: somebody else put another one there meanwhile."""


@dataclass(slots=True)
class PeopleUpdated:
    """Account for people written: what became of each lifecycle move asked for, and who failed."""

    moves: dict[str, Move] = field(default_factory=dict)
    failed: dict[str, CrmError] = field(default_factory=dict)


class PeopleUpdater:
    """Write contacts' properties; the stage goes forward only, unless the mapping allows the way back.

    Source: HubSpot contacts guide, read 2026-04 (documented): a stage moves forward only and has to be cleared
    first; a backward update is answered with 200 and keeps the old stage (Slack archive 2024-05, third parties).
    """

    def __init__(self, gateway: Gateway, order: Callable[[], Sequence[str]], *, allow_backward: bool) -> None:
        self._gateway = gateway
        self._updater = BatchUpdater(gateway, CONTACTS, "write_people")
        self._order = order
        self._allow_backward = allow_backward

    def run(self, changes: Mapping[str, Mapping[str, str]], before: Mapping[str, CrmRecord]) -> PeopleUpdated:
        updated = PeopleUpdated()
        pending = {contact_id: dict(properties) for contact_id, properties in changes.items()}
        held = {contact_id: before[contact_id].get(LIFECYCLE) for contact_id in pending}
        backward = [i for i, p in pending.items() if LIFECYCLE in p and self._is_backward(held[i], p[LIFECYCLE])]
        if self._allow_backward:
            self._clear(backward, pending, updated)
        else:
            for contact_id in backward:
                del pending[contact_id][LIFECYCLE]
                updated.moves[contact_id] = "refused"
        written = self._updater.run({i: properties for i, properties in pending.items() if properties})
        updated.failed.update(written.failed)
        wanted = {i: p[LIFECYCLE] for i, p in pending.items() if LIFECYCLE in p and i in written.done}
        self._compare(wanted, held, written.done, updated)
        return updated

    def _is_backward(self, held: str, wanted: str) -> bool:
        """Say whether a move would go back; from a stage of unknown place no move is known to go forward."""
        if not held or not wanted or fold(held) == fold(wanted):
            return False
        places = _places(STANDARD_LIFECYCLE)
        if fold(held) not in places or fold(wanted) not in places:
            places = _places(self._order())
        if fold(held) not in places:
            return True
        return fold(wanted) in places and places[fold(wanted)] < places[fold(held)]

    def _clear(self, ids: Iterable[str], pending: dict[str, dict[str, str]], updated: PeopleUpdated) -> None:
        cleared = self._updater.run({contact_id: {LIFECYCLE: ""} for contact_id in ids})
        for contact_id, error in cleared.failed.items():
            updated.failed[contact_id] = error
            del pending[contact_id]

    def _compare(
        self,
        wanted: Mapping[str, str],
        held: Mapping[str, str],
        returned: Mapping[str, CrmRecord],
        updated: PeopleUpdated,
    ) -> None:
        """Compare the stages; where the answer lacks the stage or shows another one, the record is read once more."""
        doubtful = [i for i, value in wanted.items() if fold(returned[i].get(LIFECYCLE)) != fold(value)]
        updated.moves.update(dict.fromkeys(wanted.keys() - set(doubtful), "taken"))
        if not doubtful:
            return
        found = self._gateway.read([ReadJob(CONTACTS, doubtful, (LIFECYCLE,), "write_people")])[0]
        for contact_id in doubtful:
            record = found.records.get(contact_id)
            if record is None:
                updated.moves[contact_id] = "moved"
            elif fold(record.get(LIFECYCLE)) == fold(wanted[contact_id]):
                updated.moves[contact_id] = "taken"
            else:
                same = fold(record.get(LIFECYCLE)) == fold(held[contact_id])
                updated.moves[contact_id] = "refused" if same else "moved"


def _places(order: Sequence[str]) -> dict[str, int]:
    return {fold(value): place for place, value in enumerate(order)}
