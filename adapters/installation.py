"""Say what is true of the parts Puente installs in a CRM, in no CRM's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeAlias

State: TypeAlias = Literal[
    "exists", "missing", "outdated", "conflict", "created", "changed", "differs", "skipped",
    "installed", "foreign", "removed",
]  # fmt: skip
"""Before installing: `exists`, `missing`, `outdated`, `conflict`, `skipped`; after it: `exists`, `created`, `changed`,
`skipped`, and `differs` for what did not come out as wanted. Before uninstalling: `installed`, `foreign` (our name, but
not our making); after it `removed`.
"""
MARK: Final = "Made by Puente."
"""Ends the description of what we make: what lacks it was not made by us and is never removed."""


@dataclass(frozen=True, slots=True)
class PartState:
    """Say what is true of one part: `owner` is the object it belongs to, or its kind.

    `records` is how many records hold a value in it, None when nobody counted or could.
    """

    owner: str
    name: str
    state: State
    detail: str = ""
    records: int | None = None


class Installation(Protocol):
    """Compare a CRM with what Puente needs, and make what is missing. Safe to repeat."""

    def plan(self) -> tuple[PartState, ...]:
        """Say what is there and what would be made; nothing is written."""

    def apply(self) -> tuple[PartState, ...]:
        """Make what is missing and say what became of every part; with a conflict nothing is written."""


@dataclass(frozen=True, slots=True)
class RemovalPlan:
    """Say what an uninstall would remove: parts, and the open tasks we made (None when they cannot be told)."""

    parts: tuple[PartState, ...]
    open_tasks: int | None

    @property
    def removable(self) -> tuple[PartState, ...]:
        return tuple(part for part in self.parts if part.state == "installed")


class Removal(Protocol):
    """Remove what Puente made, and nothing else. Safe to repeat."""

    def plan(self) -> RemovalPlan:
        """Say what is there, whose it is and which data goes with it; nothing is written."""

    def apply(self, *, tasks: bool) -> tuple[PartState, ...]:
        """Remove it, doorbells first and fields last; with `tasks` also the open tasks we made."""


def has_conflict(parts: Sequence[PartState]) -> bool:
    return any(part.state == "conflict" for part in parts)


def to_do(parts: Sequence[PartState]) -> list[PartState]:
    """Return what an installation would write."""
    return [part for part in parts if part.state in ("missing", "outdated")]


def with_mark(description: str) -> str:
    return f"{description} {MARK}"
