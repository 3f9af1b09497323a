"""`puente uninstall`: remove what Puente made in the CRM, and say what data goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from connector.bootstrap_install import open_removal
from connector.cli.failures import DONE, FAILED
from connector.cli.install_view import agrees, show_removal
from connector.cli.session import Session, crm_option, file_option, json_option
from connector.cli.words import count_text
from connector.files import load_mapping

if TYPE_CHECKING:
    from adapters.installation import RemovalPlan


@click.command("uninstall", short_help="Remove what Puente made in the CRM.")
@click.option("--dry-run", is_flag=True, help="Say what would go; remove nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--tasks", is_flag=True, help="Also delete Puente's tasks that nobody has completed.")
@json_option
@file_option("--mapping", "Mapping file, instead of PUENTE_MAPPING.")
@crm_option()
@click.pass_obj
def command(session: Session, /, dry_run: bool, yes: bool, tasks: bool, as_json: bool, **choices: Any) -> int:
    """Remove the fields, permissions and doorbells that Puente made, with the values in them. Safe to repeat.

    What has our name but not our mark stays. Tasks stay, too, unless --tasks; so do the stages of the CRM's own.
    """
    settings = session.load_settings(**choices)
    mapping = load_mapping(settings.mapping, settings.crm)
    with open_removal(settings, mapping) as removal:
        plan = removal.plan()
        if dry_run or not _has_work(plan, tasks=tasks):
            show_removal(plan, plan.parts, session, as_json=as_json)
            _tell_tasks(plan, session, tasks=tasks)
            session.tell("dry_run" if plan.removable else "uninstall_nothing")
            return DONE
        if not yes:
            show_removal(plan, plan.parts, session, as_json=False)
            _tell_tasks(plan, session, tasks=tasks)
            if not agrees("uninstall_ask", session, count=len(plan.removable), crm=settings.crm):
                session.tell("uninstall_declined")
                return FAILED
        parts = removal.apply(tasks=tasks)
    show_removal(plan, parts, session, as_json=as_json)
    _tell_tasks(plan, session, tasks=tasks)
    session.tell("uninstall_done", count=sum(part.state == "removed" for part in parts))
    session.tell("uninstall_left_hubspot" if settings.crm == "hubspot" else "uninstall_left_salesforce")
    return DONE


def _has_work(plan: RemovalPlan, *, tasks: bool) -> bool:
    return bool(plan.removable) or bool(tasks and plan.open_tasks)


def _tell_tasks(plan: RemovalPlan, session: Session, *, tasks: bool) -> None:
    """Say what becomes of the tasks: they are sales' work, and go only when asked."""
    if plan.open_tasks is None and plan.parts:
        session.tell("uninstall_tasks_unknown")
    elif plan.open_tasks:
        key = "uninstall_tasks_go" if tasks else "uninstall_tasks_stay"
        session.tell(key, count=count_text(plan.open_tasks, session.locale))
