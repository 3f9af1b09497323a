"""Run the command line in this process, against a sandbox portal, and keep what it said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from connector.bootstrap import Root
from connector.cli.app import run
from tests.contract.hubspot_world import TOKEN


@dataclass(frozen=True)
class Ran:
    """Hold one finished command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass
class CommandLine:
    """Run commands with settings of their own and nothing of the machine's."""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str, root: Root | None = None, **settings: str) -> Ran:
        with self.monkeypatch.context() as patch:
            patch.chdir(self.folder)
            for name, value in {**self.settings, **settings}.items():
                patch.setenv(f"PUENTE_{name}", value)
            self.capsys.readouterr()
            code = run(arguments, root)
            said = self.capsys.readouterr()
        return Ran(code, said.out, said.err)


def settings_for(url: str, folder: Path) -> Mapping[str, str]:
    return {
        "HUBSPOT__BASE_URL": url,
        "HUBSPOT__ACCESS_TOKEN": TOKEN,
        "HUBSPOT__APP_ID": "54321",
        "STATE": str(folder / "state.db"),
    }
