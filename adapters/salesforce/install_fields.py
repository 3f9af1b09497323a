"""Describe our own fields as Salesforce metadata, labelled in the user's language. Pure.

Source: Salesforce Metadata API guide, "CustomField", read 2026-11 (documented): a long text has no `required`; a field
of tasks is one of Activity.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from adapters.installation import with_mark
from adapters.own_labels import Locale, field_label, option_label
from adapters.salesforce.ids import PERSON_OBJECTS
from adapters.salesforce.install_component import Component, element, elements
from connector.own_fields import PERSON_FIELDS, TASK_KEY_FIELD, OwnField

CUSTOM_FIELD: Final = "CustomField"
ACTIVITY: Final = "Activity"
TYPES: Final[Mapping[str, tuple[str, str]]] = {
    "text": ("Text", "string"),
    "long_text": ("LongTextArea", "textarea"),
    "number": ("Number", "double"),
    "datetime": ("DateTime", "datetime"),
    "choice": ("Picklist", "picklist"),
}
"""Own kind → type in metadata, and in a description."""
_LONGEST_LABEL: Final = 40


def field_name(own_name: str) -> str:
    """Return what an own field is called in Salesforce: `puente_stage_at` is `Puente_Stage_At__c`."""
    return "_".join(part.capitalize() for part in own_name.split("_")) + "__c"


def person_fields() -> dict[str, OwnField]:
    return {field_name(field.name): field for field in PERSON_FIELDS}


def build_fields(locale: Locale, task_key: str) -> list[Component]:
    """Build our fields of leads and contacts, and the key of tasks."""
    people = [
        Component(CUSTOM_FIELD, f"{sobject}.{name}", _person_field(field, locale))
        for sobject in PERSON_OBJECTS
        for name, field in person_fields().items()
    ]
    return [*people, Component(CUSTOM_FIELD, f"{ACTIVITY}.{task_key}", _key_field(locale))]


def _person_field(field: OwnField, locale: Locale) -> str:
    described = {"description": with_mark(field.description_en), "label": _label(field, locale)}
    return elements(described) + _TYPED[field.kind](field, locale)


def _label(field: OwnField, locale: Locale) -> str:
    return field_label(field, locale)[:_LONGEST_LABEL]


def _text(_field: OwnField, _locale: Locale) -> str:
    return elements({"length": "255", "required": "false", "type": "Text", "unique": "false"})


def _long_text(_field: OwnField, _locale: Locale) -> str:
    return elements({"length": "32768", "type": "LongTextArea", "visibleLines": "6"})


def _number(_field: OwnField, _locale: Locale) -> str:
    return elements({"precision": "18", "required": "false", "scale": "2", "type": "Number", "unique": "false"})


def _moment(_field: OwnField, _locale: Locale) -> str:
    return elements({"required": "false", "type": "DateTime"})


def _choice(field: OwnField, locale: Locale) -> str:
    options = "".join(choice_value(value, option_label(value, locale)) for value in field.options)
    definition = f"<valueSetDefinition>{element('sorted', 'false')}{options}</valueSetDefinition>"
    values = f"<valueSet>{element('restricted', 'true')}{definition}</valueSet>"
    return f"{elements({'required': 'false', 'type': 'Picklist'})}{values}"


_TYPED: Final = {"text": _text, "long_text": _long_text, "number": _number, "datetime": _moment, "choice": _choice}


def choice_value(value: str, label: str) -> str:
    return f"<value>{elements({'fullName': value, 'default': 'false', 'label': label})}</value>"


def _key_field(locale: Locale) -> str:
    """Write the task's key: unique, so that Salesforce itself refuses a second task of an episode."""
    return elements(
        {
            "caseSensitive": "true",
            "description": with_mark(TASK_KEY_FIELD.description_en),
            "externalId": "true",
            "label": _label(TASK_KEY_FIELD, locale),
            "length": "80",
            "required": "false",
            "type": "Text",
            "unique": "true",
        }
    )
