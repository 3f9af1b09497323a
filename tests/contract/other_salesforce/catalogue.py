"""The objects of an ordinary organisation and their fields, as the recorded descriptions and the facts give them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final, Literal

Kind = Literal[
    "id", "string", "textarea", "email", "phone", "url", "picklist", "combobox", "reference", "boolean", "int",
    "double", "currency", "date", "datetime",
]  # fmt: skip
TEXTS: Final = ("string", "textarea", "email", "phone", "url", "picklist", "combobox")
NUMBERS: Final = ("int", "double", "currency")
STAGES: Final = (
    "subscriber", "mnql", "lead", "mql", "sql", "opportunity", "customer", "evangelist", "disqualified",
)  # fmt: skip
VERDICTS: Final = ("accepted", "rejected")
REASONS: Final = ("fit", "timing", "budget", "data", "duplicate", "competitor", "no-response", "never")
KEY: Final = "Puente_Task_Key__c"


@dataclass(frozen=True)
class Field:
    """Describe one field. `options` of a `restricted` picklist are the only values it takes."""

    name: str
    kind: Kind
    length: int = 0
    writable: bool = True
    createable: bool = True
    required: bool = False
    refers_to: tuple[str, ...] = ()
    relation: str | None = None
    options: tuple[str, ...] = ()
    default: str | None = None
    restricted: bool = False
    unique: bool = False
    filterable: bool = True


@dataclass(frozen=True)
class SObject:
    """Describe one object; `children` are (object, its key) by the relationship's name."""

    name: str
    prefix: str
    fields: dict[str, Field]
    children: dict[str, tuple[str, str]] = field(default_factory=dict)


def _text(name: str, length: int = 255) -> Field:
    return Field(name, "string", length)


def _long(name: str, length: int = 32_000) -> Field:
    return Field(name, "textarea", length, filterable=False)


def _choice(name: str, *options: str, default: str | None = None, restricted: bool = False) -> Field:
    return Field(name, "picklist", 255, options=options, default=default, restricted=restricted)


def _fixed(name: str, kind: Kind) -> Field:
    return Field(name, kind, writable=False, createable=False)


def _to(name: str, *targets: str, writable: bool = True, relation: str = "") -> Field:
    named = relation or name.removesuffix("Id")
    return Field(name, "reference", 18, writable=writable, createable=writable, refers_to=targets, relation=named)


_EVERY: Final = (
    _fixed("Id", "id"),
    _fixed("CreatedDate", "datetime"),
    _to("CreatedById", "User", writable=False),
    _fixed("LastModifiedDate", "datetime"),
    _to("LastModifiedById", "User", writable=False),
    _fixed("SystemModstamp", "datetime"),
)
_DELETABLE: Final = (*_EVERY, _fixed("IsDeleted", "boolean"))
_OURS: Final = (
    _choice("Puente_Stage__c", *STAGES, restricted=True),
    Field("Puente_Stage_At__c", "datetime"),
    Field("Puente_Fit__c", "double"),
    Field("Puente_Fit_Confidence__c", "double"),
    Field("Puente_Engagement__c", "double"),
    _text("Puente_Grade__c"),
    _long("Puente_Reasons__c", 32_768),
    _text("Puente_Journey__c"),
    _text("Puente_Nurture_Track__c"),
    _text("Puente_Next_Content__c"),
    _text("Puente_Next_Channel__c"),
    _long("Puente_Missing__c", 32_768),
    _text("Puente_Handoff_Key__c"),
    _choice("Puente_Sales_Verdict__c", *VERDICTS, restricted=True),
    _choice("Puente_Reject_Reason__c", *REASONS, restricted=True),
    _text("Puente_Model__c"),
    Field("Puente_Scored_At__c", "datetime"),
)
_PERSON: Final = (
    *_DELETABLE,
    *_OURS,
    _text("FirstName", 40),
    Field("LastName", "string", 80, required=True),
    Field("Name", "string", 121, writable=False, createable=False),
    _text("Title", 128),
    Field("Email", "email", 80),
    Field("Phone", "phone", 40),
    _choice("LeadSource", "Web", "Phone Inquiry", "Partner Referral", "Other"),
    _long("Description"),
    _to("OwnerId", "Group", "User"),
    _text("EmailBouncedReason"),
    Field("EmailBouncedDate", "datetime"),
    Field("HasOptedOutOfEmail", "boolean"),
    Field("Email_Opens__c", "double"),
    Field("Email_Last_Open__c", "datetime"),
    Field("Email_Clicks__c", "double"),
    Field("Email_Last_Click__c", "datetime"),
    Field("Lifecycle_Stage__c", "picklist", 255, options=STAGES[:-1]),
    _fixed("LastActivityDate", "date"),
)
_INDUSTRIES: Final = ("Technology", "Retail", "Education", "Energy", "Banking")
_ACTIVITY: Final = (
    *_DELETABLE,
    _to("WhoId", "Contact", "Lead"),
    _to("WhatId", "Account", "Opportunity"),
    Field("Subject", "combobox", 255),
    Field("ActivityDate", "date"),
    _long("Description"),
    _to("OwnerId", "Group", "User"),
    _fixed("IsArchived", "boolean"),
    Field(KEY, "string", 255, unique=True),
    Field("IsReminderSet", "boolean"),
    Field("ReminderDateTime", "datetime"),
    _text("Outcome__c"),
)
_TASK_TYPES: Final = ("Call", "Email", "Meeting", "Other", "Form Submitted", "Page View", "Note", "Webinar Question")


def _object(name: str, prefix: str, *fields: Field, **children: tuple[str, str]) -> SObject:
    return SObject(name, prefix, {one.name: one for one in fields}, children)


def _lead() -> SObject:
    return _object(
        "Lead", "00Q", *_PERSON, _fixed("IsConverted", "boolean"), _fixed("ConvertedDate", "date"),
        _to("MasterRecordId", "Lead", writable=False), _to("ConvertedContactId", "Contact", writable=False),
        _to("ConvertedAccountId", "Account", writable=False),
        _to("ConvertedOpportunityId", "Opportunity", writable=False), Field("Company", "string", 255, required=True),
        _text("City", 40), _text("Country", 80), _choice("Industry", *_INDUSTRIES), Field("NumberOfEmployees", "int"),
        _choice("Status", "Open", "Working", "Qualified", "Unqualified", default="Open"),
        CampaignMembers=("CampaignMember", "LeadId"), Tasks=("Task", "WhoId"),
    )  # fmt: skip


def _contact() -> SObject:
    return _object(
        "Contact", "003", *_PERSON, _to("MasterRecordId", "Contact", writable=False), _to("AccountId", "Account"),
        _text("MailingCity", 40), _text("MailingCountry", 80), _fixed("IsEmailBounced", "boolean"),
        CampaignMembers=("CampaignMember", "ContactId"),
        OpportunityContactRoles=("OpportunityContactRole", "ContactId"), Tasks=("Task", "WhoId"),
    )  # fmt: skip


def _task() -> SObject:
    return _object(
        "Task", "00T", *_ACTIVITY, _fixed("IsClosed", "boolean"), _fixed("CompletedDateTime", "datetime"),
        _choice("Status", "Not Started", "In Progress", "Completed", "Deferred", default="Not Started"),
        _choice("Priority", "High", "Normal", "Low", default="Normal"), _choice("Type", *_TASK_TYPES),
        replace(_choice("TaskSubtype", "Task", "Email", "Call", "ListEmail"), writable=False, restricted=True),
        _choice("CallType", "Internal", "Inbound", "Outbound"), _text("CallDisposition"),
        _text("Page_URL__c"), _text("Topic__c"),
    )  # fmt: skip


def _event() -> SObject:
    return _object(
        "Event", "00U", *_ACTIVITY, Field("StartDateTime", "datetime"), Field("EndDateTime", "datetime"),
        Field("DurationInMinutes", "int"), _fixed("IsChild", "boolean"), _fixed("IsRecurrence", "boolean"),
        _choice("EventSubtype", "Event"),
    )  # fmt: skip


def standard_objects() -> dict[str, SObject]:
    """Return what an organisation with our fields has, before anything is hidden from our user."""
    objects = (
        _lead(), _contact(), _task(), _event(),
        _object("Account", "001", *_DELETABLE, _text("Name"), _choice("Industry", *_INDUSTRIES),
                Field("NumberOfEmployees", "int"), _text("BillingCity", 40), _text("BillingCountry", 80)),
        _object("Opportunity", "006", *_DELETABLE, _text("Name", 120), _to("AccountId", "Account"),
                _choice("StageName", "Prospecting", "Closed Won", "Closed Lost"), Field("Amount", "currency"),
                Field("CloseDate", "date"), _fixed("IsWon", "boolean"), _fixed("IsClosed", "boolean")),
        _object("OpportunityContactRole", "00K", *_DELETABLE, _to("OpportunityId", "Opportunity"),
                _to("ContactId", "Contact"), _choice("Role", "Decision Maker", "Influencer")),
        _object("Campaign", "701", *_DELETABLE, _text("Name", 80), Field("IsActive", "boolean"),
                _choice("Type", "Webinar", "Event", "Content", "Survey", "Newsletter", "Other")),
        _object("CampaignMember", "00v", *_DELETABLE, _to("CampaignId", "Campaign"), _to("LeadId", "Lead"),
                _to("ContactId", "Contact"), _text("Status", 40), _fixed("HasResponded", "boolean"),
                _fixed("FirstRespondedDate", "date")),
        _object("EmailMessage", "02s", *_DELETABLE, _to("ActivityId", "Task"), _long("TextBody"),
                _text("Subject", 3000), Field("Incoming", "boolean"), Field("MessageDate", "datetime"),
                _choice("Status", *"012345"), _fixed("IsOpened", "boolean"), _fixed("FirstOpenedDate", "datetime"),
                _fixed("LastOpenedDate", "datetime"), _fixed("IsBounced", "boolean"), _fixed("IsTracked", "boolean")),
        _object("EmailMessageRelation", "0fN", *_DELETABLE, _to("EmailMessageId", "EmailMessage"),
                _to("RelationId", "Contact", "Lead", "User"), _text("RelationType", 40),
                _text("RelationObjectType", 40)),
        _object("LeadHistory", "017", *_history("Lead")),
        _object("ContactHistory", "03h", *_history("Contact")),
        _object("User", "005", *_EVERY, _text("Username", 80), Field("Email", "email", 128), _text("Name", 121),
                _text("Alias", 8), Field("IsActive", "boolean"), _choice("UserType", "Standard", "AutomatedProcess")),
        _object("Organization", "00D", *_EVERY, _text("Name", 80), _text("TimeZoneSidKey", 40),
                _text("OrganizationType", 40), Field("IsSandbox", "boolean")),
        _object("Group", "00G", *_EVERY, _text("Name", 40), _choice("Type", "Queue", "Regular")),
    )  # fmt: skip
    return {one.name: one for one in objects}


def _history(parent: str) -> tuple[Field, ...]:
    """Describe field history: its values can be read, not searched."""
    values = (replace(_text(name), filterable=False) for name in ("OldValue", "NewValue"))
    own = (one for one in _EVERY if one.name in ("Id", "CreatedDate", "CreatedById"))
    whose = _to(f"{parent}Id", parent, writable=False)
    return (*own, _fixed("IsDeleted", "boolean"), whose, _text("Field"), *values)
