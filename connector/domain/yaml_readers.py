"""Read the values of a YAML file by kind: texts, numbers, instants, lists and maps of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Final, TypeAlias, TypeVar

from connector.domain.person import UNKNOWN
from connector.domain.phrase import Phrase, phrase, phrases
from connector.domain.values import parse_instant
from connector.domain.yaml_fields import REFUSED, Place, Reader, Refused, describe, is_list, is_map, suggest
from connector.domain.yaml_tree import Broken, Scalar, cut, quoted

T = TypeVar("T")
Choice = TypeVar("Choice", bound=str)

LARGEST: Final = 1e12
"""The greatest number of a file: sums over a timeline stay finite below it."""
LARGEST_DAYS: Final = 1_000_000
"""The longest time of a file, 2,700 years: an instant plus so many days is still a date."""
_EARLIEST_YEAR: Final = 1970
_LATEST_YEAR: Final = 2999
_VALUE: Final = phrase("value")
_KEY: Final = phrase("key")


def read_text(place: Place) -> str | Refused:
    node = place.node
    if isinstance(node, Scalar) and node.kind in ("text", "timestamp"):
        return (
            node.text
            if node.text.strip()
            else place.refuse(phrase("this text is empty — write it, or leave the key out"))
        )
    if isinstance(node, Broken):
        return REFUSED
    if isinstance(node, Scalar) and node.kind != "null":
        return place.refuse(phrase('{found} — quote it: "{text}"', found=describe(node), text=cut(node.text)))
    return place.refuse(phrase("{found} — write a text here", found=describe(node)))


def read_number(place: Place) -> float | Refused:
    """Read a finite decimal number, written without quotes."""
    node = place.node
    if isinstance(node, Broken):
        return REFUSED
    if not isinstance(node, Scalar) or node.kind in ("null", "timestamp", "boolean"):
        return place.refuse(phrase("{found} — write a number here", found=describe(node)))
    if node.kind == "text":
        return place.refuse(phrase("{text} is a text — write a number here, without quotes", text=quoted(node.text)))
    if node.kind == "odd_number":
        return place.refuse(
            phrase("{text} is octal, hexadecimal or base 60 in YAML — write a decimal number", text=quoted(node.text))
        )
    if node.value is None or not math.isfinite(node.value) or abs(node.value) > LARGEST:
        return place.refuse(
            phrase(
                "{text} is not a usable number — write one up to {largest:.0e}", text=quoted(node.text), largest=LARGEST
            )
        )
    return node.value + 0.0


def read_boolean(place: Place) -> bool | Refused:
    node = place.node
    if isinstance(node, Scalar) and node.kind == "boolean":
        return bool(node.value)
    if isinstance(node, Broken):
        return REFUSED
    return place.refuse(phrase("{found} — write true or false", found=describe(node)))


def read_instant(place: Place) -> datetime | Refused:
    """Read an instant that people write: with a time and a zone, quoted or not."""
    node = place.node
    if isinstance(node, Scalar) and node.kind not in ("text", "timestamp"):
        return place.refuse(
            phrase("{found} — write an instant with a zone, like 2026-03-02T10:00:00Z", found=describe(node))
        )
    text = read_text(place)
    if isinstance(text, Refused):
        return REFUSED
    instant = parse_instant(text)
    if instant is UNKNOWN or ":" not in text:
        return place.refuse(
            phrase("{text} is not an instant with a zone — write it like 2026-03-02T10:00:00Z", text=quoted(text))
        )
    if not _EARLIEST_YEAR <= instant.year <= _LATEST_YEAR:
        return place.refuse(
            phrase(
                "{text} is out of range — write a year from {earliest_year} to {latest_year}",
                text=quoted(text),
                earliest_year=_EARLIEST_YEAR,
                latest_year=_LATEST_YEAR,
            )
        )
    return instant


def read_date(place: Place) -> date | Refused:
    text = read_text(place)
    if isinstance(text, Refused):
        return REFUSED
    try:
        if len(text.strip()) != len("2026-12-25"):
            raise ValueError(text)
        return date.fromisoformat(text.strip())
    except ValueError:
        return place.refuse(phrase("{text} is not a date — write it like 2026-12-25", text=quoted(text)))


TEXT: Final = Reader(phrase("text"), read_text)
BOOLEAN: Final = Reader(phrase("true or false"), read_boolean)
INSTANT: Final = Reader(phrase("instant with a zone"), read_instant)
DATE: Final = Reader(phrase("date"), read_date)

Bound: TypeAlias = tuple[str, float]


def number(*bounds: Bound) -> Reader[float]:
    """Build a reader of numbers within `bounds`, such as `(">", 0)`."""
    limits = phrases((f"{sign} {limit:,.12g}" for sign, limit in bounds), phrase(" and "))
    form = phrase("number {limits}", limits=limits) if bounds else phrase("number")

    def read(place: Place) -> float | Refused:
        value = read_number(place)
        if isinstance(value, Refused) or all(_HOLDS[sign](value, limit) for sign, limit in bounds):
            return value
        return place.refuse(phrase("`{value:g}` is out of range — write a {form}", value=value, form=form))

    return Reader(form, read)


_HOLDS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    ">": lambda value, limit: value > limit,
    "≥": lambda value, limit: value >= limit,
    "≤": lambda value, limit: value <= limit,
}


def whole(minimum: int) -> Reader[int]:
    form = phrase("whole number ≥ {minimum}", minimum=minimum)

    def read(place: Place) -> int | Refused:
        value = read_number(place)
        if isinstance(value, Refused):
            return REFUSED
        if value != int(value) or value < minimum:
            return place.refuse(phrase("`{value:g}` is out of range — write a {form}", value=value, form=form))
        return int(value)

    return Reader(form, read)


def one_of(choices: Sequence[Choice], noun: Phrase = _VALUE) -> Reader[Choice]:
    by_name = {str(choice): choice for choice in choices}

    def read(place: Place) -> Choice | Refused:
        text = read_text(place)
        if isinstance(text, Refused):
            return REFUSED
        if text in by_name:
            return by_name[text]
        return place.refuse(
            phrase("unknown {noun} {name} — {advice}", noun=noun, name=quoted(text), advice=suggest(text, by_name))
        )

    return Reader(" · ".join(f"`{choice}`" for choice in choices), read)


def nullable(reader: Reader[T]) -> Reader[T | None]:
    def read(place: Place) -> T | Refused | None:
        if isinstance(place.node, Scalar) and place.node.kind == "null":
            return None
        return reader.read(place)

    return Reader(phrase("{form}, or null", form=reader.form), read, reader.section)


def list_of(reader: Reader[T], *, at_least: int = 0) -> Reader[tuple[T, ...]]:
    """Build a reader of lists; one refused element refuses the list, after all of them were read."""
    form = phrase("list of {form}", form=reader.form)
    if at_least:
        form = phrase("{form} (not empty)", form=form)

    def read(place: Place) -> tuple[T, ...] | Refused:
        if not is_list(place):
            return REFUSED
        values = [reader.read(item) for item in place.items()]
        if len(values) < at_least:
            return place.refuse(phrase("the list is empty — write at least one element"))
        sound = [value for value in values if not isinstance(value, Refused)]
        return tuple(sound) if len(sound) == len(values) else REFUSED

    return Reader(form, read, reader.section)


def map_of(
    reader: Reader[T], *, names: Sequence[str] | None = None, noun: Phrase = _KEY, form: Phrase | None = None
) -> Reader[dict[str, T]]:
    """Build a reader of maps whose keys are free, or drawn from `names`, and whose values are all of one kind."""

    def read(place: Place) -> dict[str, T] | Refused:
        if not is_map(place):
            return REFUSED
        sound = True
        values: dict[str, T] = {}
        for name, child in place.entries():
            if names is not None and name not in names:
                place.refuse_key(
                    name,
                    phrase(
                        "unknown {noun} {name} — {advice}", noun=noun, name=quoted(name), advice=suggest(name, names)
                    ),
                )
                sound = False
            elif not name.strip():
                place.refuse_key(name, phrase("the {noun} is empty — name it", noun=noun))
                sound = False
            value = reader.read(child)
            if isinstance(value, Refused):
                sound = False
            else:
                values[name] = value
        return values if sound else REFUSED

    return Reader(form or phrase("map of {noun} → {form}", noun=noun, form=reader.form), read, reader.section)
