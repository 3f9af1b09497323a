"""`puente calibrate`: propose better points, half-lives and thresholds from what was won and lost."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from connector.cli.backtest import known_option, per_week_option
from connector.cli.backtest_view import BacktestView
from connector.cli.calibrate_view import diff_of, found_lines, proposal_lines, refusal_text, render_changes
from connector.cli.disk import refuse_folder, telling_what_cannot_be_written
from connector.cli.failures import DONE, FAILED
from connector.cli.learn_json import dump, to_plain
from connector.cli.numbers import FiniteRange
from connector.cli.progress import show_progress
from connector.cli.session import Session, file_option, json_option, rules_options
from connector.cli.snapshot import require_extra
from connector.errors import UsageError
from connector.file_writing import write_atomically

if TYPE_CHECKING:
    from connector.bootstrap_learn import Learning
    from connector.study.backtest import Backtest
    from connector.study.calibrate import Calibration
    from connector.study.plan_story import Story


@click.command("calibrate", short_help="Propose better points from won and lost.")
@file_option("--out", "Write the proposed model to this file.")
@known_option
@per_week_option
@click.option(
    "--precision", type=FiniteRange(0, 100, min_open=True, max_open=True), metavar="PCT",
    help="Place the threshold where this percentage of those handed over is won.",
)  # fmt: skip
@click.option("--new-criteria", is_flag=True, help="Propose fit criteria for further attributes, too.")
@json_option
@rules_options
@click.pass_obj
def command(
    session: Session, /, out: Path | None, known_before: tuple[str, ...], per_week: float | None,
    precision: float | None, new_criteria: bool, as_json: bool, **choices: Any,
) -> int:  # fmt: skip
    """Learn from past decisions, check on the newest, and show the difference to the model file; its comments stay.

    Reads the snapshot (`puente snapshot`) and writes nothing but --out. Where the evidence does not suffice nothing is
    proposed, and the exit code is 1.
    """
    settings = session.load_settings(**choices)
    require_extra(session)
    from connector.bootstrap_learn import open_learning
    from connector.study.calibrate import Wanted

    if per_week is not None and precision is not None:
        raise UsageError(session.say("calibrate_one_goal"))
    learning = open_learning(settings, session.root.clock)
    share = None if precision is None else precision / 100
    with show_progress(session.err, session.say("calibrate_progress"), None):
        found = learning.calibrate(Wanted(frozenset(known_before), per_week, share, new_criteria))
    run = _Run(session, learning, found, out, as_json)
    return run.refuse() if found.text is None else run.propose(found.text)


@dataclass(frozen=True, slots=True)
class _Run:
    """Show one calibration, and what its proposal would do and would have done."""

    session: Session
    learning: Learning
    found: Calibration
    out: Path | None
    as_json: bool

    def refuse(self) -> int:
        session = self.session
        if self.as_json:
            click.echo(dump({**self._document(), "message": refusal_text(session, self.found)}))
            return FAILED
        for line in (*found_lines(session, self.found), refusal_text(session, self.found)):
            session.out.print(line, soft_wrap=True)
        return FAILED

    def propose(self, text: str) -> int:
        watched = show_progress(self.session.err, self.session.say("calibrate_tried"), None)
        with TemporaryDirectory() as folder, watched:
            path = Path(folder) / "model.yaml"
            write_atomically(path, text)
            story, past = self._plan(path), self._test(path)
        if self.out is not None:
            self._write(self.out, text)
        diff = diff_of(self.learning.source.name, self.learning.source.text, text)
        if self.as_json:
            plan = {"totals": story.totals, "sentences": list(story.tell())}
            out = None if self.out is None else str(self.out)
            document = {**self._document(), "diff": diff, "model": out, "plan": plan, "backtest": past}
            click.echo(dump(to_plain(document)))
        else:
            self._print(diff, story, past)
        return DONE

    def _document(self) -> dict[str, Any]:
        return {"proposed": self.found.text is not None, **to_plain(self.found)}

    def _plan(self, path: Path) -> Story:
        """Say what applying the proposal would do today."""
        from connector.study.plan_story import Story

        planning = self.learning.planning
        header, builder = planning.plan_for(path, None)
        for _ in builder.lines(planning.snapshot.parts()):
            pass
        totals = builder.totals(planning.forecaster(builder))
        return Story(header, totals, self.session.locale, planning.now)

    def _test(self, path: Path) -> Backtest:
        """Test file and proposal on the past, with the attributes the proposal was learnt with."""
        from connector.study.backtest import Asked

        name = str(self.out) if self.out is not None else self.session.say("proposal_after")
        return self.learning.backtest({name: path}, Asked(frozenset(self.found.evidence.assumed)))

    def _write(self, out: Path, text: str) -> None:
        with telling_what_cannot_be_written(self.session, out):
            refuse_folder(out)
            out.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(out, text)

    def _print(self, diff: str, story: Story, past: Backtest) -> None:
        session, out = self.session, self.session.out
        for line in (*found_lines(session, self.found), *proposal_lines(session, self.found)):
            out.print(line, soft_wrap=True)
        out.print()
        out.print(render_changes(session, self.found))
        out.print()
        out.print(diff, soft_wrap=True)
        out.print()
        out.print(session.say("proposal_past"), style="bold")
        out.print(BacktestView(session).comparison(past))
        out.print()
        out.print(session.say("proposal_plan"), style="bold")
        for sentence in story.tell():
            out.print(sentence, soft_wrap=True)
        out.print()
        key = "proposal_kept" if self.out is None else "proposal_written"
        out.print(session.say(key, path=self.out), soft_wrap=True)
