"""`puente queue`: see what waits, what was set aside and what nobody took up, and put it back."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import click
import orjson
from rich import box
from rich.table import Table
from rich.text import Text

from connector.bootstrap import build_queue
from connector.cli import orphans
from connector.cli.failures import DONE, FAILED
from connector.cli.session import Session, json_option
from connector.cli.words import count_text, duration_text
from connector.live.queue import ParkedDoorbell, Queue, QueueStatus
from connector.settings import Settings


@click.group("queue", short_help="See what waits; put parked doorbells back.")
def command() -> None:
    """See the doorbells that wait and those that were parked, with their reasons, and put these back."""


@command.command("status")
@json_option
@click.pass_obj
def status_command(session: Session, /, as_json: bool) -> int:
    """Say how many doorbells wait, for how long, and which are parked and why. The CRM is not asked."""
    settings = session.load_settings()
    with _open_queue(settings, session) as queue:
        status = queue.status()
    if as_json:
        click.echo(orjson.dumps(_to_json(status)).decode())
    else:
        _show(status, session)
    return DONE


@command.command("redrive")
@click.argument("ids", nargs=-1, metavar="[ID]…")
@click.option("--dry-run", is_flag=True, help="Say how many; put nothing back.")
@click.pass_obj
def redrive_command(session: Session, /, ids: tuple[str, ...], dry_run: bool) -> int:
    """Put parked doorbells back into the queue: those named by the ID `puente queue status` shows, or all."""
    settings = session.load_settings()
    with _open_queue(settings, session) as queue:
        known = {one.id for one in queue.status().parked}
        unknown = sorted(set(ids) - known)
        wanted = known & set(ids) if ids else known
        count = len(wanted) if dry_run else queue.redrive(sorted(wanted))
    if unknown:
        session.tell("redrive_unknown", ids=", ".join(unknown))
    key = "redrive_would" if dry_run else "redrive_done"
    session.tell(key, count=count_text(count, session.locale))
    return FAILED if unknown else DONE


@command.command("discard")
@click.argument("ids", nargs=-1, required=True, metavar="ID…")
@click.option("--dry-run", is_flag=True, help="Say how many; discard nothing.")
@click.pass_obj
def discard_command(session: Session, /, ids: tuple[str, ...], dry_run: bool) -> int:
    """Forget parked doorbells for good, by the ID `puente queue status` shows: those that need no answer any more."""
    settings = session.load_settings()
    with _open_queue(settings, session) as queue:
        known = {one.id for one in queue.status().parked}
        unknown, wanted = sorted(set(ids) - known), sorted(known & set(ids))
        count = len(wanted) if dry_run else queue.discard(wanted)
    if unknown:
        session.tell("redrive_unknown", ids=", ".join(unknown))
    session.tell("discard_would" if dry_run else "discard_done", count=count_text(count, session.locale))
    return FAILED if unknown else DONE


command.add_command(orphans.command)


def _open_queue(settings: Settings, session: Session) -> closing[Queue]:
    """Open the queue of the settings, here or in AWS; looking leaves no state file behind."""
    return closing(build_queue(settings, clock=session.root.clock, only_look=True))


def _to_json(status: QueueStatus) -> dict[str, Any]:
    return {
        "depth": status.depth,
        "oldest_age_seconds": status.oldest_age_seconds,
        "parked": [_parked_to_json(one) for one in status.parked],
    }


def _parked_to_json(one: ParkedDoorbell) -> dict[str, Any]:
    bell = one.doorbell
    return {
        "id": one.id,
        "crm": bell.crm,
        "object_type": bell.object_type,
        "object_id": bell.object_id,
        "why": bell.why,
        "reason": one.reason,
        "parked_at": one.parked_at,
    }


def _show(status: QueueStatus, session: Session) -> None:
    locale, waiting = session.locale, status.oldest_age_seconds
    count = count_text(status.depth, locale)
    session.out.print(
        session.say("queue_depth", count=count)
        if waiting is None
        else session.say("queue_depth_age", count=count, age=duration_text(waiting, locale)),
        soft_wrap=True,
    )
    if not status.parked:
        session.out.print(session.say("queue_none_parked"), soft_wrap=True)
        return
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for key in ("queue_id", "queue_person", "queue_reason"):
        table.add_column(session.say(key), no_wrap=key == "queue_id")
    for one in status.parked:
        who = f"{one.doorbell.object_type} {one.doorbell.object_id}"
        table.add_row(Text(one.id), Text(who), Text(one.reason))
    session.out.print(session.say("queue_parked", count=count_text(len(status.parked), session.locale)))
    session.out.print(table)
    session.out.print(session.say("queue_next"), soft_wrap=True)
