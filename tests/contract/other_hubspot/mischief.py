"""What goes wrong on purpose: answers that are lost, late, broken or refused, and people who edit meanwhile."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from tests.contract.other_hubspot.portal import Portal
from tests.contract.other_hubspot.replies import Reply, Request, error

Outcome = Literal["reply", "reset", "truncate", "cut", "empty", "slow"]


@dataclass
class Mishap:
    """Strike calls whose line matches. `stored` lets the call do its work before the answer goes wrong.

    `turns` names the matching calls (from 1) it strikes; else each with `chance`, never more than `in_a_row` times
    in succession, so that patience is always enough.
    """

    match: str
    outcome: Outcome = "reply"
    reply: Callable[[], Reply] = field(default=lambda: error(500, "INTERNAL_ERROR", "internal error"))
    stored: bool = False
    turns: frozenset[int] = frozenset()
    chance: float = 0.0
    in_a_row: int = 2
    seconds: float = 0.0
    seen: int = 0
    struck: int = 0
    _run: int = 0

    def strikes(self, line: str, dice: random.Random) -> bool:
        if not re.fullmatch(self.match, line):
            return False
        self.seen += 1
        hit = self.seen in self.turns if self.turns else self._run < self.in_a_row and dice.random() < self.chance
        self._run = self._run + 1 if hit else 0
        self.struck += hit
        return hit


@dataclass
class Interference:
    """Change the portal when the n-th matching call comes: before it is handled, or right after it was answered."""

    match: str
    turn: int
    act: Callable[[Portal, Request], None]
    when: Literal["before", "after"] = "after"
    every: bool = False
    seen: int = 0
    done: int = 0

    def comes(self, line: str, when: str) -> bool:
        if when != self.when or not re.fullmatch(self.match, line):
            return False
        self.seen += 1
        hit = self.seen >= self.turn if self.every else self.seen == self.turn
        self.done += hit
        return hit


@dataclass
class Mischief:
    """Hold everything that is to go wrong, with dice of its own."""

    mishaps: list[Mishap] = field(default_factory=list)
    interferences: list[Interference] = field(default_factory=list)
    dice: random.Random = field(default_factory=lambda: random.Random(7))

    def mishap(self, line: str) -> Mishap | None:
        return next((mishap for mishap in self.mishaps if mishap.strikes(line, self.dice)), None)

    def interfere(self, portal: Portal, request: Request, when: str) -> None:
        for interference in self.interferences:
            if interference.comes(request.line, when):
                interference.act(portal, request)


def html(status: int) -> Callable[[], Reply]:
    """A gateway's own page instead of HubSpot's JSON."""
    page = f"<html><head><title>{status}</title></head><body><h1>{status} Bad Gateway</h1></body></html>".encode()
    return lambda: Reply(status, raw=page, headers={"Content-Type": "text/html"})


def locked() -> Reply:
    return error(423, "LOCKED", "Record is locked: another write is in progress")


def migrating(retry_after: str | None) -> Callable[[], Reply]:
    headers = {"Retry-After": retry_after} if retry_after else {}

    def build() -> Reply:
        reply = error(477, "MIGRATION_IN_PROGRESS", "This account is being migrated")
        reply.headers |= headers
        return reply

    return build
