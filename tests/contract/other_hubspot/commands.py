"""Run the real command line against a portal, as a user would: a process of its own, in an empty folder."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.hubspot.adapter import HubSpotCrm
from connector.bootstrap import Root, Rules
from connector.bootstrap_hubspot import hubspot_connection
from connector.cli.app import run
from connector.domain.model_reach import horizon_days, used_attributes
from connector.live.clock import Clock, system_clock
from connector.ports import Crm
from connector.settings import Settings
from tests.contract.other_hubspot.pace import Pace
from tests.contract.other_hubspot.server import OtherHubSpot

COMMAND = [sys.executable, "-c", "from connector.cli import main; main()"]


@dataclass(frozen=True)
class Run:
    """Hold what one command did."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def people(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines() if line.startswith("{")]

    @property
    def outcomes(self) -> dict[str, str]:
        return {line["object_id"]: line["outcome"] for line in self.people}


def environment(hub: OtherHubSpot, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PUENTE_")}
    return {
        **kept,
        "PUENTE_HUBSPOT__BASE_URL": hub.url,
        "PUENTE_HUBSPOT__ACCESS_TOKEN": "pat-eu1-good",
        "PUENTE_LOCALE": "en",
        **more,
    }


def puente(hub: OtherHubSpot, folder: Path, *words: str, seconds: float = 600, **more: str) -> Run:
    """Run one command to its end; a setting given as "" is left out."""
    settings = {name: value for name, value in environment(hub, **more).items() if value != ""}
    started = time.monotonic()
    done = subprocess.run(
        [*COMMAND, *words], cwd=folder, env=settings, capture_output=True, text=True, timeout=seconds, check=False
    )
    return Run(done.returncode, done.stdout, done.stderr, time.monotonic() - started)


def puente_here(
    hub: OtherHubSpot,
    folder: Path,
    *words: str,
    pace: Pace | None = None,
    clock: Clock = system_clock,
    **more: str,
) -> Run:
    """Run a command in this process, where nothing really waits and the clock is passed in."""
    time_told = pace or Pace()
    settings = {name: value for name, value in environment(hub, **more).items() if value != ""}
    named = {key.removeprefix("PUENTE_").lower(): value for key, value in settings.items() if key.startswith("PUENTE_")}
    out, err = io.StringIO(), io.StringIO()

    @contextmanager
    def hurried(settings: Settings, rules: Rules, *, whole_past: bool = False) -> Iterator[Crm]:
        crm = HubSpotCrm(
            hubspot_connection(settings),
            rules.mapping,
            rules.model.used_kinds,
            used_attributes(rules.model),
            None if whole_past else horizon_days(rules.model),
            time_told.seconds,
            time_told.sleep,
        )
        with closing(crm):
            yield crm

    def settle_settings() -> Settings:
        hubspot = {key.removeprefix("hubspot__"): value for key, value in named.items() if key.startswith("hubspot__")}
        rest = {key: value for key, value in named.items() if "__" not in key}
        return Settings.model_validate({"state": str(folder / "state.db"), **rest, "hubspot": hubspot})

    started = time.monotonic()
    with redirect_stdout(out), redirect_stderr(err):
        code = run(words, Root(load_settings=settle_settings, open_crm=hurried, clock=clock))
    return Run(code, out.getvalue(), err.getvalue(), time.monotonic() - started)
