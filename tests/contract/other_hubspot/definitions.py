"""Associations, property definitions and the small endpoints around the records."""

from __future__ import annotations

import re

from tests.contract.other_hubspot.catalogue import ASSOCIATION_IDS, SINGULAR, TYPE_IDS
from tests.contract.other_hubspot.objects import batch_reply, inputs_of
from tests.contract.other_hubspot.portal import Portal
from tests.contract.other_hubspot.replies import Json, RefusalError, Reply, Request, error, refuse

FIELD_TYPES = {
    "string": {"text", "textarea", "html", "phonenumber", "file"},
    "number": {"number", "calculation_equation"},
    "enumeration": {"select", "radio", "checkbox", "booleancheckbox"},
    "bool": {"booleancheckbox"},
    "date": {"date"},
    "datetime": {"date"},
}


# ---------------------------------------------------------------------------------------------------- associations
def read_associations(portal: Portal, request: Request, from_type: str, to_type: str) -> Reply:
    results, errors = [], []
    for entry in inputs_of(request, 1_000):
        from_id = str(entry["id"])
        linked = portal.linked(from_type, from_id, to_type) if portal.find(from_type, from_id) else []
        if not linked:
            if portal.habits.no_associations == "207":
                errors.append(_no_associations(from_id, from_type, to_type))
            elif portal.habits.no_associations == "empty":
                results.append({"from": {"id": from_id}, "to": []})
            continue
        results.append(_page(portal, entry, from_type, to_type, linked))
    return batch_reply(portal, results, errors)


def _page(portal: Portal, entry: Json, from_type: str, to_type: str, linked: list[str]) -> Json:
    start = int(entry.get("after") or 0)
    stop = start + portal.habits.association_page
    type_id = ASSOCIATION_IDS.get((from_type, to_type), 1)
    kinds = [{"category": "HUBSPOT_DEFINED", "typeId": type_id, "label": None}]
    if (from_type, to_type) == ("contacts", "companies"):
        kinds.append({"category": "HUBSPOT_DEFINED", "typeId": 1, "label": "Primary"})
    as_number = portal.habits.association_ids == "int"
    shown: list[Json] = [
        {
            "toObjectId": int(other) if as_number else other,
            "associationTypes": kinds if other == linked[0] else kinds[:1],
        }
        for other in linked[start:stop]
    ]
    result: Json = {"from": {"id": entry["id"]}, "to": shown}
    if stop < len(linked):
        result["paging"] = {"next": {"after": str(stop), "link": f"?after={stop}"}}
    return result


def _no_associations(from_id: str, from_type: str, to_type: str) -> Json:
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": f"No {to_type} is associated with {from_type} {from_id}.",
        "context": {"fromObjectId": [from_id], "fromObjectType": [from_type], "toObjectType": [to_type]},
    }


def create_associations(portal: Portal, request: Request, from_type: str, to_type: str) -> Reply:
    inputs = inputs_of(request, 2_000)
    for entry in inputs:
        portal.link(from_type, str(entry["from"]["id"]), to_type, str(entry["to"]["id"]))
        portal.writes["create association"] += 1
    return batch_reply(portal, [{"from": e["from"], "to": e["to"]} for e in inputs], [], portal.habits.created_status)


# ---------------------------------------------------------------------------------------------------- definitions
def list_properties(portal: Portal, object_type: str) -> Reply:
    shown = [d for d in portal.definitions[object_type].values() if portal.habits.hidden_listed or not d["hidden"]]
    if portal.habits.terse_definitions:
        shown = [{key: d[key] for key in ("name", "label", "type", "fieldType", "options")} for d in shown]
    return Reply(200, {"results": shown})


def read_property(portal: Portal, object_type: str, name: str) -> Reply:
    found = portal.definitions[object_type].get(name)
    if found is None:
        raise refuse(404, "OBJECT_NOT_FOUND", f"Property {name} does not exist", subCategory="Properties.NOT_FOUND")
    return Reply(200, found)


def define(portal: Portal, object_type: str, wanted: Json) -> Json:
    name = wanted.get("name", "")
    if object_type == "tasks" and not portal.habits.task_properties:
        raise refuse(403, "MISSING_SCOPES", "This portal does not allow custom properties on TASK")
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,99}", name):
        raise refuse(400, "VALIDATION_ERROR", f"Property name {name!r} is not valid")
    if name in portal.definitions[object_type]:
        raise refuse(409, "OBJECT_ALREADY_EXISTS", f"A property named {name} already exists")
    if wanted.get("groupName") not in {"standard", "taskinformation", *portal.groups[object_type]}:
        raise refuse(400, "VALIDATION_ERROR", f"Property group {wanted.get('groupName')} does not exist")
    if wanted.get("fieldType") not in FIELD_TYPES.get(wanted.get("type", ""), set()):
        raise refuse(400, "VALIDATION_ERROR", f"{wanted.get('fieldType')} is no field type of {wanted.get('type')}")
    if wanted.get("hasUniqueValue") and object_type == "tasks" and not portal.habits.unique_task_keys:
        raise refuse(400, "VALIDATION_ERROR", "hasUniqueValue is not supported for object type 0-27")
    if not wanted.get("label"):
        raise refuse(400, "VALIDATION_ERROR", "label is required")
    definition = {
        "options": [], "description": "", "displayOrder": -1, "hasUniqueValue": False, "hidden": False,
        "calculated": False, "externalOptions": False, "formField": False, "hubspotDefined": False, "archived": False,
        **wanted, "modificationMetadata": {"archivable": True, "readOnlyDefinition": False, "readOnlyValue": False},
    }  # fmt: skip
    portal.definitions[object_type][name] = definition
    portal.writes["create property"] += 1
    return definition


def create_properties(portal: Portal, request: Request, object_type: str) -> Reply:
    results, errors = [], []
    for wanted in inputs_of(request, 100):
        try:
            results.append(define(portal, object_type, wanted))
        except RefusalError as refusal:
            errors.append(refusal.reply.body | {"context": {"name": [wanted.get("name")]}})
    return batch_reply(portal, results, errors, portal.habits.created_status)


def create_group(portal: Portal, request: Request, object_type: str) -> Reply:
    name = request.body["name"]
    if name in portal.groups[object_type]:
        raise refuse(409, "OBJECT_ALREADY_EXISTS", f"A property group named {name} already exists")
    portal.groups[object_type][name] = {"archived": False, "displayOrder": -1, **request.body}
    portal.writes["create group"] += 1
    return Reply(portal.habits.created_status, portal.groups[object_type][name])


def read_group(portal: Portal, object_type: str, name: str) -> Reply:
    if name not in portal.groups[object_type]:
        raise refuse(404, "OBJECT_NOT_FOUND", f"Property group {name} does not exist")
    return Reply(200, portal.groups[object_type][name])


# ---------------------------------------------------------------------------------------------------- small endpoints
def list_owners(portal: Portal, request: Request) -> Reply:
    archived = request.one("archived") == "true"
    people = [owner_of(portal, key) for key, active in portal.owners.items() if active != archived]
    return Reply(200, {"results": people})


def owner_of(portal: Portal, key: str) -> Json:
    return {"id": key, "email": f"rep{key}@crm.example", "firstName": "Rep", "lastName": key, "userId": int(key) + 9000,
            "createdAt": "2024-01-01T00:00:00Z", "updatedAt": "2024-01-01T00:00:00Z",
            "archived": not portal.owners[key]}  # fmt: skip


def details(portal: Portal) -> Reply:
    if portal.habits.account != 200:
        return error(portal.habits.account, "MISSING_SCOPES", "This app hasn't been granted all required scopes")
    return Reply(200, {"portalId": portal.portal_id, "accountType": "STANDARD", "timeZone": "Europe/Madrid",
                       "companyCurrency": "EUR", "additionalCurrencies": [], "utcOffset": "+01:00",
                       "utcOffsetMilliseconds": 3_600_000, "uiDomain": "app.hubspot.com",
                       "dataHostingLocation": "eu1"})  # fmt: skip


def read_memberships(portal: Portal, request: Request) -> Reply:
    _need(portal.habits.lists, "crm.lists.read")
    results = []
    for entry in inputs_of(request, 100):
        if entry.get("objectTypeId") != "0-1":
            raise refuse(400, "VALIDATION_ERROR", "objectTypeId is required")
        joined = [
            {"listId": key, "listVersion": 1, "isPublicList": True,
             "firstAddedTimestamp": "2026-11-01T10:00:00Z", "lastAddedTimestamp": "2026-11-01T10:00:00Z"}
            for key, (_, members) in portal.lists.items() if str(entry["recordId"]) in members
        ]  # fmt: skip
        results.append({"objectTypeId": "0-1", "recordId": str(entry["recordId"]), "memberships": joined})
    return batch_reply(portal, results, [])


def list_lists(portal: Portal, request: Request) -> Reply:
    _need(portal.habits.lists, "crm.lists.read")
    wanted = request.query.get("listIds") or list(portal.lists)
    shown = [{"listId": key, "name": portal.lists[key][0], "objectTypeId": "0-1", "processingType": "MANUAL"}
             for part in wanted for key in part.split(",") if key in portal.lists]  # fmt: skip
    return Reply(200, {"lists": shown, "total": len(shown), "hasMore": False, "offset": len(shown)})


def list_forms(portal: Portal) -> Reply:
    _need(portal.habits.forms, "forms")
    return Reply(200, {"results": [
        {"id": key, "name": name, "formType": "hubspot", "archived": False, "createdAt": "2025-01-01T00:00:00Z"}
        for key, name in portal.forms.items()
    ]})  # fmt: skip


def occurrences(portal: Portal, request: Request) -> Reply:
    _need(portal.habits.web_events, "business-intelligence")
    found = portal.web_events.get(request.one("objectId") or "", [])
    wanted = request.one("eventType")
    return Reply(200, {"results": [event for event in found if not wanted or event["eventType"] == wanted]})


def breakdown(portal: Portal, object_id: str) -> Reply:
    _need(portal.habits.marketing_events, "crm.objects.marketing_events.read")
    found = portal.participations.get(object_id, [])
    return Reply(200, {"total": len(found), "results": found})


def _need(status: int, scope: str) -> None:
    if status == 403:
        context = {"requiredGranularScopes": [scope]}
        errors = [{"message": "One or more of the following scopes are required.", "context": context}]
        raise refuse(403, "MISSING_SCOPES", "This app hasn't been granted all required scopes", errors=errors)
    if status == 404:
        raise refuse(404, "OBJECT_NOT_FOUND", "Unable to find this endpoint")
    if status >= 500:
        raise refuse(status, "INTERNAL_ERROR", "internal error")


def deal_pipelines() -> Reply:
    stages = [
        {"id": key, "label": key, "displayOrder": n, "archived": False,
         "metadata": {"isClosed": str(probability in ("0.0", "1.0")).lower(), "probability": probability}}
        for n, (key, probability) in enumerate(
            {"appointmentscheduled": "0.2", "closedwon": "1.0", "closedlost": "0.0"}.items())
    ]  # fmt: skip
    return Reply(200, {"results": [{"id": "default", "label": "Sales", "displayOrder": 0, "stages": stages}]})


def known_type(name: str) -> bool:
    return name in TYPE_IDS or name in SINGULAR or name in TYPE_IDS.values()
