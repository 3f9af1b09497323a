"""`--help` and refusals of a command line in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from connector.cli.app import COMMANDS, puente, run
from connector.cli.help_page import in_spanish, paragraphs
from connector.cli.phrases_help_es import HELP_ES

BROKEN = {
    "qualfy": "no existe la orden qualfy (¿quería decir qualify?) — consulte `puente --help`",
    "xyzzy": "no existe la orden xyzzy — consulte `puente --help`",
    "queue stats": "no existe la orden stats (¿quería decir status?) — consulte `puente queue --help`",
    "check --modle x": "no existe la opción --modle (¿quería decir --model o --live?) — consulte `puente check --help`",
    "qualify --no-such": "no existe la opción --no-such — consulte `puente qualify --help`",
    "demo --people x": "--people: «x» no es un número entero — consulte `puente demo --help`",
    "demo --people 0": "--people: 0 queda fuera de los límites (x>=1) — consulte `puente demo --help`",
    "demo --crm x": (
        "--crm: «x» no es uno de los valores posibles: 'hubspot', 'salesforce' — consulte `puente demo --help`"
    ),
    "explain": "falta ID — consulte `puente explain --help`",
    "explain a b": "sobra lo siguiente: b — consulte `puente explain --help`",
    "sandbox --csv": "la opción --csv necesita un valor",
    "check --live=3": "la opción --live no admite un valor",
}


def every_command(command: click.Command = puente, name: str = "puente") -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            assert found
            yield from every_command(found, f"{name} {below}")


def help_texts() -> set[str]:
    """Return every paragraph of help that is ours."""
    texts = {line for _, line in COMMANDS.values()}
    for _, command in every_command():
        options = (param.help for param in command.params if isinstance(param, click.Option))
        for text in (command.help, command.epilog, *options):
            texts |= set(paragraphs(text)) if text else set()
    return texts


def said(arguments: str, locale: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    monkeypatch.setenv("PUENTE_LOCALE", locale)
    monkeypatch.setenv("COLUMNS", "80")
    run(arguments.split())
    told = capsys.readouterr()
    return told.out + told.err


def test_all_help_is_in_spanish_and_no_translation_is_left_over() -> None:
    assert help_texts() == set(HELP_ES)


@pytest.mark.parametrize("name", [name for name, _ in every_command()])
def test_a_help_page_is_in_one_language_and_fits(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = f"{name.removeprefix('puente')} --help".strip()
    spanish = said(arguments, "es", monkeypatch, capsys)
    assert spanish.startswith(f"Uso: {name} [OPCIONES]")
    for word in ("Usage", "Options", "Show this", "default:", "INTEGER", "FILE", "TEXT ", "Commands"):
        assert word not in spanish
    assert max(len(line) for line in spanish.splitlines()) <= 80
    english = said(arguments, "en", monkeypatch, capsys)
    assert english.startswith(f"Usage: {name} [OPTIONS]")
    assert "Opciones" not in english


@pytest.mark.parametrize("arguments", BROKEN)
def test_a_wrong_command_line_is_refused_in_spanish(
    arguments: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(arguments, "es", monkeypatch, capsys).strip() == BROKEN[arguments]
    assert "Error: " in said(arguments, "en", monkeypatch, capsys)


def test_a_mistyped_command_gets_a_suggestion_in_english_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "Did you mean 'qualify'?" in said("qualfy", "en", monkeypatch, capsys)
    assert "Did you mean" not in said("xyzzy", "en", monkeypatch, capsys)


def test_a_command_said_in_spanish_leaves_the_english_one_as_it_was() -> None:
    before = puente.help
    assert in_spanish(puente).help != before
    assert puente.help == before


@pytest.mark.parametrize(
    ("name", "text", "usage"),
    [
        (".env", "OTHER=x\nexport PUENTE_LOCALE='en'\n", "Usage:"),
        ("puente.toml", 'locale = "en"\n', "Usage:"),
        ("puente.toml", "locale = [", "Uso:"),
        (".env", "PUENTE_LOCALE=es\n", "Uso:"),
    ],
)
def test_help_speaks_the_language_of_the_settings_files(
    name: str,
    text: str,
    usage: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text(text)
    assert said("--help", "", monkeypatch, capsys).startswith(usage)
