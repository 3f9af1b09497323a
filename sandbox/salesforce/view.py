"""Show the org as a sales rep would see it: a neutral view of people, timelines and tasks for the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.salesforce.org import ORGANIZATION_ID, Org
from sandbox.salesforce.people import UNKNOWN
from sandbox.salesforce.store import Row
from sandbox.salesforce.wire import to_rest

MOST_PEOPLE = 200
MOST_HAPPENINGS = 40
# The custom fields a connector is expected to write; the page shows them when they are there.
_WRITTEN = {
    "fit": "Puente_Fit__c",
    "engagement": "Puente_Engagement__c",
    "grade": "Puente_Grade__c",
    "reasons": "Puente_Reasons__c",
    "missing": "Puente_Missing__c",
}
_STAGE = "Puente_Stage__c"
_TRACK = ("Puente_Nurture_Track__c", "Puente_Next_Content__c")
_STATUSES = {"Completed": "COMPLETED", "Not Started": "NOT_STARTED"}
_PRIORITIES = {"High": "HIGH", "Normal": "MEDIUM", "Low": "LOW"}
_ALIVE = {"Lead": '"IsDeleted" = 0 AND "IsConverted" = 0', "Contact": '"IsDeleted" = 0'}


def org_view(org: Org) -> dict[str, Any]:
    """Form the view: everybody is counted, the people who changed last are shown."""
    living = [(kind, row) for kind, where in _ALIVE.items() for row in org.store.select(kind, where)]
    shown = sorted(living, key=lambda one: (-int(one[1]["LastModifiedDate"]), one[1]["Id"]))[:MOST_PEOPLE]
    names = {row["Id"]: row["Name"] for name in ("User", "Group") for row in org.store.select(name)}
    return {
        "crm": "Salesforce",
        "portal": ORGANIZATION_ID,
        "now": to_rest(org.now_ms()),
        "locale": org.settings.locale,
        "zone": org.settings.time_zone,
        "people": [_person(org, kind, row, names) for kind, row in shown],
        "counts": dict(Counter(_stage(org, row) for _, row in living)),
        "total": len(living),
    }


def _stage(org: Org, row: Row) -> str:
    return str(row.get(_STAGE) or row.get(org.settings.stage_field) or "")


def _person(org: Org, kind: str, row: Row, names: Mapping[str, str]) -> dict[str, Any]:
    account = org.store.find("Account", row["AccountId"]) if row.get("AccountId") else None
    company = str(row.get("Company") or (account["Name"] if account else ""))
    return {
        "id": row["Id"],
        "name": " ".join(part for part in (row["FirstName"], row["LastName"]) if part and part != UNKNOWN),
        "email": row["Email"] or "",
        "company": "" if company == UNKNOWN else company,
        "job_title": row["Title"] or "",
        "stage": _stage(org, row),
        "lifecycle": str(row.get("Status") or row.get(org.settings.stage_field) or kind),
        **{name: _text(row.get(field)) for name, field in _WRITTEN.items()},
        "nurture": " · ".join(str(row[field]) for field in _TRACK if row.get(field)),
        "owner": names.get(str(row["OwnerId"]), ""),
        "timeline": _timeline(org, row),
        "tasks": [_task(one, names) for one in _tasks(org, row)],
    }


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _tasks(org: Org, row: Row) -> list[Row]:
    where = '"WhoId" = ? AND "IsDeleted" = 0 AND ("IsClosed" = 0 OR "Type" IS NULL)'
    return org.store.select("Task", where, (row["Id"],))


def _task(row: Row, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": row["Id"],
        "subject": row["Subject"] or "",
        "body_text": row["Description"] or "",
        "due_at": row["ReminderDateTime"] or row["ActivityDate"] or "",
        "owner": names.get(str(row["OwnerId"]), ""),
        "status": _STATUSES.get(str(row["Status"]), "IN_PROGRESS"),
        "priority": _PRIORITIES.get(str(row["Priority"]), "MEDIUM"),
    }


def _timeline(org: Org, row: Row) -> list[dict[str, Any]]:
    found = [*_activities(org, row), *_memberships(org, row)]
    return sorted(found, key=lambda one: int(one["occurred_at"] or 0), reverse=True)[:MOST_HAPPENINGS]


def _activities(org: Org, row: Row) -> Iterator[dict[str, Any]]:
    where = '"WhoId" = ? AND "IsDeleted" = 0 AND "IsClosed" = 1 AND "Type" IS NOT NULL'
    for task in org.store.select("Task", where, (row["Id"],), '"CompletedDateTime" DESC'):
        kind = str(task["Type"]).lower().replace(" ", "_")
        yield _happening(kind, task["CompletedDateTime"], task["Subject"], machine=bool(task.get("Automated__c")))
    for event in org.store.select("Event", '"WhoId" = ? AND "IsDeleted" = 0', (row["Id"],)):
        yield _happening("meeting", event["StartDateTime"], event["Subject"])


def _happening(kind: str, occurred_at: object, what: object, *, machine: bool = False) -> dict[str, Any]:
    return {"kind": kind, "occurred_at": occurred_at, "what": what or "", "count": None, "machine": machine}


def _memberships(org: Org, row: Row) -> Iterator[dict[str, Any]]:
    for member in org.store.select("CampaignMember", '"LeadOrContactId" = ? AND "IsDeleted" = 0', (row["Id"],)):
        campaign = org.store.find("Campaign", member["CampaignId"]) or {}
        kind = f"{campaign.get('Type')}_{member['Status']}".lower()
        yield _happening(kind, member["LastModifiedDate"], campaign.get("Name"))
