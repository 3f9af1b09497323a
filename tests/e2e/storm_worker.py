"""Be one worker of a storm: answer doorbells with the settings of the environment until killed."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from connector.bootstrap import build_ledger, build_qualifier, build_queue, load_rules, open_crm
from connector.live.clock import system_clock
from connector.live.work import Worker
from connector.live.work_policy import WorkPolicy
from connector.settings import load_settings

MOST_TAKEN = 300


def main(lease_seconds: float, log: Path) -> None:
    """Work; one line of the log per piece of work, written at once so that a kill cannot tear it."""
    settings = load_settings()
    rules = load_rules(settings)
    queue = build_queue(settings, clock=system_clock)
    with open_crm(settings, rules) as crm, log.open("ab", buffering=0) as lines:
        account = crm.account()
        qualifier = build_qualifier(settings, rules, crm, build_ledger(settings, account), clock=system_clock)
        worker = Worker(settings.crm, account, qualifier, WorkPolicy(lease_seconds=lease_seconds))
        while True:
            report = worker.run_once(queue, MOST_TAKEN)
            if not report.taken:
                time.sleep(0.05)
                continue
            told = {
                "pid": os.getpid(), "taken": report.taken, "stale": report.stale, "people": report.people,
                "written": report.written, "later": len(report.later), "parked": len(report.parked),
            }  # fmt: skip
            lines.write(json.dumps(told).encode() + b"\n")


if __name__ == "__main__":
    main(float(sys.argv[1]), Path(sys.argv[2]))
