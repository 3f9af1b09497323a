"""Describe objects and fields with every key of the real answers.

Source: Salesforce REST API guide, "sObject Describe", read 2026-11 (documented); keys as recorded (measured by
others).
"""

from __future__ import annotations

from typing import Any

from sandbox.salesforce.access import Access
from sandbox.salesforce.catalog import Catalog
from sandbox.salesforce.schema import Choice, Field, SObject

_MASTER_RECORD_TYPE = "012000000000000AAA"
_SETUP = "https://sandbox.lightning.example.com"
_NULLABLE_FACTS = (
    "defaultImplementation",
    "extendedBy",
    "extendsInterfaces",
    "implementedBy",
    "implementsInterfaces",
    "listviewable",
    "lookupLayoutable",
    "networkScopeFieldName",
)


def describe_global(catalog: Catalog, version: str) -> dict[str, Any]:
    """List every object with its abilities."""
    listed = [
        {**_abilities(kind), "urls": _urls(kind, version, setup=False)}
        for kind in sorted(catalog.kinds().values(), key=lambda one: one.name)
    ]
    return {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": listed}


def describe_kind(catalog: Catalog, kind: SObject, access: Access, version: str) -> dict[str, Any]:
    """Describe one object with the fields the caller may see."""
    body: dict[str, Any] = {
        **_abilities(kind),
        **dict.fromkeys(_NULLABLE_FACTS),
        "actionOverrides": [],
        "childRelationships": _children(catalog, kind),
        "compactLayoutable": "y" in kind.flags,
        "fields": [describe_field(kind, field, access) for field in access.visible(kind)],
        "namedLayoutInfos": [],
        "recordTypeInfos": [_record_type(kind, version)] if "y" in kind.flags else [],
        "searchLayoutable": "y" in kind.flags,
        "sobjectDescribeOption": "FULL",
        "supportedScopes": [{"label": f"All {kind.plural.lower()}", "name": "everything"}],
        "urls": _urls(kind, version, setup=True),
    }
    return dict(sorted(body.items()))


def _abilities(kind: SObject) -> dict[str, Any]:
    has = kind.flags.__contains__
    return {
        "activateable": False,
        "associateEntityType": None,
        "associateParentEntity": None,
        "createable": has("c"),
        "custom": False,
        "customSetting": False,
        "deepCloneable": False,
        "deletable": has("d"),
        "deprecatedAndHidden": False,
        "feedEnabled": has("f"),
        "hasSubtypes": False,
        "isInterface": False,
        "isSubtype": False,
        "keyPrefix": kind.prefix,
        "label": kind.label,
        "labelPlural": kind.plural,
        "layoutable": has("l"),
        "mergeable": has("m"),
        "mruEnabled": has("o"),
        "name": kind.name,
        "queryable": True,
        "replicateable": has("r"),
        "retrieveable": True,
        "searchable": has("h"),
        "triggerable": has("t"),
        "undeletable": has("v"),
        "updateable": has("u"),
    }


def _urls(kind: SObject, version: str, *, setup: bool) -> dict[str, str]:
    base = f"/services/data/{version}/sobjects/{kind.name}"
    urls = {
        "compactLayouts": f"{base}/describe/compactLayouts",
        "rowTemplate": f"{base}/{{ID}}",
        "approvalLayouts": f"{base}/describe/approvalLayouts",
        "listviews": f"{base}/listviews",
        "describe": f"{base}/describe",
        "quickActions": f"{base}/quickActions",
        "layouts": f"{base}/describe/layouts",
        "sobject": base,
    }
    if kind.name == "Event":
        del urls["listviews"], urls["approvalLayouts"]
        urls["eventSeriesUpdates"] = f"{base}/{{ID}}/fromThisEventOnwards"
    if setup:
        urls["uiDetailTemplate"] = f"{_SETUP}/{{ID}}"
        urls["uiEditTemplate"] = f"{_SETUP}/{{ID}}/e"
        urls["uiNewRecord"] = f"{_SETUP}/{kind.prefix}/e"
    return urls


def _record_type(kind: SObject, version: str) -> dict[str, Any]:
    base = f"/services/data/{version}/sobjects/{kind.name}"
    return {
        "active": True,
        "available": True,
        "defaultRecordTypeMapping": True,
        "developerName": "Master",
        "master": True,
        "name": "Master",
        "recordTypeId": _MASTER_RECORD_TYPE,
        "urls": {"layout": f"{base}/describe/layouts/{_MASTER_RECORD_TYPE}"},
    }


def _children(catalog: Catalog, kind: SObject) -> list[dict[str, Any]]:
    return [
        {
            "cascadeDelete": field.cascade,
            "childSObject": child.name,
            "deprecatedAndHidden": False,
            "field": field.name,
            "junctionIdListNames": [],
            "junctionReferenceTo": [],
            "relationshipName": field.children,
            "restrictedDelete": False,
        }
        for child, field in sorted(catalog.children_of(kind.name), key=lambda one: (one[0].name, one[1].name))
    ]


def describe_field(kind: SObject, field: Field, access: Access) -> dict[str, Any]:
    """Describe one field; permissions show in createable and updateable."""
    may_write = access.editable(kind, field)
    body: dict[str, Any] = {
        **_constants(),
        **_sizes(field),
        "aggregatable": field.aggregatable,
        "caseSensitive": field.case_sensitive,
        "compoundFieldName": field.compound,
        "createable": field.createable and may_write,
        "custom": field.custom,
        "defaultValue": _default(field),
        "defaultedOnCreate": field.defaulted,
        "externalId": field.external_id,
        "extraTypeInfo": field.extra,
        "filterable": field.filterable,
        "groupable": field.groupable,
        "idLookup": field.id_lookup,
        "inlineHelpText": field.help,
        "label": field.label,
        "name": field.name,
        "nameField": field.name_field,
        "namePointing": field.polymorphic,
        "nillable": field.nillable,
        "permissionable": field.permissionable,
        "picklistValues": [_choice(field, choice) for choice in field.choices],
        "polymorphicForeignKey": field.polymorphic,
        "queryByDistance": field.by_distance,
        "referenceTo": list(field.refers),
        "relationshipName": field.relationship,
        "restrictedPicklist": field.restricted,
        "searchPrefilterable": field.prefilter,
        "soapType": field.soap_type,
        "sortable": field.sortable,
        "type": field.type,
        "unique": field.unique,
        "updateable": field.updateable and may_write,
    }
    return dict(sorted(body.items()))


def _sizes(field: Field) -> dict[str, int]:
    return {
        "byteLength": field.byte_length,
        "digits": field.digits,
        "length": field.length,
        "precision": field.precision,
        "scale": field.scale,
    }


def _constants() -> dict[str, Any]:
    return {
        **dict.fromkeys(
            (
                "aiPredictionField",
                "autoNumber",
                "calculated",
                "cascadeDelete",
                "dependentPicklist",
                "deprecatedAndHidden",
                "displayLocationInDecimal",
                "encrypted",
                "formulaTreatNullNumberAsZero",
                "highScaleNumber",
                "htmlFormatted",
                "restrictedDelete",
                "writeRequiresMasterRead",
            ),
            False,
        ),
        **dict.fromkeys(
            (
                "calculatedFormula",
                "controllerName",
                "defaultValueFormula",
                "filteredLookupInfo",
                "mask",
                "maskType",
                "referenceTargetField",
                "relationshipOrder",
            )
        ),
    }


def _default(field: Field) -> Any:
    if field.type == "boolean":
        return field.default == "true"
    return field.default


def _choice(field: Field, choice: Choice) -> dict[str, Any]:
    return {
        "active": choice.active,
        "defaultValue": choice.value == field.default,
        "label": choice.label,
        "validFor": None,
        "value": choice.value,
    }
