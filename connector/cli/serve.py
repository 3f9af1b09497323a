"""`puente serve`: open the doors here, answer what rings, and look after what happens by time alone."""

from __future__ import annotations

import socket
from contextlib import closing
from types import ModuleType
from typing import Any, Final

import click

from connector.bootstrap import (
    build_ledger,
    build_qualifier,
    build_queue,
    build_review,
    build_worker,
    free_after_a_kill,
    load_rules,
    one_run_at_a_time,
)
from connector.bootstrap_shadow import load_candidate, with_shadow
from connector.cli.failures import DONE
from connector.cli.session import Session, rules_options
from connector.errors import UsageError
from connector.live.work_loop import ReviewLoop, WorkLoop
from connector.log import configure_logging
from connector.system_reasons import system_reason

_PATIENCE_AT_THE_DOOR_SECONDS: Final = 2.0
"""Twice this at most, for a thread and for the file: HubSpot waits five seconds for an answer, and then rings again."""


@click.command("serve", short_help="Answer webhooks here.")
@click.option("--port", type=click.IntRange(0, 65_535), default=8788, show_default=True, help="0 takes a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@rules_options
@click.pass_obj
def command(session: Session, /, port: int, host: str, **choices: Any) -> int:
    """Receive the CRM's webhooks on this machine and qualify the people they are about, seconds later.

    The same handlers as the functions in AWS, with the queue in the state file. Ctrl-C stops it; what is queued stays
    queued. The CRM must reach the port through a tunnel or a proxy with HTTPS.
    """
    settings = session.load_settings(**choices)
    local, rules = _load_server(session), load_rules(settings)
    candidate = load_candidate(settings, rules)
    configure_logging(default="INFO")
    with (
        session.root.open_crm(settings, rules) as crm,
        closing(build_queue(settings, clock=session.root.clock)) as queue,
        # A connection of its own: a ring must not wait behind the worker.
        closing(
            build_queue(settings, clock=session.root.clock, patience_seconds=_PATIENCE_AT_THE_DOOR_SECONDS)
        ) as at_the_door,
    ):
        crm.preflight()
        account = crm.account()
        ledger = build_ledger(settings, account)
        plain = build_qualifier(settings, rules, crm, ledger, clock=session.root.clock)
        qualifier = with_shadow(settings, rules, candidate, account, plain)
        work = WorkLoop(
            build_worker(settings, account, qualifier),
            queue,
            turn=lambda: one_run_at_a_time(settings, lambda: None),
            recover=lambda: free_after_a_kill(settings, session.root.clock),
        )
        review = ReviewLoop(build_review(settings, rules, account, qualifier, queue), work.stopping)
        doors = local.open_doors(settings, account, at_the_door, session.root.clock, work.rang)
        with closing(_listen(host, port, session)) as listening:
            session.tell("serve_ready", url=f"http://{host}:{listening.getsockname()[1]}", crm=settings.crm)
            with local.running([work.run, review.run], work.stop):
                local.serve(local.build_app(doors), listening)
    session.tell("serve_stopped")
    return DONE


def _load_server(session: Session) -> ModuleType:
    """Load the server only when it is wanted: no other command needs its packages."""
    try:
        import starlette  # noqa: F401 - loaded when the server is built; whether it is there shall be known at once
        import uvicorn  # noqa: F401

        import webhooks.local as local
    except ModuleNotFoundError as error:
        if error.name not in ("starlette", "uvicorn"):
            raise
        raise UsageError(session.say("serve_extra")) from None
    return local


def _listen(host: str, port: int, session: Session) -> socket.socket:
    """Take the port before anything else is started. Raises UsageError when it cannot be had."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        reason = system_reason(error, session.locale)
        raise UsageError(session.say("serve_port", host=host, port=port, reason=reason)) from None
    return listening
