"""Hold the unit and the container file of the page on serving to what can be checked here."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from connector.cli.serve import command

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "serve-without-aws.md").read_text()


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def options_of(words: list[str]) -> dict[str, object]:
    """Read the words after `puente serve` as the command does. Raises ClickException for what it does not know."""
    at = words.index("serve")
    assert words[at - 1].endswith("puente")
    with click.Context(command) as context:
        return dict(command.make_context("serve", words[at + 1 :], parent=context).params)


def test_unit_and_container_start_a_command_that_exists() -> None:
    started = re.search(r"^ExecStart=(.*)$", block("ini"), re.MULTILINE)
    assert started is not None
    assert options_of(shlex.split(started[1]))["port"] == 8788
    container = re.search(r"^CMD (.*)$", block("dockerfile"), re.MULTILINE)
    assert container is not None
    assert options_of(json.loads(container[1]))["host"] == "0.0.0.0"


def test_the_container_installs_extras_that_exist() -> None:
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    extras = re.search(r"/src\[(.*?)\]", block("dockerfile"))
    assert extras is not None
    for extra in extras[1].split(","):
        assert re.search(rf"^{extra} = \[", project, re.MULTILINE)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed here")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    """The program need not be there to read the unit, and is not: another one stands for it."""
    unit = tmp_path / "puente.service"
    unit.write_text(block("ini").replace("/usr/local/bin/puente", shutil.which("env") or "/usr/bin/env"))
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert "puente.service:" not in done.stderr
    assert done.returncode == 0, done.stderr
