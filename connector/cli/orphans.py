"""`puente queue orphans`: who was handed to sales and is in nobody's hands."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import Any, Final

import click
import orjson
from rich import box
from rich.table import Table
from rich.text import Text

from connector.bootstrap import build_ledger, build_qualifier, build_queue, build_review, load_rules
from connector.cli.failures import DONE, FAILED
from connector.cli.session import Session, json_option, rules_options
from connector.cli.words import count_text, instant_text, stage_text
from connector.live.review import Orphan

_LACKS: Final = {"task": "orphans_task", "owner": "orphans_owner"}


@click.command("orphans", short_help="See handoffs in nobody's hands.")
@json_option
@rules_options
@click.pass_obj
def command(session: Session, /, as_json: bool, **choices: Any) -> int:
    """List MQLs and SQLs whose task is gone or has no owner. Asks the CRM; changes nothing in it.

    Exit 1 when there are any.
    """
    settings = session.load_settings(**choices)
    rules = load_rules(settings)
    with (
        session.root.open_crm(settings, rules) as crm,
        closing(build_ledger(settings, crm.account(), dry_run=True)) as ledger,
        closing(build_queue(settings, clock=session.root.clock, only_look=True)) as queue,
    ):
        qualifier = build_qualifier(settings, rules, crm, ledger, clock=session.root.clock)
        orphans = build_review(settings, rules, crm.account(), qualifier, queue).find_orphans()
    if as_json:
        click.echo(orjson.dumps({"orphans": [_to_json(one) for one in orphans]}).decode())
    else:
        _show(orphans, rules.model.handoff.calendar.timezone, session)
    return FAILED if orphans else DONE


def _to_json(orphan: Orphan) -> dict[str, Any]:
    handoff = orphan.handoff
    return {
        "object_type": handoff.ref.object_type,
        "object_id": handoff.ref.object_id,
        "stage": handoff.stage,
        "key": handoff.key,
        "due_at": handoff.due_at,
        "lacks": orphan.lacks,
    }


def _show(orphans: Sequence[Orphan], zone: str, session: Session) -> None:
    if not orphans:
        session.out.print(session.say("orphans_none"), soft_wrap=True)
        return
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for key in ("queue_person", "stage", "due", "orphans_lack"):
        table.add_column(session.say(key))
    for one in orphans:
        who = f"{one.handoff.ref.object_type} {one.handoff.ref.object_id}"
        stage = stage_text(one.handoff.stage, session.locale)
        due = instant_text(one.handoff.due_at, zone, session.locale, today=session.root.clock())
        table.add_row(Text(who), stage, due, session.say(_LACKS[one.lacks]))
    session.out.print(session.say("orphans_found", count=count_text(len(orphans), session.locale)))
    session.out.print(table)
    session.out.print(session.say("orphans_next"), soft_wrap=True)
