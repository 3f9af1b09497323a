"""Compose the product: the one place that knows every part by name. Tests pass other makers in a `Root`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, replace
from typing import Final, Protocol

from pydantic import SecretStr

from adapters.hubspot.connection import HubSpotConnection
from adapters.salesforce.ids import is_person, may_be_in_another_case
from connector.bootstrap_salesforce import open_salesforce
from connector.bootstrap_state import (
    KeptSecret,
    build_ledger,
    build_queue,
    free_after_a_kill,
    is_shared,
    one_run_at_a_time,
)
from connector.domain.conditions import All, Any, Condition, Not, Test
from connector.domain.mapping import WELL_KNOWN
from connector.domain.mapping import Mapping as FieldMapping
from connector.domain.model import Locale, Model
from connector.errors import SettingsError, UsageError
from connector.files import check_files
from connector.live.clock import Clock, system_clock
from connector.live.ledger import Ledger
from connector.live.qualify import Qualifier
from connector.live.queue import Queue
from connector.live.review import Review
from connector.live.turns import SharedTurns
from connector.live.work import Worker
from connector.ports import Crm, PersonRef
from connector.settings import Settings, is_address, load_settings


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
        settings = _with_reserve(settings, reserve_pct)
        with open_salesforce(settings, rules.mapping, kinds, attributes, horizon) as crm:
            yield crm
        return
    from adapters.hubspot.adapter import HubSpotCrm  # here: commands that need no network load no HTTP client

    kept = kept_refresh_token(settings)
    hubspot = HubSpotCrm(
        replace(hubspot_connection(settings, kept.get() if kept else None), reserve_pct=reserve_pct),
        rules.mapping,
        kinds,
        attributes,
        horizon,
        on_refresh_token=kept.put if kept else None,
    )
    with closing(hubspot):
        yield hubspot


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
    """Name a person of the configured CRM by id. Source: Salesforce key prefixes (documented): 003 is a Contact."""
    if settings.crm == "salesforce":
        return PersonRef("contact" if object_id.startswith("003") else "lead", object_id)
    return PersonRef("contact", object_id)


def may_have_lost_its_case(settings: Settings, text: str) -> bool:
    """Say whether a text may be the id of a person of the configured CRM but for the case of its letters."""
    return settings.crm == "salesforce" and may_be_in_another_case(text)


def is_person_id(settings: Settings, text: str) -> bool:
    """Say whether a text may name a person of the configured CRM: Salesforce's ids tell, HubSpot's do not."""
    return settings.crm != "salesforce" or is_person(text)


def hubspot_connection(settings: Settings, newest_refresh_token: str | None = None) -> HubSpotConnection:
    """Say how to reach HubSpot. Raises SettingsError naming the credential that is missing."""
    hubspot = settings.hubspot
    if missing := _missing_credentials(settings):
        raise SettingsError(_NO_CREDENTIAL[settings.locale].format(names=", ".join(missing)))
    if not is_address(hubspot.base_url):
        raise SettingsError(_BAD_ADDRESS[settings.locale])
    return HubSpotConnection(
        base_url=hubspot.base_url,
        api_version=hubspot.api_version,
        access_token=_reveal(hubspot.access_token),
        client_id=hubspot.client_id,
        client_secret=_reveal(hubspot.client_secret),
        refresh_token=newest_refresh_token or _reveal(hubspot.refresh_token),
        app_id=hubspot.app_id,
        rate_per_10s=hubspot.rate_per_10s,
    )


def _missing_credentials(settings: Settings) -> list[str]:
    """Return the settings to fill in: the one token, or what a begun OAuth set-up lacks."""
    hubspot = settings.hubspot
    oauth = {
        "CLIENT_ID": hubspot.client_id,
        "CLIENT_SECRET": _reveal(hubspot.client_secret),
        "REFRESH_TOKEN": _reveal(hubspot.refresh_token),
    }
    if _reveal(hubspot.access_token) or all(oauth.values()):
        return []
    wanted = [name for name, value in oauth.items() if not value] if oauth["REFRESH_TOKEN"] else ["ACCESS_TOKEN"]
    return [f"PUENTE_HUBSPOT__{name}" for name in wanted]


def _reveal(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value().strip() or None if secret else None


def kept_refresh_token(settings: Settings) -> KeptSecret | None:
    """Keep renewed refresh tokens in the state; a token newly written into the settings starts afresh."""
    configured = _reveal(settings.hubspot.refresh_token)
    if not settings.hubspot.refresh_token:
        return None
    return KeptSecret(settings, f"hubspot:refresh_token:{hashlib.sha256((configured or '').encode()).hexdigest()[:16]}")


def used_attributes(model: Model) -> frozenset[str]:
    """Return every attribute a decision, or the task that follows from it, can depend on."""
    fit, routing = model.fit, model.handoff.routing
    whens: list[Condition] = [
        *(rule.when for rule in fit.criteria),
        *(rule.when for rule in fit.exclusions),
        *(rule.when for rule in fit.personas),
        *(rule.when for rule in routing.territories),
        *(rule.when for rule in model.engagement.signals if rule.when is not None),
        *(rule.when for rule in model.hand_raises if rule.when is not None),
    ]
    named = {name for when in whens for name in _attributes_in(when)}
    return frozenset({*named, *model.handoff.task_fields, *WELL_KNOWN})


def _attributes_in(condition: Condition) -> Iterator[str]:
    match condition:
        case Test():
            if condition.subject == "attribute":
                yield condition.name
        case Not():
            yield from _attributes_in(condition.part)
        case All() | Any():
            for part in condition.parts:
                yield from _attributes_in(part)


def horizon_days(model: Model) -> float | None:
    """Return how far back an event can still count; None when some signal counts for ever."""
    windows = [signal.window_days for signal in model.engagement.signals]
    finite = [days for days in windows if days is not None]
    if len(finite) < len(windows):
        return None
    return max([*finite, *(rule.valid_days for rule in model.hand_raises)], default=None)


_NO_CREDENTIAL: Final[Mapping[Locale, str]] = {
    "es": (
        "{names}: falta la credencial de HubSpot — póngala en .env o en el entorno y ejecute"
        " `puente doctor`; sin cuenta, pruebe `puente demo`"
    ),
    "en": (
        "{names}: the HubSpot credential is missing — put it into .env or the environment and run"
        " `puente doctor`; without an account, try `puente demo`"
    ),
}
_BAD_ADDRESS: Final[Mapping[Locale, str]] = {
    "es": "PUENTE_HUBSPOT__BASE_URL: no es una dirección — escríbala como https://servidor o http://servidor:puerto",
    "en": "PUENTE_HUBSPOT__BASE_URL: is no address — write it as https://host or http://host:port",
}

__all__ = [
    "OpenCrm", "Root", "Rules", "Survey", "build_ledger", "build_qualifier", "build_queue", "build_review",
    "build_worker", "free_after_a_kill", "horizon_days", "hubspot_connection", "kept_refresh_token", "load_rules",
    "one_run_at_a_time", "open_crm", "share_people", "to_ref", "used_attributes",
]  # fmt: skip
