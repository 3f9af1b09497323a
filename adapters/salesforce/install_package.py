"""Put the components of an installation together, as the zip of a deployment. Pure.

Source: Salesforce Metadata API guide, "Deploying and Retrieving Metadata with the Zip File", read 2026-11 (documented):
deletions need a package.xml that names nothing.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from adapters.own_labels import Locale
from adapters.salesforce.install_access import build_access
from adapters.salesforce.install_component import (
    BUNDLE,
    BUNDLE_FOLDER,
    FOLDERS,
    NESTED,
    Component,
    Key,
    document,
    element,
    manifest,
)
from adapters.salesforce.install_doorbells import Doorbells, build_doorbells
from adapters.salesforce.install_fields import build_fields
from adapters.salesforce.install_record_card import build_record_card

_EARLY: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class PackageOptions:
    """Say for whom the package is made."""

    api_version: str
    locale: Locale
    task_key: str
    doorbells: Doorbells = field(default_factory=Doorbells)


def build_components(options: PackageOptions) -> list[Component]:
    """Return every component of an installation; equal for equal options."""
    return [
        *build_fields(options.locale, options.task_key),
        *build_access(options.task_key),
        *build_record_card(),
        *build_doorbells(options.doorbells, options.api_version),
    ]


def build_files(components: Sequence[Component], api_version: str) -> dict[str, str]:
    """Return the files of a deployment by path."""
    return {**_component_files(components), "package.xml": manifest((one.key for one in components), api_version)}


def build_deletion(keys: Iterable[Key], api_version: str) -> dict[str, str]:
    """Return the files of a deployment that only deletes."""
    return {"package.xml": manifest((), api_version), "destructiveChanges.xml": manifest(keys, api_version)}


def zip_package(files: Mapping[str, str]) -> bytes:
    """Pack files, with one fixed date, so that equal files give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(path, _EARLY), text.encode())
    return buffer.getvalue()


def _component_files(components: Sequence[Component]) -> dict[str, str]:
    files: dict[str, str] = {}
    inside: dict[tuple[str, str], list[str]] = {}
    for component in components:
        if component.type in NESTED:
            inside.setdefault((component.type, component.owner), []).append(_inside(component))
        elif component.type == BUNDLE:
            files |= {f"{BUNDLE_FOLDER}/{component.name}/{name}": text for name, text in component.sources.items()}
        else:
            folder, suffix = FOLDERS[component.type]
            files[f"{folder}/{component.name}.{suffix}"] = document(component.type, f"{component.content}\n")
    for (kind, owner), parts in inside.items():
        folder, suffix, root, _ = NESTED[kind]
        files[f"{folder}/{owner}.{suffix}"] = document(root, "".join(parts))
    return files


def _inside(component: Component) -> str:
    tag = NESTED[component.type][3]
    return f"<{tag}>{element('fullName', component.name)}{component.content}</{tag}>\n"
