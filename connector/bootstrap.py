"""Compose the product: the one place that knows every part by name. Tests pass other makers in a `Root`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Protocol

from adapters.salesforce.ids import is_person, may_be_in_another_case, person_object
from connector.bootstrap_hubspot import open_hubspot
from connector.bootstrap_salesforce import open_salesforce
from connector.bootstrap_state import (
    build_ledger,
    build_queue,
    free_after_a_kill,
    is_shared,
    one_run_at_a_time,
)
from connector.domain.mapping import Mapping as FieldMapping
from connector.domain.model import Model
from connector.domain.model_reach import horizon_days, used_attributes
from connector.errors import UsageError
from connector.files import check_files
from connector.live.clock import Clock, system_clock
from connector.live.ledger import Ledger
from connector.live.qualify import Qualifier
from connector.live.queue import Queue
from connector.live.review import Review
from connector.live.turns import SharedTurns
from connector.live.work import Worker
from connector.ports import Crm, PersonRef
from connector.settings import Settings, load_settings


@dataclass(frozen=True, slots=True)
class Rules:
    """Hold what the ops team wrote: what qualified means, and where the CRM keeps it."""

    model: Model
    mapping: FieldMapping


@dataclass(frozen=True, slots=True)
class Survey:
    """Read these attributes, and every kind of event or `kinds` of them, whatever the model uses, from the whole past.

    `reserve_pct` of the CRM's limits is left to other integrations.
    """

    attributes: frozenset[str]
    reserve_pct: float
    kinds: frozenset[str] | None = None


class OpenCrm(Protocol):
    """Open the CRM port for a while. `whole_past` reads also what no rule can count any more, for looking back."""

    def __call__(
        self, settings: Settings, rules: Rules, *, whole_past: bool = False, survey: Survey | None = None
    ) -> AbstractContextManager[Crm]: ...


def load_rules(settings: Settings) -> Rules:
    """Read model and mapping. Raises UsageError with every problem of both files."""
    checked = check_files(settings.model, settings.mapping, None, settings.crm)
    if checked.model is None or checked.mapping is None:
        raise UsageError(problems=checked.problems)
    return Rules(checked.model, checked.mapping)


@contextmanager
def open_crm(
    settings: Settings, rules: Rules, *, whole_past: bool = False, survey: Survey | None = None
) -> Iterator[Crm]:
    """Open the CRM of the settings; nothing is sent yet. Raises SettingsError naming what is missing."""
    horizon = None if whole_past or survey else horizon_days(rules.model)
    kinds, attributes = rules.model.used_kinds, used_attributes(rules.model)
    reserve_pct = 0.0
    if survey:
        kinds = rules.mapping.kinds if survey.kinds is None else survey.kinds
        attributes, reserve_pct = survey.attributes, survey.reserve_pct
    if settings.crm == "salesforce":
        opened = open_salesforce(_with_reserve(settings, reserve_pct), rules.mapping, kinds, attributes, horizon)
    else:
        opened = open_hubspot(settings, rules.mapping, kinds, attributes, horizon, reserve_pct)
    with opened as crm:
        yield crm


def _with_reserve(settings: Settings, reserve_pct: float) -> Settings:
    """Return the settings with at least this reserve of the organisation's calls."""
    salesforce = settings.salesforce
    wanted = max(reserve_pct, salesforce.reserve_pct)
    return settings.model_copy(update={"salesforce": salesforce.model_copy(update={"reserve_pct": wanted})})


def build_qualifier(
    settings: Settings, rules: Rules, crm: Crm, ledger: Ledger, *, clock: Clock, dry_run: bool = False
) -> Qualifier:
    """Put the use case together."""
    return Qualifier(crm, ledger, rules.model, rules.mapping, settings.locale, clock, dry_run)


def share_people(settings: Settings, qualifier: Qualifier) -> Qualifier:
    """Let a run of the command line hold the people it works on, where workers elsewhere share the state."""
    if qualifier.dry_run or not is_shared(settings):
        return qualifier
    return replace(qualifier, turns=SharedTurns(qualifier.ledger, qualifier.clock))


def build_worker(settings: Settings, account: str, qualifier: Qualifier) -> Worker:
    """Put together who answers doorbells."""
    return Worker(settings.crm, account, qualifier)


def build_review(settings: Settings, rules: Rules, account: str, qualifier: Qualifier, queue: Queue) -> Review:
    """Put together who looks after what happens by time alone."""
    return Review(
        qualifier.crm,
        account,
        qualifier.ledger,
        queue,
        settings.locale,
        qualifier.clock,
        rules.model.handoff.routing.escalate_to,
    )


@dataclass(frozen=True, slots=True)
class Root:
    """Hold the makers every entrance starts from."""

    load_settings: Callable[[], Settings] = load_settings
    open_crm: OpenCrm = open_crm
    clock: Clock = system_clock


def to_ref(settings: Settings, object_id: str) -> PersonRef:
    """Name a person of the configured CRM by id."""
    if settings.crm == "salesforce":
        return PersonRef("contact" if person_object(object_id) == "Contact" else "lead", object_id)
    return PersonRef("contact", object_id)


def may_have_lost_its_case(settings: Settings, text: str) -> bool:
    """Say whether a text may be the id of a person of the configured CRM but for the case of its letters."""
    return settings.crm == "salesforce" and may_be_in_another_case(text)


def is_person_id(settings: Settings, text: str) -> bool:
    """Say whether a text may name a person of the configured CRM: Salesforce's ids tell, HubSpot's do not."""
    return settings.crm != "salesforce" or is_person(text)


__all__ = [
    "OpenCrm", "Root", "Rules", "Survey", "build_ledger", "build_qualifier", "build_queue", "build_review",
    "build_worker", "free_after_a_kill", "load_rules", "one_run_at_a_time", "open_crm", "share_people", "to_ref",
]  # fmt: skip
