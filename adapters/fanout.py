"""Run the calls of one fetch or apply side by side, bounded, each with its own outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from connector.errors import AccessError, CrmError, RateLimitedError

T = TypeVar("T")
R = TypeVar("R")

WORKERS: Final = 12


def ends_the_run(error: CrmError) -> bool:
    """Say whether an error makes every further call pointless: no access, or the day's calls used up."""
    if isinstance(error, RateLimitedError):
        return error.scope == "daily"
    return isinstance(error, AccessError) and error.status != 403


class Fanout:
    """Map calls over items on a shared pool.

    The mapped function must not use the same pool again: a full pool would wait for itself.
    """

    def __init__(self, workers: int = WORKERS) -> None:
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="crm")

    def map(self, act: Callable[[T], R], items: Sequence[T]) -> list[R | CrmError]:
        """Return a result or a CrmError per item, in order; once an error ends the run, the rest is not tried."""
        ended: list[CrmError] = []

        def run(item: T) -> R | CrmError:
            if ended:
                return ended[0]
            try:
                return act(item)
            except CrmError as error:
                if ends_the_run(error):
                    ended.append(error)
                return error

        if len(items) == 1:
            return [run(items[0])]
        return list(self._pool.map(run, items))

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
