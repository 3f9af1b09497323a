"""`puente install`: create Puente's fields in the CRM."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click
from rich import box
from rich.table import Table
from rich.text import Text

from connector.bootstrap import install_fields
from connector.cli.failures import DONE, FAILED
from connector.cli.session import Session, crm_option, file_option
from connector.errors import UsageError
from connector.files import load_mapping

if TYPE_CHECKING:
    from adapters.installation import PartState

_STYLES = {"created": "green", "missing": "yellow", "differs": "bold red", "exists": "dim", "skipped": "dim"}


@click.command("install", short_help="Create Puente's fields.")
@click.option("--dry-run", is_flag=True, help="Say what is missing; write nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@file_option("--mapping", "Mapping file, instead of PUENTE_MAPPING.")
@crm_option()
@click.pass_obj
def command(session: Session, /, dry_run: bool, yes: bool, **choices: Any) -> int:
    """Create Puente's property group and fields in the CRM. Safe to repeat: what exists is left alone."""
    settings = session.load_settings(**choices)
    mapping = load_mapping(settings.mapping, settings.crm)
    states = install_fields(settings, mapping, dry_run=True)
    missing = [state for state in states if state.state == "missing"]
    if dry_run or not missing:
        _show(states, session, missing="install_would_create")
        session.tell("dry_run" if dry_run and missing else "install_nothing")
        return _code(states, session)
    if not yes:
        _show(states, session, missing="install_missing")
        if not _agrees(len(missing), settings.crm, session):
            session.tell("install_declined")
            return FAILED
    states = install_fields(settings, mapping)
    _show(states, session, missing="install_missing")
    session.tell("install_done", count=sum(state.state == "created" for state in states))
    return _code(states, session)


def _agrees(count: int, crm: str, session: Session) -> bool:
    if not sys.stdin.isatty():
        raise UsageError(session.say("install_needs_yes"))
    return click.confirm(session.say("install_ask", count=count, crm=crm), err=True)


def _code(states: Sequence[PartState], session: Session) -> int:
    """What differs needs a person: the CRM would refuse some of our writes, or keep them unreadable for us."""
    if any(state.state == "differs" for state in states):
        session.tell("install_differs_note")
        return FAILED
    return DONE


def _show(states: Sequence[PartState], session: Session, *, missing: str) -> None:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for key in ("field", "of", "state_of_field"):
        table.add_column(session.say(key), no_wrap=key != "state_of_field")
    for state in states:
        text = session.say(missing if state.state == "missing" else f"install_{state.state}")
        detail = f" ({state.detail})" if state.detail else ""
        table.add_row(Text(state.name), Text(state.owner), Text(text + detail, style=_STYLES[state.state]))
    session.out.print(table)
