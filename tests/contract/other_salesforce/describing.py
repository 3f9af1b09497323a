"""Describe objects, with the keys of recorded descriptions."""

from __future__ import annotations

from tests.contract.other_salesforce.catalogue import KEY, NUMBERS, Field
from tests.contract.other_salesforce.org import Org
from tests.contract.other_salesforce.replies import Json


def describe(org: Org, name: str) -> Json:
    """Return the description of an object as our user sees it: a hidden field is not there."""
    found = org.described(name)
    children = [
        {"cascadeDelete": False, "childSObject": sobject, "deprecatedAndHidden": False, "field": key,
         "junctionIdListNames": [], "junctionReferenceTo": [], "relationshipName": relation, "restrictedDelete": False}
        for relation, (sobject, key) in found.children.items()
    ]  # fmt: skip
    return {
        "actionOverrides": [], "childRelationships": children, "createable": True, "custom": False, "deletable": True,
        "fields": [_field(org, found.name, one) for one in found.fields.values()], "keyPrefix": found.prefix,
        "label": found.name, "labelPlural": f"{found.name}s", "mergeable": found.name in ("Lead", "Contact"),
        "name": found.name, "queryable": True, "recordTypeInfos": [], "retrieveable": True, "searchable": True,
        "triggerable": True, "undeletable": True, "updateable": True,
        "urls": {"sobject": f"/services/data/v66.0/sobjects/{found.name}"},
    }  # fmt: skip


def _field(org: Org, sobject: str, one: Field) -> Json:
    free = (sobject, one.name) not in org.read_only
    choices = [
        {"active": True, "defaultValue": value == one.default, "label": value, "validFor": None, "value": value}
        for value in one.options
    ]
    return {
        "aggregatable": one.filterable, "autoNumber": False, "byteLength": one.length * 3, "calculated": False,
        "createable": one.createable and free, "custom": one.name.endswith("__c"), "defaultValue": one.default,
        "defaultedOnCreate": one.default is not None, "digits": 0, "externalId": one.name == KEY,
        "filterable": one.filterable, "label": one.name.removesuffix("__c").replace("_", " "), "length": one.length,
        "name": one.name, "nillable": not one.required, "permissionable": True, "picklistValues": choices,
        "precision": 18 if one.kind in NUMBERS else 0, "referenceTo": list(one.refers_to),
        "relationshipName": one.relation, "restrictedPicklist": one.restricted,
        "scale": 2 if one.kind in NUMBERS else 0, "sortable": one.filterable, "type": one.kind, "unique": one.unique,
        "updateable": one.writable and free and one.name != "TaskSubtype",
    }  # fmt: skip
