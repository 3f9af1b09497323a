"""Serialise writes to the same person within a process: of one list by turns, of several threads by locks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeAlias

from connector.ports import Receipt, Write

ApplyTurn: TypeAlias = Callable[[Mapping[str, Write]], Mapping[str, Receipt]]
"""Write people by their ids, each at most once, and return a receipt for every one."""


class PersonLocks:
    """Hold many people at once, all or none, so that two overlapping waves can never wait for each other."""

    def __init__(self) -> None:
        self._busy: set[str] = set()
        self._freed = threading.Condition()

    @contextmanager
    def hold(self, ids: Iterable[str]) -> Iterator[None]:
        wanted = set(ids)
        with self._freed:
            self._freed.wait_for(lambda: not (wanted & self._busy))
            self._busy |= wanted
        try:
            yield
        finally:
            with self._freed:
                self._busy -= wanted
                self._freed.notify_all()


def apply_in_turns(writes: Sequence[Write], locks: PersonLocks, apply_turn: ApplyTurn) -> list[Receipt]:
    """Write people, nobody twice at once, and return one receipt per write, in order."""
    receipts: dict[int, Receipt] = {}
    for turn in _turns(writes):
        by_id = {write.record.ref.object_id: write for write in turn.values()}
        with locks.hold(by_id):
            of_turn = apply_turn(by_id)
        receipts.update({place: of_turn[write.record.ref.object_id] for place, write in turn.items()})
    return [receipts[place] for place in range(len(writes))]


def _turns(writes: Sequence[Write]) -> Iterator[dict[int, Write]]:
    """Split writes so that nobody is in a turn twice; the second write meets what the first one left."""
    waiting = list(enumerate(writes))
    while waiting:
        turn: dict[int, Write] = {}
        busy: set[str] = set()
        later: list[tuple[int, Write]] = []
        for place, write in waiting:
            object_id = write.record.ref.object_id
            if object_id in busy:
                later.append((place, write))
            else:
                busy.add(object_id)
                turn[place] = write
        yield turn
        waiting = later
