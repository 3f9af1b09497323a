"""Note what became of every line of a plan, so that a run that was killed goes on where it was."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal, TypeAlias

import orjson

from connector.domain.values import parse_instant
from connector.ports import PersonRef

Became: TypeAlias = Literal["written", "planned", "already", "skipped", "failed", "rung", "left"]
"""`planned`: a dry run would write it. `already`: the CRM holds what was planned. `skipped`: changed since, with the
reason. `rung`: a doorbell waits for the functions in AWS. `left`: for a later run."""
SETTLED: Final[frozenset[Became]] = frozenset({"written", "already", "skipped"})
_OWNER_ONLY: Final = 0o600


@dataclass(frozen=True, slots=True)
class Result:
    """Say what became of one line, why, and when."""

    ref: PersonRef
    became: Became
    at: datetime | None = None
    reason: str | None = None
    task_id: str | None = None
    tasks_closed: int = 0


@dataclass(slots=True)
class Journal:
    """Hold what is known of earlier runs, and add to it. A line is begun before anything of it is sent."""

    path: Path
    sha256: str
    results: dict[PersonRef, Result] = field(default_factory=dict)
    begun: set[PersonRef] = field(default_factory=set)
    _file: BinaryIO | None = None

    @classmethod
    def of(cls, plan: Path, sha256: str) -> Journal:
        """Read what was noted for a plan; what was noted for another of the same name does not count."""
        journal = cls(plan.with_name(f"{plan.name}.journal"), sha256)
        entries = list(_entries(journal.path))
        if not entries or entries[0] != {"plan": sha256}:
            return journal
        for entry in entries[1:]:
            if "begun" in entry:
                journal.begun.update(PersonRef(*ref) for ref in entry["begun"])
            else:
                result = _result(entry["result"])
                journal.results[result.ref] = result
        return journal

    @property
    def is_new(self) -> bool:
        return not self.begun and not self.results

    def is_settled(self, ref: PersonRef, settled: frozenset[Became] = SETTLED) -> bool:
        return ref in self.results and self.results[ref].became in settled

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Open the file for as long as the block lasts."""
        flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if self.is_new else os.O_APPEND)
        with os.fdopen(os.open(self.path, flags, _OWNER_ONLY), "wb", buffering=0) as file:
            self._file = file
            if self.is_new:
                self._write({"plan": self.sha256})
            else:
                file.write(b"\n")  # ends a line that a kill cut off
            try:
                yield
            finally:
                self._file = None

    def begin(self, refs: Iterable[PersonRef]) -> None:
        """Note who is about to be written; it is on the disk when this returns."""
        fresh = [ref for ref in refs if ref not in self.begun]
        self.begun.update(fresh)
        self._write({"begun": [[ref.object_type, ref.object_id] for ref in fresh]})
        if self._file is not None:
            os.fsync(self._file.fileno())

    def note(self, result: Result) -> None:
        self.results[result.ref] = result
        ref = [result.ref.object_type, result.ref.object_id]
        self._write({"result": {**asdict(result), "ref": ref}})

    def _write(self, entry: dict[str, Any]) -> None:
        if self._file is not None:
            self._file.write(orjson.dumps(entry, option=orjson.OPT_UTC_Z) + b"\n")


def _entries(path: Path) -> Iterator[dict[str, Any]]:
    """Yield what can be read; the line a kill cut off cannot."""
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        try:
            yield orjson.loads(line)
        except orjson.JSONDecodeError:
            continue


def _result(document: dict[str, Any]) -> Result:
    at = parse_instant(document["at"])
    return Result(**{**document, "ref": PersonRef(*document["ref"]), "at": at if isinstance(at, datetime) else None})
