"""`puente queue` looks into the queue in AWS as it does into the embedded one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.queue_contract import bell
from tests.e2e.command_line import CommandLine
from tests.webhooks.cloud import Cloud, environment
from webhooks.sqs import SqsQueue


def test_parked_doorbells_are_shown_and_put_back(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name, value in environment(cloud).items():
        monkeypatch.setenv(name, value)
    url = cloud.make_queue()
    queue = SqsQueue(url, cloud.sqs)
    queue.put([bell("1"), bell("2")])
    queue.park(queue.take(1, 30)[0], "el CRM rechazó el campo")
    puente = CommandLine(monkeypatch, capsys, tmp_path, {"QUEUE": url})
    status = puente("queue", "status", "--json")
    assert (status.code, status.json["depth"]) == (0, 1)
    assert [one["reason"] for one in status.json["parked"]] == ["el CRM rechazó el campo"]
    assert puente("queue", "redrive").code == 0
    assert puente("queue", "status", "--json").json["parked"] == []


def test_a_queue_that_is_not_there_is_told_without_a_traceback(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name, value in environment(cloud).items():
        monkeypatch.setenv(name, value)
    puente = CommandLine(monkeypatch, capsys, tmp_path, {"QUEUE": f"{cloud.url}/000000000000/no-such-queue"})
    status = puente("queue", "status")
    assert status.code in (1, 2)
    assert "Traceback" not in status.err
    assert status.err.strip()
