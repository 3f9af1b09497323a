"""Read the part of a model file that says what sales gets, from whom, and by when."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Final, Literal
from zoneinfo import ZoneInfo, available_timezones

from connector.domain.condition_file import MAP_IT, condition
from connector.domain.conditions import Condition
from connector.domain.model import WEEKDAYS, Calendar, HandoffRules, Routing, TaskRules, Territory
from connector.domain.phrase import phrase
from connector.domain.yaml_fields import REFUSED, Fields, Key, Place, Reader, Refused, Section, check_unique, suggest
from connector.domain.yaml_readers import (
    BOOLEAN,
    DATE,
    TEXT,
    list_of,
    nullable,
    number,
    one_of,
    read_text,
    whole,
)
from connector.domain.yaml_tree import quoted

_DEFAULTS: Final = HandoffRules()
_PRIORITIES: Final[tuple[Literal["low", "medium", "high"], ...]] = ("low", "medium", "high")
_LONGEST_SLA_HOURS: Final = 10_000


def _task_section(stage: str, default: TaskRules) -> Section[TaskRules]:
    task = Key("task", TEXT, "What sales is asked to do.", default.task)
    sla = Key(
        "sla_hours",
        number(("≥", 0), ("≤", _LONGEST_SLA_HOURS)),
        "Business hours from the decision to the due time.",
        default.sla_hours,
    )
    priority: Key[Literal["low", "medium", "high"]] = Key(
        "priority", one_of(_PRIORITIES), "Priority of the task.", default.priority
    )
    return Section(
        f"handoff.{stage}",
        f"The task of a person who becomes an {stage.upper()}.",
        (task, sla, priority),
        lambda fields: TaskRules(fields[task], fields[sla], fields[priority]),
    )


MQL_TASK: Final = _task_section("mql", _DEFAULTS.mql)
SQL_TASK: Final = _task_section("sql", _DEFAULTS.sql)


def _read_timezone(place: Place) -> str | Refused:
    name = read_text(place)
    if isinstance(name, Refused):
        return REFUSED
    try:
        ZoneInfo(name)
        known = name != "localtime"  # a link of some machines, another zone on each
    except (LookupError, ValueError, OSError):
        known = False
    return (
        name
        if known
        else place.refuse(
            phrase(
                "unknown {noun} {name} — {advice}",
                noun=phrase("time zone"),
                name=quoted(name),
                advice=_suggest_zone(name),
            )
        )
    )


def _suggest_zone(name: str) -> str:
    advice = suggest(name, available_timezones())
    return advice if advice.startswith("did") else phrase("write an IANA name such as Europe/Madrid")


_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


def _read_hours(place: Place) -> tuple[time, time | None] | Refused:
    """Read the opening and closing time; the closing time None is midnight at the end of the day."""
    texts = list_of(TEXT).read(place)
    if isinstance(texts, Refused):
        return REFUSED
    if len(texts) != 2:
        return place.refuse(phrase('opening and closing time are needed — write them like ["09:00", "18:00"]'))
    clocks = [_CLOCK.fullmatch(text.strip()) for text in texts]
    whole_day_end = texts[1].strip() == "24:00"
    for item, clock, is_end in zip(place.items(), clocks, (False, True), strict=True):
        if not clock and not (is_end and whole_day_end):
            item.refuse(phrase('`{text}` is not a time of day — write it like "09:00"', text=item.text()))
    opens, closes = (time(int(clock[1]), int(clock[2])) if clock else None for clock in clocks)
    if opens is None or (closes is None and not whole_day_end):
        return REFUSED
    if closes is not None and opens >= closes:
        return place.refuse(phrase("it closes before it opens — write the opening time first, on the same day"))
    return opens, closes


_ZONE: Final = Key("timezone", Reader(phrase("IANA time zone"), _read_timezone), "The zone of the hours.", "UTC")
_DAYS: Final = Key(
    "days", list_of(one_of(WEEKDAYS, phrase("day")), at_least=1), "The working days.", WEEKDAYS[:5], "mon to fri"
)
_HOURS: Final[Key[tuple[time, time | None]]] = Key(
    "hours",
    Reader(phrase('list of opening and closing time, "HH:MM"'), _read_hours),
    "The working hours; the end may be 24:00.",
    (time(9), time(18)),
    '["09:00", "18:00"]',
)
_HOLIDAYS: Final[Key[tuple[date, ...]]] = Key("holidays", list_of(DATE), "Days on which nobody works.", (), "none")


def _build_calendar(fields: Fields) -> Calendar:
    opens, closes = fields[_HOURS]
    days = frozenset(WEEKDAYS.index(day) for day in fields[_DAYS])
    return Calendar(fields[_ZONE], days, opens, closes, frozenset(fields[_HOLIDAYS]))


CALENDAR: Final = Section(
    "handoff.calendar",
    "The business hours that due times are counted in.",
    (_ZONE, _DAYS, _HOURS, _HOLIDAYS),
    _build_calendar,
)

_WHEN: Final[Key[Condition]] = Key("when", condition("attribute"), "Who belongs to the territory.")
_OWNERS: Final = Key("owners", list_of(TEXT, at_least=1), "CRM owners who share it.")
TERRITORY: Final = Section(
    "handoff.routing.territories[]",
    "A part of the market with owners of its own; the first that matches counts.",
    (_WHEN, _OWNERS),
    lambda fields: Territory(fields[_WHEN], fields[_OWNERS]),
)
_KEEP_OWNER: Final = Key("keep_owner", BOOLEAN, "The record's owner keeps it.", default=True)
_TERRITORIES: Final = Key("territories", list_of(TERRITORY.reader), "Owners by territory.", (), "none")
_ROUND_ROBIN: Final = Key("round_robin", list_of(TEXT), "Owners who take turns for the rest.", (), "none")
_CAPACITY: Final = Key(
    "capacity_per_day", nullable(whole(1)), "The most new tasks a day for one owner.", None, "no limit"
)
_ESCALATE: Final = Key("escalate_to", nullable(TEXT), "The owner who gets overdue tasks.", None, "nobody")
ROUTING: Final = Section(
    "handoff.routing",
    "Who gets the task.",
    (_KEEP_OWNER, _TERRITORIES, _ROUND_ROBIN, _CAPACITY, _ESCALATE),
    lambda fields: Routing(
        fields[_KEEP_OWNER], fields[_TERRITORIES], fields[_ROUND_ROBIN], fields[_CAPACITY], fields[_ESCALATE]
    ),
)


def _read_task_field(place: Place) -> str | Refused:
    name = read_text(place)
    types = place.reading.types
    if isinstance(name, Refused) or types is None or name in types:
        return name
    return place.refuse(
        phrase(
            "unknown {noun} {name} — {advice}",
            noun=phrase("attribute"),
            name=quoted(name),
            advice=suggest(name, types, MAP_IT),
        )
    )


_MQL: Final = Key("mql", MQL_TASK.reader, "The review task.", _DEFAULTS.mql, "its defaults")
_SQL: Final = Key("sql", SQL_TASK.reader, "The contact task.", _DEFAULTS.sql, "its defaults")
_CALENDAR: Final = Key("calendar", CALENDAR.reader, "Business hours.", Calendar(), "its defaults")
_ROUTING: Final = Key("routing", ROUTING.reader, "Who gets the task.", Routing(), "its defaults")
_TASK_FIELDS: Final = Key(
    "task_fields",
    list_of(Reader(phrase("attribute"), _read_task_field)),
    "The only attributes that may appear in a task.",
    (),
    "none",
)


def _check(fields: Fields) -> None:
    place = fields.place.key("task_fields")
    check_unique(place.items() if place else (), phrase("attribute"))


HANDOFF: Final = Section(
    "handoff",
    "What sales gets, from whom, and by when.",
    (_MQL, _SQL, _CALENDAR, _ROUTING, _TASK_FIELDS),
    lambda fields: HandoffRules(fields[_MQL], fields[_SQL], fields[_CALENDAR], fields[_ROUTING], fields[_TASK_FIELDS]),
    _check,
)
