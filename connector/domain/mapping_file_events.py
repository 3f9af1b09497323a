"""Read the events of a mapping file: which records of the CRM become events of which kind."""

from __future__ import annotations

from collections.abc import Mapping as Map
from typing import Final

from connector.domain.mapping import COUNTER_SOURCES, EVENT_SOURCES, Crm, EventSource
from connector.domain.model_file_rules import KIND
from connector.domain.person import EVENT_TEXTS
from connector.domain.phrase import phrase
from connector.domain.yaml_fields import Fields, Key, Place, Reader, Refused, Section, suggest
from connector.domain.yaml_readers import TEXT, list_of, map_of, nullable, one_of, read_text
from connector.domain.yaml_tree import Items, quoted

_PROPERTIES: Final = tuple(name for name in EVENT_TEXTS if name not in ("id", "kind"))
_SET: Final[Key[Map[str, str]]] = Key(
    "set",
    map_of(TEXT, names=_PROPERTIES, noun=phrase("event property")),
    "Event property → field of the record.",
    {},
    "none",
)


def _read_globs(place: Place) -> tuple[str, ...] | Refused:
    if isinstance(place.node, Items):
        return list_of(TEXT, at_least=1).read(place)
    text = read_text(place)
    return text if isinstance(text, Refused) else (text,)


_WHERE: Final[Key[Map[str, tuple[str, ...]]]] = Key(
    "where",
    map_of(Reader(phrase("glob or list of globs"), _read_globs), noun=phrase("field")),
    "Field of the record → globs; all fields must match one of theirs.",
    {},
    "every record",
)
_TOPIC: Final = Key("topic", nullable(TEXT), "The topic of all these events.", None)
_CHANNEL: Final = Key("channel", nullable(TEXT), "The channel of all these events.", None)
_COUNT: Final = Key("count", nullable(TEXT), "Counters: the field with the number.", None, "one event")
_AT: Final = Key("at", nullable(TEXT), "Counters: the field with the date of the last one.", None)
_EVENT_TYPE: Final = Key("event_type", nullable(TEXT), "Web events: how the name of the event type begins.", None)


def event_section(crm: Crm) -> Section[EventSource]:
    """Build the table of one event entry, with the sources of a CRM."""
    sources = EVENT_SOURCES.get(crm)
    source_reader = one_of(tuple(sources), phrase("source")) if sources else TEXT
    source = Key("from", source_reader, "The source whose records are read.")
    fallback = Key(
        "fallback_for", nullable(source_reader), "Read only while that source is unavailable in the account.", None
    )

    def check(fields: Fields) -> None:
        if fields.sound(source):
            _check_source(fields, fields[source], sources)
        if fields.sound(source, fallback) and fields[source] == fields[fallback]:
            fields.refuse(fallback, phrase("a source cannot stand in for itself — name another one"))
        for key in (_TOPIC, _CHANNEL):
            if fields.place.key(key.name) and fields.sound(_SET) and key.name in fields[_SET]:
                fields.refuse(key, phrase("`{name}` is also under `set` — keep one of them", name=key.name))

    def build(fields: Fields) -> EventSource:
        return EventSource(
            kind=fields[KIND],
            source=fields[source],
            set=fields[_SET],
            where=fields[_WHERE],
            topic=fields[_TOPIC],
            channel=fields[_CHANNEL],
            count=fields[_COUNT],
            at=fields[_AT],
            event_type=fields[_EVENT_TYPE],
            fallback_for=fields[fallback],
        )

    keys = (KIND, source, _WHERE, _SET, _TOPIC, _CHANNEL, _COUNT, _AT, _EVENT_TYPE, fallback)
    meaning = "Which records of a source become events of a kind."
    return Section("events[]", meaning, keys, build, check)


def _check_source(fields: Fields, source: str, sources: Map[str, tuple[str, ...] | None] | None) -> None:
    counters, web = source in COUNTER_SOURCES, source == "web_events"
    given = {key.name for key in (_COUNT, _AT, _EVENT_TYPE) if fields.place.key(key.name)}
    if counters and _AT.name not in given:
        fields.place.refuse_key(
            _AT.name, phrase("the key `at` is missing — add the field with the date of the last one")
        )
    if web and _EVENT_TYPE.name not in given:
        fields.place.refuse_key(
            _EVENT_TYPE.name, phrase("the key `event_type` is missing — add how the type's name begins")
        )
    allowed = {_COUNT.name, _AT.name} if counters else {_EVENT_TYPE.name} if web else set()
    for name in sorted(given - allowed):
        fields.place.refuse_key(
            name, phrase("{name} means nothing to `{source}` — remove it", name=quoted(name), source=source)
        )
    known = sources.get(source) if sources else None
    if known:
        _check_record_fields(fields, source, known)


def _check_record_fields(fields: Fields, source: str, known: tuple[str, ...]) -> None:
    where, filled = fields.place.key(_WHERE.name), fields.place.key(_SET.name)
    for name, _ in where.entries() if where else ():
        if where and name not in known:
            where.refuse_key(
                name,
                phrase(
                    "`{source}` has no field {name} — {advice}",
                    source=source,
                    name=quoted(name),
                    advice=suggest(name, known),
                ),
            )
    for _, child in filled.entries() if filled else ():
        _check_record_field(child, source, known)


def _check_record_field(place: Place, source: str, known: tuple[str, ...]) -> None:
    name = place.text()
    if name and name.strip() and name not in known:
        place.refuse(
            phrase(
                "`{source}` has no field {name} — {advice}",
                source=source,
                name=quoted(name),
                advice=suggest(name, known),
            )
        )
