"""Measure from a change in the CRM to the field sales sees: ring, verify, queue, read, decide, write.

`puente serve` runs as a process of its own beside a sandbox portal that signs and rings as HubSpot does. Both instants
are the portal's: when it was told of the event, and when the write had reached it. One person every second, so that
what is measured is the walk: neither a queue nor the wait for the rate HubSpot permits.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

sys.path.insert(0, str(Path(__file__).parents[1]))

from adapters.hubspot.connection import HubSpotConnection
from adapters.hubspot.install import install
from sandbox.server import serve_in_process
from tests.contract.hubspot_world import TOKEN

PEOPLE = 60
SECRET = "client-secret"
PATIENCE_SECONDS = 30.0
PACE_SECONDS = 1.0


@contextmanager
def served(portal: str) -> Iterator[str]:
    """Run `puente serve` for a portal; give the address of its door."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}/hubspot/webhook"
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "said").open("wb") as said:
        own = {
            "PUENTE_HUBSPOT__BASE_URL": portal, "PUENTE_HUBSPOT__ACCESS_TOKEN": TOKEN,
            "PUENTE_HUBSPOT__APP_ID": "54321", "PUENTE_HUBSPOT__CLIENT_SECRET": SECRET,
            "PUENTE_HUBSPOT__WEBHOOK_URL": url, "PUENTE_STATE": "state.db",
        }  # fmt: skip
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PUENTE_")}
        command = [sys.executable, "-c", "from connector.cli import main; main()", "serve", "--port", str(port)]
        path = {"PYTHONPATH": str(Path(__file__).parents[1])}
        process = subprocess.Popen(command, env={**kept, **own, **path}, cwd=folder, stdout=said, stderr=said)
        try:
            wait_until_healthy(f"http://127.0.0.1:{port}/healthz")
            yield url
        finally:
            process.kill()
            process.wait()


def wait_until_healthy(url: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            httpx.get(url, trust_env=False)
        except httpx.TransportError:
            assert time.monotonic() < deadline, "puente serve did not answer"
            time.sleep(0.1)
        else:
            return


def milliseconds_until_written(control: httpx.Client, person: str) -> float:
    """Let a person ask for a demo; return how long it took until their record was written."""
    since = control.get("journal").json()["last"]
    before = time.time()
    event = {"kind": "form_submitted", "form": "Solicitar demo"}
    control.post("timeline", json={"person": person, "event": event, "ring": False}).raise_for_status()
    control.post("edit", json={"person": person, "set": {"jobtitle": f"Directora {since}"}}).raise_for_status()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        for entry in control.get("journal", params={"since": since}).json()["entries"]:
            if entry["path"].endswith("contacts/batch/update") and f"contacts:{person}" in entry["touched"]:
                return (to_seconds(entry["at"]) - before) * 1000
        time.sleep(0.01)
    raise AssertionError(f"{person} was never written")


def paced(people: Iterable[str]) -> Iterator[str]:
    """Yield one person every second."""
    for person in people:
        before = time.monotonic()
        yield person
        time.sleep(max(0.0, PACE_SECONDS - (time.monotonic() - before)))


def to_seconds(at: Any) -> float:
    return float(at) if isinstance(at, int | float) else datetime.fromisoformat(at).timestamp()


def main() -> None:
    with serve_in_process("--people", str(PEOPLE), "--seed", "5") as portal:
        install(HubSpotConnection(base_url=portal, access_token=TOKEN), "es")
        with served(portal) as url, httpx.Client(base_url=f"{portal}/_sandbox/", trust_env=False) as control:
            control.post("webhooks", json={"target": url, "secret": SECRET}).raise_for_status()
            people = [one["id"] for one in control.get("state").json()["people"] if not one["archived"]]
            took = sorted(milliseconds_until_written(control, person) for person in paced(people))
    print(f"from the change in the CRM to the written field, {len(took)} people, one at a time")
    print(
        f"  p50 {statistics.median(took):6.0f} ms   p95 {took[int(len(took) * 0.95)]:6.0f} ms   most {took[-1]:6.0f} ms"
    )


if __name__ == "__main__":
    main()
