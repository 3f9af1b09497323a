"""Write a plan as JSON Lines sealed by a hash, and read one back: header, one line per person, totals, seal."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

import orjson

from connector.domain.comparison import PointChange
from connector.domain.model import Locale
from connector.domain.values import parse_instant
from connector.errors import UsageError
from connector.live.planned import Prints, watch_from_json
from connector.ports import PersonRef
from connector.study.plan import (
    PLAN_VERSION,
    Header,
    Line,
    ModelChange,
    ModelName,
    PlannedTask,
    RuleEffect,
    Totals,
)
from connector.system_reasons import system_reason

_OWNER_ONLY: Final = 0o600
_UNREADABLE: Final = (KeyError, TypeError, ValueError, AttributeError)


class PlanWriter:
    """Write lines one after the other; what is written counts once it is sealed."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write, self._hash = write, hashlib.sha256()

    def add(self, what: str, content: Mapping[str, Any]) -> None:
        text = orjson.dumps({what: content}, option=orjson.OPT_UTC_Z) + b"\n"
        self._hash.update(text)
        self._write(text)

    def seal(self) -> str:
        """Write the hash of everything so far, and return it."""
        sealed = self._hash.hexdigest()
        self._write(orjson.dumps({"sha256": sealed}) + b"\n")
        return sealed


@contextmanager
def write_beside(path: Path) -> Iterator[BinaryIO]:
    """Give a file for its owner alone, which is at `path` in one move when the block ends well, or not at all."""
    if not path.name:
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _OWNER_ONLY)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


@contextmanager
def write_plan(path: Path, header: Header) -> Iterator[PlanWriter]:
    """Give a writer for the plan at `path`."""
    with write_beside(path) as stream:
        writer = PlanWriter(stream.write)
        writer.add("plan", {"format": PLAN_VERSION, **asdict(header)})
        yield writer


def line_to_json(line: Line) -> dict[str, Any]:
    """Return a line without what it does not say, for orjson."""
    said = ((name, getattr(line, name)) for name in Line.__slots__)
    content = {name: value for name, value in said if value not in (None, (), False, 0)}
    return {**content, "ref": [line.ref.object_type, line.ref.object_id], "stage_from": line.stage_from}


@dataclass(frozen=True, slots=True)
class PlanFile:
    """Hold a plan whose seal was found whole; its lines are read when they are wanted."""

    path: Path
    sha256: str
    header: Header
    totals: Totals

    def lines(self) -> Iterator[Line]:
        """Yield the lines in the order in which they were planned."""
        with self.path.open("rb") as file:
            for text in file:
                document = orjson.loads(text)
                if "line" in document:
                    yield _line(document["line"])


def open_plan(path: Path, locale: Locale) -> PlanFile:
    """Read a plan and compare its seal. Raises UsageError when it is none, or has been edited."""
    try:
        found = _read(path)
    except OSError as error:
        reason = system_reason(error, locale)
        raise UsageError(_MISSING[locale].format(path=path, reason=reason)) from None
    except _UNREADABLE:
        found = None
    if found is None:
        raise UsageError(_TAMPERED[locale].format(path=path))
    return found


def _read(path: Path) -> PlanFile | None:
    """Return the plan at `path`; None where the seal does not fit."""
    hashed, sealed, ends = hashlib.sha256(), None, {}
    with path.open("rb") as file:
        for text in file:
            document = orjson.loads(text)
            if sealed is not None:
                return None
            sealed = document.get("sha256")
            if sealed is None:
                hashed.update(text)
                ends.update({name: document[name] for name in ("plan", "totals") if name in document})
    if sealed != hashed.hexdigest() or ends["plan"]["format"] != PLAN_VERSION:
        return None
    return PlanFile(path, sealed, _header(ends["plan"]), _totals(ends["totals"]))


def _header(document: Mapping[str, Any]) -> Header:
    return Header(
        **{
            **{name: value for name, value in document.items() if name != "format"},
            "created_at": _instant(document["created_at"]),
            "taken_at": _instant(document["taken_at"]),
            "before": ModelName(**document["before"]),
            "after": ModelName(**document["after"]),
            "watch": watch_from_json(document["watch"]),
        }
    )


def _line(document: Mapping[str, Any]) -> Line:
    task = document.get("task")
    return Line(
        **{
            **document,
            **{name: tuple(document.get(name, ())) for name in ("changes", "causes", "reasons")},
            "ref": PersonRef(*document["ref"]),
            "prints": Prints(**document["prints"]),
            "points": tuple(PointChange(**change) for change in document.get("points", ())),
            "engagement": _pair(document.get("engagement")),
            "fit": _pair(document.get("fit")),
            "task": _task(task) if task else None,
        }
    )


def _task(document: Mapping[str, Any]) -> PlannedTask:
    return PlannedTask(**{**document, "due_at": _instant(document["due_at"]), "pool": tuple(document["pool"])})


def _pair(values: list[Any] | None) -> Any:
    return None if values is None else tuple(values)


def totals_to_json(totals: Totals) -> dict[str, Any]:
    return {**asdict(totals), "sample": [line_to_json(line) for line in totals.sample]}


def _totals(document: Mapping[str, Any]) -> Totals:
    return Totals(
        **{
            **document,
            "effects": tuple(RuleEffect(**effect) for effect in document["effects"]),
            "model_changes": tuple(ModelChange(**change) for change in document["model_changes"]),
            "sample": tuple(_line(line) for line in document["sample"]),
        }
    )


def _instant(text: str) -> datetime:
    instant = parse_instant(text)
    if not isinstance(instant, datetime):
        raise TypeError(text)
    return instant


_MISSING: Final[Mapping[Locale, str]] = {
    "es": "{path}: no se puede leer el plan ({reason}) — compruebe la ruta o haga uno con `puente plan`",
    "en": "{path}: the plan cannot be read ({reason}) — check the path, or make one with `puente plan`",
}
_TAMPERED: Final[Mapping[Locale, str]] = {
    "es": "{path}: no es un plan, o alguien lo ha cambiado: su sello no coincide — haga otro con `puente plan`",
    "en": "{path}: is no plan, or somebody changed it: its seal does not match — make another with `puente plan`",
}
