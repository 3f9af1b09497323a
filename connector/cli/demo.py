"""`puente demo`: the whole walk on a sandbox CRM, through the real HTTP adapter, and what people would see of it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from rich.text import Text

from connector.bootstrap import Rules, build_ledger, build_qualifier, load_rules
from connector.bootstrap_install import install_fields
from connector.cli.demo_sandbox import BackOffice, back_office
from connector.cli.demo_view import (
    choose_qualified,
    heading,
    render_funnel,
    render_mnql,
    render_next,
    render_qualified,
    render_tasks,
)
from connector.cli.failures import DONE, FAILED
from connector.cli.progress import show_progress
from connector.cli.sandbox_server import PEOPLE, SEED, sandbox_access, sandbox_for_a_while
from connector.cli.session import Session, crm_option
from connector.cli.tally import Tally
from connector.cli.words import count_text, fixed_text
from connector.domain.decision import Decision
from connector.domain.person import HANDOFF_STAGES
from connector.live.qualify import Outcome
from connector.settings import HubSpotSettings, SalesforceSettings, Settings


@click.command("demo", short_help="See it work.")
@crm_option()
@click.option("--people", type=click.IntRange(1), default=PEOPLE, show_default=True, help="How many to invent.")
@click.option("--seed", type=int, default=SEED, show_default=True, help="The same seed invents the same people.")
@click.pass_obj
def command(session: Session, /, crm: str | None, people: int, seed: int) -> int:
    """Qualify invented people in a sandbox CRM through the real HTTP adapter, and show what sales would see.

    Needs no account, no key and no network. Nothing is left behind.
    """
    started = time.monotonic()
    chosen = session.load_settings(crm=crm).crm
    with (
        tempfile.TemporaryDirectory(prefix="puente-demo-") as folder,
        sandbox_for_a_while(session, chosen, people, seed) as url,
    ):
        settings = _settings(session, chosen, url, Path(folder))
        demo = Demo(session, settings, load_rules(settings), back_office(chosen, url))
        again = demo.run(people, seed)
    session.out.print(session.say("demo_time", seconds=fixed_text(time.monotonic() - started, session.locale, 1)))
    session.out.print(heading("demo_next", session))
    session.out.print(render_next(chosen, seed, people, demo.example, session))
    return DONE if again == 0 else FAILED


def _settings(session: Session, crm: str, url: str, folder: Path) -> Settings:
    """Return settings for the sandbox alone: the packaged files, a state that ends with the demo."""
    access = sandbox_access(crm, url)
    own = (SalesforceSettings if crm == "salesforce" else HubSpotSettings).model_validate(access)
    state = str(folder / "state.db")
    return Settings.model_construct(None, crm=crm, state=state, locale=session.locale, **{crm: own})


@dataclass(slots=True)
class Demo:
    """Walk through the sandbox step by step, telling each."""

    session: Session
    settings: Settings
    rules: Rules
    office: BackOffice
    example: str = "ID"

    def run(self, people: int, seed: int) -> int:
        """Run and show everything; return how many writes a second run with nothing new made."""
        session, out = self.session, self.session.out
        out.print(Text(session.say("demo_start", people=count_text(people, session.locale), seed=seed), style="bold"))
        states = install_fields(self.settings, self.rules.mapping)
        out.print(session.say("demo_installed", count=sum(state.state == "created" for state in states)))
        tally = Tally()
        decisions = list(self._decisions(tally, people))
        out.print(heading("demo_funnel", session), render_funnel(tally, session), sep="\n")
        self._show_qualified(decisions)
        self._show_tasks(decisions)
        if any(decision.stage == "mnql" for decision in decisions):
            out.print(heading("demo_mnql", session), *render_mnql(decisions, session), sep="\n")
        return self._repeat()

    def _decisions(self, tally: Tally, people: int) -> Iterator[Decision]:
        with show_progress(self.session.err, self.session.say("progress"), people) as advance:
            for outcome in self._qualify_all():
                tally.add(outcome)
                advance()
                if outcome.decision:
                    yield outcome.decision

    def _qualify_all(self) -> Iterator[Outcome]:
        root = self.session.root
        with root.open_crm(self.settings, self.rules) as crm:
            crm.preflight()
            ledger = build_ledger(self.settings, crm.account())
            yield from build_qualifier(self.settings, self.rules, crm, ledger, clock=root.clock).qualify_all()

    def _show_qualified(self, decisions: list[Decision]) -> None:
        session, shown = self.session, choose_qualified(decisions)
        count = sum(decision.stage in HANDOFF_STAGES for decision in decisions)
        counts = {"shown": len(shown), "count": count_text(count, session.locale)}
        session.out.print(heading("demo_qualified", session, **counts), *render_qualified(shown, session), sep="\n")
        if shown and shown[0].person.object_id:
            self.example = shown[0].person.object_id

    def _show_tasks(self, decisions: list[Decision]) -> None:
        session, tasks = self.session, self.office.tasks()
        if not tasks:
            return
        table = render_tasks(tasks, self.rules.model.handoff.calendar.timezone, session, decisions)
        counts = {"shown": table.row_count, "count": count_text(len(tasks), session.locale)}
        session.out.print(heading("demo_tasks", session, **counts), table, sep="\n")

    def _repeat(self) -> int:
        """Qualify everybody again and ask the CRM's journal what was written."""
        session, last = self.session, self.office.last_request()
        for _ in self._qualify_all():
            continue
        writes = self.office.writes_since(last)
        session.out.print(heading("demo_again", session))
        session.out.print(session.say("demo_again_line", writes=count_text(writes, session.locale)))
        return writes
