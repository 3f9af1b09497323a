"""`puente init`: write the settings, copies of model and mapping to edit, and where the secrets go."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from pydantic import SecretStr

from connector.bootstrap import Rules
from connector.cli.failures import DONE, describe_crm_error
from connector.cli.init_files import PlannedFile, conflicts, find_obstacle, packaged, plan_files
from connector.cli.init_questions import (
    CLIENT_ID,
    CLIENT_SECRET,
    TOKEN,
    Answers,
    ask_credentials,
    ask_crm,
    ask_locale,
)
from connector.cli.init_view import file_table, notes, proposal_table
from connector.cli.init_words import say
from connector.cli.phrases import usage_text
from connector.cli.session import Session, crm_option
from connector.domain.mapping import AttributeOwner
from connector.domain.mapping import Mapping as FieldMapping
from connector.domain.mapping_file import parse_mapping
from connector.domain.model import LOCALES, Locale
from connector.errors import CrmError, SettingsError, UsageError
from connector.files import load_mapping, load_model
from connector.health import Health
from connector.mapping_text import apply_proposals
from connector.ports import FieldInfo
from connector.proposals import Proposal, propose
from connector.system_reasons import system_reason

if TYPE_CHECKING:
    from connector.settings import Settings

_CRM_NAMES: Final = {"hubspot": "HubSpot", "salesforce": "Salesforce"}


@click.command("init", short_help="Begin here: settings and files to edit.")
@click.option("--locale", type=click.Choice(LOCALES), help="Instead of PUENTE_LOCALE.")
@click.option("--yes", is_flag=True, help="Ask nothing: take the options, then the settings there are.")
@click.option("--force", is_flag=True, help="Overwrite files that exist and differ.")
@crm_option()
@click.pass_obj
def command(session: Session, /, locale: Locale | None, yes: bool, force: bool, crm: str | None) -> int:
    """Write puente.toml, model.yaml, the CRM's mapping and .env into this folder.

    With credentials, the CRM's own fields are looked at: a field that surely holds an attribute is written into the
    mapping, a likely one as a comment. Secrets are asked for, never given as options, and go to .env (mode 600) alone.
    """
    settings = session.load_settings(crm=crm)
    if not yes and not sys.stdin.isatty():
        raise UsageError(say("no_terminal", locale or session.locale))
    answers = _answers(settings, locale, crm, session, ask=not yes)
    session.locale = answers.locale
    session.crm = answers.crm
    text, follows = _mapping_text(_with_answers(settings, answers), answers, session)
    planned = plan_files(Path.cwd(), answers.crm, answers.locale, text, answers.secrets, answers.instance_url)
    keep = _to_keep(planned, answers.locale, ask=not yes, force=force)
    rows = [(file.path.name, _write(file, keep, answers.locale)) for file in planned]
    session.out.print(file_table(rows, answers.locale))
    session.err.print(say(follows, answers.locale), soft_wrap=True)
    return DONE


def _answers(settings: Settings, locale: Locale | None, crm: str | None, session: Session, *, ask: bool) -> Answers:
    """Put options, answers and settings together: who gave an option is not asked for it."""
    chosen = locale or (ask_locale(session.locale) if ask else session.locale)
    target = ask_crm(settings.crm, chosen) if ask and crm is None else settings.crm
    if not ask or _has_credential(settings, target):
        return Answers(target, chosen, {}, settings.salesforce.instance_url or "")
    return ask_credentials(target, chosen)


def _has_credential(settings: Settings, crm: str) -> bool:
    if crm == "salesforce":
        return bool(settings.salesforce.client_id)
    return bool(settings.hubspot.access_token or settings.hubspot.refresh_token)


def _with_answers(settings: Settings, answers: Answers) -> Settings:
    """Return the settings as the next command will read them."""
    secrets = {name: SecretStr(value) for name, value in answers.secrets.items()}
    hubspot, salesforce = settings.hubspot, settings.salesforce
    return settings.model_copy(
        update={
            "crm": answers.crm,
            "locale": answers.locale,
            "model": None,
            "mapping": None,
            "hubspot": hubspot.model_copy(update={"access_token": secrets.get(TOKEN, hubspot.access_token)}),
            "salesforce": salesforce.model_copy(
                update={
                    "instance_url": answers.instance_url or salesforce.instance_url,
                    "client_id": answers.secrets.get(CLIENT_ID, salesforce.client_id),
                    "client_secret": secrets.get(CLIENT_SECRET, salesforce.client_secret),
                }
            ),
        }
    )


def _mapping_text(settings: Settings, answers: Answers, session: Session) -> tuple[str, str]:
    """Return the mapping to write, and which sentence says what comes next."""
    text, locale = packaged(f"{answers.crm}.yaml"), answers.locale
    mapping = load_mapping(None, answers.crm)
    try:
        proposals = _proposals(settings, mapping, session)
    except (SettingsError, CrmError) as error:
        if isinstance(error, SettingsError) and not _has_credential(settings, answers.crm):
            session.err.print(say("no_proposals", locale), soft_wrap=True)
            return text, "next_credentials"
        why = describe_crm_error(error, session) if isinstance(error, CrmError) else usage_text(error, locale)
        session.err.print(say("unread", locale, error=why), soft_wrap=True)
        return text, "next_correct"
    session.out.print(say("proposals", locale, crm=_CRM_NAMES[answers.crm]))
    session.out.print(proposal_table(proposals, locale))
    proposed = apply_proposals(text, proposals, notes(proposals, locale))
    parse_mapping(proposed, file=f"{answers.crm}.yaml", crm=answers.crm)  # what is written can be read
    return proposed, "next_install"


def _proposals(settings: Settings, mapping: FieldMapping, session: Session) -> list[Proposal]:
    rules = Rules(load_model(None, mapping), mapping)
    with session.root.open_crm(settings, rules) as crm:
        health = crm.health()
        fields: dict[AttributeOwner, Mapping[str, FieldInfo]] = {"person": health.fields("person")}
        if companies := _companies(health):
            fields["company"] = companies
    return propose(mapping.attributes.values(), fields)


def _companies(health: Health) -> Mapping[str, FieldInfo]:
    """Return the company's fields; none where the credential may not see them, which leaves those attributes alone."""
    try:
        return health.fields("company")
    except CrmError as error:
        if error.status not in (403, 404):
            raise
        return {}


def _to_keep(planned: Sequence[PlannedFile], locale: Locale, *, ask: bool, force: bool) -> frozenset[Path]:
    """Return the files that somebody wants to keep. Raises UsageError when asking or writing is impossible."""
    if obstacle := find_obstacle(planned):
        name, error = obstacle
        raise UsageError(say("not_written", locale, name=name, reason=system_reason(error, locale)))
    lost = conflicts(planned)
    if not lost or force:
        return frozenset()
    names = ", ".join(file.path.name for file in lost)
    if not ask:
        raise UsageError(say("needs_force", locale, names=names))
    click.echo(say("would_overwrite", locale, names=names), err=True)
    if click.confirm(say("ask_overwrite", locale), default=False, err=True):
        return frozenset()
    return frozenset(file.path for file in lost)


def _write(file: PlannedFile, keep: frozenset[Path], locale: Locale) -> str:
    if file.path in keep:
        return "kept"
    if file.is_there:
        return "unchanged"
    try:
        file.write()
    except OSError as error:
        reason = system_reason(error, locale)
        raise UsageError(say("not_written", locale, name=file.path.name, reason=reason)) from None
    return "written"
