"""`puente qualify`: pull, score, decide, write back, and say what happened."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import click
import orjson

from connector.bootstrap import (
    build_ledger,
    build_qualifier,
    load_rules,
    may_have_lost_its_case,
    one_run_at_a_time,
    share_people,
    to_ref,
)
from connector.bootstrap_shadow import load_candidate, with_shadow
from connector.cli.failures import DONE, FAILED
from connector.cli.identifiers import parse_identifiers
from connector.cli.instants import parse_moment
from connector.cli.outcome_json import outcome_to_json
from connector.cli.progress import show_progress
from connector.cli.session import Session, json_option, rules_options
from connector.cli.summary import Run, render_summary
from connector.cli.tally import Tally
from connector.cli.words import count_text
from connector.errors import CrmError, UsageError
from connector.live.qualify import Outcome, Qualifier
from connector.ports import Crm, PersonRef
from connector.settings import Settings

WAVE: Final = 1_000
"""How many people named one by one are read together: the size of the adapter's own waves."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Say whom to qualify: people named, the whole base, or what changed since an instant."""

    ids: Sequence[str] = ()
    emails: Sequence[str] = ()
    everyone: bool = False
    changed_since: datetime | None = None

    @property
    def is_base(self) -> bool:
        return self.everyone or self.changed_since is not None


@click.command("qualify", short_help="Decide and write back.")
@click.argument("ids", nargs=-1, metavar="[ID]…")
@click.option("--email", "emails", multiple=True, help="Somebody by e-mail address; may be repeated.")
@click.option("--all", "everyone", is_flag=True, help="The whole base.")
@click.option(
    "--changed-since", metavar="T", help="Who changed since an instant (2026-03-02T10:00:00Z) or a date (UTC)."
)
@click.option("--dry-run", is_flag=True, help="Decide and plan; write nothing anywhere.")
@json_option
@rules_options
@click.pass_obj
def command(
    session: Session, /, ids: tuple[str, ...], emails: tuple[str, ...], everyone: bool, changed_since: str | None,
    dry_run: bool, as_json: bool, **choices: Any,
) -> int:  # fmt: skip
    """Decide people's stages with their reasons and write them to the CRM, with one sales task per handoff.

    Name people by ID or --email, or take --all. Safe to repeat: nothing is written when nothing changed.
    """
    settings = session.load_settings(**choices)
    since = parse_moment(changed_since, "--changed-since", session) if changed_since is not None else None
    selection = Selection(
        parse_identifiers(ids, session, settings), parse_identifiers(emails, session, settings), everyone, since
    )
    _refuse_unclear(selection, session)
    rules = load_rules(settings)
    candidate = load_candidate(settings, rules)
    with session.root.open_crm(settings, rules) as crm:
        missing = crm.preflight(dry_run=dry_run)
        ledger = build_ledger(settings, crm.account(), dry_run=dry_run)
        plain = build_qualifier(settings, rules, crm, ledger, clock=session.root.clock, dry_run=dry_run)
        qualifier = with_shadow(settings, rules, candidate, crm.account(), plain)
        turn = nullcontext() if dry_run else one_run_at_a_time(settings, lambda: session.tell("another_run"))
        with turn:
            return Walk(session, settings, crm, share_people(settings, qualifier), as_json, missing).run(selection)


def _refuse_unclear(selection: Selection, session: Session) -> None:
    named = bool(selection.ids or selection.emails)
    if named and selection.is_base:
        raise UsageError(session.say("choose_one_way"))
    if not named and not selection.is_base:
        raise UsageError(session.say("choose_people"))


@dataclass(slots=True)
class Walk:
    """Run one selection through the qualifier and say what became of it."""

    session: Session
    settings: Settings
    crm: Crm
    qualifier: Qualifier
    as_json: bool
    missing: Sequence[str] = ()
    tally: Tally = field(default_factory=Tally)
    unfound: int = 0

    def run(self, selection: Selection) -> int:
        started = time.monotonic()
        try:
            self._qualify(selection)
        except CrmError:
            if self.tally.total:
                self.session.tell("stopped_early")
                self._summarize(time.monotonic() - started)
            raise
        if not self.tally.total:
            if self.unfound:
                return FAILED
            self.session.tell("empty_change" if selection.changed_since else "empty_base")
            return DONE
        self._summarize(time.monotonic() - started)
        failed = self.tally.outcomes["parked"] or self.unfound or (self.tally.lost and not selection.is_base)
        return FAILED if failed else DONE

    def _qualify(self, selection: Selection) -> None:
        refs = self._find(selection)
        total = len(refs) if not selection.is_base else None
        if selection.everyone and selection.changed_since is None:
            total = self.crm.count()
        quiet = self.as_json and self.session.out.is_terminal
        label = self.session.say("progress")
        with show_progress(self.session.err, label, total, wanted=not quiet) as advance:
            for outcome in self._outcomes(selection, refs):
                self.tally.add(outcome)
                if outcome.outcome == "gone" and may_have_lost_its_case(self.settings, outcome.ref.object_id):
                    self.session.tell("id_lost_case", id=outcome.ref.object_id)
                if self.as_json:
                    self._write_line(outcome)
                advance()

    def _find(self, selection: Selection) -> list[PersonRef]:
        refs = [to_ref(self.settings, object_id) for object_id in selection.ids]
        for position, email in enumerate(selection.emails, start=1):
            if found := self.crm.find(email):
                refs.append(found)
            else:
                self.unfound += 1
                self.session.tell("email_not_found", position=position)
        return list(dict.fromkeys(refs))

    def _outcomes(self, selection: Selection, refs: Sequence[PersonRef]) -> Iterator[Outcome]:
        if selection.is_base:
            yield from self.qualifier.qualify_all(selection.changed_since)
            return
        for start in range(0, len(refs), WAVE):
            yield from self.qualifier.qualify(refs[start : start + WAVE])

    def _write_line(self, outcome: Outcome) -> None:
        line = outcome_to_json(outcome, self.settings.crm, self.session.locale)
        click.echo(orjson.dumps(line).decode())

    def _summarize(self, seconds: float) -> None:
        """Show the summary where it belongs: with JSON on stdout it is talk."""
        dry_run = self.qualifier.dry_run
        run = Run(
            self.tally,
            self.crm.calls(),
            self.crm.unavailable(),
            seconds,
            dry_run,
            self.qualifier.model.handoff.routing,
            self.settings.model,
        )
        console = self.session.err if self.as_json else self.session.out
        console.print(render_summary(run, self.session))
        if dry_run:
            console.print(self.session.say("dry_run"))
        if self.missing:
            count = count_text(len(self.missing), self.session.locale)
            console.print(self.session.say("not_installed", count=count), soft_wrap=True)
