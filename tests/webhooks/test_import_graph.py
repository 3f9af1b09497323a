"""What a receiver loads before it can answer, counted in a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = {
    "adapters", "adapters.hubspot", "adapters.hubspot.webhook", "adapters.hubspot.webhook_events",
    "adapters.salesforce",
    "adapters.salesforce.ids", "adapters.salesforce.webhook", "adapters.salesforce.webhook_events", "connector",
    "connector.errors", "connector.live", "connector.live.doorbell", "webhooks", "webhooks.aws", "webhooks.parameters",
    "webhooks.receive", "webhooks.receive_answer", "webhooks.receive_hubspot", "webhooks.receive_salesforce",
    "webhooks.sqs_send",
}  # fmt: skip
HEAVY = {"asyncio", "sqlite3", "concurrent", "multiprocessing", "xml.etree", "unittest", "zoneinfo", "subprocess"}


def loaded_by(statement: str) -> set[str]:
    code = f"import sys; before = set(sys.modules); {statement}; print(*(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    return set(done.stdout.split())


def test_a_receiver_loads_its_parsers_and_the_standard_library() -> None:
    loaded = loaded_by("import webhooks.receive")
    ours = {
        name for name in loaded if name.split(".")[0] in ("connector", "adapters", "webhooks", "mappings", "sandbox")
    }
    assert ours == OURS
    foreign = {name.split(".")[0] for name in loaded - ours} - set(sys.stdlib_module_names)
    assert foreign == set()
    assert HEAVY & loaded == set()
