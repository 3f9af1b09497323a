"""Hold a validated mapping: where a CRM keeps the evidence, and where the result goes."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from connector.domain.person import STAGES, Stage, ValueType

Crm: TypeAlias = Literal["hubspot", "salesforce"]
CRMS: Final[tuple[Crm, ...]] = ("hubspot", "salesforce")
AttributeOwner: TypeAlias = Literal["person", "company", "deals"]
Measure: TypeAlias = Literal["won_count", "last_won_at", "revenue"]
MEASURES: Final[Map[Measure, ValueType]] = {"won_count": "number", "last_won_at": "datetime", "revenue": "number"}

WELL_KNOWN: Final = ("name", "email", "company", "owner", "persona")
"""Attributes that mean something to the handoff and to nurture when they are mapped; they are texts."""

EVENT_SOURCES: Final[Map[Crm, Map[str, tuple[str, ...] | None]]] = {
    "hubspot": {
        "form_submissions": ("form_name", "form_id"),
        "counters": None,
        "emails": None,
        "calls": None,
        "meetings": None,
        "notes": None,
        "communications": None,
        "lists": ("list_name", "list_id"),
        "web_events": None,
        "marketing_events": ("event_name", "event_type", "attendance_state"),
    },
    "salesforce": {
        "tasks": None,
        "events": None,
        "email_messages": None,
        "email_opens": None,
        "campaign_members": None,
        "campaign_joins": None,
        "opportunities": None,
        "fields": None,
    },
}
"""The sources of each CRM and their fields; None: any field of the record. A CRM left out takes any source."""

COUNTER_SOURCES: Final = ("counters", "fields")
"""The sources that are fields of the person: a number and the date of the last one."""

OWN_NAMES: Final[Map[Crm, tuple[str, str, str]]] = {
    "hubspot": ("puente_sales_verdict", "puente_reject_reason", "puente_task_key"),
    "salesforce": ("Puente_Sales_Verdict__c", "Puente_Reject_Reason__c", "Puente_Task_Key__c"),
}
"""What the fields of the sales verdict, of its reason and of the task's key are called unless a mapping says."""

DECISION_PATHS: Final = (
    "stage", "fit.pct", "fit.completeness", "engagement", "grade", "reasons", "journey", "nurture_track",
    "next_content", "next_channel", "missing", "handoff.key", "stage_at", "model", "decided_at",
)  # fmt: skip
"""The parts of a decision that can be written to a field of the CRM."""


@dataclass(frozen=True, slots=True)
class AttributeSource:
    """Say where one attribute comes from: fields of a record (joined by a blank), or a measure of the deals.

    `take` keeps a part of the value; `values` turns raw values (compared folded) into the model's own words.
    """

    name: str
    type: ValueType
    source: AttributeOwner = "person"
    fields: tuple[str, ...] = ()
    measure: Measure | None = None
    take: Literal["domain"] | None = None
    values: Map[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventSource:
    """Say which records of a source become events of one kind. The first entry that matches a record makes its event.

    `set` fills event properties from fields; `where` are globs over fields; a counter is one event with the number in
    `count` dated by `at`; `fallback_for` entries are read only while that source is unavailable in the account.
    """

    kind: str
    source: str
    set: Map[str, str] = field(default_factory=dict)
    where: Map[str, tuple[str, ...]] = field(default_factory=dict)
    topic: str | None = None
    channel: str | None = None
    count: str | None = None
    at: str | None = None
    event_type: str | None = None
    fallback_for: str | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """Hold a whole mapping. `hash` follows the content, not its spelling.

    `stages` has what the CRM's own lifecycle field gets per canonical stage, None to leave it alone; `lifecycle` names
    that field where the CRM has none of its own (Salesforce), or says `opportunities`: the stage then follows from
    them. `sales_verdict` and `reject_reason` are the fields where sales answers.
    """

    crm: Crm
    attributes: Map[str, AttributeSource]
    events: tuple[EventSource, ...] = ()
    stages: Map[Stage, str | None] = field(default_factory=dict)
    write_back: Map[str, str] = field(default_factory=dict)
    allow_backward: bool = False
    sales_verdict: str = "puente_sales_verdict"
    reject_reason: str = "puente_reject_reason"
    task_key: str = "puente_task_key"
    lifecycle: str | None = None
    hash: str = ""

    @property
    def attribute_types(self) -> dict[str, ValueType]:
        return {name: source.type for name, source in self.attributes.items()}

    @property
    def stages_by_value(self) -> dict[str, Stage]:
        """Return which stage a value of a stage field stands for: ours by their names, the CRM's as they are mapped.

        Of several stages that one value is written for, the first is meant.
        """
        theirs = {value: stage for stage in reversed(STAGES) if (value := self.stages.get(stage))}
        return {**theirs, **{stage: stage for stage in STAGES}}

    @property
    def handoff_key_field(self) -> str | None:
        """Return the field that keeps the key of the last handoff, None where the mapping writes none."""
        return next((name for name, path in self.write_back.items() if path == "handoff.key"), None)

    @property
    def kinds(self) -> frozenset[str]:
        """Return the event kinds the mapping can produce."""
        return frozenset(event.kind for event in self.events)
