"""Hold a YAML file as a tree that knows the line of every value and what a plain scalar means in YAML 1.1."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from connector.errors import Problem

ROOT: Final = "(file)"
"""The path of the document itself."""

ScalarKind: TypeAlias = Literal["text", "number", "odd_number", "boolean", "null", "timestamp"]
Plain: TypeAlias = "str | float | bool | list[Plain] | dict[str, Plain] | None"


@dataclass(frozen=True, slots=True)
class Scalar:
    """Hold one value: what YAML takes it for, its spelling, and the value when that is not a text.

    `odd_number` is octal, hexadecimal, binary or base 60: a number to YAML, rarely to the person who wrote it.
    """

    line: int
    kind: ScalarKind
    text: str
    value: float | bool | None = None


@dataclass(frozen=True, slots=True)
class Items:
    line: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """Hold a map in file order; `key_lines` has the line of every key."""

    line: int
    entries: Mapping[str, Node]
    key_lines: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Broken:
    """Stand for a value whose problem is reported already."""

    line: int


Node: TypeAlias = Scalar | Items | Entries | Broken


@dataclass(frozen=True, slots=True)
class Document:
    """Hold what could be read of a file (None when nothing could) and what is wrong with its form."""

    root: Node | None
    problems: tuple[Problem, ...]

    def line_of(self, path: str) -> int:
        """Return the line of the value at `path`, or of the nearest place above it that exists."""
        node = self.root
        line = node.line if node else 1
        for name, position in _PATH_STEP.findall(path):
            node = _step(node, name, position)
            if node is None:
                break
            line = node.line
        return line


_LONGEST_KEY: Final = 60
_LONGEST_SHOWN: Final = 40
_PATH_STEP = re.compile(r"([^.\[\]]+)|\[([0-9]+)\]")


def _step(node: Node | None, name: str, position: str) -> Node | None:
    if isinstance(node, Entries) and name:
        return node.entries.get(name)
    if isinstance(node, Items) and position and int(position) < len(node.items):
        return node.items[int(position)]
    return None


def join(path: str, key: str | int) -> str:
    """Return the path of a map's key (cut when it is absurdly long) or of a list's position (from 0)."""
    if isinstance(key, int):
        return f"[{key}]" if path == ROOT else f"{path}[{key}]"
    key = key if len(key) <= _LONGEST_KEY else f"{key[: _LONGEST_KEY - 1]}…"
    return key if path == ROOT else f"{path}.{key}"


def cut(text: str) -> str:
    """Return a text on one line and short enough for a message."""
    words = " ".join(text[: 4 * _LONGEST_SHOWN].split())
    return words if len(words) <= _LONGEST_SHOWN else f"{words[: _LONGEST_SHOWN - 1]}…"


def quoted(text: str) -> str:
    """Return a text as a message shows it."""
    return f"`{cut(text)}`"


def to_plain(node: Node) -> Plain:
    """Return a tree as plain values; timestamps stay the texts they are."""
    match node:
        case Entries():
            return {key: to_plain(value) for key, value in node.entries.items()}
        case Items():
            return [to_plain(item) for item in node.items]
        case Scalar(kind="text" | "timestamp"):
            return node.text
        case Scalar(kind="number", value=float() as value) if value.is_integer():
            return int(value)
        case Scalar():
            return node.value
        case Broken():
            return None
