"""`puente check`: the ops team's files against each other, against golden cases, and against the CRM's schema."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import click
import orjson
from rich.text import Text

from connector.bootstrap import Rules
from connector.cli.failures import DONE, FAILED, USAGE
from connector.cli.phrases import in_locale, problem_text, usage_text
from connector.cli.schema_check import SchemaCheck
from connector.cli.session import Session, file_option, json_option, rules_options
from connector.cli.summary import why_unavailable
from connector.cli.words import count_text
from connector.domain.cases import CaseResult, run_cases, to_report
from connector.domain.cross_check import Source
from connector.domain.mapping import Mapping as FieldMapping
from connector.domain.model import Locale, Model
from connector.domain.model_reach import used_attributes
from connector.domain.yaml_file import read_yaml
from connector.domain.yaml_tree import ROOT
from connector.errors import MappingError, Problem, UsageError
from connector.files import check_files, load_model
from connector.ports import Unavailable
from connector.settings import Settings

_SETTINGS: Final = "settings"


@dataclass(slots=True)
class Findings:
    """Hold everything one check found."""

    model: Model | None = None
    mapping: FieldMapping | None = None
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    results: Sequence[CaseResult] = ()
    live_fields: int | None = None

    @property
    def code(self) -> int:
        if self.problems:
            return USAGE
        return DONE if all(result.ok for result in self.results) else FAILED

    def to_json(self, locale: Locale) -> dict[str, Any]:
        """Return the report in a language, with the warnings in the form of the problems."""
        problems, warnings = (
            [replace(problem, message=in_locale(problem.message, locale)) for problem in found]
            for found in (self.problems, self.warnings)
        )
        report = to_report(self.model, problems, self.results)
        return {**report, "warnings": to_report(None, warnings)["problems"]}


@click.command("check", short_help="Check the files.")
@click.option("--live", is_flag=True, help="Compare the mapping with the CRM's own schema, too; needs credentials.")
@file_option("--cases", "Golden cases to run against the model.")
@json_option
@rules_options
@click.pass_obj
def command(session: Session, /, live: bool, cases: Path | None, as_json: bool, **choices: Any) -> int:
    """Check the model file and the mapping, run golden cases, and say every problem at once.

    Exit 0: all in order; 1: some case does not hold; 2: something must be corrected.
    """
    findings = Findings()
    try:
        settings = session.load_settings(**choices)
        _check_files(findings, settings, cases, session)
        if live and findings.model and findings.mapping:
            _check_live(findings, settings, Rules(findings.model, findings.mapping), session)
    except UsageError as error:
        findings.problems += error.problems or _unplaced(error, session)
    if as_json:
        click.echo(orjson.dumps(findings.to_json(session.locale), option=orjson.OPT_INDENT_2).decode())
    _tell_problems(findings, session)
    if not as_json:
        _show(findings, session)
    return findings.code


def _check_files(findings: Findings, settings: Settings, cases: Path | None, session: Session) -> None:
    checked = check_files(settings.model, settings.mapping, cases, settings.crm)
    findings.model, findings.mapping = checked.model, checked.mapping
    findings.problems += checked.problems
    findings.warnings += checked.warnings
    findings.problems += _candidate_problems(settings, checked.mapping)
    if checked.model and checked.cases and not checked.problems:
        findings.results = run_cases(checked.cases, checked.model, session.locale)


def _candidate_problems(settings: Settings, mapping: FieldMapping | None) -> Sequence[Problem]:
    """Return what is wrong with the model of PUENTE_SHADOW_MODEL, where one is named and the mapping is sound."""
    if settings.shadow_model is None or mapping is None:
        return ()
    try:
        load_model(settings.shadow_model, mapping)
    except UsageError as error:
        return error.problems
    return ()


def _check_live(findings: Findings, settings: Settings, rules: Rules, session: Session) -> None:
    """Compare with the CRM: first every field by name, then whatever the adapter itself insists on."""
    source = _mapping_source(settings)
    with session.root.open_crm(settings, rules) as crm:
        fields = crm.schema()
        check = SchemaCheck(rules.mapping, source, fields, crm.lifecycle_field)
        found = list(check.problems())
        findings.problems += found
        findings.warnings += check.warnings(used_attributes(rules.model))
        try:
            crm.preflight()
        except MappingError as error:
            if not found:
                findings.problems += error.problems or [Problem(source.file, 1, ROOT, error.message)]
        findings.warnings += (_unavailable(item, source, session) for item in crm.unavailable())
        findings.live_fields = len(fields)


def _mapping_source(settings: Settings) -> Source:
    """Return the mapping file, which was read before, as a place that knows the lines of its paths."""
    packaged = f"{settings.crm}.yaml"
    name = str(settings.mapping or f"mappings/{packaged}")
    file = settings.mapping or files("mappings").joinpath(packaged)
    return Source(name, read_yaml(file.read_text(encoding="utf-8"), name).line_of)


def _unavailable(item: Unavailable, source: Source, session: Session) -> Problem:
    what = session.say("source_unavailable", source=item.source, why=why_unavailable(item.why, session))
    return Problem(source.file, source.line_of("events"), "events", what)


def _unplaced(error: UsageError, session: Session) -> list[Problem]:
    """Return the lines of an error that concerns no file: settings."""
    return [
        Problem(_SETTINGS, 0, name if message else _SETTINGS, message or name)
        for name, _, message in (line.partition(": ") for line in usage_text(error, session.locale).splitlines())
    ]


def _tell_problems(findings: Findings, session: Session) -> None:
    for key, problems in (("check_warnings", findings.warnings), ("check_problems", findings.problems)):
        if problems:
            session.tell(key, count=count_text(len(problems), session.locale))
            for problem in problems:
                session.err.print(_line(problem, session), soft_wrap=True)


def _line(problem: Problem, session: Session) -> str:
    if problem.file == _SETTINGS:
        return f"{problem.path}: {problem.message}"
    return problem_text(problem, session.locale)


def _show(findings: Findings, session: Session) -> None:
    for sentence in _sentences(findings, session):
        session.out.print(Text(sentence), soft_wrap=True)


def _sentences(findings: Findings, session: Session) -> Iterator[str]:
    model, mapping, results = findings.model, findings.mapping, findings.results
    if findings.problems or model is None or mapping is None:
        return
    names = {"model": model.name, "version": model.version, "hash": model.hash[:12], "crm": mapping.crm}
    yield session.say("check_ok", **names)
    if findings.live_fields is not None:
        yield session.say("schema_ok", count=count_text(findings.live_fields, session.locale))
    failed = [result for result in results if not result.ok]
    if results and not failed:
        yield session.say("cases_hold", count=count_text(len(results), session.locale))
    if failed:
        yield session.say("cases_differ", failed=len(failed), count=len(results))
    for result in failed:
        yield f"✗ {result.name}"
        for difference in result.differences:
            shown = {"expected": _compact(difference.expected), "actual": _compact(difference.actual)}
            yield f"    {session.say('case_difference', path=difference.path, **shown)}"
    if not failed:
        yield session.say("check_next" if findings.live_fields is None else "check_next_live")


def _compact(value: object) -> str:
    return orjson.dumps(value, default=str).decode()
