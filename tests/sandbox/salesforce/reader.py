"""Read a person's timeline back out of the sandbox, through documented endpoints alone.

It knows Salesforce and the table in COVERAGE.md, nothing of the sandbox's inside: what it finds is what a client can
know.
"""

from __future__ import annotations

from typing import Any

from sandbox.salesforce.wire import parse_instant

from .conftest import Box

MEMBERS = {
    ("Webinar", "Registered"): "webinar_registered",
    ("Webinar", "Attended"): "webinar_attended",
    ("Event", "Registered"): "event_registered",
    ("Event", "Attended"): "event_attended",
    ("Content", "Downloaded"): "content_download",
    ("Survey", "Completed"): "survey_completed",
    ("Newsletter", "Subscribed"): "newsletter_subscribed",
    ("Newsletter", "Unsubscribed"): "newsletter_unsubscribed",
    ("List", "Joined"): "list_joined",
    ("Other", "Responded"): "campaign_response",
}
DEALS = {"Closed Won": "deal_won", "Closed Lost": "deal_lost"}
Found = tuple[str, int, str]
"""Kind, milliseconds, what."""


def read_timeline(box: Box, person: str) -> list[Found]:
    """Gather every single event that Salesforce shows of a lead or contact."""
    mails, their_tasks = _mails(box, person)
    found = [*_tasks(box, person, their_tasks), *_meetings(box, person), *mails]
    return sorted([*found, *_members(box, person), *_stages(box, person)])


def _ms(text: str) -> int:
    found = parse_instant(text)
    assert found is not None
    return found


def _tasks(box: Box, person: str, not_these: set[str]) -> list[Found]:
    rows = box.query(
        "SELECT Id, Type, Subject, CompletedDateTime FROM Task "
        f"WHERE WhoId = '{person}' AND IsDeleted = false AND Type != null",
        everything=True,
    )
    found = []
    for row in rows:
        if row["Id"] not in not_these:
            kind = row["Type"].lower().replace(" ", "_")
            kind = "email_delivered" if kind == "email" else kind
            found.append((kind, _ms(row["CompletedDateTime"]), row["Subject"]))
    return found


def _meetings(box: Box, person: str) -> list[Found]:
    text = (
        f"SELECT Subject, StartDateTime FROM Event WHERE WhoId = '{person}' AND IsDeleted = false AND IsChild = false"
    )
    return [("meeting", _ms(row["StartDateTime"]), row["Subject"]) for row in box.query(text, everything=True)]


def _mails(box: Box, person: str) -> tuple[list[Found], set[str]]:
    """Give the messages, and the tasks beside them, which are the same mails again."""
    rows = box.query(
        "SELECT EmailMessage.Incoming, EmailMessage.MessageDate, EmailMessage.Subject, EmailMessage.ActivityId "
        f"FROM EmailMessageRelation WHERE RelationId = '{person}'"
    )
    found = []
    for message in (row["EmailMessage"] for row in rows):
        kind = "email_reply" if message["Incoming"] else "email_delivered"
        found.append((kind, _ms(message["MessageDate"]), message["Subject"]))
    return found, {row["EmailMessage"]["ActivityId"] for row in rows}


def _members(box: Box, person: str) -> list[Found]:
    column = "LeadId" if person.startswith("00Q") else "ContactId"
    rows = box.query(
        "SELECT Status, HasResponded, FirstRespondedDate, CreatedDate, LastModifiedDate, Campaign.Type, Campaign.Name "
        f"FROM CampaignMember WHERE {column} = '{person}'"
    )
    return [event for row in rows for event in _membership(row)]


def _membership(row: dict[str, Any]) -> list[Found]:
    """Give one or two events: who was registered and attended later has been changed since."""
    campaign, status = row["Campaign"], row["Status"]
    created, changed = _ms(row["CreatedDate"]), _ms(row["LastModifiedDate"])
    kind = MEMBERS[campaign["Type"], status]
    if row["HasResponded"]:
        assert row["FirstRespondedDate"] == row["LastModifiedDate"][:10]
    if status == "Attended" and created < changed:
        before = MEMBERS[campaign["Type"], "Registered"]
        return [(before, created, campaign["Name"]), (kind, changed, campaign["Name"])]
    return [(kind, changed, campaign["Name"])]


def _stages(box: Box, person: str) -> list[Found]:
    kind = "Lead" if person.startswith("00Q") else "Contact"
    text = (
        f"SELECT NewValue, CreatedDate FROM {kind}History WHERE {kind}Id = '{person}' AND Field = 'Lifecycle_Stage__c'"
    )
    return [("stage_changed", _ms(row["CreatedDate"]), row["NewValue"]) for row in box.query(text)]
