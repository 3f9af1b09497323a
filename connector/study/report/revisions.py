"""Say what changed in the model and when: by the file's own history in Git, and by the stamps people carry.

Git says what was written when; the stamps say which file decided, and from when on at the latest. Neither is complete:
a file may be in force uncommitted, and a stamp is replaced when somebody is decided anew.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Final

import orjson
import polars as pl

from connector.domain.model import Model
from connector.domain.values import parse_instant
from connector.errors import PuenteError
from connector.study.model_changes import list_model_changes
from connector.study.plan import ModelChange

_MOST_REVISIONS: Final = 12
_TIMEOUT_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Revision:
    """Hold one state of the model file that differs from the one before; `at` None: not committed yet."""

    at: datetime | None
    subject: str | None
    version: str
    changes: tuple[ModelChange, ...]


@dataclass(frozen=True, slots=True)
class Stamp:
    """Count the people whose last decision carries a model's stamp, and say when the first and last were decided."""

    stamp: str
    people: int
    first_at: datetime | None
    last_at: datetime | None

    @property
    def name(self) -> str:
        """Return name and version without the hash."""
        return self.stamp.rpartition(" ")[0]

    @property
    def version(self) -> str:
        return self.name.rpartition(" ")[2]


@dataclass(frozen=True, slots=True)
class ModelHistory:
    """Hold what is known of the model in force. Without `in_git` nobody kept the file's changes."""

    stamp: str
    in_git: bool
    revisions: tuple[Revision, ...]
    stamps: tuple[Stamp, ...]

    @property
    def not_applied(self) -> int:
        """Return how many people carry the stamp of another model than the one in force."""
        return sum(one.people for one in self.stamps if one.stamp != self.stamp)


@dataclass(frozen=True, slots=True)
class FileState:
    """Hold the text of the model file at one of its commits, newest first; `at` None is the file as it lies there."""

    at: datetime | None
    subject: str | None
    text: str


def read_file_states(path: Path) -> tuple[FileState, ...] | None:
    """Return the states of a file in its Git work tree, newest first; None when it is in none."""
    listed = _git(path, "log", f"--max-count={_MOST_REVISIONS}", "--format=%H%x09%cI%x09%s", "--", path.name)
    if not listed:
        return None
    states = [FileState(None, None, path.read_text(encoding="utf-8"))]
    for line in listed.splitlines():
        commit, at, subject = line.split("\t", 2)
        text = _git(path, "show", f"{commit}:./{path.name}")
        if text is not None:
            states.append(FileState(datetime.fromisoformat(at), subject, text))
    return tuple(states)


def _git(path: Path, *arguments: str) -> str | None:
    """Ask Git about a file; None when there is no Git, no work tree, or no answer. Changes nothing."""
    program = shutil.which("git")
    if program is None:
        return None
    command = [program, "-C", str(path.absolute().parent), "--no-optional-locks", *arguments]
    try:
        found = subprocess.run(  # noqa: S603 - our own words
            command, capture_output=True, timeout=_TIMEOUT_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found.stdout.decode("utf-8", "replace") if found.returncode == 0 else None


def list_revisions(states: Sequence[FileState], parse: Callable[[str], Model]) -> Iterator[Revision]:
    """Yield the states that differ from the one before, newest first; one that is no sound model is passed over."""
    models = [(state, model) for state in states if (model := _parsed(state.text, parse)) is not None]
    for (state, model), (_, before) in pairwise(models):
        if model.hash != before.hash:
            yield Revision(state.at, state.subject, model.version, list_model_changes(before, model))
    complete = len(states) <= _MOST_REVISIONS
    if models and complete and models[-1][0].at is not None:
        state, model = models[-1]
        yield Revision(state.at, state.subject, model.version, ())


def _parsed(text: str, parse: Callable[[str], Model]) -> Model | None:
    try:
        return parse(text)
    except PuenteError:
        return None


def count_stamps(parts: Iterable[pl.DataFrame], stamp_field: str | None, at_field: str | None) -> tuple[Stamp, ...]:
    """Count the stamps people carry, the newest first. `parts` have the column `current`."""
    if stamp_field is None:
        return ()
    seen: dict[str, list[datetime | None]] = {}
    for part in parts:
        for text in part["current"]:
            fields = orjson.loads(text)
            if isinstance(stamp := fields.get(stamp_field), str) and stamp:
                seen.setdefault(stamp, []).append(_instant(fields.get(at_field)))
    return tuple(sorted((_stamp(*one) for one in seen.items()), key=_newest, reverse=True))


def _instant(value: object) -> datetime | None:
    parsed = parse_instant(value["at"]) if isinstance(value, dict) else None
    return parsed if isinstance(parsed, datetime) else None


def _stamp(stamp: str, instants: list[datetime | None]) -> Stamp:
    dated = [at for at in instants if at is not None]
    return Stamp(stamp, len(instants), min(dated, default=None), max(dated, default=None))


def _newest(one: Stamp) -> tuple[bool, float, int]:
    return one.first_at is not None, one.first_at.timestamp() if one.first_at else 0.0, one.people
