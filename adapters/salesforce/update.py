"""Write many records in one call, and know of every single one whether it was done."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from adapters.fanout import ends_the_run
from adapters.pieces import chunks, halves
from adapters.salesforce.api import COLLECTION, Subrequest
from adapters.salesforce.gateway import Gateway
from adapters.salesforce.replies import Saved, parse_saved
from connector.errors import CrmError, GoneError, LockedError, RateLimitedError, RejectedError, UnavailableError

_ROUNDS: Final = 5
_FIRST_WAIT_SECONDS: Final = 0.5
_TRIGGER: Final = "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"
_GIVEN_UP: Final = "GIVEN_UP"


@dataclass(frozen=True, slots=True)
class Change:
    """Hold new values of one record; `values` are in Salesforce's JSON types, None clears."""

    sobject: str
    id: str
    values: Mapping[str, object] = field(repr=False)

    def to_json(self) -> dict[str, object]:
        return {"attributes": {"type": self.sobject}, "id": self.id, **self.values}


class CollectionUpdater:
    """Write absolute values, so that a repeat after an unclear answer changes nothing."""

    def __init__(self, gateway: Gateway, purpose: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._gateway = gateway
        self._purpose = purpose
        self._sleep = sleep

    def run(self, changes: Sequence[Change]) -> dict[str, CrmError]:
        """Update records, 200 per call; return who failed. Raises only what ends the run, with nothing lost.

        Objects are kept together: a collection may change its object only a few times (documented).
        """
        failed: dict[str, CrmError] = {}
        for piece in chunks(sorted(changes, key=lambda change: change.sobject), COLLECTION):
            failed.update(self._write(piece))
        return failed

    def _write(self, changes: Sequence[Change]) -> dict[str, CrmError]:
        failed: dict[str, CrmError] = {}
        pending = list(changes)
        for number in range(_ROUNDS):
            if number:
                self._sleep(_FIRST_WAIT_SECONDS * 2**number)
            results = self._send(pending)
            failed = {**failed, **{change.id: saved.error for change, saved in results if saved.error is not None}}
            done = {change.id for change, saved in results if saved.error is None}
            failed = {record_id: error for record_id, error in failed.items() if record_id not in done}
            pending = [change for change, saved in results if is_passing(saved.error)]
            if not pending:
                break
        return failed

    def _send(self, changes: Sequence[Change]) -> list[tuple[Change, Saved]]:
        """Send one collection; one that is refused as a whole, or that a trigger chokes on, is halved."""
        request = self._gateway.api.update([change.to_json() for change in changes])
        try:
            saved = parse_saved(self._send_request(request), len(changes))
        except (RejectedError, GoneError) as error:
            if len(changes) == 1:
                return [(changes[0], Saved(error=error))]
        except CrmError as error:
            if ends_the_run(error):
                raise
            # The client has tried it again and again already; another round here would only take longer.
            given_up = UnavailableError(str(error), status=error.status, code=_GIVEN_UP)
            return [(change, Saved(error=given_up)) for change in changes]
        else:
            if len(changes) == 1 or not all(one.error and one.error.code == _TRIGGER for one in saved):
                return list(zip(changes, saved, strict=True))
        return [result for half in halves(changes) for result in self._send(half)]

    def _send_request(self, request: Subrequest) -> object:
        return self._gateway.http.send(self._gateway.api.direct(request, self._purpose, repeatable=True))


def is_passing(error: CrmError | None) -> bool:
    """Say whether a record that failed may be written in a moment."""
    if isinstance(error, RateLimitedError):
        return error.scope == "burst"
    return isinstance(error, LockedError | UnavailableError) and error.code != _GIVEN_UP
