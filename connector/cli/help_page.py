"""Say commands, their help and their refusals in Spanish; English is how they are written.

The commands are copied, never changed: one process may serve both languages.
"""

from __future__ import annotations

import copy
import inspect
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import click

from connector.cli.phrases_help_es import (
    DID_YOU_MEAN_ES,
    EXTRAS_ES,
    FRAME_ES,
    HELP_ES,
    NO_SUCH_COMMAND_ES,
    NO_SUCH_OPTION_ES,
    REFUSALS_ES,
)

_EXTRA: Final = re.compile(r"(?P<help>.*?)(?P<extra>  \[[^\]]*\])?")


class SpanishFormatter(click.HelpFormatter):
    """Write the frame of a help page in Spanish."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, _framed(args), "Uso: " if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        super().write_heading(FRAME_ES.get(heading, heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        super().write_dl([(_framed(name), _row(text)) for name, text in rows], col_max, col_spacing)


class SpanishContext(click.Context):
    formatter_class = SpanishFormatter


def in_spanish(command: click.Command) -> click.Command:
    """Return a copy of a command, and of those below it, whose help is Spanish."""
    said = copy.copy(command)
    said.context_class = SpanishContext
    said.help, said.epilog, said.short_help = _translated(command.help), _translated(command.epilog), None
    said.params = [_param_in_spanish(param) for param in command.params]
    if isinstance(said, click.Group):
        said.commands = {name: in_spanish(below) for name, below in said.commands.items()}
    return said


def _param_in_spanish(param: click.Parameter) -> click.Parameter:
    said = copy.copy(param)
    if isinstance(said, click.Option):
        said.help = _translated(said.help)
    return said


def paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs of a help text, each on one line: the keys of the catalogue."""
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(text)):
        yield " ".join(paragraph.split())


def one_line_in_spanish(line: str) -> str:
    return HELP_ES.get(line, line)


def _translated(text: str | None) -> str | None:
    if text is None:
        return None
    return "\n\n".join(HELP_ES.get(paragraph, paragraph) for paragraph in paragraphs(text))


def _framed(text: str) -> str:
    for english, spanish in FRAME_ES.items():
        text = text.replace(english, spanish) if english.isupper() or english.startswith("[") else text
    return text


def _row(text: str) -> str:
    found = _EXTRA.fullmatch(text)
    if found is None:
        return text
    extra = found["extra"] or ""
    for english, spanish in EXTRAS_ES.items():
        extra = extra.replace(english, spanish)
    return FRAME_ES.get(found["help"], found["help"]) + extra


def refusal_in_spanish(error: click.ClickException) -> str:
    """Return what is wrong with a command line, and where help is."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    said = _refused(error)
    return f"{said} — consulte `{context.command_path} --help`" if context else said


def _refused(error: click.ClickException) -> str:
    match error:
        case click.NoSuchOption():
            return NO_SUCH_OPTION_ES.format(name=error.option_name) + _did_you_mean(error.possibilities)
        case click.exceptions.NoSuchCommand():
            return NO_SUCH_COMMAND_ES.format(name=error.command_name) + _did_you_mean(error.possibilities)
    said = error.format_message()
    for pattern, spanish in REFUSALS_ES.items():
        if found := re.fullmatch(pattern, said, re.DOTALL):
            return spanish.format(**found.groupdict())
    return said


def _did_you_mean(possibilities: Sequence[str] | None) -> str:
    """Name what somebody may have meant, the likeliest first."""
    return DID_YOU_MEAN_ES.format(near=" o ".join(possibilities)) if possibilities else ""
