"""Read the maps of a YAML file against tables of keys, reporting every problem at once.

A table is the only description of a map: the reader checks the file with it and the reference page is printed from
it, so the two cannot differ. A reader returns `REFUSED` after reporting; a map is built only when all of it is sound.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, Generic, Literal, TypeVar

from connector.domain.person import ValueType
from connector.domain.phrase import phrase
from connector.domain.yaml_tree import ROOT, Broken, Document, Entries, Items, Node, Scalar, join, quoted
from connector.errors import Problem

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Refused(Enum):
    """Say that a value was refused and its problem reported."""

    REFUSED = "refused"


REFUSED: Final = Refused.REFUSED


class Required(Enum):
    """Say that a key has no default."""

    REQUIRED = "required"


REQUIRED: Final = Required.REQUIRED


@dataclass(slots=True)
class Reading:
    """Collect the problems of one file. `types` are the mapping's attributes, None when no mapping is at hand."""

    file: str
    types: Mapping[str, ValueType] | None = None
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Place:
    """Point at one value of a file."""

    node: Node
    path: str
    reading: Reading

    def refuse(self, message: str) -> Literal[Refused.REFUSED]:
        """Report a problem here; `message` says what is wrong — what to do."""
        self.reading.problems.append(Problem(self.reading.file, self.node.line, self.path, message))
        return REFUSED

    def refuse_key(self, key: str, message: str) -> Literal[Refused.REFUSED]:
        """Report a problem about a key of this map, on the key's line when it is there, else on the map's first."""
        lines = self.node.key_lines if isinstance(self.node, Entries) else {}
        line = lines.get(key, self.node.line)
        self.reading.problems.append(Problem(self.reading.file, line, join(self.path, key), message))
        return REFUSED

    def key(self, name: str) -> Place | None:
        """Return the place of a map's key, None when there is no such map or key."""
        node = self.node.entries.get(name) if isinstance(self.node, Entries) else None
        return None if node is None else Place(node, join(self.path, name), self.reading)

    def entries(self) -> Iterable[tuple[str, Place]]:
        for name, node in self.node.entries.items() if isinstance(self.node, Entries) else ():
            yield name, Place(node, join(self.path, name), self.reading)

    def items(self) -> Iterable[Place]:
        for position, node in enumerate(self.node.items if isinstance(self.node, Items) else ()):
            yield Place(node, join(self.path, position), self.reading)

    def text(self) -> str | None:
        """Return the text here without reporting anything; None when it is not one."""
        return self.node.text if isinstance(self.node, Scalar) and self.node.kind == "text" else None


def read_document(document: Document, reader: Reader[T], reading: Reading) -> T | Refused:
    """Read a whole document; `reading.problems` holds everything that is wrong, in the order of the lines."""
    reading.problems.extend(document.problems)
    root = document.root
    result = REFUSED if root is None else reader.read(Place(root, ROOT, reading))
    reading.problems.sort()
    return REFUSED if reading.problems else result


@dataclass(frozen=True, slots=True)
class Reader(Generic[T_co]):
    """Read one kind of value; `form` says to people what may be written."""

    form: str
    read: Callable[[Place], T_co | Refused]
    section: Section[Any] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Key(Generic[T_co]):
    """Describe one key of a map. `default_text` says the default when its value alone would not."""

    name: str
    reader: Reader[T_co]
    meaning: str
    default: T_co | Required = REQUIRED
    default_text: str | None = None


class Fields:
    """Hold the values read of one map."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.values: dict[Key[Any], Any] = {}

    def __getitem__(self, key: Key[T]) -> T:
        value: T = self.values[key]
        return value

    def sound(self, *keys: Key[Any]) -> bool:
        """Tell whether all of `keys` were read, so that they can be compared with each other."""
        return all(self.values[key] is not REFUSED for key in keys)

    def refuse(self, key: Key[Any], message: str) -> None:
        """Report a problem of a key's value, or of the map when the key was left to its default."""
        (self.place.key(key.name) or self.place).refuse(message)


@dataclass(frozen=True, slots=True, eq=False)
class Section(Generic[T]):
    """Describe one map: its keys, how they must agree (`check`), what it becomes (`build`)."""

    title: str
    meaning: str
    keys: tuple[Key[Any], ...]
    build: Callable[[Fields], T]
    check: Callable[[Fields], object] | None = None

    @property
    def reader(self) -> Reader[T]:
        return Reader(phrase("map"), self.read, self)

    def read(self, place: Place) -> T | Refused:
        if not is_map(place):
            return REFUSED
        before = len(place.reading.problems)
        known = [key.name for key in self.keys]
        for name, _ in place.entries():
            if name not in known:
                place.refuse_key(
                    name, phrase("unknown key {name} — {advice}", name=quoted(name), advice=suggest(name, known))
                )
        fields = Fields(place)
        for key in self.keys:
            fields.values[key] = self._read_key(place, key)
        if self.check:
            self.check(fields)
        sound = fields.sound(*self.keys) and len(place.reading.problems) == before
        return self.build(fields) if sound else REFUSED

    def _read_key(self, place: Place, key: Key[Any]) -> Any:
        child = place.key(key.name)
        if child is not None:
            return key.reader.read(child)
        if key.default is REQUIRED:
            return place.refuse_key(
                key.name, phrase("the key `{name}` is missing — add it ({form})", name=key.name, form=key.reader.form)
            )
        return key.default


def suggest(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """Say which known name is nearest, or which there are when none is near, and what else could be done."""
    by_case = {candidate.casefold(): candidate for candidate in sorted(set(known))}
    near = difflib.get_close_matches(name[:_LONGEST_NAME].casefold(), by_case, n=1)
    if near:
        advice = phrase("did you mean `{name}`?", name=by_case[near[0]])
        return phrase("{advice} Or {otherwise}", advice=advice, otherwise=otherwise) if otherwise else advice
    if not by_case:
        return otherwise or phrase("remove it")
    if len(by_case) <= _LISTED_AT_MOST:
        advice = phrase("use one of: {names}", names=", ".join(by_case.values()))
    else:
        nearest = difflib.get_close_matches(name[:_LONGEST_NAME].casefold(), by_case, n=3, cutoff=0.0)
        advice = phrase("the nearest are {names}", names=", ".join(f"`{by_case[candidate]}`" for candidate in nearest))
    return phrase("{advice}; or {otherwise}", advice=advice, otherwise=otherwise) if otherwise else advice


_LISTED_AT_MOST: Final = 12
_LONGEST_NAME: Final = 60


_WHAT: Final = {
    "text": phrase("a text"),
    "number": phrase("a number"),
    "odd_number": phrase("a number"),
    "boolean": phrase("a boolean"),
    "null": phrase("empty"),
    "timestamp": phrase("a date"),
}


def describe(node: Node) -> str:
    """Say what was found instead of what is expected."""
    match node:
        case Entries():
            return phrase("this is a map")
        case Items():
            return phrase("this is a list")
        case Scalar(kind="null"):
            return phrase("this is empty")
        case Scalar():
            return phrase("{text} is {what} in YAML", text=quoted(node.text), what=_WHAT[node.kind])
        case Broken():
            return phrase("this is not readable")


def is_map(place: Place) -> bool:
    if isinstance(place.node, Entries):
        return True
    if not isinstance(place.node, Broken):
        place.refuse(
            phrase(
                "{found} — write a map of keys and values here{or_empty}",
                found=describe(place.node),
                or_empty=_or_nothing(place.node, "{}"),
            )
        )
    return False


def _or_nothing(node: Node, empty: str) -> str:
    """Say how nothing is written, to somebody who wrote nothing at all."""
    is_nothing = isinstance(node, Scalar) and node.kind == "null"
    return phrase(", or {empty} for none", empty=empty) if is_nothing else ""


def is_list(place: Place, example: str = "[…]") -> bool:
    if isinstance(place.node, Items):
        return True
    if not isinstance(place.node, Broken):
        place.refuse(
            phrase(
                "{found} — write a list here, like {example}{or_empty}",
                found=describe(place.node),
                example=example,
                or_empty=_or_nothing(place.node, "[]"),
            )
        )
    return False


def check_unique(places: Iterable[Place | None], noun: str) -> None:
    """Refuse every text that an earlier place holds already."""
    seen: set[str] = set()
    for place in places:
        text = place.text() if place else None
        if place is None or text is None:
            continue
        if text in seen:
            place.refuse(phrase("the {noun} {text} is used twice — give each its own", noun=noun, text=quoted(text)))
        seen.add(text)


def check_unique_ids(place: Place | None) -> None:
    """Refuse repeated `id`s in a list of maps."""
    check_unique((item.key("id") for item in (place.items() if place else ())), phrase("id"))
