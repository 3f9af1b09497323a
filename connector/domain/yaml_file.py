"""Read YAML 1.1 as a tree that knows the line of every value, and refuse what could surprise its owner.

Nothing is constructed: no tags, no merge keys, no dates made by the parser. What a plain scalar would mean in YAML 1.1
(`NO` is a boolean, `18:00` is 1080, `01001` is 513) is kept beside its spelling, so that the field that reads it can
ask for quotes instead of guessing.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Final

import yaml
from yaml.resolver import Resolver

from connector.domain.phrase import Phrase, phrase
from connector.domain.yaml_tree import ROOT, Broken, Document, Entries, Items, Node, Scalar, cut, join, quoted
from connector.errors import Problem

MAX_DEPTH: Final = 100
MAX_NODES: Final = 1_000_000
"""How many values a file may hold once every alias is written out."""


def read_yaml(text: str, file: str) -> Document:
    """Read one YAML document. Never raises; what cannot be read is in `problems`, every one of them."""
    bad_character = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if bad_character:
        line = text.count("\n", 0, bad_character.start()) + 1
        code = f"U+{ord(bad_character.group()):04X}"
        return _refused(file, line, phrase("the character {code} is not allowed in YAML — delete it", code=code))
    builder = _Builder(file)
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            builder.take(event)
    except _FatalError as fatal:
        return _refused(file, fatal.line, fatal.message)
    except yaml.MarkedYAMLError as error:
        return _refused(file, *_describe(error, text))
    except (yaml.YAMLError, ValueError, OverflowError):
        # The pure-Python scanner lets int() and chr() complain about absurd escapes and directives.
        return _refused(file, 1, phrase("not valid YAML — correct the syntax"))
    if builder.root is None or (isinstance(builder.root, Scalar) and builder.root.kind == "null"):
        return _refused(file, 1, phrase("the file is empty — write its content, or leave the option out"))
    return Document(builder.root, tuple(builder.problems))


def _describe(error: yaml.MarkedYAMLError, text: str) -> tuple[int, str]:
    """Return the line of a syntax error and its message, with the line where the broken part begins."""
    mark, begun = error.problem_mark or error.context_mark, error.context_mark
    # libyaml places what is missing at the end on a line after the last one.
    line = min(mark.line + 1, len(text.splitlines())) if mark else 1
    what = _in_words(error.problem or "not readable")
    if error.context and begun and begun.line + 1 != line:
        context = _in_words(error.context)
        told = phrase(
            "not valid YAML ({context} on line {begun}: {what}) — correct the syntax",
            context=context, begun=begun.line + 1, what=what,
        )  # fmt: skip
        return line, told
    return line, phrase("not valid YAML ({what}) — correct the syntax", what=what)


def _in_words(said: str) -> Phrase:
    """Return what the parser said as a phrase: its sentences are few."""
    return Phrase(" ".join(said.split()), {})


def _refused(file: str, line: int, message: str) -> Document:
    return Document(None, (Problem(file, line, ROOT, message),))


class _FatalError(Exception):
    """Stop reading: what follows in the file could not be trusted."""

    def __init__(self, line: int, message: Phrase) -> None:
        self.line = line
        self.message = message
        super().__init__(message)


class _Awaited:
    """Mark a map that waits for its next key."""


_AWAITED: Final = _Awaited()


@dataclass(slots=True)
class _Frame:
    """Gather the children of one open list or map; `size` and `height` count aliases as written out."""

    line: int
    path: str
    anchor: str | None
    is_map: bool
    items: list[Node] = field(default_factory=list)
    entries: dict[str, Node] = field(default_factory=dict)
    key_lines: dict[str, int] = field(default_factory=dict)
    key: str | _Awaited | None = _AWAITED  # None: the value of a refused key, to be dropped
    size: int = 1
    height: int = 1

    def child_path(self) -> str:
        if not self.is_map:
            return join(self.path, len(self.items))
        return join(self.path, self.key) if isinstance(self.key, str) else self.path

    def close(self) -> Node:
        if self.is_map:
            return Entries(self.line, self.entries, self.key_lines)
        return Items(self.line, tuple(self.items))


@dataclass(frozen=True, slots=True)
class _Anchored:
    node: Node
    size: int
    height: int


class _Builder:
    """Turn the parser's events into a tree without recursion, so that no nesting can exhaust the stack."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self._stack: list[_Frame] = []
        self._anchors: dict[str, _Anchored | None] = {}  # None: still open, so an alias to it would be recursive
        self._documents = 0
        self._size = 0

    def take(self, event: yaml.Event) -> None:
        match event:
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    raise _FatalError(
                        _line(event), phrase("a second document starts here — keep one document in a file")
                    )
            case yaml.ScalarEvent():
                self._grow(event, 1)
                self._attach(_anchored(self._read_scalar(event)), event.anchor)
            case yaml.AliasEvent():
                self._take_alias(event)
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                self._open(event)
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                frame = self._stack.pop()
                self._attach(_Anchored(frame.close(), frame.size, frame.height), frame.anchor)

    def _problem(self, line: int, path: str, message: str) -> None:
        self.problems.append(Problem(self.file, line, path, message))

    def _path(self) -> str:
        return self._stack[-1].child_path() if self._stack else ROOT

    def _grow(self, event: yaml.Event, size: int) -> None:
        self._size += size
        if self._size > MAX_NODES:
            raise _FatalError(_line(event), phrase("too large once its aliases are written out — use fewer of them"))

    def _open(self, event: yaml.SequenceStartEvent | yaml.MappingStartEvent) -> None:
        self._grow(event, 1)
        self._check_depth(event, 1)
        path = self._path()
        if event.tag is not None:
            self._problem(
                _line(event), path, phrase("the tag {tag} is not allowed — write plain values", tag=quoted(event.tag))
            )
        if event.anchor:
            self._anchors[event.anchor] = None
        is_map = isinstance(event, yaml.MappingStartEvent)
        self._stack.append(_Frame(_line(event), path, event.anchor, is_map))

    def _check_depth(self, event: yaml.Event, height: int) -> None:
        if len(self._stack) + height > MAX_DEPTH:
            raise _FatalError(
                _line(event), phrase("nested deeper than {most} levels — flatten this part", most=MAX_DEPTH)
            )

    def _take_alias(self, event: yaml.AliasEvent) -> None:
        line, path, name = _line(event), self._path(), event.anchor or ""
        anchored = self._anchors.get(name)
        if anchored is None:
            what = (
                phrase("refers to the value it is part of")
                if name in self._anchors
                else phrase("has no anchor above it")
            )
            self._problem(line, path, phrase("the alias `*{name}` {what} — write the value out", name=name, what=what))
            anchored = _anchored(Broken(line))
        self._grow(event, anchored.size)
        self._check_depth(event, anchored.height)
        self._attach(anchored, None)

    def _read_scalar(self, event: yaml.ScalarEvent) -> Node:
        line = _line(event)
        if event.tag is not None:
            self._problem(
                line,
                self._path(),
                phrase("the tag {tag} is not allowed — write a plain or quoted value", tag=quoted(event.tag)),
            )
            return Broken(line)
        if not event.value.isascii() and any("\ud800" <= char <= "\udfff" for char in event.value):
            self._problem(line, self._path(), phrase("half of a surrogate pair is not a character — delete it"))
            return Broken(line)
        plain = event.implicit[0]
        if plain and event.value == "<<" and self._awaits_key():
            self._problem(line, self._path(), phrase("merge keys (`<<`) are not allowed — write the keys out"))
            return Broken(line)
        return read_scalar(event.value, line) if plain else Scalar(line, "text", event.value)

    def _awaits_key(self) -> bool:
        return bool(self._stack) and self._stack[-1].is_map and self._stack[-1].key is _AWAITED

    def _attach(self, anchored: _Anchored, anchor: str | None) -> None:
        if anchor:
            self._anchors[anchor] = anchored
        if not self._stack:
            self.root = anchored.node
            return
        frame = self._stack[-1]
        frame.size += anchored.size
        frame.height = max(frame.height, anchored.height + 1)
        if not frame.is_map:
            frame.items.append(anchored.node)
        elif isinstance(frame.key, _Awaited):
            frame.key = self._take_key(frame, anchored.node)
        else:
            if frame.key is not None:
                frame.entries[frame.key] = anchored.node
            frame.key = _AWAITED

    def _take_key(self, frame: _Frame, node: Node) -> str | None:
        if isinstance(node, Broken):
            return None
        if not isinstance(node, Scalar) or node.kind == "null":
            self._problem(
                node.line, frame.path, phrase("a key must be a text — write a plain or quoted word before the colon")
            )
            return None
        path = join(frame.path, node.text)
        if node.kind not in ("text", "timestamp"):
            what = phrase("a boolean") if node.kind == "boolean" else phrase("a number")
            self._problem(
                node.line,
                path,
                phrase(
                    'the key {text} is {what} in YAML — quote it: "{spelling}"',
                    text=quoted(node.text),
                    what=what,
                    spelling=cut(node.text),
                ),
            )
            return None
        if node.text in frame.entries:
            first = frame.key_lines[node.text]
            self._problem(
                node.line,
                path,
                phrase(
                    "the key {text} is repeated (first on line {first}) — keep one of them",
                    text=quoted(node.text),
                    first=first,
                ),
            )
            return None
        frame.key_lines[node.text] = node.line
        return node.text


def _anchored(node: Node) -> _Anchored:
    return _Anchored(node, 1, 0)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


_RESOLVER: Final = Resolver()
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9_]*)")
_TRUE: Final = ("yes", "true", "on")


def read_scalar(text: str, line: int) -> Scalar:
    """Return what YAML 1.1 takes an unquoted scalar for."""
    tag = str(_RESOLVER.resolve(yaml.ScalarNode, text, (True, False))).rpartition(":")[2]  # type: ignore[no-untyped-call]
    match tag:
        case "bool":
            return Scalar(line, "boolean", text, text.lower() in _TRUE)
        case "null":
            return Scalar(line, "null", text)
        case "timestamp":
            return Scalar(line, "timestamp", text)
        case "int" if _DECIMAL.fullmatch(text):
            return Scalar(line, "number", text, float(text.replace("_", "")))
        case "float" if ":" not in text:
            return Scalar(line, "number", text, _float(text))
        case "int" | "float":
            return Scalar(line, "odd_number", text, math.nan)
        case _:
            return Scalar(line, "text", text)


def _float(text: str) -> float:
    return float(text.replace("_", "").lower().replace(".inf", "inf").replace(".nan", "nan"))
