"""Turn a CustomField of a deployment into a field of the org, or say what is wrong with it.

Source: Salesforce Metadata API guide, "CustomField", read 2026-11 (documented); several refusals as recorded
(measured by others).
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from sandbox.salesforce.metadata.package import NAMESPACE, text_of
from sandbox.salesforce.schema import Choice, Field

_NAME = re.compile(r"[A-Za-z](?!\w*__\w*__c)\w{0,39}__c")
_TYPES = {
    "Text": "string",
    "TextArea": "textarea",
    "LongTextArea": "textarea",
    "Html": "html",
    "Number": "double",
    "Currency": "currency",
    "Percent": "percent",
    "Checkbox": "boolean",
    "Picklist": "picklist",
    "MultiselectPicklist": "multipicklist",
    "Date": "date",
    "DateTime": "datetime",
    "Email": "email",
    "Phone": "phone",
    "Url": "url",
    "Lookup": "reference",
}
_FIXED_LENGTHS = {"TextArea": 255, "Email": 80, "Phone": 40, "Url": 255, "Picklist": 255, "MultiselectPicklist": 4099}
_LENGTHS = {"Text": (1, 255), "LongTextArea": (256, 131_072), "Html": (256, 131_072)}
_NUMBERS = ("Number", "Currency", "Percent")
_NEVER_REQUIRED = ("Checkbox", "LongTextArea", "Html")
_UNIQUE = ("Text", "Number", "Email")
_KNOWN_TEXT = """
businessOwnerUser businessStatus caseSensitive complianceGroup customDataType defaultValue deleteConstraint
deprecated description displayFormat displayLocationInDecimal encryptionScheme escapeMarkup
externalDeveloperName externalId fieldManageability formula formulaTreatBlanksAs fullName inlineHelpText indexed
isAIPredictionField isConvertLeadDisabled isFilteringDisabled isNameField isSortingDisabled label length
lookupFilter maskChar maskType metadataFilterControllingField picklist populateExistingRows precision
referenceTargetField referenceTo relationshipLabel relationshipName relationshipOrder reparentableMasterDetail
required restrictedAdminField scale securityClassification startingNumber stripMarkup summarizedField
summaryFilterItems summaryForeignKey summaryOperation trackFeedHistory trackHistory trackTrending translateData
type unique valueSet visibleLines writeRequiresMasterRead
"""
_KNOWN = frozenset(_KNOWN_TEXT.split())
_MOST_LABEL = 40
_MOST_PRECISION = 18


class ComponentError(Exception):
    """A component that is refused; the others of the deployment may be fine."""

    def __init__(self, message: str, code: str = "FIELD_INTEGRITY_EXCEPTION") -> None:
        super().__init__(message)
        self.code = code


def build_field(element: ET.Element) -> Field:
    """Build the field an element describes."""
    _check_form(element)
    kind = text_of(element, "type")
    length, precision, scale = _size(element, kind)
    required = _flag(element, "required")
    target = text_of(element, "referenceTo")
    name = text_of(element, "fullName").rpartition(".")[2]
    return Field(
        name=name,
        label=text_of(element, "label"),
        type=_TYPES[kind],
        length=18 if kind == "Lookup" else length,
        precision=precision,
        scale=scale,
        refers=(target,) if target else (),
        relationship=f"{name.removesuffix('__c')}__r" if target else None,
        children=f"{text_of(element, 'relationshipName')}__r" if target else None,
        extra="plaintextarea" if _TYPES[kind] == "textarea" else None,
        default=text_of(element, "defaultValue") or None,
        choices=_choices(element),
        custom=True,
        createable=True,
        updateable=True,
        nillable=not required and kind != "Checkbox",
        defaulted=kind == "Checkbox",
        restricted=_restricted(element),
        id_lookup=_flag(element, "externalId"),
        permissionable=not required,
        external_id=_flag(element, "externalId"),
        unique=_flag(element, "unique"),
        case_sensitive=_flag(element, "caseSensitive"),
        history=_flag(element, "trackHistory"),
        help=text_of(element, "inlineHelpText") or None,
    )


def _check_form(element: ET.Element) -> None:
    for child in element:
        tag = child.tag.removeprefix(f"{{{NAMESPACE}}}")
        if tag not in _KNOWN:
            raise ComponentError(f"Element {child.tag} invalid at this location in type CustomField")
    name = text_of(element, "fullName").rpartition(".")[2]
    if not _NAME.fullmatch(name):
        raise ComponentError(f"The Name field can only contain underscores and alphanumeric characters: {name}")
    kind, label = text_of(element, "type"), text_of(element, "label")
    if kind not in _TYPES:
        raise ComponentError(f"{kind or 'null'} is not a valid value for the enum 'FieldType'")
    if not label or len(label) > _MOST_LABEL:
        raise ComponentError(f"Must specify a 'label' of at most {_MOST_LABEL} characters for a CustomField")
    _check_options(element, kind)


def _check_options(element: ET.Element, kind: str) -> None:
    if kind in _NEVER_REQUIRED and element.find(f"{{{NAMESPACE}}}required") is not None:
        raise ComponentError(f"Can not specify 'required' for a CustomField of type {kind}")
    if kind == "Checkbox" and text_of(element, "defaultValue") not in ("true", "false"):
        raise ComponentError("Must specify 'defaultValue' for a CustomField of type Checkbox")
    for option in ("unique", "externalId"):
        if _flag(element, option) and kind not in _UNIQUE:
            raise ComponentError(f"Can not specify '{option}' for a CustomField of type {kind}")
    if kind in ("LongTextArea", "Html", "MultiselectPicklist") and not text_of(element, "visibleLines").isdigit():
        raise ComponentError(f"Must specify 'visibleLines' for a CustomField of type {kind}")
    if kind in ("Picklist", "MultiselectPicklist") and not _choices(element):
        raise ComponentError(f"Must specify 'valueSet' for a CustomField of type {kind}")
    if kind == "Lookup" and not (text_of(element, "referenceTo") and text_of(element, "relationshipName")):
        raise ComponentError("Must specify 'referenceTo' and 'relationshipName' for a CustomField of type Lookup")


def _size(element: ET.Element, kind: str) -> tuple[int, int, int]:
    """Read length, precision and scale."""
    if kind in _NUMBERS:
        precision, scale = text_of(element, "precision"), text_of(element, "scale")
        if not (precision.isdigit() and scale.isdigit()):
            raise ComponentError(f"Must specify 'precision' and 'scale' for a CustomField of type {kind}")
        if not 1 <= int(precision) <= _MOST_PRECISION or int(scale) > int(precision):
            raise ComponentError("Precision must be between 1 and 18, and scale not greater than precision")
        return 0, int(precision), int(scale)
    if kind not in _LENGTHS:
        return _FIXED_LENGTHS.get(kind, 0), 0, 0
    least, most = _LENGTHS[kind]
    length = text_of(element, "length")
    if not length.isdigit():
        raise ComponentError(f"Must specify 'length' for a CustomField of type {kind}")
    if int(length) < least:
        raise ComponentError(f"Invalid length, minimum is: {least}")
    if int(length) > most:
        raise ComponentError(f"Invalid length, maximum is: {most}")
    return int(length), 0, 0


def _choices(element: ET.Element) -> tuple[Choice, ...]:
    values = element.findall(f"{{{NAMESPACE}}}valueSet/{{{NAMESPACE}}}valueSetDefinition/{{{NAMESPACE}}}value")
    return tuple(
        Choice(
            text_of(one, "fullName"),
            text_of(one, "label") or text_of(one, "fullName"),
            text_of(one, "isActive") != "false",
        )
        for one in values
    )


def _restricted(element: ET.Element) -> bool:
    found = element.find(f"{{{NAMESPACE}}}valueSet")
    return found is not None and text_of(found, "restricted") == "true"


def _flag(element: ET.Element, name: str) -> bool:
    return text_of(element, name) == "true"
