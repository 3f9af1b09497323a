"""Read the values of a YAML file by kind: texts, numbers, instants, lists and maps of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Final, TypeAlias, TypeVar

from connector.domain.person import UNKNOWN
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


def read_text(place: Place) -> str | Refused:
    node = place.node
    if isinstance(node, Scalar) and node.kind in ("text", "timestamp"):
        return node.text if node.text.strip() else place.refuse("this text is empty — write it, or leave the key out")
    if isinstance(node, Broken):
        return REFUSED
    if isinstance(node, Scalar) and node.kind != "null":
        return place.refuse(f'{describe(node)} — quote it: "{cut(node.text)}"')
    return place.refuse(f"{describe(node)} — write a text here")


def read_number(place: Place) -> float | Refused:
    node = place.node
    if isinstance(node, Broken):
        return REFUSED
    if not isinstance(node, Scalar) or node.kind in ("null", "timestamp"):
        return place.refuse(f"{describe(node)} — write a number here")
    if node.kind == "text":
        return place.refuse(f"{quoted(node.text)} is a text — write a number here, without quotes")
    if node.kind == "odd_number":
        return place.refuse(f"{quoted(node.text)} is octal, hexadecimal or base 60 in YAML — write a decimal number")
    if node.kind == "boolean" or node.value is None:
        return place.refuse(f"{describe(node)} — write a number here")
    if not math.isfinite(node.value) or abs(node.value) > LARGEST:
        return place.refuse(f"{quoted(node.text)} is not a usable number — write one up to {LARGEST:.0e}")
    return node.value + 0.0


def read_boolean(place: Place) -> bool | Refused:
    node = place.node
    if isinstance(node, Scalar) and node.kind == "boolean":
        return bool(node.value)
    if isinstance(node, Broken):
        return REFUSED
    return place.refuse(f"{describe(node)} — write true or false")


def read_instant(place: Place) -> datetime | Refused:
    """Read an instant that people write: with a time and a zone, quoted or not."""
    node = place.node
    if isinstance(node, Scalar) and node.kind not in ("text", "timestamp"):
        return place.refuse(f"{describe(node)} — write an instant with a zone, like 2026-03-02T10:00:00Z")
    text = read_text(place)
    if isinstance(text, Refused):
        return REFUSED
    instant = parse_instant(text)
    if instant is UNKNOWN or ":" not in text:
        return place.refuse(f"{quoted(text)} is not an instant with a zone — write it like 2026-03-02T10:00:00Z")
    if not _EARLIEST_YEAR <= instant.year <= _LATEST_YEAR:
        return place.refuse(f"{quoted(text)} is out of range — write a year from {_EARLIEST_YEAR} to {_LATEST_YEAR}")
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
        return place.refuse(f"{quoted(text)} is not a date — write it like 2026-12-25")


TEXT: Final = Reader("text", read_text)
BOOLEAN: Final = Reader("true or false", read_boolean)
INSTANT: Final = Reader("instant with a zone", read_instant)
DATE: Final = Reader("date", read_date)

Bound: TypeAlias = tuple[str, float]


def number(*bounds: Bound) -> Reader[float]:
    """Build a reader of numbers within `bounds`, such as `(">", 0)`."""
    form = "number " + " and ".join(f"{sign} {limit:,.12g}" for sign, limit in bounds) if bounds else "number"

    def read(place: Place) -> float | Refused:
        value = read_number(place)
        if isinstance(value, Refused) or all(_HOLDS[sign](value, limit) for sign, limit in bounds):
            return value
        return place.refuse(f"`{value:g}` is out of range — write a {form}")

    return Reader(form, read)


_HOLDS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    ">": lambda value, limit: value > limit,
    "≥": lambda value, limit: value >= limit,
    "≤": lambda value, limit: value <= limit,
}


def whole(minimum: int) -> Reader[int]:
    form = f"whole number ≥ {minimum}"

    def read(place: Place) -> int | Refused:
        value = read_number(place)
        if isinstance(value, Refused):
            return REFUSED
        if value != int(value) or value < minimum:
            return place.refuse(f"`{value:g}` is out of range — write a {form}")
        return int(value)

    return Reader(form, read)


def one_of(choices: Sequence[Choice], noun: str = "value") -> Reader[Choice]:
    by_name = {str(choice): choice for choice in choices}

    def read(place: Place) -> Choice | Refused:
        text = read_text(place)
        if isinstance(text, Refused):
            return REFUSED
        if text in by_name:
            return by_name[text]
        return place.refuse(f"unknown {noun} {quoted(text)} — {suggest(text, by_name)}")

    return Reader(" · ".join(f"`{choice}`" for choice in choices), read)


def nullable(reader: Reader[T]) -> Reader[T | None]:
    def read(place: Place) -> T | Refused | None:
        if isinstance(place.node, Scalar) and place.node.kind == "null":
            return None
        return reader.read(place)

    return Reader(f"{reader.form}, or null", read, reader.section)


def list_of(reader: Reader[T], *, at_least: int = 0) -> Reader[tuple[T, ...]]:
    """Build a reader of lists; one refused element refuses the list, after all of them were read."""
    form = f"list of {reader.form}" + (" (not empty)" if at_least else "")

    def read(place: Place) -> tuple[T, ...] | Refused:
        if not is_list(place):
            return REFUSED
        values = [reader.read(item) for item in place.items()]
        if len(values) < at_least:
            return place.refuse("the list is empty — write at least one element")
        sound = [value for value in values if not isinstance(value, Refused)]
        return tuple(sound) if len(sound) == len(values) else REFUSED

    return Reader(form, read, reader.section)


def map_of(
    reader: Reader[T], *, names: Sequence[str] | None = None, noun: str = "key", form: str | None = None
) -> Reader[dict[str, T]]:
    """Build a reader of maps whose keys are free, or drawn from `names`, and whose values are all of one kind."""

    def read(place: Place) -> dict[str, T] | Refused:
        if not is_map(place):
            return REFUSED
        sound = True
        values: dict[str, T] = {}
        for name, child in place.entries():
            if names is not None and name not in names:
                place.refuse_key(name, f"unknown {noun} {quoted(name)} — {suggest(name, names)}")
                sound = False
            elif not name.strip():
                place.refuse_key(name, f"the {noun} is empty — name it")
                sound = False
            value = reader.read(child)
            if isinstance(value, Refused):
                sound = False
            else:
                values[name] = value
        return values if sound else REFUSED

    return Reader(form or f"map of {noun} → {reader.form}", read, reader.section)
