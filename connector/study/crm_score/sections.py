"""Put whole sections into the text of a model or mapping file, and leave every other character as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import yaml

from connector.study.learning.model_text import end_of_line, find_node, last_node


def replace_section(text: str, path: tuple[str, ...], block: Sequence[str], flow: str) -> str:
    """Put `block` in place of a key and all it holds: its lines from the key on, indented from zero.

    Where the file is written in flow style, `flow` takes the place of the value.
    """
    parent = cast("yaml.MappingNode", find_node(yaml.compose(text, Loader=yaml.SafeLoader), path[:-1]))
    pairs: list[tuple[yaml.Node, yaml.Node]] = parent.value
    key, value = next((key, value) for key, value in pairs if key.value == path[-1])
    if parent.flow_style:
        return text[: value.start_mark.index] + flow + text[value.end_mark.index :]
    indent = " " * key.start_mark.column
    end = end_of_line(text, last_node(value).end_mark.index)
    return text[: key.start_mark.index] + ("\n" + indent).join(block) + text[end:]


def add_entries(text: str, path: tuple[str, ...], entries: Sequence[Sequence[str]], flow: Sequence[str]) -> str:
    """Add entries at the end of a list, or of a map: the lines of each, indented from zero.

    A key that is not there, or holds nothing, is written first of its map.
    """
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    node = find_node(root, path)
    if not isinstance(node, yaml.CollectionNode) or not node.value:
        if node is not None:
            return text[: node.start_mark.index] + f"[{', '.join(flow)}]" + text[node.end_mark.index :]
        parent = cast("yaml.MappingNode", find_node(root, path[:-1]))
        place = parent.value[0][0].start_mark
        tail = ", " if parent.flow_style else "\n" + " " * place.column
        return text[: place.index] + f"{path[-1]}: [{', '.join(flow)}]{tail}" + text[place.index :]
    if node.flow_style:
        place = last_node(node).end_mark.index
        return text[:place] + "".join(f", {one}" for one in flow) + text[place:]
    first = node.value[0][0] if isinstance(node, yaml.MappingNode) else node.value[0]
    begin = text.rindex("\n", 0, first.start_mark.index) + 1
    line = text[begin : first.start_mark.index]
    indent = "\n" + " " * (len(line) - len(line.lstrip()))
    end = end_of_line(text, last_node(node).end_mark.index)
    return text[:end] + "".join(indent + line for entry in entries for line in entry) + text[end:]
