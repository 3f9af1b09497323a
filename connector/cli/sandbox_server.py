"""`puente sandbox`: serve the sandbox CRM. The only door from the product to the sandbox."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import click
from rich.text import Text

from connector.cli.failures import DONE
from connector.cli.session import Session, crm_option, file_option
from connector.cli.words import count_text
from connector.errors import UsageError
from connector.system_reasons import system_reason

PEOPLE: Final = 60
SEED: Final = 1
LOOPBACK: Final = "127.0.0.1"

_ADDRESS: Final[Mapping[str, str]] = {"hubspot": "base_url", "salesforce": "instance_url"}
_CREDENTIALS: Final[Mapping[str, Mapping[str, str]]] = {  # the sandboxes' own, known to everybody
    "hubspot": {"access_token": "sandbox-token", "app_id": "54321"},
    "salesforce": {"client_id": "sandbox-client-id", "client_secret": "sandbox-client-secret"},
}


@click.command("sandbox", short_help="Serve a sandbox CRM.")
@crm_option()
@click.option("--port", type=click.IntRange(0, 65_535), default=8787, show_default=True, help="0 takes a free one.")
@click.option("--people", type=click.IntRange(0), default=PEOPLE, show_default=True, help="How many to invent.")
@click.option("--seed", type=int, default=SEED, show_default=True, help="The same seed invents the same people.")
@file_option("--csv", "A spreadsheet export to load people from.")
@file_option("--columns", "The column map of --csv.")
@file_option("--faults", "A JSON file of fault rules: what shall go wrong.")
@click.pass_obj
def command(
    session: Session, /, crm: str | None, port: int, people: int, seed: int, csv: Path | None, columns: Path | None,
    faults: Path | None,
) -> int:  # fmt: skip
    """Serve a strict imitation of the CRM on this machine, with invented people or those of a spreadsheet."""
    crm = session.load_settings(crm=crm).crm
    if (csv is None) != (columns is None):
        raise UsageError(session.say("sandbox_needs_both"))
    rules = _read_rules(faults, session) if faults else ()
    port = _choose_port(port, session)
    session.tell("sandbox_loading", crm=crm)
    sandbox = _load_sandbox(session)
    try:
        # On an empty base first: rules that cannot be understood are refused before anybody is loaded.
        sandbox.build_app(sandbox.SandboxSettings(faults=rules, crm=crm))
        base = sandbox.load_people(people, seed, csv, columns, session.root.clock())
    except ValueError as error:
        raise UsageError(session.say("sandbox_refused", reason=error)) from None
    _say_how_to_use(session, crm, len(base.people), port)
    with suppress(KeyboardInterrupt):
        sandbox.run(_served(sandbox, session, base=base, faults=rules, crm=crm), port)
    return DONE


@contextmanager
def sandbox_for_a_while(session: Session, crm: str, people: int, seed: int) -> Iterator[str]:
    """Serve a sandbox beside this thread, on a free port, for as long as the block lasts; gives its address."""
    sandbox = _load_sandbox(session)
    base = sandbox.load_people(people, seed, None, None, session.root.clock())
    with sandbox.serve_in_thread(sandbox.SandboxSettings(base=base, crm=crm)) as running:
        yield running.url


def _served(sandbox: ModuleType, session: Session, **given: Any) -> Any:
    """Return the sandbox's settings, with its page in the user's language."""
    portal, org = sandbox.PortalSettings(locale=session.locale), sandbox.OrgSettings(locale=session.locale)
    return sandbox.SandboxSettings(portal=portal, org=org, **given)


def sandbox_access(crm: str, url: str) -> Mapping[str, str]:
    """Return the CRM's settings, by name, that point the product at a sandbox."""
    return {_ADDRESS[crm]: url, **_CREDENTIALS[crm]}


def _load_sandbox(session: Session) -> ModuleType:
    try:
        import sandbox.server as server
    except ModuleNotFoundError as error:
        if error.name not in ("starlette", "uvicorn", "httptools"):
            raise
        raise UsageError(session.say("sandbox_extra")) from None
    return server


def _read_rules(path: Path, session: Session) -> Sequence[Any]:
    """Read fault rules: a list, or a map with the list under `rules`."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = getattr(error, "msg", None) or system_reason(error, session.locale)
        raise UsageError(session.say("sandbox_faults", file=path, reason=reason)) from None
    rules = document.get("rules") if isinstance(document, dict) else document
    if not isinstance(rules, list):
        raise UsageError(session.say("sandbox_faults", file=path, reason="rules"))
    return rules


def _choose_port(port: int, session: Session) -> int:
    """Return the port, a free one for 0. Raises UsageError when somebody has it already."""
    with socket.socket() as probe:
        # As the server does: the port of a server that just ended can be taken again.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            raise UsageError(session.say("sandbox_port", port=port)) from None
        return int(probe.getsockname()[1])


def _exports(crm: str, url: str, started: datetime) -> Mapping[str, str]:
    """Return the settings that point the product at this sandbox, with a state of its own: its ids begin anew."""
    return {
        "PUENTE_CRM": crm,
        **{f"PUENTE_{crm}__{name}".upper(): value for name, value in sandbox_access(crm, url).items()},
        "PUENTE_STATE": f".puente/sandbox-{started:%Y%m%d-%H%M%S}.db",
    }


def _say_how_to_use(session: Session, crm: str, people: int, port: int) -> None:
    url = f"http://{LOOPBACK}:{port}"
    count = count_text(people, session.locale)
    session.tell("sandbox_ready", crm=crm, people=count, url=url)
    session.tell("sandbox_exports")
    word = "set" if os.name == "nt" else "export"
    for name, value in _exports(crm, url, session.root.clock()).items():
        session.err.print(Text(f"  {word} {name}={value}"), soft_wrap=True)
    session.err.print(Text("  puente install --yes\n  puente qualify --all"), soft_wrap=True)
