"""Compare the metadata an organisation has with the metadata we want. Pure.

An organisation gives back more than was deployed (defaults, its own settings), and people may rename what they see. So
only what we rely on is compared, and what somebody added is kept.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Final
from xml.etree import ElementTree as ET

from adapters.installation import MARK, PartState, State
from adapters.salesforce.install_component import BUNDLE, BUNDLE_FOLDER, FOLDERS, NAMESPACE, NESTED, Component, Key
from adapters.salesforce.install_doorbells import RELAY
from adapters.salesforce.install_fields import CUSTOM_FIELD, choice_value
from connector.domain.phrase import phrase, phrases
from connector.errors import UnavailableError

_META: Final = "-meta.xml"
Found = ET.Element | Mapping[str, str]
"""A component as the organisation has it: XML, or the sources of a bundle."""
_FOR_PEOPLE: Final = frozenset({"label", "masterLabel", "description", "interviewLabel", "locationX", "locationY"})
_RELIED_ON: Final = ("precision", "scale", "unique", "externalId", "caseSensitive")
_MARKED: Final = ("CustomField", "CustomPermission", "PermissionSet", "Flow", "WorkflowOutboundMessage")
"""Types that have a description, and in it our mark. The others are told by their names alone."""


def read_components(package: bytes) -> dict[Key, Found]:
    """Read the zip of a retrieval. Raises UnavailableError when it is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            files = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
        return dict(_read_files(files))
    except (zipfile.BadZipFile, ET.ParseError, UnicodeDecodeError) as error:
        raise UnavailableError(f"Salesforce sent unreadable metadata ({type(error).__name__})") from None


def _read_files(files: Mapping[str, bytes]) -> Iterator[tuple[Key, Found]]:
    owners = {folder: kind for kind, (folder, _, _, _) in NESTED.items()}
    kinds = {folder: kind for kind, (folder, _) in FOLDERS.items()}
    bundles: dict[str, dict[str, str]] = {}
    for name, content in files.items():
        path = PurePosixPath(name)
        folder = path.parts[0] if len(path.parts) > 1 else ""
        if folder == BUNDLE_FOLDER and len(path.parts) == 3:
            bundles.setdefault(path.parts[1], {})[path.name] = content.decode()
        elif kind := owners.get(folder):
            for part in _parse(content).findall(NESTED[kind][3]):
                yield (kind, f"{path.stem}.{part.findtext('fullName')}"), part
        elif kind := kinds.get(folder):
            yield (kind, path.name.removesuffix(f".{FOLDERS[kind][1]}")), _parse(content)
    for bundle, sources in bundles.items():
        yield (BUNDLE, bundle), sources


def _parse(content: bytes) -> ET.Element:
    root = ET.fromstring(content)  # noqa: S314 - from the organisation whose administrator runs this
    for one in root.iter():
        one.tag = one.tag.removeprefix(f"{{{NAMESPACE}}}")
    return root


def compare(wanted: Component, found: Found | None) -> PartState:
    """Say what is true of one component."""
    owner = wanted.owner or wanted.type
    if found is None:
        return PartState(owner, wanted.name, "missing")
    state, detail = _difference(wanted, found)
    return PartState(owner, wanted.name, state, detail)


def _difference(wanted: Component, found: Found) -> tuple[State, str]:
    if not isinstance(found, ET.Element):
        changed = [name for name, text in wanted.sources.items() if not _is_same_source(name, text, found.get(name))]
        return ("outdated", ", ".join(changed)) if changed else ("exists", "")
    tree = _tree(wanted)
    if wanted.type == CUSTOM_FIELD:
        return _compare_fields(tree, found)
    if wanted.type == RELAY:
        return _compare_relays(tree, found)
    lacking = [one.tag for one in tree if one.tag not in _FOR_PEOPLE and not _is_covered(one, found)]
    return ("outdated", ", ".join(dict.fromkeys(lacking))) if lacking else ("exists", "")


def _is_same_source(name: str, wanted: str, found: str | None) -> bool:
    """Compare a bundle's description by what it says, and code by its words: Salesforce may set lines anew."""
    if found is None:
        return False
    if name.endswith(_META):
        return _covers(_parse(found.encode()), _parse(wanted.encode()))
    return found.split() == wanted.split()


def _tree(component: Component) -> ET.Element:
    return ET.fromstring(f"<wanted>{component.content}</wanted>")  # noqa: S314 - our own words


def _is_covered(wanted: ET.Element, parent: ET.Element) -> bool:
    return any(_covers(found, wanted) for found in parent.findall(wanted.tag))


def _covers(found: ET.Element, wanted: ET.Element) -> bool:
    if len(wanted) == 0:
        return (found.text or "").strip() == (wanted.text or "").strip()
    return all(_is_covered(child, found) for child in wanted if child.tag not in _FOR_PEOPLE)


def _compare_fields(wanted: ET.Element, found: ET.Element) -> tuple[State, str]:
    """Compare two fields: another type is a conflict, for Salesforce would convert or lose what people entered."""
    expected, actual = wanted.findtext("type"), found.findtext("type")
    if actual != expected:
        return "conflict", phrase("type {actual}, expected {expected}", actual=actual, expected=expected)
    if wanted.find("valueSet") is not None and found.find("valueSet/valueSetName") is not None:
        return "conflict", phrase("its values are those of a global value set")
    changed = [tag for tag in _RELIED_ON if wanted.findtext(tag, "false") != found.findtext(tag, "false")]
    if _length(found) < _length(wanted):
        changed.append("length")
    lacking = [value for value in _values(wanted) if value not in _values(found)]
    if lacking:
        changed.append(phrase("lacks the options {options}", options=", ".join(lacking)))
    return ("outdated", phrases(changed, ", ")) if changed else ("exists", "")


def _compare_relays(wanted: ET.Element, found: ET.Element) -> tuple[State, str]:
    """Leave a relay as it runs: only its target counts, and that cannot be changed (documented)."""
    for tag in ("destinationResourceName", "eventChannel"):
        if found.findtext(tag) != wanted.findtext(tag):
            actual, expected = found.findtext(tag), wanted.findtext(tag)
            return "conflict", phrase(
                "{part} {actual}, expected {expected}", part=tag, actual=actual, expected=expected
            )
    state = found.findtext("state")
    return "exists", phrase("state {state}", state=state) if state else ""


def _length(field: ET.Element) -> int:
    text = field.findtext("length") or ""
    return int(text) if text.isdigit() else 0


def _values(field: ET.Element) -> dict[str, str]:
    """Return the active values of a choice with their labels."""
    return {
        name: one.findtext("label") or name
        for one in field.iterfind("valueSet/valueSetDefinition/value")
        if (name := one.findtext("fullName")) and one.findtext("isActive") != "false"
    }


def keeping_values(wanted: Component, found: Found | None) -> Component:
    """Add the values people gave a choice of ours: deploying without them would take them away."""
    if wanted.type != CUSTOM_FIELD or not isinstance(found, ET.Element):
        return wanted
    ours = _values(_tree(wanted))
    added = "".join(choice_value(value, label) for value, label in _values(found).items() if value not in ours)
    end = "</valueSetDefinition>"
    return replace(wanted, content=wanted.content.replace(end, f"{added}{end}")) if added else wanted


def is_ours(wanted: Component, found: Found) -> bool:
    """Say whether we made a component: by the mark in its description, and by the type of a field."""
    if not isinstance(found, ET.Element):
        return any(
            _is_same_source(name, text, found.get(name)) for name, text in wanted.sources.items() if _META in name
        )
    if wanted.type == CUSTOM_FIELD and found.findtext("type") != _tree(wanted).findtext("type"):
        return False
    return wanted.type not in _MARKED or MARK in (found.findtext("description") or "")


def text_of(found: Found | None, tag: str) -> str:
    return (found.findtext(tag) or "") if isinstance(found, ET.Element) else ""
