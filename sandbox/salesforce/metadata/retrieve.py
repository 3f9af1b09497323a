"""Give back what was deployed: a zip of the components that are asked for, and a word for those that are not there.

Source: Salesforce Metadata API guide, "retrieve()", "checkRetrieveStatus()" and "RetrieveResult", read 2026-11
(documented). Fields of the company's own that were never deployed are not given.
"""

from __future__ import annotations

import base64
import copy
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from sandbox.salesforce.ids import make_id
from sandbox.salesforce.metadata.package import BUNDLES, FOLDERS, INSIDE_WORKFLOW, NAMESPACE, SUFFIXES, text_of
from sandbox.salesforce.org import Org

_DEFAULTS = {"externalId": "false", "trackFeedHistory": "false"}
_NESTED = {"CustomField": ("objects", "object", "CustomObject", "fields")} | {
    kind: ("workflows", "workflow", "Workflow", tag) for tag, kind in INSIDE_WORKFLOW.items()
}


def start_retrieval(org: Org, wanted: Mapping[str, Sequence[str]]) -> str:
    """Note what is asked for; give the id of the retrieval."""
    retrieval = make_id("09S", org.store.next_number("retrieval"))
    org.store.put("retrieval", retrieval, {"polls": 0, "wanted": {kind: list(names) for kind, names in wanted.items()}})
    return retrieval


def poll_retrieval(org: Org, retrieval_id: str, *, with_zip: bool) -> dict[str, Any] | None:
    """Form the RetrieveResult as it stands; None for an unknown id."""
    retrieval = org.store.get("retrieval", retrieval_id)
    if retrieval is None:
        return None
    retrieval["polls"] += 1
    org.store.put("retrieval", retrieval_id, retrieval)
    done = retrieval["polls"] > org.settings.polls_until_done
    body: dict[str, Any] = {"done": done, "id": retrieval_id}
    if not done:
        return {**body, "status": "InProgress", "success": False}
    files, missing = _collect(org, retrieval["wanted"])
    body["messages"] = [
        {"fileName": "unpackaged/package.xml", "problem": f"Entity of type '{kind}' named '{name}' cannot be found"}
        for kind, name in missing
    ]
    body |= {"status": "Succeeded", "success": True}
    return {**body, "zipFile": base64.b64encode(_pack(files)).decode()} if with_zip else body


def _collect(org: Org, wanted: Mapping[str, Sequence[str]]) -> tuple[dict[str, str], list[tuple[str, str]]]:
    files: dict[str, str] = {}
    missing: list[tuple[str, str]] = []
    owners: dict[tuple[str, str], list[ET.Element]] = {}
    for kind, name in [(kind, name) for kind, names in wanted.items() for name in names]:
        kept = _kept(org, kind, name)
        if kept is None:
            missing.append((kind, name))
        elif kind in BUNDLES:
            files |= {f"{BUNDLES[kind]}/{name}/{file}": text for file, text in kept["sources"].items()}
        elif kind in _NESTED:
            owners.setdefault((kind, name.partition(".")[0]), []).append(_element(org, kind, kept["xml"]))
        else:
            folder = next(folder for folder, one in FOLDERS.items() if one == kind)
            files[f"{folder}/{name}.{SUFFIXES[kind]}"] = _write(_element(org, kind, kept["xml"]))
    for (kind, owner), parts in owners.items():
        folder, suffix, root, tag = _NESTED[kind]
        whole = ET.Element(f"{{{NAMESPACE}}}{root}")
        for part in parts:
            part.tag = f"{{{NAMESPACE}}}{tag}"
        whole.extend(parts)
        files[f"{folder}/{owner}.{suffix}"] = _write(whole)
    return {**files, "package.xml": _write(ET.Element(f"{{{NAMESPACE}}}Package"))}, missing


def _kept(org: Org, kind: str, name: str) -> Any:
    if kind == "CustomField":
        owner, _, field = name.partition(".")
        return org.store.get("source", f"{kind}:{name}") if field in org.catalog.custom_fields(owner) else None
    if kind == "PermissionSet":
        found = org.store.select("PermissionSet", '"Name" = ?', (name,))
        return org.store.get("source", f"{kind}:{name}") if found else None
    return org.store.get("component", f"{kind}:{name}")


def _element(org: Org, kind: str, text: str) -> ET.Element:
    """Give a component as the organisation shows it: with its own defaults, without grants of fields that are gone."""
    element = copy.deepcopy(ET.fromstring(text))  # noqa: S314 - what this sandbox stored
    if kind == "CustomField":
        for tag, value in _DEFAULTS.items():
            if element.find(f"{{{NAMESPACE}}}{tag}") is None:
                ET.SubElement(element, f"{{{NAMESPACE}}}{tag}").text = value
    for grant in element.findall(f"{{{NAMESPACE}}}fieldPermissions") if kind == "PermissionSet" else ():
        owner, _, name = text_of(grant, "field").partition(".")
        found = org.catalog.find(owner)
        if found is None or found.find(name) is None:
            element.remove(grant)
    return element


def _write(element: ET.Element) -> str:
    return ET.tostring(element, encoding="unicode", default_namespace=NAMESPACE)


def _pack(files: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()
