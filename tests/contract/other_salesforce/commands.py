"""Run the real command line against an organisation: a process of its own in an empty folder, or in this process."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from adapters.salesforce.adapter import SalesforceCrm
from connector.bootstrap import Root, Rules
from connector.bootstrap_salesforce import salesforce_connection
from connector.cli.app import run
from connector.domain.model_reach import horizon_days, used_attributes
from connector.live.clock import Clock, system_clock
from connector.ports import Crm
from connector.settings import Settings
from tests.contract.other_hubspot.pace import Pace
from tests.contract.other_salesforce.access import CLIENT_ID, CLIENT_SECRET
from tests.contract.other_salesforce.server import OtherSalesforce

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


def environment(served: OtherSalesforce, more: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PUENTE_")}
    wanted = {
        **kept,
        "PUENTE_CRM": "salesforce",
        "PUENTE_SALESFORCE__INSTANCE_URL": served.url,
        "PUENTE_SALESFORCE__CLIENT_ID": CLIENT_ID,
        "PUENTE_SALESFORCE__CLIENT_SECRET": CLIENT_SECRET,
        "PUENTE_LOCALE": "en",
        **more,
    }
    return {name: value for name, value in wanted.items() if value != ""}


def puente(
    served: OtherSalesforce, folder: Path, *words: str, settings: Mapping[str, str], seconds: float = 600
) -> Run:
    """Run one command to its end; a setting given as "" is left out."""
    started = time.monotonic()
    done = subprocess.run(
        [*COMMAND, *words], cwd=folder, env=environment(served, settings), capture_output=True, text=True,
        timeout=seconds, check=False,
    )  # fmt: skip
    return Run(done.returncode, done.stdout, done.stderr, time.monotonic() - started)


def puente_here(
    served: OtherSalesforce,
    folder: Path,
    *words: str,
    more: Mapping[str, str],
    pace: Pace,
    clock: Clock = system_clock,
    bulk_threshold: int = 10_000,
) -> Run:
    """Run a command in this process, where nothing really waits and the clock is passed in."""
    out, err = io.StringIO(), io.StringIO()
    named = {
        name.removeprefix("PUENTE_").lower(): value
        for name, value in environment(served, more).items()
        if name.startswith("PUENTE_")
    }

    @contextmanager
    def hurried(settings: Settings, rules: Rules, *, whole_past: bool = False) -> Iterator[Crm]:
        crm = SalesforceCrm(
            replace(salesforce_connection(settings), bulk_threshold=bulk_threshold),
            rules.mapping,
            rules.model.used_kinds,
            used_attributes(rules.model),
            None if whole_past else horizon_days(rules.model),
            pace.seconds,
            pace.sleep,
        )
        with closing(crm):
            yield crm

    def settle_settings() -> Settings:
        inner = {name.removeprefix("salesforce__"): value for name, value in named.items() if "__" in name}
        rest = {name: value for name, value in named.items() if "__" not in name}
        return Settings.model_validate({"state": str(folder / "state.db"), **rest, "salesforce": inner})

    started = time.monotonic()
    with redirect_stdout(out), redirect_stderr(err):
        code = run(words, Root(load_settings=settle_settings, open_crm=hurried, clock=clock))
    return Run(code, out.getvalue(), err.getvalue(), time.monotonic() - started)
