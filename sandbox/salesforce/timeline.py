"""Leave the traces in Salesforce that a neutral event would leave: tasks, events, e-mails, memberships, counters.

One event has one record to read, so that nothing counts twice; counters beside them are for readers that take no
single records. The table is in COVERAGE.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.salesforce.campaigns import Memberships
from sandbox.salesforce.consequences import OPPORTUNITY_STAGES
from sandbox.salesforce.org import ADMINISTRATOR_ID, INTEGRATION_ID, Org
from sandbox.salesforce.sink import Sink
from sandbox.salesforce.store import Row
from sandbox.salesforce.wire import to_date, to_ms
from sandbox.seed import SeedEvent

_MEETING_MINUTES = 30
_MOST_REPEATED = 100
_DEAL_MS = 90 * 86_400_000  # how far away the close date of a new deal is
_MAIL_COUNTERS = {
    "email_delivered": ("Email_Delivered__c", "Email_Last_Delivered__c"),
    "email_open": ("Email_Opens__c", "Email_Last_Open__c"),
    "email_click": ("Email_Clicks__c", "Email_Last_Click__c"),
    "email_reply": ("Email_Replies__c", "Email_Last_Reply__c"),
    "email_bounce": ("Email_Bounces__c", "Email_Last_Bounce__c"),
}
_MEMBERSHIPS = {
    "webinar_registered": ("Webinar", "Registered", "Webinar"),
    "webinar_attended": ("Webinar", "Attended", "Webinar"),
    "event_registered": ("Event", "Registered", "Event"),
    "event_attended": ("Event", "Attended", "Event"),
    "content_download": ("Content", "Downloaded", "Descarga: {}"),
    "survey_completed": ("Survey", "Completed", "Encuesta: {}"),
    "newsletter_subscribed": ("Newsletter", "Subscribed", "Suscripción al boletín"),
    "newsletter_unsubscribed": ("Newsletter", "Unsubscribed", "Baja del boletín"),
    "list_joined": ("List", "Joined", "Lista"),
    "campaign_response": ("Other", "Responded", "Campaña"),
}
_BY_FORM = ("content_download", "survey_completed", "newsletter_subscribed", "newsletter_unsubscribed")
_VERDICTS = {"sales_accepted": "Working - Contacted", "sales_rejected": "Closed - Not Converted"}
_DEAL_STAGES = {"deal_created": "Qualification", "deal_won": "Closed Won", "deal_lost": "Closed Lost"}


@dataclass(slots=True)
class Life:
    """A lead or contact while its events are written down; `person` is its row, which the caller saves."""

    org: Org
    sink: Sink
    person: Row
    kind: str
    memberships: Memberships
    written_ms: int | None = None
    sent_mail: Row | None = None
    open_deal: Row | None = None

    def write(self, event: SeedEvent) -> None:
        """Leave the traces of one event."""
        self._count(event)
        if event.count is not None and event.kind in _COUNTED:
            return
        writer = _WRITERS.get(event.kind, _plain_task)
        for _ in range(1 if event.count is None else min(event.count, _MOST_REPEATED)):
            writer(self, event)

    def _count(self, event: SeedEvent) -> None:
        """Keep the counters a website and a mail tool would keep."""
        if event.kind in ("page_view", "return_visit"):
            self._count_visit(event)
        names = _MAIL_COUNTERS.get(event.kind)
        if names is None or event.machine or event.channel == "sales" or _is_sales_reply(event):
            return
        self._bump(names[0], event)
        self._latest(names[1], event)

    def _count_visit(self, event: SeedEvent) -> None:
        self.person["Web_Visits__c"] = self.person.get("Web_Visits__c") or 1.0
        self._bump("Web_Page_Views__c" if event.kind == "page_view" else "Web_Visits__c", event)
        first = self.person.get("Web_First_Visit__c")
        at_ms = self.at_ms(event)
        self.person["Web_First_Visit__c"] = at_ms if first is None else min(first, at_ms)
        if self._latest("Web_Last_Visit__c", event) and event.url:
            self.person["Web_Last_URL__c"] = event.url[:255]

    def _bump(self, name: str, event: SeedEvent) -> None:
        self.person[name] = (self.person.get(name) or 0.0) + (1 if event.count is None else event.count)

    def _latest(self, name: str, event: SeedEvent) -> bool:
        """Keep the latest moment in a field; tell whether this event is it."""
        at_ms, known = self.at_ms(event), self.person.get(name)
        if known is not None and at_ms < known:
            return False
        self.person[name] = at_ms
        return True

    @staticmethod
    def at_ms(event: SeedEvent) -> int:
        """Give the event's instant in whole seconds: Salesforce keeps no finer ones."""
        return to_ms(event.occurred_at) // 1000 * 1000

    def owner(self) -> str:
        """Give the user who works with the person."""
        owner_id = str(self.person["OwnerId"])
        return owner_id if owner_id.startswith("005") else ADMINISTRATOR_ID

    def add(self, kind: str, event: SeedEvent, values: Row) -> Row:
        """Add a record that came to be when the event happened."""
        row = self.sink.add(kind, values, self.at_ms(event), self.owner())
        if self.written_ms is not None and "SystemModstamp" in row:
            row["SystemModstamp"] = self.written_ms
        return row

    def task(self, event: SeedEvent, values: Row) -> Row:
        """Add a completed task about the event."""
        at_ms = self.at_ms(event)
        title = event.kind.replace("_", " ").title()
        self._note_day(at_ms)
        full: Row = {
            "WhoId": self.person["Id"],
            "AccountId": self.person.get("AccountId"),
            "OwnerId": self.owner(),
            "Status": "Completed",
            "Priority": "Normal",
            "IsClosed": 1,
            "TaskSubtype": "Task",
            "Type": title,
            "ActivityDate": to_date(at_ms),
            "CompletedDateTime": at_ms,
            "Description": _cut(event.text, 32_000),
            "CallType": _call_type(event),
            **_extras(event),
            **values,
        }
        full["Subject"] = _cut(str(full.get("Subject") or title), 255)
        return self.add("Task", event, full)

    def _note_day(self, at_ms: int) -> None:
        day = to_date(min(at_ms, self.org.now_ms()))
        if str(self.person.get("LastActivityDate") or "") < day:
            self.person["LastActivityDate"] = day

    def meeting(self, event: SeedEvent, values: Row) -> Row:
        """Add an entry in the calendar."""
        at_ms = self.at_ms(event)
        end_ms = at_ms + _MEETING_MINUTES * 60_000
        self._note_day(at_ms)
        full: Row = {
            "WhoId": self.person["Id"],
            "AccountId": self.person.get("AccountId"),
            "OwnerId": self.owner(),
            "StartDateTime": at_ms,
            "ActivityDateTime": at_ms,
            "EndDateTime": end_ms,
            "ActivityDate": to_date(at_ms),
            "EndDate": to_date(end_ms),
            "DurationInMinutes": _MEETING_MINUTES,
            "EventSubtype": "Event",
            "Type": "Meeting",
            "Description": _cut(event.text, 32_000),
            **_extras(event),
            **values,
        }
        return self.add("Event", event, full)


def _cut(text: str | None, length: int) -> str | None:
    return text[:length] if text else None


def _extras(event: SeedEvent) -> Row:
    """Give the company's own fields of an activity."""
    return {
        "Topic__c": _cut(event.topic, 80),
        "Channel__c": _cut(event.channel, 40),
        "Campaign_Name__c": _cut(event.campaign, 255),
        "Page_URL__c": _cut(event.url, 255),
        "Outcome__c": _cut(event.outcome, 80),
        "Automated__c": int(event.machine),
    }


def _call_type(event: SeedEvent) -> str | None:
    return {None: None, "incoming": "Inbound"}.get(event.direction, "Outbound")


def _is_sales_reply(event: SeedEvent) -> bool:
    return event.kind == "email_reply" and not event.campaign


def _plain_task(life: Life, event: SeedEvent) -> None:
    subject = event.form if event.kind == "form_submitted" else event.url if event.kind == "page_view" else None
    life.task(event, {"Subject": subject or event.asset or event.campaign or event.form or event.url or event.topic})


def _membership(life: Life, event: SeedEvent) -> None:
    kind, status, fallback = _MEMBERSHIPS[event.kind]
    thing = event.asset or event.campaign
    name = event.form if event.kind in _BY_FORM and event.form else None
    name = name or (fallback.format(thing or event.topic or "web") if "{}" in fallback else thing or fallback)
    at_ms = life.at_ms(event)
    row = life.memberships.progress(kind, name, "Registered", status, at_ms) if status == "Attended" else None
    if row is None:
        row = life.memberships.join(kind, name, status, at_ms, event.topic, event.channel)
    if life.written_ms is not None:
        row["SystemModstamp"] = life.written_ms


def _mail(life: Life, event: SeedEvent) -> None:
    if event.channel == "sales" or _is_sales_reply(event):
        _sales_mail(life, event)
        return
    if event.kind == "email_bounce" and event.outcome == "hard":
        life.person.update(EmailBouncedReason="550 user unknown", EmailBouncedDate=life.at_ms(event))
    subtype = "ListEmail" if event.kind == "email_delivered" else "Task"
    life.task(event, {"Subject": event.campaign or event.asset, "TaskSubtype": subtype})


def _sales_mail(life: Life, event: SeedEvent) -> None:
    subject = event.asset or event.campaign or (event.text or "")[:60]
    if event.kind == "email_delivered":
        life.sent_mail = _message(life, event, subject, incoming=False)
    elif event.kind == "email_reply":
        _message(life, event, f"RE: {subject}", incoming=event.direction in (None, "incoming"))
    elif event.kind == "email_open" and life.sent_mail is not None and not event.machine:
        at_ms = life.at_ms(event)
        life.sent_mail["FirstOpenedDate"] = life.sent_mail.get("FirstOpenedDate") or at_ms
        life.sent_mail.update(IsOpened=1, LastOpenedDate=at_ms, LastModifiedDate=at_ms)
    else:
        life.task(event, {"Subject": subject})


def _message(life: Life, event: SeedEvent, subject: str, *, incoming: bool) -> Row:
    """Add an e-mail the way Salesforce does: the message, who is on it, and a task beside it."""
    task = life.task(event, {"Subject": f"Email: {subject}", "TaskSubtype": "Email", "Type": "Email", "CallType": None})
    user = life.org.store.find("User", life.owner()) or {}
    person_mail, user_mail = life.person.get("Email"), user.get("Email")
    values: Row = {
        "ActivityId": task["Id"],
        "Subject": _cut(subject, 3000),
        "TextBody": _cut(event.text, 131_072),
        "Incoming": int(incoming),
        "MessageDate": life.at_ms(event),
        "Status": "0" if incoming else "3",
        "FromAddress": person_mail if incoming else user_mail,
        "ToAddress": user_mail if incoming else person_mail,
        "IsTracked": int(not incoming),
    }
    message = life.add("EmailMessage", event, values)
    ends = ("FromAddress", "ToAddress") if incoming else ("ToAddress", "FromAddress")
    for relation, record_id, kind, address in (
        (ends[0], life.person["Id"], life.kind, person_mail),
        (ends[1], life.owner(), "User", user_mail),
    ):
        related: Row = {"EmailMessageId": message["Id"], "RelationId": record_id, "RelationType": relation}
        life.add("EmailMessageRelation", event, {**related, "RelationAddress": address, "RelationObjectType": kind})
    return message


def _call(life: Life, event: SeedEvent) -> None:
    values: Row = {"Subject": event.asset or "Llamada", "TaskSubtype": "Call", "CallDisposition": event.outcome}
    life.task(event, {**values, "Type": "Call", "CallType": _call_type(event) or "Outbound"})


def _meeting(life: Life, event: SeedEvent) -> None:
    life.meeting(event, {"Subject": _cut(event.asset or "Reunión", 255)})


def _note(life: Life, event: SeedEvent) -> None:
    life.task(event, {"Subject": event.asset or (event.text or "")[:60]})


def _verdict(life: Life, event: SeedEvent) -> None:
    if life.kind == "Lead":
        life.person["Status"] = _VERDICTS[event.kind]
    life.task(event, {})


def _stage_changed(life: Life, event: SeedEvent) -> None:
    set_stage(life, event.outcome, INTEGRATION_ID, life.at_ms(event))


def set_stage(life: Life, stage: str | None, user_id: str, at_ms: int) -> None:
    """Put the person into a stage, with the history of it."""
    name = life.org.settings.stage_field
    values: Row = {
        f"{life.kind}Id": life.person["Id"],
        "Field": name,
        "DataType": "Text",
        "OldValue": life.person.get(name),
        "NewValue": stage,
    }
    life.sink.add(f"{life.kind}History", values, at_ms, user_id)
    life.person[name] = stage


def _deal(life: Life, event: SeedEvent) -> None:
    at_ms, stage = life.at_ms(event), _DEAL_STAGES[event.kind]
    closed_ms = None if event.kind == "deal_created" else at_ms
    if closed_ms is not None and life.open_deal is not None:
        life.open_deal.update(_deal_state(stage, at_ms, closed_ms))
        return
    add_opportunity(life, event.asset or "Negocio", None, stage, at_ms, closed_ms)


def _deal_state(stage: str, created_ms: int, closed_ms: int | None) -> Row:
    """Give what follows from a deal's stage."""
    probability, forecast = OPPORTUNITY_STAGES[stage]
    state: Row = {
        "StageName": stage,
        "CloseDate": to_date(closed_ms if closed_ms is not None else created_ms + _DEAL_MS),
        "IsClosed": int(stage.startswith("Closed")),
        "IsWon": int(stage == "Closed Won"),
        "Probability": float(probability),
        "ForecastCategory": forecast,
        "LastStageChangeDate": closed_ms,
    }
    return state if closed_ms is None else {**state, "LastModifiedDate": closed_ms, "SystemModstamp": closed_ms}


def add_opportunity(
    life: Life, name: str, amount: float | None, stage: str, created_ms: int, closed_ms: int | None
) -> None:
    """Add a deal with the person in it; only contacts have deals."""
    values: Row = {
        "Name": name[:120],
        "Amount": amount,
        "AccountId": life.person.get("AccountId"),
        "OwnerId": life.owner(),
        "ContactId": life.person["Id"],
        **_deal_state(stage, created_ms, closed_ms),
    }
    deal = life.sink.add("Opportunity", values, created_ms, life.owner())
    life.open_deal = deal if closed_ms is None else None
    role: Row = {"OpportunityId": deal["Id"], "ContactId": life.person["Id"], "IsPrimary": 1, "Role": "Decision Maker"}
    life.sink.add("OpportunityContactRole", role, created_ms, life.owner())


_COUNTED = frozenset(("page_view", "return_visit", *_MAIL_COUNTERS))
_WRITERS: dict[str, Callable[[Life, SeedEvent], None]] = {
    **dict.fromkeys(_MEMBERSHIPS, _membership),
    **dict.fromkeys(_MAIL_COUNTERS, _mail),
    "call": _call,
    "meeting": _meeting,
    "note": _note,
    "stage_changed": _stage_changed,
    **dict.fromkeys(_VERDICTS, _verdict),
    **dict.fromkeys(_DEAL_STAGES, _deal),
}
NATIVE_KINDS = frozenset((*_WRITERS, *_COUNTED))
"""The kinds with a place of their own; every other kind becomes a plain task."""
