"""Offer a command line, bare or pointed at a portal of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.contract.hubspot_world import World, portal
from tests.e2e.command_line import CommandLine, settings_for


@pytest.fixture
def puente(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> CommandLine:
    """Run commands in an empty folder without any setting of the machine."""
    for name in list(os.environ):
        if name.startswith("PUENTE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "80")
    return CommandLine(monkeypatch, capsys, tmp_path)


@dataclass
class Office:
    """Hold a portal and a command line that knows it."""

    world: World
    puente: CommandLine

    def writes_since(self, seq: int) -> list[str]:
        return [f"{entry['method']} {entry['path']}" for entry in self.world.journal(seq) if entry["touched"]]


@pytest.fixture
def office(puente: CommandLine, tmp_path: Path) -> Iterator[Office]:
    """Serve two dozen people in a portal with our fields."""
    with portal(24) as world:
        puente.settings.update(settings_for(world.url, tmp_path))
        yield Office(world, puente)
