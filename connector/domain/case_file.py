"""Read golden cases: an ops team's unit tests for its own model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias

from connector.domain.person import (
    EVENT_KINDS,
    REJECT_REASONS,
    STAGES,
    UNKNOWN,
    Event,
    Memory,
    Person,
    SalesVerdict,
    SetAside,
    SetBy,
    Stage,
    Timeline,
    Value,
    ValueType,
)
from connector.domain.phrase import phrase
from connector.domain.values import parse_instant, parse_value
from connector.domain.yaml_fields import (
    REFUSED,
    Fields,
    Key,
    Place,
    Reader,
    Reading,
    Refused,
    Section,
    describe,
    is_map,
    read_document,
    suggest,
)
from connector.domain.yaml_file import read_yaml
from connector.domain.yaml_readers import (
    BOOLEAN,
    INSTANT,
    TEXT,
    list_of,
    map_of,
    nullable,
    one_of,
    read_number,
    read_text,
    whole,
)
from connector.domain.yaml_tree import Broken, Items, Plain, Scalar, quoted, to_plain
from connector.errors import CaseError


@dataclass(frozen=True, slots=True)
class Case:
    """Hold the inputs of one decision and the parts of it that are expected."""

    name: str
    now: datetime
    person: Person
    timeline: Timeline
    memory: Memory
    expect: Mapping[str, Plain]


def _read_person(place: Place) -> Person | Refused:
    if not is_map(place):
        return REFUSED
    types = place.reading.types
    attributes: dict[str, Value] = {}
    before = len(place.reading.problems)
    for name, child in place.entries():
        if types is not None and name not in types:
            place.refuse_key(
                name,
                phrase(
                    "unknown {noun} {name} — {advice}",
                    noun=phrase("attribute"),
                    name=quoted(name),
                    advice=suggest(name, types),
                ),
            )
            continue
        value = _read_raw(child, types[name]) if types is not None else UNKNOWN
        if not isinstance(value, Refused):
            attributes[name] = value
    return REFUSED if len(place.reading.problems) > before else Person(attributes)


def _read_raw(place: Place, value_type: ValueType) -> Value | Refused:
    """Read a value in the CRM's raw form; what the CRM could hold but nobody can read is UNKNOWN, as it is live."""
    node = place.node
    if isinstance(node, Scalar):
        return _read_raw_scalar(place, node, value_type)
    if isinstance(node, Broken):
        return REFUSED
    if isinstance(node, Items) and value_type == "list":
        elements = list_of(TEXT).read(place)
        return REFUSED if isinstance(elements, Refused) else parse_value(elements, value_type)
    return place.refuse(
        phrase("{found} — write one value of type {value_type}", found=describe(node), value_type=value_type)
    )


def _read_raw_scalar(place: Place, node: Scalar, value_type: ValueType) -> Value | Refused:
    match node.kind:
        case "null":
            return UNKNOWN
        case "text" | "timestamp":
            return parse_value(node.text, value_type)
        case "number" | "boolean" if value_type in ("number", "datetime", "boolean"):
            return parse_value(node.value, value_type)
        case "odd_number" if value_type in ("number", "datetime", "boolean"):
            return read_number(place)  # refuses: nobody means octal
    return read_text(place)  # refuses: a number or boolean where a text is expected must be quoted


_EventTime: TypeAlias = datetime | None


def _read_event_time(place: Place) -> _EventTime | Refused:
    """Read an event's own time; one that cannot be read sets the event aside, as it does live."""
    node = place.node
    if isinstance(node, Broken):
        return REFUSED
    if not isinstance(node, Scalar):
        return place.refuse(phrase("{found} — write an instant such as 2026-03-02T10:00:00Z", found=describe(node)))
    instant = parse_instant(node.text if node.kind in ("text", "timestamp") else node.value)
    return None if instant is UNKNOWN else instant


def _read_event_text(place: Place) -> str | Refused | None:
    node = place.node
    if isinstance(node, Scalar) and (node.kind == "null" or not node.text.strip()):
        return None
    return read_text(place)


_EVENT_TEXT: Final[Reader[str | None]] = Reader(phrase("text"), _read_event_text)
_ID: Final = Key("id", TEXT, "Id of the event, unique per person.")
_KIND: Final = Key("kind", one_of(EVENT_KINDS, phrase("event kind")), "What happened.")
_AT: Final[Key[_EventTime]] = Key("occurred_at", Reader(phrase("instant with a zone"), _read_event_time), "When.", None)
_COUNT: Final = Key("count", nullable(whole(0)), "How many a counter stands for.", None, "a single event")
_MACHINE: Final = Key("machine", BOOLEAN, "The CRM says that a machine did it.", default=False)
_TextKey: TypeAlias = Key[str | None]
_TEXTS: Final[Mapping[str, _TextKey]] = {
    name: Key(name, _EVENT_TEXT, f"The event's {name}; a blank one is absent, as it is live.", None)
    for name in ("asset", "url", "form", "campaign", "topic", "channel", "direction", "outcome")
}


def _build_event(fields: Fields) -> Event | SetAside:
    at = fields[_AT]
    if at is None:
        return SetAside(fields[_ID], "no_time")
    texts = {name: fields[key] for name, key in _TEXTS.items()}
    return Event(fields[_ID], fields[_KIND], at, **texts, count=fields[_COUNT], machine=fields[_MACHINE])


EVENT: Final = Section(
    "[].timeline[]",
    "One thing that happened. An event without a readable time is set aside and reported.",
    (_ID, _KIND, _AT, *_TEXTS.values(), _COUNT, _MACHINE),
    _build_event,
)

_VERDICTS: Final[tuple[Literal["accepted", "rejected"], ...]] = ("accepted", "rejected")
_VERDICT: Final[Key[Literal["accepted", "rejected"]]] = Key("verdict", one_of(_VERDICTS), "What sales said.")
_REASON: Final = Key("reason", nullable(one_of(REJECT_REASONS, phrase("reason"))), "Why sales rejected.", None)
_SAID_AT: Final = Key("at", INSTANT, "When sales said it.")
SALES: Final = Section(
    "[].memory.sales",
    "The last verdict of sales.",
    (_VERDICT, _REASON, _SAID_AT),
    lambda fields: SalesVerdict(fields[_VERDICT], fields[_SAID_AT], fields[_REASON]),
)

_SET_BY_CHOICES: Final[tuple[SetBy, ...]] = ("puente", "person", "sales", "deal")
_STAGE: Final[Key[Stage | None]] = Key("stage", nullable(one_of(STAGES, phrase("stage"))), "The present stage.", None)
_SET_BY: Final[Key[SetBy]] = Key("set_by", one_of(_SET_BY_CHOICES), "Who set it.", "puente")
_SET_AT: Final = Key("set_at", nullable(INSTANT), "Since when it is set.", None, "long ago")
_SALES: Final = Key("sales", nullable(SALES.reader), "The last verdict of sales.", None)
_EPISODES: Final[Key[Mapping[str, int]]] = Key(
    "episodes",
    map_of(whole(0), names=("mql", "sql"), noun=phrase("stage")),
    "Handoffs opened so far, per stage.",
    {},
    "none",
)
MEMORY: Final = Section(
    "[].memory",
    "What was decided before.",
    (_STAGE, _SET_BY, _SET_AT, _SALES, _EPISODES),
    lambda fields: Memory(fields[_STAGE], fields[_SET_BY], fields[_SET_AT], fields[_SALES], fields[_EPISODES]),
)


def _read_expect(place: Place) -> Mapping[str, Plain] | Refused:
    plain = to_plain(place.node)
    return plain if is_map(place) and isinstance(plain, dict) else REFUSED


_NAME: Final = Key("name", TEXT, "What the case shows, as a sentence.")
_NOW: Final = Key("now", INSTANT, "The instant of the decision.")
_PERSON: Final[Key[Person | None]] = Key(
    "person",
    nullable(Reader(phrase("map of attribute → raw value"), _read_person)),
    "Attributes as the CRM holds them.",
    None,
    "nothing is known",
)
_TIMELINE: Final[Key[tuple[Event | SetAside, ...] | None]] = Key(
    "timeline", nullable(list_of(EVENT.reader)), "What the person did.", None, "nothing"
)
_MEMORY: Final[Key[Memory | None]] = Key("memory", nullable(MEMORY.reader), "What was decided before.", None, "nothing")
_EXPECT: Final[Key[Mapping[str, Plain] | None]] = Key(
    "expect", nullable(Reader(phrase("map"), _read_expect)), "Any parts of the decision's JSON.", None, "nothing"
)


def _build_case(fields: Fields) -> Case:
    happened = fields[_TIMELINE] or ()
    person, memory, expect = fields[_PERSON], fields[_MEMORY], fields[_EXPECT]
    timeline = Timeline(
        tuple(event for event in happened if isinstance(event, Event)),
        tuple(event for event in happened if isinstance(event, SetAside)),
    )
    return Case(
        name=fields[_NAME],
        now=fields[_NOW],
        person=person or Person(),
        timeline=timeline,
        memory=memory or Memory(),
        expect=expect or {},
    )


CASE: Final = Section("[]", "One golden case.", (_NAME, _NOW, _PERSON, _TIMELINE, _MEMORY, _EXPECT), _build_case)


def parse_cases(text: str, file: str, types: Mapping[str, ValueType] | None) -> tuple[Case, ...]:
    """Return the cases of a file's text; raise CaseError with every problem of it.

    `types` are the attributes of the mapping: raw values are read with them. With None, only the form is checked.
    """
    reading = Reading(file, types)
    cases = read_document(read_yaml(text, file), list_of(CASE.reader, at_least=1), reading)
    if isinstance(cases, Refused):
        raise CaseError(problems=reading.problems)
    return cases
