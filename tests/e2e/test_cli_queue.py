"""See what waits and what was parked, and put it back."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connector.bootstrap import Root
from connector.live.queue_sqlite import SqliteQueue
from tests.contract.queue_contract import bell
from tests.e2e.command_line import CommandLine
from tests.e2e.conftest import Office

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


@pytest.fixture
def parked(puente: CommandLine, tmp_path: Path) -> CommandLine:
    """Leave two doorbells parked and one waiting in the state."""
    queue = SqliteQueue(tmp_path / "state.db", lambda: NOW)
    queue.put([bell("1"), bell("2"), bell("3")])
    for ticket in queue.take(2, 60):
        queue.park(ticket, f"rechazado por la regla {ticket.doorbell.object_id}")
    queue.close()
    puente.settings["STATE"] = str(tmp_path / "state.db")
    return puente


def test_status_lists_what_is_parked_with_its_reason(parked: CommandLine) -> None:
    ran = parked("queue", "status")
    assert ran.code == 0
    assert "Avisos en espera: 1" in ran.out
    assert "contact 1" in ran.out
    assert "rechazado por la regla 2" in ran.out


def test_how_long_the_oldest_waits_is_said_in_days_and_in_seconds_to_machines(parked: CommandLine) -> None:
    later = Root(clock=lambda: NOW + timedelta(days=3, hours=5))
    assert "el más antiguo desde hace 3 días" in parked("queue", "status", root=later).out
    assert "the oldest for 3 days" in parked("queue", "status", root=later, LOCALE="en").out
    assert parked("queue", "status", "--json", root=later).json["oldest_age_seconds"] == 277_200.0


def test_status_for_machines_is_one_document(parked: CommandLine) -> None:
    status = parked("queue", "status", "--json").json
    assert (status["depth"], len(status["parked"])) == (1, 2)
    assert status["parked"][0] == {
        "id": "1", "crm": "hubspot", "object_type": "contact", "object_id": "1", "why": "changed",
        "reason": "rechazado por la regla 1", "parked_at": "2026-11-21T10:00:00+00:00",
    }  # fmt: skip


@pytest.mark.parametrize("arguments", [("queue", "status"), ("queue", "redrive"), ("queue", "redrive", "--dry-run")])
def test_looking_leaves_no_file_behind(puente: CommandLine, arguments: tuple[str, ...]) -> None:
    assert puente(*arguments).code == 0
    assert list(puente.folder.iterdir()) == []


def test_redriving_one_leaves_the_others(parked: CommandLine) -> None:
    assert parked("queue", "redrive", "2").code == 0
    status = parked("queue", "status", "--json").json
    assert (status["depth"], [one["id"] for one in status["parked"]]) == (2, ["1"])


def test_what_needs_no_answer_any_more_is_discarded_by_name(parked: CommandLine) -> None:
    assert parked("queue", "discard").code == 2
    assert parked("queue", "discard", "1", "--dry-run").code == 0
    assert parked("queue", "discard", "1", "99").code == 1
    status = parked("queue", "status", "--json").json
    assert (status["depth"], [one["id"] for one in status["parked"]]) == (1, ["2"])


def test_redriving_all_empties_the_list_and_a_dry_run_does_not(parked: CommandLine) -> None:
    assert "2" in parked("queue", "redrive", "--dry-run").err
    assert len(parked("queue", "status", "--json").json["parked"]) == 2
    assert parked("queue", "redrive").code == 0
    assert parked("queue", "status", "--json").json["parked"] == []


def test_an_unknown_id_is_said_and_fails(parked: CommandLine) -> None:
    ran = parked("queue", "redrive", "99")
    assert ran.code == 1
    assert "99" in ran.err
    assert len(parked("queue", "status", "--json").json["parked"]) == 2


def test_an_empty_queue_says_so(puente: CommandLine) -> None:
    ran = puente("queue", "status", LOCALE="en")
    assert (ran.code, "Nothing is parked." in ran.out) == (0, True)


def test_a_queue_in_aws_needs_credentials(puente: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    ran = puente("queue", "status", QUEUE="https://sqs.eu-west-1.amazonaws.com/1/doorbells")
    assert ran.code == 2
    assert "AWS_ACCESS_KEY_ID" in ran.err


def test_handoffs_in_nobodys_hands_are_listed_and_fail(office: Office) -> None:
    """Nobody is named in the packaged routing, so that tasks of people without an owner are nobody's."""
    puente = office.puente
    assert puente("queue", "orphans").code == 0
    assert puente("qualify", "--all").code == 0
    tasks = [one for one in office.world.tasks() if one["properties"].get("puente_task_key")]
    nobodys = {one["properties"]["puente_task_key"] for one in tasks if not one["properties"].get("hubspot_owner_id")}
    ran = puente("queue", "orphans", "--json")
    assert ran.code == 1
    assert {one["key"] for one in ran.json["orphans"]} == nobodys != set()
    assert {one["lacks"] for one in ran.json["orphans"]} == {"owner"}
    shown = puente("queue", "orphans")
    assert f"({len(nobodys)})" in shown.out
    assert "handoff.routing" in shown.out
    assert max(map(len, shown.out.splitlines())) <= 120


def test_serving_without_what_verifies_a_webhook_is_refused(office_settings: CommandLine) -> None:
    ran = office_settings("serve", "--port", "0")
    assert ran.code == 2
    assert "PUENTE_HUBSPOT__CLIENT_SECRET" in ran.err
    assert "PUENTE_HUBSPOT__WEBHOOK_URL" in ran.err


def test_a_port_that_is_taken_is_said(office_settings: CommandLine) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        port = other.getsockname()[1]
        settings = {"HUBSPOT__CLIENT_SECRET": "s", "HUBSPOT__WEBHOOK_URL": "https://example.com/hubspot/webhook"}
        ran = office_settings("serve", "--port", str(port), **settings)
    assert ran.code == 2
    assert str(port) in ran.err


@pytest.fixture
def office_settings(office: object) -> CommandLine:
    """Offer the command line of a portal with our fields."""
    found = office.puente  # type: ignore[attr-defined]
    assert isinstance(found, CommandLine)
    return found
