"""What goes wrong on purpose: answers that are lost, late, broken or refused, and people who edit meanwhile."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from tests.contract.other_salesforce.org import Attempt, Org
from tests.contract.other_salesforce.replies import ItemError, Reply, error

Outcome = Literal["reply", "reset", "truncate", "cut", "empty", "slow"]


def unavailable() -> Reply:
    return error(503, "SERVER_UNAVAILABLE", "server is temporarily unavailable")


@dataclass
class Mishap:
    """Strike calls whose line matches; a part of a composite has the line `part …`.

    `stored` lets the call do its work before the answer goes wrong. `turns` names the matching calls (from 1) it
    strikes; else each with `chance`, never more than `in_a_row` times in succession, so that patience is always enough.
    """

    match: str
    outcome: Outcome = "reply"
    reply: Callable[[], Reply] = unavailable
    stored: bool = False
    turns: frozenset[int] = frozenset()
    chance: float = 0.0
    in_a_row: int = 2
    seconds: float = 0.0
    seen: int = 0
    struck: int = 0
    _run: int = 0

    def strikes(self, line: str, dice: random.Random) -> bool:
        if line.startswith("part ") != self.match.startswith("part ") or not re.fullmatch(self.match, line):
            return False
        self.seen += 1
        hit = self.seen in self.turns if self.turns else self._run < self.in_a_row and dice.random() < self.chance
        self._run = self._run + 1 if hit else 0
        self.struck += hit
        return hit


@dataclass
class Interference:
    """Change the organisation when the n-th matching call comes: before it is handled, or right after."""

    match: str
    turn: int
    act: Callable[[Org], object]
    when: Literal["before", "after"] = "after"
    every: bool = False
    seen: int = 0

    def comes(self, line: str, when: str) -> bool:
        if when != self.when or not re.fullmatch(self.match, line):
            return False
        self.seen += 1
        return self.seen >= self.turn if self.every else self.seen == self.turn


@dataclass
class Mischief:
    """Hold everything that is to go wrong, with dice of its own."""

    mishaps: list[Mishap] = field(default_factory=list)
    interferences: list[Interference] = field(default_factory=list)
    dice: random.Random = field(default_factory=lambda: random.Random(7))

    def mishap(self, line: str) -> Mishap | None:
        return next((mishap for mishap in self.mishaps if mishap.strikes(line, self.dice)), None)

    def interfere(self, org: Org, line: str, when: str) -> None:
        for interference in self.interferences:
            if interference.comes(line, when):
                interference.act(org)


@dataclass
class Locks:
    """Refuse single records as locked by another change, each with `chance`, never `in_a_row` times more."""

    chance: float
    in_a_row: int = 2
    struck: int = 0
    _runs: dict[str, int] = field(default_factory=dict)
    _dice: random.Random = field(default_factory=lambda: random.Random(11))

    def __call__(self, attempt: Attempt) -> None:
        name = attempt.id or str(attempt.values.get("WhoId"))
        if self._runs.get(name, 0) < self.in_a_row and self._dice.random() < self.chance:
            self._runs[name] = self._runs.get(name, 0) + 1
            self.struck += 1
            raise ItemError("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")


@dataclass(frozen=True)
class Refusal:
    """Refuse writes of some records, as a validation rule, a duplicate rule or a trigger of the organisation does."""

    sobject: str
    code: str
    message: str
    only: frozenset[str] = frozenset()
    fields: tuple[str, ...] = ()

    def __call__(self, attempt: Attempt) -> None:
        who = attempt.id or str(attempt.values.get("WhoId"))
        if attempt.sobject == self.sobject and (not self.only or who in self.only):
            raise ItemError(self.code, self.message, self.fields)


def html(status: int) -> Callable[[], Reply]:
    """Build a gateway's own page instead of Salesforce's JSON."""
    page = f"<html><head><title>{status}</title></head><body><h1>{status} Service Unavailable</h1></body></html>"
    return lambda: Reply(status, raw=page.encode(), headers={"Content-Type": "text/html"})


def refused(status: int, code: str, message: str) -> Callable[[], Reply]:
    return lambda: error(status, code, message)
