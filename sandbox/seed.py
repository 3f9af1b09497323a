"""The people a sandbox CRM starts with, said in no CRM's words.

A generator or a spreadsheet fills this form; each imitated CRM turns it into its own records. Every value is
immutable, every instant is an aware UTC datetime.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal

StageAuthor = Literal["person", "crm"]
DealStage = Literal["open", "won", "lost"]

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class SeedEvent:
    """One thing that happened; `kind` is a neutral event kind such as `page_view` or `email_open`."""

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
    text: str | None = None


@dataclass(frozen=True, slots=True)
class SeedCompany:
    """One employer; people with the same `key` share it."""

    key: str
    name: str
    domain: str
    industry: str
    employees: int | None
    country: str


@dataclass(frozen=True, slots=True)
class SeedDeal:
    """One deal of a person; `closed_at` is set when it is won or lost."""

    name: str
    amount: float | None
    stage: DealStage
    created_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SeedOwner:
    """One sales rep."""

    key: str
    email: str
    first_name: str
    last_name: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class SeedPerson:
    """One person with a past.

    `attributes` uses canonical names (first_name, last_name, email, job_title, phone, country as ISO 3166-1 alpha-2,
    city, language, persona, source); `extra` holds raw CRM properties, for example spreadsheet columns.
    `merged_into` is the `key` of the surviving person.
    """

    key: str
    attributes: Mapping[str, str]
    created_at: datetime
    company: SeedCompany | None = None
    owner: str | None = None
    stage: str | None = None
    stage_set_by: StageAuthor | None = None
    stage_set_at: datetime | None = None
    events: tuple[SeedEvent, ...] = ()
    deals: tuple[SeedDeal, ...] = ()
    external_id: str | None = None
    opted_out: bool = False
    hard_bounced: bool = False
    archived: bool = False
    merged_into: str | None = None
    extra: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


@dataclass(frozen=True, slots=True)
class Base:
    """A whole customer base."""

    people: tuple[SeedPerson, ...]
    owners: tuple[SeedOwner, ...] = ()
