"""Say in which line of the model file a place is, so that a finding can be acted on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath


@dataclass(frozen=True, slots=True)
class ModelSource:
    """Hold the model file's name and who knows the lines of its paths."""

    name: str
    line_of: Callable[[str], int]

    def place(self, path: str) -> str:
        """Return a path as `model.yaml:12`."""
        return f"{PurePath(self.name).name}:{self.line_of(path)}"
