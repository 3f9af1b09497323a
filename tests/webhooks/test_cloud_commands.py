"""Commands share their state with the functions: the ledger in DynamoDB, the queue in SQS."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.contract.hubspot_world import World, portal
from tests.contract.queue_contract import bell
from tests.e2e.command_line import CommandLine, settings_for
from tests.e2e.test_cli_oauth import OAUTH
from tests.webhooks.cloud import Cloud, environment
from webhooks.dynamodb import DynamoLedger
from webhooks.dynamodb_table import Table
from webhooks.sqs import SqsQueue


@dataclass
class Branch:
    """Hold a portal, a table, a queue, and a command line that knows them and has a folder without a state."""

    world: World
    table: Table
    queue: SqsQueue
    puente: CommandLine

    @property
    def ledger(self) -> DynamoLedger:
        return DynamoLedger(self.table, "hubspot:62515")

    def tasks(self) -> list[str]:
        keys = (task["properties"].get("puente_task_key") for task in self.world.state()["tasks"])
        return [key for key in keys if key]


@pytest.fixture
def branch(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Iterator[Branch]:
    for name in list(os.environ):
        if name.startswith("PUENTE_"):
            monkeypatch.delenv(name)
    for name, value in environment(cloud).items():
        monkeypatch.setenv(name, value)
    table, url = cloud.make_table(), cloud.make_queue()
    with portal(12) as world:
        settings = {**settings_for(world.url, tmp_path), "STATE": f"dynamodb://{table.name}", "QUEUE": url}
        yield Branch(world, table, SqsQueue(url, cloud.sqs), CommandLine(monkeypatch, capsys, tmp_path, settings))


def test_a_second_run_finds_what_the_first_remembered_and_no_file_is_made(branch: Branch) -> None:
    first, second = branch.puente("qualify", "--all", "--json"), branch.puente("qualify", "--all", "--json")
    assert (first.code, second.code) == (0, 0), first.err + second.err
    assert {line["outcome"] for line in second.lines} <= {"unchanged", "gone"}
    assert len(branch.tasks()) == len(set(branch.tasks())) > 0
    assert list(branch.puente.folder.iterdir()) == []


def test_explain_knows_the_past_that_the_table_keeps(branch: Branch) -> None:
    assert branch.puente("qualify", "--all").code == 0
    person = branch.world.state()["people"][0]["id"]
    assert branch.puente("explain", person, "--json").json["memory_known"] is True
    assert branch.puente("explain", person, "--at", "2020-01-01", "--json").json["memory_known"] is False


def test_whom_a_run_held_is_free_again_for_workers(branch: Branch) -> None:
    assert branch.puente("qualify", "--all").code == 0
    assert [item for item in branch.table.call("Scan")["Items"] if "holder" in item] == []


def test_a_dry_run_leaves_the_table_empty(branch: Branch) -> None:
    assert branch.puente("qualify", "--all", "--dry-run").code == 0
    assert branch.table.call("Scan")["Items"] == []


def test_a_renewed_refresh_token_is_kept_for_the_functions_too(branch: Branch) -> None:
    with portal(3, rotate_refresh_token=True) as world:
        settings = {**OAUTH, "HUBSPOT__BASE_URL": world.url, "HUBSPOT__ACCESS_TOKEN": ""}
        for _ in range(2):
            ran = branch.puente("qualify", "--all", **settings)
            assert ran.code == 0, ran.err
        logins = [entry["status"] for entry in world.journal() if "/oauth/" in entry["path"]]
    assert len(logins) >= 2
    assert set(logins) == {200}


def test_what_is_parked_is_shown_and_put_back(branch: Branch) -> None:
    branch.queue.put([bell("1"), bell("2")])
    branch.queue.park(branch.queue.take(1, 30)[0], "el CRM rechazó el campo")
    status = branch.puente("queue", "status", "--json")
    assert (status.code, status.json["depth"]) == (0, 1)
    assert [one["reason"] for one in status.json["parked"]] == ["el CRM rechazó el campo"]
    assert branch.puente("queue", "redrive").code == 0
    assert branch.puente("queue", "status", "--json").json["parked"] == []


@pytest.mark.parametrize(
    ("setting", "value", "arguments", "advice"),
    [
        ("STATE", "dynamodb://no-such-table", ("qualify", "--all"), "PUENTE_STATE"),
        ("STATE", "dynamodb://", ("qualify", "--all"), "dynamodb://TABLE"),
        ("QUEUE", "embedded", ("queue", "status"), "PUENTE_QUEUE"),
        ("QUEUE", "none", ("queue", "status"), "PUENTE_QUEUE"),
    ],
)
def test_what_is_not_there_is_one_line_that_names_the_setting(
    branch: Branch, setting: str, value: str, arguments: tuple[str, ...], advice: str
) -> None:
    ran = branch.puente(*arguments, **{setting: value})
    assert ran.code in (1, 2)
    assert len(ran.err.strip().splitlines()) == 1
    assert advice in ran.err
    assert "Traceback" not in ran.err


def test_a_queue_that_is_not_there_is_told_without_a_traceback(branch: Branch) -> None:
    ran = branch.puente("queue", "status", QUEUE=f"{branch.queue._url}-gone")
    assert ran.code == 1
    assert "PUENTE_QUEUE" in ran.err
    assert "Traceback" not in ran.err
