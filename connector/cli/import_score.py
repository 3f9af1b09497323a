"""`puente import hubspot-score`: bring the rules of HubSpot's own score into a model file, and compare both."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from connector.cli.disk import refuse_folder, telling_what_cannot_be_written
from connector.cli.failures import DONE, FAILED
from connector.cli.import_score_view import ScoreView, parity_csv, to_document
from connector.cli.learn_json import dump
from connector.cli.numbers import FiniteRange
from connector.cli.progress import show_progress
from connector.cli.session import Session, file_option, json_option, rules_options
from connector.errors import UsageError
from connector.file_writing import write_atomically

if TYPE_CHECKING:
    from connector.bootstrap import Rules
    from connector.bootstrap_score import Compared, Scores
    from connector.ports import PersonRef
    from connector.settings import Settings
    from connector.study.crm_score.definition import ScoreChange
    from connector.study.crm_score.translate import Translation

SHOWN: Final = 10
"""How many of the biggest differences are shown, each with a look into HubSpot's history."""
Changes = dict[tuple[str, "PersonRef"], "tuple[ScoreChange, ...]"]


@click.group("import", short_help="Bring in the CRM's own score.")
def command() -> None:
    """Bring the rules of a score that the CRM keeps into a model file, and compare both."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """Say which scores to take, what to write, and whom to compare."""

    scores: tuple[str, ...]
    out: Path | None
    out_mapping: Path | None
    out_parity: Path | None
    compare: bool
    limit: int | None
    threshold: float | None

    @property
    def files(self) -> list[Path]:
        return [path for path in (self.out, self.out_mapping, self.out_parity) if path is not None]


@command.command("hubspot-score", short_help="Move HubSpot's own lead scores.")
@click.option(
    "--score", "scores", multiple=True, metavar="ID",
    help="A score by ID or name; may be repeated. Without it, the published ones of contacts.",
)  # fmt: skip
@file_option("--out", "Write the model to this file.")
@file_option("--out-mapping", "Write the mapping to this file, with the properties it lacks added.")
@file_option("--out-parity", "Write a line for every person to this CSV file.")
@click.option("--force", is_flag=True, help="Overwrite files that exist.")
@click.option("--no-parity", is_flag=True, help="Compare nobody.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Compare only the first so many people.")
@click.option(
    "--threshold", type=FiniteRange(min=0), metavar="POINTS",
    help="The points from which sales takes over; HubSpot's highest label when not said.",
)  # fmt: skip
@json_option
@rules_options
@click.pass_obj
def hubspot_score_command(
    session: Session, /, scores: tuple[str, ...], out: Path | None, out_mapping: Path | None, out_parity: Path | None,
    force: bool, no_parity: bool, limit: int | None, threshold: float | None, as_json: bool, **choices: Any,
) -> int:  # fmt: skip
    """Read the rules of HubSpot's own lead scores, write the nearest model file, and compare both scores by person.

    Writes nothing but --out, --out-mapping and --out-parity; HubSpot is only read. Says of every rule that has no
    equivalent why, and what to do. What the scores say nothing of comes from the model at hand.
    """
    settings = session.load_settings(**choices)
    wishes = Wishes(scores, out, out_mapping, out_parity, not no_parity, limit, threshold)
    if no_parity and (limit is not None or threshold is not None or out_parity is not None):
        raise UsageError(session.say("score_limit_alone"))
    from connector.bootstrap import load_rules
    from connector.bootstrap_score import open_scores

    with open_scores(settings) as shelf:
        _ask_to_overwrite(session, wishes.files, force=force)
        return _Run(session, settings, load_rules(settings), shelf, wishes, as_json).run()


def _ask_to_overwrite(session: Session, files: list[Path], *, force: bool) -> None:
    there = [path for path in files if path.exists()]
    names = ", ".join(str(path) for path in there)
    if not there or force:
        return
    if not sys.stdin.isatty():
        raise UsageError(session.say("score_exists", names=names))
    click.confirm(session.say("score_ask", names=names), default=False, abort=True, err=True)


@dataclass(frozen=True, slots=True)
class _Run:
    """Translate the chosen scores, compare people, write what was asked for, and say what it is."""

    session: Session
    settings: Settings
    rules: Rules
    scores: Scores
    wishes: Wishes
    as_json: bool

    def run(self) -> int:
        chosen = self.scores.choose(self.wishes.scores)
        may_add = self.wishes.out_mapping is not None
        translation = self.scores.translate(chosen, self.rules, may_add=may_add)
        view = ScoreView(self.session, translation)
        if view.is_empty:
            self._show(view, None, {})
            return FAILED
        texts = self._texts(translation, view)
        rules = self._parse(translation, texts["model"])
        compared = self._compare(translation, rules) if self.wishes.compare else None
        changes = {} if compared is None else self._look_up(compared)
        self._write(texts, compared)
        self._show(view, compared, changes)
        return DONE

    def _texts(self, translation: Translation, view: ScoreView) -> Mapping[str, str]:
        """Return the texts of the model and of the mapping."""
        from connector.files import read_mapping_text, read_model_text
        from connector.study.crm_score.page import Page, add_attributes

        page = Page(read_model_text(self.settings.model).text, self.rules.model, self.session.locale)
        mapping = read_mapping_text(self.settings.mapping, self.settings.crm).text
        return {
            "model": page.write(translation, list(view.head())),
            "mapping": add_attributes(mapping, translation.added),
        }

    def _parse(self, translation: Translation, text: str) -> Rules:
        """Read the model back, so that no file is written that `puente check` would refuse."""
        from connector.domain.model_file import parse_model
        from connector.study.crm_score.translate import extend_mapping

        mapping = extend_mapping(self.rules.mapping, translation.added)
        model = parse_model(text, file=str(self.wishes.out or "model.yaml"), types=mapping.attribute_types)
        return replace(self.rules, model=model, mapping=mapping)

    def _compare(self, translation: Translation, rules: Rules) -> Compared | None:
        from connector.bootstrap_score import open_comparison

        if not translation.outputs:
            return None
        threshold, limit, session = self.wishes.threshold, self.wishes.limit, self.session
        with open_comparison(session.root, self.settings, translation, rules, threshold) as people:
            quiet = self.as_json and session.out.is_terminal
            total = None if quiet else people.total(limit)
            with show_progress(session.err, session.say("score_progress"), total, wanted=not quiet) as advance:
                return people.run(limit, advance)

    def _look_up(self, compared: Compared) -> Changes:
        """Ask HubSpot what moved the scores that differ most."""
        return {
            (parity.score_property, pair.ref): tuple(self.scores.changes(pair.ref, parity.score_property))
            for parity in compared.parities
            for pair in parity.biggest(SHOWN)
        }

    def _write(self, texts: Mapping[str, str], compared: Compared | None) -> None:
        wishes = self.wishes
        wanted = {wishes.out: texts["model"], wishes.out_mapping: texts["mapping"]}
        if compared is not None:
            wanted[wishes.out_parity] = parity_csv(compared)
        for path, text in wanted.items():
            if path is not None:
                self._write_file(path, text)

    def _write_file(self, path: Path, text: str) -> None:
        with telling_what_cannot_be_written(self.session, path):
            refuse_folder(path)
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, text)

    def _show(self, view: ScoreView, compared: Compared | None, changes: Changes) -> None:
        wishes = self.wishes
        if self.as_json:
            document = to_document(view, compared, changes)
            named = {"model": wishes.out, "mapping": wishes.out_mapping, "parity_file": wishes.out_parity}
            files = {key: None if path is None else str(path) for key, path in named.items()}
            click.echo(dump({**document, **files}))
            return
        view.show_translation()
        if compared is not None:
            view.show_parity(compared, changes, SHOWN)
        elif wishes.compare and not view.is_empty:
            view.say("score_no_output")
        view.show_files(wishes.out, wishes.out_mapping, wishes.out_parity)
