"""Generate docs/reference/commands.md from the command line itself. `--check` only compares."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Final

import click
from generated_page import REFERENCE, write_or_check

from connector.cli.app import puente

WIDTH: Final = 96

HEAD: Final = """# Commands

Generated from the commands themselves by `make docs`; it is what `--help` says of each.

Data goes to stdout, talk to stderr. With `--json`, stdout carries JSON only. The language of tables and messages is
`PUENTE_LOCALE`.

| exit code | means |
|---|---|
| 0 | done |
| 1 | failed: the CRM could not do it, or somebody was parked, or a golden case does not hold |
| 2 | an argument, a setting or a file is wrong; the message says what, where, and what to do |
| 130 | interrupted; what is written stays written, and the same command goes on from there |
"""


def list_commands(group: click.Group = puente) -> Iterator[tuple[str, click.Command, click.Context]]:
    """Yield every command with its full name and a context of fixed width."""
    top = click.Context(group, info_name="puente", **{**group.context_settings, "terminal_width": WIDTH})
    yield "puente", group, top
    for name in group.list_commands(top):
        command = group.get_command(top, name)
        if command is None:
            raise LookupError(f"puente {name} is listed and does not exist")
        context = click.Context(command, info_name=name, parent=top)
        yield f"puente {name}", command, context
        for below_name, below in command.commands.items() if isinstance(command, click.Group) else ():
            yield f"puente {name} {below_name}", below, click.Context(below, info_name=below_name, parent=context)


def build_page() -> str:
    sections = (
        f"\n## `{name}`\n\n```text\n{command.get_help(context).rstrip()}\n```\n"
        for name, command, context in list_commands()
    )
    return HEAD + "".join(sections)


if __name__ == "__main__":
    sys.exit(write_or_check({REFERENCE / "commands.md": build_page()}))
