"""Show the parts of an installation: a table for people, one document for machines."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import click
import orjson
from rich import box
from rich.table import Table
from rich.text import Text

from connector.cli.phrases import in_locale
from connector.cli.session import Session
from connector.cli.words import count_text
from connector.errors import UsageError

if TYPE_CHECKING:
    from adapters.installation import PartState, RemovalPlan
    from connector.generated_files import FileState

_STYLES: Final = {
    "created": "green", "changed": "green", "missing": "yellow", "outdated": "yellow", "conflict": "bold red",
    "differs": "bold red", "exists": "dim", "skipped": "dim", "installed": "yellow", "foreign": "dim",
    "removed": "green", "edited": "bold red",
}  # fmt: skip


_MAY_WRAP: Final = ("file", "of", "state_of_field")
_AFTER_WRITING: Final = {"missing": "created", "edited": "changed", "exists": "exists"}


def agrees(key: str, session: Session, **values: object) -> bool:
    """Ask on the terminal. Raises UsageError where there is none: silence is no yes."""
    if not sys.stdin.isatty():
        raise UsageError(session.say("install_needs_yes"))
    return click.confirm(session.say(key, **values), err=True)


def show_parts(parts: Sequence[PartState], session: Session, *, as_json: bool, written: bool) -> None:
    if as_json:
        _print({"crm": session.crm, "written": written, "parts": [_to_json(part) for part in parts]})
        return
    table = _table(session, "field", "of", "state_of_field")
    for part in parts:
        table.add_row(Text(in_locale(part.name, session.locale)), Text(part.owner), _state(part, session))
    session.out.print(table)


def show_removal(plan: RemovalPlan, parts: Sequence[PartState], session: Session, *, as_json: bool) -> None:
    """Show whose every part is, and how many records hold a value in it."""
    if as_json:
        found = [{**_to_json(part), "records": part.records} for part in parts]
        _print({"crm": session.crm, "open_tasks": plan.open_tasks, "parts": found})
        return
    if not parts:
        return
    table = _table(session, "field", "of", "records_of_field", "state_of_field")
    for part in parts:
        records = "" if part.records is None else count_text(part.records, session.locale)
        table.add_row(
            Text(in_locale(part.name, session.locale)),
            Text(part.owner),
            Text(records, justify="right"),
            _state(part, session),
        )
    session.out.print(table)


def show_files(files: Sequence[FileState], session: Session, *, as_json: bool, written: bool) -> None:
    if as_json:
        found = [{"path": one.path, "state": one.state} for one in files]
        _print({"crm": session.crm, "written": written, "files": found})
        return
    table = _table(session, "file", "state_of_field")
    for one in files:
        state = _AFTER_WRITING[one.state] if written else one.state
        table.add_row(Text(one.path), Text(session.say(f"install_{state}"), style=_STYLES[state]))
    session.out.print(table)


def _table(session: Session, *columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for key in columns:
        table.add_column(session.say(key), no_wrap=key not in _MAY_WRAP, overflow="fold")
    return table


def _state(part: PartState, session: Session) -> Text:
    detail = f" ({in_locale(part.detail, session.locale)})" if part.detail else ""
    return Text(session.say(f"install_{part.state}") + detail, style=_STYLES[part.state])


def _to_json(part: PartState) -> dict[str, object]:
    return {"owner": part.owner, "name": str(part.name), "state": part.state, "detail": str(part.detail)}


def _print(document: dict[str, object]) -> None:
    click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())
