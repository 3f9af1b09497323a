"""Change numbers of a model file and add criteria to it, leaving every other character as it is, comments included."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_letters, digits
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

import yaml

from connector.domain.yaml_file import read_scalar

if TYPE_CHECKING:  # here: numbers of a file are changed without the libraries that learn them
    from connector.study.learning.proposed import Criterion

Path: TypeAlias = tuple[str | int, ...]
_PLAIN: Final = frozenset(ascii_letters + digits + "-_")


@dataclass(frozen=True, slots=True)
class Edit:
    """Say what a place of the file is to hold. A key that is not there is written after its sister `beside`.

    Of several edits in a map that is not there, the first makes it, and the others are left to the defaults.
    """

    path: Path
    value: float | None
    beside: str = ""


@dataclass(frozen=True, slots=True)
class _Cut:
    """Replace the text from `start` to `end`."""

    start: int
    end: int
    text: str


def edit_model(text: str, edits: Sequence[Edit], criteria: Sequence[Criterion] = ()) -> str:
    """Return the text of a model file with numbers replaced and criteria added at the end of its list.

    The text must have been read by `parse_model`. What is behind an alias changes wherever the alias is used: compare
    the model of the result with the one wanted.
    """
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    cuts = list(_to_cuts(text, root, edits))
    if criteria:
        cuts.append(_add_items(text, find_node(root, ("fit", "criteria")), [_spell(one) for one in criteria]))
    for cut in sorted(cuts, key=lambda one: one.start, reverse=True):
        text = text[: cut.start] + cut.text + text[cut.end :]
    return text


def _to_cuts(text: str, root: yaml.Node | None, edits: Sequence[Edit]) -> Iterator[_Cut]:
    made: set[Path] = set()
    for edit in edits:
        found = find_node(root, edit.path)
        if found is not None:
            yield _Cut(found.start_mark.index, found.end_mark.index, spell_number(edit.value))
            continue
        depth = next(end for end in range(len(edit.path) - 1, -1, -1) if find_node(root, edit.path[:end]) is not None)
        if edit.path[: depth + 1] not in made:
            made.add(edit.path[: depth + 1] if depth + 1 < len(edit.path) else edit.path)
            yield _insert_key(text, root, edit, depth)


def _insert_key(text: str, root: yaml.Node | None, edit: Edit, depth: int) -> _Cut:
    """Write a key where there is none, and the maps it needs: after its sister, or before the first key."""
    parent = cast("yaml.MappingNode", find_node(root, edit.path[:depth]))
    sister = find_node(root, (*edit.path[:depth], edit.beside))
    value = spell_number(edit.value)
    for name in reversed(edit.path[depth + 1 :]):
        value = f"{{{name}: {value}}}"
    key = f"{edit.path[depth]}: {value}"
    first = parent.value[0][0] if parent.value else None
    if first is None:
        return _Cut(parent.start_mark.index, parent.end_mark.index, f"{{{key}}}")
    if parent.flow_style:
        place = sister.end_mark.index if sister else first.start_mark.index
        return _Cut(place, place, f", {key}" if sister else f"{key}, ")
    indent = "\n" + " " * first.start_mark.column
    if sister is not None and isinstance(sister, yaml.ScalarNode):
        place = end_of_line(text, sister.end_mark.index)
        return _Cut(place, place, indent + key)
    return _Cut(first.start_mark.index, first.start_mark.index, key + indent)


def spell_number(value: float | None) -> str:
    """Write a number as people do: whole ones without a point."""
    if value is None:
        return "null"
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def find_node(node: yaml.Node | None, path: Path) -> yaml.Node | None:
    """Return what a file holds at a path, None where there is nothing."""
    for step in path:
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == step), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
        else:
            return None
    return node


def end_of_line(text: str, place: int) -> int:
    """Return where the line ends that a place is in."""
    end = text.find("\n", place)
    return len(text) if end < 0 else end


def _add_items(text: str, node: yaml.Node | None, items: Sequence[str]) -> _Cut:
    """Add items after the last one of a list, with its indentation."""
    listed = cast("yaml.SequenceNode", node)
    if listed.flow_style:
        place = last_node(listed).end_mark.index
        return _Cut(place, place, "".join(f", {item}" for item in items))
    place = end_of_line(text, last_node(listed).end_mark.index)
    begin = text.rindex("\n", 0, listed.value[0].start_mark.index) + 1
    indent = " " * (text.index("-", begin) - begin)
    return _Cut(place, place, "".join(f"\n{indent}- {item}" for item in items))


def last_node(node: yaml.Node) -> yaml.Node:
    """Return the last node on the page within a node: the end of a block is where the next one begins."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(node, yaml.MappingNode) else last
    return node


def _spell(criterion: Criterion) -> str:
    return spell_value({"id": criterion.id, "weight": criterion.weight, "when": criterion.when})


def spell_value(value: Any) -> str:
    """Write a value on one line, as it stands in a file."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {spell_value(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(spell_value(one) for one in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return spell_number(value)
    is_plain = set(value) <= _PLAIN and read_scalar(value, 0).kind == "text"
    return str(value) if is_plain else json.dumps(value, ensure_ascii=False)
