"""Write an installation in source format, for administrators who deploy with their own tool. Pure.

Source: Salesforce DX guide, "Source Format", and Salesforce CLI, "String Replacements", read 2026-11 (documented): each
field has a file of its own, a workflow has one per object; what stands in the environment replaces a placeholder while
`sf project deploy start` runs, so that no secret is in a file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

from adapters.salesforce.install_component import (
    BUNDLE,
    BUNDLE_FOLDER,
    FOLDERS,
    NESTED,
    Component,
    document,
    element,
    manifest,
)

_ROOT: Final = "force-app/main/default"
_FIELD: Final = "CustomField"


def placeholder(variable: str) -> str:
    """Return what stands in a file for the value of a variable of the environment."""
    return f"__{variable}__"


def build_source(components: Sequence[Component], api_version: str, variables: Sequence[str]) -> dict[str, str]:
    """Return the files of a project by path; `variables` are replaced from the environment when it is deployed."""
    files = {f"{_ROOT}/{path}": text for path, text in _files(components).items()}
    project: dict[str, object] = {
        "packageDirectories": [{"path": "force-app", "default": True}],
        "name": "puente",
        "namespace": "",
        "sourceApiVersion": api_version,
    }
    if replaced := _replacements(files, variables):
        project["replacements"] = replaced
    return {
        **files,
        "sfdx-project.json": f"{json.dumps(project, indent=2)}\n",
        "manifest/package.xml": manifest((one.key for one in components), api_version),
    }


def _replacements(files: Mapping[str, str], variables: Sequence[str]) -> list[dict[str, str]]:
    return [
        {"filename": path, "stringToReplace": placeholder(variable), "replaceWithEnv": variable}
        for path, text in sorted(files.items())
        for variable in variables
        if placeholder(variable) in text
    ]


def _files(components: Sequence[Component]) -> dict[str, str]:
    files: dict[str, str] = {}
    workflows: dict[str, list[str]] = {}
    for component in components:
        named = element("fullName", component.name)
        if component.type == _FIELD:
            path = f"objects/{component.owner}/fields/{component.name}.field-meta.xml"
            files[path] = document(_FIELD, f"{named}{component.content}\n")
        elif component.type in NESTED:
            tag = NESTED[component.type][3]
            workflows.setdefault(component.owner, []).append(f"<{tag}>{named}{component.content}</{tag}>\n")
        elif component.type == BUNDLE:
            files |= {f"{BUNDLE_FOLDER}/{component.name}/{name}": text for name, text in component.sources.items()}
        else:
            folder, suffix = FOLDERS[component.type]
            files[f"{folder}/{component.name}.{suffix}-meta.xml"] = document(component.type, f"{component.content}\n")
    for owner, parts in workflows.items():
        files[f"workflows/{owner}.workflow-meta.xml"] = document("Workflow", "".join(parts))
    return files
