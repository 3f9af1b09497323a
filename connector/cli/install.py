"""`puente install`: create Puente's parts in the CRM, or write them as files for the vendor's own tools."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from connector.bootstrap_install import Wishes, build_hubspot_project, build_salesforce_source, open_installation
from connector.cli.failures import DONE, FAILED, USAGE
from connector.cli.install_view import agrees, show_files, show_parts
from connector.cli.session import Session, crm_option, file_option, json_option
from connector.domain.mapping import Mapping as FieldMapping
from connector.errors import UsageError
from connector.files import load_mapping
from connector.generated_files import compare_files, write_files
from connector.settings import Settings

if TYPE_CHECKING:
    from adapters.installation import PartState

_RELAY: Final = re.compile(r"([a-z]{2}(?:-[a-z]+)+-\d):(\d{12})", re.ASCII)
_FOLDER: Final = click.Path(path_type=Path, file_okay=False)


def _to_relay(_context: click.Context, _option: click.Parameter, value: str | None) -> tuple[str, str] | None:
    if value is None:
        return None
    found = _RELAY.fullmatch(value.strip())
    if found is None:
        raise click.BadParameter("write it as REGION:ACCOUNT, such as eu-west-1:123456789012")
    return found[1], found[2]


@click.command("install", short_help="Create Puente's fields, permissions and doorbells.")
@click.option("--dry-run", is_flag=True, help="Say what would change; write nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--doorbell",
    type=click.Choice(["outbound", "cdc", "none"]),
    default="none",
    help="Salesforce: how it shall ring. Outbound messages sent by flows, change data capture, or as it is.",
)
@click.option(
    "--relay-to",
    metavar="REGION:ACCOUNT",
    callback=_to_relay,
    help="With --doorbell cdc: the AWS region and account of the Event Relay.",
)
@click.option(
    "--project", type=_FOLDER, metavar="DIR", help="HubSpot: write the app's project for `hs project upload`."
)
@click.option("--source", type=_FOLDER, metavar="DIR", help="Salesforce: write everything in source format instead.")
@click.option("--overwrite", is_flag=True, help="With --project or --source: also files somebody edited.")
@json_option
@file_option("--mapping", "Mapping file, instead of PUENTE_MAPPING.")
@crm_option()
@click.pass_obj
def command(session: Session, /, **choices: Any) -> int:
    """Create what Puente needs in the CRM: fields, permissions, doorbells. Safe to repeat: what exists is left alone.

    A field of ours that exists with another type stops everything before it begins (exit code 2).
    """
    chosen = {name: choices.pop(name) for name in ("mapping", "crm")}
    settings = session.load_settings(**chosen)
    mapping = load_mapping(settings.mapping, settings.crm)
    wishes = Wishes(choices["doorbell"], choices["relay_to"])
    _check(choices, settings.crm, session)
    folder = choices["project"] or choices["source"]
    if folder is not None:
        return _write(folder, _files(settings, mapping, wishes), choices, session)
    return _install(settings, mapping, wishes, choices, session)


def _check(choices: Mapping[str, Any], crm: str, session: Session) -> None:
    """Refuse options that mean nothing here, rather than to leave somebody waiting for what they were to do."""
    others = {
        "hubspot": {"--source": choices["source"], "--doorbell": choices["doorbell"] != "none"},
        "salesforce": {"--project": choices["project"]},
    }
    for option, given in others[crm].items():
        if given:
            raise UsageError(session.say("install_not_here", option=option, crm=crm))
    if choices["relay_to"] and choices["doorbell"] != "cdc":
        raise UsageError(session.say("install_relay_of_cdc"))


def _install(
    settings: Settings, mapping: FieldMapping, wishes: Wishes, choices: Mapping[str, Any], session: Session
) -> int:
    from adapters.installation import has_conflict, to_do

    as_json = bool(choices["as_json"])
    with open_installation(settings, mapping, wishes) as installation:
        parts = installation.plan()
        wanted = to_do(parts)
        if has_conflict(parts):
            show_parts(parts, session, as_json=as_json, written=False)
            session.tell("install_conflict_note")
            return USAGE
        if choices["dry_run"] or not wanted:
            show_parts(parts, session, as_json=as_json, written=False)
            session.tell("dry_run" if wanted else "install_nothing")
            return DONE
        if not choices["yes"]:
            show_parts(parts, session, as_json=False, written=False)
            if not agrees("install_ask", session, count=len(wanted), crm=settings.crm):
                session.tell("install_declined")
                return FAILED
        parts = installation.apply()
    show_parts(parts, session, as_json=as_json, written=True)
    return _sum_up(parts, wishes, session)


def _sum_up(parts: Sequence[PartState], wishes: Wishes, session: Session) -> int:
    """Say how much was done; what is not as wanted after all needs a person."""
    made = sum(part.state == "created" for part in parts)
    session.tell("install_done", created=made, changed=sum(part.state == "changed" for part in parts))
    if session.crm == "salesforce":
        session.tell("install_look_at_fields")
    if wishes.doorbell == "cdc":
        session.tell("install_relay_next" if wishes.relay_to else "install_channel_next")
    if any(part.state == "differs" for part in parts):
        session.tell("install_differs_note")
        return FAILED
    return DONE


def _files(settings: Settings, mapping: FieldMapping, wishes: Wishes) -> Mapping[str, str]:
    if settings.crm == "hubspot":
        return build_hubspot_project(settings, mapping)
    return build_salesforce_source(settings, mapping, wishes)


def _write(folder: Path, files: Mapping[str, str], choices: Mapping[str, Any], session: Session) -> int:
    """Write files; those that somebody edited only when told to."""
    found = compare_files(folder, files)
    edited = [one.path for one in found if one.state == "edited"]
    changed = [one for one in found if one.state != "exists"]
    stopped = bool(edited) and not choices["overwrite"]
    written = bool(changed) and not choices["dry_run"] and not stopped
    if written:
        write_files(folder, {one.path: files[one.path] for one in changed})
    show_files(found, session, as_json=bool(choices["as_json"]), written=written)
    if stopped:
        raise UsageError(session.say("install_files_edited", count=len(edited), folder=folder))
    if choices["dry_run"] or not changed:
        session.tell("dry_run" if changed else "install_nothing")
    else:
        session.tell("install_project_next" if session.crm == "hubspot" else "install_source_next", folder=folder)
    return DONE
