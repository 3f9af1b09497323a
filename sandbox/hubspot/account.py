"""Answer the calls on the account and its people: details, usage, limits, owners, pipelines, validation rules.

Source: the paths and shapes of HubSpot's public API specification, snapshot 2026-08-21 (documented).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.hubspot.call import Answer, Call
from sandbox.hubspot.errors import not_found
from sandbox.hubspot.object_types import COMPANIES, CONTACTS, DEALS, TASKS
from sandbox.hubspot.portal import Portal, object_type_of
from sandbox.hubspot.properties import MOST_CUSTOM
from sandbox.hubspot.schema import BORN
from sandbox.hubspot.wire import to_iso

_DEAL_STAGES = (
    ("appointmentscheduled", "Appointment Scheduled", "0.2"),
    ("qualifiedtobuy", "Qualified To Buy", "0.4"),
    ("presentationscheduled", "Presentation Scheduled", "0.6"),
    ("decisionmakerboughtin", "Decision Maker Bought-In", "0.8"),
    ("contractsent", "Contract Sent", "0.9"),
    ("closedwon", "Closed Won", "1.0"),
    ("closedlost", "Closed Lost", "0.0"),
)


def get_details(portal: Portal, call: Call) -> Answer:
    """GET /account-info/details: which account this is."""
    zone = ZoneInfo(portal.settings.time_zone)
    offset = datetime.fromtimestamp(call.at_ms / 1000, zone).utcoffset() or timedelta()
    minutes = int(offset.total_seconds() // 60)
    sign = "-" if minutes < 0 else "+"
    return Answer(
        200,
        {
            "portalId": portal.settings.portal_id,
            "accountType": "DEVELOPER_TEST",
            "timeZone": portal.settings.time_zone,
            "companyCurrency": "EUR",
            "additionalCurrencies": [],
            "utcOffset": f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}",
            "utcOffsetMilliseconds": minutes * 60_000,
            "uiDomain": "app.hubspot.com",
            "dataHostingLocation": "na1",
        },
    )


def get_usage(portal: Portal, call: Call) -> Answer:
    """GET /account-info/api-usage/daily/private-apps: how much of the day's calls is used."""
    usage = {
        "name": "private-apps-api-calls-daily",
        "usageLimit": portal.settings.limits.per_day,
        "currentUsage": portal.calls_today(),
        "collectedAt": to_iso(call.at_ms),
        "fetchStatus": "SUCCESS",
        "resetsAt": to_iso((call.at_ms // 86_400_000 + 1) * 86_400_000),
    }
    return Answer(200, {"results": [usage]})


def get_custom_property_limits(portal: Portal, call: Call) -> Answer:
    """GET /crm/limits/custom-properties: custom properties used and allowed."""
    rows: list[dict[str, Any]] = []
    for kind in (CONTACTS, COMPANIES, DEALS, TASKS):
        used = sum(not one.hubspot_defined for one in portal.schema.definitions(kind.name).values())
        rows.append(
            {
                "objectTypeId": kind.type_id,
                "singularLabel": kind.singular.capitalize(),
                "pluralLabel": kind.name.capitalize(),
                "limit": MOST_CUSTOM,
                "usage": used,
                "percentage": 100 * used / MOST_CUSTOM,
            }
        )
    used = sum(row["usage"] for row in rows)
    limit = MOST_CUSTOM * len(rows)
    body = {"overallLimit": limit, "overallUsage": used, "overallPercentage": 100 * used / limit}
    return Answer(200, {**body, "byObjectType": rows})


def list_owners(portal: Portal, call: Call) -> Answer:
    """GET /crm/owners: owners by page; `email` finds one, `archived` the inactive ones."""
    limit = call.number("limit", 100, 500)
    after, email = call.one("after", "0"), call.one("email").lower()
    found = [
        owner
        for owner in portal.store.all("owner")
        if owner["archived"] == call.flag("archived")
        and int(owner["id"]) > int(after)
        and (not email or owner["email"].lower() == email)
    ]
    body: dict[str, Any] = {"results": found[:limit]}
    if len(found) > limit:
        body["paging"] = {"next": {"after": found[limit - 1]["id"], "link": f"?after={found[limit - 1]['id']}"}}
    return Answer(200, body)


def get_owner(portal: Portal, call: Call) -> Answer:
    """GET /crm/owners/{ownerId}: one owner by owner id, or by user id with idProperty=userId."""
    wanted, key = call.params["ownerId"], call.one("idProperty", "id")
    for owner in portal.store.all("owner"):
        if str(owner.get(key)) == wanted and owner["archived"] == call.flag("archived"):
            return Answer(200, owner)
    raise not_found(f"Owner {wanted} was not found")


def list_pipelines(portal: Portal, call: Call) -> Answer:
    """GET /crm/pipelines/{objectType}: the pipelines of an object type."""
    return Answer(200, {"results": _pipelines(object_type_of(call).name)})


def get_pipeline(portal: Portal, call: Call) -> Answer:
    """GET /crm/pipelines/{objectType}/{pipelineId}: one pipeline."""
    return Answer(200, _find_pipeline(call))


def list_stages(portal: Portal, call: Call) -> Answer:
    """GET /crm/pipelines/{objectType}/{pipelineId}/stages: the stages of a pipeline."""
    return Answer(200, {"results": _find_pipeline(call)["stages"]})


def _find_pipeline(call: Call) -> dict[str, Any]:
    for pipeline in _pipelines(object_type_of(call).name):
        if pipeline["id"] == call.params["pipelineId"]:
            return pipeline
    raise not_found(f"Pipeline {call.params['pipelineId']} was not found")


def _pipelines(object_type: str) -> list[dict[str, Any]]:
    if object_type != DEALS.name:
        return []
    stages = [
        {
            "id": stage,
            "label": label,
            "displayOrder": order,
            "metadata": {"isClosed": str(stage.startswith("closed")).lower(), "probability": probability},
            "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
            "archived": False,
            "createdAt": BORN,
            "updatedAt": BORN,
        }
        for order, (stage, label, probability) in enumerate(_DEAL_STAGES)
    ]
    return [
        {
            "id": "default",
            "label": "Sales Pipeline",
            "displayOrder": 0,
            "stages": stages,
            "archived": False,
            "createdAt": BORN,
            "updatedAt": BORN,
        }
    ]


def list_validation_rules(portal: Portal, call: Call) -> Answer:
    """GET /crm/property-validations/{objectTypeId}: the administrators' rules by property."""
    kind = object_type_of(call, "objectTypeId")
    rules = [rule for rule in portal.settings.validation_rules if rule.object_type == kind.name]
    names = sorted({rule.property for rule in rules})
    results = [
        {
            "propertyName": name,
            "propertyValidationRules": [
                {"ruleType": rule.rule_type, "ruleArguments": list(rule.arguments), "shouldApplyNormalization": False}
                for rule in rules
                if rule.property == name
            ],
        }
        for name in names
    ]
    return Answer(200, {"results": results})
