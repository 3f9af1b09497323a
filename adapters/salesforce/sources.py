"""Know where each source of the mapping lives in Salesforce, and how its records become the mapping's. Pure.

Source: Salesforce object reference, pages of the objects named here, read 2026-11 (documented).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from adapters.salesforce.ids import PersonObject
from adapters.salesforce.replies import Row, is_true
from adapters.timeline import SourceRecord

OPPORTUNITY_PREFIX: Final = "Opportunity."
EMAIL_PREFIX: Final = "EmailMessage."
OPPORTUNITY_FIELDS: Final = (
    "OpportunityId", "Opportunity.StageName", "Opportunity.IsWon", "Opportunity.IsClosed", "Opportunity.Amount",
    "Opportunity.CloseDate", "Opportunity.CreatedDate",
)  # fmt: skip
_DRAFT: Final = "5"


@dataclass(frozen=True, slots=True)
class Stock:
    """Describe the records behind one or more sources.

    `keys` name the field that points to the person, by the person's object; `prefix` is what the mapping leaves out
    of a field's path; `fields` are always read, as far as the organisation shows them; `where` are conditions on
    fields; `relationship` is the name under which a person's records can be asked for with the person.
    """

    name: str
    sobject: str
    keys: Mapping[PersonObject, str]
    fields: tuple[str, ...]
    where: tuple[tuple[str, str], ...] = ()
    prefix: str = ""
    everything: bool = False
    relationship: str | None = None
    times: tuple[str, ...] = ()

    def path(self, field: str) -> str:
        """Return the path of a field the mapping names."""
        return field if field in self.fields else f"{self.prefix}{field}"


TASKS: Final = Stock(
    "tasks",
    "Task",
    {"Lead": "WhoId", "Contact": "WhoId"},
    ("Status", "IsClosed", "TaskSubtype", "CompletedDateTime", "ActivityDate", "CreatedDate"),
    where=(("IsDeleted", "IsDeleted = false"),),
    everything=True,  # closed activities leave ordinary queries after a year
    times=("CompletedDateTime", "ActivityDate", "CreatedDate"),
)
EVENTS: Final = Stock(
    "events",
    "Event",
    {"Lead": "WhoId", "Contact": "WhoId"},
    ("StartDateTime", "ActivityDate", "CreatedDate"),
    where=(("IsDeleted", "IsDeleted = false"), ("IsChild", "IsChild = false")),  # invitees have copies
    everything=True,
    times=("StartDateTime", "ActivityDate"),
)
EMAILS: Final = Stock(
    "email_messages",
    "EmailMessageRelation",
    {"Lead": "RelationId", "Contact": "RelationId"},
    (
        "EmailMessageId", "EmailMessage.ActivityId", "EmailMessage.Status", "EmailMessage.MessageDate",
        "EmailMessage.CreatedDate", "EmailMessage.IsOpened", "EmailMessage.FirstOpenedDate",
        "EmailMessage.LastOpenedDate",
    ),
    prefix=EMAIL_PREFIX,
    times=("EmailMessage.MessageDate", "EmailMessage.LastOpenedDate"),
)  # fmt: skip
CAMPAIGNS: Final = Stock(
    "campaign_members",
    "CampaignMember",
    {"Contact": "ContactId", "Lead": "LeadId"},  # a converted lead's membership points to both
    ("Status", "HasResponded", "FirstRespondedDate", "CreatedDate", "LastModifiedDate"),
    where=(("IsDeleted", "IsDeleted = false"),),
    relationship="CampaignMembers",
)
DEALS: Final = Stock(
    "opportunities",
    "OpportunityContactRole",
    {"Contact": "ContactId"},
    OPPORTUNITY_FIELDS,
    where=(("IsDeleted", "IsDeleted = false"),),
    prefix=OPPORTUNITY_PREFIX,
    relationship="OpportunityContactRoles",
)
STOCKS: Final = (TASKS, EVENTS, EMAILS, CAMPAIGNS, DEALS)
_HISTORY_FIELDS: Final = ("Field", "NewValue", "CreatedDate", "CreatedById", "CreatedBy.Alias", "CreatedBy.UserType")
HISTORIES: Final[Mapping[PersonObject, Stock]] = {
    "Lead": Stock("LeadHistory", "LeadHistory", {"Lead": "LeadId"}, _HISTORY_FIELDS),
    "Contact": Stock("ContactHistory", "ContactHistory", {"Contact": "ContactId"}, _HISTORY_FIELDS),
}
"""No source of the mapping, yet records that point to a person like the others."""
STOCK_BY_NAME: Final[Mapping[str, Stock]] = {stock.name: stock for stock in (*STOCKS, *HISTORIES.values())}
EMAIL_OPENS: Final = "email_opens"
CAMPAIGN_JOINS: Final = "campaign_joins"
FIELDS: Final = "fields"
STOCK_OF: Final[Mapping[str, Stock]] = {
    **{stock.name: stock for stock in STOCKS},
    EMAIL_OPENS: EMAILS,
    CAMPAIGN_JOINS: CAMPAIGNS,
}
"""Source of the mapping → the records it is read from; `fields` are the person's own."""


def records_of(source: str, rows: Iterable[Row]) -> Iterator[SourceRecord]:
    """Give the records of a source in the mapping's form."""
    read = _READERS[source]
    for row in rows:
        record = read(row)
        if record is not None:
            yield record


def _task(row: Row) -> SourceRecord | None:
    at = row.get("CompletedDateTime") or row.get("ActivityDate") or row.get("CreatedDate")
    return SourceRecord(f"task:{row.id}", at, row.fields)


def _event(row: Row) -> SourceRecord | None:
    return SourceRecord(f"event:{row.id}", row.get("StartDateTime") or row.get("ActivityDate"), row.fields)


def _email(row: Row) -> SourceRecord | None:
    if row.get("EmailMessage.Status") == _DRAFT:
        return None
    at = row.get("EmailMessage.MessageDate") or row.get("EmailMessage.CreatedDate")
    return SourceRecord(f"email:{row.get('EmailMessageId')}", at, _without(EMAIL_PREFIX, row))


def _email_open(row: Row) -> SourceRecord | None:
    """Give the last opening of a message; Salesforce counts none of them (Email Tracking)."""
    at = row.get("EmailMessage.LastOpenedDate") or row.get("EmailMessage.FirstOpenedDate")
    if not at and not is_true(row.get("EmailMessage.IsOpened")):
        return None
    return SourceRecord(f"email_open:{row.get('EmailMessageId')}", at, _without(EMAIL_PREFIX, row))


def _member(row: Row) -> SourceRecord | None:
    return SourceRecord(f"campaign:{row.id}", member_since(row), row.fields)


def _join(row: Row) -> SourceRecord | None:
    """Give the joining of a campaign that somebody responded to later; who joined by responding did one thing."""
    if member_since(row) == row.get("CreatedDate"):
        return None
    return SourceRecord(f"campaign_join:{row.id}", row.get("CreatedDate"), row.fields)


def member_since(row: Row) -> str:
    """Return when a member got its status, as exactly as Salesforce tells.

    The first response has a day only; the moment of creation or of the last change says the hour when it is the same
    day.
    """
    day = row.get("FirstRespondedDate")
    if not is_true(row.get("HasResponded")) or not day:
        return row.get("CreatedDate")
    moments = (row.get("LastModifiedDate"), row.get("CreatedDate"))
    return next((moment for moment in moments if moment.startswith(day)), day)


def _opportunity(row: Row) -> SourceRecord | None:
    closed = is_true(row.get("Opportunity.IsClosed"))
    at = row.get("Opportunity.CloseDate") if closed else row.get("Opportunity.CreatedDate")
    fields = {**_without(OPPORTUNITY_PREFIX, row), "state": state_of(row)}
    return SourceRecord(f"deal:{row.get('OpportunityId')}", at, fields)


def state_of(row: Row) -> str:
    if is_true(row.get("Opportunity.IsWon")):
        return "won"
    return "lost" if is_true(row.get("Opportunity.IsClosed")) else "open"


def _without(prefix: str, row: Row) -> dict[str, str | None]:
    return {**row.fields, **{name.removeprefix(prefix): value for name, value in row.fields.items()}}


_READERS: Final[Mapping[str, Callable[[Row], SourceRecord | None]]] = {
    "tasks": _task,
    "events": _event,
    "email_messages": _email,
    EMAIL_OPENS: _email_open,
    "campaign_members": _member,
    CAMPAIGN_JOINS: _join,
    "opportunities": _opportunity,
}


def without_logged_emails(tasks: Iterable[Row], emails: Iterable[Row]) -> list[Row]:
    """Drop the tasks Salesforce makes of e-mails it also keeps as messages, or every e-mail would count twice."""
    logged = {row.get("EmailMessage.ActivityId")[:15] for row in emails} - {""}
    return [row for row in tasks if row.id[:15] not in logged]
