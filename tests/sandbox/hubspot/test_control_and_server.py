"""Control: state, reset, journal, settings, events; and the ways to run the sandbox."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.people import generate
from sandbox.seed import Base
from sandbox.server import SandboxSettings, build_app, main, serve_in_process

from .conftest import ANA, EVA, LUIS, NOW, ROBOT, TOKEN, Box, Serve

CONTACT = f"/crm/objects/2026-09/contacts/{ANA}"
TASK = {"properties": {"hs_timestamp": "2026-11-21T09:00:00Z"}}


def test_the_state_tells_everything(box: Box) -> None:
    state = box.get("/_sandbox/state")
    assert (state["crm"], state["portal_id"]) == ("hubspot", 62515)
    assert [one["id"] for one in state["people"]] == [ANA, LUIS, EVA, ROBOT]
    ana = state["people"][0]
    assert (ana["lists"], ana["archived"], ana["merged_into"]) == (["Interesados"], False, None)
    assert ana["associations"] == {"companies": ["5000000001"]}
    assert state["counts"]["contacts"] == 4
    assert state["counts"]["communications"] == 1


def test_reset_brings_the_beginning_back(box: Box) -> None:
    before = box.get("/_sandbox/state")
    box.send("PATCH", CONTACT, {"properties": {"jobtitle": "CEO"}}, 200)
    box.post("/crm/objects/2026-09/tasks", TASK, 201)
    box.post("/crm/properties/2026-09/contacts/groups", {"name": "acme", "label": "A"}, 201)
    box.faults({"match": ".", "status": 500, "times": None})
    box.control("reset", {})
    assert box.get("/_sandbox/state") == before
    assert box.get("/_sandbox/journal") == {"entries": [], "last": 0}
    box.get("/crm/properties/2026-09/contacts/groups/acme", expect=404)


def test_two_portals_of_the_same_people_are_equal(serve: Serve) -> None:
    first, second = serve(), serve()
    assert first.get("/_sandbox/state") == second.get("/_sandbox/state")
    path = "/events/event-occurrences/2026-09"
    wanted: dict[str, Any] = {"objectType": "contact", "objectId": ANA}
    assert first.get(path, **wanted) == second.get(path, **wanted)


def test_the_journal_tells_who_called_what_and_what_was_written(box: Box) -> None:
    box.get(CONTACT, properties="email")
    box.send("PATCH", CONTACT, {"properties": {"jobtitle": "CEO"}}, 200)
    httpx.get(box.url + CONTACT)
    entries = box.get("/_sandbox/journal")["entries"]
    assert [(one["method"], one["path"], one["status"], one["touched"]) for one in entries] == [
        ("GET", CONTACT, 200, []),
        ("PATCH", CONTACT, 200, [f"contacts:{ANA}"]),
        ("GET", CONTACT, 401, []),
    ]
    assert entries[0]["query"] == "properties=email"
    assert entries[0]["endpoint"] == "GET /crm/objects/{version}/{objectType}/{objectId}"
    assert entries[0]["caller"].startswith("static token python-httpx/")
    assert entries[2]["caller"].startswith("python-httpx/")
    assert [one["seq"] for one in box.get("/_sandbox/journal", since=2)["entries"]] == [3]


def test_a_refused_write_touches_nothing_in_the_journal(box: Box) -> None:
    inputs = [{"id": ANA, "properties": {"city": "León"}}, {"id": EVA, "properties": {"nope": "1"}}]
    box.post("/crm/objects/2026-09/contacts/batch/update", {"inputs": inputs}, 400)
    assert box.get("/_sandbox/journal")["entries"][-1]["touched"] == []


@pytest.mark.parametrize(
    "change",
    [
        {"tier": "platinum"},
        {"teir": "free"},
        {"limits": {"per_ten_seconds": "many"}},
        {"limits": {"per_minute": 1}},
        {"created_status": "201"},
        {"validation_rules": [{"object_type": "tasks", "property": "x", "rule_type": "PRETTY"}]},
        [],
    ],
)
def test_settings_that_cannot_be_understood_are_refused(box: Box, change: Any) -> None:
    before = box.get("/_sandbox/settings")
    box.post("/_sandbox/settings", change, 400)
    assert box.get("/_sandbox/settings") == before


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("timeline", {"person": "nobody@example.org", "event": {"kind": "note"}}, 404),
        ("timeline", {"person": ANA, "event": {"kind": "note", "colour": "red"}}, 400),
        ("timeline", {"person": ANA, "event": {"kind": "note", "occurred_at": "yesterday"}}, 400),
        ("timeline", {"person": ANA}, 400),
        ("edit", {"person": ANA, "set": {"nope": "1"}}, 400),
        ("edit", {"person": ANA}, 400),
        ("edit", {"set": {}}, 400),
        ("merge", {"from": ANA}, 400),
        ("delete", {}, 400),
        ("faults", {"rules": 1}, 400),
    ],
)
def test_a_control_call_against_the_rules_is_refused(box: Box, name: str, body: Any, status: int) -> None:
    assert "error" in box.post(f"/_sandbox/{name}", body, status)


def test_the_page_is_served(box: Box) -> None:
    reply = box.http.get("/")
    assert reply.headers["Content-Type"].startswith("text/html")
    assert "Núñez" in reply.text


def test_the_state_outlives_the_server(serve: Serve, tmp_path: Path) -> None:
    path = str(tmp_path / "deep" / "portal.db")
    first = serve(state=path)
    first.send("PATCH", CONTACT, {"properties": {"jobtitle": "CEO"}}, 200)
    second = serve(state=path, base=Base(people=()))
    assert second.get(CONTACT, properties="jobtitle")["properties"]["jobtitle"] == "CEO"
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM records WHERE type = 'contacts'").fetchone() == (4,)


def test_requests_at_the_same_time_never_see_each_others_halves(box: Box) -> None:
    def write(number: int) -> int:
        body = {"inputs": [TASK] * 10}
        reply = httpx.post(
            f"{box.url}/crm/objects/2026-09/tasks/batch/create", json=body, headers={"Authorization": f"Bearer {TOKEN}"}
        )
        return len({one["id"] for one in reply.json()["results"]})

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(write, range(24))) == [10] * 24
    assert box.desk.portal.store.count("tasks") == 240


def test_the_command_line_serves_in_a_process_of_its_own(tmp_path: Path) -> None:
    rules = tmp_path / "faults.json"
    rules.write_text('{"rules": [{"match": "owners", "status": 503}]}', encoding="utf-8")
    arguments = ["--people", "12", "--seed", "3", "--faults", str(rules), "--now", "2026-11-20T12:00:00+00:00"]
    with serve_in_process(*arguments) as url, httpx.Client(base_url=url) as client:
        client.headers["Authorization"] = f"Bearer {TOKEN}"
        assert client.get("/crm/owners/2026-09").status_code == 503
        assert client.get("/_sandbox/state").json()["counts"]["contacts"] > 8
        assert client.get(CONTACT).json()["id"] == ANA


@pytest.mark.parametrize("arguments", [["--crm", "other"], ["--csv", "x.csv"], ["--port", "x"]])
def test_a_wrong_command_line_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_only_known_crms_are_imitated() -> None:
    with pytest.raises(ValueError, match="crm: 'other' is not imitated"):
        build_app(SandboxSettings(crm="other"))


def test_a_read_costs_as_much_among_many_as_among_four(serve: Serve) -> None:
    def statements(box: Box) -> list[str]:
        found: list[str] = []
        person = box.get("/_sandbox/state")["people"][0]["id"]
        box.desk.portal.store.connection.set_trace_callback(lambda text: found.append(text.split("WHERE")[0]))
        box.get(f"/crm/objects/2026-09/contacts/{person}")
        return found

    few, many = statements(serve()), statements(serve(base=generate(60, 3, NOW)))
    assert few == many
    assert 0 < len(few) < 10
