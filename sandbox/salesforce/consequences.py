"""What Salesforce works out by itself before a record is saved.

Source: Salesforce object reference, the pages of Task, Event, CampaignMember, Opportunity, read 2026-11 (documented).
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.salesforce.errors import RecordError
from sandbox.salesforce.org import Org
from sandbox.salesforce.store import Row
from sandbox.salesforce.wire import parse_instant, to_date

_MINUTE_MS = 60_000
_MOST_NAME = 121
OPPORTUNITY_STAGES = {
    "Prospecting": (10, "Pipeline"),
    "Qualification": (10, "Pipeline"),
    "Needs Analysis": (20, "Pipeline"),
    "Value Proposition": (50, "Pipeline"),
    "Id. Decision Makers": (60, "Pipeline"),
    "Perception Analysis": (70, "Pipeline"),
    "Proposal/Price Quote": (75, "Pipeline"),
    "Negotiation/Review": (90, "Pipeline"),
    "Closed Won": (100, "Closed"),
    "Closed Lost": (0, "Omitted"),
}


def settle(org: Org, kind: str, row: Row, old: Row | None) -> None:
    """Fill in what follows from a record's values; `old` is None for a new one."""
    settler = _SETTLERS.get(kind)
    if settler is not None:
        settler(org, row, old)


def _person(_org: Org, row: Row, _old: Row | None) -> None:
    name = " ".join(part for part in (row.get("FirstName"), row.get("LastName")) if part)
    row["Name"] = name[:_MOST_NAME] or None


def _contact(org: Org, row: Row, old: Row | None) -> None:
    _person(org, row, old)
    row["IsEmailBounced"] = int(row.get("EmailBouncedDate") is not None)


def _lead(org: Org, row: Row, old: Row | None) -> None:
    _person(org, row, old)
    if old is not None and old["IsConverted"]:
        raise RecordError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot update converted lead", [])


def _task(org: Org, row: Row, old: Row | None) -> None:
    row["IsClosed"] = int(row.get("Status") == "Completed")
    row["IsHighPriority"] = int(row.get("Priority") == "High")
    row["TaskSubtype"] = row.get("TaskSubtype") or "Task"
    if old is None or old.get("Status") != row.get("Status"):
        row["CompletedDateTime"] = org.now_ms() if row["IsClosed"] else None
    _check_who(org, row, old)


def _event(org: Org, row: Row, old: Row | None) -> None:
    start = row.get("StartDateTime") if row.get("StartDateTime") is not None else row.get("ActivityDateTime")
    if start is None and row.get("ActivityDate"):
        start = parse_instant(str(row["ActivityDate"]))
    if start is None:
        raise RecordError("REQUIRED_FIELD_MISSING", "Required fields are missing: [StartDateTime]", ["StartDateTime"])
    minutes = row.get("DurationInMinutes")
    if minutes is None and row.get("EndDateTime") is None:
        message = "Required fields are missing: [DurationInMinutes]"
        raise RecordError("REQUIRED_FIELD_MISSING", message, ["DurationInMinutes"])
    moved = old is not None and old.get("EndDateTime") != row.get("EndDateTime")
    if minutes is None or moved:
        minutes = (int(row["EndDateTime"]) - int(start)) // _MINUTE_MS
    end = int(start) + int(minutes) * _MINUTE_MS
    row.update(StartDateTime=start, ActivityDateTime=start, DurationInMinutes=minutes, EndDateTime=end)
    row.update(ActivityDate=to_date(int(start)), EndDate=to_date(end), EventSubtype=row.get("EventSubtype") or "Event")
    _check_who(org, row, old)


def _check_who(org: Org, row: Row, old: Row | None) -> None:
    """Tie an activity to the person's account; refuse what cannot be tied."""
    who_id = row.get("WhoId")
    if who_id is None or (old is not None and old.get("WhoId") == who_id):
        return
    if str(who_id).startswith("00Q"):
        lead = org.store.find("Lead", str(who_id))
        if lead is not None and lead["IsConverted"]:
            raise RecordError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", ["WhoId"])
        if row.get("WhatId") is not None:
            message = "Related To ID: If Name refers to a lead, Related To must be blank"
            raise RecordError("FIELD_INTEGRITY_EXCEPTION", message, ["WhatId"])
        return
    contact = org.store.find("Contact", str(who_id))
    row["AccountId"] = contact["AccountId"] if contact else None


def _campaign_member(org: Org, row: Row, old: Row | None) -> None:
    person = _member_person(org, row)
    if old is None:
        _check_new_member(org, row)
    statuses = org.store.find_many("CampaignMemberStatus", "CampaignId", (row["CampaignId"],))
    if row.get("Status") is None:
        row["Status"] = next((one["Label"] for one in statuses if one["IsDefault"]), "Sent")
    row["HasResponded"] = int(any(one["Label"] == row["Status"] and one["HasResponded"] for one in statuses))
    if row["HasResponded"] and row.get("FirstRespondedDate") is None:
        row["FirstRespondedDate"] = to_date(org.now_ms())
    row["Type"] = "Contact" if row.get("ContactId") else "Lead"
    row["LeadOrContactId"] = person["Id"]
    row["LeadOrContactOwnerId"] = person["OwnerId"]
    for name in ("Salutation", "Name", "FirstName", "LastName", "Title", "Email"):
        row[name] = person.get(name)
    row["CompanyOrAccount"] = person.get("Company")


def _member_person(org: Org, row: Row) -> Row:
    kind, person_id = ("Contact", row["ContactId"]) if row.get("ContactId") else ("Lead", row.get("LeadId"))
    if person_id is None:
        message = "Required fields are missing: [LeadId, ContactId]"
        raise RecordError("REQUIRED_FIELD_MISSING", message, ["LeadId", "ContactId"])
    return org.store.find(kind, str(person_id)) or {}


def _check_new_member(org: Org, row: Row) -> None:
    name = "ContactId" if row.get("ContactId") else "LeadId"
    where = f'"{name}" = ? AND "CampaignId" = ? AND "IsDeleted" = 0'
    if org.store.count("CampaignMember", where, (row[name], row["CampaignId"])):
        raise RecordError("DUPLICATE_VALUE", "Already a campaign member.", [])


def _opportunity(org: Org, row: Row, old: Row | None) -> None:
    probability, forecast = OPPORTUNITY_STAGES.get(str(row.get("StageName")), (10, "Pipeline"))
    row["IsWon"] = int(row.get("StageName") == "Closed Won")
    row["IsClosed"] = int(row.get("StageName") in ("Closed Won", "Closed Lost"))
    if old is None or old.get("StageName") != row.get("StageName"):
        row["LastStageChangeDate"] = org.now_ms() if old is not None else None
        row["ForecastCategory"] = forecast
        row["Probability"] = probability


def _assignment(org: Org, row: Row, old: Row | None) -> None:
    where = '"PermissionSetId" = ? AND "AssigneeId" = ?'
    if org.store.count("PermissionSetAssignment", where, (row["PermissionSetId"], row["AssigneeId"])):
        message = (
            f"Duplicate PermissionSetAssignment.  Assignee: {str(row['AssigneeId'])[:15]}; "
            f"Permission Set: {str(row['PermissionSetId'])[:15]}"
        )
        raise RecordError("DUPLICATE_VALUE", message, ["AssigneeId", "PermissionSetId"])


_SETTLERS: dict[str, Callable[[Org, Row, Row | None], None]] = {
    "Lead": _lead,
    "Contact": _contact,
    "User": _person,
    "Task": _task,
    "Event": _event,
    "CampaignMember": _campaign_member,
    "Opportunity": _opportunity,
    "PermissionSetAssignment": _assignment,
}
