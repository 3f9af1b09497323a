"""Read a YAML file node by node, so that every problem can name its line and all of them are found in one go."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

import yaml


def nearest(name: str, known: Sequence[str]) -> str:
    """Say which known name was probably meant, or which there are."""
    close = get_close_matches(name, known, n=1)
    return f'did you mean "{close[0]}"?' if close else "use one of: " + ", ".join(known)


class NodeReader:
    """Read the nodes of one file and collect what is wrong with them."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._found: list[tuple[int, str]] = []

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong, from the top of the file to its end."""
        return tuple(problem for _, problem in sorted(self._found, key=lambda found: found[0]))

    def place(self, node: yaml.Node, path: str) -> str:
        """Name a place of the file for a message."""
        return f"{self._file}:{node.start_mark.line + 1}: {path or 'file'}"

    def complain(self, node: yaml.Node | None, path: str, problem: str) -> None:
        """Note a problem: what is wrong — what to do."""
        if node is None:
            self._found.append((0, f"{self._file}: {problem}"))
        else:
            self._found.append((node.start_mark.line, f"{self.place(node, path)}: {problem}"))

    def mapping(
        self, node: yaml.Node | None, path: str, known: Sequence[str] | None, required: Sequence[str] = ()
    ) -> dict[str, yaml.Node]:
        """Read a map; an absent node is an empty one, `known=None` lets any key in."""
        if node is None:
            return {}
        if not isinstance(node, yaml.MappingNode):
            self.complain(node, path, "is not a map — write KEY: VALUE lines")
            return {}
        items: dict[str, yaml.Node] = {}
        for key_node, value_node in node.value:
            key = self.text(key_node, path)
            if key is None:
                continue
            if key in items:
                self.complain(key_node, f"{path}.{key}".lstrip("."), "is given twice — keep one")
            elif known is not None and key not in known:
                self.complain(key_node, f"{path}.{key}".lstrip("."), f"is not known — {nearest(key, known)}")
            else:
                items[key] = value_node
        for key in required:
            if key not in items:
                self.complain(node, path, f'"{key}" is missing — add it')
        return items

    def sequence(self, node: yaml.Node | None, path: str) -> list[yaml.Node]:
        """Read a list; an absent node is an empty one."""
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.complain(node, path, "is not a list — write it with dashes or in brackets")
            return []
        return list(node.value)

    def text(self, node: yaml.Node | None, path: str) -> str | None:
        """Read a text; numbers and yes/no are taken as they are written."""
        if node is None:
            return None
        if not isinstance(node, yaml.ScalarNode):
            self.complain(node, path, "is not a text — write one value")
            return None
        return str(node.value)

    def texts(self, node: yaml.Node | None, path: str) -> list[str]:
        """Read a list of texts."""
        items = [self.text(item, f"{path}.{position}") for position, item in enumerate(self.sequence(node, path))]
        return [item for item in items if item is not None]

    def whole(self, node: yaml.Node | None, path: str, default: int, at_least: int) -> int:
        """Read a whole number."""
        text = self.text(node, path)
        if node is None or text is None:
            return default
        if not text.strip().isdecimal() or int(text) < at_least:
            self.complain(node, path, f'"{text}" is not a whole number of at least {at_least} — correct it')
            return default
        return int(text)
