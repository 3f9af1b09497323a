"""`puente apply`: do exactly what a plan says, checking everybody again, and account for every line."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from connector.bootstrap import (
    Rules,
    build_ledger,
    build_qualifier,
    build_queue,
    load_rules,
    one_run_at_a_time,
    share_people,
)
from connector.cli.apply_view import render_receipt
from connector.cli.disk import telling_what_cannot_be_written
from connector.cli.failures import DONE, FAILED
from connector.cli.progress import show_progress
from connector.cli.session import Session, crm_option, file_option, json_option
from connector.cli.snapshot import require_extra
from connector.errors import CrmError, UsageError
from connector.settings import Settings

if TYPE_CHECKING:
    from connector.study.apply import Stages
    from connector.study.apply_journal import Journal, Result
    from connector.study.plan_file import PlanFile
    from connector.study.plan_story import Story
    from connector.study.receipt import Receipt


@click.command("apply", short_help="Do exactly what a plan says.")
@click.argument("plan", type=click.Path(path_type=Path), metavar="PLAN")
@file_option("--model", "The model that was planned, when it is neither in force nor where it was.")
@file_option("--mapping", "Mapping file, instead of PUENTE_MAPPING.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Only the next N people of the plan.")
@click.option("--per-rep-per-day", type=click.IntRange(min=1), metavar="N", help="At most N new tasks a day per rep.")
@click.option("--cloud", is_flag=True, help="Let the functions in AWS do it: ring for everybody in their queue.")
@click.option("--dry-run", is_flag=True, help="Check everybody again; write nothing anywhere.")
@json_option
@crm_option()
@click.pass_obj
def command(
    session: Session, /, plan: Path, model: Path | None, mapping: Path | None, limit: int | None,
    per_rep_per_day: int | None, cloud: bool, dry_run: bool, as_json: bool, crm: str | None,
) -> int:  # fmt: skip
    """Write what a plan of `puente plan` says: everybody is read again, and whoever changed since is skipped.

    Safe to repeat and to interrupt: it goes on where it was. Refuses a plan that was edited, is too old, or whose
    model is another.
    """
    require_extra(session)
    from connector.bootstrap_plan import load_planned_rules, require_applicable
    from connector.study.apply import Stages
    from connector.study.plan_file import open_plan

    settings = session.load_settings(crm=crm, mapping=mapping)
    kept = open_plan(plan, session.locale)
    require_applicable(settings, kept, session.root.clock())
    chosen, rules = load_planned_rules(settings, kept, model)
    per_day = per_rep_per_day or kept.header.per_rep_per_day
    if cloud and "://" not in settings.queue:
        raise UsageError(session.say("cloud_needs_queue"))
    return _Run(session, chosen, rules, kept, Stages(limit, per_day), dry_run, as_json, cloud).run(settings)


@dataclass(frozen=True, slots=True)
class _Run:
    """Apply one plan and say what became of it. `settings` name the planned model."""

    session: Session
    settings: Settings
    rules: Rules
    plan: PlanFile
    stages: Stages
    dry_run: bool
    as_json: bool
    cloud: bool

    def run(self, in_force: Settings) -> int:
        from connector.study.apply import count_pending
        from connector.study.apply_cloud import RUNG
        from connector.study.apply_journal import SETTLED, Journal
        from connector.study.receipt import receipt_path

        session = self.session
        turn = nullcontext() if self.dry_run else one_run_at_a_time(in_force, lambda: session.tell("another_run"))
        with turn:
            journal = Journal.of(self.plan.path, self.plan.sha256)
            pending = count_pending(self.plan, journal, RUNG if self.cloud else SETTLED)
            act = self._ring if self.cloud else self._apply
            with telling_what_cannot_be_written(session, journal.path):
                calls = act(journal, pending) if pending else {}
            with telling_what_cannot_be_written(session, receipt_path(self.plan.path)):
                return self._report(journal, calls, in_force)

    def _apply(self, journal: Journal, pending: int) -> Mapping[str, int]:
        """Apply what is pending; returns the calls it took. A CRM that ends the run does not end the account of it."""
        from connector.bootstrap_plan import require_account
        from connector.study.apply import Applier

        session, settings = self.session, self.settings
        with session.root.open_crm(settings, self.rules) as crm:
            crm.preflight(dry_run=self.dry_run)
            require_account(settings, self.plan, crm.account())
            ledger = build_ledger(settings, crm.account(), dry_run=self.dry_run)
            qualifier = build_qualifier(
                settings, self.rules, crm, ledger, clock=session.root.clock, dry_run=self.dry_run
            )
            applier = Applier(self.plan, share_people(settings, qualifier), journal, self.stages)
            try:
                with self._opened(journal):
                    self._watch(applier.run(), pending)
            except CrmError:
                story = self._story()
                session.err.print(story.words("stopped"))
                session.err.print(render_receipt(self._receipt(journal), story))
                raise
            return crm.calls()

    def _ring(self, journal: Journal, pending: int) -> Mapping[str, int]:
        """Put doorbells for what is pending on the queue of the settings; the CRM is not asked."""
        from connector.study.apply_cloud import Ringer

        clock = self.session.root.clock
        queue = None if self.dry_run else build_queue(self.settings, clock=clock)
        with self._opened(journal):
            self._watch(Ringer(self.plan, journal, queue, clock, self.stages).run(), pending)
        return {}

    def _opened(self, journal: Journal) -> AbstractContextManager[None]:
        return nullcontext() if self.dry_run else journal.opened()

    def _watch(self, results: Iterator[Result], pending: int) -> None:
        session, total = self.session, min(pending, self.stages.limit or pending)
        quiet = self.as_json and session.out.is_terminal
        with show_progress(session.err, session.say("apply_progress"), total, wanted=not quiet) as advance:
            for _ in results:
                advance()

    def _receipt(self, journal: Journal) -> Receipt:
        """Return the sums; a run that writes leaves them beside the plan, line by line."""
        from connector.study.receipt import sum_up, write_receipt

        return sum_up(self.plan, journal) if self.dry_run else write_receipt(self.plan, journal)

    def _story(self) -> Story:
        from connector.study.plan_story import Story

        return Story(self.plan.header, self.plan.totals, self.session.locale, self.session.root.clock())

    def _report(self, journal: Journal, calls: Mapping[str, int], in_force: Settings) -> int:
        receipt, story = self._receipt(journal), self._story()
        if self.as_json:
            click.echo(orjson.dumps(self._to_json(receipt, calls)).decode())
        else:
            self.session.out.print(render_receipt(receipt, story))
            self._say_what_next(receipt, story)
        self._warn_of_other_model(story, in_force)
        return FAILED if receipt.became["failed"] else DONE

    def _say_what_next(self, receipt: Receipt, story: Story) -> None:
        from connector.study.receipt import receipt_path

        out, open_lines = self.session.out, receipt.became["left"] + receipt.became["failed"]
        if self.dry_run:
            out.print(story.words("dry"))
            return
        out.print(story.words("receipt_file", path=receipt_path(self.plan.path)), soft_wrap=True)
        if receipt.became["rung"]:
            out.print(story.words("rung_next", path=self.plan.path), soft_wrap=True)
        elif not open_lines:
            out.print(story.words("nothing_left"))
        if open_lines:
            out.print(story.words("go_on", count=story.count(open_lines), path=self.plan.path), soft_wrap=True)

    def _warn_of_other_model(self, story: Story, in_force: Settings) -> None:
        """Say that doorbells go on being decided by another model than the one applied."""
        if self.dry_run or load_rules(in_force).model.hash == self.rules.model.hash:
            return
        file = self.plan.header.after.file or self.settings.model
        self.session.err.print(story.words("set_model", file=shlex.quote(str(file))), soft_wrap=True)

    def _to_json(self, receipt: Receipt, calls: Mapping[str, int]) -> dict[str, Any]:
        from connector.study.receipt import receipt_path

        return {
            "plan": str(self.plan.path),
            "sha256": self.plan.sha256,
            "dry_run": self.dry_run,
            **receipt.to_json(),
            "failures": [{"id": one.ref.object_id, "reason": one.reason} for one in receipt.failures],
            "receipt": None if self.dry_run else str(receipt_path(self.plan.path)),
            "calls": dict(calls),
        }
