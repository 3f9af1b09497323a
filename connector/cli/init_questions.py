"""Ask what a new set-up needs to know. Secrets are asked without showing them, and are never arguments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

import click

from connector.cli.init_words import say
from connector.domain.mapping import CRMS, Crm
from connector.domain.model import LOCALES, Locale

T = TypeVar("T", bound=str)
TOKEN: Final = "PUENTE_HUBSPOT__ACCESS_TOKEN"  # noqa: S105 - the name of a setting
CLIENT_ID: Final = "PUENTE_SALESFORCE__CLIENT_ID"
CLIENT_SECRET: Final = "PUENTE_SALESFORCE__CLIENT_SECRET"  # noqa: S105 - the name of a setting


@dataclass(frozen=True, slots=True)
class Answers:
    """Hold what was answered. `secrets` are by the names of their settings, without the empty ones."""

    crm: Crm
    locale: Locale
    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    instance_url: str = ""


def ask_locale(default: Locale) -> Locale:
    return _choose(say("ask_locale", default), LOCALES, default)


def ask_crm(default: Crm, locale: Locale) -> Crm:
    return _choose(say("ask_crm", locale), CRMS, default)


def ask_credentials(crm: Crm, locale: Locale) -> Answers:
    """Ask for the credential of the CRM; everything may be left for later."""
    if crm == "hubspot":
        token = _ask_hidden(say("ask_token", locale))
        return Answers(crm, locale, {TOKEN: token} if token else {})
    instance = click.prompt(say("ask_instance", locale), default="", show_default=False, err=True).strip()
    if not instance:
        return Answers(crm, locale)
    client_id = click.prompt(say("ask_client_id", locale), default="", show_default=False, err=True).strip()
    secret = _ask_hidden(say("ask_client_secret", locale)) if client_id else ""
    given = {CLIENT_ID: client_id, CLIENT_SECRET: secret}
    address = instance if "://" in instance else f"https://{instance}"  # as it stands in Setup > My Domain
    return Answers(crm, locale, {name: value for name, value in given.items() if value}, address)


def _ask_hidden(question: str) -> str:
    answer = click.prompt(question, default="", show_default=False, hide_input=True, err=True)
    return str(answer).strip()


def _choose(question: str, among: Sequence[T], default: T) -> T:
    answer = click.prompt(question, default=default, type=click.Choice(among), show_choices=False, err=True)
    return next(one for one in among if one == answer)
