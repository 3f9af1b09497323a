"""Read the view of a CRM that the page shows: loose values in, typed ones out.

The view is built by each imitated CRM from its own records, so that any value may be missing, empty, or a text where a
number is meant. Nothing here refuses: what cannot be read is not shown.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

_UTC = "UTC"
_FINISHED = frozenset({"COMPLETED", "CLOSED"})


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a timeline."""

    kind: str
    occurred_at: datetime | None
    what: str
    count: int | None
    machine: bool


@dataclass(frozen=True, slots=True)
class Task:
    """One task on a rep's desk; the body is HTML or plain text, never both."""

    subject: str
    body_html: str
    body_text: str
    due_at: datetime | None
    owner: str
    done: bool
    priority: str


@dataclass(frozen=True, slots=True)
class PersonView:
    """One person as a rep sees them; the timeline is newest first."""

    id: str
    name: str
    email: str
    company: str
    job_title: str
    stage: str
    lifecycle: str
    fit: float | None
    engagement: float | None
    grade: str
    reasons: tuple[str, ...]
    missing: tuple[str, ...]
    nurture: str
    owner: str
    timeline: tuple[Happening, ...]
    tasks: tuple[Task, ...]

    @property
    def open_tasks(self) -> tuple[Task, ...]:
        """The tasks that still wait."""
        return tuple(task for task in self.tasks if not task.done)


@dataclass(frozen=True, slots=True)
class View:
    """A whole CRM; `counts`, `total` and `open_tasks` are about everybody in it, `people` may be fewer.

    `open_tasks` is None when only some people are given and nobody has counted the tasks of the others.
    """

    crm: str
    portal: str
    now: datetime | None
    locale: str
    zone: ZoneInfo
    people: tuple[PersonView, ...]
    counts: Mapping[str, int]
    total: int
    open_tasks: int | None


def read_view(view: Mapping[str, object]) -> View:
    """Read a whole view; every instant in it is told in the account's zone."""
    zone = _zone(view.get("zone"))
    people = tuple(_read_person(person, zone) for person in _maps(view.get("people")))
    counted = ((str(stage), _whole(count)) for stage, count in _map(view.get("counts")).items())
    counts = {stage: count for stage, count in counted if count is not None}
    if not counts:
        for person in people:
            counts[person.stage] = counts.get(person.stage, 0) + 1
    total = _whole(view.get("total")) or max(len(people), sum(counts.values()))
    open_tasks = _whole(view.get("open_tasks"))
    if open_tasks is None and len(people) >= total:
        open_tasks = sum(len(person.open_tasks) for person in people)
    return View(
        crm=_text(view.get("crm")) or "CRM",
        portal=_text(view.get("portal")),
        now=read_instant(view.get("now"), zone),
        locale=_text(view.get("locale")) or "es",
        zone=zone,
        people=people,
        counts=counts,
        total=total,
        open_tasks=open_tasks,
    )


def _read_person(person: Mapping[str, object], zone: ZoneInfo) -> PersonView:
    """Read one person."""
    timeline = (_read_happening(event, zone) for event in _maps(person.get("timeline")))
    newest_first = sorted(timeline, key=lambda event: _sort_key(event.occurred_at), reverse=True)
    return PersonView(
        id=_text(person.get("id")),
        name=_text(person.get("name")),
        email=_text(person.get("email")),
        company=_text(person.get("company")),
        job_title=_text(person.get("job_title")),
        stage=_text(person.get("stage")),
        lifecycle=_text(person.get("lifecycle")),
        fit=_number(person.get("fit")),
        engagement=_number(person.get("engagement")),
        grade=_text(person.get("grade")),
        reasons=_lines(person.get("reasons")),
        missing=_lines(person.get("missing")),
        nurture=_text(person.get("nurture")),
        owner=_text(person.get("owner")),
        timeline=tuple(newest_first),
        tasks=tuple(_read_task(task, zone) for task in _maps(person.get("tasks"))),
    )


def _read_happening(event: Mapping[str, object], zone: ZoneInfo) -> Happening:
    """Read one line of a timeline."""
    count = _number(event.get("count"))
    return Happening(
        kind=_text(event.get("kind")),
        occurred_at=read_instant(event.get("occurred_at"), zone),
        what=_text(event.get("what")),
        count=int(count) if count is not None else None,
        machine=event.get("machine") is True,
    )


def _read_task(task: Mapping[str, object], zone: ZoneInfo) -> Task:
    """Read one task."""
    return Task(
        subject=_text(task.get("subject")),
        body_html=_text(task.get("body_html")),
        body_text=_text(task.get("body_text")),
        due_at=read_instant(task.get("due_at"), zone),
        owner=_text(task.get("owner")),
        done=_text(task.get("status")).upper() in _FINISHED,
        priority=_text(task.get("priority")).lower(),
    )


def read_instant(value: object, zone: tzinfo) -> datetime | None:
    """Read an aware datetime, an ISO text, or milliseconds since 1970 (without a zone: UTC) as a time in `zone`."""
    text = _text(value)
    try:
        if isinstance(value, datetime):
            return (value.replace(tzinfo=UTC) if value.tzinfo is None else value).astimezone(zone)
        if text.lstrip("-").isdecimal():
            return datetime.fromtimestamp(int(text) / 1000, tz=zone)
        return read_instant(datetime.fromisoformat(text), zone) if text else None
    except (ValueError, OverflowError, OSError):
        return None


def _zone(value: object) -> ZoneInfo:
    """Read the name of a time zone; UTC when there is none of that name."""
    try:
        return ZoneInfo(_text(value) or _UTC)
    except (LookupError, ValueError, OSError):
        return ZoneInfo(_UTC)


def _sort_key(at: datetime | None) -> datetime:
    """Put what has no date at the end."""
    return at or datetime.min.replace(tzinfo=UTC)


def _text(value: object) -> str:
    """Read a text; absent is empty."""
    return "" if value is None else str(value).strip()


def _number(value: object) -> float | None:
    """Read a finite number, also from a text."""
    try:
        number = float(_text(value))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _whole(value: object) -> int | None:
    """Read a number of people or tasks."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _lines(value: object) -> tuple[str, ...]:
    """Read a list of texts, or the lines of one."""
    if isinstance(value, str):
        value = value.splitlines()
    if not isinstance(value, Iterable):
        return ()
    return tuple(line for item in value if (line := _text(item)))


def _map(value: object) -> Mapping[object, object]:
    """Read a map; anything else is an empty one."""
    return value if isinstance(value, Mapping) else {}


def _maps(value: object) -> Iterable[Mapping[str, object]]:
    """Read a list of maps; anything else in it is left out."""
    if not isinstance(value, Iterable) or isinstance(value, str | Mapping):
        return ()
    return (item for item in value if isinstance(item, Mapping))
