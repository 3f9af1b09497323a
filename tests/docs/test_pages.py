"""Hold what the pages name against what exists: links, targets, commands, options, settings, errors."""

from __future__ import annotations

import inspect
import re
import shlex
from pathlib import Path
from typing import Final

import click
import pytest
from pydantic import BaseModel

import connector.errors
from connector.bootstrap import Root
from connector.cli.app import puente
from connector.cli.failures import report_failure
from connector.cli.session import Session
from connector.errors import PuenteError, RateLimitedError
from connector.settings import Settings
from tests.docs.pages import ROOT, anchors, inline_code, links, name_of, pages, shell_commands

BESIDE_THE_SETTINGS: Final = {"PUENTE_LOG", "PUENTE_LIVE", "PUENTE_PARAMETERS"}
by_page: Final = pytest.mark.parametrize("page", pages(), ids=name_of)


def setting_names(model: type[BaseModel] = Settings, prefix: str = "PUENTE_") -> dict[str, object]:
    """Return every setting with its default."""
    names: dict[str, object] = {}
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            names |= setting_names(kind, f"{prefix}{name.upper()}__")
        else:
            names[f"{prefix}{name.upper()}"] = field.default
    return names


def error_classes() -> dict[str, type[PuenteError]]:
    found = inspect.getmembers(connector.errors, inspect.isclass)
    return {name: kind for name, kind in found if issubclass(kind, PuenteError)}


@by_page
def test_every_link_leads_somewhere(page: Path) -> None:
    dead = []
    for link in links(page):
        if re.match(r"https?://|mailto:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            dead.append(link)
    assert dead == []


@by_page
def test_every_setting_named_exists(page: Path) -> None:
    named = set(re.findall(r"\bPUENTE_[A-Z0-9_]*[A-Z0-9]\b", page.read_text()))
    assert named - setting_names().keys() - BESIDE_THE_SETTINGS == set()


@by_page
def test_every_make_target_named_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {words[1] for command in shell_commands(page) if (words := shlex.split(command))[0] == "make"}
    assert {name for name in named if "=" not in name} - targets == set()


@by_page
def test_every_command_and_option_named_exists(page: Path) -> None:
    wrong = []
    for line in shell_commands(page):
        if not line.startswith("puente "):
            continue
        words = shlex.split(line)
        with click.Context(puente) as context:
            command = puente.get_command(context, words[1])
        if isinstance(command, click.Group) and len(words) > 2 and not words[2].startswith("-"):
            command = command.commands.get(words[2], command)
        options = {name for param in (command.params if command else ()) for name in (*param.opts, "--help")}
        if command is None or {word for word in words[2:] if word.startswith("--")} - options:
            wrong.append(line)
    assert wrong == []


@by_page
def test_every_file_named_in_code_exists(page: Path) -> None:
    """A path in backticks that begins with a folder of ours is a promise that it is there."""
    ours = re.compile(r"(connector|adapters|mappings|sandbox|tests|benchmarks|docs|requirements|\.ci)/[\w./\-]*")
    named = {code for code in inline_code(page) if ours.fullmatch(code)}
    assert {name for name in named if not (ROOT / name).exists()} == set()


def test_the_settings_in_the_readme_have_the_defaults_of_the_code() -> None:
    rows = re.findall(r"^\| `(PUENTE_\w+)` \| (.*?) \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert len(rows) >= 8
    defaults = setting_names()
    stated = {name: default for name, default in rows if default.startswith("`")}
    assert stated == {name: f"`{defaults[name]}`" for name in stated}


def test_the_table_of_errors_lists_each_class_once() -> None:
    page = (ROOT / "docs" / "reference" / "errors.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \|", page.split("## What a webhook")[0], re.MULTILINE)
    assert sorted(rows) == sorted(error_classes())


def test_the_table_of_errors_states_the_exit_codes_of_the_command_line() -> None:
    page = (ROOT / "docs" / "reference" / "errors.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \|.*\| (\d) \|[^|]*\|$", page, re.MULTILINE)
    session = Session(Root())
    actual = {}
    for name, kind in error_classes().items():
        error = kind("said", scope="burst") if issubclass(kind, RateLimitedError) else kind("said")
        actual[name] = str(report_failure(error, session))
    assert dict(rows) == actual


def test_both_introductions_have_the_same_sections_tables_commands_and_settings() -> None:
    """The Spanish page explains the stages in a table of its own; all else has a counterpart of the same kind."""
    english, spanish = (
        re.findall(r"^(#+ |```\w*$|- \*\*|\d\. |!\[)", (ROOT / name).read_text(), re.MULTILINE)
        for name in ("README.md", "README.es.md")
    )
    assert english == spanish
    rows = [
        re.findall(r"^ *\| (`[^|]+?) \|", (ROOT / name).read_text(), re.MULTILINE)
        for name in ("README.md", "README.es.md")
    ]
    assert [row for row in rows[1] if row not in ("`mnql`", "`lead`", "`mql`", "`sql`")] == rows[0]
    commands = [
        [command for command in shell_commands(ROOT / name) if command.startswith(("make", "puente"))]
        for name in ("README.md", "README.es.md")
    ]
    assert set(commands[0]) == set(commands[1])
