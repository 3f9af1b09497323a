"""Write the metadata package that makes our fields and lets our user see them. Pure.

Source: Salesforce Metadata API guide, CustomField, PermissionSet, "Sample package.xml", read 2026-11 (documented):
full name first, then alphabetical; a field made through an API is visible to nobody until a permission set grants it;
a field of tasks is one of Activity, granted on Task and on Event.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from typing import Final
from xml.sax.saxutils import escape

from adapters.own_labels import Locale, field_label, option_label
from adapters.salesforce.ids import PERSON_OBJECTS
from connector.own_fields import PERSON_FIELDS, TASK_KEY_FIELD, OwnField

PERMISSION_SET: Final = "Puente"
_NAMESPACE: Final = "http://soap.sforce.com/2006/04/metadata"
_EARLY: Final = (1980, 1, 1, 0, 0, 0)
_LONGEST_LABEL: Final = 40
TYPES: Final[Mapping[str, tuple[str, str]]] = {
    "text": ("Text", "string"),
    "long_text": ("LongTextArea", "textarea"),
    "number": ("Number", "double"),
    "datetime": ("DateTime", "datetime"),
    "choice": ("Picklist", "picklist"),
}
"""Own kind → type in metadata, and in a description."""


def field_name(own_name: str) -> str:
    """Return what an own field is called in Salesforce: `puente_stage_at` is `Puente_Stage_At__c`."""
    return "_".join(part.capitalize() for part in own_name.split("_")) + "__c"


def person_fields() -> dict[str, OwnField]:
    return {field_name(field.name): field for field in PERSON_FIELDS}


def build_package(api_version: str, locale: Locale, task_key: str) -> dict[str, str]:
    """Return the files of the package by path; equal for equal arguments."""
    people = "".join(_field(name, field, locale) for name, field in person_fields().items())
    return {
        **{f"objects/{sobject}.object": _root("CustomObject", people) for sobject in PERSON_OBJECTS},
        "objects/Activity.object": _root("CustomObject", _key_field(task_key, locale)),
        f"permissionsets/{PERMISSION_SET}.permissionset": _root("PermissionSet", _permissions(task_key)),
        "package.xml": _manifest(api_version, task_key),
    }


def zip_package(files: Mapping[str, str]) -> bytes:
    """Pack files, with one fixed date, so that equal files give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(path, _EARLY), text.encode())
    return buffer.getvalue()


def _root(kind: str, content: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{kind} xmlns="{_NAMESPACE}">\n{content}</{kind}>\n'


def _element(name: str, value: str) -> str:
    return f"<{name}>{escape(value)}</{name}>"


def _elements(values: Mapping[str, str]) -> str:
    return "".join(_element(name, value) for name, value in values.items())


def _field(name: str, field: OwnField, locale: Locale) -> str:
    values = {
        "fullName": name,
        "description": field.description_en,
        "label": field_label(field, locale)[:_LONGEST_LABEL],
    }
    return f"<fields>{_elements(values)}{_TYPED[field.kind](field, locale)}</fields>\n"


def _text(_field: OwnField, _locale: Locale) -> str:
    return _elements({"length": "255", "required": "false", "type": "Text", "unique": "false"})


def _long_text(_field: OwnField, _locale: Locale) -> str:
    return _elements({"length": "32768", "type": "LongTextArea", "visibleLines": "6"})


def _number(_field: OwnField, _locale: Locale) -> str:
    return _elements({"precision": "18", "required": "false", "scale": "2", "type": "Number", "unique": "false"})


def _moment(_field: OwnField, _locale: Locale) -> str:
    return _elements({"required": "false", "type": "DateTime"})


def _choice(field: OwnField, locale: Locale) -> str:
    options = "".join(
        f"<value>{_elements({'fullName': value, 'default': 'false', 'label': option_label(value, locale)})}</value>"
        for value in field.options
    )
    definition = f"<valueSetDefinition>{_element('sorted', 'false')}{options}</valueSetDefinition>"
    values = f"<valueSet>{_element('restricted', 'true')}{definition}</valueSet>"
    return f"{_elements({'required': 'false', 'type': 'Picklist'})}{values}"


_TYPED: Final = {"text": _text, "long_text": _long_text, "number": _number, "datetime": _moment, "choice": _choice}


def _key_field(task_key: str, locale: Locale) -> str:
    """Write the task's key: unique, so that Salesforce itself refuses a second task of an episode."""
    values = {
        "fullName": task_key,
        "caseSensitive": "true",
        "description": TASK_KEY_FIELD.description_en,
        "externalId": "true",
        "label": field_label(TASK_KEY_FIELD, locale)[:_LONGEST_LABEL],
        "length": "80",
        "required": "false",
        "type": "Text",
        "unique": "true",
    }
    return f"<fields>{_elements(values)}</fields>\n"


def _permissions(task_key: str) -> str:
    granted = [f"{sobject}.{name}" for sobject in PERSON_OBJECTS for name in person_fields()]
    granted += [f"Event.{task_key}", f"Task.{task_key}"]
    fields = "".join(_grant(field) for field in sorted(granted))
    objects = "".join(_object(sobject, edit=sobject != "Account") for sobject in ("Account", "Contact", "Lead"))
    label = _element("label", PERMISSION_SET)
    activation = _element("hasActivationRequired", "false")
    description = _element("description", "Lets the integration user read people and write Puente's fields and tasks.")
    tasks = f"<userPermissions>{_elements({'enabled': 'true', 'name': 'EditTask'})}</userPermissions>\n"
    return f"{description}\n{fields}{activation}\n{label}\n{objects}{tasks}"


def _grant(field: str) -> str:
    return (
        f"<fieldPermissions>{_elements({'editable': 'true', 'field': field, 'readable': 'true'})}</fieldPermissions>\n"
    )


def _object(sobject: str, *, edit: bool) -> str:
    rights = {
        "allowCreate": "false",
        "allowDelete": "false",
        "allowEdit": "true" if edit else "false",
        "allowRead": "true",
        "modifyAllRecords": "false",
        "object": sobject,
        "viewAllRecords": "true",
    }
    return f"<objectPermissions>{_elements(rights)}</objectPermissions>\n"


def _manifest(api_version: str, task_key: str) -> str:
    fields = [f"{sobject}.{name}" for sobject in PERSON_OBJECTS for name in person_fields()]
    content = _members("CustomField", [*fields, f"Activity.{task_key}"]) + _members("PermissionSet", [PERMISSION_SET])
    return _root("Package", f"{content}{_element('version', api_version)}\n")


def _members(kind: str, names: Iterable[str]) -> str:
    members = "".join(_element("members", name) for name in names)
    return f"<types>{members}{_element('name', kind)}</types>\n"
