"""Read the record component that shows sales what was decided, from the sources packaged beside this module."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from adapters.salesforce.install_component import BUNDLE, Component

_SOURCES: Final = ("component", "force-app", "main", "default", "lwc")
_SUFFIXES: Final = (".js", ".html", ".css", ".xml", ".svg")


def build_record_card() -> list[Component]:
    """Return every packaged Lightning web component; tests and settings of tools stay behind."""
    folder: Traversable = files("adapters.salesforce")
    for part in _SOURCES:
        folder = folder / part
    if not folder.is_dir():
        return []
    bundles = sorted((one for one in folder.iterdir() if one.is_dir()), key=lambda one: one.name)
    return [Component(BUNDLE, bundle.name, sources=_read(bundle)) for bundle in bundles]


def _read(bundle: Traversable) -> dict[str, str]:
    found = sorted((one for one in bundle.iterdir() if one.is_file()), key=lambda one: one.name)
    return {one.name: one.read_text(encoding="utf-8") for one in found if one.name.endswith(_SUFFIXES)}
