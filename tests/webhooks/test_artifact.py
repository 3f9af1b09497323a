"""Build the artifacts, unpack them, run them under AWS's runtime client, and ring from end to end."""

from __future__ import annotations

import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.hubspot.connection import HubSpotConnection
from adapters.hubspot.install import install
from sandbox.server import serve_in_process
from tests.contract.hubspot_world import TOKEN
from tests.webhooks.cloud import Cloud, environment, store_secrets
from tests.webhooks.functions import ONLY_LINUX, THIS_PLATFORM, THIS_PYTHON, Deployed, gateway, names, unpack
from tests.webhooks.lambda_runtime import FunctionError, RuntimeApi, start_function
from tests.webhooks.test_import_graph import OURS
from webhooks.bundle import Artifact, build
from webhooks.dynamodb import DynamoLedger

SECRET = "client-secret"
pytestmark = ONLY_LINUX


def test_the_receivers_carry_what_they_load_and_nothing_else(artifacts: dict[str, Artifact]) -> None:
    sources = {name for name in names(artifacts["receiver"]) if name.endswith(".py")}
    assert {name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in sources} == OURS
    assert artifacts["receiver"].packed_bytes < 200_000


def test_the_worker_carries_no_command_line_no_sandbox_and_no_vendor_sdk(artifacts: dict[str, Artifact]) -> None:
    tops = {name.split("/")[0] for name in names(artifacts["worker"])}
    assert {"adapters", "connector", "mappings", "webhooks", "httpx", "pydantic", "orjson", "yaml"} <= tops
    assert {"sandbox", "tests", "click", "rich", "hubspot", "simple_salesforce", "boto3", "bin"} & tops == set()
    inside = {name for name in names(artifacts["worker"]) if name.endswith(".py")}
    assert {
        name for name in inside if "/cli/" in name or name.startswith(("webhooks/local", "webhooks/bundle"))
    } == set()
    assert {"mappings/model.yaml", "mappings/hubspot.yaml"} <= set(names(artifacts["worker"]))


def test_compiled_code_is_shipped_and_tells_no_place_of_this_machine(artifacts: dict[str, Artifact]) -> None:
    for artifact in artifacts.values():
        assert artifact.is_compiled
        ours = [name for name in names(artifact) if name.split("/")[0] in ("adapters", "connector", "webhooks")]
        assert sum(name.endswith(".pyc") for name in ours) == sum(name.endswith(".py") for name in ours)
        with zipfile.ZipFile(artifact.path) as archive:
            compiled = archive.read(next(name for name in ours if name.endswith("errors.cpython-" + tag() + ".pyc")))
        assert b"/var/task/connector/errors.py" in compiled
        assert str(artifact.path.parent).encode() not in compiled


def tag() -> str:
    return THIS_PYTHON.replace(".", "")


def test_the_same_sources_give_the_same_bytes(artifacts: dict[str, Artifact], tmp_path: Path) -> None:
    again = {one.path.stem: one for one in build(tmp_path, THIS_PYTHON, THIS_PLATFORM)}
    assert again["receiver"].path.read_bytes() == artifacts["receiver"].path.read_bytes()


def test_what_is_deployed_holds_code_for_arm64_and_its_python_alone(tmp_path: Path) -> None:
    """The artifact of `make package`: nothing here can execute it, so its names are all that can be held."""
    built = {one.path.stem: one for one in build(tmp_path, "3.13", "aarch64-manylinux2014")}
    binaries = [name for name in names(built["worker"]) if ".so" in Path(name).suffixes]
    assert binaries
    assert [name for name in binaries if not name.endswith(("-313-aarch64-linux-gnu.so", ".abi3.so"))] == []
    for artifact in built.values():
        compiled = {name.split(".")[-2] for name in names(artifact) if name.endswith(".pyc")}
        assert compiled == ({"cpython-313"} if artifact.is_compiled else set())


def test_every_module_of_the_worker_loads_from_its_artifact_alone(
    artifacts: dict[str, Artifact], tmp_path: Path
) -> None:
    """Some modules stay out of the functions; what is in must not need them."""
    worker = unpack(artifacts["worker"], tmp_path)
    ours = [name for name in names(artifacts["worker"]) if name.split("/")[0] in ("adapters", "connector", "webhooks")]
    modules = [name.removesuffix(".py").replace("/", ".") for name in ours if name.endswith(".py")]
    code = "import sys, importlib; [importlib.import_module(name.removesuffix('.__init__')) for name in sys.argv[1:]]"
    done = subprocess.run(
        [str(Path(sys.base_prefix) / "bin" / "python3"), "-S", "-B", "-c", code, *modules],
        env={"PYTHONPATH": str(worker)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@dataclass
class HubSpotFunctions(Deployed):
    """Hold the functions a portal rings at, too."""

    review: RuntimeApi
    ledger: DynamoLedger


@pytest.fixture
def deployed(artifacts: dict[str, Artifact], cloud: Cloud, tmp_path: Path) -> Iterator[HubSpotFunctions]:
    receiver, worker = (unpack(artifacts[name], tmp_path) for name in ("receiver", "worker"))
    store_secrets(cloud, {"client-secret": SECRET, "access-token": TOKEN})
    queue_url = cloud.make_queue()
    with serve_in_process("--people", "12", "--seed", "3") as portal, gateway() as door:
        install(HubSpotConnection(base_url=portal, access_token=TOKEN), "es")
        url = f"{door.url}/hubspot/webhook"
        both = {**environment(cloud), "PUENTE_QUEUE": queue_url, "PUENTE_HUBSPOT__APP_ID": "54321",
                "PUENTE_HUBSPOT__WEBHOOK_URL": url}  # fmt: skip
        of_receiver = {**both, "PUENTE_PARAMETERS": "PUENTE_HUBSPOT__CLIENT_SECRET=/puente/test/client-secret"}
        table = cloud.make_table()
        of_worker = {
            **both, "PUENTE_STATE": f"dynamodb://{table.name}", "PUENTE_HUBSPOT__BASE_URL": portal,
            "PUENTE_SHADOW_MODEL": "mappings/model.yaml",
            "PUENTE_PARAMETERS": "PUENTE_HUBSPOT__ACCESS_TOKEN=/puente/test/access-token",
        }  # fmt: skip
        with (
            start_function(receiver, "webhooks/receive.receive_hubspot", of_receiver, tmp_path) as receive,
            start_function(worker, "webhooks/work.work", of_worker, tmp_path) as work,
            start_function(worker, "webhooks/review_due.review_due", of_worker, tmp_path) as review,
        ):
            door.behind = receive
            deployed = HubSpotFunctions(portal, cloud, queue_url, work, review, DynamoLedger(table, "hubspot:62515"))
            deployed.ask("POST", "webhooks", {"target": url, "secret": SECRET, "duplicates": 2})
            yield deployed


def test_a_signed_ring_ends_in_a_changed_record_and_one_task(deployed: HubSpotFunctions) -> None:
    person = deployed.ask("GET", "state")["people"][0]["id"]
    event = {"kind": "form_submitted", "form": "Solicitar demo"}
    deployed.ask("POST", "timeline", {"person": person, "event": event, "ring": True})
    assert deployed.depth() > 0
    deployed.answer_everybody()
    assert deployed.depth() == 0
    state = deployed.ask("GET", "state")
    changed = next(one["properties"] for one in state["people"] if one["id"] == person)
    assert changed["puente_stage"] == "sql"
    tasks = [one for one in state["tasks"] if person in one["associations"].get("contacts", [])]
    assert len([one for one in tasks if one["properties"].get("puente_task_key")]) == 1
    assert deployed.review.invoke({"orphans": True})["rung"] == 0


def test_a_candidate_in_the_artifact_decides_beside_the_model_in_force(deployed: HubSpotFunctions) -> None:
    person = deployed.ask("GET", "state")["people"][0]["id"]
    event = {"kind": "form_submitted", "form": "Solicitar demo"}
    deployed.ask("POST", "timeline", {"person": person, "event": event, "ring": True})
    deployed.answer_everybody()
    stored = {ref.object_id: one for ref, one in deployed.ledger.shadows.since(datetime.now(UTC) - timedelta(hours=1))}
    assert (stored[person].live.stage, stored[person].candidate.stage) == ("sql", "sql")
    assert len(stored[person].candidate_tasks) == 1


def test_a_ring_that_nobody_signed_reaches_nothing(deployed: HubSpotFunctions) -> None:
    request = urllib.request.Request(deployed.ask("GET", "webhooks")["settings"]["target"], data=b"[]", method="POST")
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request)
    assert refusal.value.code == 401
    assert deployed.depth() == 0


def test_an_artifact_that_lacks_its_handler_says_so(artifacts: dict[str, Artifact], tmp_path: Path) -> None:
    receiver = unpack(artifacts["receiver"], tmp_path)
    with (
        start_function(receiver, "webhooks/work.work", {}, tmp_path) as api,
        pytest.raises(FunctionError, match="webhooks"),
    ):
        api.invoke({})
