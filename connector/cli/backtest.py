"""`puente backtest`: test the model on what was won and lost, with nothing known that was not known then."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from connector.cli.backtest_view import BacktestView
from connector.cli.failures import DONE
from connector.cli.learn_json import dump
from connector.cli.numbers import FiniteRange
from connector.cli.progress import show_progress
from connector.cli.session import Session, json_option, rules_options
from connector.cli.snapshot import require_extra

known_option = click.option(
    "--known-before", multiple=True, metavar="ATTRIBUTE",
    help="This attribute was known before the handoff, as it is today; may be repeated.",
)  # fmt: skip
per_week_option = click.option(
    "--per-week", type=FiniteRange(min=0, min_open=True), metavar="N",
    help="How many people sales can take a week; as many as today when not said.",
)  # fmt: skip


@click.command("backtest", short_help="Test the model on what was won and lost.")
@click.option(
    "--candidate", "candidates", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
    help="Another model to test on the same past; may be repeated.",
)  # fmt: skip
@known_option
@click.option(
    "--by", "segments", multiple=True, metavar="ATTRIBUTE",
    help="Tell results apart by an attribute, such as the channel; may be repeated.",
)  # fmt: skip
@per_week_option
@json_option
@rules_options
@click.pass_obj
def command(
    session: Session, /, candidates: tuple[Path, ...], known_before: tuple[str, ...], segments: tuple[str, ...],
    per_week: float | None, as_json: bool, **choices: Any,
) -> int:  # fmt: skip
    """Decide the past again, week by week, with nothing known that was not known then.

    Reads the snapshot (`puente snapshot`); writes nothing. What the CRM tells no history of cannot be reconstructed
    and is left out.
    """
    settings = session.load_settings(**choices)
    require_extra(session)
    from connector.bootstrap_learn import open_learning
    from connector.study.backtest import Asked

    learning = open_learning(settings, session.root.clock)
    asked = Asked(frozenset(known_before), segments, per_week)
    with show_progress(session.err, session.say("backtest_progress"), None):
        found = learning.backtest({str(path): path for path in candidates}, asked)
    if as_json:
        click.echo(dump(found))
    else:
        session.out.print(BacktestView(session).render(found))
    return DONE
