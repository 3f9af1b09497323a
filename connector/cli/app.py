"""Find the command, run it, and turn whatever happens into one of the exit codes 0, 1, 2 and 130."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import click

from connector.cli.failures import report_failure
from connector.cli.help_page import in_spanish, one_line_in_spanish
from connector.cli.session import Session
from connector.log import configure_logging

if TYPE_CHECKING:
    from connector.bootstrap import Root

COMMANDS: Final = {
    "demo": ("connector.cli.demo", "Qualify invented people in a sandbox CRM and show what sales would see."),
    "sandbox": ("connector.cli.sandbox_server", "Serve a sandbox CRM to try things on."),
    "init": ("connector.cli.init", "Begin here: write the settings and copies of model and mapping to edit."),
    "check": ("connector.cli.check", "Check model, mapping and golden cases; --live: the CRM's schema, too."),
    "install": ("connector.cli.install", "Create Puente's fields, permissions and doorbells; safe to repeat."),
    "uninstall": ("connector.cli.uninstall", "Remove what Puente made in the CRM, and say what data goes with it."),
    "doctor": ("connector.cli.doctor", "Look whether everything is in place, and say what to do; writes nothing."),
    "qualify": ("connector.cli.qualify", "Decide people's stages and write them, with reasons and sales tasks."),
    "serve": ("connector.cli.serve", "Answer the CRM's webhooks on this machine, seconds after they ring."),
    "queue": ("connector.cli.queue", "See what waits and what was parked, and put it back."),
    "snapshot": ("connector.cli.snapshot", "Copy the whole base to this machine, to plan and learn from."),
    "backtest": (
        "connector.cli.backtest",
        "Test the model on the past: would it have found the customers, how early, for how many tasks?",
    ),
    "calibrate": (
        "connector.cli.calibrate",
        "Propose better points, half-lives and thresholds from what was won and lost.",
    ),
    "import": (
        "connector.cli.import_score",
        "Bring the rules of a score that the CRM keeps into a model file, and compare both.",
    ),
    "report": ("connector.cli.report", "Write the page for the weekly meeting: what to change on Monday, and why."),
    "explain": ("connector.cli.explain", "Show one decision and every point of it, now or as of an instant."),
    "plan": ("connector.cli.plan", "See what a model would do to everybody, before anybody feels it."),
    "apply": ("connector.cli.apply", "Do exactly what a plan says, and account for every line of it."),
}
"""Command → module with its `command`, and the line of `--help`: the modules are loaded when they run."""


class LazyGroup(click.Group):
    """Load a command's module when the command is asked for, so that `--help` is instant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = import_module(COMMANDS[cmd_name][0]).command
        if not isinstance(command, click.Command):
            return None
        return in_spanish(command) if _is_spanish(ctx) else command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Look a command up; click would compare a mistyped one with those already loaded, which are none."""
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            raise click.exceptions.NoSuchCommand(error.command_name, possibilities=COMMANDS, ctx=ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        lines = {name: line for name, (_, line) in COMMANDS.items()}
        if _is_spanish(ctx):
            lines = {name: one_line_in_spanish(line) for name, line in lines.items()}
        with formatter.section("Commands"):
            formatter.write_dl(list(lines.items()))


def _is_spanish(ctx: click.Context) -> bool:
    session = ctx.find_object(Session)
    return session is not None and session.locale == "es"


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="Qualify the people in your own CRM: stages with reasons, and one sales task per handoff.",
    epilog="Settings: environment (PUENTE_…), .env or puente.toml. Language of the output: PUENTE_LOCALE=es|en.",
)
@click.version_option(package_name="puente-crm", message="puente %(version)s")
def puente() -> None:
    """Hold the commands."""


def run(arguments: Sequence[str], root: Root | None = None) -> int:
    """Run a command line and return its exit code. Nothing but an exit request is ever raised."""
    for stream in (sys.stdout, sys.stderr):
        _never_fail_to_encode(stream)
    session = Session(root)
    # Everything a warning would say is in the summaries, for people; PUENTE_LOG=warning asks for the lines.
    configure_logging(default="ERROR")
    try:
        command = in_spanish(puente) if session.locale == "es" else puente
        code = command.main(list(arguments), prog_name="puente", standalone_mode=False, obj=session)
    except Exception as error:  # noqa: BLE001 - the last door: no traceback reaches a user
        return report_failure(error, session)
    return code if isinstance(code, int) else 0


def _never_fail_to_encode(stream: Any) -> None:
    """Let a terminal that cannot show a character show a question mark instead of ending the run."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="replace")
