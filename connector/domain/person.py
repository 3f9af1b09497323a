"""Hold a person, what happened to them, and what was decided before, as typed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Final, Literal, TypeAlias


class Unknown(Enum):
    """Say that an attribute is absent or unreadable: neither false nor zero."""

    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        return False


UNKNOWN: Final = Unknown.UNKNOWN

ValueType: TypeAlias = Literal["text", "number", "boolean", "datetime", "list"]
VALUE_TYPES: Final[tuple[ValueType, ...]] = ("text", "number", "boolean", "datetime", "list")
Known: TypeAlias = str | float | bool | datetime | tuple[str, ...]
Value: TypeAlias = Known | Unknown

EVENT_KINDS: Final = (
    "page_view", "return_visit", "content_download", "form_submitted", "newsletter_subscribed",
    "newsletter_unsubscribed", "email_delivered", "email_open", "email_click", "email_reply", "email_bounce",
    "webinar_registered", "webinar_attended", "webinar_question", "event_registered", "event_attended",
    "survey_completed", "demo_trial", "product_usage", "social_interaction", "social_comment", "chat", "call",
    "meeting", "note", "ad_click", "list_joined", "campaign_response", "deal_created", "deal_won", "deal_lost",
    "sales_accepted", "sales_rejected", "stage_changed",
)  # fmt: skip

EVENT_TEXTS: Final = ("id", "kind", "asset", "url", "form", "campaign", "topic", "channel", "direction", "outcome")
"""The text properties of an event; beside them `occurred_at` (datetime) and `count` (number)."""

EVENT_TYPES: Final[Mapping[str, ValueType]] = {
    **dict.fromkeys(EVENT_TEXTS, "text"),
    "occurred_at": "datetime",
    "count": "number",
}


@dataclass(frozen=True, slots=True)
class Event:
    """Record one thing that happened, or a counter of many (`count`), dated in aware UTC.

    `machine` is the CRM's own word that a proxy or scanner did it.
    """

    id: str
    kind: str
    occurred_at: datetime
    asset: str | None = None
    url: str | None = None
    form: str | None = None
    campaign: str | None = None
    topic: str | None = None
    channel: str | None = None
    direction: str | None = None
    outcome: str | None = None
    count: int | None = None
    machine: bool = False


@dataclass(frozen=True, slots=True)
class SetAside:
    """Name an event that could not be read, and why (`no_time`, `bad_count`)."""

    event: str
    why: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Hold events in any order, duplicates included: the decision does not depend on either."""

    events: tuple[Event, ...] = ()
    set_aside: tuple[SetAside, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """Hold one person's typed attributes under the mapping's names; an absent name is UNKNOWN.

    Some attribute names mean something to the handoff when they are mapped: `name`, `email`, `company`, `owner`,
    `persona`.
    """

    attributes: Mapping[str, Value] = field(default_factory=dict)
    crm: str | None = None
    account: str | None = None
    object_type: str | None = None
    object_id: str | None = None

    def text(self, attribute: str) -> str | None:
        """Return a text attribute, or None when it is unknown or not a text."""
        value = self.attributes.get(attribute, UNKNOWN)
        return value if isinstance(value, str) else None


Stage: TypeAlias = Literal[
    "subscriber", "mnql", "lead", "mql", "sql", "opportunity", "customer", "evangelist", "disqualified"
]
STAGES: Final[tuple[Stage, ...]] = (
    "subscriber", "mnql", "lead", "mql", "sql", "opportunity", "customer", "evangelist", "disqualified",
)  # fmt: skip
CRM_STAGES: Final[tuple[Stage, ...]] = ("opportunity", "customer", "evangelist")
HANDOFF_STAGES: Final[tuple[Stage, ...]] = ("mql", "sql")

SetBy: TypeAlias = Literal["puente", "person", "sales", "deal"]
REJECT_REASONS: Final = ("fit", "timing", "budget", "data", "duplicate", "competitor", "no-response", "never")


@dataclass(frozen=True, slots=True)
class SalesVerdict:
    """Hold what sales said of the person last."""

    verdict: Literal["accepted", "rejected"]
    at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """Hold what the stage policy remembers: the second input of a decision.

    `set_at` None with a stage means "long ago". `episodes` counts the handoffs opened so far, per stage.
    """

    stage: Stage | None = None
    set_by: SetBy = "puente"
    set_at: datetime | None = None
    sales: SalesVerdict | None = None
    episodes: Mapping[str, int] = field(default_factory=dict)
