"""`puente demo` and `puente sandbox`: what a newcomer sees first."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from connector.bootstrap import Root
from tests.e2e.command_line import CommandLine

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("es", ["Antes y después", "Lo que ve ventas", "SQL: pidió una demo", "Contactar SQL", "0 escrituras", "mNQL"]),
        ("en", ["Before and after", "What sales sees", "SQL: asked for a demo", "Contact SQL", "0 writes", "mNQL"]),
    ],
)
@pytest.mark.parametrize("columns", ["80", "120"])
def test_the_demo_shows_stages_reasons_tasks_and_that_repeating_writes_nothing(
    puente: CommandLine, locale: str, words: list[str], columns: str
) -> None:
    puente.monkeypatch.setenv("COLUMNS", columns)
    ran = puente("demo", LOCALE=locale)
    assert ran.code == 0, ran.err
    assert ran.err == ""
    for word in words:
        assert word in ran.out
    assert max(len(line) for line in ran.out.splitlines()) <= int(columns)
    assert list(puente.folder.iterdir()) == []


def test_every_person_shown_has_three_lines_of_reasons(puente: CommandLine) -> None:
    puente.monkeypatch.setenv("COLUMNS", "240")
    out = puente("demo", LOCALE="en").out
    shown = out.split("What sales sees")[1].split("The tasks, read back")[0]
    blocks = re.split(r"\n (?:SQL|MQL)  [A-D][1-4]  ", shown)[1:]
    assert len(blocks) == 8
    for block in blocks:
        assert len([line for line in block.splitlines()[1:] if line.startswith("   ")]) == 3


def test_the_demo_tells_the_same_of_both_crms(puente: CommandLine) -> None:
    puente.monkeypatch.setenv("COLUMNS", "240")
    now = datetime.now(UTC)  # the same moment for both: scores fade by the second
    hubspot, salesforce = (
        puente("demo", "--crm", crm, root=Root(clock=lambda: now), LOCALE="en") for crm in ("hubspot", "salesforce")
    )
    assert salesforce.code == 0, salesforce.err
    assert salesforce.err == ""
    for title in ("Before and after", "The tasks, read back", "An mNQL is not", "Once more"):
        assert section(salesforce.out, title) == section(hubspot.out, title)
    assert headlines(salesforce.out) == headlines(hubspot.out)
    assert "puente sandbox --crm salesforce" in salesforce.out
    assert list(puente.folder.iterdir()) == []


def section(out: str, title: str) -> list[str]:
    """Return the lines under a heading; the time a run took is nobody's to compare."""
    lines = out.split(title)[1].split("\n\n")[0].splitlines()
    return [line.rstrip() for line in lines if not line.startswith("All of it in")]


def headlines(out: str) -> list[str]:
    """Return who is shown, with stage and grade, and the reason for the stage."""
    shown = out.split("What sales sees")[1].split("The tasks, read back")[0]
    return re.findall(r"\n (?:SQL|MQL)  [A-D][1-4]  .*\n.*", shown)


def test_the_demo_ignores_the_settings_of_the_machine(puente: CommandLine) -> None:
    ran = puente("demo", "--people", "12", HUBSPOT__BASE_URL="http://127.0.0.1:9", HUBSPOT__ACCESS_TOKEN="none")
    assert ran.code == 0, ran.err


@pytest.mark.parametrize(
    ("crm", "counted", "exported"),
    [
        ("hubspot", ["contacts"], "HUBSPOT__BASE_URL"),
        ("salesforce", ["Lead", "Contact"], "SALESFORCE__INSTANCE_URL"),
    ],
)
def test_the_sandbox_says_how_to_use_it_and_ends_quietly_when_interrupted(
    tmp_path: Path, crm: str, counted: list[str], exported: str
) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PUENTE_")}
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from connector.cli import main; main()",
            "sandbox",
            "--crm",
            crm,
            "--port",
            "0",
            "--people",
            "3",
        ],
        env={**environment, "PYTHONPATH": str(PROJECT), "PUENTE_LOCALE": "en"},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    ready = process.stdout.readline()
    url = re.search(r"http://\S+", ready)
    assert url, ready
    state = httpx.get(f"{url.group()}/_sandbox/state", trust_env=False, timeout=300).json()
    assert sum(state["counts"][kind] for kind in counted) == 3
    page = httpx.get(url.group(), trust_env=False, timeout=300).text
    assert '<html lang="en">' in page
    assert "times in Europe/Madrid" in page
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=300)
    assert process.returncode == 0
    assert f"export PUENTE_CRM={crm}\n" in said
    assert f"export PUENTE_{exported}={url.group()}" in said
    assert "Traceback" not in said


def test_a_fault_rule_nobody_understands_is_refused_before_serving(puente: CommandLine) -> None:
    (puente.folder / "faults.json").write_text('{"rules": [{"mtach": "POST"}]}')
    ran = puente("sandbox", "--port", "0", "--faults", "faults.json")
    assert ran.code == 2
    assert "mtach" in ran.err
    (puente.folder / "faults.json").write_text("[")
    assert puente("sandbox", "--port", "0", "--faults", "faults.json").code == 2


def test_a_taken_port_is_named(puente: CommandLine) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = puente("sandbox", "--port", str(port))
    assert ran.code == 2
    assert str(port) in ran.err
